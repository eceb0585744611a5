"""Which leg is the near one. The far leg is never reported as if it had been measured well."""

import numpy as np

from rom.errors import UsageError
from rom.records import SIDES, AngleTrack, Check, Side

#: The legs contradict each other where the weaker vote has at least this share of both.
CONTRADICTION_SHARE = 0.25


def near_side(tracks: dict[Side, AngleTrack]) -> Side | None:
    """The leg that is nearer to the camera, or None where the two legs contradict each other.

    A person whose toes point right in the picture (the shank upright) shows the camera their right side, one
    whose toes point left the left side. That holds lying and sitting too: facing belongs to the leg, not to
    the picture. A mirrored recording (some webcams) swaps the sides, and nothing in the picture tells.
    """
    votes = {side: _votes(track) for side, track in tracks.items()}
    balance = sum(votes.values())
    if balance == 0:
        return None
    return "right" if balance > 0 else "left"


def contradiction(tracks: dict[Side, AngleTrack], side: Side) -> tuple[Check, ...]:
    """A caution where the feet seem to point in opposite ways, so that the near leg was chosen by a narrow vote."""
    votes = [_votes(track) for track in tracks.values()]
    total = sum(abs(vote) for vote in votes)
    weaker = min(sum(v for v in votes if v > 0), -sum(v for v in votes if v < 0))
    if total == 0 or weaker / total < CONTRADICTION_SHARE:
        return ()
    reason = (
        f"The two feet seem to point in opposite directions, so it is not sure that the {side} leg is the one "
        "nearer to the camera; check it in the overlay, and film with one side straight to the camera."
    )
    return (Check("side_unsure", "caution", reason, side, weaker / total),)


def _votes(track: AngleTrack) -> float:
    """Facing, weighted by the frames in which the leg was seen and by how large it was."""
    seen = np.isfinite(track.raw_deg)
    size = float(np.nanmedian(track.shank_px[seen])) if np.isfinite(track.shank_px[seen]).any() else 0.0
    return track.facing * float(np.count_nonzero(seen)) * size


def sides_wanted(side: str) -> tuple[Side, ...]:
    """The sides that ``left``, ``right`` or ``auto`` (both) ask for; ``UsageError`` for anything else."""
    if side not in (*SIDES, "auto"):
        raise UsageError(f"Expected a side 'left', 'right' or 'auto', but got '{side}'.")
    return tuple(s for s in SIDES if side in (s, "auto"))
