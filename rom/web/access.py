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
#: What was done, and for how long videos are kept.
HOUSE: Roles = frozenset({"local", "admin"})
#: What opens a door of this computer's own network, and what erases everybody.
THIS_COMPUTER: Roles = frozenset({"local"})

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
    "/privacy": EXAM | HOUSE,
    "POST /privacy": HOUSE,
    "/privacy/mine.zip": EXAM,
    "/privacy/erase": DESK,
    # the desk
    "/desk": DESK,
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
    "/desk/report/{person_id}/{day}": ("person", "person_id"),
}
#: Where each role begins.
HOMES: Mapping[str, str] = {PATIENT: "/", THERAPIST: "/desk", ADMIN: "/admin/accounts"}


def may(method: str, path: str, who: Who) -> bool:
    """Whether an address answers somebody: every line that could be meant must say so, and one must be there."""
    roles = [roles_of(method, template) for template in templates(path)]
    return bool(roles) and all(who.role in one for one in roles)


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
