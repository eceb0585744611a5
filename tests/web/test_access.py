"""Who may see what: every route has its line, every line is tried as everybody, no path leads out of a folder."""

import http.client
from json import loads

import pytest

from rom.web.access import ROUTES, may, roles_of, templates
from rom.web.cookies import SIGNED_IN
from rom.web.who import LOCAL, NOBODY, Who
from tests.web import who_sees
from tests.web.clinic import DAY, Clinic
from tests.web.conftest import Served
from tests.web.routes import Asked
from tests.web.served_clinic import ROUTES as FILE

#: NiceGUI answers it when the app begins.
ADDED_LATER = {"/favicon.ico"}
OUTSIDE = (
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5c..%5cetc%5cpasswd",
    "....//....//....//etc/passwd",
    "%2fetc%2fpasswd",
    "..%00/etc/passwd",
    "%252e%252e%252fetc%252fpasswd",
    "..;/..;/etc/passwd",
)


@pytest.fixture(scope="module")
def ground(clinic: Clinic, served: Served) -> who_sees.Ground:
    return who_sees.ground_of(clinic, served)


@pytest.fixture(scope="module")
def found(ground: who_sees.Ground) -> dict[Asked, dict[str, str]]:
    return who_sees.tried(ground)


def test_every_route_has_its_line_and_every_line_its_route(ground: who_sees.Ground) -> None:
    routes = ground.routes
    assert len(routes) > 60
    without = [route for route in routes if not roles_of(route.method, route.address)]
    assert without == [], "give these a line in rom/web/access.py"
    lines = {line.split()[-1] for line in ROUTES} - ADDED_LATER
    assert lines - {route.address for route in routes} == set(), "these lead nowhere any more"


def test_everybody_gets_what_the_table_says_and_nothing_else(found: dict[Asked, dict[str, str]]) -> None:
    wrong = {route: (said, who_sees.meant(route)) for route, said in found.items() if said != who_sees.meant(route)}
    assert wrong == {}, "(found, meant)"


def test_the_table_in_the_documents_is_the_one_that_was_found(found: dict[Asked, dict[str, str]]) -> None:
    written = who_sees.ACCESS.read_text(encoding="utf-8")
    assert written == f"{who_sees.HEAD}{who_sees.table(found)}\n", "run python -m tests.web.who_sees"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/desk/nowhere", "/admin", "/static", "/docs", "/openapi.json", "//desk"]
)
def test_what_has_no_line_answers_nobody(path: str) -> None:
    everybody = (LOCAL, NOBODY, Who("patient"), Who("therapist"), Who("admin"))
    assert [who for who in everybody if may("GET", path, who)] == []


def test_where_two_lines_could_be_meant_both_must_allow_it() -> None:
    assert {*templates("/safety/mistake")} == {"/safety/{part}", "/safety/mistake"}
    assert may("POST", "/safety/mistake", LOCAL)
    assert (may("GET", "/privacy", Who("patient")), may("POST", "/privacy", Who("patient"))) == (True, False)
    assert may("HEAD", "/privacy", Who("patient"))


def raw(address: str, path: str, cookie: str) -> tuple[int, bytes]:
    """The answer to a path as it stands: no client tidies it."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.putrequest("GET", path, skip_host=False)
    connection.putheader("Cookie", cookie)
    connection.endheaders()
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def test_no_path_leads_out_of_a_folder(clinic: Clinic, ground: who_sees.Ground) -> None:
    gaps = [route.address for route in ground.routes if route.method == "GET" and "{" in route.address]
    assert {"/static/{path:path}", "/media/{exam_id}/{role}", "/day/{day}/visit.rom"} <= {*gaps}
    with clinic.signed("theo") as client:
        cookie = f"{SIGNED_IN}={client.cookies[SIGNED_IN]}"
        for address in gaps:
            for outside in OUTSIDE:
                path = "/".join(outside if part.startswith("{") else part for part in address.split("/"))
                status, content = raw(clinic.address, path, cookie)
                assert status < 500, (path, status)
                assert b"root:" not in content, path


def test_a_patient_sees_themselves_whatever_their_browser_says(clinic: Clinic) -> None:
    ben = clinic.people["ben"]
    with clinic.signed("ana") as client:
        for path in ("/history", "/about"):
            client.post(path, data={"person": ben})
        assert "Ben" not in client.get("/history").text
        assert "Ana" in client.get("/history").text
        zipped = client.get("/privacy/mine.zip")
        assert (zipped.status_code, ben.encode() in zipped.content) == (200, False)


def test_a_therapist_sees_their_own_people_and_those_they_add(clinic: Clinic) -> None:
    with clinic.signed("theo") as client:
        client.post("/history", data={"person": clinic.people["ben"]})
        page = client.get("/history").text
        assert "Ana" in page
        assert "Ben" not in page
        client.post("/about/new", data={"label": "Carl", "age": "40", "sex": "male"})
        assert "Carl" in client.get("/history").text
    with clinic.signed("tina") as client:
        assert "Carl" not in client.get("/history").text


def test_two_accounts_in_one_browser_do_not_go_on_from_each_other(clinic: Clinic) -> None:
    with clinic.signed("theo") as client:
        client.post("/history", data={"person": clinic.people["ana"]})
        assert client.get(f"/day/{DAY}").status_code == 200
        client.post("/sign-in", data={"name": "tina", "password": "four words by chance"})
        assert "Ana" not in client.get("/history").text
        assert client.get(f"/day/{DAY}").status_code == 307


def test_the_log_of_the_app_says_nothing_about_anybody(clinic: Clinic, found: dict[Asked, dict[str, str]]) -> None:
    assert found
    log = (clinic.folder / "app.log").read_text(encoding="utf-8")
    assert log, "something is logged"
    known = [*clinic.people.values(), *clinic.accounts.values(), "Ana", "Ben", "theo", "tina", "adam", "127.0.0.1"]
    assert [one for one in (*known, str(clinic.folder), "2026-11-20") if one in log] == []
    assert loads((clinic.folder / FILE).read_text())
