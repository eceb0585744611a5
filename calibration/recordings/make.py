"""Render planned recordings: resumable, on all cores, with progress and time left."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from calibration.people.build import make_people
from calibration.people.workfolder import bodies_folder, recordings_folder
from calibration.recordings.plan import GENERATOR, REPEATS, Recording, read_plan

Task = tuple[Recording, Path, Path, str]


def render_recordings(
    plan: str | Path | Iterable[Recording],
    folder: Path | None = None,
    *,
    workers: int | None = None,
    renderer: str = "raster",
    report: Callable[[str], None] = print,
) -> list[Path]:
    """Render what is not there yet of a plan.

    Parameters
    ----------
    plan : name of a plan ('development', 'validation', 'report', 'samples', 'quick' or 'repeats'), a CSV file, or
        rows
    folder : where to write; the work folder's `recordings/<plan>` when omitted ('quick' and 'repeats' are parts of
        the set 'report', and go there)
    workers : processes; one a core when omitted (one in all for Blender, which uses every core itself); 0
        renders in this process
    renderer : 'raster', the fast rasteriser, for all rows; 'cycles', Blender (it needs `bpy`), for the rows
        planned so, into `recordings/<plan>-cycles`
    report : called with one line a recording

    Returns
    -------
    The sidecars of all finished rows, in the plan's order. Rows that fail are reported and left out.
    """
    rows = read_plan(plan) if isinstance(plan, (str, Path)) else list(plan)
    rows = [row for row in rows if renderer == "raster" or row.renderer == "cycles"]
    if folder is None:
        name = Path(plan).stem if isinstance(plan, (str, Path)) else "rows"
        name = "report" if name in ("quick", REPEATS) else name
        folder = recordings_folder(name if renderer == "raster" else f"{name}-cycles")
    folder.mkdir(parents=True, exist_ok=True)
    missing = [row for row in rows if not is_finished(row, folder)]
    if missing:
        make_people(sorted({row.body for row in missing}), report=report)
        tasks = [(row, folder, bodies_folder(), renderer) for row in missing]
        if workers is None:
            workers = 1 if renderer == "cycles" else os.cpu_count() or 1
        _follow(_render_all(tasks, workers), len(tasks), report)
    return [folder / f"{row.name}.json" for row in rows if is_finished(row, folder)]


def is_finished(row: Recording, folder: Path) -> bool:
    """Whether a recording stands in the folder, made from this very row by this generator."""
    path = folder / f"{row.name}.json"
    if not path.exists():
        return False
    record = json.loads(path.read_text())
    return bool(record["recording"] == asdict(row) and record["generator"] == GENERATOR)


def _render_all(tasks: list[Task], workers: int) -> Iterator[tuple[str, BaseException | None]]:
    """Render every task, in this process or in several; yields names as they finish, with what went wrong."""
    if workers == 0:
        for task in tasks:
            _render(task)
            yield task[0].name, None
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(_render, task): task[0].name for task in tasks}
        for job in as_completed(jobs):
            yield jobs[job], job.exception()


def _render(task: Task) -> None:
    """Render one recording; the renderer is imported here, in the process that needs it."""
    from calibration.recordings.shoot import render_recording

    render_recording(*task)


def _follow(
    finished: Iterator[tuple[str, BaseException | None]], count: int, report: Callable[[str], None]
) -> None:
    """Say what is done and how long the rest will take."""
    started = time.monotonic()
    for done, (name, error) in enumerate(finished, 1):
        left_min = (time.monotonic() - started) / done * (count - done) / 60
        note = f"failed: {error!r}" if error else "done"
        report(f"{done}/{count} {name} {note}, {left_min:.0f} min left")
