"""The records that pass between rooms: frozen, checked once when they are built, trusted afterwards.

Conventions, said once for the whole package:

* Shapes are time first, then landmark, then coordinate: ``(T, K, 2)``.
* Pixels: x to the right, y down, upright and square, origin at the top left corner of the picture.
* Missing is NaN, never 0.
* Time is the container's own, in seconds from the first frame.
* Angles in degrees: dorsiflexion positive, plantar flexion negative, 0 where the sole is perpendicular to
  the shank. A *motion's* value is positive in its own direction (maximal plantar flexion 50, not -50).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Image = NDArray[np.uint8]

Side = Literal["left", "right"]
Motion = Literal["dorsiflexion", "plantar_flexion"]
Footwear = Literal["bare", "sock", "shoe", "unknown"]
Status = Literal["measured", "cannot_tell"]
Quality = Literal["good", "fair", "poor"]
Severity = Literal["note", "caution", "stop"]
Sex = Literal["female", "male"]
#: Who moves the foot: the person, an examiner, or the body's weight.
Regime = Literal["active", "passive", "weight_bearing"]
FindingKind = Literal["range", "side_difference", "knee_difference", "change", "goal", "pattern", "caution"]

SIDES: tuple[Side, Side] = ("left", "right")
#: Rises when the layout of the JSON changes: the first number when readers must change, else the second.
SCHEMA_VERSION = "1.2"

MOTIONS: tuple[Motion, Motion] = ("dorsiflexion", "plantar_flexion")
FOOTWEAR: tuple[Footwear, ...] = ("bare", "sock", "shoe", "unknown")
SEXES: tuple[Sex, ...] = ("female", "male")
#: What the leg landmarker finds of one leg, knee to toes, in the order of its arrays.
LEG_LANDMARKS = (
    "fibular_head",
    "lateral_malleolus",
    "plantar_heel",
    "plantar_mt5",
    "posterior_heel",
    "plantar_mt1",
    "toe_tip",
    "knee_centre",
    "ankle_centre",
)


def check_shape(name: str, array: NDArray[np.generic], shape: tuple[int | None, ...]) -> None:
    """Raise ``ValueError`` unless `array` has `shape` (None stands for any length)."""
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"Expected '{name}' to have shape {shape}, but got {array.shape}.")


def check_rising(time_s: Floats) -> None:
    """Raise ``ValueError`` unless times rise strictly."""
    if not bool(np.all(np.diff(time_s) > 0)):
        raise ValueError("Expected 'time_s' to rise strictly, but it stands still or falls somewhere.")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a recording: upright, square-pixelled, RGB.

    Attributes
    ----------
    index : position in the recording, from 0.
    time_s : the container's timestamp, seconds from the first frame, strictly increasing.
    shot : number of the continuous take this frame belongs to, from 0; rises at each hard cut.
    image : (H, W, 3) uint8, or None where the recording holds landmarks and no pictures.
    """

    index: int
    time_s: float
    shot: int
    image: Image | None


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """What is known of a recording.

    `notes`: plain sentences on everything that was repaired or assumed. `projection`: "camera" for pictures, in
    which one leg is nearer than the other; "sagittal" for landmarks that were found in 3D (or by markers) and
    laid on the sagittal plane, in which both legs are seen alike. `device`: what filmed it, as the recording tells
    it (maker, model, lens; a webcam's name); empty where it does not.
    """

    source: str
    kind: Literal["video", "images", "photo", "webcam", "keypoints"]
    width_px: int
    height_px: int
    rate_hz: float
    duration_s: float
    frame_count: int | None
    rotation_deg: int = 0
    pixel_aspect: float = 1.0
    codec: str = ""
    time_scale: float = 1.0
    sha256: str | None = None
    notes: tuple[str, ...] = ()
    projection: Literal["camera", "sagittal"] = "camera"
    device: str = ""


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera bends what it sees, and how well that is known.

    Attributes
    ----------
    matrix : [[f, 0, cx], [0, f, cy], [0, 0, 1]] in pixels of the profile's picture, from its top left corner.
    distortion : k1, k2, p1, p2, k3 of Brown and Conrady, as in `rom.geometry.camera`.
    focal_sd_px, distortion_sd : their SDs, from the fit's own residuals.
    rms_px : reprojection error of the views that made it; `held_out_px` that of views that were left out.
    views : pictures of the board used. coverage : share of the picture in which the board was seen.
    """

    matrix: tuple[tuple[float, ...], ...]
    distortion: tuple[float, ...]
    focal_sd_px: float
    distortion_sd: tuple[float, ...]
    rms_px: float
    held_out_px: float
    views: int
    coverage: float
    made: str


@dataclass(frozen=True, slots=True)
class Level:
    """How far the picture stands turned, clockwise as seen positive, while the camera stays where it is."""

    roll_deg: float
    sd_deg: float
    made: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Millimetres a pixel in the plane of the leg, while the camera stays where it is."""

    mm_per_px: float
    sd_mm_per_px: float
    made: str


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """What is known of a camera: each part is optional, and `made` in it says how it was found.

    `device` is what filmed, as recordings tell it; `width_px` and `height_px` are those of the upright picture in
    which the parts were found.
    """

    name: str
    width_px: int
    height_px: int
    created: str
    device: str = ""
    lens: Lens | None = None
    level: Level | None = None
    scale: Scale | None = None


