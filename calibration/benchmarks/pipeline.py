"""Does the whole line keep up with its pose model? Frames a second of both, on the same clip, in one run.

``python -m calibration.benchmarks.pipeline [--seconds 60] [--rounds 3] [--json FILE]``

A: `rom.measure` with BlazePose `heavy` on a 720p H.264 file (decoding to results, no overlay; the default model has
a benchmark of its own).
B: bare BlazePose `heavy` (MediaPipe PoseLandmarker, VIDEO mode, one person) on the same frames, decoded beforehand.
Loading (opening the file, the model, the first picture) is excluded from both and stated beside them. The clip is a
sample looped to the length asked for. A and B take turns, and the ratio is taken round by round, so that a machine
whose speed drifts does not favour one.
"""

import statistics
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import rom
from calibration.benchmarks.clips import RATE_HZ, sample_frames, write_loop
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.pose.models import model_bytes
from rom.records import Image
from rom.selftest import frames_per_s


def measure_rate(path: Path) -> tuple[float, float]:
    """Frames a second of the whole line after opening, and the seconds that opening took."""
    exam = rom.measure(path, model="heavy")
    return frames_per_s(exam), exam.timings_s["opening"]


def bare_rate(frames: list[Image], count: int) -> tuple[float, float]:
    """Frames a second of the bare pose model on ready pictures, and the seconds until its first answer."""
    from mediapipe import Image as MediaPipeImage
    from mediapipe import ImageFormat
    from mediapipe.tasks.python import BaseOptions, vision

    began = perf_counter()
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model_bytes("heavy")),
        running_mode=vision.RunningMode.VIDEO,
        num_poses=1,
    )
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        ready = [MediaPipeImage(image_format=ImageFormat.SRGB, data=image) for image in frames + frames[::-1]]
        landmarker.detect_for_video(ready[0], 0)
        opened = perf_counter()
        for index, image in enumerate(islice(cycle(ready), count), start=1):
            landmarker.detect_for_video(image, round(1000 * index / RATE_HZ))
        return count / (perf_counter() - opened), opened - began


def run(seconds: float, rounds: int) -> dict[str, Any]:
    """Both rates, round by round."""
    frames, count = sample_frames(), round(seconds * RATE_HZ)
    with TemporaryDirectory() as folder:
        clip = Path(folder) / "loop.mp4"
        write_loop(frames, count, clip)
        pairs = [(measure_rate(clip), bare_rate(frames, count)) for _ in range(rounds)]
    ratios = [whole[0] / bare[0] for whole, bare in pairs]
    return {
        "question": "frames a second of rom.measure over those of bare BlazePose heavy, same 720p clip, same run",
        "ratio_median": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "measure_fps": [round(whole[0], 2) for whole, _ in pairs],
        "bare_fps": [round(bare[0], 2) for _, bare in pairs],
        "measure_opening_s": [round(whole[1], 2) for whole, _ in pairs],
        "bare_opening_s": [round(bare[1], 2) for _, bare in pairs],
        "clip": {"seconds": seconds, "frames": count, "size_px": [frames[0].shape[1], frames[0].shape[0]]},
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    tell(run(given.seconds, given.rounds), given.json)


if __name__ == "__main__":
    main()
