"""Who sees what, found by trying: every route and WebSocket of a clinic's app, asked for by everybody.

``python -m tests.web.who_sees`` writes what was found to ``rom/web/ACCESS.md``; a test finds the same again.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from json import loads
from pathlib import Path

import httpx

from rom.records import Person
from rom.store.accounts import add_account
from rom.store.audit import Doer
from rom.store.exams import exams_of
from rom.store.people import add_person
from rom.web.access import HOMES, roles_of
from rom.web.cookies import own_way
from rom.web.journey import COOKIE, load, save
from tests.web.apart import run_apart
from tests.web.clinic import DAY, Clinic, client_id_of
from tests.web.conftest import Served
from tests.web.kept import keep_two_days
from tests.web.routes import Asked
from tests.web.served_clinic import ROUTES

ACCESS = Path(__file__).parents[2] / "rom" / "web" / "ACCESS.md"
#: Who asks: a column of the table. "other" asks for what is Ana's and is not theirs.
NOBODY, PATIENT, OTHER_PATIENT = "nobody", "patient", "another patient"
THERAPIST, OTHER_THERAPIST, ADMIN, LOCAL = "her therapist", "another therapist", "admin", "this computer"
COLUMNS = (NOBODY, PATIENT, OTHER_PATIENT, THERAPIST, OTHER_THERAPIST, ADMIN, LOCAL)
SIGNED: Mapping[str, str] = {
    PATIENT: "ana",
    OTHER_PATIENT: "ben",
    THERAPIST: "theo",
    OTHER_THERAPIST: "tina",
    ADMIN: "adam",
}
#: What an address says of a person: what is behind it is that person's alone.
OF_A_PERSON = ("person_id", "exam_id")
YES, NO, SIGN_IN = "yes", "no", "sign in"
#: What ends the sign-in of the browser that does it: done by a browser of its own.
ENDS = "/sign-out"
#: Nothing was measured on it: it may be erased by everybody who may erase.
EMPTY_DAY = "2001-01-01"


@dataclass(frozen=True)
class Ground:
    """Two apps and what is in them: a clinic's, and one of this computer's user alone."""

    clinic: Clinic
    local: Served
    parameters: Mapping[str, Mapping[str, str]]

    @property
    def routes(self) -> list[Asked]:
        return [Asked(*one) for one in loads((self.clinic.folder / ROUTES).read_text(encoding="utf-8"))]


def ground_of(clinic: Clinic, local: Served) -> Ground:
    """Ana's exams on both; somebody whose account may be ended."""
    with local.store() as store:
        at_home = keep_two_days(store, "Ana")[0]
        with store.session() as session:
            home_exam = exams_of(session, at_home)[-1].id
    with clinic.store() as store, store.session() as session, session.begin():
        exam = exams_of(session, clinic.people["ana"])[-1].id
        person = add_person(session, Person(), label="Eve").id
        name = f"eve-{person[:6]}"
        eve, _ = add_account(session, Doer(), name, "patient", person_id=person)
    same = {"role": "overlay", "day": DAY.isoformat(), "part": "1", "at": "which", "number": "0?from=0"}
    there = {**same, "person_id": clinic.people["ana"], "exam_id": exam, "account_id": eve.id}
    here = {**same, "person_id": at_home, "exam_id": home_exam, "account_id": "nobody"}
    return Ground(clinic, local, {"clinic": there, "local": here})


def tried(ground: Ground) -> dict[Asked, dict[str, str]]:
    """Every route to what became of it, for each who asks; a route that ends a sign-in comes last."""
    order = sorted(ground.routes, key=lambda route: (route.address == ENDS, route.method != "WS"))
    found: dict[Asked, dict[str, str]] = {route: {} for route in order}
    for column in COLUMNS:
        with _browser(ground, column) as client:
            for route, said in found.items():
                if column not in (OTHER_PATIENT, OTHER_THERAPIST) or is_of_a_person(route):
                    said[column] = _asked(ground, client, column, route)
    return found


def is_of_a_person(route: Asked) -> bool:
    """Whether the address names somebody, or something of theirs."""
    return any(f"{{{name}}}" in route.address for name in OF_A_PERSON)


def meant(route: Asked) -> dict[str, str]:
    """What should become of it, from the table of the app."""
    roles = roles_of("GET" if route.method == "WS" else route.method, route.address)
    of = {NOBODY: "nobody", PATIENT: "patient", THERAPIST: "therapist", ADMIN: "admin", LOCAL: "local"}
    said = {column: YES if role in roles else NO for column, role in of.items()}
    if said[NOBODY] == NO:
        said[NOBODY] = SIGN_IN
    if is_of_a_person(route):
        said |= {OTHER_PATIENT: NO, OTHER_THERAPIST: NO}
    return said


@contextmanager
def _browser(ground: Ground, column: str) -> Iterator[httpx.Client]:
    """The browser of a column, on the way to film Ana where they may."""
    with ExitStack() as stack:
        if column == LOCAL:
            headers = {"Origin": ground.local.address, "Accept": "text/html"}
            client = stack.enter_context(httpx.Client(base_url=ground.local.address, headers=headers, timeout=60))
        elif column == NOBODY:
            client = stack.enter_context(ground.clinic.nobody())
        else:
            client = stack.enter_context(ground.clinic.signed(SIGNED[column]))
        client.get("/sign-in")
        client.get("/health")
        _on_the_way(ground, client, column)
        yield client


