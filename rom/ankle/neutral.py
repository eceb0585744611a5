"""The person's own neutral: recorded and shown beside the absolute angle, never silently subtracted."""

from typing import Literal

import numpy as np

from rom.errors import UsageError
from rom.records import AngleTrack, Check
from rom.settings import Settings

Neutral = float | Literal["start"] | None

#: An ankle at rest farther from a right angle than this is a typing error.
NEUTRAL_MAX_DEG = 90.0


def own_neutral(track: AngleTrack, neutral: Neutral, settings: Settings) -> tuple[float | None, tuple[Check, ...]]:
    """The neutral angle in degrees (dorsiflexion +), and what is to be said about it.

    Parameters
    ----------
    track : the angle over time.
    neutral : a number in degrees that was measured before, "start" where the recording's first ``neutral_s``
        seconds show the neutral, or None.

    Raises
    ------
    UsageError
        Where a number is no ankle's neutral, or a word is not "start".
    """
    if neutral != "start":
        return _checked(neutral), ()
    if len(track.time_s) == 0:
        return None, ()  # nobody was seen: said elsewhere
    early = track.time_s <= track.time_s[0] + settings.neutral_s
    angles = track.smooth_deg[early & np.isfinite(track.smooth_deg)]
    if angles.size < settings.frames_min:
        reason = "The recording does not begin with the leg in view, so no own neutral was taken from its start."
        return None, (Check("neutral_missing", "caution", reason, track.side),)
    if float(np.ptp(angles)) > settings.hold_band_deg:
        reason = (
            f"The ankle moves by {np.ptp(angles):.0f}° in the first {settings.neutral_s:g} s, so no own neutral "
            "was taken from it; begin in a relaxed, still position."
        )
        return None, (Check("neutral_unsteady", "caution", reason, track.side),)
    return float(np.median(angles)), ()


def _checked(neutral: float | None) -> float | None:
    """A neutral that was measured before, or ``UsageError``."""
    if neutral is not None and not (isinstance(neutral, (int, float)) and abs(neutral) <= NEUTRAL_MAX_DEG):
        raise UsageError(
            f"Expected a neutral from {-NEUTRAL_MAX_DEG:g} to {NEUTRAL_MAX_DEG:g} degrees, or 'start', but got "
            f"{neutral!r}."
        )
    return neutral
