"""The desk: where a therapist works all day. One file a page, each with its own `register`.

Address                              File
===================================  =================================================
``/desk``                            `people`: everybody
``/desk/person/ID``                  `person`: the timeline of somebody
``/desk/upload``, ``/desk/queue``    `upload`, `queue`: many videos, and what became of them
"""

from fastapi import FastAPI

from rom.web.desk import people
from rom.web.ground import Ground

PAGES = (people,)


def register(app: FastAPI, ground: Ground) -> None:
    """All pages of the desk."""
    for page in PAGES:
        page.register(app, ground)
