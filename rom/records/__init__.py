"""The records that pass between rooms: frozen, checked once when they are built, trusted afterwards.

Conventions, said once for the whole package:

* Shapes are time first, then landmark, then coordinate: ``(T, K, 2)``.
* Pixels: x to the right, y down, upright and square, origin at the top left corner of the picture.
* Missing is NaN, never 0.
* Time is the container's own, in seconds from the first frame.
* Angles in degrees: dorsiflexion positive, plantar flexion negative, 0 where the sole is perpendicular to
  the shank. A *motion's* value is positive in its own direction (maximal plantar flexion 50, not -50).
"""

from rom.records.correction import VERDICTS, AutomaticResult, Correction, CorrectionKind, Verdict
from rom.records.exam import Finding, Measure, Person, ProtocolUse, Symptoms
from rom.records.examination import Examination, Visit
from rom.records.gait import CurveComparison, Gait, GaitEvents, LegGait, OverStrides
from rom.records.issued import HandReading, Issued
from rom.records.landmarks import Landmarks, LegSights, ModelInfo, People, Sightings
from rom.records.motion import AngleTrack, Check, MotionResult, Repetition, SideSummary, View
from rom.records.naming import Definition, Naming
from rom.records.recording import (
    CameraProfile,
    Frame,
    LazyImage,
    Lens,
    Level,
    Plane,
    Recording,
    RecordingInfo,
    Scale,
    grid_of,
)
from rom.records.words import (
    FOOTWEAR,
    LEG_LANDMARKS,
    MOTIONS,
    SCHEMA_VERSION,
    SEXES,
    SIDES,
    Bools,
    FindingKind,
    Floats,
    Footwear,
    Image,
    Motion,
    Quality,
    Regime,
    Severity,
    Sex,
    Side,
    StandingOn,
    Status,
    check_rising,
    check_shape,
)

__all__ = [
    "FOOTWEAR",
    "LEG_LANDMARKS",
    "MOTIONS",
    "SCHEMA_VERSION",
    "SEXES",
    "SIDES",
    "VERDICTS",
    "AngleTrack",
    "AutomaticResult",
    "Bools",
    "CameraProfile",
    "Check",
    "Correction",
    "CorrectionKind",
    "CurveComparison",
    "Definition",
    "Examination",
    "Finding",
    "FindingKind",
    "Floats",
    "Footwear",
    "Frame",
    "Gait",
    "GaitEvents",
    "HandReading",
    "Image",
    "Issued",
    "Landmarks",
    "LazyImage",
    "LegGait",
    "LegSights",
    "Lens",
    "Level",
    "Measure",
    "ModelInfo",
    "Motion",
    "MotionResult",
    "Naming",
    "OverStrides",
    "People",
    "Person",
    "Plane",
    "ProtocolUse",
    "Quality",
    "Recording",
    "RecordingInfo",
    "Regime",
    "Repetition",
    "Scale",
    "Severity",
    "Sex",
    "Side",
    "SideSummary",
    "Sightings",
    "StandingOn",
    "Status",
    "Symptoms",
    "Verdict",
    "View",
    "Visit",
    "check_rising",
    "check_shape",
    "grid_of",
]
