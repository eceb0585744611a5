"""Where every millisecond of `rom.measure` goes: processor time by stage, a picture, on a 1080p clip.

``python -m calibration.benchmarks.time_spent [--seconds 20] [--json FILE]``

Processor time, not the clock's: what one core would need. Each stage counts what it does itself, without the stages
that it calls. Decoding is kept to the reader's own thread, so that it can be told from the rest; MediaPipe works on
threads of its own, and is what the process spent beyond the threads of `rom`. Opening is left out.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import rom
import rom.watch
from calibration.benchmarks.clips import RATE_HZ, mbit_per_s, sample_frames, write_loop
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.pose import leg_network
from rom.pose.leg_network import LegNetwork
from rom.video import cuts, videofile

SIZE_PX = (1920, 1080)
STAGES = {
    "decoding": "decoding the picture",
    "crops in RGB": "the crop from YUV to RGB",
    "pictures in RGB": "the whole picture from YUV to RGB, for looks at everybody",
    "cuts": "is it a new take",
    "brightness": "how bright it is",
    "crop": "cutting out the crop",
    "network": "the leg's network",
    "everybody": "BlazePose and the scout, now and then; and what MediaPipe's and all other threads took",
    "following": "following the leg, and the records",
    "measuring": "angles, repetitions, findings, once a recording",
}


class Ledger:
    """Processor seconds by stage, each without those that it calls; every thread has its own stack."""

    def __init__(self) -> None:
        self.spent_s: defaultdict[str, float] = defaultdict(float)
        self._threads = threading.local()
        self._lock = threading.Lock()

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, with its time put down."""

        def run(*given: Any, **named: Any) -> Any:
            stack = self._threads.__dict__.setdefault("stack", [])
            stack.append(0.0)
            began = time.thread_time()
            try:
                return work(*given, **named)
            finally:
                whole = time.thread_time() - began
                inside = stack.pop()
                with self._lock:
                    self.spent_s[stage] += whole - inside
                if stack:
                    stack[-1] += whole

        return run

    def timed_steps(self, stage: str, work: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """A generator function, with the time of each step put down."""

        def run(*given: Any, **named: Any) -> Iterator[Any]:
            step = self.timed(stage, work(*given, **named).__next__)
            while True:
                try:
                    yield step()
                except StopIteration:
                    return

        return run


def watched(ledger: Ledger) -> list[tuple[Any, str, Any]]:
    """Put a clock on every stage; returns what stood there before."""
    measuring = import_module("rom.measure")  # the module: `rom.measure` is the function
    from rom.pose.body_looks import BodyLooks
    from rom.pose.landmarker import Landmarker
    from rom.pose.leg_landmarker import LegLandmarker
    from rom.video.decoded import DecodedImage

    clocks = [
        (videofile.VideoFile, "_decode", "decoding", ledger.timed_steps),
        (DecodedImage, "in_rgb", "crops in RGB", ledger.timed),
        (DecodedImage, "whole", "pictures in RGB", ledger.timed),
        (cuts.CutDetector, "see", "cuts", ledger.timed),
        (cuts.CutDetector, "cut", "cuts", ledger.timed),
        (rom.watch, "_light_and_level", "brightness", ledger.timed),
        (leg_network, "warp", "crop", ledger.timed),
        (LegNetwork, "look", "network", ledger.timed),
        (Landmarker, "find", "everybody", ledger.timed),
        (BodyLooks, "completed", "following", ledger.timed),
        (LegLandmarker, "people", "following", ledger.timed),
        (measuring, "examine", "measuring", ledger.timed),
    ]
    before = [(home, name, getattr(home, name)) for home, name, _, _ in clocks]
    for home, name, stage, clock in clocks:
        setattr(home, name, clock(stage, getattr(home, name)))
    return before


def run(seconds: float) -> dict[str, Any]:
    """Milliseconds of processor time a picture."""
    count = round(seconds * RATE_HZ)
    with TemporaryDirectory() as folder:
        clip = Path(folder) / "1080p.mp4"
        write_loop(sample_frames(), count, clip, SIZE_PX)
        rate = mbit_per_s(clip, count)
        rom.measure(clip, limit_s=1.0)  # what is loaded once
        threads, videofile.THREADS_MAX = videofile.THREADS_MAX, 1
        ledger = Ledger()
        before = watched(ledger)
        try:
            began, began_here = time.process_time(), time.perf_counter()
            exam = rom.measure(clip)
            spent, passed = time.process_time() - began, time.perf_counter() - began_here
        finally:
            videofile.THREADS_MAX = threads
            for home, name, work in before:
                setattr(home, name, work)
    per_picture = {stage: 1000 * ledger.spent_s[stage] / count for stage in STAGES}
    return _told(per_picture, 1000 * spent / count, exam, rate, seconds, passed)


def _told(
    per_picture: dict[str, float],
    whole_ms: float,
    exam: rom.Examination,
    rate: float,
    seconds: float,
    passed: float,
) -> dict[str, Any]:
    """The result; what no thread of ours spent is MediaPipe's and the rest of the line."""
    beyond = max(whole_ms - sum(per_picture.values()), 0.0)
    per_picture["everybody"] += beyond
    return {
        "question": "where the processor time of rom.measure goes, milliseconds a picture, 1080p",
        "ms": {stage: round(ms, 3) for stage, ms in per_picture.items()},
        "ms_all": round(whole_ms, 2),
        "passed_ms": round(1000 * passed / len(exam.sightings.time_s), 2),
        "clip": {"seconds": seconds, "size_px": list(SIZE_PX), "mbit_per_s": round(rate, 1)},
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    tell(run(given.seconds), given.json)


if __name__ == "__main__":
    main()
