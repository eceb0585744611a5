"""``rom.batch``: a study from Python."""

from collections.abc import Sequence
from pathlib import Path

from rom.batch.engine import Told
from rom.batch.order import Judging, Looking
from rom.batch.run import Asked, Study, run
from rom.errors import UsageError
from rom.pose.backend import LEG_MODEL, Box
from rom.records import Naming
from rom.settings import Settings


def batch(  # noqa: PLR0913 - the public door: each is a separate thing that a user may say
    paths: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    side: str = "auto",
    protocol: str = "free",
    model: str = LEG_MODEL,
    leg_box: Box | None = None,
    moved_by: str = "",
    footwear: str = "unknown",
    camera: str | Path = "none",
    naming: str | Path | Naming | None = None,
    settings: Settings | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    limit: int | None = None,
    pseudonyms: bool = False,
    csv: bool = False,
    progress: Told | None = None,
) -> Study:
    """Measure many recordings into tables; a second call does only what changed.

    It starts processes: in a script, call it below ``if __name__ == "__main__":``, as Python asks; in a notebook,
    anywhere.

    Parameters
    ----------
    paths : recordings, folders, patterns (``clips/**/*.mp4``) or manifests: CSV or Parquet with a column ``path``,
        and ``person``, ``side``, ``protocol``, ``age``, ``sex`` or others as far as they are known.
    out : the study's folder.
    side, protocol, model, leg_box, moved_by, footwear, settings : as in `rom.measure`, where a manifest says
        nothing else.
    camera : a camera profile for all; none is recognised, so that a study does not depend on who measures it.
    naming : own names of landmarks and angles, as in `rom.measure`; the study keeps them.
    scheduler : of a Dask cluster, ``tls://host:8786`` or its file; None for workers of our own, `workers` of them.
    retry_failed : measure again what failed. limit : the first so many recordings alone.
    pseudonyms : name nobody in the study; the key is beside its folder. csv : write every table as CSV, too.
    progress : called with (recordings done, recordings in all).

    Returns
    -------
    Study. ``study.recordings.to_pandas()`` is the main table.

    Raises
    ------
    UsageError, InstallationError, RomError : see `rom.errors`. What is wrong with a recording is no error, but a
        row of ``study.failures``.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"Expected a limit of 1 or more recordings, but got {limit}.")
    if workers is not None and workers < 1:
        raise UsageError(f"Expected 1 or more workers, but got {workers}.")
    asked = Asked(
        paths=[paths] if isinstance(paths, (str, Path)) else paths,
        out=Path(out),
        looking=Looking(model, leg_box),
        judging=Judging(side=side, protocol=protocol, moved_by=moved_by, footwear=footwear),
        settings=settings or Settings(),
        camera=camera,
        naming=naming,
        scheduler=scheduler,
        workers=workers,
        retry_failed=retry_failed,
        limit=limit,
        pseudonyms=pseudonyms,
        csv=csv,
    )
    return run(asked, progress)
