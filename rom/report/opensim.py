"""TRC and MOT text, as OpenSim 4 reads them: tabs, millimetres and degrees, y up."""

import numpy as np

from rom.records import Floats
from rom.report.motion_files import SIDE_LETTERS, Course, angle_columns


def trc(course: Course, name: str) -> bytes:
    """Markers over time; a marker that was not found is an empty cell, which OpenSim passes over."""
    count, markers = course.points_px.shape[:2]
    rate = f"{course.rate_hz:.6g}"
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{name}.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "\t".join([rate, rate, str(count), str(markers), "mm", rate, "1", str(count)]),
        "Frame#\tTime\t" + "\t".join(f"{marker}\t\t" for marker in course.names),
        "\t\t" + "\t".join(f"X{k}\tY{k}\tZ{k}" for k in range(1, markers + 1)),
        "",
    ]
    rows = course.points_mm.reshape(count, -1)
    for number, (time_s, row) in enumerate(zip(course.time_s, rows, strict=True), 1):
        cells = (f"{value:.5f}" if np.isfinite(value) else "" for value in row)
        lines.append("\t".join([str(number), f"{time_s:.6f}", *cells]))
    return ("\n".join(lines) + "\n").encode()


def mot(course: Course, name: str) -> bytes:
    """Angles over time, named as the coordinates of OpenSim's full-body models.

    ``ankle_angle_r``: dorsiflexion +, 0 where the sole is perpendicular to the shank. ``knee_angle_r``: flexion +,
    as in Rajagopal's model (older ones have it the other way round). A missing angle is ``nan``.
    """
    columns = angle_columns(course)
    table: Floats = np.stack([course.time_s, *(track for _, _, track in columns)], axis=1)
    lines = [
        name,
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={table.shape[1]}",
        "inDegrees=yes",
        "",
        "Units are S.I. units (second, meters, Newtons, ...)",
        "Angles are in degrees: ankle_angle dorsiflexion positive, knee_angle flexion positive.",
        "",
        "endheader",
        "\t".join(["time", *(f"{joint}_angle_{SIDE_LETTERS[side]}" for joint, side, _ in columns)]),
    ]
    lines += [
        "\t".join([f"{row[0]:.6f}", *(f"{value:.6f}" if np.isfinite(value) else "nan" for value in row[1:])])
        for row in table
    ]
    return ("\n".join(lines) + "\n").encode()
