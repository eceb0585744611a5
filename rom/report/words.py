"""An examination in plain words: kind, short, and never a diagnosis."""

from rom.records import Examination, Motion, MotionResult

MOTION_WORDS: dict[Motion, str] = {
    "dorsiflexion": "Dorsiflexion (pulled up)",
    "plantar_flexion": "Plantar flexion (pointed)",
}

INTENDED_USE = (
    "An aid for measuring and following up. Not a diagnosis, not a certified medical device. If your ankle hurts, "
    "swells or gives way, see a provider."
)


def degrees(value: float) -> str:
    """A whole number of degrees: ``18°``, ``-4°``."""
    return f"{round(value) + 0:d}°"


def likely_range(result: MotionResult) -> str:
    """The interval in words: ``likely between 15° and 21°``; empty where there is none."""
    if result.ci95_deg is None:
        return ""
    low, high = result.ci95_deg
    return f"likely between {degrees(low)} and {degrees(high)}"


def value_words(result: MotionResult) -> str:
    """The number, or that it cannot be told."""
    return "cannot tell" if result.value_deg is None else degrees(result.value_deg)


def remarks(exam: Examination) -> list[str]:
    """Everything that was noticed, each sentence once, in order of appearance."""
    sentences = [check.message for check in exam.checks]
    for result in exam.results:
        sentences += [f"{result.side.capitalize()}: {reason}" for reason in result.reasons]
    return list(dict.fromkeys(sentences))
