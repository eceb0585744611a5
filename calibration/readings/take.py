"""Let the instrument look at every rendered recording once, and keep the landmarks it finds.

``python -m calibration readings report --model heavy``: resumable, one process a core (two inference threads
gain nothing over one). Scores are made from the landmarks in seconds, so the slow part is done once a model.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from calibration.people.workfolder import recordings_folder, work_folder
from calibration.recordings.plan import Recording, read_plan
from rom.pose.recorded import SUFFIX


def landmarks_path(row: Recording, model: str, renderer: str = "raster") -> Path:
    """Where the landmarks of one recording and model are kept."""
    return work_folder() / "readings" / model / film_path(row, renderer).parent.name / f"{row.name}{SUFFIX}"


def film_path(row: Recording, renderer: str = "raster") -> Path:
    """Where the film of one recording is."""
    folder = row.set if renderer == "raster" else f"{row.set}-{renderer}"
    return recordings_folder(folder) / f"{row.name}.mp4"


def is_read(row: Recording, model: str, renderer: str = "raster") -> bool:
    """Whether the landmarks of the film as it is now have been found: a film made again is read again."""
    film, found = film_path(row, renderer), landmarks_path(row, model, renderer)
    return film.exists() and found.exists() and found.stat().st_mtime >= film.stat().st_mtime


def take_readings(
    plan: str,
    model: str,
    *,
    renderer: str = "raster",
    workers: int | None = None,
    report: Callable[[str], None] = print,
) -> list[Recording]:
    """Find the landmarks in all finished recordings of a plan that have none yet.

    Parameters
    ----------
    plan : 'development', 'validation', 'report', 'quick' or 'samples'
    model : heavy, full or lite
    renderer : raster or cycles
    workers : processes, one a core when omitted
    report : called with one line a recording

    Returns
    -------
    The rows whose landmarks are there now.
    """
    rows = [row for row in read_plan(plan) if film_path(row, renderer).with_suffix(".json").exists()]
    missing = [row for row in rows if not is_read(row, model, renderer)]
    began = time.monotonic()
    for done, (name, problem) in enumerate(_all(missing, model, renderer, workers), start=1):
        left_s = (time.monotonic() - began) / done * (len(missing) - done)
        report(f"{done}/{len(missing)} {name} {problem or 'read'}, {left_s / 60:.0f} min left")
    return [row for row in rows if is_read(row, model, renderer)]


def _all(
    rows: list[Recording], model: str, renderer: str, workers: int | None
) -> Iterator[tuple[str, BaseException | None]]:
    """Read rows in processes, and tell each as it ends."""
    with ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        running = {
            pool.submit(_read, film_path(row, renderer), landmarks_path(row, model, renderer), model): row.name
            for row in rows
        }
        for future in as_completed(running):
            yield running[future], future.exception()


def _read(film: Path, target: Path, model: str) -> None:
    """One recording; the file appears when it is whole."""
    import rom
    from rom.pose.recorded import save_examination

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    save_examination(part, rom.measure(film, model=model))
    part.replace(target)
