"""Who sees what, found by trying: every route and WebSocket of a clinic's app, asked for by everybody.

``python -m tests.web.who_sees`` writes what was found to ``rom/web/ACCESS.md``; a test finds the same again.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from json import loads
from pathlib import Path

import httpx
from PIL import Image

from rom.records import Person
from rom.records.issued import Issued
from rom.store import Store
from rom.store.accounts import add_account
from rom.store.audit import Doer
from rom.store.clinic import UploadRow
from rom.store.exams import exams_of
from rom.store.jobs import MEASURE
from rom.store.media import attach, put
from rom.store.people import add_person
from rom.store.reports import documents_on, sign
from rom.store.tables import CANCELLED, ExamRow, JobRow, now
from rom.store.tokens import add_token
from rom.web.access import API, EVERYBODY, HOMES, roles_of
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
#: What an address says of a person: what is behind it is that person's alone. An opened file is its opener's.
OF_A_PERSON = ("{person_id}", "{exam_id}", "{job_id}", "{upload_id}", "{report_id}", "/desk/open/{name}")
YES, NO, SIGN_IN = "yes", "no", "sign in"
#: What ends the sign-in of the browser that does it: done by a browser of its own.
ENDS = "/sign-out"
#: Nothing was measured on it: it may be erased by everybody who may erase.
EMPTY_DAY = "2001-01-01"


#: What a program sends with these; pages send a form.
BODIES: Mapping[tuple[str, str], object] = {
    ("POST", "/record/{exam_id}/done"): {},
    ("POST", "/desk/exam/{exam_id}/try"): {"known": [], "corrections": []},
    ("POST", "/desk/exam/{exam_id}/correct"): {"known": [], "corrections": []},
    ("POST", "/desk/exam/{exam_id}/undo"): {"known": [], "correction": "none"},
    ("PUT", "/api/v1/people/{person_id}"): {"label": "Ana"},
    ("POST", "/api/v1/exams/{exam_id}/readings"): {"motion": "dorsiflexion", "degrees": 10.0},
}
#: What stands behind an address that needs more than its path; gaps as in addresses.
QUERIES: Mapping[tuple[str, str], str] = {
    ("PUT", "/record/{exam_id}/chunks/{number}"): "?from=0",
    ("PATCH", "/desk/uploads/{upload_id}"): "?offset=0",
    ("PATCH", "/api/v1/uploads/{upload_id}"): "?offset=0",
    ("PUT", "/api/v1/people/{person_id}/archived"): "?archived=false",
    ("GET", "/desk/merge"): "?one={person_id}",
}


@dataclass(frozen=True)
class World:
    """One app and Ana in it. `hers` : the account of her therapist; None for this computer's user."""

    served: Served
    hers: str | None
    parameters: Mapping[str, str]
    tokens: Mapping[str, str]

    def value(self, route: Asked, name: str) -> str:
        """What stands in a gap of an address; what is taken away by asking for it is made each time."""
        if name == "day" and route.address.startswith("/erase/"):
            return EMPTY_DAY
        if name == "upload_id":
            return self._row(
                UploadRow(account_id=self.hers, person_id=self.parameters["person_id"], size=10, name="a.mp4")
            )
        if (route.method, name) == ("DELETE", "exam_id") and route.address.startswith("/api/"):
            return self._row(self._exam())
        if name in ("role", "name"):
            return (
                "pdf"
                if "report" in route.address
                else "peak_dorsiflexion"
                if "number" in route.address
                else "overlay"
            )
        return self.parameters[name]

    def _exam(self) -> ExamRow:
        return ExamRow(person_id=self.parameters["person_id"], recorded_on=DAY, protocol="free", side="left")

    def _row(self, row: UploadRow | ExamRow) -> str:
        with self.served.store() as store, store.session() as session, session.begin():
            session.add(row)
            session.flush()
            return row.id


@dataclass(frozen=True)
class Ground:
    """Two apps and what is in them: a clinic's, and one of this computer's user alone."""

    clinic: Clinic
    there: World
    here: World
    opened: dict[str, str] = field(default_factory=dict)

    @property
    def routes(self) -> list[Asked]:
        return [Asked(*one) for one in loads((self.clinic.folder / ROUTES).read_text(encoding="utf-8"))]

    def world(self, column: str) -> World:
        return self.here if column == LOCAL else self.there

    def opened_by(self, column: str, of: httpx.Client) -> str:
        """The name of a file of Ana's, opened by her therapist; once for each who asks."""
        if column not in self.opened:
            file = of.get(f"/day/{DAY}/visit.rom").content
            said = of.post("/desk/open", content=file)
            self.opened[column] = str(said.json()["next"]).rsplit("/", 1)[1]
        return self.opened[column]


def ground_of(clinic: Clinic, local: Served) -> Ground:
    """Ana on both, with an exam, a job and a signed report; somebody whose account may be ended."""
    with local.store() as store:
        here = keep_two_days(store, "Ana")[0]
        at_home = _world(local, store, here, None, {LOCAL: None})
    with clinic.store() as store:
        with store.session() as session, session.begin():
            person = add_person(session, Person(), label="Eve").id
            eve, _ = add_account(session, Doer(), f"eve-{person[:6]}", "patient", person_id=person)
        owners: dict[str, str | None] = {column: clinic.accounts[name] for column, name in SIGNED.items()}
        there = _world(clinic, store, clinic.people["ana"], clinic.accounts["theo"], owners)
    at = replace(there, parameters={**there.parameters, "account_id": eve.id})
    return Ground(clinic, at, replace(at_home, parameters={**at_home.parameters, "account_id": "nobody"}))


