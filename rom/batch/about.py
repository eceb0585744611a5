"""What a study was made with and from: ``study.json``. Times are here and in no table."""

import json
import platform
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rom
from rom.batch.keys import JUDGES, LOOKS, code_of, digest, models, packages
from rom.batch.measuring import Ground
from rom.batch.order import Judging, Looking
from rom.batch.tables import FAILURES_FILE, Counted
from rom.errors import UsageError
from rom.report.tables import write_text
from rom.video.fingerprint import sha256_of_file

LAYOUT = 1  # rises when the files of a study are others
STUDY_FILE = "study.json"


def now() -> str:
    """The time (ISO, UTC)."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def settings_sha256(ground: Ground) -> str:
    """SHA-256 of the settings."""
    return digest(ground.settings.to_dict())


def check_folder(out: Path) -> None:
    """Refuse a folder that has something else in it, or a study of another layout."""
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"Expected a folder for the study, but '{out}' is a file; name another.")
    if not (out / "work").is_dir() and not (out / STUDY_FILE).exists() and any(out.iterdir()):
        raise UsageError(f"Expected a new folder or an earlier study, but '{out}' holds other files; name another.")
    layout = about_study(out).get("layout", LAYOUT)
    if layout != LAYOUT:
        raise UsageError(f"Expected a study of layout {LAYOUT}, but '{out}' has {layout}; name another folder.")


def about_study(out: Path) -> dict[str, Any]:
    """What ``study.json`` says; nothing where there is none, or it is damaged."""
    try:
        told: dict[str, Any] = json.loads((out / STUDY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def write_about(
    out: Path,
    ground: Ground,
    defaults: tuple[Looking, Judging],
    command: Sequence[str],
    counted: Counted,
    left_aside: int,
    began: str,
    rate: dict[str, float],
) -> None:
    """Write what the study was made with; the last file of a run.

    `command` : the words that started it; empty where they hold names. `defaults` : what holds where a manifest
    says nothing else. `rate` : frames that were looked at, and the seconds a worker needed.
    """
    tables = sorted([*out.glob("*.parquet"), out / FAILURES_FILE])
    looking, judging = defaults
    told = {
        "layout": LAYOUT,
        "version": rom.__version__,
        "command": shlex.join(command),
        "began": began,
        "ended": now(),
        "recordings_measured": counted.measured,
        "recordings_left_out": counted.failed,
        "files_that_are_no_recordings": left_aside,
        "settings": ground.settings.to_dict(),
        "settings_sha256": settings_sha256(ground),
        "asked_where_a_manifest_says_nothing_else": asdict(looking) | asdict(judging),
        "camera": None if ground.camera is None else asdict(ground.camera),
        "naming": None if ground.naming is None else ground.naming.to_dict(),
        "limits": asdict(ground.limits),
        "models_sha256": models(),
        "code_sha256": {"looking": code_of(LOOKS), "judging": code_of(JUDGES)},
        "packages": packages(),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "looked_at": rate,
        "tables_sha256": {path.name: sha256_of_file(path) for path in tables if path.exists()},
    }
    write_text(out / STUDY_FILE, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
