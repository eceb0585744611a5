"""How near the whole line comes to what its parts allow: plain decoding, and bare leg inference on ready crops.

``python -m calibration.benchmarks.floors [--seconds 20] [--rounds 3] [--json FILE]``

On the same clips (the demo sample, 720p, and enlarged to 1080p with grain), on one core and on two, taking turns:

* decoding: PyAV, with the threads that `rom` uses, every picture decoded and let go;
* inference: the leg landmarker's network on crops that lie ready, one thread (a leg is followed: each crop needs
  the one before, so a second core cannot help);
* the whole line: `rom.measure`, decoding to results.

The line cannot be quicker than the slower of the two floors, nor, where they share cores, than both together:
`share_of_slower` and `share_of_both` are the line's rate over these. A study: the same clip measured again and
again by one process on one core, and by two on two, as `rom batch` does it. Start-up (imports, models, the first
pictures) is left out of all of them, and stated. Each part runs in a process of its own that is kept to its cores
(Linux).
"""

import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from calibration.benchmarks.alone import alone, answered, keep_to, started
from calibration.benchmarks.clips import RATE_HZ, mbit_per_s, sample_frames, write_loop
from calibration.benchmarks.told import made_on, parser_of, tell

MODULE = "calibration.benchmarks.floors"
SIZES = {"720p": None, "1080p": (1920, 1080)}
CORES = {"one core": (0,), "two cores": (0, 1)}
BAR_FLOOR, BAR_STUDY, BAR_TIMES_REAL_TIME = 0.9, 1.9, 4.0
CROPS = 60


def decoding(clip: Path) -> dict[str, float]:
    """Pictures a second of plain decoding, after the first."""
    from rom.video.videofile import open_stream

    began = perf_counter()
    container, stream = open_stream(clip)
    with container:
        pictures = container.decode(stream)
        next(pictures)
        opened = perf_counter()
        count = sum(1 for _ in pictures)
    return {"per_s": count / (perf_counter() - opened), "start_s": opened - began}


def inference(clip: Path, count: int = 600) -> dict[str, float]:
    """Crops a second of the bare network, one thread."""
    from itertools import islice

    from rom.pose.leg_crop import crop_affine, warp
    from rom.pose.leg_landmarker import LegLandmarker
    from rom.pose.leg_network import session
    from rom.video import open_recording

    began = perf_counter()
    with open_recording(clip) as recording, LegLandmarker() as pose:
        crops = []
        for frame in islice(recording, CROPS):
            pose.people(frame)
            leg = pose.legs[0]
            assert frame.image is not None
            size_px = session("leg").get_inputs()[0].shape[1]
            crops.append(warp(frame.image, crop_affine(leg.look.knee, leg.ankle, leg.mirrored), size_px)[None])
    network = session("leg")
    opened = perf_counter()
    for k in range(count):
        network.run(None, {"crop": crops[k % len(crops)]})
    return {"per_s": count / (perf_counter() - opened), "start_s": opened - began}


def line(clip: Path) -> dict[str, float]:
    """Pictures a second of the whole line, opening left out."""
    import rom
    from rom.selftest import frames_per_s

    exam = rom.measure(clip, side="right")
    return {"per_s": frames_per_s(exam), "start_s": exam.timings_s["opening"]}


def study(clip: Path, times: int) -> dict[str, float]:
    """Measure a clip so many times once a line comes in, after a first time that does not count."""
    import rom

    frames = len(rom.measure(clip, limit_s=1.0).sightings.time_s)
    print("ready", flush=True)
    sys.stdin.readline()
    began = perf_counter()
    frames = sum(len(rom.measure(clip, side="right").sightings.time_s) for _ in range(times))
    return {"frames": frames, "began_s": began, "ended_s": perf_counter()}


def study_rate(clip: Path, cores: tuple[int, ...], times: int) -> float:
    """Pictures a second of one process a core, each with the same clips to measure."""
    workers = [
        started(MODULE, "--part", "study", str(clip), "--cores", str(core), "--times", str(times)) for core in cores
    ]
    told = [answered(worker) for worker in _all_let_go(workers)]
    span_s = max(one["ended_s"] for one in told) - min(one["began_s"] for one in told)
    return float(sum(one["frames"] for one in told) / span_s)


def _all_let_go(workers: list[Any]) -> list[Any]:
    """Let all begin at once, when each has said that it is ready; their clock is the system's, the same for all."""
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    return workers


