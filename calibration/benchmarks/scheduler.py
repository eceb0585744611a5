"""What Dask itself costs a recording: so many empty tasks through the local cluster that `rom` uses.

``python -m calibration.benchmarks.scheduler [--tasks 100000] [--workers 2] [--json FILE]``

Every task is submitted as a measurement is, one at a time with a key of its own, and does nothing. The start of the
cluster is left out, and stated. `growth`: the same with fewer tasks, to see whether a task costs more among many.
"""

import time
from collections.abc import Iterator
from typing import Any

from calibration.benchmarks.alone import peak_mb
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.cluster import Cluster

PARTS = (0.1, 0.3, 1.0)


def nothing() -> None:
    """An empty task."""


def many(cluster: Cluster, tasks: int, name: str) -> dict[str, float]:
    """Seconds to submit so many empty tasks and to have them all done."""
    from distributed import as_completed

    began = time.perf_counter()
    futures = [cluster.submit(f"{name}-{k}", nothing) for k in range(tasks)]
    submitted = time.perf_counter()
    done = sum(1 for _ in _completed(as_completed(futures, loop=futures[0].client.loop)))
    ended = time.perf_counter()
    assert done == tasks
    return {
        "tasks": tasks,
        "ms_a_task": round(1000 * (ended - began) / tasks, 3),
        "submitting_ms_a_task": round(1000 * (submitted - began) / tasks, 3),
        "peak_mb": round(peak_mb()),
    }


def _completed(futures: Any) -> Iterator[Any]:
    for future in futures:
        future.release()
        yield future


def run(tasks: int, workers: int) -> dict[str, Any]:
    """Fewer tasks first, then all."""
    cluster = Cluster(workers=workers)
    try:
        began = time.perf_counter()
        cluster.submit("first", nothing).result()
        start_s = time.perf_counter() - began
        growth = [many(cluster, round(part * tasks), f"part{part:g}") for part in PARTS]
    finally:
        cluster.close()
    return {
        "question": "what the scheduler costs an empty task; client and scheduler in one process",
        "ms_a_task": growth[-1]["ms_a_task"],
        "growth": growth,
        "workers": workers,
        "start_s": round(start_s, 2),
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    tell(run(given.tasks, given.workers), given.json)


if __name__ == "__main__":
    main()
