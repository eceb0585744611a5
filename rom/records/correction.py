"""What somebody corrected by hand in an examination, and what had been measured before that."""

from dataclasses import dataclass
from typing import Literal

from rom.records.words import Motion, Side

CorrectionKind = Literal["repetition", "landmark", "side", "protocol"]
#: What may be said of a repetition.
Verdict = Literal["accepted", "rejected", "moved"]
VERDICTS: tuple[Verdict, ...] = ("accepted", "rejected", "moved")


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that was corrected by hand; what does not belong to its `kind` is None or empty.

    Attributes
    ----------
    by, at : who corrected it (a name as it stands on reports), and when (ISO).
    side : whose repetition or landmark it is; of the kind "side", the leg that is measured from now on.
    motion, hold_s : which repetition: a moment within its hold as it was found automatically.
    verdict : what is said of the repetition. start_s, end_s : where its hold was moved to.
    picture_s, landmark, x_px, y_px : which landmark was put where on which picture, in pixels as it was filmed.
    protocol : the exam that it is, of the kind "protocol".
    """

    kind: CorrectionKind
    by: str = ""
    at: str = ""
    side: Side | None = None
    motion: Motion | None = None
    hold_s: float | None = None
    verdict: Verdict | None = None
    start_s: float | None = None
    end_s: float | None = None
    picture_s: float | None = None
    landmark: str = ""
    x_px: float | None = None
    y_px: float | None = None
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class AutomaticResult:
    """What was measured before anything was corrected by hand; None where it could not be told."""

    side: Side
    motion: Motion
    value_deg: float | None
    ci95_deg: tuple[float, float] | None
