"""Keys by which landmarks and results are kept: the same key, the same numbers.

A key is a SHA-256 over everything that the numbers follow from: what the recording holds, what is asked of it, the
models, and the code itself, so that a version which measures otherwise never takes over what an earlier one found.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import rom
from rom.batch.order import Order
from rom.pose.models import model_table
from rom.records import CameraProfile, Naming
from rom.settings import Settings

KEY_LETTERS, ID_LETTERS = 24, 12  # of 64: two of a million million million recordings hardly meet
#: Rooms that find landmarks, and rooms that judge them.
LOOKS = ("geometry", "pose", "video", "records", "source.py", "watch.py")
JUDGES = (
    *("geometry", "tracks", "ankle", "exam", "camera", "records", "batch/results.py", "batch/pieces.py"),
    *("measure.py", "watch.py", "settings.py"),
)
#: Packages whose version may change what is found in a picture.
PACKAGES = ("av", "mediapipe", "numpy", "onnxruntime", "opencv-contrib-python", "scipy")
#: Settings that matter to judging alone, or to speed alone. Any other one matters to looking.
JUDGED = (
    *("confidence_min", "outlier_window_s", "outlier_sigmas", "gap_s", "cutoff_hz", "hold_band_deg", "hold_s"),
    *("frames_min", "prominence_deg", "agreement_deg", "view_caution_deg", "view_stop_deg", "foot_caution_px"),
    *("foot_stop_px", "neutral_s", "readahead_frames"),
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Of one line: `id` names its rows, `look` its landmarks, `judge` its results."""

    id: str
    look: str
    judge: str


def keys_of(
    order: Order,
    sha256: str,
    pictures: bool,
    settings: Settings,
    camera: CameraProfile | None,
    naming: Naming | None = None,
) -> Keys:
    """The keys of a line whose recording has this content; `pictures` : False where it brings landmarks."""
    judging, values = order.judging, settings.to_dict()
    looking: dict[str, Any] = asdict(order.looking) | {"content": sha256, "code": code_of(LOOKS), **packages()}
    if pictures:
        looking |= {"models": models()} | {name: value for name, value in values.items() if name not in JUDGED}
    else:
        del looking["model"]
        looking |= {} if naming is None else {"naming": naming.to_dict()}
    look = digest(looking)
    judge = digest(
        {
            "look": look,
            "asked": judging.plain(),
            "settings": values,
            "camera": None if camera is None else asdict(camera),
            "code": code_of(JUDGES),
        }
    )
    asked = {"side": judging.side, "protocol": judging.protocol, "near": judging.near} | asdict(order.looking)
    return Keys(digest({"content": sha256} | asked)[:ID_LETTERS], look[:KEY_LETTERS], judge[:KEY_LETTERS])


def digest(what: Any) -> str:
    """SHA-256 of plain data."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


@cache
def code_of(rooms: tuple[str, ...]) -> str:
    """SHA-256 over the code and the tables of rooms of this package."""
    package = Path(rom.__file__).parent
    files = [path for room in rooms for path in sorted([package / room, *(package / room).rglob("*")])]
    whole = hashlib.sha256()
    for path in files:
        if path.is_file() and path.suffix in (".py", ".csv"):
            whole.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


@cache
def packages() -> dict[str, str]:
    """Versions of the packages that have a part in the numbers."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


@cache
def models() -> dict[str, str]:
    """SHA-256 of every model file."""
    return {name: row.sha256 for name, row in model_table().items()}
