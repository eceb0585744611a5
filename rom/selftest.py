"""Check an installation: measure the shipped samples, hold this machine's numbers against the committed ones."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rom.measure import measure
from rom.pose.recorded import SUFFIX
from rom.records import MOTIONS, Examination, Motion
from rom.samples import sample_folder

#: The same pictures and model on another processor differ by rounding alone; more than this is a fault.
AGREEMENT_DEG = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """One motion of one sample: what was planted, what was read when the sample was committed, what is read here.

    All in degrees, positive in the motion's direction; None where it could not be told.
    """

    sample: str
    motion: Motion
    truth_deg: float
    committed_deg: float | None
    here_deg: float | None

    @property
    def agrees(self) -> bool:
        """True where this machine reads what was committed."""
        if self.committed_deg is None or self.here_deg is None:
            return self.committed_deg == self.here_deg
        return abs(self.here_deg - self.committed_deg) <= AGREEMENT_DEG


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """One sample measured here; speeds in frames a second, opening not counted."""

    sample: str
    readings: tuple[Reading, ...]
    committed_fps: float
    here_fps: float


def sample_names() -> list[str]:
    """The samples, by name."""
    return sorted(path.stem for path in sample_folder().glob("*.mp4"))


def selftest(report: Callable[[str], None] = lambda _: None) -> Iterator[SampleCheck]:
    """Measure each sample from its pictures; `report` is told each name before it begins."""
    for name in sample_names():
        report(name)
        yield _check(sample_folder(), name)


def _check(folder: Path, name: str) -> SampleCheck:
    """One sample, from pictures and from the landmarks that were committed: the motions that it is about."""
    told: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    here = measure(folder / f"{name}.mp4", side=told["side"])
    committed = measure(folder / f"{name}{SUFFIX}", side=told["side"])
    truth = {motion: told["truth"][f"{motion}_deg"] for motion in MOTIONS if f"{motion}_deg" in told["truth"]}
    readings = tuple(
        Reading(name, now.motion, truth[now.motion], then.value_deg, now.value_deg)
        for then, now in zip(committed.results, here.results, strict=True)
        if now.motion in truth
    )
    return SampleCheck(name, readings, told["frames_per_s"], frames_per_s(here))


def frames_per_s(exam: Examination) -> float:
    """Speed of a measurement, opening not counted."""
    seconds = sum(time_s for step, time_s in exam.timings_s.items() if step != "opening")
    return len(exam.sightings.time_s) / max(seconds, 1e-9)