def _world(served: Served, store: Store, person: str, hers: str | None, owners: Mapping[str, str | None]) -> World:
    """What is behind the addresses, and a token of each who asks."""
    pixels = BytesIO()
    Image.new("RGB", (8, 8)).save(pixels, "JPEG")
    picture, paper = put(store, pixels.getvalue(), ".jpg"), put(store, b"%PDF-1.7", ".pdf")
    with store.session() as session, session.begin():
        exams = [row.id for row in exams_of(session, person) if row.recorded_on == DAY]
        for exam in exams:
            attach(session, exam, "peak_dorsiflexion", picture)
        job = JobRow(kind=MEASURE, exam_id=exams[0], state=CANCELLED)
        session.add(job)
        issued = Issued(signer="Theo", signed=now().isoformat())
        documents = documents_on(session, person, DAY)
        report = sign(
            session, person, DAY, issued=issued, documents=documents, files={"pdf": paper}, doer=Doer(hers, "theo")
        )
        both = ("read", "write")
        tokens = {
            column: add_token(session, account, label=column, scopes=both, days=1)[1]
            for column, account in owners.items()
        }
    same = {"day": DAY.isoformat(), "part": "1", "at": "which", "version": "1", "person_id": person}
    ids = {"exam_id": exams[0], "job_id": job.id, "report_id": report.id}
    return World(served, hers, {**same, **ids}, tokens)


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
    return any(said in route.address for said in OF_A_PERSON)


def meant(route: Asked) -> dict[str, str]:
    """What should become of it, from the table of the app."""
    roles = roles_of("GET" if route.method == "WS" else route.method, route.address)
    of = {NOBODY: "nobody", PATIENT: "patient", THERAPIST: "therapist", ADMIN: "admin", LOCAL: "local"}
    said = {column: YES if role in roles else NO for column, role in of.items()}
    if said[NOBODY] == NO or (route.address.startswith(API) and not roles >= EVERYBODY):
        said[NOBODY] = SIGN_IN
    if is_of_a_person(route):  # an admin may ask for lists, and nobody is in them
        said |= {OTHER_PATIENT: NO, OTHER_THERAPIST: NO, ADMIN: NO}
    return said


@contextmanager
def _browser(ground: Ground, column: str) -> Iterator[httpx.Client]:
    """The browser of a column, on the way to film Ana where they may."""
    with ExitStack() as stack:
        if column == LOCAL:
            headers = {"Origin": ground.here.served.address, "Accept": "text/html"}
            client = stack.enter_context(httpx.Client(base_url=headers["Origin"], headers=headers, timeout=60))
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
    account = ground.clinic.accounts[SIGNED[column]] if column in SIGNED else None
    world = ground.world(column)
    with world.served.store() as store:
        way = own_way(client.cookies[COOKIE], account)
        person = world.parameters["person_id"]
        save(store, replace(load(store, way), person_id=person, protocol="seated", sides=("right",)))


def _asked(ground: Ground, client: httpx.Client, column: str, route: Asked) -> str:
    """What becomes of one request."""
    asked = route.address + QUERIES.get((route.method, route.address), "")
    path = re.sub(r"{(\w+)(:\w+)?}", lambda found: _value(route, found[1], ground, client, column), asked)
    if route.method == "WS":
        return _opened(ground, client, column, path)
    if route.address == ENDS and column in SIGNED:
        with ground.clinic.signed(SIGNED[column]) as own:
            return _outcome(own.post(path))
    token = ground.world(column).tokens.get(column)
    headers = {"Authorization": f"Bearer {token}"} if token and route.address.startswith(API) else {}
    if route.method == "GET":
        return _outcome(client.get(path, headers=headers))
    body = BODIES.get((route.method, route.address))
    if body is None:
        person = ground.world(column).parameters["person_id"]
        return _outcome(
            client.request(
                route.method, path, headers=headers, data={"label": "Ana", "kept": person, "gone": person}
            )
        )
    return _outcome(client.request(route.method, path, headers=headers, json=body))


def _value(route: Asked, name: str, ground: Ground, client: httpx.Client, column: str) -> str:
    """What stands in a gap of an address."""
    if route.address.startswith("/desk/open/") and name == "name":
        if column in (LOCAL, THERAPIST):
            return ground.opened_by(column, client)
        with ground.clinic.signed("theo") as theo:
            _on_the_way(ground, theo, THERAPIST)
            return ground.opened_by(column, theo)
    if name == "number":
        return "1" if route.address.startswith("/desk/open/") else "0"
    if name != "path":
        return ground.world(column).value(route, name)
    if route.address.startswith("/static/"):
        return "theme.css"
    if route.address.startswith("/record/static/"):
        return "record.css"
    page = client.get("/sign-in", follow_redirects=True).text
    if route.address.startswith("/_nicegui_ws/"):
        return f"socket.io/?EIO=4&transport=polling&client_id={client_id_of(page)}"
    return str(re.findall(r"/_nicegui/([^\"'?]+\.js)", page)[0])


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

    origin = ground.world(column).served.address
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
