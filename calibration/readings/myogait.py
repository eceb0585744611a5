"""The ankle angle that myogait (0.9.2, MIT) makes of the same landmarks, with its defaults.

It is given the landmarks that BlazePose `heavy` found for us, so that the two differ in geometry and corrections
alone: a factor of 0.8 and the median of the first second taken off are its defaults. Needs the extra 'peers'.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np

from rom.pose.names import table
from rom.pose.recorded import load_people
from rom.records import Floats, Side
from rom.watch import one_person

VERSION = "0.9.2"


def myogait_deg(stored: Path, side: Side) -> tuple[Floats, Floats]:
    """Times (T,) and the ankle angle (T,), dorsiflexion positive, NaN where none, from stored landmarks."""
    from myogait.angles import compute_angles

    logging.getLogger("myogait").setLevel(logging.ERROR)
    seen = load_people(stored)
    person = one_person(seen, seen.info, None)
    theirs = {ours: name.upper() for name, ours in table("mediapipe").items()}
    size = np.array([seen.info.width_px, seen.info.height_px], dtype=float)
    frames = []
    for t in range(len(person.time_s)):
        points, sure = person.points_px[t] / size, person.confidence[t]
        known = np.isfinite(points).all(axis=-1)
        marks = {
            theirs[name]: {"x": float(points[k, 0]), "y": float(points[k, 1]), "visibility": float(sure[k])}
            for k, name in enumerate(person.names)
            if known[k] and name in theirs
        }
        frames.append(
            {
                "frame_idx": t,
                "time_s": float(person.time_s[t]),
                "confidence": float(sure.mean()),
                "landmarks": marks,
            }
        )
    data: dict[str, Any] = {
        "meta": {"width": seen.info.width_px, "height": seen.info.height_px, "fps": seen.info.rate_hz},
        "extraction": {"model": "mediapipe"},
        "frames": frames,
    }
    if not frames:
        return np.empty(0), np.empty(0)
    found = compute_angles(data)["angles"]["frames"]
    angle = [frame.get(f"ankle_{side[0].upper()}") for frame in found]
    return np.asarray(person.time_s), np.array([np.nan if a is None else a for a in angle], dtype=float)
