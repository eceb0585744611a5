"""netCDF in the layout of the package `movement` (poses), written without it: xarray opens the file.

The file is classic netCDF (3, 64-bit offsets), which every netCDF library reads. Dimensions are those of `movement`
up to 0.16, ``time, space, keypoints, individuals``; later ones call the last two ``keypoint, individual``:
``dataset.rename(keypoints="keypoint", individuals="individual")``. Beside `position` (pixels, y down) and
`confidence` there is `joint_angle` (``time, angle``), in degrees.
"""

from io import BytesIO

import numpy as np

from rom.report.motion_files import Course, angle_columns

INDIVIDUAL = "id_0"


def netcdf(course: Course, name: str) -> bytes:
    """Bytes of the file; `name` stands for the recording in it."""
    from scipy.io import netcdf_file

    angles = {f"{side}_{joint}": track for joint, side, track in angle_columns(course)}
    told = BytesIO()
    file = netcdf_file(told, "w", version=2)
    file.createDimension("time", len(course.time_s))
    _number(file, "time", ("time",), course.time_s)
    axes = {"space": ["x", "y"], "keypoints": [*course.names], "individuals": [INDIVIDUAL], "angle": [*angles]}
    for axis, words in axes.items():
        if words:
            _words(file, axis, words)
    position = np.moveaxis(course.points_px, 1, 2)[..., None]
    _number(file, "position", ("time", "space", "keypoints", "individuals"), position, "px")
    _number(file, "confidence", ("time", "keypoints", "individuals"), course.confidence[..., None])
    if angles:
        _number(file, "joint_angle", ("time", "angle"), np.stack([*angles.values()], axis=1), "degrees")
    for key, value in _facts(course, name).items():
        setattr(file, key, value)
    file.flush()
    data = told.getvalue()
    file.close()
    return data


def _facts(course: Course, name: str) -> dict[str, str | float]:
    """Attributes: what `movement` asks for, then where the numbers come from."""
    return {
        "source_software": "rom",
        "source_file": name,
        "ds_type": "poses",
        "fps": float(course.rate_hz),
        "time_unit": "seconds",
        "rom_version": course.version,
        "model": course.model,
        "model_sha256": course.model_sha256 or "",
        "recording_sha256": course.recording_sha256 or "",
        "scale": course.scale_words,
    }


def _number(file: object, name: str, axes: tuple[str, ...], values: np.ndarray, unit: str = "") -> None:
    """One variable of numbers; times have no unit, which xarray would make time spans of."""
    variable = file.createVariable(name, "d", axes)  # type: ignore[attr-defined]
    variable[:] = values
    variable._FillValue = np.nan
    if unit:
        variable.units = unit


def _words(file: object, axis: str, words: list[str]) -> None:
    """A dimension and the names along it, as xarray writes text into classic netCDF."""
    raw = [word.encode() for word in words]
    width = max(map(len, raw))
    file.createDimension(axis, len(words))  # type: ignore[attr-defined]
    file.createDimension(f"{axis}_letters", width)  # type: ignore[attr-defined]
    variable = file.createVariable(axis, "c", (axis, f"{axis}_letters"))  # type: ignore[attr-defined]
    variable[:] = np.array([list(word.ljust(width, b"\0")) for word in raw], np.uint8).view("S1")
    variable._Encoding = "utf-8"
