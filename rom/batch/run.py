"""A study on one screen: recordings go in, tables come out. Nothing is added to the numbers of `rom.measure`."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rom.batch.about import check_folder, now, settings_sha256, write_about
from rom.batch.dictionary import dictionary_text, tables_of, tables_schema
from rom.batch.engine import DEATHS, Tally, Told, done_here, glance_over, have_done
from rom.batch.glance import Glance, Glances
from rom.batch.listing import Listed, listed
from rom.batch.measuring import Ground, measured_by
from rom.batch.names import Names, key_file, pseudonyms_for
from rom.batch.order import Judging, Looking
from rom.batch.pictures import have_pictures
from rom.batch.plan import FRAME_S, Plan, lines_of, piecework, plan_of, portions
from rom.batch.summary import LISTED, seen_in, summary, worst
from rom.batch.tables import FAILURES_FILE, Counted, further_columns, write_tables
from rom.batch.work import Work, alone
from rom.cluster import Cluster
from rom.intake import LIMITS, Limits, guarded
from rom.records import Naming
from rom.report.tables import write_text
from rom.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

#: Work that takes less than this is done here: a cluster takes as long to start.
HERE_S = 3.0
PAPER = "A4"
#: Seconds of a sample that are measured to learn how long a frame takes.
SAMPLE_S = 2.0
DICTIONARY_FILE, SCHEMA_FILE, SUMMARY_FILE = "data_dictionary.md", "schema.json", "summary.html"


@dataclass(frozen=True, slots=True)
class Study:
    """A study in its folder; each table is read when it is asked for, and ``.to_pandas()`` makes a frame of it.

    `counted` : how many recordings came to what.
    """

    folder: Path
    counted: Counted

    @property
    def recordings(self) -> "pa.Table":
        """One row a recording and side."""
        return self._table("recordings")

    @property
    def repetitions(self) -> "pa.Table":
        """One row an arrival at the end of a movement."""
        return self._table("repetitions")

    @property
    def measures(self) -> "pa.Table":
        """One row a number beside the two motions."""
        return self._table("measures")

    @property
    def angles(self) -> "pa.Table":
        """One row a frame and ankle; large: ``pyarrow.parquet.ParquetFile`` reads the file in pieces."""
        return self._table("angles")

    @property
    def failures(self) -> "pa.Table":
        """One row a recording that is in no other table, with the reason."""
        from pyarrow import csv

        from rom.batch.rows import FAILED

        kinds = csv.ConvertOptions(
            column_types=FAILED.schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        return csv.read_csv(self.folder / FAILURES_FILE, convert_options=kinds)

    def _table(self, name: str) -> "pa.Table":
        import pyarrow.parquet as pq

        return pq.read_table(self.folder / f"{name}.parquet")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study is asked for; see `rom.batch`."""

    paths: Sequence[str | Path]
    out: Path
    looking: Looking = field(default_factory=Looking)
    judging: Judging = field(default_factory=Judging)
    settings: Settings = field(default_factory=Settings)
    camera: str | Path = "none"
    naming: str | Path | Naming | None = None
    limits: Limits = LIMITS
    scheduler: str | None = None
    workers: int | None = None
    retry_failed: bool = False
    limit: int | None = None
    pseudonyms: bool = False
    csv: bool = False
    command: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is there and what is to be done. `frame_s` : seconds a frame; `rate_measured` : whether it was measured.

    `workers` : 0 where a scheduler elsewhere has none yet.
    """

    plan: Plan
    names: Names
    left_aside: int
    workers: int
    frame_s: float
    rate_measured: bool

    @property
    def seconds(self) -> float:
        """How long it will take, about."""
        return self.plan.seconds(self.frame_s, self.workers)


Tell = Callable[[Prepared], None]


def run(asked: Asked, progress: Told | None = None, tell: Tell | None = None) -> Study:
    """Measure a study, or go on with it.

    Parameters
    ----------
    progress : called with (lines done, lines in all) while it goes on.
    tell : called before that, with what is to be done.
    """
    began = now()
    check_folder(asked.out)
    ground = ground_of(asked)
    found = listing_of(asked)
    work = Work(asked.out)
    with alone(asked.out):
        work.make()
        cluster = Cluster(asked.scheduler, asked.workers, DEATHS)
        try:
            prepared = prepare(asked, ground, found, cluster, keep=True)
            if tell is not None:
                tell(prepared)
            _work_off(asked, ground, cluster, prepared, progress or _silent)
            lines = prepared.plan.lines
            counted = write_tables(work, lines, prepared.names, settings_sha256(ground), csv=asked.csv)
            tables = tables_of(further_columns(lines))
            write_text(asked.out / DICTIONARY_FILE, dictionary_text(tables))
            write_text(asked.out / SCHEMA_FILE, json.dumps(tables_schema(tables), indent=1) + "\n")
            made = Study(asked.out, counted)
            write_text(asked.out / SUMMARY_FILE, _summary(ground, made, prepared))
        finally:
            cluster.close()
        words = () if asked.pseudonyms else asked.command
        defaults = (asked.looking, asked.judging)
        write_about(asked.out, ground, defaults, words, counted, found.left_aside, began, _rate(work))
    return made


def _summary(ground: Ground, made: Study, prepared: Prepared) -> str:
    """The page, with pictures of the recordings to be looked at first."""
    from rom.report.web_page import web_page

    failures = made.failures.slice(0, LISTED).to_pylist()
    seen = seen_in(made.folder, failures, made.counted, prepared.left_aside)
    wanted = {row["id"] for row in worst(seen)}
    lines = {line.keys.id: line for line in prepared.plan.lines if line.keys is not None and line.failure is None}
    filmed = {name: line for name, line in lines.items() if name in wanted and line.glance.what == "pictures"}
    works = {name: piecework(line) for name, line in filmed.items()}
    pictures = have_pictures(ground, [*works.values()])
    by_id = {name: pictures[work.judge] for name, work in works.items() if work.judge in pictures}
    return web_page(summary(made.folder.name, seen, by_id), PAPER)


def _silent(*_: object) -> None:
    """Tell nobody."""


def ground_of(asked: Asked) -> Ground:
    """What all lines share; ``UsageError`` for what cannot be asked of any."""
    from rom.camera.profiles import NONE, load_profile
    from rom.pose.naming import read_naming

    asked.looking.check()
    asked.judging.question()
    camera = None if str(asked.camera) == NONE else load_profile(asked.camera)
    naming = read_naming(asked.naming) if isinstance(asked.naming, (str, Path)) else asked.naming
    return Ground(asked.out.absolute(), asked.settings, camera, asked.limits, measured_by(), naming)


def listing_of(asked: Asked) -> Listed:
    """The lines that are meant."""
    found = listed(asked.paths, asked.looking, asked.judging, asked.out)
    return found if asked.limit is None else replace(found, orders=found.orders[: asked.limit])


def prepare(asked: Asked, ground: Ground, found: Listed, cluster: Cluster, *, keep: bool) -> Prepared:
    """Look at every file that is not known, and see what is left to do. `keep` : False writes nothing."""
    work = Work(asked.out)
    glances = _glances(found, work, cluster, ground, keep=keep)
    names = pseudonyms_for(found.orders, glances, key_file(asked.out), keep=keep) if asked.pseudonyms else Names()
    plan = plan_of(lines_of(found.orders, glances, ground, names), work, retry_failed=asked.retry_failed)
    rate = _rate(work)
    measured = rate["frames"] > 0
    frame_s = rate["seconds"] / rate["frames"] if measured else FRAME_S
    return Prepared(plan, names, found.left_aside, _workers(asked, cluster), frame_s, measured)


def _glances(found: Listed, work: Work, cluster: Cluster, ground: Ground, *, keep: bool) -> list[Glance]:
    """What every recording holds; those that were not changed since the last run are not read again."""
    glances = Glances(work.glances)
    known = {order.path: glances.known(order.path) for order in found.orders}
    unknown = [path for path, glance in known.items() if glance is None]
    for path, seen in glance_over(cluster, unknown, ground) if unknown else ():
        glances.note(path, seen, kept=keep)
        known[path] = seen
    return [one for order in found.orders if (one := known[order.path]) is not None]


def dry_run(asked: Asked) -> Prepared:
    """What a run would do and how long it would take; nothing is written.

    The time comes from what this study took so far, or else from a few seconds of a sample that are measured now.
    """
    check_folder(asked.out)
    ground = ground_of(asked)
    cluster = Cluster(asked.scheduler, asked.workers, DEATHS)
    try:
        prepared = prepare(asked, ground, listing_of(asked), cluster, keep=False)
    finally:
        cluster.close()
    if prepared.rate_measured or not prepared.plan.frames:
        return prepared
    return replace(prepared, frame_s=frame_seconds(asked.looking.model), rate_measured=True)


def frame_seconds(model: str) -> float:
    """Seconds that a frame takes here: the first of a sample are measured."""
    return float(guarded(sample_frame_seconds, model))


def sample_frame_seconds(model: str) -> float:
    """The same, in this process."""
    import rom
    from rom.samples import DEMO, sample_folder

    exam = rom.measure(sample_folder() / f"{DEMO}.mp4", model=model, limit_s=SAMPLE_S)
    spent_s = exam.timings_s["landmarks"] + exam.timings_s["waiting_for_pictures"]
    return spent_s / max(1, len(exam.sightings.time_s))


def _workers(asked: Asked, cluster: Cluster) -> int:
    """How many workers there will be; of another scheduler, as many as are there now."""
    if asked.scheduler is not None:
        return cluster.room() - 1
    from dask.system import CPU_COUNT

    return asked.workers or CPU_COUNT


def _work_off(asked: Asked, ground: Ground, cluster: Cluster, prepared: Prepared, progress: Told) -> None:
    plan, work = prepared.plan, Work(asked.out)
    count = len(plan.look) + len(plan.judge)
    if not count:
        return
    if asked.retry_failed:
        for line in (*plan.look, *plan.judge):
            assert line.keys is not None
            work.failed_of(line.keys.judge).unlink(missing_ok=True)
    dealt = portions(plan, prepared.frame_s, prepared.workers)
    if asked.scheduler is None and prepared.seconds < HERE_S:
        tally = done_here(ground, dealt, count, progress)
    else:
        tally = have_done(cluster, ground, dealt, count, progress)
    _add_to_rate(work, tally)


def _rate(work: Work) -> dict[str, float]:
    """Frames that were looked at in this study so far, and the seconds that a worker needed for them."""
    try:
        told: dict[str, Any] = json.loads((work.folder / "work" / "rate.json").read_text(encoding="utf-8"))
        return {"frames": float(told["frames"]), "seconds": float(told["seconds"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"frames": 0.0, "seconds": 0.0}


def _add_to_rate(work: Work, tally: Tally) -> None:
    if tally.frames:
        rate = _rate(work)
        rate = {"frames": rate["frames"] + tally.frames, "seconds": rate["seconds"] + tally.seconds}
        write_text(work.folder / "work" / "rate.json", json.dumps(rate))