class Recording(Protocol):
    """An opened recording: a context manager that yields frames once, in order.

    `info` is complete once iteration has ended (repairs found on the way are in its notes).
    """

    @property
    def info(self) -> RecordingInfo:
        """What is known of the recording so far."""
        ...

    def __iter__(self) -> Iterator[Frame]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What found the landmarks. `sha256` is None only where there is no model file."""

    name: str
    sha256: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class LegSights:
    """What the leg landmarker says of N legs beside their points: those in one frame, or one leg over time.

    Attributes
    ----------
    side : (N,) 0 left, 1 right, as in `SIDES`; -1 where no leg was seen (all else is then NaN, presence 0).
    presence : (N,) 0 to 1, that it is a leg.
    angle_deg, angle_sd_deg : (N,) the ankle angle that this one picture shows, corrected for the view, and its SD.
    lines : (N, 2, 3) unit vectors, ankle to knee and heel to toes, in the camera's axes (right, down, forward).
    covariance_px2 : (N, L, 2, 2) of the points, in the order of `LEG_LANDMARKS`.
    """

    side: NDArray[np.integer]
    presence: Floats
    angle_deg: Floats
    angle_sd_deg: Floats
    lines: Floats
    covariance_px2: Floats

    def __post_init__(self) -> None:
        """Check that all arrays speak of the same legs."""
        count = len(self.side)
        for name in ("presence", "angle_deg", "angle_sd_deg"):
            check_shape(name, getattr(self, name), (count,))
        check_shape("lines", self.lines, (count, 2, 3))
        check_shape("covariance_px2", self.covariance_px2, (count, len(LEG_LANDMARKS), 2, 2))

    @classmethod
    def empty(cls, count: int) -> Self:
        """No leg, `count` times."""
        return cls(
            side=np.full(count, -1, np.int8),
            presence=np.zeros(count, np.float32),
            angle_deg=np.full(count, np.nan, np.float32),
            angle_sd_deg=np.full(count, np.nan, np.float32),
            lines=np.full((count, 2, 3), np.nan, np.float32),
            covariance_px2=np.full((count, len(LEG_LANDMARKS), 2, 2), np.nan, np.float32),
        )

    def rows(self, rows: Bools | NDArray[np.integer] | slice) -> Self:
        """Some of the legs."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence["LegSights"]) -> Self:
        """The legs of several records, one after the other."""
        parts = [cls.empty(0), *parts]
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})


