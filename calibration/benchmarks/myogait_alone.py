"""One film through myogait with its own defaults, in a process and an environment of its own; answers with JSON.

Needs nothing but myogait (``pip install "myogait[mediapipe]==0.9.2"``), whose environment is another than ours: its
OpenCV and ours overwrite each other's files.
"""

import json
import sys
import time
from pathlib import Path

from calibration.benchmarks.alone import peak_mb


def main() -> None:
    """Read the film named first; with a second, shorter film it is warmed up before the clock begins."""
    began = time.perf_counter()
    from myogait import compute_angles, extract, normalize

    film, *warm = (str(Path(word)) for word in sys.argv[1:])
    for other in warm:
        extract(other, model="mediapipe", max_frames=5, show_progress=False)
    opened = time.perf_counter()
    data = compute_angles(normalize(extract(film, model="mediapipe", show_progress=False)))
    ended = time.perf_counter()
    angles = data["angles"]["frames"]
    print(
        json.dumps(
            {
                "time_s": [frame["time_s"] for frame in data["frames"]],
                "left": [frame.get("ankle_L") for frame in angles],
                "right": [frame.get("ankle_R") for frame in angles],
                "per_s": len(angles) / (ended - opened),
                "start_s": opened - began,
                "peak_mb": peak_mb(),
            }
        )
    )


if __name__ == "__main__":
    main()
