"""Who may ask for what: one table of every address and the roles that it answers.

`rom.web.guard` refuses what has no line here, whoever asks; a test tries every route of the app as everybody. Whose
people somebody sees behind an address is `rom.web.who`'s.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from starlette.routing import compile_path

from rom.store.clinic import ADMIN, PATIENT, THERAPIST
from rom.web.who import Role, Who

Roles = frozenset[Role]

EVERYBODY: Roles = frozenset({"local", "nobody", "patient", "therapist", "admin"})
#: Whoever has an account.
SIGNED_IN: Roles = frozenset({"patient", "therapist", "admin"})
#: The exam at home or in the practice, and its results.
EXAM: Roles = frozenset({"local", "patient", "therapist"})
#: What is kept of people, for those who answer for it.
DESK: Roles = frozenset({"local", "therapist"})
#: Accounts, and whose care somebody is in.
ACCOUNTS: Roles = frozenset({"admin"})
#: What was done; the clinic's name on reports, and for how long videos are kept.
HOUSE: Roles = frozenset({"local", "admin"})
#: What another program does with a token: the API asks the table itself, as the token's account (`for_programs`).
READ: Roles = frozenset({"local", "patient", "therapist", "admin"})
WRITE: Roles = frozenset({"local", "therapist"})
#: What opens a door of this computer's own network, and what erases everybody.
THIS_COMPUTER: Roles = frozenset({"local"})

#: Of other programs: a token in each request says who asks, so that no page can make use of a cookie.
API = "/api/"

#: Address, as the app's routes are written, to the roles that it answers; ``"POST /address"`` for a method alone.
ROUTES: Mapping[str, Roles] = {
    # files of the app itself, the health of it, signing in
    "/static/{path:path}": EVERYBODY,
    "/record/static/{path:path}": EVERYBODY,
    "/_nicegui/{path:path}": EVERYBODY,
    "/_nicegui_ws/{path:path}": EVERYBODY,
    "/favicon.ico": EVERYBODY,
    "/report.css": EVERYBODY,
    "/health": EVERYBODY,
    "/sign-in": EVERYBODY - {"local"},
    "/sign-out": SIGNED_IN,
    "/password": SIGNED_IN,
    "/here": SIGNED_IN,
    # the exam
    "/": EXAM,
    "/start": EXAM,
    "/safety": EXAM,
    "/safety/{part}": EXAM,
    "/safety/mistake": EXAM,
    "/see-a-provider": EXAM,
    "/about": EXAM,
    "/about/new": DESK,
    "/about/guardian": DESK,
    "/feels": EXAM,
    "/feels/{at}": EXAM,
    "/exam": EXAM,
    "/exam/sides": EXAM,
    "/exam/place": EXAM,
    "/record": EXAM,
    "/record/live": EXAM,
    "/record/exams": EXAM,
    "/record/{exam_id}": EXAM,
    "/record/{exam_id}/chunks/{number}": EXAM,
    "/record/{exam_id}/done": EXAM,
    "/file": EXAM,
    "/phone": THIS_COMPUTER,
    "/phone/shut": THIS_COMPUTER,
    # results
    "/result": EXAM,
    "/result/stop": EXAM,
    "/result/measure": EXAM,
    "/result/again": EXAM,
    "/day/{day}": EXAM,
    "/day/{day}/report.html": EXAM,
    "/day/{day}/report.pdf": EXAM,
    "/day/{day}/visit.rom": EXAM,
    "/media/{exam_id}/{role}": EXAM,
    "/history": EXAM,
    "/erase/{day}": DESK,
    "/privacy": EXAM,
    "POST /privacy": THIS_COMPUTER,
    "/privacy/mine.zip": EXAM,
    "/privacy/erase": DESK,
    # the desk
    "/desk": DESK,
    "/desk/new": DESK,
    "/desk/merge": DESK,
    "/desk/find": DESK,
    "/desk/person/{person_id}": DESK,
    "/desk/person/{person_id}/edit": DESK,
    "/desk/person/{person_id}/note": DESK,
    "/desk/person/{person_id}/goals": DESK,
    "/desk/person/{person_id}/archive": DESK,
    "/desk/person/{person_id}/restore": DESK,
    "/desk/person/{person_id}/record.zip": DESK,
    "/desk/upload": DESK,
    "/desk/uploads": DESK,
    "/desk/uploads/{upload_id}": DESK,
    "/desk/uploads/{upload_id}/finish": DESK,
    "/desk/uploads/{upload_id}/give-up": DESK,
    "/desk/queue": DESK,
    "/desk/queue/rows": DESK,
    "/desk/queue/{job_id}/cancel": DESK,
    "/desk/queue/{job_id}/retry": DESK,
    "/desk/exam/{exam_id}": DESK,
    "/desk/exam/{exam_id}/told": DESK,
    "/desk/exam/{exam_id}/media/{role}": DESK,
    "/desk/exam/{exam_id}/try": DESK,
    "/desk/exam/{exam_id}/correct": DESK,
    "/desk/exam/{exam_id}/undo": DESK,
    "/desk/compare": DESK,
    "/desk/readings/{exam_id}": DESK,
    "/desk/agreement": DESK,
    "/desk/agreement.csv": DESK,
    "/desk/clinic": HOUSE,
    "/desk/report/{person_id}/{day}": DESK,
    "/desk/report/{person_id}/{day}/draft.pdf": DESK,
    "/desk/report/{person_id}/{day}/{version}/{role}": DESK,
    "/desk/open": DESK,
    "/desk/open/{name}": DESK,
    "/desk/open/{name}/away": DESK,
    "/desk/open/{name}/{number}/{role}": DESK,
    # other programs, each as the account of its token
    "/api/v1/openapi.json": EVERYBODY,
    "/api/v1/people": READ,
    "POST /api/v1/people": WRITE,
    "/api/v1/people/{person_id}": READ,
    "PUT /api/v1/people/{person_id}": WRITE,
    "/api/v1/people/{person_id}/archived": WRITE,
    "/api/v1/people/{person_id}/reports": READ,
    "/api/v1/exams": READ,
    "/api/v1/exams/{exam_id}": READ,
    "DELETE /api/v1/exams/{exam_id}": WRITE,
    "/api/v1/exams/{exam_id}/document": READ,
    "/api/v1/exams/{exam_id}/fhir": READ,
    "/api/v1/exams/{exam_id}/files/{name}": READ,
    "/api/v1/exams/{exam_id}/readings": READ,
    "POST /api/v1/exams/{exam_id}/readings": WRITE,
    "/api/v1/exams/{exam_id}/measure": WRITE,
    "/api/v1/exams/{exam_id}/stop": WRITE,
    "/api/v1/reports/{report_id}/files/{name}": READ,
    "/api/v1/uploads": WRITE,
    "/api/v1/uploads/{upload_id}": WRITE,
    "/api/v1/uploads/{upload_id}/finish": WRITE,
    # the house
    "/admin/accounts": ACCOUNTS,
    "/admin/accounts/{account_id}": ACCOUNTS,
    "/admin/accounts/{account_id}/reset": ACCOUNTS,
    "/admin/accounts/{account_id}/end": ACCOUNTS,
    "/admin/care": ACCOUNTS,
    "/admin/audit": HOUSE,
    "/admin/audit.csv": HOUSE,
}
#: Where a request is somebody's look at a person: noted in the audit log, by the address's own parameter.
VIEWS: Mapping[str, tuple[str, str]] = {
    "/desk/person/{person_id}": ("person", "person_id"),
    "/desk/exam/{exam_id}": ("exam", "exam_id"),
    "/desk/exam/{exam_id}/told": ("exam", "exam_id"),  # what the page that sets two beside each other asks for
    "/desk/report/{person_id}/{day}": ("person", "person_id"),
    "/desk/person/{person_id}/record.zip": ("person", "person_id"),
}
#: Where each role begins.
HOMES: Mapping[str, str] = {PATIENT: "/", THERAPIST: "/desk", ADMIN: "/admin/accounts"}


def may(method: str, path: str, who: Who) -> bool:
    """Whether an address answers somebody: every line that could be meant must say so, and one must be there."""
    roles = [roles_of(method, template) for template in templates(path)]
    return bool(roles) and all(who.role in one for one in roles)


def for_programs(path: str) -> bool:
    """Whether an address is another program's, which says in each request who it is; no cookie is looked at."""
    return path.startswith(API) and any(templates(path))


def roles_of(method: str, template: str) -> Roles:
    """The roles of a line, for a method."""
    method = "GET" if method == "HEAD" else method
    return ROUTES.get(f"{method} {template}", ROUTES.get(template, frozenset()))


def templates(path: str) -> Iterator[str]:
    """The lines of the table that a path fits."""
    return (template for pattern, template in _patterns() if pattern.match(path))


def viewed(path: str) -> tuple[str, str] | None:
    """What is looked at at a path: "person" or "exam", and its ID; None where it is nothing of a person's."""
    for template, (about, parameter) in VIEWS.items():
        found = compile_path(template)[0].match(path)
        if found is not None:
            return about, found[parameter]
    return None


def home_of(who: Who) -> str:
    """Where somebody begins."""
    return HOMES.get(who.role, "/")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each address of the table as Starlette's routes read it."""
    addresses = dict.fromkeys(line.split()[-1] for line in ROUTES)
    return tuple((compile_path(address)[0], address) for address in addresses)
