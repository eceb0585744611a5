"""Which leg is the near one. The far leg is never reported as if it had been measured well."""

import numpy as np

from rom.errors import UsageError
from rom.records import SIDES, AngleTrack, Side


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
