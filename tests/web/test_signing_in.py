"""Signing in and out as a browser does: what opens, what a thief gets, what a stranger is told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from rom.store.accounts import add_account, end_account, reset_password
from rom.store.audit import Doer
from rom.store.clinic import AccountRow, AttemptRow, AuditRow, SignInRow
from rom.store.sign_ins import IDLE, kept
from rom.store.tables import now
from rom.web.cookies import SIGNED_IN
from tests.web.apart import run_apart
from tests.web.clinic import PASSWORD, Clinic, client_id_of


@pytest.fixture
def clinic(clinic: Clinic) -> Iterator[Clinic]:
    """Nobody waits because of another test."""
    yield clinic
    with clinic.store() as store, store.session() as session, session.begin():
        for row in session.scalars(select(AttemptRow)):
            session.delete(row)


@contextmanager
def holding(clinic: Clinic, token: str) -> Iterator[httpx.Client]:
    """A browser into which somebody copied a cookie."""
    with clinic.nobody() as client:
        client.cookies.set(SIGNED_IN, token)
        yield client


def reaches(client: httpx.Client, path: str = "/password") -> bool:
    return client.get(path).status_code == 200


def test_the_cookie_is_for_the_server_alone_and_for_this_visit(clinic: Clinic) -> None:
    with clinic.nobody() as client:
        said = client.post("/sign-in", data={"name": "theo", "password": PASSWORD, "to": "/desk/person/1"})
        assert (said.status_code, said.headers["location"]) == (303, "/desk/person/1")
        (cookie,) = [one for one in said.headers.get_list("set-cookie") if one.startswith(SIGNED_IN)]
        assert re.fullmatch(rf"{SIGNED_IN}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Strict", cookie)


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nb: c"])
def test_nobody_is_led_away_by_signing_in(clinic: Clinic, to: str) -> None:
    with clinic.nobody() as client:
        said = client.post("/sign-in", data={"name": "theo", "password": PASSWORD, "to": to})
    assert (said.status_code, said.headers["location"]) == (303, "/desk")


def test_a_copied_cookie_opens_nothing_after_signing_out(clinic: Clinic) -> None:
    with clinic.signed("theo") as client:
        token = client.cookies[SIGNED_IN]
        with holding(clinic, token) as thief:
            assert reaches(thief)
            said = client.post("/sign-out")
            assert (said.status_code, said.headers["location"]) == (303, "/sign-in")
            assert f"{SIGNED_IN}=; " in said.headers["set-cookie"]
            assert not reaches(thief)
            assert thief.get("/here", headers={"Accept": "*/*"}).status_code == 401


def test_a_cookie_that_was_planted_before_is_not_the_one_that_opens(clinic: Clinic) -> None:
    planted = "x" * 43
    with holding(clinic, planted) as client:
        client.post("/sign-in", data={"name": "theo", "password": PASSWORD})
        with holding(clinic, planted) as thief:
            assert not reaches(thief)
        assert reaches(client)


def test_signing_in_as_another_ends_the_sign_in_before(clinic: Clinic) -> None:
    with clinic.signed("theo") as client:
        before = client.cookies[SIGNED_IN]
        client.post("/sign-in", data={"name": "tina", "password": PASSWORD})
        with holding(clinic, before) as thief:
            assert not reaches(thief)


def test_a_sign_in_is_over_when_nothing_was_done_and_looking_is_nothing(clinic: Clinic) -> None:
    with clinic.signed("theo") as client:
        of = SignInRow.sha256 == kept(client.cookies[SIGNED_IN])

        def seen(ago: timedelta) -> None:
            with clinic.store() as store, store.session() as session, session.begin():
                session.execute(update(SignInRow).where(of).values(seen=now() - ago))

        def minutes_ago() -> float:
            with clinic.store() as store, store.session() as session:
                row = session.scalars(select(SignInRow).where(of)).one()
                return (now() - row.seen) / timedelta(minutes=1)

        seen(IDLE - timedelta(minutes=1))
        assert client.get("/here", headers={"Sec-Fetch-Mode": "cors"}).status_code == 204
        assert minutes_ago() > 28, "a page that looks whether it may still be shown does nothing"
        assert client.post("/here").status_code == 204
        assert minutes_ago() < 1, "somebody who moves the mouse does"
        seen(IDLE)
        assert client.get("/here").status_code == 303
        assert client.get("/here", headers={"Accept": "*/*"}).status_code == 401


def test_who_must_change_the_password_does_that_first(clinic: Clinic) -> None:
    with clinic.store() as store, store.session() as session, session.begin():
        row, given = add_account(session, Doer(), "newcomer", "therapist")
    with clinic.nobody() as client:
        said = client.post("/sign-in", data={"name": "newcomer", "password": given, "to": "/desk"})
        assert said.headers["location"] == "/password"
        assert client.get("/desk").headers["location"] == "/password"
        answers = {"before": given, "after": "quite another one", "more": "quite another one"}
        assert client.post("/password", data={**answers, "more": "x"}).headers["location"] == "/password?again=1"
        assert client.post("/password", data={**answers, "before": "x"}).status_code == 422
        assert client.post("/password", data=answers).headers["location"] == "/desk"
        assert reaches(client, "/desk")
        with clinic.store() as store, store.session() as session, session.begin():
            end_account(session, Doer(), row.id)
        assert not reaches(client, "/desk")


def test_a_new_password_signs_the_other_browsers_out(clinic: Clinic) -> None:
    with clinic.store() as store, store.session() as session, session.begin():
        row, given = add_account(session, Doer(), "twice", "therapist")
        row.must_change = False
    with clinic.nobody() as here, clinic.nobody() as there:
        for client in (here, there):
            client.post("/sign-in", data={"name": "twice", "password": given})
            assert reaches(client)
        answers = {"before": given, "after": "quite another one", "more": "quite another one"}
        assert here.post("/password", data=answers).headers["location"] == "/password?done=1"
        assert (reaches(here), reaches(there)) == (True, False)
        with clinic.store() as store, store.session() as session, session.begin():
            reset_password(session, Doer(), row.id)
        assert not reaches(here)


def answer_to(client: httpx.Client, name: str, password: str = "wrong") -> tuple[int, str, str]:
    said = client.post("/sign-in", data={"name": name, "password": password})
    page = client.get(said.headers["location"])
    words = re.search(r'rom-trouble[^}]*?"text"?:?\s*"?([^"]*)|Too many tries[^"<]*|do not belong[^"<]*', page.text)
    return said.status_code, said.headers["location"], words[0] if words else ""


def test_wrong_and_unknown_are_told_alike_again_and_again(clinic: Clinic) -> None:
    told = {}
    for name in ("tina", "nobody-of-that-name"):
        with clinic.nobody() as client:
            told[name] = [answer_to(client, name) for _ in range(7)]
        with clinic.store() as store, store.session() as session, session.begin():
            for row in session.scalars(select(AttemptRow)):
                session.delete(row)
    assert told["tina"] == told["nobody-of-that-name"]
    assert [location for _, location, _ in told["tina"]] == ["/sign-in?again=1"] * 5 + ["/sign-in?wait=1"] * 2
    assert "do not belong together" in told["tina"][0][2]
    assert "Please wait a minute" in told["tina"][-1][2]


def test_while_one_waits_the_right_password_is_not_looked_at(clinic: Clinic) -> None:
    with clinic.nobody() as client:
        for _ in range(5):
            client.post("/sign-in", data={"name": "tina", "password": "wrong"})
        said = client.post("/sign-in", data={"name": "tina", "password": PASSWORD})
    assert said.headers["location"] == "/sign-in?wait=1"
    assert SIGNED_IN not in said.headers.get("set-cookie", "")


def test_a_browser_that_was_left_signed_in_is_no_place_to_guess_the_password(clinic: Clinic) -> None:
    with clinic.signed("tina") as client:
        wrong = {"before": "wrong", "after": "quite another one", "more": "quite another one"}
        assert [client.post("/password", data=wrong).status_code for _ in range(5)] == [422] * 5
        right = wrong | {"before": PASSWORD}
        said = client.post("/password", data=right)
        assert said.headers["location"] == "/password?wait=1", "the right one is not looked at either"
        assert "Please wait a minute" in client.get(said.headers["location"]).text
        with clinic.store() as store, store.session() as session, session.begin():
            for row in session.scalars(select(AttemptRow)):
                row.last -= timedelta(minutes=1)
        assert client.post("/password", data=right).headers["location"] == "/password?done=1"
        back = {"before": "quite another one", "after": PASSWORD, "more": PASSWORD}
        assert client.post("/password", data=back).headers["location"] == "/password?done=1"


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://127.0.0.1"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/password", "/admin/accounts", "/admin/care", "/here"])
def test_no_other_site_makes_a_signed_in_browser_do_anything(clinic: Clinic, origin: str, path: str) -> None:
    with clinic.signed("adam") as client:
        request = client.build_request("POST", path, data={"name": "mallory", "role": "admin"})
        del request.headers["Origin"]
        if origin:
            request.headers["Origin"] = origin
        assert client.send(request).status_code == 403
        assert reaches(client)
    with clinic.store() as store, store.session() as session:
        assert not [*session.scalars(select(AccountRow).where(AccountRow.name == "mallory"))]


def test_a_foreign_host_is_refused_with_a_good_cookie_too(clinic: Clinic) -> None:
    with clinic.signed("adam") as client:
        assert client.get("/admin/accounts", headers={"Host": "evil.example"}).status_code == 403


def test_a_proxy_that_was_not_announced_is_refused(clinic: Clinic) -> None:
    with clinic.signed("adam") as client:
        for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"):
            said = client.get("/password", headers={name: "127.0.0.1"})
            assert (said.status_code, "--behind-proxy" in said.text) == (403, True)


def page_socket(clinic: Clinic, client: httpx.Client, of: httpx.Client | None = None) -> tuple[str, dict[str, str]]:
    """The address of the WebSocket of a page that `of` loaded, and the cookies of `client`."""
    page = (of or client).get("/privacy").text
    query = f"EIO=4&transport=websocket&client_id={client_id_of(page)}"
    cookies = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    return f"{clinic.address.replace('http', 'ws')}/_nicegui_ws/socket.io/?{query}", {"Cookie": cookies}


def test_the_socket_of_a_page_is_its_own_browsers(clinic: Clinic) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    async def opened(address: str, headers: dict[str, str]) -> int:
        try:
            async with connect(address, origin=clinic.address, additional_headers=headers) as socket:  # type: ignore[arg-type]
                return 101 if str(await socket.recv()).startswith("0") else 0
        except InvalidStatus as refusal:
            return refusal.response.status_code

    with clinic.signed("ana") as ana, clinic.signed("ben") as ben, clinic.nobody() as nobody:
        assert run_apart(opened(*page_socket(clinic, ana))) == 101
        assert run_apart(opened(*page_socket(clinic, ben, of=ana))) == 403
        assert run_apart(opened(*page_socket(clinic, nobody, of=ana))) == 403
        without = page_socket(clinic, ana)[0].split("&client_id")[0]
        assert run_apart(opened(without, page_socket(clinic, ana)[1])) == 403


def test_the_socket_of_a_page_ends_with_the_sign_in(clinic: Clinic) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed

    with clinic.signed("ana") as client:
        address, headers = page_socket(clinic, client)

        async def ended() -> int | None:
            async with connect(address, origin=clinic.address, additional_headers=headers) as socket:  # type: ignore[arg-type]
                await socket.recv()
                client.post("/sign-out")
                try:
                    while True:
                        await socket.recv()
                except ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else None

        assert run_apart(ended()) == 1008


def test_what_was_done_is_in_the_log_and_no_password(clinic: Clinic) -> None:
    with clinic.nobody() as client:
        client.post("/sign-in", data={"name": "theo", "password": "wrong-secret"})
        client.post("/sign-in", data={"name": "typed-my-password-here", "password": "x"})
    with clinic.signed("theo") as client:
        client.post("/sign-out")
    with clinic.store() as store, store.session() as session:
        rows = [*session.scalars(select(AuditRow).order_by(AuditRow.id))][-4:]
        everything = " ".join(f"{row.who} {row.action} {row.about_id} {row.details}" for row in rows)
    assert [row.action for row in rows] == ["sign-in failed", "sign-in failed", "signed in", "signed out"]
    assert [row.who for row in rows] == ["", "", "theo", "theo"]
    assert "secret" not in everything
    assert "typed-my" not in everything
