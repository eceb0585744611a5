"""The desk: where a therapist works all day. One file a page, each with its own `register`.

Address                              File
===================================  =================================================
``/desk``                            `people`: everybody
``/desk/person/ID``                  `person`: the timeline of somebody
``/desk/upload``, ``/desk/queue``    `upload`, `queue`: many videos, and what became of them
``/desk/exam/ID``                    `review`: picture by picture, and corrected by hand
``/desk/compare``                    `compare`: two examinations beside each other
"""

from fastapi import FastAPI

from rom.web.desk import compare, people, person, queue, review, upload
from rom.web.ground import Ground

PAGES = (
    people,
    person,
    upload,
    queue,
    review,
    compare,
)


def register(app: FastAPI, ground: Ground) -> None:
    """All pages of the desk."""
    for page in PAGES:
        page.register(app, ground)
