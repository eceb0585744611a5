"""When a foot lands and when it leaves the ground, from how fast heel and toe move forward.

A foot on the ground does not move forward; a swinging one moves at three to four times walking speed. Initial
contact is where the heel's forward speed falls below a tenth of the swing's fastest, toe-off where the toe's rises
above a quarter of it. Speeds count from the ground's own, so that a treadmill or a camera that follows evenly
changes nothing.

Velocity thresholds: Ghoussayni et al., Gait Posture 2004;20:266-72; made relative to how fast the person walks:
Bruening and Ridge, Gait Posture 2014;39:472-7. The shares here are our own. Compared on the twelve events (six
contacts, six toe-offs) of three published walks, which agree with their force plates to 6 ms, on markers low-passed
at 6 Hz; largest error in ms at initial contact and toe-off:

* heel and toe farthest from the sacrum (Zeni et al. 2008): 50 and 30, and needs the pelvis in view
* vertical speed of the middle of the foot (O'Connor et al. 2007): 10 and 20; with noise of 3 mm and 33
  pictures a second it once takes another moment for a landing (190)
* these: 18 and 13 (``calibration/results/gait/events.csv``)

In pictures it matters more whether landmarks stay on one leg. On rendered walks they often go over to the other
where the legs cross; the checks below were made on those walks.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rom.records import Bools, Floats, GaitEvents, Side
from rom.tracks.gaps import segments

#: Share of the swing's fastest speed below which the heel has landed, and above which the toe has left (see above).
CONTACT_SHARE, TOE_OFF_SHARE = 0.10, 0.25
#: A foot swings where it moves faster than this share of the fastest: half-way between standing and swinging.
SWING_SHARE = 0.5
#: Percentile of the forward speeds taken for the fastest: a swing's peak lasts a tenth of a stride, so that a
#: person may stand for half of the recording.
FASTEST_PERCENTILE = 95.0
#: Percentile of the toe's forward speeds taken for the ground's: the toe rests for half of the stride, so that the
#: lower quartile lies in the middle of its rest.
GROUND_PERCENTILE = 25.0
#: A swing that carries the foot less far than this share of its own length is no step.
STEP_MIN_FEET = 0.5
#: A stride this many times as long as the median one holds a pause.
PAUSE_RATIO = 1.5
#: Where the foot rests for less of the stride than this, the person runs, or the landmarks went over to the other
#: leg where the legs crossed (a half then). Our own: very fast walkers rest it for about 0.57.
STANCE_MIN = 0.53
#: A stride that takes less is none: 176 steps a minute, quicker than anybody older than a toddler walks. Our own.
STRIDE_MIN_S = 0.68
#: Foot and body come forward alike over a stride; by more than this share of it they do not where the landmarks
#: went over to the other leg (by 0.4 and more then).
PACE_SHARE = 0.2
#: Steady strides of one walk are no shorter than this share of the longest; those of landmarks that go over to the
#: other leg at every crossing are half as long.
STEADY_SHARE = 0.75


def foot_events(
    side: Side,
    time_s: Floats,
    shot: NDArray[np.integer],
    heel: Floats,
    toe: Floats,
    gap_s: float,
    body: Floats | None = None,
) -> GaitEvents:
    """Initial contacts, toe-offs and whole strides of one foot.

    Parameters
    ----------
    side : whose foot.
    time_s, shot : (T,) seconds, strictly rising and not necessarily even, and take numbers.
    heel, toe : (T,) how far forward each is, rising the way the person walks, in any one unit; low-passed, NaN
        where not seen.
    gap_s : longest gap through which the foot counts as followed.
    body : (T,) how far forward the pelvis is, where it is known.

    Returns
    -------
    GaitEvents. Empty where nobody walks forward. A swing at whose beginning or end the foot is not seen gives the
    other event alone. Left out are strides that hold a pause, those that are too quick or in which the foot rests
    for too short a time for walking, and those in which foot and body do not come forward alike: the landmarks went
    over to the other leg.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(320) / 100.0
    >>> swinging = np.clip(t % 1.0 - 0.6, 0.0, None)  # it rests for 0.6 s, and comes 1 m forward in 0.4 s
    >>> x = np.floor(t) + 0.5 * (1.0 - np.cos(np.pi * swinging / 0.4))
    >>> foot_events("left", t, np.zeros(320, int), x, x + 0.2, gap_s=0.2).cycles_s.round(2)
    array([[0.99, 1.63, 1.99],
           [1.99, 2.63, 2.99]])
    """
    heel_speed, toe_speed, stretches = _speeds(time_s, shot, heel, toe, gap_s)
    foot = float(np.nanmedian(np.abs(toe - heel))) if stretches else 0.0
    ground, fastest = _ground_and_fastest(heel_speed, toe_speed, STEP_MIN_FEET * foot / STRIDE_MIN_S)
    swings: list[tuple[float, float]] = []
    cycles: list[tuple[float, float, float]] = []
    for stretch in stretches if fastest > 0 else []:
        seen = _swings(
            time_s[stretch],
            (heel_speed[stretch] - ground) / fastest,
            (toe_speed[stretch] - ground) / fastest,
            STEP_MIN_FEET * foot / fastest,
        )
        swings += seen
        cycles += [(landed, off, lands) for (_, landed), (off, lands) in pairwise(seen)]
    whole = _whole_strides(np.array(cycles, dtype=float).reshape(-1, 3))
    length = _progress(time_s, heel, whole, ground)
    if body is not None:
        pace = _progress(time_s, body, whole, ground)
        kept = ~(np.abs(pace - length) > PACE_SHARE * np.abs(length))  # an unknown pace speaks against none
        whole, length = whole[kept], length[kept]
    times = np.array(swings, dtype=float).reshape(-1, 2)
    return GaitEvents(
        side=side,
        initial_contact_s=times[np.isfinite(times[:, 1]), 1],
        toe_off_s=times[np.isfinite(times[:, 0]), 0],
        cycles_s=whole,
        stride_length=length,
    )


def steady(events: GaitEvents, longest: float) -> GaitEvents:
    """The same without strides that are short beside the longest of the walk, whichever foot made it."""
    kept = events.stride_length >= STEADY_SHARE * longest
    return replace(events, cycles_s=events.cycles_s[kept], stride_length=events.stride_length[kept])


def _speeds(
    time_s: Floats, shot: NDArray[np.integer], heel: Floats, toe: Floats, gap_s: float
) -> tuple[Floats, Floats, list[slice]]:
    """(T,) forward speeds of heel and toe, NaN where not followed, and the stretches in which they are."""
    known = np.isfinite(heel) & np.isfinite(toe)
    speeds = np.full((2, len(time_s)), np.nan)
    stretches = [s for s in segments(time_s, shot, known, gap_s) if np.count_nonzero(known[s]) > 2]
    for stretch in stretches:
        here = known[stretch]
        for speed, place in zip(speeds, (heel, toe), strict=True):
            moving = np.gradient(place[stretch][here], time_s[stretch][here])
            speed[stretch] = np.interp(time_s[stretch], time_s[stretch][here], moving)
    return speeds[0], speeds[1], stretches


def _ground_and_fastest(heel_speed: Floats, toe_speed: Floats, least: float) -> tuple[float, float]:
    """How fast the ground moves, and how much faster the foot at its fastest; (0, 0) where nobody walks forward.

    Slower than `least` nobody swings a foot, not even in the shortest step.

    A foot that goes forward rests for more than half of the time; where it moves for more than half of it (backward
    steps, running) the thresholds mean nothing.
    """
    known = np.isfinite(toe_speed)
    if not known.any():
        return 0.0, 0.0
    ground = float(np.percentile(toe_speed[known], GROUND_PERCENTILE))
    middle = 0.5 * (heel_speed + toe_speed)[known] - ground
    rough = float(np.percentile(middle, FASTEST_PERCENTILE))
    if rough <= least or float(np.median(toe_speed[known])) - ground > SWING_SHARE * rough:
        return 0.0, 0.0
    runs = _runs(middle > SWING_SHARE * rough)
    return ground, float(np.median([middle[run].max() for run in runs]))


def _swings(time_s: Floats, heel_speed: Floats, toe_speed: Floats, least: float) -> list[tuple[float, float]]:
    """Toe-off and initial contact of each swing in one stretch, NaN where it was not seen; speeds of 1 are fastest.

    `least` : distance of the smallest swing, in the unit of speed times seconds.
    """
    middle = 0.5 * (heel_speed + toe_speed)
    leaves = np.flatnonzero((toe_speed[:-1] < TOE_OFF_SHARE) & (toe_speed[1:] >= TOE_OFF_SHARE))
    stops = np.flatnonzero((heel_speed[:-1] >= CONTACT_SHARE) & (heel_speed[1:] < CONTACT_SHARE))
    found: list[tuple[float, float]] = []
    for run in _runs(middle > SWING_SHARE):
        peak = run.start + int(np.argmax(middle[run]))
        before, after = leaves[leaves < peak], stops[stops >= peak]
        off = _crossing(time_s, toe_speed, int(before[-1]), TOE_OFF_SHARE) if before.size else float("nan")
        lands = _crossing(time_s, heel_speed, int(after[0]), CONTACT_SHARE) if after.size else float("nan")
        same = bool(found) and (off == found[-1][0] or lands == found[-1][1])  # noise parted one swing
        if not same and not _short(time_s, middle, off, lands, least):
            found.append((off, lands))
    return found


def _short(time_s: Floats, speed: Floats, off: float, lands: float, least: float) -> bool:
    """True for a swing seen whole that carries the foot less far than `least`."""
    swinging = (time_s >= off) & (time_s <= lands)
    return bool(swinging.any()) and float(np.trapezoid(speed[swinging], time_s[swinging])) < least


def _crossing(time_s: Floats, values: Floats, before: int, level: float) -> float:
    """When values cross the level between frame `before` and the next."""
    pair = values[before : before + 2]
    share = (level - pair[0]) / (pair[1] - pair[0])
    return float(time_s[before] + share * (time_s[before + 1] - time_s[before]))


def _runs(on: Bools) -> list[slice]:
    """The unbroken runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _whole_strides(cycles_s: Floats) -> Floats:
    """The strides whose events were all seen, without those that hold a pause or no walking stance."""
    whole = cycles_s[np.isfinite(cycles_s).all(axis=1)]
    lasting = whole[:, 2] - whole[:, 0]
    whole = whole[((whole[:, 1] - whole[:, 0]) > STANCE_MIN * lasting) & (lasting > STRIDE_MIN_S)]
    lasting = whole[:, 2] - whole[:, 0]
    return np.asarray(whole[lasting < PAUSE_RATIO * np.median(lasting)] if len(whole) else whole)


def _progress(time_s: Floats, place: Floats, cycles_s: Floats, ground: float) -> Floats:
    """(C,) how far a point comes forward over the ground in each stride; NaN where it is not seen at both ends."""
    known = np.isfinite(place)
    if np.count_nonzero(known) < 2:
        return np.full(len(cycles_s), np.nan)
    start, end = (np.interp(cycles_s[:, k], time_s[known], place[known], left=np.nan, right=np.nan) for k in (0, 2))
    return np.asarray(end - start - ground * (cycles_s[:, 2] - cycles_s[:, 0]))
