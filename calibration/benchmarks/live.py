"""Does the live picture keep up? Pictures a second and delay, from a JPEG to what the guide says, on one core.

``python -m calibration.benchmarks.live [--seconds 20] [--beside "what else ran"] [--json FILE]``

Pictures: a sample, made small and packed as JPEG as the browser sends them. This process keeps to one core, with
all its threads; on the other a second process encodes 720p video without a pause, as the browser does that records.
Flat out: one picture after the other, by stage, in processor time and by the clock. Paced: pictures come 30 times a
second, and those that come while one is looked at are dropped, as in the app; the delay is from a picture's coming
to the guide's answer to it. The look round runs beside, on its thread, as ever; its own processor time is told
apart. What the camera, the browser and the connection take is not in it.

Processor time hardly depends on what else a machine does; the clock does, and the load is told beside it.
"""

import multiprocessing
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep, thread_time
from typing import Any

import cv2
import numpy as np

from calibration.benchmarks.clips import sample_frames
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.live.guide import Guide
from rom.live.leg import LiveLeg
from rom.live.lookout import ROUND_S, Lookout
from rom.live.picture import picture_of
from rom.pose.leg_network import LegNetwork
from rom.video import VideoWriter
from rom.video.upright import fit

SIZES_PX = ((640, 480), (960, 540))
QUALITY = 80  # of JPEG: what browsers take where nothing is said is 92, and 80 is enough for a leg
RATE_HZ = 30.0
FOUND_MOST_S = 60.0
WANTED_HZ, WANTED_MS = 25.0, 100.0  # what is asked for: pictures a second, and camera to gauge


@cache
def packed(size_px: tuple[int, int]) -> list[bytes]:
    """The sample's pictures as the browser sends them, there and back, so that no loop has a jump."""
    small = [fit(image, *size_px) for image in sample_frames()]
    there = [cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1] for image in small]
    return [jpeg.tobytes() for jpeg in (*there, *there[::-1])]


def encode_for_ever(core: int | None) -> None:
    """What a browser does that records: 720p H.264, without a pause."""
    _keep_to(core)
    frames = sample_frames()[:30]
    with TemporaryDirectory() as folder:
        for k in count():
            height, width = frames[0].shape[:2]
            with VideoWriter(Path(folder) / f"{k % 2}.mp4", width=width, height=height, rate_hz=RATE_HZ) as video:
                for index in range(300):
                    video.write(frames[index % len(frames)], index / RATE_HZ)


@contextmanager
def other_core_busy() -> Iterator[None]:
    """Keep this process to one core, and another busy with video."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    beside = multiprocessing.get_context("spawn").Process(
        target=encode_for_ever, args=(cores[1] if len(cores) > 1 else None,), daemon=True
    )
    beside.start()
    _keep_to(cores[0] if cores else None)
    sleep(5.0)  # it has loaded and is at work
    try:
        yield
    finally:
        beside.kill()
        beside.join()
        if cores:
            os.sched_setaffinity(0, cores)


def _keep_to(core: int | None) -> None:
    """One core for all threads of this process, where the system lets us choose."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def found(leg: LiveLeg, jpeg: bytes) -> float:
    """Show one picture until the leg is found in it; seconds from the first."""
    began = perf_counter()
    while not leg.look(picture_of(jpeg), perf_counter()).seen:
        if perf_counter() - began > FOUND_MOST_S:
            raise RuntimeError("no leg was found in the first picture")
        sleep(1 / RATE_HZ)
    return perf_counter() - began


STAGES = ("decoding", "leg", "guide", "all")


def flat_out(size_px: tuple[int, int], seconds: float) -> dict[str, Any]:
    """One picture after the other: milliseconds of each stage, and pictures a second."""
    jpegs, guide = packed(size_px), Guide("seated", "right")
    clock: list[list[float]] = []
    processor: list[list[float]] = []
    with LiveLeg(recorded_px=(1280, 720)) as leg:
        first_s = found(leg, jpegs[0])
        began, seen = perf_counter(), 0
        for jpeg in cycle(jpegs):
            marks = [(perf_counter(), thread_time())]
            image = picture_of(jpeg)
            marks.append((perf_counter(), thread_time()))
            reading = leg.look(image, marks[0][0])
            marks.append((perf_counter(), thread_time()))
            guide.step(reading, marks[0][0])
            marks.append((perf_counter(), thread_time()))
            seen += reading.seen
            for kept, times in zip((clock, processor), zip(*marks, strict=True), strict=True):
                kept.append([*np.diff(times), times[-1] - times[0]])
            if marks[-1][0] - began > seconds:
                break
        passed_s = perf_counter() - began
    return {
        "pictures_per_s": round(len(clock) / passed_s, 1),
        "seen_share": round(seen / len(clock), 3),
        "first_seen_after_s": round(first_s, 2),
        "processor_ms": _by_stage(processor),
        "clock_ms": _by_stage(clock),
    }


