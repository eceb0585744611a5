"""A clinic's app, without jobs: everybody signs in. ``python -m tests.web.served_clinic FOLDER PORT``.

Beside its store it writes down every route it has (``routes.json``) and what it logs (``app.log``).
"""

import json
import logging
import sys
from pathlib import Path

from rom.store import database, open_store
from rom.web import serving
from rom.web.app import build
from rom.web.exposure import Exposure
from rom.web.serving import free_socket, serve
from tests.web.cheap import cheap_passwords
from tests.web.routes import routes_of
from tests.web.served import BUSY_MS, NoJobs

ROUTES, LOG = "routes.json", "app.log"


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    database.BUSY_MS = BUSY_MS
    cheap_passwords()
    logging.basicConfig(filename=folder / LOG, level=logging.INFO)

    def noted(*words: object, **more: object) -> object:
        app = build(*words, **more)  # type: ignore[arg-type]
        (folder / ROUTES).write_text(json.dumps(routes_of(app)), encoding="utf-8")
        return app

    vars(serving)["build"] = noted
    with open_store(folder=folder) as store, free_socket(port) as listening:
        exposure = Exposure(accounts=True)
        serve(store, NoJobs(store), listening, told=print, browser=False, exposure=exposure)


if __name__ == "__main__":
    main()
