"""How often a finding is wrong: healthy ankles called limited, limited ones missed.

``python -m calibration study findings``. Every exam is judged by the instrument's own rules against every published
row of its motion and position, as if the person were of that row's age and sex: what is studied is the instrument
and not the people, and few of them lie near the limits of their own row. Exams with the foot free (seated, long
sitting, standing on the other leg) are judged by the seated rows, lunges by the lunge rows. Intervals are by body.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import rom
from calibration.readings.clustered import share
from calibration.readings.score import ASKED, SIDES, facts, read_truth, true_motion_deg
from calibration.readings.take import film_path, is_read, landmarks_path
from calibration.recordings.plan import Recording, filmed_as_asked, read_plan
from calibration.studies.committed import Answer, run
from rom.exam.conduct import why_not_compared
from rom.exam.findings import range_finding
from rom.exam.references import Comparison, Reference, limits_of, printed_limits, references
from rom.records import Examination, MotionResult, Regime

NAME = "findings"
QUESTION = "How often is an ankle with enough motion called limited, and a limited one not?"
#: The exam as the instrument calls it, and the posture of the rows that it is judged by here.
EXAMS = {
    "seated": ("seated", "seated"),
    "long_sitting": ("long-sit", "seated"),
    "stand": ("free", "seated"),
    "lunge": ("lunge", "lunge"),
}
#: Bars: how far beyond a limit the truth lies, in degrees.
LIMITED_BY_DEG, BORDERLINE_BY_DEG = 6.0, 3.0


@dataclass(frozen=True)
class Judged:
    """One motion of one exam beside one row: where the truth lies, and what was found."""

    body: str
    exam: str
    asked: bool
    truth_deg: float
    p2_5: float
    p16: float
    tolerant: bool
    code: str


def judged(plan: str, model: str) -> list[Judged]:
    """Every exam of the plan beside every row of its motion and position."""
    rows = [row for row in read_plan(plan) if row.exam in EXAMS and is_read(row, model)]
    return [one for row in rows for one in _of_recording(row, model)]


def _of_recording(row: Recording, model: str) -> Iterator[Judged]:
    """One exam beside all rows."""
    name, posture = EXAMS[row.exam]
    exam = rom.measure(landmarks_path(row, model), side=SIDES[row.side], protocol=name)
    time_s, truth = read_truth(film_path(row).with_suffix(".csv"))
    body = str(facts(film_path(row).with_suffix(".json"))["body"])
    for result in exam.results:
        if result.motion not in ASKED[row.exam]:
            continue
        truth_deg = true_motion_deg(time_s, truth, result.motion)
        for reference in (one for one in references() if _judges(one, result, posture)):
            regime: Regime = "passive" if reference.regime == "passive" else "weight_bearing"
            yield _beside(reference, exam, result, truth_deg, row, body, regime)
            if regime == "passive":
                yield _beside(reference, exam, result, truth_deg, row, body, "active")


def _judges(reference: Reference, result: MotionResult, posture: str) -> bool:
    """Whether a row is of that motion and posture, of a sample, with limits."""
    same = (reference.motion, reference.posture) == (result.motion, posture)
    return same and reference.kind == "sample" and reference.sd is not None


def _beside(
    reference: Reference,
    exam: Examination,
    result: MotionResult,
    truth_deg: float,
    row: Recording,
    body: str,
    regime: Regime,
) -> Judged:
    """One result beside one row: the truth by the limits as printed, the finding by those that are used."""
    printed, limits = printed_limits(reference), limits_of(reference, regime)
    finding = range_finding(result, Comparison(reference, limits, "", ()), regime)
    checks = exam.checks_of(result.side)
    code = "no_comparison" if why_not_compared(checks) and finding.code != "cannot_tell" else finding.code
    return Judged(
        body, row.exam, filmed_as_asked(row), truth_deg, printed.p2_5, printed.p16, limits.tolerance_deg > 0, code
    )


Group = Sequence[Judged]


def figures(found: Group) -> Answer:
    """The four bars of a group of judged motions, each with its interval by body."""
    enough = [one for one in found if one.truth_deg >= one.p2_5]
    far = [one for one in found if one.truth_deg <= one.p2_5 - LIMITED_BY_DEG]
    below = [one for one in found if one.truth_deg <= one.p16 - BORDERLINE_BY_DEG]
    told = [one for one in far if one.code != "cannot_tell"]
    said = [one for one in below if one.code != "cannot_tell"]
    return {
        "false_limited_share": _share(enough, lambda one: one.code == "limited"),
        "limited_found_share": _share(far, lambda one: one.code == "limited"),
        "limited_found_of_told_share": _share(told, lambda one: one.code == "limited"),
        "borderline_found_share": _share(below, lambda one: one.code in ("limited", "borderline")),
        "borderline_found_of_told_share": _share(said, lambda one: one.code in ("limited", "borderline")),
        "cannot_tell_share": _share(found, lambda one: one.code == "cannot_tell"),
    }


def _share(group: Group, says: Callable[[Judged], bool]) -> Answer:
    """Share of a group, with its interval."""
    return share([says(one) for one in group], [one.body for one in group]).rounded(3)


def answer(plan: str, models: list[str]) -> Answer:
    """By model; all exams, those filmed as asked, and each kind of exam."""
    found: Answer = {}
    for model in models:
        both = judged(plan, model)
        every = [one for one in both if not one.tolerant]
        asked = [one for one in every if one.asked]
        groups = {"all": every, "filmed as asked": asked}
        groups["filmed as asked, moved by the person"] = [one for one in both if one.asked and one.tolerant]
        groups |= {exam.replace("_", " "): [one for one in asked if one.exam == exam] for exam in EXAMS}
        found[model] = {name: figures(group) for name, group in groups.items() if group}
    return found


main = partial(run, name=NAME, question=QUESTION, answer=answer)

if __name__ == "__main__":
    main(None)
