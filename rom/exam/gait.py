"""The ankle over the gait cycle: mean curve and band, dorsiflexion in stance, push-off, timing, symmetry, cadence.

A walk is cut into strides at the landings of each foot (`rom.exam.gait_events`); a number is the mean over
strides, with their spread. That spread is all that stands beside it here: what the instrument itself may be off by
is added where the numbers are reported.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rom.ankle.angle import POSSIBLE_DEG, cleaned, gated
from rom.ankle.definitions import definitions
from rom.exam.gait_curves import PERCENT, compare, dimensionless_speed, speed_class
from rom.exam.gait_events import foot_events, steady
from rom.records import (
    SIDES,
    AngleTrack,
    Floats,
    Gait,
    GaitEvents,
    Landmarks,
    LegGait,
    OverStrides,
    Side,
    check_shape,
)
from rom.settings import Settings
from rom.tracks.gaps import fill_gaps, segments
from rom.tracks.known import known_median
from rom.tracks.smoothing import smooth

#: Strides that gait reports ask for; fewer are told with a remark. Our own: three show a spread.
STRIDES_WANTED = 3
#: Points between two of the curve at which its turning points are looked for: 0.2 % of the cycle, 2 ms.
FINER = 10
NO_STRIDE = (
    "Fewer than two steps of the {feet} were seen from landing to landing; walk straight across the picture, with "
    "both feet in view for at least three strides, and film at 30 pictures a second or more."
)


@dataclass(frozen=True, slots=True)
class Walker:
    """What is known of the walker beside the pictures.

    `leg_length` : hip to ankle, in the unit of the points. `leg_length_m` : the same in metres; without it a
    picture tells no speed. `speed` : the class of walking speed, where somebody else knows it.
    """

    leg_length: float = float("nan")
    leg_length_m: float = float("nan")
    speed: str = ""


def gait_of(
    landmarks: Landmarks,
    tracks: Mapping[Side, AngleTrack],
    near: Side | None,
    settings: Settings,
    *,
    leg_length_m: float = float("nan"),
    speed: str = "",
) -> Gait | str:
    """A walk from the landmarks of a recording.

    Parameters
    ----------
    landmarks : one person's, of one walk or several in one direction.
    tracks : the ankle angle of the legs, from the same landmarks.
    near : the leg nearer to the camera, which alone gets a curve; None where both are seen alike.
    settings : the gates, gap and cut-off of the tracks.
    leg_length_m : hip to ankle in metres. speed : the class of walking speed, where the caller knows it.

    Returns
    -------
    Gait; or one plain sentence on why nothing can be told. The far leg gives the moments of its steps where its
    heel and toes are seen well enough, and for them both feet are read from the same kind of landmark.
    """
    measured = [side for side in SIDES if side in tracks and near in (None, side) and tracks[side].facing != 0]
    if not measured:
        return "No leg was seen well enough to follow its steps; film from the side, with both feet in view."
    curves = {side: tracks[side] for side in measured}
    facing = next(iter(curves.values())).facing
    body = _body(landmarks, facing, settings)
    events = {side: _track_events(track, body, settings) for side, track in curves.items()}
    kinds = [events, *_feet(landmarks, facing, body, settings)]
    lengths = [each.stride_length for feet in kinds for each in feet.values()]
    longest = float(np.max(np.concatenate(lengths), initial=0.0))
    kinds = [{side: steady(each, longest) for side, each in feet.items()} for feet in kinds]
    return walk(
        kinds[0],
        {side: (track.time_s, _course(track, settings)) for side, track in curves.items()},
        next((feet for feet in kinds if _strides_of_both(feet)), {}),
        Walker(_leg_length_px(landmarks, measured[0], settings), leg_length_m, speed),
    )


def walk(
    events: Mapping[Side, GaitEvents],
    angles: Mapping[Side, tuple[Floats, Floats]],
    steps: Mapping[Side, GaitEvents],
    walker: Walker | None = None,
) -> Gait | str:
    """A walk from events and angles, whatever they come from.

    Parameters
    ----------
    events : of the legs to be measured.
    angles : by side, times (T,) in seconds and the ankle angle (T,) in degrees, low-passed, NaN where not seen.
    steps : of both feet, read alike, for the steps between them; one foot or none where that is not seen.
    walker : leg length and speed, where known.

    Returns
    -------
    Gait; or one plain sentence on why nothing can be told.

    Raises
    ------
    UsageError
        Where the walker's class of speed is none.
    """
    walker = walker or Walker()
    legs = {side: each for side, each in events.items() if len(_followed(each, *angles[side]))}
    if not legs:
        return NO_STRIDE.format(feet=f"{next(iter(events))} foot" if len(events) == 1 else "feet")
    speed = _speed(legs.values(), walker)
    named = walker.speed or speed_class(speed) or ""
    step_s = _step_times(steps)
    asymmetry, asymmetry_se = _asymmetry(step_s)
    strides_s = np.concatenate([each.cycles_s[:, 2] - each.cycles_s[:, 0] for each in legs.values()])
    measured = tuple(_leg(each, *angles[side], walker, named) for side, each in legs.items())
    return Gait(
        legs=measured,
        cadence_steps_min=over_strides(120.0 / strides_s),
        step_s=step_s,
        step_asymmetry_percent=asymmetry,
        step_asymmetry_se_percent=asymmetry_se,
        speed=speed,
        speed_class=named,
        remarks=(*_few(measured), *_one_foot(step_s), *_no_comparison(speed, named)),
    )


def over_strides(values: Sequence[float] | Floats) -> OverStrides:
    """Mean, SD and standard error of the known values.

    Examples
    --------
    >>> over_strides([1.0, 2.0, 3.0, float("nan")])
    OverStrides(mean=2.0, sd=1.0, se=0.5773502691896258, count=3)
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return OverStrides(float("nan"), float("nan"), float("nan"), 0)
    sd = float(np.std(known, ddof=1)) if known.size > 1 else float("nan")
    return OverStrides(float(np.mean(known)), sd, sd / float(np.sqrt(known.size)), int(known.size))