@dataclass(frozen=True, slots=True)
class People:
    """The landmarks of everybody in one frame.

    Attributes
    ----------
    points_px : (P, K, 2), NaN where a landmark was not found.
    confidence : (P, K), 0 to 1, as the backend gives it (not calibrated).
    legs : P legs, the one of each person that faces the camera; None from backends that see no leg closely.
    """

    points_px: Floats
    confidence: Floats
    legs: LegSights | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        check_shape("points_px", self.points_px, (None, None, 2))
        check_shape("confidence", self.confidence, self.points_px.shape[:2])
        if self.legs is not None:
            check_shape("legs", self.legs.side, (len(self.points_px),))

    def __len__(self) -> int:
        return len(self.points_px)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Everybody's landmarks in every frame of a recording.

    Attributes
    ----------
    names : K landmark names. time_s, shot : (T,). people : T records.
    people_seen : the largest number seen at one time, which may be more than were kept.
    """

    names: tuple[str, ...]
    time_s: Floats
    shot: NDArray[np.integer]
    people: tuple[People, ...]
    people_seen: int

    def __post_init__(self) -> None:
        """Check that all parts speak of the same frames and landmarks."""
        check_shape("time_s", self.time_s, (len(self.people),))
        check_shape("shot", self.shot, (len(self.people),))
        for people in self.people:
            check_shape("points_px", people.points_px, (None, len(self.names), 2))
        check_rising(self.time_s)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """One person's landmarks over a recording.

    Attributes
    ----------
    names : K landmark names (``left_knee`` ...).
    time_s : (T,) seconds.
    shot : (T,) int, the continuous take of each frame.
    points_px : (T, K, 2), NaN where missing.
    confidence : (T, K), 0 to 1.
    covariance_px2 : (T, K, 2, 2) covariance of each point, NaN where the backend gives none.
    legs : the leg that faces the camera, over time; None from backends that see no leg closely.
    """

    names: tuple[str, ...]
    time_s: Floats
    shot: NDArray[np.integer]
    points_px: Floats
    confidence: Floats
    covariance_px2: Floats
    legs: LegSights | None = None

    def __post_init__(self) -> None:
        """Check that all arrays speak of the same frames and landmarks."""
        frames, landmarks = len(self.time_s), len(self.names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("shot", self.shot, (frames,))
        check_shape("points_px", self.points_px, (frames, landmarks, 2))
        check_shape("confidence", self.confidence, (frames, landmarks))
        check_shape("covariance_px2", self.covariance_px2, (frames, landmarks, 2, 2))
        if np.isnan(self.confidence).any():
            raise ValueError(
                "Expected 'confidence' to be known everywhere (0 where nothing was seen), but got NaN."
            )
        check_rising(self.time_s)

    def indices(self, names: tuple[str, ...]) -> list[int]:
        """Positions of `names` along the landmark axis; ``KeyError`` names the one that is missing."""
        where = {name: k for k, name in enumerate(self.names)}
        return [where[name] for name in names]

    def points(self, *names: str) -> Floats:
        """(T, len(names), 2) of the named landmarks, in the order asked for."""
        return np.asarray(self.points_px[:, self.indices(names)])

    def only(self, frames: Bools) -> "Landmarks":
        """The same landmarks in some of the frames; `frames` is (T,) bool."""
        if frames.all():
            return self
        return Landmarks(
            self.names,
            self.time_s[frames],
            self.shot[frames],
            self.points_px[frames],
            self.confidence[frames],
            self.covariance_px2[frames],
            None if self.legs is None else self.legs.rows(frames),
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One plain sentence about something that affects the result.

    `severity`: *note* (worth knowing), *caution* (the number is less sure), *stop* (no number can be given).
    """

    code: str
    severity: Severity
    message: str
    side: Side | None = None
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AngleTrack:
    """The ankle angle of one side over time, raw and smoothed, with what is needed to judge it.

    Attributes
    ----------
    definition : name of the angle definition; `landmarks` are the four that made the number, in the order
        shank proximal, shank distal, foot proximal (heel), foot distal (toe).
    facing : +1 the toes point right when the shank stands upright, -1 left; one value for the recording.
    raw_deg, smooth_deg : (T,) dorsiflexion +; NaN where missing. `sd_deg` : (T,) SD of the raw angle from
        landmark noise.
    doubt_deg : (T,) SD of the reading as the pose model itself tells it; NaN from one that tells none.
    tibia_inclination_deg : (T,) 0 = shank vertical in the picture, + = knee forward of the ankle.
    knee_flexion_deg : (T,) 0 = straight; NaN where the hip is not seen.
    foot_px, shank_px : (T,) apparent lengths.
    points_px : (T, 4, 2) the four landmarks, smoothed, where they are drawn on the picture as it was filmed.
    """

    side: Side
    definition: str
    landmarks: tuple[str, str, str, str]
    facing: int
    time_s: Floats
    shot: NDArray[np.integer]
    raw_deg: Floats
    smooth_deg: Floats
    sd_deg: Floats
    doubt_deg: Floats
    tibia_inclination_deg: Floats
    knee_flexion_deg: Floats
    foot_px: Floats
    shank_px: Floats
    points_px: Floats