def floors_of(clip: Path, rounds: int) -> dict[str, Any]:
    """Both floors and the line on one clip, on one core and on two, round by round."""
    found: dict[str, Any] = {}
    for name, cores in CORES.items():
        words = ["--cores", *map(str, cores)]
        turns = [
            {part: alone(MODULE, "--part", part, str(clip), *words) for part in ("decoding", "inference", "line")}
            for _ in range(rounds)
        ]
        found[name] = {
            part: {
                "per_s": round(statistics.median(turn[part]["per_s"] for turn in turns), 1),
                "start_s": round(statistics.median(turn[part]["start_s"] for turn in turns), 2),
            }
            for part in ("decoding", "inference", "line")
        }
        shares = [shares_of({part: turn[part]["per_s"] for part in turn}, len(cores)) for turn in turns]
        found[name] |= {key: round(statistics.median(share[key] for share in shares), 3) for key in shares[0]}
        found[name]["times_real_time"] = round(found[name]["line"]["per_s"] / RATE_HZ, 2)
    return found


def shares_of(per_s: dict[str, float], cores: int) -> dict[str, float]:
    """The line's rate over what the slower part allows, and over what both allow on the same cores.

    Decoding alone uses all cores, inference one; together they take the sum of their times, spread over the cores.

    >>> shares_of({"decoding": 400.0, "inference": 250.0, "line": 200.0}, cores=2)
    {'share_of_slower': 0.8, 'share_of_both': 0.9}
    >>> shares_of({"decoding": 200.0, "inference": 200.0, "line": 90.0}, cores=1)
    {'share_of_slower': 0.45, 'share_of_both': 0.9}
    """
    slower = min(per_s["decoding"], per_s["inference"])
    work = cores / per_s["decoding"] + 1 / per_s["inference"]  # core seconds a picture
    both = min(slower, cores / work)
    return {
        name: round(per_s["line"] / limit, 3)
        for name, limit in (("share_of_slower", slower), ("share_of_both", both))
    }


def run(seconds: float, rounds: int, study_times: int) -> dict[str, Any]:
    """Everything."""
    frames, count = sample_frames(), round(seconds * RATE_HZ)
    with TemporaryDirectory() as folder:
        sizes, clips = {}, {}
        for name, size_px in SIZES.items():
            clip = clips[name] = Path(folder) / f"{name}.mp4"
            write_loop(frames, count, clip, size_px)
            sizes[name] = {"mbit_per_s": round(mbit_per_s(clip, count), 1), **floors_of(clip, rounds)}
        studies = {name: studied(clips[name], rounds, study_times) for name in SIZES}
    told = {
        "line_over_slower_floor": (min(sizes[s]["two cores"]["share_of_slower"] for s in SIZES), BAR_FLOOR),
        "study_two_cores_over_one": (min(study["ratio"] for study in studies.values()), BAR_STUDY),
        "times_real_time_1080p": (sizes["1080p"]["two cores"]["times_real_time"], BAR_TIMES_REAL_TIME),
        "times_real_time_1080p_study": (studies["1080p"]["times_real_time"], BAR_TIMES_REAL_TIME),
    }
    return {
        "question": "frames a second of rom.measure (model leg) beside plain decoding and bare leg inference",
        "bars": {name: {"measured": value, "bar": bar, "met": value >= bar} for name, (value, bar) in told.items()},
        "sizes": sizes,
        "studies": studies,
        "clip": {"seconds": seconds, "frames": count, "rate_hz": RATE_HZ},
        **made_on(),
    }


def studied(clip: Path, rounds: int, times: int) -> dict[str, Any]:
    """A study of one clip on one core and on two, round by round; the medians."""
    turns = [[study_rate(clip, cores, times) for cores in CORES.values()] for _ in range(rounds)]
    one, two = (round(statistics.median(turn[k] for turn in turns), 1) for k in range(2))
    return {
        "one_core_per_s": one,
        "two_cores_per_s": two,
        "ratio": round(statistics.median(turn[1] / turn[0] for turn in turns), 3),
        "times_real_time": round(two / RATE_HZ, 2),
    }


def _part(given: Any) -> None:
    """What a process of its own does."""
    keep_to(given.cores)
    parts = {"decoding": decoding, "inference": inference, "line": line}
    told = study(given.clip, given.times) if given.part == "study" else parts[given.part](given.clip)
    print(json.dumps(told))


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("clip", type=Path, nargs="?", help="for --part")
    parser.add_argument("--part", choices=("decoding", "inference", "line", "study"))
    parser.add_argument("--cores", type=int, nargs="*", default=[])
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.part:
        _part(given)
    else:
        tell(run(given.seconds, given.rounds, given.times), given.json)


if __name__ == "__main__":
    main()
