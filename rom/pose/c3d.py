"""C3D files of motion laboratories: markers over time, laid on the sagittal plane of the body.

Markers of Plug-in Gait (RKNE, RANK, RHEE, RTOE ...) and the joint centres beside them are known; a study's own
marker set is named by a table (`rom.pose.naming`). Angles, forces and powers in the file are left out. Lengths
become millimetres, which stand for pixels. C3D needs ``ezc3d``: ``pip install "ankle-rom[c3d]"``.
"""

from pathlib import Path
from typing import Any

import numpy as np

from rom.errors import InputUnreadable, InstallationError
from rom.pose.imported import MILLIMETRES, MILLIMETRES_NOTE, Imported, one_person
from rom.pose.in_space import is_flat, on_sagittal_plane
from rom.pose.names import canonical, table
from rom.records import Floats, Naming

SUFFIX = ".c3d"
#: Lists of points that are no markers.
NO_MARKERS = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")
#: Where the names stand; a list holds 255.
LABELS = ("LABELS", "LABELS2", "LABELS3")
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def ezc3d() -> Any:
    """The library that reads and writes C3D; ``InstallationError`` where it is missing."""
    try:
        import ezc3d as library
    except ImportError as error:
        raise InstallationError(
            "Expected the package ezc3d, which reads and writes C3D, but it is not installed; install it with "
            "pip install 'ankle-rom[c3d]'."
        ) from error
    return library


def read_c3d(path: Path, naming: Naming | None = None) -> Imported:
    """Read a C3D file; ``InputUnreadable`` says what is wrong with it."""
    naming = naming or Naming()
    point, everything = points_by_label(path)
    others = {label for key in NO_MARKERS if key in point for label in point[key]["value"]}
    markers = {label: track for label, track in everything.items() if label not in others}
    unit, rate_hz = _first(point, "UNITS", "mm"), float(_first(point, "RATE", "0"))
    if unit not in MILLIMETRES or not rate_hz > 0 or not markers:
        raise InputUnreadable(
            f"Expected markers in m, cm or mm at a rate above 0 in '{path}', but found {len(markers)} in "
            f"'{unit}' at {rate_hz:g} Hz; export it again."
        )
    names = tuple(_name(marker, naming) for marker in markers)
    space = np.stack([*markers.values()], axis=1)
    space = np.where(np.all(space == 0, axis=-1, keepdims=True), np.nan, space * MILLIMETRES[unit])
    up = naming.up or _first(point, "Y_SCREEN", "+Z")[-1:].lower()
    points, note, flat = _laid(path, space, names, AXES.get(up, AXES["z"]))
    return Imported(
        tool="C3D",
        names=names,
        time_s=np.arange(len(space)) / rate_hz,
        people=one_person(points, np.ones(points.shape[:2])),
        files=[path],
        notes=["C3D holds no confidence: every marker in it counts as sure.", MILLIMETRES_NOTE, note],
        projection="camera" if flat else "sagittal",
    )


def points_by_label(path: Path) -> tuple[Any, dict[str, Floats]]:
    """The parameters of a C3D file's points, and (T, 3) of each: markers, and what else is kept among them.

    Raises
    ------
    InputUnreadable : the file cannot be read.
    """
    library = ezc3d()
    try:
        content = library.c3d(str(path))
        point = content["parameters"]["POINT"]
        labels = [label for key in LABELS if key in point for label in point[key]["value"]]
        points = np.asarray(content["data"]["points"], dtype=np.float64)[:3].T
        labels = labels[: points.shape[1]]
    except (OSError, ValueError, IndexError, KeyError, RuntimeError) as error:
        raise InputUnreadable(
            f"Expected markers as C3D in '{path}', but they cannot be read ({error}); export it again."
        ) from error
    places = {label: place for place, label in reversed(list(enumerate(labels)))}  # of two alike the first
    return point, {label: points[:, places[label]] for label in dict.fromkeys(labels)}


def _first(point: Any, name: str, default: str) -> str:
    """The first value of a parameter."""
    values = point[name]["value"] if name in point else []
    return str(values[0]).strip() if len(values) else default


def _name(marker: str, naming: Naming) -> str:
    """Our name of a marker; systems put a subject's name before it (``Anna:RKNE``)."""
    bare = marker.rpartition(":")[2]
    return naming.landmarks.get(marker) or naming.landmarks.get(bare) or table("c3d").get(bare) or canonical(bare)


def _laid(
    path: Path, space: Floats, names: tuple[str, ...], up: tuple[float, float, float]
) -> tuple[Floats, str, bool]:
    """(T, K, 2) points with y down, how they came about, and whether they are a camera's view."""
    depth = np.abs(np.cross(up, AXES["x"])) > 0
    if depth.any() and is_flat(space[..., int(np.argmax(depth))]):
        drawn = np.stack([space[..., 0], -space @ np.array(up)], axis=-1)
        return drawn, "All markers lie in one plane, as one camera draws them.", True
    points, note = on_sagittal_plane(path, space, names, up)
    return points, note, False
