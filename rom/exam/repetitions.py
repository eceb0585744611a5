"""Repetitions: each arrival at the end of the movement, its hold, and its value."""

from dataclasses import replace

import numpy as np

from rom.exam.uncertainty import hold_sd
from rom.records import AngleTrack, Motion, Repetition
from rom.settings import Settings
from rom.tracks.extremes import plateaus
from rom.tracks.gaps import segments

#: Sign that makes a motion positive in its own direction.
DIRECTION: dict[Motion, int] = {"dorsiflexion": 1, "plantar_flexion": -1}

#: A movement smaller than this share of the whole range is a hesitation on the way, not a repetition.
PROMINENCE_SHARE = 0.3


def find_repetitions(track: AngleTrack, motion: Motion, settings: Settings) -> tuple[Repetition, ...]:
    """Every arrival at an end of the movement, in order of time.

    The value of a repetition is the median of its hold on the smoothed track: the largest single frame is
    biased outwards by noise. A turning point without a hold is kept and said to be one. Not used are arrivals
    seen in fewer than ``frames_min`` frames, those at which the recording starts or stops before they were held
    for ``hold_s``, and those more than ``agreement_deg`` below the best: they did not reach the end of the
    range. Where the best itself cannot be used, none is: a lesser end is never passed off as the largest.
    """
    outward = DIRECTION[motion] * track.smooth_deg
    finite = np.isfinite(outward)
    if not finite.any():
        return ()
    prominence = max(settings.prominence_deg, PROMINENCE_SHARE * float(np.ptp(outward[finite])))
    found = []
    for stretch in segments(track.time_s, track.shot, finite, settings.gap_s):
        for plateau in plateaus(outward[stretch], band=settings.hold_band_deg, prominence=prominence):
            start, stop = stretch.start + plateau.start, stretch.start + plateau.stop
            found.append((_measure(track, motion, slice(start, stop), settings), plateau.at_edge))
    return _judged(found, settings)


def _judged(found: list[tuple[Repetition, bool]], settings: Settings) -> tuple[Repetition, ...]:
    """The repetitions, those that cannot be used marked with the reason.

    `found` pairs each with whether the recording (or the leg's being seen) starts or stops inside it. A rest
    position there is no repetition at all and is left out.
    """
    best = max((repetition.value_deg for repetition, _ in found), default=0.0)
    judged = []
    for repetition, at_edge in found:
        short_deg = best - repetition.value_deg
        reason = ""
        if short_deg > settings.agreement_deg:
            reason = f"stopped {short_deg:.0f}° before the largest"
        elif at_edge and not repetition.held:
            reason = "the recording starts or stops in the middle of it"
        elif repetition.frames < settings.frames_min:
            reason = f"seen in only {repetition.frames} pictures"
        if not (at_edge and short_deg > settings.agreement_deg):
            judged.append(replace(repetition, used=not reason, reason=reason))
    return tuple(judged)


def whole_as_repetition(track: AngleTrack, motion: Motion, settings: Settings) -> Repetition:
    """A recording in which the foot does not move (or a photo) as one held position."""
    known = np.flatnonzero(np.isfinite(track.smooth_deg))
    return _measure(track, motion, slice(int(known[0]), int(known[-1]) + 1), settings)


def _measure(track: AngleTrack, motion: Motion, hold: slice, settings: Settings) -> Repetition:
    """The repetition whose hold is the given frames."""
    outward = DIRECTION[motion] * track.smooth_deg[hold]
    values = outward[np.isfinite(outward)]
    start_s, end_s = float(track.time_s[hold][0]), float(track.time_s[hold][-1])
    sds = track.sd_deg[hold][np.isfinite(track.sd_deg[hold])]
    frame_sd = float(np.median(sds)) if sds.size else float("nan")
    return Repetition(
        motion=motion,
        start_s=start_s,
        end_s=end_s,
        value_deg=float(np.median(values)),
        sd_deg=hold_sd(frame_sd, end_s - start_s, settings.cutoff_hz),
        frames=int(values.size),
        held=end_s - start_s >= settings.hold_s,
        used=True,
    )
