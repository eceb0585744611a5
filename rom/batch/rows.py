"""The rows of a study's tables: every column with its unit, its range and what it means."""

from dataclasses import dataclass

from rom.batch.columns import Column, Table, column, columns_of
from rom.exam.protocols import protocols
from rom.records import FOOTWEAR, MOTIONS, SEXES, SIDES

REGIMES = ("active", "passive", "weight_bearing", "not_told")
STANDING = ("one_leg", "both_legs", "not_told")
QUALITIES = ("good", "fair", "poor")
STATUSES = ("measured", "cannot_tell")
KINDS = ("video", "images", "photo", "keypoints")
#: Degrees that a motion may have: the same that a circle has.
TURN_DEG = 180.0
#: What can keep a recording out of the tables.
FAILURES = {
    "unreadable": "it cannot be opened or decoded",
    "crashed": "its reader crashed, or needed more memory or time than it was given",
    "not_measurable": "it was read, and nothing may be measured in it",
    "usage": "what the manifest or the command asks for cannot be done with it",
    "unexpected": "rom itself failed at it",
    "lost": "the worker that measured it was lost, again and again",
    "duplicate": "another recording of the study has the same content",
}


@dataclass(frozen=True, slots=True)
class Which:
    """Which recording and which ankle a row of results is about, and what was said of the person."""

    id: str = column("this row's recording, and what was asked of it; the same in every table and in every run")
    recording: str = column("the recording, as the manifest or its folder names it, or its pseudonym")
    person: str | None = column("whom the manifest says it is of")
    side: str = column("the ankle", words=SIDES)
    near: bool = column("whether this leg was nearer to the camera; the other one is never given a number")
    protocol: str = column("the exam", words=protocols())
    protocol_certainty: float | None = column("how sure it was recognised; null where it was said", "", 0.0, 1.0)
    moved_by: str = column("who moved the foot, as it was said", words=REGIMES)
    standing_on: str = column("which legs carried the body in a heel raise, as it was said", words=STANDING)
    age_years: float | None = column("the person's age, as it was said", "years", 0.0, 120.0)
    sex: str | None = column("the person's sex, as it was said", words=SEXES)
    sport: str = column("the person's sport, as it was said")
    recorded_on: str = column("the day of filming (ISO), as it was said; empty where it was not")
    footwear: str = column("what was on the foot, as it was said", words=FOOTWEAR)


@dataclass(frozen=True, slots=True)
class OfMotion:
    """Maximal dorsiflexion or plantar flexion of one ankle; null where the exam does not measure it."""

    status: str | None = column("whether it could be told; null where the exam does not measure it", words=STATUSES)
    deg: float | None = column(
        "mean of the repetitions that reached the end of the range", "deg", -TURN_DEG, TURN_DEG
    )
    low_deg: float | None = column("lower end of the 95 % interval of the true value", "deg", -TURN_DEG, TURN_DEG)
    high_deg: float | None = column("upper end of that interval", "deg", -TURN_DEG, TURN_DEG)
    quality: str | None = column("how far it can be trusted", words=QUALITIES)
    reasons: str | None = column("why it cannot be told or is less sure, in plain sentences")
    finding: str | None = column("what it is beside published values: the finding's code")
    best_deg: float | None = column("largest repetition", "deg", -TURN_DEG, TURN_DEG)
    sd_deg: float | None = column("SD over the repetitions used; null for a single one", "deg", 0.0)
    from_neutral_deg: float | None = column("counted from the person's own neutral", "deg", -TURN_DEG, TURN_DEG)
    repetitions: int | None = column("how often the end of the movement was reached", "", 0)
    repetitions_used: int | None = column("how many of those the value rests on", "", 0)
    landmark_sd_deg: float | None = column("part of the interval: noise of the landmarks (SD)", "deg", 0.0)
    repetition_sd_deg: float | None = column("part of the interval: spread of repetitions (SD)", "deg", 0.0)
    model_bias_deg: float | None = column(
        "part of the interval: the model's mean error", "deg", -TURN_DEG, TURN_DEG
    )
    model_sd_deg: float | None = column("part of the interval: the spread of the model's error (SD)", "deg", 0.0)
    model_error_row: str | None = column("the measured conditions that the model's error was taken from")
    doubt_deg: float | None = column("how unsure the model was at the ends of the movement (SD)", "deg", 0.0)


@dataclass(frozen=True, slots=True)
class OfWalk:
    """One leg over the gait cycles of a walk; null in every other exam."""

    strides: int | None = column("whole strides that were measured", "", 0)
    peak_stance_dorsiflexion_deg: float | None = column(
        "mean of the most dorsiflexion in stance", "deg", -TURN_DEG, TURN_DEG
    )
    peak_stance_dorsiflexion_sd_deg: float | None = column("its SD over strides", "deg", 0.0)
    push_off_plantar_flexion_deg: float | None = column(
        "mean of the most plantar flexion at push-off", "deg", -TURN_DEG, TURN_DEG
    )
    push_off_plantar_flexion_sd_deg: float | None = column("its SD over strides", "deg", 0.0)
    stride_s: float | None = column("mean time from contact to contact of this foot", "s", 0.0)
    stance_share: float | None = column("mean share of the stride before toe-off", "", 0.0, 1.0)
    cadence_steps_min: float | None = column("mean cadence", "steps/min", 0.0)
    step_asymmetry_percent: float | None = column("right minus left step time over their mean", "%")
    speed: float | None = column("dimensionless walking speed (Froude)", "", 0.0)


