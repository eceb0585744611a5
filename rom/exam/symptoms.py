"""What a person says of the ankle: pain, places, signs; and the signs at which no exam is done.

The stop signs come before any exam. They follow the Ottawa ankle rules and the other signs of ``clinical.md``, in
words a person can answer; they end in "see a provider", not in a measurement, and clear nobody.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from rom.errors import UsageError
from rom.exam.rows import rows
from rom.records import Symptoms

#: When pain is asked for, 0 to 10.
OCCASIONS = {
    "rest": "at rest",
    "pulling_up": "pulling the foot up",
    "pointing": "pointing the foot",
    "walking": "walking",
    "during": "at the worst during the exam",
}
PAIN_MOST = 10
#: Pain that rises by so much during a repetition ends the exam (product rule of a clinician-reviewed programme,
#: secondary; 2 points are "much better" or worse: Salaffi 2004).
PAIN_RISE_STOP = 2
#: Pain from which no exam is done (the same programme).
PAIN_STOP = 6
#: Pain at complete rest from which none is done: our own limit, for the stop sign "night or rest pain".
REST_PAIN_STOP = 4

Effect = Literal["see_provider", "urgent", "not_now"]
WHAT_TO_DO: dict[Effect, str] = {
    "see_provider": "Please have it seen by a provider before any exam here.",
    "urgent": "Please see a provider today: a doctor, an urgent care centre, or an emergency department.",
    "not_now": "This exam is not for you now; ask the one who treats you when it is.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One place, sign or stop sign: its name, the question in words, and for stop signs what it means."""

    code: str
    question: str
    message: str
    effect: str
    source: str


@cache
def asked(kind: str) -> dict[str, Asked]:
    """All of a kind ("place", "sign", "stop"), by name, in the order of asking."""
    of_kind = [row for row in rows("symptoms") if row["kind"] == kind]
    return {
        row["code"]: Asked(row["code"], row["question"], row["message"], row["effect"], row["source"])
        for row in of_kind
    }


def checked(symptoms: Symptoms) -> Symptoms:
    """The same symptoms; ``UsageError`` for a name or a number that is not one of the table."""
    for occasion, pain in symptoms.pain.items():
        _known("an occasion of pain", occasion, OCCASIONS)
        if not 0 <= pain <= PAIN_MOST:
            raise UsageError(f"Expected pain from 0 (none) to {PAIN_MOST} (the worst), but got {pain}.")
    for place in symptoms.places:
        _known("a place", place, asked("place"))
    for sign in symptoms.signs:
        _known("a sign", sign, {**asked("sign"), **asked("stop")})
    return symptoms


def stop_signs(symptoms: Symptoms) -> tuple[Asked, ...]:
    """The signs at which no exam is done, in the order of the table."""
    return tuple(sign for code, sign in asked("stop").items() if code in symptoms.signs)


def why_no_exam(symptoms: Symptoms, weight_bearing: bool = False) -> str:
    """Why no exam is done, in words, the most urgent first; empty where nothing stands against it.

    `weight_bearing` : the exam loads the ankle, for which an injury or surgery must be longer ago.
    """
    signs = stop_signs(symptoms)
    if signs:
        gravest: tuple[Effect, ...] = ("urgent", "see_provider", "not_now")
        worst = next(effect for effect in gravest if any(sign.effect == effect for sign in signs))
        return " ".join([sign.message for sign in signs] + [WHAT_TO_DO[worst]])
    if symptoms.pain.get("rest", 0) >= REST_PAIN_STOP:
        return f"{asked('stop')['night_pain'].message} {WHAT_TO_DO['see_provider']}"
    too_soon = _too_soon(symptoms, weight_bearing)
    if too_soon:
        return f"{too_soon} {WHAT_TO_DO['not_now']}"
    most = max((pain for when, pain in symptoms.pain.items() if when != "during"), default=0)
    if most >= PAIN_STOP:
        return f"Pain of {most} out of 10 is too much for an exam at home. {WHAT_TO_DO['see_provider']}"
    return ""


def _too_soon(symptoms: Symptoms, weight_bearing: bool) -> str:
    """Why it is too soon after an injury or surgery; empty where it is not, or the one who operated cleared it."""
    weeks = {"injury": symptoms.weeks_since_injury, "surgery": symptoms.weeks_since_surgery}
    for row in rows("waiting"):
        since = weeks[row["since"]]
        cleared = row["since"] == "surgery" and "cleared" in symptoms.signs
        concerns = row["exams"] == "any" or weight_bearing
        if since is not None and since < float(row["below_weeks"]) and concerns and not cleared:
            return row["message"]
    return ""


def pain_stops(before: int, during: int) -> bool:
    """Whether pain (0 to 10) during a repetition ends the exam: it rose too much, or is too strong."""
    return during >= PAIN_STOP or during - before >= PAIN_RISE_STOP


def _known(what: str, name: str, table: dict[str, str] | dict[str, Asked]) -> None:
    """Refuse a name that is not in the table."""
    if name not in table:
        raise UsageError(f"Expected {what} ({', '.join(table)}), but got '{name}'.")
