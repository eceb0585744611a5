"""A study on one page that needs nothing else: what came of it, how it is distributed, what to look at first."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import rom
from rom.batch.flow_chart import Step, flow_chart
from rom.batch.histogram import histogram
from rom.batch.rows import FAILURES, QUALITIES
from rom.batch.tables import FAILURES_FILE, Counted
from rom.exam.protocols import protocols
from rom.records import MOTIONS, Motion
from rom.report.content import Card, Cards, Columns, Page, Picture, Report, Section, Table, Text
from rom.report.words import INTENDED_USE, MOTION_WORDS, degrees

#: Recordings that are shown as those to be looked at first, and failures that are listed.
WORST, LISTED = 10, 20
#: Columns of the recordings that are read for it.
READ = (
    *("id", "recording", "side", "near", "protocol", "strides", "stops", "cautions"),
    *(f"{motion}_{part}" for motion in MOTIONS for part in ("deg", "low_deg", "high_deg", "quality", "reasons")),
)
NOT_TOLD, QUALITY_COST = 1000.0, {"good": 0.0, "fair": 100.0, "poor": 200.0}  # a wide interval costs its degrees
#: Between two sentences.
SENTENCES = re.compile(r"(?<=\.) (?=[A-Z])")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown: rows of the legs nearer to the camera, failures, and counts."""

    rows: list[Row]
    failures: list[Row]
    counted: Counted
    left_aside: int


def seen_in(folder: Path, failures: list[Row], counted: Counted, left_aside: int) -> Seen:
    """Read what is shown from the study's tables."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "recordings.parquet", columns=list(READ), filters=[("near", "==", True)])
    return Seen(table.to_pylist(), failures, counted, left_aside)


def worst(seen: Seen) -> list[Row]:
    """The rows to be looked at first: nothing told, then poor, then the widest intervals; one a recording."""
    costly = sorted(seen.rows, key=lambda row: (-_cost(row), row["recording"], row["id"]))
    first: dict[str, Row] = {}
    for row in costly:
        if _cost(row) > 0:
            first.setdefault(row["id"], row)
    return list(first.values())[:WORST]


def _motions(row: Row) -> tuple[Motion, ...]:
    """The motions that the row's exam measures; none in a walk."""
    return protocols()[row["protocol"]].motions


def _told(row: Row) -> bool:
    """Whether anything could be told of an ankle."""
    return row["strides"] is not None or any(row[f"{motion}_deg"] is not None for motion in MOTIONS)


def _cost(row: Row) -> float:
    """How little can be said of an ankle."""
    costs = [_motion_cost(row, motion) for motion in _motions(row)]
    return sum(costs) if costs or _told(row) else NOT_TOLD


def _motion_cost(row: Row, motion: Motion) -> float:
    if row[f"{motion}_deg"] is None:
        return NOT_TOLD
    return QUALITY_COST[row[f"{motion}_quality"]] + float(_half_width(row, motion))


def _half_width(row: Row, motion: str) -> float:
    low, high = row[f"{motion}_low_deg"], row[f"{motion}_high_deg"]
    return float("nan") if low is None or high is None else (high - low) / 2


def summary(name: str, seen: Seen, pictures: Mapping[str, bytes]) -> Report:
    """The page. `pictures` : JPEG of recordings by their id, faces blurred."""
    pages = [_overview(seen), _numbers(seen), _to_look_at(seen, pictures)]
    if seen.failures:
        pages.append(_left_out(seen))
    created = datetime.now(UTC).isoformat(timespec="seconds")
    facts = (f"{seen.counted.measured} recordings measured", f"rom {rom.__version__}", created[:10])
    return Report("en", f"Study: {name}", facts, created, tuple(pages), INTENDED_USE)


def _overview(seen: Seen) -> Page:
    failed = seen.counted.failed
    recordings = {row["id"] for row in seen.rows}
    told = {row["id"] for row in seen.rows if _told(row)}
    count = seen.counted.measured + sum(failed.values())
    steps = [
        Step("Files found", count + seen.left_aside, (("no recordings", seen.left_aside),)),
        Step("Recordings", count, tuple((_said(what), number) for what, number in failed.items())),
        Step("Read to their end", seen.counted.measured, (("nothing told", seen.counted.measured - len(told)),)),
        Step("At least one number told", len(told), ()),
    ]
    chart = flow_chart(steps)
    sections = [
        Section("From files to numbers", (chart,)),
        Section("How far they can be trusted", (_quality(seen),)),
    ]
    if recordings:
        sections.append(Section("Why a motion could not be told", (_reasons(seen),)))
    return Page("What came of it", tuple(sections))


def _said(what: str) -> str:
    """What kept a recording out, in a word or two."""
    return {"duplicate": "there twice", "usage": "cannot be asked so"}.get(what, what.replace("_", " "))


def _quality(seen: Seen) -> Table:
    rows = []
    for motion in MOTIONS:
        asked = [row for row in seen.rows if motion in _motions(row)]
        found = Counter(row[f"{motion}_quality"] for row in asked if row[f"{motion}_deg"] is not None)
        untold = sum(row[f"{motion}_deg"] is None for row in asked)
        rows.append((MOTION_WORDS[motion], *(str(found[quality]) for quality in QUALITIES), str(untold)))
    return Table(
        "Ankles whose exam measures the motion, of the legs nearer to the camera (the other leg is never given a "
        "number).",
        ("motion", *QUALITIES, "cannot tell"),
        tuple(rows),
    )