@dataclass(frozen=True, slots=True)
class View:
    """How the camera saw the leg: `angle_deg` 0 = exactly side-on, + = camera towards the front of the body.

    `error_deg` is the reading's expected error from this view alone, (dorsiflexion end, plantar flexion end); 0
    where the reading is `corrected` for the view, as the leg landmarker's is.
    """

    angle_deg: float
    angle_sd_deg: float
    method: str
    error_deg: tuple[float, float]
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Repetition:
    """One arrival at the end of the movement.

    `value_deg` is the median over its hold, positive in the motion's direction; `held` is False for a turning
    point without a hold; `used` is False where it did not reach the end of the range (`reason` says so).
    """

    motion: Motion
    start_s: float
    end_s: float
    value_deg: float
    sd_deg: float
    frames: int
    held: bool
    used: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MotionResult:
    """Maximal dorsiflexion or plantar flexion of one side, with its interval and what it rests on.

    Attributes
    ----------
    value_deg : mean over the repetitions that reached the end of the range; None when it cannot be told.
    ci95_deg : 95 % interval of the true value; not always symmetric about `value_deg`.
    best_deg : the largest repetition. `sd_deg` : SD over the repetitions used; None for a single one.
    from_neutral_deg : the same motion counted from the person's own neutral; None where none was recorded.
    landmark_sd_deg, repetition_sd_deg, model_bias_deg, model_sd_deg : the parts of the interval.
    doubt_deg : how unsure the pose model itself was at the ends of the movement (SD); None where it does not say.
    """

    side: Side
    motion: Motion
    status: Status
    value_deg: float | None
    ci95_deg: tuple[float, float] | None
    quality: Quality
    reasons: tuple[str, ...]
    best_deg: float | None = None
    sd_deg: float | None = None
    from_neutral_deg: float | None = None
    repetitions: tuple[Repetition, ...] = ()
    landmark_sd_deg: float | None = None
    repetition_sd_deg: float | None = None
    model_bias_deg: float | None = None
    model_sd_deg: float | None = None
    model_error_row: str = ""
    doubt_deg: float | None = None


@dataclass(frozen=True, slots=True)
class SideSummary:
    """One leg: how it was seen, its own neutral, its whole range, and what was noticed on the way."""

    side: Side
    near: bool
    view: View | None
    neutral_deg: float | None
    range_of_motion_deg: float | None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who is examined, as far as it is said: what a comparison needs, and no name.

    `sport` is free text; those that have reference rows of their own are in ``rom/exam/references.csv``.
    """

    age_years: float | None = None
    sex: Sex | None = None
    sport: str = ""


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What the person says of one ankle.

    Attributes
    ----------
    side : which ankle; None for both, or where it is not said.
    pain : 0 to 10 by occasion (``rest``, ``pulling_up``, ``pointing``, ``walking``); what is not said is not there.
    places : where it hurts. signs : what else is noticed. Both by the names in ``rom/exam/symptoms.csv``.
    onset : how and when it began, in the person's own words.
    weeks_since_injury, weeks_since_surgery : None where there was none, or it is not said.
    """

    side: Side | None = None
    pain: dict[str, int] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    onset: str = ""
    weeks_since_injury: float | None = None
    weeks_since_surgery: float | None = None


@dataclass(frozen=True, slots=True)
class ProtocolUse:
    """Which exam a recording was taken for.

    `certainty`: 0 to 1 where it was recognised, None where it was said. `regime`: who moved the foot, as said;
    hands in the picture are never asked.
    """

    name: str
    regime: Regime
    certainty: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A number beside the two motions: lean of the shin, height of the heel, repetitions, cadence.

    `ci95` is None where only the spread (`sd`) is known, or neither.
    """

    name: str
    side: Side | None
    value: float
    unit: str
    ci95: tuple[float, float] | None = None
    sd: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence that follows from numbers by a rule; never a diagnosis.

    Attributes
    ----------
    kind, code : what it speaks of, and what it says (``limited``, ``within``, ``cannot_tell`` ...).
    message : the sentence. rule : the row of ``rom/exam/rules.csv`` that made it, in words.
    numbers : every number that went into it, by name. sources : of the rule and of the rows compared with.
    """

    kind: FindingKind
    code: str
    side: Side | None
    motion: Motion | None
    message: str
    rule: str
    numbers: dict[str, float | None]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Examination:
    """What `rom.measure` returns: the results and everything needed to check them.

    `footwear` is what the user said is on the foot; nothing in the picture is asked. `camera` is the profile that
    was used, in this recording's pixels; `landmarks` are straightened by it, `sightings` are as they were found.
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
    protocol: ProtocolUse = ProtocolUse("free", "active")
    person: Person = field(default_factory=Person)
    symptoms: Symptoms = field(default_factory=Symptoms)
    measures: tuple[Measure, ...] = ()
    findings: tuple[Finding, ...] = ()
    camera: CameraProfile | None = None
    timings_s: dict[str, float] = field(default_factory=dict)

    @property
    def people_seen(self) -> int:
        """How many people were in view at one time, at most."""
        return self.sightings.people_seen

    @property
    def measured(self) -> bool:
        """True when at least one motion of one side has a value."""
        return any(result.status == "measured" for result in self.results)

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
