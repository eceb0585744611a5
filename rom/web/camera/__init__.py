"""The page that films: the live set-up check, the guide, and the recording on its way to the disk.

It is a page of its own, not one of NiceGUI's: those load themselves anew when the server was gone, and the pieces
of a recording that the browser still holds would go with them.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from rom.web.camera import live, page, recording
from rom.web.ground import Ground

STATIC = Path(__file__).parent / "static"


def register(app: FastAPI, ground: Ground) -> None:
    """Give the app ``/record`` and what it asks for."""
    app.mount("/record/static", StaticFiles(directory=STATIC))
    for routes in (page.routes(ground), live.routes(ground), recording.routes(ground)):
        app.include_router(routes)