def _reasons(seen: Seen) -> Table | Text:
    stops = Counter(code for row in seen.rows for code in row["stops"].split())
    cautions = Counter(code for row in seen.rows for code in row["cautions"].split())
    if not stops and not cautions:
        return Text("Nothing stood in the way, and nothing made a number less sure.")
    rows = [(code.replace("_", " "), "no number", str(count)) for code, count in _often(stops)]
    rows += [(code.replace("_", " "), "less sure", str(count)) for code, count in _often(cautions)]
    caption = "What was noticed, and in how many ankles; the sentences are in the column remarks."
    return Table(caption, ("noticed", "which means", "ankles"), tuple(rows))


def _often(found: Counter[str]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:WORST]


def _numbers(seen: Seen) -> Page:
    names = [name for name in protocols() if any(row["protocol"] == name for row in seen.rows)]
    rows = [row for name in names for motion in MOTIONS if (row := _spread(seen, name, motion)) is not None]
    table = Table(
        "By exam: median and the range from the 5th to the 95th percentile, of all ankles that were told.",
        ("exam", "motion", "ankles", "median", "5th to 95th percentile", "half-width of the interval"),
        tuple(rows),
    )
    drawn = [picture for motion in MOTIONS if (picture := histogram(MOTION_WORDS[motion], _values(seen, motion)))]
    parts: list[Table | Columns | Text] = [table] if rows else [Text("No motion could be told.")]
    if drawn:
        parts.append(Columns(tuple(drawn)))
    return Page("The numbers", (Section("Maximal dorsiflexion and plantar flexion", tuple(parts)),))


def _spread(seen: Seen, protocol: str, motion: Motion) -> tuple[str, ...] | None:
    rows = [row for row in seen.rows if row["protocol"] == protocol and row[f"{motion}_deg"] is not None]
    if not rows:
        return None
    values = np.array([row[f"{motion}_deg"] for row in rows])
    low, middle, high = np.percentile(values, [5, 50, 95])
    half = np.nanmedian([_half_width(row, motion) for row in rows])
    named = (protocols()[protocol].title, MOTION_WORDS[motion])
    return (*named, str(len(rows)), degrees(middle), f"{degrees(low)} to {degrees(high)}", degrees(half))


def _values(seen: Seen, motion: str) -> np.ndarray:
    return np.array([row[f"{motion}_deg"] for row in seen.rows if row[f"{motion}_deg"] is not None], dtype=float)


def _to_look_at(seen: Seen, pictures: Mapping[str, bytes]) -> Page:
    rows = worst(seen)
    if not rows:
        return Page("Look at these first", (Section("None", (Text("Every motion was told."),)),))
    cards = tuple(_card(row, pictures.get(row["id"])) for row in rows)
    words = Text(
        "Those of which the least can be said: nothing told, then poor quality, then the widest intervals."
    )
    return Page("Look at these first", (Section(f"The {len(rows)} least sure", (words, Cards(cards))),))


def _card(row: Row, picture: bytes | None) -> Card:
    shown = f"{row['side'].capitalize()} ankle in {row['recording']}"
    above = () if picture is None else (Picture(picture, "image/jpeg", f"{shown}, drawn"),)
    told = [f"{MOTION_WORDS[motion]}: {_in_words(row, motion)}" for motion in _motions(row)]
    parts = tuple(Text(words, "note") for words in dict.fromkeys([*told, *_why(row)]))
    known = sum(row[f"{motion}_deg"] is not None for motion in _motions(row))
    big = "Cannot tell" if not known else f"{known} of {len(_motions(row))}"
    return Card(shown, big, "motions told" if known else "", above, parts)


def _in_words(row: Row, motion: str) -> str:
    value = row[f"{motion}_deg"]
    if value is None:
        return "cannot tell"
    low, high = row[f"{motion}_low_deg"], row[f"{motion}_high_deg"]
    interval = "" if low is None else f", likely between {degrees(low)} and {degrees(high)}"
    return f"{degrees(value)}{interval}, {row[f'{motion}_quality']} quality"


def _why(row: Row) -> list[str]:
    """The reasons of both motions, each sentence once."""
    words = " ".join(row[f"{motion}_reasons"] for motion in _motions(row))
    return [" ".join(dict.fromkeys(SENTENCES.split(words)))] if words else []


def _left_out(seen: Seen) -> Page:
    meant = Table(
        "What the words mean.",
        ("what", "recordings", "which means"),
        tuple((what.replace("_", " "), str(count), FAILURES[what]) for what, count in seen.counted.failed.items()),
    )
    rows = tuple((row["recording"], row["what"].replace("_", " "), row["reason"]) for row in seen.failures[:LISTED])
    more = sum(seen.counted.failed.values()) - len(rows)
    caption = f"The rest, {more}, is in {FAILURES_FILE}." if more > 0 else f"The same as in {FAILURES_FILE}."
    listed = Table(caption, ("recording", "what", "reason"), rows)
    return Page("What is not in the tables", (Section("And why", (meant, listed)),))
