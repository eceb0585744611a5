"""``rom batch``: many recordings to tables. Parse, call, print."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rom.cli.asked import box_of, pairs_of
from rom.cli.options import LegBox, Model, MovedBy, Names, Set, Shod
from rom.cli.shell import app, err, out, progress
from rom.errors import NotMeasurable
from rom.settings import Settings

if TYPE_CHECKING:
    from rom.batch.run import Prepared, Study

GIB = 2**30
MINUTE_S = 60.0

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATHS...",
        help="Recordings, folders, patterns in quotes ('clips/**/*.mp4'), or manifests: CSV or Parquet with a "
        "column path, and person, side, protocol, age, sex as far as they are known; further columns come through.",
    ),
]


@app.command()
def batch(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: Paths,
    study: Annotated[
        Path, typer.Option("--out", metavar="STUDY", help="The study's folder: new, or to go on with.")
    ],
    side: Annotated[str, typer.Option(help="left, right, or auto (both), where a manifest does not say.")] = "auto",
    protocol: Annotated[
        str, typer.Option(help="Which exam: a name of `rom protocols`, or auto, where a manifest does not say.")
    ] = "free",
    model: Model = "leg",
    leg_box: LegBox = "",
    moved_by: MovedBy = "",
    footwear: Shod = "unknown",
    camera: Annotated[str, typer.Option(help="A camera profile (see rom calibrate); none is recognised.")] = "none",
    names: Names = "",
    set_: Set = None,
    pseudonyms: Annotated[
        bool, typer.Option(help="Name nobody in the study; the key is kept in a file beside its folder.")
    ] = False,
    csv: Annotated[bool, typer.Option(help="Write every table as CSV, too.")] = False,
    retry_failed: Annotated[bool, typer.Option(help="Measure again what failed.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done and how long it would take.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="The first so many recordings alone.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes; one a core by default.")] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="A Dask cluster instead: its scheduler's address (tls://HOST:8786) or file. Its workers see the "
            "recordings and the study under the same paths. Whoever reaches one without TLS can run code on it."
        ),
    ] = None,
    memory: Annotated[float, typer.Option(min=0.1, help="Gigabytes that one recording may need.")] = 3.0,
    time: Annotated[float, typer.Option(min=0.1, help="Minutes that one recording may take.")] = 60.0,
) -> None:
    """Measure many recordings into tables; the same command again goes on where it was and does what changed."""
    from rom.batch.order import Judging, Looking
    from rom.batch.run import Asked, run
    from rom.batch.run import dry_run as tried
    from rom.intake import LIMITS

    seconds = time * MINUTE_S
    asked = Asked(
        paths=paths,
        out=study,
        looking=Looking(model, box_of(leg_box)),
        judging=Judging(side=side, protocol=protocol, moved_by=moved_by, footwear=footwear),
        settings=Settings.from_words(pairs_of(set_ or [])),
        camera=camera,
        naming=names or None,
        limits=replace(LIMITS, memory_bytes=round(memory * GIB), cpu_s=seconds, wall_s=seconds),
        scheduler=scheduler,
        workers=workers,
        retry_failed=retry_failed,
        limit=limit,
        pseudonyms=pseudonyms,
        csv=csv,
        command=["rom", *sys.argv[1:]],
    )
    if dry_run:
        _tell(tried(asked))
        return
    with progress() as bar:
        task = bar.add_task("Measuring", total=None)
        made = run(asked, lambda done, total: bar.update(task, completed=done, total=total), _tell)
    _show(made)


def _tell(prepared: "Prepared") -> None:
    """What is to be done, and how long it will take."""
    plan = prepared.plan
    left_out = sum(line.failure is not None for line in plan.lines)
    minutes = sum(line.glance.duration_s for line in plan.look) / MINUTE_S
    told: dict[str, int | str] = {
        "recordings": len(plan.lines),
        "to be looked at": f"{len(plan.look)} ({minutes:.1f} min of video)" if plan.look else 0,
        "to be judged anew from landmarks": len(plan.judge),
        "measured before": plan.done,
        "failed before (--retry-failed)": plan.failed,
        "left out: unreadable, not possible, or there twice": left_out,
        "files that are no recordings": prepared.left_aside,
    }
    for words, count in told.items():
        if count:
            err.print(f"  {words:<52} {count}", markup=False)
    if plan.look or plan.judge:
        sure = "" if prepared.rate_measured or not plan.frames else ", at a first guess"
        err.print(f"  {'time':<52} {_duration(prepared.seconds)}{sure}", markup=False)
        if not prepared.workers:
            err.print("  The scheduler has no workers yet; the study begins when there are some.", markup=False)


def _duration(seconds: float) -> str:
    """About how long, in words."""
    if seconds < MINUTE_S:
        return "less than a minute"
    minutes = seconds / MINUTE_S
    return f"about {minutes:.0f} min" if minutes < 120 else f"about {minutes / 60:.0f} h"


def _show(made: "Study") -> None:
    """What came of it."""
    from rom.batch.run import SUMMARY_FILE
    from rom.batch.tables import FAILURES_FILE

    failed = made.counted.failed
    out.print(f"Recordings with rows in the tables: {made.counted.measured}", markup=False)
    for what, count in failed.items():
        out.print(f"  left out, {what.replace('_', ' ')}: {count}", markup=False)
    if failed:
        out.print(f"Each has its reason in {made.folder / FAILURES_FILE}", markup=False, soft_wrap=True)
    out.print(f"Begin with {made.folder / SUMMARY_FILE}", markup=False, soft_wrap=True)
    if not made.counted.measured:
        raise NotMeasurable("None of the recordings could be measured; the reasons are in failures.csv.")
