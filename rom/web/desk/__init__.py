"""The desk: where a therapist works all day. One file a page, each with its own `register`.

Address                              File
===================================  =================================================
``/desk``                            `people`: everybody
``/desk/person/ID``                  `person`: the timeline of somebody
``/desk/upload``, ``/desk/queue``    `upload`, `queue`: many videos, and what became of them
``/desk/readings/ID``                `readings`: what a goniometer read beside an examination
``/desk/agreement``                  `agreement`: how well the camera agrees with it in this clinic
``/desk/report/PERSON/DAY``          `signing`: the report of a day, signed and locked
``/desk/clinic``                     `clinic`: what stands at the head of a report
``/desk/person/ID/record.zip``       `record`: everything that is held about somebody
``/desk/open``                       `opening`: a patient's ``.rom`` file
``/desk/exam/ID``                    `review`: picture by picture, and corrected by hand
``/desk/compare``                    `compare`: two examinations beside each other
"""

from fastapi import FastAPI

from rom.web.desk import (
    agreement,
    clinic,
    compare,
    opening,
    people,
    person,
    queue,
    readings,
    record,
    review,
    signing,
    upload,
)
from rom.web.ground import Ground

PAGES = (
    people,
    person,
    upload,
    queue,
    readings,
    agreement,
    signing,
    clinic,
    record,
    opening,
    review,
    compare,
)


def register(app: FastAPI, ground: Ground) -> None:
    """All pages of the desk."""
    for page in PAGES:
        page.register(app, ground)
