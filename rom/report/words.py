"""An examination in plain words: kind, short, and never a diagnosis."""

from collections.abc import Iterator
from math import isfinite

from rom.records import Examination, Gait, Motion, MotionResult, OverStrides
from rom.report.language import later

MOTION_WORDS: dict[Motion, str] = {
    "dorsiflexion": "Dorsiflexion (pulled up)",
    "plantar_flexion": "Plantar flexion (pointed)",
}

#: A model's bias from here on is worth a sentence: less is lost in whole degrees.
BIAS_SAID_DEG = 1.0

INTENDED_USE = later(
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


def gait_words(gait: Gait) -> Iterator[tuple[str, str]]:
    """What a walk says, a name and a number in words each, with the spread over its strides."""
    for leg in gait.legs:
        peak, push_off = leg.peak_stance_dorsiflexion_deg, leg.push_off_plantar_flexion_deg
        yield f"{leg.side.capitalize()}: most dorsiflexion in stance", _over_strides(peak, "°")
        yield f"{leg.side.capitalize()}: most plantar flexion at push-off", _over_strides(push_off, "°")
        yield f"{leg.side.capitalize()}: share of the stride in stance", f"{leg.stance_share.mean:.0%}"
    yield "Cadence", _over_strides(gait.cadence_steps_min, " steps a minute")
    if isfinite(gait.step_asymmetry_percent):
        yield "Right step time over left", f"{gait.step_asymmetry_percent:+.0f} %"


def _over_strides(value: OverStrides, unit: str) -> str:
    """A mean over strides and its spread: ``12° ± 2 (SD, 4 strides)``."""
    spread = f" ± {value.sd:.0f} (SD, {value.count} strides)" if isfinite(value.sd) else " (one stride)"
    return f"{value.mean:.0f}{unit}{spread}"


def remarks(exam: Examination) -> list[str]:
    """Everything that was noticed, each sentence once, in order of appearance."""
    sentences = [check.message for check in exam.checks]
    for result in exam.results:
        sentences += [f"{result.side.capitalize()}: {reason}" for reason in result.reasons]
        sentences += _reading_aids(result)
    return list(dict.fromkeys(sentences))


def _reading_aids(result: MotionResult) -> Iterator[str]:
    """What a reader would ask of the numbers: why below zero, and why not in the middle of the likely range."""
    motion = result.motion.replace("_", " ")
    if result.value_deg is not None and round(result.value_deg) < 0:
        yield (
            f"{result.side.capitalize()}: A {motion} below 0° means that the foot did not pass the right angle to "
            "the shin."
        )
    bias_deg = result.model_bias_deg or 0.0
    if abs(bias_deg) >= BIAS_SAID_DEG:
        yield (
            f"The pose model tends to read {motion} about {degrees(abs(bias_deg))} too "
            f"{'low' if bias_deg < 0 else 'high'}: the likely range allows for that, the number is as it was read."
        )
