"""``/health``: whether the app can do its work, for a monitor; of what is kept only how much, of people nothing."""

import shutil
from typing import Any

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import JSONResponse

import rom
from rom.store import Store
from rom.store.migrating import head
from rom.store.tables import FAILED, RUNNING, WAITING, JobRow
from rom.web.exposure import is_loopback
from rom.web.ground import Ground
from rom.web.who import who_asks

#: Less than this on the disk of the data folder is no room for another recording: 1 GiB.
ROOM_BYTES = 1 << 30


def register(app: FastAPI, ground: Ground, instance: str) -> None:
    """The address. `instance` : by which a running app is known."""

    @app.get("/health")
    def health(request: Request) -> JSONResponse:
        """200 where all is well, 503 where it is not; how much there is of what, for this machine and admins."""
        found = state_of(ground.store)
        status = 200 if found["store"] == found["disk"] == "well" else 503
        shown: dict[str, Any] = {"app": "rom", "well": status == 200}
        if _may_know(request):
            shown |= {"version": rom.__version__, "instance": instance, **found}
        return JSONResponse(shown, status_code=status)


def state_of(store: Store) -> dict[str, Any]:
    """How the store, its queue and its disk are."""
    free = shutil.disk_usage(store.folder).free
    found: dict[str, Any] = {"disk": "well" if free >= ROOM_BYTES else "almost full", "free_bytes": free}
    try:
        with store.session() as session:
            counted = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state))
            jobs = {row[0]: row[1] for row in counted}
    except DBAPIError:
        return found | {"store": "does not answer"}
    queue = {state: jobs.get(state, 0) for state in (WAITING, RUNNING, FAILED)}
    return found | {"store": "well", "tables": head(), "queue": queue}


def _may_know(request: Request) -> bool:
    """Whether it is this machine that asks, or an admin."""
    who, client = who_asks(request), request.client.host if request.client else ""
    here = (request.scope.get("server") or ("", None))[0]
    return who.role in ("local", "admin") or is_loopback(client) or client == here