def _by_stage(spent_s: list[list[float]]) -> dict[str, dict[str, float]]:
    """How long each stage took."""
    columns = 1000 * np.array(spent_s)
    return {name: _spread(columns[:, k].tolist()) for k, name in enumerate(STAGES)}


def look_round_ms(size_px: tuple[int, int]) -> float:
    """Processor milliseconds of one look round while a leg is followed; lines are looked for in every fourth."""
    image, lookout = picture_of(packed(size_px)[0]), Lookout(LegNetwork("leg"))
    spent = []
    for k in range(13):
        before = process_time()
        lookout.send(image, k * ROUND_S, searching=False)
        while lookout.heard() is None:
            sleep(0.005)
        spent.append(1000 * (process_time() - before))
    lookout.close()
    return round(statistics.mean(spent[1:]), 1)  # the first loads the model


def paced(size_px: tuple[int, int], seconds: float) -> dict[str, Any]:
    """Pictures as a camera gives them: answered pictures a second, and the delay of each."""
    jpegs, guide, delays = packed(size_px), Guide("seated", "right"), []
    with LiveLeg(recorded_px=(1280, 720)) as leg:
        found(leg, jpegs[0])
        began, k = perf_counter(), 0
        while k < seconds * RATE_HZ:
            came_s = began + k / RATE_HZ
            sleep(max(came_s - perf_counter(), 0.0))
            guide.step(leg.look(picture_of(jpegs[k % len(jpegs)]), came_s), came_s)
            done_s = perf_counter()
            delays.append(1000 * (done_s - came_s))
            k = max(k + 1, int((done_s - began) * RATE_HZ))  # the newest that has come, or the next to come
        passed_s = perf_counter() - began
    return {
        "pictures_per_s": round(len(delays) / passed_s, 1),
        "dropped_share": round(1 - len(delays) / k, 3),
        "delay_ms": _spread(delays),
    }


def _spread(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and largest."""
    return {
        "median": round(statistics.median(values), 2),
        "p95": round(float(np.percentile(values, 95)), 2),
        "most": round(max(values), 1),
    }


def run(seconds: float, beside: str) -> dict[str, Any]:
    """Both sizes, flat out and paced."""
    cv2.setNumThreads(1)
    load = _load()
    with other_core_busy():
        sizes: dict[str, dict[str, Any]] = {
            f"{width}x{height}": {
                "flat_out": flat_out((width, height), seconds),
                "paced": paced((width, height), seconds),
                "look_round_processor_ms": look_round_ms((width, height)),
            }
            for width, height in SIZES_PX
        }
    for each in sizes.values():
        picture_ms, round_ms = each["flat_out"]["processor_ms"]["all"]["median"], each["look_round_processor_ms"]
        each["core_share_at_25_per_s"] = round(WANTED_HZ * picture_ms / 1000 + round_ms / 1000 / ROUND_S, 2)
    return {
        "question": "pictures a second and delay of the live picture, JPEG to the guide's answer, on one core "
        "while the other encodes 720p video",
        "wanted": {"pictures_per_s": WANTED_HZ, "delay_ms_camera_to_gauge": WANTED_MS},
        "sizes": sizes,
        "load_average": [round(load, 1), round(_load(), 1)],
        "beside": beside,
        "cores": os.cpu_count(),
        **made_on(),
    }


def _load() -> float:
    """How many processes wanted a core during the last minute, where the system tells."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--beside", default="", help="what else ran on the machine")
    given = parser.parse_args()
    tell(run(given.seconds, given.beside), given.json)


if __name__ == "__main__":
    main()
