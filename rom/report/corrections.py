"""What was corrected by hand, in words: beside each number the one that was measured automatically."""

from collections.abc import Iterable, Iterator

from rom.exam.protocols import protocol
from rom.records import AutomaticResult, Correction, Examination, MotionResult
from rom.report.content import Block, Table, Text
from rom.report.language import Words, later_all
from rom.report.naming import MOTION_NAMES, SIDE_NAMES
from rom.report.walk_table import NOTHING
from rom.report.words import degrees

#: What a landmark is called, by the end of its name; a place that another tool found keeps its own name.
LANDMARK_NAMES: dict[str, str] = dict(
    zip(
        ("fibular_head", "lateral_malleolus", "plantar_heel", "plantar_mt5", "knee", "ankle", "heel", "foot_index"),
        later_all(
            "head of the fibula",
            "outer ankle bone",
            "heel on the sole",
            "fifth metatarsal on the sole",
            "knee",
            "ankle",
            "heel",
            "tip of the toes",
        ),
        strict=True,
    )
)


def correction_words(one: Correction, say: Words) -> str:
    """One correction: ``Right dorsiflexion at 3.1 s: rejected``."""
    if one.kind == "side":
        return say("Measured as the {side} ankle", side=say(str(one.side)))
    if one.kind == "protocol":
        return say("Measured as the exam {exam}", exam=say(protocol(one.protocol).title))
    where = say(
        "{side}, {motion} at {time} s",
        side=say(SIDE_NAMES[one.side]) if one.side else "",
        motion=say(MOTION_NAMES[one.motion]) if one.motion else "",
        time=say.number(one.hold_s or 0.0, 1),
    )
    return f"{where}: {_what(one, say)}"


def _what(one: Correction, say: Words) -> str:
    """What was done to a repetition."""
    if one.kind == "landmark":
        place = f"({say.number(one.x_px or 0.0)}, {say.number(one.y_px or 0.0)})"
        landmark = landmark_words(one.landmark, say)
        return say("{landmark} put at {place} px", landmark=landmark, place=place)
    if one.verdict == "moved":
        start, end = (say.number(time or 0.0, 2) for time in (one.start_s, one.end_s))
        return say("hold moved to {start} to {end} s", start=start, end=end)
    return say("rejected") if one.verdict == "rejected" else say("accepted")


def landmark_words(name: str, say: Words) -> str:
    """What a landmark is called: ``heel on the sole`` for ``left_plantar_heel``."""
    part = name.partition("_")[2]
    return say(LANDMARK_NAMES[part]) if part in LANDMARK_NAMES else part.replace("_", " ")


def automatic_of(exam: Examination, result: MotionResult) -> AutomaticResult | None:
    """What was measured of a motion before anything was corrected; None where nothing was, or not of this side."""
    own = (one for one in exam.automatic if (one.side, one.motion) == (result.side, result.motion))
    return next(own, None)


def beside_words(exam: Examination, result: MotionResult) -> Iterator[str]:
    """That a number was corrected, and the automatic one: said wherever it stands alone."""
    if not exam.corrections:
        return
    found = automatic_of(exam, result)
    value = "cannot tell" if found is None or found.value_deg is None else degrees(found.value_deg)
    yield f"Corrected by hand. Measured automatically before that: {value}."


def corrected_parts(exams: Iterable[Examination], say: Words) -> Iterator[Block]:
    """The automatic results beside the corrected ones, and what was corrected by whom and when."""
    corrected = [exam for exam in exams if exam.corrections]
    for exam in corrected:
        title = say(protocol(exam.protocol.name).title)
        head = later_all("Side", "Motion", "Automatic", "95 % interval", "Corrected")
        yield Table(title, _head(head, say), _rows(exam, say))
        done = tuple((correction_words(one, say), one.by or NOTHING, _when(one, say)) for one in exam.corrections)
        yield Table(say("What was corrected"), _head(later_all("What", "Who", "When"), say), done)
    if corrected:
        yield Text(
            say(
                "A landmark moved by hand changes a repetition by as much as the drawn angle changes on that "
                "picture; the interval grows by how exactly a hand places points, and never shrinks for it."
            ),
            "note",
        )


def _rows(exam: Examination, say: Words) -> tuple[tuple[str, ...], ...]:
    """One row a result, as it was measured and as it is now; a side that was measured instead has rows as well."""
    now = {(result.side, result.motion): result for result in exam.results}
    before = {(one.side, one.motion): one for one in exam.automatic}
    return tuple(
        (
            say(SIDE_NAMES[key[0]]),
            say(MOTION_NAMES[key[1]]),
            _number(before[key].value_deg if key in before else None, say),
            _span(before[key].ci95_deg if key in before else None, say),
            _number(now[key].value_deg if key in now else None, say),
        )
        for key in dict.fromkeys([*now, *before])
    )


def _number(value: float | None, say: Words) -> str:
    """A number of degrees, or that there is none."""
    return NOTHING if value is None else say.degrees(value, 1)


def _span(ends: tuple[float, float] | None, say: Words) -> str:
    """An interval."""
    return NOTHING if ends is None else say("{low} to {high}", low=say.degrees(ends[0]), high=say.degrees(ends[1]))


def _when(one: Correction, say: Words) -> str:
    """The day and the time (UTC) of a correction."""
    return f"{say.date(one.at)}, {one.at[11:16]} UTC" if one.at else NOTHING


def _head(names: tuple[str, ...], say: Words) -> tuple[str, ...]:
    """The head of a table."""
    return tuple(say(name) for name in names)
