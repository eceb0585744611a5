"""Repetitions: each arrival at the end of the movement, its hold, and its value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom.exam.corrections import moved_to, of_repetition, verdict_of, with_landmarks
from rom.exam.uncertainty import hold_sd
from rom.records import AngleTrack, Correction, Floats, Motion, Repetition, Verdict
from rom.settings import Settings
from rom.tracks.extremes import plateaus
from rom.tracks.gaps import segments

#: Sign that makes a motion positive in its own direction.
DIRECTION: dict[Motion, int] = {"dorsiflexion": 1, "plantar_flexion": -1}

#: A movement smaller than this share of the way from the usual position to the end is a hesitation on the way.
PROMINENCE_SHARE = 0.3
#: Noise spreads the frames of a hold over about this many SDs, from +2.5 to -2.5 (99 % of a normal distribution).
NOISE_SPREAD_SDS = 5.0
#: Ends no further than this beyond where the foot was held as the recording began may be its rest position:
#: about what a hold's median is uncertain by.
REST_DEG = 2.0
#: A hold drifts by less than this share of the hold band from its first to its second half; more is a movement.
DRIFT_SHARE = 1.0 / 3.0


def find_repetitions(
    track: AngleTrack, motion: Motion, settings: Settings, corrections: Sequence[Correction] = ()
) -> tuple[Repetition, ...]:
    """Every arrival at an end of the movement, in order of time.

    The value of a repetition is the median of its hold on the smoothed track: the largest single frame is
    biased outwards by noise. A turning point without a hold is kept and said to be one. Not used are arrivals
    seen in fewer than ``frames_min`` frames, those at which the recording starts or stops before they were held
    still for ``hold_s``, and those more than ``agreement_deg`` below the best: they did not reach the end of the
    range. That best counts as the largest even where it cannot itself be used, so that a lesser end (beyond
    ``agreement_deg``) is never passed off as the largest. Where the recording begins in the best position, held
    still, none is used: the foot may only have rested there (who pulls the foot up from neutral and lets go has not
    shown 0 degrees of plantar flexion).

    `corrections` : what was said of them by hand (`rom.exam.corrections`); what is rejected is no best either.
    """
    outward = DIRECTION[motion] * track.smooth_deg
    finite = np.isfinite(outward)
    if not finite.any():
        return ()
    noise_deg = noise_spread_deg(track, settings)
    band = max(settings.hold_band_deg, noise_deg)
    way_deg = float(np.max(outward[finite]) - np.median(outward[finite]))
    prominence = max(settings.prominence_deg, noise_deg, PROMINENCE_SHARE * way_deg)
    found: list[_Arrival] = []
    for stretch in segments(track.time_s, track.shot, finite, settings.gap_s):
        for plateau in plateaus(outward[stretch], band=band, prominence=prominence):
            hold = slice(stretch.start + plateau.start, stretch.start + plateau.stop)
            repetition = _measure(track, motion, hold, settings)
            still = repetition.held and _drift(outward[hold]) < DRIFT_SHARE * band
            arrival = _Arrival(hold, repetition, plateau.at_edge, still, stretch)
            if found and _one_hold(found[-1], arrival, track, band):
                hold = slice(found.pop().hold.start, hold.stop)
                arrival = replace(arrival, hold=hold, repetition=_measure(track, motion, hold, settings))
            found.append(arrival)
    corrected = [_by_hand(arrival, track, corrections, band, settings) for arrival in found]
    return _judged(found, corrected, settings)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A plateau and its measurement.

    `at_edge` : the stretch in which the leg is seen starts or stops inside it. `still` : the foot was held.
    `verdict` : what was said of it by hand.
    """

    hold: slice
    repetition: Repetition
    at_edge: bool
    still: bool
    stretch: slice
    verdict: Verdict | None = None


def _by_hand(
    arrival: _Arrival, track: AngleTrack, corrections: Sequence[Correction], band: float, settings: Settings
) -> _Arrival:
    """The arrival as it was corrected by hand."""
    found = arrival.repetition
    own = of_repetition(corrections, found, track.side)
    if not own:
        return arrival
    verdict, moved = verdict_of(own), moved_to(own)
    if moved is not None:
        rows = np.flatnonzero((track.time_s >= moved[0]) & (track.time_s <= moved[1]))
        if rows.size and np.isfinite(track.smooth_deg[rows]).any():
            arrival = _moved(arrival, track, slice(int(rows[0]), int(rows[-1]) + 1), band, settings)
    words = tuple(word for word in (verdict, "moved" if moved else None) if word is not None)
    named = replace(arrival.repetition, by_hand=words, found_s=(found.start_s, found.end_s))
    return replace(arrival, repetition=with_landmarks(named, track, own, DIRECTION[found.motion]), verdict=verdict)


def _moved(arrival: _Arrival, track: AngleTrack, hold: slice, band: float, settings: Settings) -> _Arrival:
    """The arrival, its hold elsewhere."""
    motion, stretch = arrival.repetition.motion, arrival.stretch
    repetition = _measure(track, motion, hold, settings)
    outward = DIRECTION[motion] * track.smooth_deg[hold]
    still = repetition.held and _drift(outward[np.isfinite(outward)]) < DRIFT_SHARE * band
    return _Arrival(hold, repetition, hold.start <= stretch.start or hold.stop >= stretch.stop, still, stretch)