def _leg(events: GaitEvents, time_s: Floats, angle_deg: Floats, walker: Walker, speed: str) -> LegGait:
    """Everything told of one leg."""
    cycles = _followed(events, time_s, angle_deg)
    fine = np.array([_on_cycle(time_s, angle_deg, cycle) for cycle in cycles])
    curves = fine[:, ::FINER]
    mean_deg = np.mean(curves, axis=0)
    ends = np.array([_extremes(curve, cycle) for curve, cycle in zip(fine, cycles, strict=True)])
    lasting = events.cycles_s[:, 2] - events.cycles_s[:, 0]
    return LegGait(
        side=events.side,
        events=events,
        percent=PERCENT,
        curves_deg=curves,
        mean_deg=mean_deg,
        sd_deg=np.std(curves, axis=0, ddof=1) if len(curves) > 1 else np.full(len(PERCENT), np.nan),
        peak_stance_dorsiflexion_deg=over_strides(ends[:, 0]),
        push_off_plantar_flexion_deg=over_strides(-ends[:, 1]),
        stride_s=over_strides(lasting),
        stance_share=over_strides((events.cycles_s[:, 1] - events.cycles_s[:, 0]) / lasting),
        stride_over_leg=over_strides(events.stride_length / walker.leg_length),
        comparisons=compare(mean_deg, speed) if speed else (),
    )


def _followed(events: GaitEvents, time_s: Floats, angle_deg: Floats) -> Floats:
    """The cycles (C, 3) in which the angle is known throughout."""
    check_shape("angle_deg", angle_deg, time_s.shape)
    unknown = time_s[~np.isfinite(angle_deg)]
    inside = [not np.any((unknown > start) & (unknown < end)) for start, _, end in events.cycles_s]
    return np.asarray(events.cycles_s[np.array(inside, dtype=bool)])


