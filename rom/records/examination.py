"""All of one recording, and of one visit."""

from dataclasses import dataclass, field, fields, is_dataclass

import numpy as np

from rom.records.correction import AutomaticResult, Correction
from rom.records.exam import Finding, Measure, Person, ProtocolUse, Symptoms
from rom.records.gait import Gait
from rom.records.landmarks import Landmarks, ModelInfo, Sightings
from rom.records.motion import AngleTrack, Check, MotionResult, SideSummary
from rom.records.recording import CameraProfile, RecordingInfo
from rom.records.words import SCHEMA_VERSION, Footwear, Motion, Side


@dataclass(frozen=True)
class Examination:
    """What `rom.measure` returns: the results and everything needed to check them.

    `footwear` is what the user said is on the foot; nothing in the picture is asked. `camera` is the profile that
    was used, in this recording's pixels; `landmarks` are straightened by it, `sightings` are as they were found.
    `created` is when it was measured, `recorded_on` the day it was filmed (ISO), as far as that was said.
    `corrections` : what was corrected by hand, in this order; `automatic` : the results before that, else empty.
    """

    version: str
    created: str
    recording: RecordingInfo
    model: ModelInfo
    settings: dict[str, float | int | str | bool]
    footwear: Footwear
    results: tuple[MotionResult, ...]
    sides: tuple[SideSummary, ...]
    checks: tuple[Check, ...]
    angles: dict[Side, AngleTrack]
    landmarks: Landmarks
    sightings: Sightings
    protocol: ProtocolUse = field(default_factory=lambda: ProtocolUse("free", "active"))
    person: Person = field(default_factory=Person)
    symptoms: Symptoms = field(default_factory=Symptoms)
    measures: tuple[Measure, ...] = ()
    gait: Gait | None = None
    findings: tuple[Finding, ...] = ()
    camera: CameraProfile | None = None
    recorded_on: str = ""
    corrections: tuple[Correction, ...] = ()
    automatic: tuple[AutomaticResult, ...] = ()
    timings_s: dict[str, float] = field(default_factory=dict)

    @property
    def people_seen(self) -> int:
        """How many people were in view at one time, at most."""
        return self.sightings.people_seen

    @property
    def day(self) -> str:
        """The day it was filmed, where it was said; else the day it was measured (ISO)."""
        return self.recorded_on or self.created[:10]

    def checks_of(self, side: Side) -> list[Check]:
        """What was noticed on one side."""
        return [check for summary in self.sides if summary.side == side for check in summary.checks]

    @property
    def measured(self) -> bool:
        """True when at least one motion of one side has a value, or a walk was told."""
        return self.gait is not None or any(result.status == "measured" for result in self.results)

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types, as the published schema (``rom/data/examination.schema.json``) lays them out.

        Landmarks are left out (they are many, and have files of their own); NaN becomes null.
        """
        names = [row.name for row in fields(self) if row.name not in ("landmarks", "sightings")]
        plain = {name: _plain(getattr(self, name)) for name in names}
        return {"schema_version": SCHEMA_VERSION, "people_seen": self.people_seen} | plain


@dataclass(frozen=True)
class Visit:
    """The recordings of one person on one day, those of earlier days, and what they say together.

    Attributes
    ----------
    exams : today's: other sides, other protocols. before : earlier ones, the latest last.
    goal_deg : what a motion is to reach, where a goal was set.
    findings : of every recording, then differences, changes, goals, then patterns and cautions a side.
    """

    exams: tuple[Examination, ...]
    before: tuple[Examination, ...]
    goal_deg: dict[Motion, float]
    findings: tuple[Finding, ...]


def _plain(value: object) -> object:
    """Turn records, arrays and tuples into what JSON holds; numbers that are not finite become None."""
    if is_dataclass(value):
        return {row.name: _plain(getattr(value, row.name)) for row in fields(value)}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return round(float(value), 4) if np.isfinite(value) else None  # 4 decimals: 0.0001 deg, 0.1 ms
    return value.item() if isinstance(value, np.generic) else value
