"""Which results of a visit are shown, and beside which: the same for everyone who reads the report."""

from dataclasses import dataclass

from rom.exam.conduct import why_not_compared
from rom.exam.protocols import protocol
from rom.exam.references import Comparison, compare_with
from rom.exam.visit import ranges_of, same_exam
from rom.records import MOTIONS, SIDES, Examination, Finding, Motion, MotionResult, Side, Visit


@dataclass(frozen=True, slots=True)
class Shown:
    """One motion of one side: what was found, beside whom it stands, and the same motion on earlier days."""

    exam: Examination
    result: MotionResult
    finding: Finding
    comparison: Comparison
    earlier: tuple[tuple[str, MotionResult], ...]

    @property
    def near(self) -> bool:
        """Whether the side could face the camera in its recording."""
        return any(summary.side == self.result.side and summary.near for summary in self.exam.sides)


@dataclass(frozen=True, slots=True)
class Group:
    """Recordings of one exam, and one result for each side and motion that it measures."""

    exams: tuple[Examination, ...]
    results: tuple[Shown, ...]

    def find(self, side: Side, motion: Motion) -> Shown | None:
        """The result of a side and motion."""
        return next((s for s in self.results if (s.result.side, s.result.motion) == (side, motion)), None)


def groups(visit: Visit) -> tuple[Group, ...]:
    """The visit's recordings by exam, in the order of the recordings."""
    taken: list[list[Examination]] = []
    for exam in visit.exams:
        own = next((group for group in taken if same_exam(group[0], exam)), None)
        if own is None:
            taken.append([exam])
        else:
            own.append(exam)
    return tuple(_group(tuple(exams), visit) for exams in taken)


def _group(exams: tuple[Examination, ...], visit: Visit) -> Group:
    """One result of each side and motion."""
    motions = [motion for motion in MOTIONS if motion in protocol(exams[0].protocol.name).motions]
    found = (_best(exams, side, motion, visit) for motion in motions for side in SIDES)
    return Group(exams, tuple(shown for shown in found if shown is not None))


def _best(exams: tuple[Examination, ...], side: Side, motion: Motion, visit: Visit) -> Shown | None:
    """The result with a number, else the one of a side that faced the camera, else any; the latest of its kind."""
    of_motion = [
        _shown(exam, result, visit)
        for exam in exams
        for result in exam.results
        if (result.side, result.motion) == (side, motion)
    ]
    return max(of_motion, key=lambda s: (s.result.value_deg is not None, s.near, s.exam.created), default=None)


def _shown(exam: Examination, result: MotionResult, visit: Visit) -> Shown:
    """A result with all that stands beside it."""
    use, side = exam.protocol, result.side
    why_not = why_not_compared(exam.checks_of(side))
    comparison = compare_with(result.motion, protocol(use.name), use.regime, exam.person, why_not)
    finding = next(finding for finding in ranges_of(exam, side) if finding.motion == result.motion)
    earlier = tuple(
        (before.day, then)
        for before in visit.before
        if same_exam(exam, before)
        for then in before.results
        if (then.side, then.motion) == (result.side, result.motion) and then.value_deg is not None
    )
    return Shown(exam, result, finding, comparison, earlier)