def _on_cycle(time_s: Floats, angle_deg: Floats, cycle: Floats) -> Floats:
    """(501,) the angle from contact to contact, between frames by a cubic spline: a low-passed course is smooth."""
    from scipy.interpolate import CubicSpline

    start, _, end = cycle
    fine = np.linspace(start, end, FINER * (len(PERCENT) - 1) + 1)
    known = np.isfinite(angle_deg)
    first, last = np.searchsorted(time_s[known], [start, end])
    near = slice(max(0, first - 3), last + 3)
    return np.asarray(CubicSpline(time_s[known][near], angle_deg[known][near])(fine))


def _extremes(curve: Floats, cycle: Floats) -> tuple[float, float]:
    """Largest angle in stance, and smallest from there to the middle of the swing."""
    off = (cycle[1] - cycle[0]) / (cycle[2] - cycle[0])
    last = len(curve) - 1
    peak = int(np.argmax(curve[: round(off * last) + 1]))
    return float(curve[peak]), float(curve[peak : round(0.5 * (off + 1.0) * last) + 1].min())


def _step_times(steps: Mapping[Side, GaitEvents]) -> dict[Side, OverStrides]:
    """By side, the time from the other foot's landing to this one's, of the landings that bound whole strides."""
    if len(steps) < len(SIDES):
        return {}
    landed = sorted(
        (at, side) for side, each in steps.items() for at in np.unique(each.cycles_s[:, [0, 2]]).tolist()
    )
    strides_s = [each.cycles_s[:, 2] - each.cycles_s[:, 0] for each in steps.values()]
    longest = known_median(np.concatenate(strides_s))  # a step is shorter than a stride
    times: dict[Side, list[float]] = {side: [] for side in SIDES}
    for (before_s, other), (at_s, side) in pairwise(landed):
        if side != other and at_s - before_s < longest:
            times[side].append(at_s - before_s)
    return {side: over_strides(found) for side, found in times.items()} if all(times.values()) else {}


def _asymmetry(step_s: Mapping[Side, OverStrides]) -> tuple[float, float]:
    """Right minus left over the mean of both, in percent, and its standard error."""
    if not step_s:
        return float("nan"), float("nan")
    left, right = step_s["left"], step_s["right"]
    both = 0.5 * (left.mean + right.mean)
    slopes = right.mean / both**2, left.mean / both**2  # of the quotient, by the left and by the right time
    se = 100.0 * float(np.hypot(slopes[0] * left.se, slopes[1] * right.se))
    return 100.0 * (right.mean - left.mean) / both, se


def _speed(legs: Collection[GaitEvents], walker: Walker) -> float:
    """Dimensionless speed over all strides; NaN where the leg's length is not known."""
    metres = np.concatenate([each.stride_length for each in legs]) / walker.leg_length * walker.leg_length_m
    lasting = np.concatenate([each.cycles_s[:, 2] - each.cycles_s[:, 0] for each in legs])
    return dimensionless_speed(float(np.sum(metres) / np.sum(lasting)), walker.leg_length_m)


def _few(legs: tuple[LegGait, ...]) -> list[str]:
    """What is said of few strides."""
    return [
        f"{len(leg.curves_deg)} whole stride{'s' if len(leg.curves_deg) > 1 else ''} of the {leg.side} leg "
        f"{'were' if len(leg.curves_deg) > 1 else 'was'} seen; {STRIDES_WANTED} or more are better."
        for leg in legs
        if len(leg.curves_deg) < STRIDES_WANTED
    ]


def _one_foot(step_s: Mapping[Side, OverStrides]) -> list[str]:
    """What is said where one foot alone gave steps."""
    if step_s:
        return []
    return ["The steps of the other foot were not seen well enough, so that left and right cannot be compared."]


def _no_comparison(speed: float, named: str) -> list[str]:
    """Why no published curve is shown, or whose they are."""
    if named:
        return ["The published curves were made with children of 4 to 17 years; an adult may differ a little."]
    if np.isfinite(speed):
        return [
            f"No published curve is for this walking speed ({speed:.2f} of the leg's own); there is no comparison."
        ]
    return [
        "There is no comparison with published curves: the walking speed cannot be told without the length of the "
        "leg from hip to ankle and the hip in view."
    ]


