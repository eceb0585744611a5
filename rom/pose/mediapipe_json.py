"""MediaPipe landmarks in a JSON file: a plain form, which is defined here, and myogait's.

Plain form::

    {"width": 1280, "height": 720, "rate_hz": 30,
     "frames": [{"time_s": 0.0, "landmarks": [{"x": 0.5, "y": 0.4, "visibility": 0.9}, ...33]}, ...]}

``x`` and ``y`` are MediaPipe's own: 0 to 1 of the picture's width and height, so its size must be there.
``landmarks`` may be the 33 of one person, a list of several people, a mapping from name to landmark (myogait:
``{"LEFT_HEEL": {...}}``), or null where nobody was found. Time is ``time_s`` or ``timestamp_ms`` of each frame;
without it ``rate_hz`` or ``fps`` of the file, or the rate that the user gives. myogait keeps size and rate under
``meta``.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from rom.errors import InputUnreadable, UsageError
from rom.pose.imported import Imported
from rom.pose.names import canonical, names_of
from rom.records import Floats, People

NORMALISED_MAX = 10.0  # pictures away; extrapolated landmarks lie outside 0..1, pixels far outside


def read_mediapipe_json(path: Path, rate_hz: float | None) -> Imported:
    """Read the file; ``InputUnreadable`` says what is wrong with it."""
    try:
        root = json.loads(path.read_text(encoding="utf-8-sig"))
        facts = root | (root.get("meta") or {})
        frames = root["frames"]
        names = _names(frames)
        size = (int(facts["width"]), int(facts["height"]))
        people = [_people(frame, names, size) for frame in frames]
        time_s, notes = _times(path, frames, facts, rate_hz)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputUnreadable(
            f"Expected MediaPipe landmarks in '{path}' (width, height and frames with 33 landmarks each), but they "
            f"cannot be read ({type(error).__name__}: {error}); see the documentation of rom.pose.mediapipe_json."
        ) from error
    return Imported("MediaPipe JSON", names, time_s, people, [path], size, notes)


def _names(frames: list[dict[str, Any]]) -> tuple[str, ...]:
    """MediaPipe's 33, or the names the frames use."""
    found: dict[str, None] = {}
    for frame in frames:
        if isinstance(frame.get("landmarks"), dict):
            found |= dict.fromkeys(canonical(name) for name in frame["landmarks"])
    return tuple(found) or names_of("mediapipe")


def _people(frame: dict[str, Any], names: tuple[str, ...], size: tuple[int, int]) -> People:
    landmarks = frame.get("landmarks") or []
    if isinstance(landmarks, dict):
        named = {canonical(name): point for name, point in landmarks.items()}
        everybody = [[named.get(name) for name in names]]
    else:
        everybody = landmarks if landmarks and isinstance(landmarks[0], list) else [landmarks] if landmarks else []
    rows = np.array([[_point(point) for point in person] for person in everybody], dtype=np.float64)
    rows = rows.reshape(len(everybody), len(names), 3)
    if bool(np.any(np.abs(rows[..., :2]) > NORMALISED_MAX)):
        raise ValueError("x and y lie far outside 0..1, so they are not MediaPipe's normalised coordinates")
    missing = ~np.all(np.isfinite(rows[..., :2]), axis=-1)
    points = np.where(missing[..., None], np.nan, rows[..., :2] * size)
    inside = np.all((rows[..., :2] >= 0) & (rows[..., :2] <= 1), axis=-1)
    somebody = ~np.all(missing, axis=1)
    return People(points[somebody], np.where(inside, np.clip(rows[..., 2], 0, 1), 0.0)[somebody])


def _point(point: dict[str, Any] | None) -> tuple[float, float, float]:
    """x, y, visibility (1 where the file has none); NaN for what is null."""
    if point is None:
        return float("nan"), float("nan"), 0.0
    x, y, visibility = point.get("x"), point.get("y"), point.get("visibility")
    nan = float("nan")
    return nan if x is None else x, nan if y is None else y, 1.0 if visibility is None else visibility


def _times(
    path: Path, frames: list[dict[str, Any]], facts: dict[str, Any], rate_hz: float | None
) -> tuple[Floats, list[str]]:
    """(T,) times and what to say about them."""
    for key, unit_s in (("time_s", 1.0), ("timestamp_ms", 0.001)):
        if frames and all(key in frame for frame in frames):
            return np.array([frame[key] for frame in frames], dtype=np.float64) * unit_s, []
    rate = rate_hz or facts.get("rate_hz") or facts.get("fps")
    if not rate:
        raise UsageError(f"'{path}' holds neither times nor a frame rate; say it (--rate, in frames a second).")
    return np.arange(len(frames)) / float(rate), [f"The file holds no times: {rate:g} frames a second were taken."]