@dataclass(frozen=True, slots=True)
class How:
    """How the leg was seen, and what the row came from."""

    range_of_motion_deg: float | None = column(
        "dorsiflexion and plantar flexion together", "deg", 0.0, 2 * TURN_DEG
    )
    neutral_deg: float | None = column("the person's own neutral; null where none was recorded", "deg", -90.0, 90.0)
    view_deg: float | None = column(
        "how far the camera was from side-on; + towards the front", "deg", -TURN_DEG, TURN_DEG
    )
    view_sd_deg: float | None = column("SD of that", "deg", 0.0)
    foot_px: float | None = column("length of the foot in the picture, median", "px", 0.0)
    frames_measured: int = column("frames in which this ankle has an angle", "", 0)
    stops: str = column("codes of what forbids a number, separated by blanks")
    cautions: str = column("codes of what makes the number less sure, separated by blanks")
    remarks: str = column("what was noticed of this ankle and of the recording, in plain sentences")
    definition: str | None = column("name of the angle definition")
    landmarks_used: str | None = column("the four landmarks that made the angle, separated by blanks")
    people_seen: int = column("people in view at one time, at most", "", 0)
    kind: str = column("what the recording is", words=KINDS)
    width_px: int = column("width of the upright picture", "px", 0)
    height_px: int = column("height of the upright picture", "px", 0)
    rate_hz: float | None = column("pictures a second", "Hz", 0.0)
    duration_s: float | None = column("length of the recording", "s", 0.0)
    frames: int = column("frames that were looked at", "", 0)
    codec: str = column("how the video is coded; empty where it is none")
    sha256: str = column("SHA-256 of the recording's file")
    model: str = column("what found the landmarks")
    model_sha256: str | None = column("SHA-256 of that model's file; null where there is none")
    landmarks: str = column("the file in the folder landmarks that holds them")
    version: str = column("version of rom that judged")
    settings: str = column("beginning of the SHA-256 of the settings; study.json holds them")


@dataclass(frozen=True, slots=True)
class RepetitionRow:
    """One arrival at the end of a movement."""

    id: str = column("the row of recordings that it belongs to, with the side")
    recording: str = column("as in recordings")
    person: str | None = column("as in recordings")
    side: str = column("the ankle", words=SIDES)
    motion: str = column("the movement", words=MOTIONS)
    number: int = column("of this motion in this recording, by time, from 1", "", 1)
    start_s: float = column("begin of the hold", "s", 0.0)
    end_s: float = column("end of the hold", "s", 0.0)
    value_deg: float = column(
        "median over the hold, positive in the motion's direction", "deg", -TURN_DEG, TURN_DEG
    )
    sd_deg: float | None = column("SD over the hold", "deg", 0.0)
    frames: int = column("frames in the hold", "", 0)
    held: bool = column("false for a turning point without a hold")
    used: bool = column("false where it did not reach the end of the range")
    reason: str = column("why it was not used; empty where it was")


@dataclass(frozen=True, slots=True)
class AngleRow:
    """One frame of one ankle."""

    id: str = column("the row of recordings that it belongs to, with the side")
    side: str = column("the ankle", words=SIDES)
    frame: int = column("of the frames that were measured, from 0", "", 0)
    time_s: float = column("the recording's own time, from its first frame", "s", 0.0)
    raw_deg: float | None = column("dorsiflexion +, as found", "deg", -TURN_DEG, TURN_DEG, single=True)
    smooth_deg: float | None = column("the same, smoothed", "deg", -TURN_DEG, TURN_DEG, single=True)
    sd_deg: float | None = column("SD of the raw angle from landmark noise", "deg", 0.0, single=True)
    doubt_deg: float | None = column("SD of the reading as the model tells it", "deg", 0.0, single=True)
    tibia_inclination_deg: float | None = column(
        "lean of the shank: 0 upright in the picture, + knee forward", "deg", -TURN_DEG, TURN_DEG, single=True
    )
    knee_flexion_deg: float | None = column("0 straight", "deg", -TURN_DEG, TURN_DEG, single=True)
    foot_px: float | None = column("length of the foot in the picture", "px", 0.0, single=True)
    shank_px: float | None = column("length of the shank in the picture", "px", 0.0, single=True)


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A number beside the two motions."""

    id: str = column("the row of recordings that it belongs to, with the side")
    recording: str = column("as in recordings")
    person: str | None = column("as in recordings")
    side: str | None = column("the ankle; null where it is of the whole recording", words=SIDES)
    name: str = column("what was measured")
    value: float | None = column("the number, in the unit beside it")
    unit: str = column("its unit; empty where it has none")
    low: float | None = column("lower end of its 95 % interval, where one is known")
    high: float | None = column("upper end of that interval")
    sd: float | None = column("its SD, where only that is known", "", 0.0)
    note: str = column("what limits it, in a plain sentence")


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A recording that has no row in the tables, and why."""

    recording: str = column("the recording, as the manifest or its folder names it, or its pseudonym")
    person: str | None = column("whom the manifest says it is of")
    what: str = column("what kept it out", words=FAILURES)
    reason: str = column("the same in a sentence that says what to do")
    sha256: str | None = column("SHA-256 of its file; null where it could not be read")


def recordings_table(further: tuple[Column, ...] = ()) -> Table:
    """One row a recording and side; `further` : the manifest's own columns."""
    motions = [
        one
        for motion in MOTIONS
        for one in columns_of(OfMotion, f"{motion}_", f"maximal {motion.replace('_', ' ')}: ")
    ]
    columns = (*columns_of(Which), *motions, *columns_of(OfWalk), *columns_of(How), *further)
    return Table("recordings", "one recording and side", columns)


REPETITIONS = Table("repetitions", "one arrival at the end of a movement", columns_of(RepetitionRow))
ANGLES = Table("angles", "one frame of one ankle", columns_of(AngleRow))
MEASURES = Table("measures", "one number beside the two motions", columns_of(MeasureRow))
FAILED = Table("failures", "one recording that has no row in the other tables", columns_of(FailureRow))
