"""Names of sides, motions, positions and people, as the report writes them."""

from rom.exam.references import OPEN, Reference
from rom.records import Examination, Motion, MotionResult, Person, Side
from rom.report.language import Words, later

SIDE_NAMES: dict[Side, str] = {"left": later("Left"), "right": later("Right")}
ANKLE_NAMES: dict[Side, str] = {"left": later("Left ankle"), "right": later("Right ankle")}
MOTION_NAMES: dict[Motion, str] = {
    "dorsiflexion": later("Dorsiflexion"),
    "plantar_flexion": later("Plantar flexion"),
}
HEADINGS: dict[tuple[Side, Motion], str] = {
    ("left", "dorsiflexion"): later("Left ankle, foot pulled up"),
    ("right", "dorsiflexion"): later("Right ankle, foot pulled up"),
    ("left", "plantar_flexion"): later("Left ankle, foot pointed"),
    ("right", "plantar_flexion"): later("Right ankle, foot pointed"),
}
#: Who moved the foot.
MOVED_BY = {
    "active": later("moved by yourself"),
    "passive": later("moved by an examiner"),
    "weight_bearing": later("under the body's weight"),
    "not_told": later("who moved it was not said"),
    "not told": later("who moved it is not told"),
}
STANDING_ON = {"one_leg": later("on one leg"), "both_legs": later("on both legs")}
SEX_NAMES = {"female": later("female"), "male": later("male"), "any": later("both sexes")}
QUALITY_NAMES = {"good": later("good"), "fair": later("fair"), "poor": later("poor")}
FOOTWEAR_NAMES = {
    "bare": later("bare foot"),
    "sock": later("sock"),
    "shoe": later("shoe"),
    "unknown": later("not told"),
}


def number_words(result: MotionResult, say: Words) -> str:
    """The number, or that it cannot be told."""
    return say("Cannot tell") if result.value_deg is None else say.degrees(result.value_deg)


def range_words(ends: tuple[float, float] | None, say: Words) -> str:
    """The interval in words; empty where there is none."""
    if ends is None:
        return ""
    return say("likely between {low} and {high}", low=say.degrees(ends[0]), high=say.degrees(ends[1]))


def ages_words(row: Reference, say: Words) -> str:
    """The ages of the people behind a row."""
    if row.age == OPEN:
        return say("any age")
    if row.age[1] == OPEN[1]:
        return say("{low} years and older", low=f"{row.age[0]:g}")
    return say("{low} to {high} years", low=say.number(row.age[0], int(row.age[0] % 1 > 0)), high=f"{row.age[1]:g}")


def person_words(person: Person, say: Words) -> list[str]:
    """What is known of a person: age, sex, sport."""
    words = []
    if person.age_years is not None:
        words.append(say("{age} years", age=say.number(person.age_years, int(person.age_years % 1 > 0))))
    if person.sex is not None:
        words.append(say(SEX_NAMES[person.sex]))
    return [*words, person.sport] if person.sport else words


def position_words(exam: Examination, title: str, say: Words) -> str:
    """The exam, who moved the foot, and in a heel raise the legs that stood."""
    use = exam.protocol
    told = say("{exam}; {moved}", exam=say(title), moved=say(MOVED_BY[use.regime]))
    return told if use.standing_on == "not_told" else f"{told}; {say(STANDING_ON[use.standing_on])}"
