"""People whose ankles were measured both ways, put into a store as the jobs and a rater would."""

from datetime import date, timedelta

import numpy as np

from rom.records import MOTIONS
from rom.store import Store
from rom.store.audit import Doer
from rom.store.readings import add_reading
from tests.report.visits import exam_of, shifted
from tests.web.kept import keep_measured, keep_person

FIRST = date(2026, 10, 1)


def keep_pairs(store: Store, people: int = 5, each: int = 2, label: str = "Pat") -> list[str]:
    """So many people, each measured so often, with a reading of both motions beside; the IDs of the exams."""
    rng, seated, exams = np.random.default_rng(7), exam_of("seated_right", "seated"), []
    for number in range(people):
        person_id = keep_person(store, f"{label} {number + 1}")
        for time in range(each):
            day = FIRST + timedelta(days=7 * time + number)
            exam = shifted(seated, float(rng.normal(0, 6)), f"{day}T10:00:00+00:00")
            exams.append(keep_measured(store, person_id, exam, "right", day))
            found = {result.motion: result.value_deg for result in exam.results if result.side == "right"}
            with store.session() as session, session.begin():
                for motion in MOTIONS:
                    degrees = round((found[motion] or 0.0) - 1.5 + float(rng.normal(0, 2)))
                    add_reading(session, exams[-1], motion=motion, degrees=degrees, by="Dr. A", doer=Doer())
    return exams
