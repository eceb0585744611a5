"""Where bodies and recordings are kept: outside the checkout."""

import os
from pathlib import Path

FOLDER_VARIABLE = "ROM_CALIBRATION_DIR"


def work_folder() -> Path:
    """Folder for bodies and recordings: `$ROM_CALIBRATION_DIR`, else `~/.cache/rom-calibration`."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else Path.home() / ".cache" / "rom-calibration"


def bodies_folder() -> Path:
    """Folder of the bodies, one `.npz` each."""
    return work_folder() / "bodies"


def recordings_folder(plan: str) -> Path:
    """Folder of one plan's recordings."""
    return work_folder() / "recordings" / plan
