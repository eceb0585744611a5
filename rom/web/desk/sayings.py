"""What a form of the desk says of a person, and the form that asks for it."""

from dataclasses import dataclass, fields

from nicegui import html
from starlette.datastructures import FormData

from rom.errors import UsageError
from rom.records import SEXES, Person
from rom.report.language import Words
from rom.store.people import LABEL_LETTERS, SPORT_LETTERS, person_of
from rom.store.tables import PersonRow
from rom.web.ground import today
from rom.web.pages.about import OLDEST_YEARS
from rom.web.theme import choice, entry

LEG_M = (0.3, 1.3)  # metres, hip to ankle: beyond lies a slip of the hand


@dataclass(frozen=True, slots=True)
class Answers:
    """What was written into the form, as it was written."""

    label: str = ""
    age: str = ""
    sex: str = ""
    sport: str = ""
    leg_cm: str = ""
    guardian: str = ""


def answers_of(said: FormData) -> Answers:
    """The answers of a form that was sent."""
    return Answers(**{one.name: str(said.get(one.name, "")).strip() for one in fields(Answers)})


def answers_about(row: PersonRow) -> Answers:
    """What is known of somebody, as the form shows it."""
    who = person_of(row, today())
    return Answers(
        row.label,
        "" if who.age_years is None else f"{who.age_years:.0f}",
        who.sex or "unsaid",
        who.sport,
        "" if who.leg_length_m is None else f"{who.leg_length_m * 100:g}",
        row.guardian,
    )


def asked_person(answers: Answers) -> Person:
    """The person that the answers describe; ``UsageError`` for a number that cannot be."""
    age = number_of(answers.age, "age in years", 1, OLDEST_YEARS)
    leg_cm = number_of(answers.leg_cm, "leg length in centimetres", LEG_M[0] * 100, LEG_M[1] * 100)
    sex = next((one for one in SEXES if one == answers.sex), None)
    return Person(age, sex, answers.sport, None if leg_cm is None else leg_cm / 100)


def number_of(text: str, what: str, low: float, high: float) -> float | None:
    """A number that was written, with a point or a comma; None where nothing was."""
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise UsageError(
            f"Expected the {what} as a number from {low:g} to {high:g}, or left open, but got '{text[:20]}'; "
            "correct it."
        )
    return value


def person_questions(answers: Answers, say: Words) -> None:
    """The form's fields."""
    with html.div().classes("rom-fields"):
        entry(say("Name, or a code"), "label", answers.label, maxlength=str(LABEL_LETTERS), autofocus=True)
        entry(say("Age in years"), "age", answers.age, inputmode="decimal", maxlength="6")
        entry(say("Sport"), "sport", answers.sport, maxlength=str(SPORT_LETTERS))
        entry(say("Leg length in cm"), "leg_cm", answers.leg_cm, inputmode="decimal", maxlength="6")
        entry(say("Guardian, under 16"), "guardian", answers.guardian, maxlength=str(LABEL_LETTERS))
    sexes = {"female": say("Female"), "male": say("Male"), "unsaid": say("Not said")}
    choice(say("Sex"), "sex", sexes, answers.sex or "unsaid", row=True)
