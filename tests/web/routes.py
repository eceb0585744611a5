"""Every route of an app, as its own router knows them: nothing is listed by hand."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.routing import Mount

#: NiceGUI's own files stand under their version.
FILES = "/_nicegui/"


class Asked(NamedTuple):
    """A method and an address; a WebSocket's method is ``WS``."""

    method: str
    address: str


def routes_of(app: FastAPI) -> list[Asked]:
    """Every method and address, without HEAD and OPTIONS; what is mounted as a whole ends in ``{path:path}``."""
    return sorted({_as_in_the_table(one) for one in _walked(app.routes, "")})


def _walked(routes: Any, before: str) -> Iterator[Asked]:
    for route in routes:
        inside = getattr(route, "original_router", None)  # FastAPI's include_router
        if inside is not None:
            yield from _walked(inside.routes, before + route.include_context.prefix)
        elif isinstance(route, Mount):
            own = route.routes
            yield from (
                _walked(own, before + route.path) if own else [Asked("GET", f"{before}{route.path}/{{path:path}}")]
            )
        else:
            methods = getattr(route, "methods", None) or {"WS"}
            yield from (Asked(method, before + route.path) for method in methods - {"HEAD", "OPTIONS"})


def _as_in_the_table(asked: Asked) -> Asked:
    return Asked(asked.method, f"{FILES}{{path:path}}") if asked.address.startswith(FILES) else asked
