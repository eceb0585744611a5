"""A goniometer's readings: kept as they were read, refused where no ankle is so, each rater's last one standing."""

import pytest

from rom.errors import UsageError
from rom.store import Store
from rom.store.audit import Doer
from rom.store.clinic import AuditRow
from rom.store.readings import RANGES_DEG, add_reading, readings_of, standing
from tests.store.filled import measured


def test_a_later_reading_of_the_same_rater_stands_and_the_earlier_one_is_kept(store: Store) -> None:
    known = measured(store)
    read = [("A", "dorsiflexion", 12.0), ("B", "dorsiflexion", 15.5), ("a ", "dorsiflexion", 13.0)]
    for by, motion, degrees in [*read, ("A", "plantar_flexion", 50.0)]:
        with store.session() as session, session.begin():
            add_reading(session, known.exam, motion=motion, degrees=degrees, by=by, doer=Doer(None, "Dr. A"))
    with store.session() as session:
        rows = readings_of(session, known.exam)
        log = session.query(AuditRow).all()
    assert [row.degrees for row in rows] == [12.0, 15.5, 13.0, 50.0]
    assert [row.degrees for row in standing(rows)] == [15.5, 13.0, 50.0]
    assert [(row.action, row.who, row.about_id) for row in log] == [("reading added", "Dr. A", known.exam)] * 4
    assert all(str(degrees) not in str(row.details) for row in log for degrees in (12.0, 15.5, 13.0))


@pytest.mark.parametrize(
    ("motion", "degrees", "words"),
    [
        (
            "dorsiflexion",
            75.0,
            "Expected dorsiflexion in degrees from -60 to 60, but got 75; 0 is the foot at a right",
        ),
        (
            "plantar_flexion",
            -50.0,
            "Expected plantar flexion in degrees from -40 to 120, but got -50; 0 is the foot",
        ),
        ("dorsiflexion", float("nan"), "but got nan"),
        ("inversion", 5.0, r"Expected a motion \(dorsiflexion or plantar flexion\)"),
    ],
)
def test_what_no_ankle_reaches_is_refused_with_sign_and_unit(
    store: Store, motion: str, degrees: float, words: str
) -> None:
    known = measured(store)
    with store.session() as session, session.begin(), pytest.raises(UsageError, match=words):
        add_reading(session, known.exam, motion=motion, degrees=degrees, by="A", doer=Doer())


def test_the_ends_of_the_ranges_are_taken(store: Store) -> None:
    known = measured(store)
    with store.session() as session, session.begin():
        for motion, ends in RANGES_DEG.items():
            for degrees in ends:
                add_reading(session, known.exam, motion=motion, degrees=degrees, by="A", doer=Doer())
    with store.session() as session:
        assert len(readings_of(session, known.exam)) == 4


@pytest.mark.parametrize(("exam", "by"), [("gone", "A"), ("", "A"), ("there", " "), ("there", "x" * 201)])
def test_nobody_and_nothing_are_refused(store: Store, exam: str, by: str) -> None:
    known = measured(store)
    exam_id = known.exam if exam == "there" else exam
    with store.session() as session, session.begin(), pytest.raises(UsageError, match="Expected"):
        add_reading(session, exam_id, motion="dorsiflexion", degrees=1.0, by=by, doer=Doer())