def _on_the_way(ground: Ground, client: httpx.Client, column: str) -> None:
    """As if they had answered everything before the camera starts."""
    served = ground.local if column == LOCAL else ground.clinic
    account = ground.clinic.accounts[SIGNED[column]] if column in SIGNED else None
    with served.store() as store:
        way = own_way(client.cookies[COOKIE], account)
        person = _filled(ground, column)["person_id"]
        save(store, replace(load(store, way), person_id=person, protocol="seated", sides=("right",)))


def _filled(ground: Ground, column: str) -> Mapping[str, str]:
    return ground.parameters["local" if column == LOCAL else "clinic"]


def _asked(ground: Ground, client: httpx.Client, column: str, route: Asked) -> str:
    """What becomes of one request."""
    path = re.sub(r"{(\w+)(:\w+)?}", lambda found: _value(route, found[1], ground, client, column), route.address)
    if route.method == "WS":
        return _opened(ground, client, column, path)
    if route.address == ENDS and column in SIGNED:
        with ground.clinic.signed(SIGNED[column]) as own:
            return _outcome(own.post(path))
    if route.method == "GET":
        return _outcome(client.get(path))
    return _outcome(client.request(route.method, path, json={}))


def _value(route: Asked, name: str, ground: Ground, client: httpx.Client, column: str) -> str:
    """What stands in a gap of an address."""
    if name == "day" and route.address.startswith("/erase/"):
        return EMPTY_DAY
    if name != "path":
        return _filled(ground, column)[name]
    if route.address.startswith("/static/"):
        return "theme.css"
    if route.address.startswith("/record/static/"):
        return "record.css"
    page = client.get("/sign-in", follow_redirects=True).text
    if route.address.startswith("/_nicegui_ws/"):
        return f"socket.io/?EIO=4&transport=polling&client_id={client_id_of(page)}"
    return re.findall(r"/_nicegui/([^\"'?]+\.js)", page)[0]


def _outcome(answer: httpx.Response) -> str:
    """Let in, refused, or asked to sign in."""
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in"):
        return YES if answer.request.url.path in (ENDS, "/sign-in") and answer.status_code != 401 else SIGN_IN
    if answer.request.url.path == "/" and answer.headers.get("location") in HOMES.values():
        return NO  # led to where they begin
    assert answer.status_code < 500, (answer.request.url, answer.status_code, answer.text[:200])
    return NO if answer.status_code in (403, 404) or "There is no such" in answer.text else YES


def _opened(ground: Ground, client: httpx.Client, column: str, path: str) -> str:
    """Whether a WebSocket opens."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    origin = (ground.local if column == LOCAL else ground.clinic).address
    cookies = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    address = f"{origin.replace('http', 'ws')}{path}?side=right&page=p"

    async def look() -> str:
        try:
            async with connect(address, origin=origin, additional_headers={"Cookie": cookies}):  # type: ignore[arg-type]
                return YES
        except InvalidStatus as refusal:
            return {403: SIGN_IN if column == NOBODY else NO}[refusal.response.status_code]

    return run_apart(look())


def table(found: Mapping[Asked, Mapping[str, str]]) -> str:
    """What was found, as a table of Markdown: addresses that answer the same people in one line."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for route in sorted(found):
        alike.setdefault(tuple(found[route].get(column, "") for column in COLUMNS), []).append(_told(route))
    lines = [f"| {' | '.join(COLUMNS)} | addresses |", f"|{'---|' * (len(COLUMNS) + 1)}"]
    order = sorted(alike, key=lambda row: [cell != YES for cell in row])
    return "\n".join([*lines, *(f"| {' | '.join(row)} | {', '.join(alike[row])} |" for row in order)])


def _told(route: Asked) -> str:
    method = "" if route.method == "GET" else f"{route.method} "
    return f"`{method}{route.address}`"


HEAD = """# Who may ask for what

Made by trying: every address and WebSocket of a clinic's app was asked for by each of these people
(`python -m tests.web.who_sees` writes this file, and a test finds the same again). What is asked for is Ana's where
an address names a person or an examination; *another patient* and *another therapist* are those who have nothing to
do with her, and are left empty where an address names nobody. *This computer* is the user of an app without
accounts. "yes" is an answer, "no" the page that says that there is nothing at this address (or the way to where
they begin), "sign in" the way to that page. Lists and pages without a name in their address (`/history`, `/desk`,
`/result` and the like) show each only their own people.

"""


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        (Path(folder) / "clinic").mkdir()
        clinic = stack.enter_context(Clinic(Path(folder) / "clinic"))
        local = stack.enter_context(Served(Path(folder) / "local"))
        found = tried(ground_of(clinic, local))
    ACCESS.write_text(f"{HEAD}{table(found)}\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} addresses were tried by {len(COLUMNS)} people.\n")


if __name__ == "__main__":
    main()