def _one_hold(before: _Arrival, after: _Arrival, track: AngleTrack, band: float) -> bool:
    """True where the leg was lost in the middle of a hold: a second arrival would need a departure in between."""
    lost_between = before.hold.stop == before.stretch.stop and after.hold.start == after.stretch.start
    same_take = track.shot[before.hold.stop - 1] == track.shot[after.hold.start]
    apart_deg = abs(before.repetition.value_deg - after.repetition.value_deg)
    return bool(lost_between and same_take and before.still and after.still and apart_deg < band)


def noise_spread_deg(track: AngleTrack, settings: Settings) -> float:
    """How far landmark noise alone spreads the frames of a hold on the smoothed track, degrees; 0 where unknown."""
    known = track.sd_deg[np.isfinite(track.sd_deg)]
    if known.size == 0 or len(track.time_s) < 2:
        return 0.0
    rate_hz = 1.0 / float(np.median(np.diff(track.time_s)))
    passed = min(1.0, 2.0 * settings.cutoff_hz / rate_hz)  # share of white noise below the cut-off
    return NOISE_SPREAD_SDS * float(np.median(known)) * float(np.sqrt(passed))


def _drift(hold: Floats) -> float:
    """How far the second half of a hold lies from the first."""
    middle = len(hold) // 2
    return abs(float(np.median(hold[middle:]) - np.median(hold[:middle]))) if middle else 0.0


def _judged(found: list[_Arrival], corrected: list[_Arrival], settings: Settings) -> tuple[Repetition, ...]:
    """The repetitions, those that cannot be used marked with the reason.

    A rest position in which the leg comes into view or is lost is no repetition at all and is left out, whatever is
    said of the others. `corrected` : the same arrivals, as they were corrected by hand.
    """
    largest = max((arrival.repetition.value_deg for arrival in found), default=0.0)
    rests = [a.at_edge and largest - a.repetition.value_deg > settings.agreement_deg for a in found]
    left = [arrival for arrival, rest in zip(corrected, rests, strict=True) if not rest]
    best = max((one.repetition.value_deg for one in left if one.verdict != "rejected"), default=0.0)
    rested = bool(corrected) and corrected[0].verdict != "rejected" and _begins_in(corrected[0], best)
    reasons = [_why_not(arrival, best, rested, settings) for arrival in left]
    return tuple(
        replace(arrival.repetition, used=not why, reason=why) for arrival, why in zip(left, reasons, strict=True)
    )


def _why_not(arrival: _Arrival, best_deg: float, rested: bool, settings: Settings) -> str:
    """Why a repetition cannot be used; empty where it can."""
    repetition = arrival.repetition
    short_deg = best_deg - repetition.value_deg
    if arrival.verdict is not None:
        return "rejected by hand" if arrival.verdict == "rejected" else ""
    if short_deg > settings.agreement_deg:
        return f"stopped {short_deg:.0f}° before the largest"
    if rested:
        return "the recording begins there, so it may be where the foot rests and not the end of the movement"
    if arrival.at_edge and not arrival.still:
        return "the recording starts or stops in the middle of it"
    if repetition.frames < settings.frames_min:
        return f"seen in only {repetition.frames} picture{'s' if repetition.frames > 1 else ''}"
    return ""


def _begins_in(first: _Arrival, best_deg: float) -> bool:
    """True where the recording begins with the foot held in the best position."""
    at_start = first.at_edge and first.hold.start == first.stretch.start
    return at_start and first.still and best_deg - first.repetition.value_deg < REST_DEG


def whole_as_repetition(track: AngleTrack, motion: Motion, settings: Settings) -> Repetition:
    """A recording in which the foot does not move (or a photo) as one held position."""
    known = np.flatnonzero(np.isfinite(track.smooth_deg))
    return _measure(track, motion, slice(int(known[0]), int(known[-1]) + 1), settings)


def _measure(track: AngleTrack, motion: Motion, hold: slice, settings: Settings) -> Repetition:
    """The repetition whose hold is the given frames."""
    outward = DIRECTION[motion] * track.smooth_deg[hold]
    values = outward[np.isfinite(outward)]
    seen = np.isfinite(outward) & np.isfinite(track.raw_deg[hold])  # frames filled in are not evidence
    start_s, end_s = float(track.time_s[hold][0]), float(track.time_s[hold][-1])
    sds = track.sd_deg[hold][np.isfinite(track.sd_deg[hold])]
    frame_sd = float(np.median(sds)) if sds.size else float("nan")
    return Repetition(
        motion=motion,
        start_s=start_s,
        end_s=end_s,
        value_deg=float(np.median(values)),
        sd_deg=hold_sd(frame_sd, end_s - start_s, settings.cutoff_hz),
        frames=int(np.count_nonzero(seen)),
        held=end_s - start_s >= settings.hold_s,
        used=True,
    )
