"""A walk: when the feet land, the ankle over the gait cycle, and how it lies beside published curves."""

from dataclasses import dataclass

from rom.records.words import Floats, Side, check_shape


@dataclass(frozen=True, slots=True)
class GaitEvents:
    """When one foot landed and left the ground, in seconds of the recording.

    Attributes
    ----------
    initial_contact_s, toe_off_s : (N,), (M,) all that were seen, in order of time.
    cycles_s : (C, 3) whole strides through which the foot was followed: initial contact, toe-off, next contact.
    stride_length : (C,) how far the heel came forward over the ground in each, in the unit of the points.
    """

    side: Side
    initial_contact_s: Floats
    toe_off_s: Floats
    cycles_s: Floats
    stride_length: Floats

    def __post_init__(self) -> None:
        """Check that cycles and strides speak of the same."""
        check_shape("cycles_s", self.cycles_s, (None, 3))
        check_shape("stride_length", self.stride_length, (len(self.cycles_s),))


@dataclass(frozen=True, slots=True)
class CurveComparison:
    """How a person's mean curve lies beside a published one of like speed.

    Attributes
    ----------
    curve, speed, people, source, licence : the published curve's.
    offset_deg : mean of the person's curve minus the published mean.
    share_inside : share of the cycle, 0 to 1, within the published mean plus and minus two SD, nothing taken away.
    share_inside_shape : the same after the offset was taken away.
    rmse_shape_deg : root mean square of what is left after the offset was taken away.
    """

    curve: str
    speed: str
    people: str
    source: str
    licence: str
    offset_deg: float
    share_inside: float
    share_inside_shape: float
    rmse_shape_deg: float


@dataclass(frozen=True, slots=True)
class OverStrides:
    """A value over strides: mean, SD, standard error of the mean (NaN for fewer than two), and how many."""

    mean: float
    sd: float
    se: float
    count: int


@dataclass(frozen=True, slots=True)
class LegGait:
    """One leg over its gait cycles. Angles in degrees, dorsiflexion positive, unless named for their motion.

    Attributes
    ----------
    events : when the foot landed and left the ground; what is told of the leg comes from its whole strides alone.
    percent : (51,) of the gait cycle, 0 and 100 at initial contact.
    curves_deg : (C, 51) the ankle angle of every stride in which it was seen throughout.
    mean_deg, sd_deg : (51,) over the strides; SD is NaN for a single one.
    peak_stance_dorsiflexion_deg : largest angle between initial contact and toe-off.
    push_off_plantar_flexion_deg : largest plantar flexion (positive) from that peak to the middle of the swing.
    stride_s, stance_share : time from contact to contact, and the share of it (0 to 1) before toe-off.
    stride_over_leg : stride length over leg length; NaN where the leg's length is not known.
    comparisons : the mean curve beside published ones of like speed; empty where the speed cannot be told.
    """

    side: Side
    events: GaitEvents
    percent: Floats
    curves_deg: Floats
    mean_deg: Floats
    sd_deg: Floats
    peak_stance_dorsiflexion_deg: OverStrides
    push_off_plantar_flexion_deg: OverStrides
    stride_s: OverStrides
    stance_share: OverStrides
    stride_over_leg: OverStrides
    comparisons: tuple[CurveComparison, ...] = ()


@dataclass(frozen=True, slots=True)
class Gait:
    """A walk.

    Attributes
    ----------
    legs : those whose curve was measured: the near one, or both where both are seen alike.
    cadence_steps_min : steps a minute, two a stride.
    step_s : by side, time from the other foot's landing to this one's; empty where one foot alone was seen.
    step_asymmetry_percent, step_asymmetry_se_percent : right minus left step time over their mean, and its
        standard error (Robinson et al. 1987); NaN where one foot alone was seen.
    speed, speed_class : dimensionless walking speed (NaN where not known), and its class ("" where none).
    remarks : plain sentences on what limits these numbers.
    """

    legs: tuple[LegGait, ...]
    cadence_steps_min: OverStrides
    step_s: dict[Side, OverStrides]
    step_asymmetry_percent: float
    step_asymmetry_se_percent: float
    speed: float
    speed_class: str
    remarks: tuple[str, ...]
