"""An examination to be reviewed: measured from a sample's landmarks, kept with them and with its video."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import rom
from rom.records import Examination, Side
from rom.samples import sample_folder
from rom.store import Store
from rom.store.media import attach, put
from rom.store.tables import MEASURED, ExamRow
from tests.report.visits import MAN

SAMPLES = sample_folder()


@cache
def measured(
    sample: str = "seated_right", protocol: str = "seated", side: Side | Literal["auto"] = "right"
) -> Examination:
    """A sample, measured as it was filmed."""
    exam = rom.measure(SAMPLES / f"{sample}.landmarks.npz", side=side, protocol=protocol, who=MAN)
    return replace(exam, recording=replace(exam.recording, kind="video", source=f"{sample}.mp4", notes=()))


def keep_reviewed(
    store: Store,
    person_id: str,
    exam: Examination,
    sample: str = "seated_right",
    *,
    video: str = "original",
    day: date = date(2026, 11, 20),
) -> str:
    """One examination with its landmarks, and its video in the given role (empty: none)."""
    landmarks = put(store, SAMPLES / f"{sample}.landmarks.npz", ".npz")
    files = {"landmarks": landmarks}
    if video:
        files[video] = put(store, Path(SAMPLES / f"{sample}.mp4"), ".mp4")
    with store.session() as session, session.begin():
        row = ExamRow(
            person_id=person_id,
            recorded_on=day,
            protocol=exam.protocol.name,
            side=exam.sides[0].side,
            state=MEASURED,
            document=exam.to_dict(),
        )
        session.add(row)
        session.flush()
        for role, sha256 in files.items():
            attach(session, row.id, role, sha256)
        return row.id
