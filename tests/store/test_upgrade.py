"""A store of the last version is brought up, and everything in it is kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, select

from rom.store import Store, migrating, open_store
from rom.store.database import url_of
from rom.store.people import people
from rom.store.tables import MEASURED, ExamRow
from tests.store.filled import rows_of

#: The version before accounts had these tables.
FIRST = "0001"
MOMENT = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
ROWS: dict[str, dict[str, Any]] = {
    "people": {
        "id": "p",
        "created": MOMENT,
        "label": "Zoë",
        "age_years": 44.5,
        "age_said_on": date(2026, 11, 1),
        "sex": "female",
        "sport": "ballet",
        "leg_length_m": 0.85,
        "guardian": "",
        "goal_deg": {"dorsiflexion": 15.0},
    },
    "exams": {
        "id": "e",
        "person_id": "p",
        "created": MOMENT,
        "recorded_on": date(2026, 11, 1),
        "protocol": "seated",
        "side": "left",
        "state": MEASURED,
        "said": {"footwear": "bare"},
        "document": {"results": [{"value_deg": 12.5}]},
        "reason": "",
    },
    "media": {"sha256": "a" * 64, "suffix": ".mp4", "size": 3, "created": MOMENT},
    "exam_media": {"exam_id": "e", "role": "overlay", "sha256": "a" * 64, "keep_until": date(2027, 1, 1)},
    "jobs": {
        "id": "j",
        "kind": "measure",
        "exam_id": "e",
        "asked": {},
        "state": "done",
        "attempts": 1,
        "progress": 1.0,
        "reason": "",
        "created": MOMENT,
        "started": MOMENT,
        "ended": MOMENT,
    },
    "drafts": {"id": "d", "updated": MOMENT, "answers": {"safe": True}},
    "choices": {"name": "keep_days", "value": {"is": 90}},
}


def filled_as_then(connection: Connection) -> None:
    """The tables of then, one row each."""
    migrating.move(connection, FIRST)
    tables = MetaData()
    tables.reflect(connection)
    assert {*tables.tables} - {"alembic_version"} == {*ROWS}
    for name, row in ROWS.items():
        assert {*row} == {*tables.tables[name].columns.keys()}, "a row of then is whole"
        connection.execute(tables.tables[name].insert(), row)


def test_everything_of_the_last_version_is_kept(new_address: Callable[[], str], tmp_path: Path) -> None:
    address = new_address()
    with migrating.changing(url_of(address)) as connection:
        filled_as_then(connection)
    with open_store(address, tmp_path / "store") as store:
        _is_whole(store)
    with open_store(address, tmp_path / "store") as again:
        _is_whole(again)


@pytest.mark.parametrize(("job", "told"), [("cancelled", "stopped"), ("waiting", "recorded")])
def test_what_was_stopped_says_so_and_goes_back(
    new_address: Callable[[], str], tmp_path: Path, job: str, told: str
) -> None:
    address = new_address()
    exam, asked = ROWS["exams"] | {"state": "recorded", "document": None}, ROWS["jobs"] | {"state": job}
    with migrating.changing(url_of(address)) as connection:
        migrating.move(connection, FIRST)
        tables = MetaData()
        tables.reflect(connection)
        for name, row in {"people": ROWS["people"], "exams": exam, "jobs": asked}.items():
            connection.execute(tables.tables[name].insert(), row)
    with open_store(address, tmp_path / "store") as store:
        assert rows_of(store)["exams"][0]["state"] == told
        with migrating.changing(url_of(address)) as connection:
            migrating.move(connection, FIRST)
            assert connection.scalar(select(tables.tables["exams"].c.state)) == "recorded"


def _is_whole(store: Store) -> None:
    kept = rows_of(store)
    for name, then in ROWS.items():
        (now,) = kept[name]
        assert {column: now[column] for column in then} == then
    assert {name for name, rows in kept.items() if rows} == {*ROWS}, "and nothing was made up"
    with store.session() as session:
        (person,) = people(session)
        assert person.archived is None
        assert session.get_one(ExamRow, "e").automatic is None
