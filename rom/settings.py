"""Every setting of the instrument in one table: name, default, unit, range, help, source.

Command-line options (``--set name=value``), web forms and the README's table are made from it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from rom.errors import UsageError

Value = float | int | str | bool


def setting(default: Value, unit: str, low: float, high: float, help: str, source: str) -> Any:  # noqa: A002
    """Declare one row of the table: a dataclass field that carries its unit, range, help and source."""
    return field(default=default, metadata={"unit": unit, "low": low, "high": high, "help": help, "source": source})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one measurement; checked against their ranges when built."""

    confidence_min: float = setting(
        0.3,
        "",
        0.0,
        1.0,
        "landmarks below this confidence are treated as not seen",
        "Sports2D keypoint gate 0.3",
    )
    outlier_window_s: float = setting(
        0.25, "s", 0.05, 2.0, "window of the Hampel outlier filter", "Sports2D: 7 frames at 30 Hz"
    )
    outlier_sigmas: float = setting(
        3.0,
        "SD",
        1.0,
        10.0,
        "distance from the window's median that makes an outlier",
        "Hampel's customary 3",
    )
    gap_s: float = setting(
        0.2, "s", 0.0, 2.0, "longest gap that is filled by interpolation", "a quarter of a quick movement"
    )
    cutoff_hz: float = setting(
        6.0,
        "Hz",
        0.5,
        20.0,
        "cut-off of the zero-phase Butterworth low-pass",
        "Winter: 4th order, 6 Hz, the standard for gait and slower",
    )
    hold_band_deg: float = setting(
        3.0,
        "deg",
        0.5,
        10.0,
        "a hold is the time within this band below the peak",
        "hold band of 3 deg, 1 s in clinical use",
    )
    hold_s: float = setting(
        0.5,
        "s",
        0.0,
        10.0,
        "a hold shorter than this is a turning point, and is said to be one",
        "half the clinical second: home exams hold unevenly",
    )
    frames_min: int = setting(
        3, "frames", 1, 1000, "fewest usable frames in a hold", "a median of fewer follows single frames"
    )
    prominence_deg: float = setting(
        5.0, "deg", 1.0, 45.0, "smallest swing that counts as a movement", "about twice the hold band"
    )
    agreement_deg: float = setting(
        5.0,
        "deg",
        1.0,
        30.0,
        "repetitions this far below the best did not reach the end of the range",
        "repeat when trials spread more than 5 deg (AMA guides, secondary)",
    )
    view_caution_deg: float = setting(
        15.0,
        "deg",
        1.0,
        90.0,
        "camera this far from side-on draws a caution",
        "computed: about 1 deg of error at 15 deg",
    )
    view_stop_deg: float = setting(
        35.0,
        "deg",
        5.0,
        90.0,
        "camera this far from side-on gives no number",
        "clinical advice rejects beyond 20 deg; the estimate itself is uncertain by 8 deg (SD)",
    )
    foot_caution_px: float = setting(
        100.0,
        "px",
        10.0,
        2000.0,
        "a foot shorter than this draws a caution",
        "computed: 1 px of noise is 1 deg at 100 px",
    )
    foot_stop_px: float = setting(
        30.0,
        "px",
        5.0,
        500.0,
        "a foot shorter than this gives no number",
        "computed: 1 px of noise is over 3 deg at 30 px",
    )
    neutral_s: float = setting(
        1.0,
        "s",
        0.1,
        10.0,
        "with --neutral start, the recording's first seconds that show the person's own neutral",
        "as long as a clinical hold",
    )
    readahead_frames: int = setting(
        4, "frames", 1, 64, "frames decoded ahead of inference", "bounds memory: 4 frames of 4K are 100 MB"
    )

    def __post_init__(self) -> None:
        """Refuse a value outside its range, with the range in the sentence."""
        for row in fields(self):
            value = getattr(self, row.name)
            low, high, unit = (row.metadata[k] for k in ("low", "high", "unit"))
            if not isinstance(value, (int, float)) or not low <= value <= high:
                raise UsageError(
                    f"Setting '{row.name}' expects a number from {low:g} to {high:g} {unit}".rstrip()
                    + f", but got {value!r}; choose a value in that range."
                )

    def to_dict(self) -> dict[str, Value]:
        """Name to value."""
        return asdict(self)

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> "Settings":
        """Build from ``name=value`` words as the command line gives them."""
        known = {name: type(value) for name, value in cls().to_dict().items()}
        values: dict[str, Any] = {}
        for name, word in words.items():
            if name not in known:
                raise UsageError(f"There is no setting '{name}'; the settings are {', '.join(known)}.")
            try:
                values[name] = known[name](word)
            except ValueError as error:
                kind = "a whole number" if known[name] is int else "a number"
                raise UsageError(f"Setting '{name}' expects {kind}, but got '{word}'.") from error
        return cls(**values)


def table() -> list[dict[str, Value]]:
    """All rows: name, default, unit, low, high, help, source."""
    defaults = Settings().to_dict()
    return [{"name": row.name, "default": defaults[row.name], **row.metadata} for row in fields(Settings)]
