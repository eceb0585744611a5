"""What every reader of another tool's file does with what it has read: names, times, facts of the recording."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from rom.errors import InputUnreadable
from rom.pose.recorded import RecordedPeople
from rom.records import Floats, ModelInfo, People, RecordingInfo

MILLIMETRES = {"m": 1000.0, "cm": 10.0, "mm": 1.0}
#: Said of landmarks whose lengths are no pixels.
MILLIMETRES_NOTE = "Lengths were given in space, not in pixels: 1 px stands for 1 mm."


@dataclass(frozen=True, slots=True)
class Imported:
    """What a reader found.

    Attributes
    ----------
    names : K names in our spelling; of two alike the first is kept. time_s : (T,) as the file has it.
    people : T records. size_px : width and height of the picture, (0, 0) where the file does not tell.
    files : what the SHA-256 is made of, in order.
    """

    tool: str
    names: tuple[str, ...]
    time_s: Floats
    people: Sequence[People]
    files: Sequence[Path]
    size_px: tuple[int, int] = (0, 0)
    notes: list[str] = field(default_factory=list)
    projection: Literal["camera", "sagittal"] = "camera"


def assemble(path: Path, read: Imported) -> RecordedPeople:
    """Check what was read and make a recording of it; times are counted from the first frame."""
    time_s = np.asarray(read.time_s, dtype=np.float64)
    if len(time_s) == 0 or not any(len(people) for people in read.people):
        raise InputUnreadable(f"Expected landmarks of at least one person in '{path}', but it holds none.")
    if not bool(np.all(np.isfinite(time_s)) and np.all(np.diff(time_s) > 0)):
        raise InputUnreadable(
            f"Expected times that rise from frame to frame in '{path}', but they stand still or fall somewhere; "
            "export the file again."
        )
    first = {name: k for k, name in reversed(list(enumerate(read.names)))}
    keep = sorted(first.values())
    notes = list(read.notes)
    if len(keep) < len(read.names):
        twice = sorted({name for k, name in enumerate(read.names) if k not in keep})
        notes.append(f"The file holds {', '.join(twice)} more than once; the first was used.")
    people = tuple(People(p.points_px[:, keep], p.confidence[:, keep]) for p in read.people)
    return RecordedPeople(
        names=tuple(read.names[k] for k in keep),
        time_s=time_s - time_s[0],
        shot=np.zeros(len(time_s), dtype=np.int32),
        people=people,
        info=_info(path, read, time_s, tuple(notes)),
        model=ModelInfo(read.tool, None, path.name),
        people_seen=max(len(p) for p in people),
    )


def _info(path: Path, read: Imported, time_s: Floats, notes: tuple[str, ...]) -> RecordingInfo:
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else float("nan")
    rate_hz = 1.0 / step_s if np.isfinite(step_s) else 0.0
    digest = hashlib.sha256()
    for file in read.files:
        digest.update(file.read_bytes())
    return RecordingInfo(
        source=str(path),
        kind="keypoints",
        width_px=read.size_px[0],
        height_px=read.size_px[1],
        rate_hz=rate_hz,
        duration_s=float(time_s[-1] - time_s[0]) + (step_s if np.isfinite(step_s) else 0.0),
        frame_count=len(time_s),
        sha256=digest.hexdigest(),
        notes=notes,
        projection=read.projection,
    )


def one_person(points: Floats, confidence: Floats) -> tuple[People, ...]:
    """Records of one person's points (T, K, 2) and confidence (T, K); frames without any point hold nobody."""
    seen = np.all(np.isfinite(points), axis=-1)
    points = np.where(seen[..., None], points, np.nan)
    confidence = np.where(seen, confidence, 0.0)
    return tuple(
        People(p[None][: int(s.any())], c[None][: int(s.any())])
        for p, c, s in zip(points, confidence, seen, strict=True)
    )