def _track_events(track: AngleTrack, body: Floats, settings: Settings) -> GaitEvents:
    """The events of a leg from the heel and toe behind its angle."""
    forward = track.facing * track.points_px[..., 0]
    return foot_events(track.side, track.time_s, track.shot, forward[:, 2], forward[:, 3], settings.gap_s, body)


def _course(track: AngleTrack, settings: Settings) -> Floats:
    """(T,) the readings low-passed within each stretch, none of them taken for an outlier.

    A push-off turns within three pictures at 30 a second: whatever takes out what differs from its neighbours takes
    out the push-off (a planted one of 20 degrees was read as 13 through the track's own course). Here the mean over
    strides is what steadies.
    """
    raw = np.where(np.abs(track.raw_deg) > POSSIBLE_DEG, np.nan, track.raw_deg)
    course = np.full_like(raw, np.nan)
    for stretch in segments(track.time_s, track.shot, np.isfinite(raw), settings.gap_s):
        filled = fill_gaps(track.time_s[stretch], raw[stretch])
        course[stretch] = smooth(track.time_s[stretch], filled, settings.cutoff_hz)
    return course


def _feet(landmarks: Landmarks, facing: int, body: Floats, settings: Settings) -> Iterator[dict[Side, GaitEvents]]:
    """The events of both feet from every kind of landmark there is."""
    for definition in definitions():
        roles = {side: definition.landmarks(side) for side in SIDES}
        if set(landmarks.names).issuperset("+".join(name for four in roles.values() for name in four).split("+")):
            places = {side: _forward(landmarks, four, facing, settings) for side, four in roles.items()}
            yield {
                side: foot_events(side, landmarks.time_s, landmarks.shot, *place, settings.gap_s, body)
                for side, place in places.items()
            }


def _strides_of_both(feet: Mapping[Side, GaitEvents]) -> bool:
    """True where left and right gave whole strides."""
    return all(side in feet and len(feet[side].cycles_s) for side in SIDES)


def _forward(
    landmarks: Landmarks, roles: tuple[str, str, str, str], facing: int, settings: Settings
) -> tuple[Floats, Floats]:
    """(T,) how far forward heel and toe are, in pixels, cleaned and low-passed as the angle's points are."""
    points = cleaned(gated(landmarks, roles, settings.confidence_min), landmarks, settings)
    forward = facing * points[..., 0]
    course = np.full_like(forward, np.nan)
    known = np.asarray(np.isfinite(forward).all(axis=1))
    for stretch in segments(landmarks.time_s, landmarks.shot, known, settings.gap_s):
        course[stretch] = smooth(landmarks.time_s[stretch], forward[stretch], settings.cutoff_hz)
    return course[:, 2], course[:, 3]


def _body(landmarks: Landmarks, facing: int, settings: Settings) -> Floats:
    """(T,) how far forward the middle of the hips is, in pixels; NaN where it is not seen."""
    names = tuple(f"{side}_hip" for side in SIDES)
    if not set(names) <= set(landmarks.names):
        return np.full(len(landmarks.time_s), np.nan)
    points = np.array(landmarks.points(*names), dtype=float)
    points[landmarks.confidence[:, landmarks.indices(names)] < settings.confidence_min] = np.nan
    return np.asarray(facing * points[..., 0].mean(axis=1))


def _leg_length_px(landmarks: Landmarks, side: Side, settings: Settings) -> float:
    """Hip to knee to ankle, the median over the recording; NaN where the hip is not seen."""
    names = tuple(f"{side}_{joint}" for joint in ("hip", "knee", "ankle"))
    if not set(names) <= set(landmarks.names):
        return float("nan")
    points = np.array(landmarks.points(*names), dtype=float)
    points[landmarks.confidence[:, landmarks.indices(names)] < settings.confidence_min] = np.nan
    return known_median(np.linalg.norm(np.diff(points, axis=1), axis=-1).sum(axis=1))
