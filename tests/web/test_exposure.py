"""`rom app` opened to others: only with accounts, TLS and a name; and what it then says to browsers."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from typer.testing import CliRunner

from rom.cli import app as commands
from rom.errors import UsageError
from rom.store import open_store
from rom.store.clinic import ADMIN, AccountRow
from rom.web.cookies import token_cookie, token_of, way_cookie
from rom.web.exposure import AT_HOME, OWN_NAMES, OWN_PROXY, Exposure, exposure_of
from rom.web.guard import why_refused
from tests.web.test_serving import first_line, started

ASKED: dict[str, Any] = {
    "names": (),
    "tls": False,
    "behind_proxy": False,
    "proxies": (),
    "accounts": False,
    "idle": timedelta(minutes=30),
}
NAME = "rom.clinic.example"


def asked(host: str = "127.0.0.1", **more: Any) -> Exposure:
    return exposure_of(host, **{**ASKED, **more})


def test_at_home_nobody_signs_in_and_nobody_else_comes_in() -> None:
    assert asked() == AT_HOME
    assert asked("localhost") == AT_HOME
    assert (AT_HOME.accounts, AT_HOME.https, AT_HOME.proxies) == (False, False, ())


@pytest.mark.parametrize(
    ("host", "more", "why"),
    [
        ("192.168.0.9", {}, "Expected TLS for an app that others reach at 192.168.0.9"),
        ("::", {"names": (NAME,), "accounts": True}, "Expected TLS for an app that others reach at ::"),
        ("0.0.0.0", {"tls": True}, "Expected the name by which browsers open the app"),
        ("127.0.0.1", {"behind_proxy": True}, "Expected the name by which browsers open the app"),
        ("127.0.0.1", {"proxies": ("10.0.0.1",)}, "Expected --behind-proxy"),
    ],
)
def test_what_would_be_open_to_others_without_protection_does_not_open(
    host: str, more: Mapping[str, Any], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        asked(host, **more)


def test_whatever_opens_to_others_asks_everybody_to_sign_in() -> None:
    tls = asked("192.168.0.9", tls=True)
    assert (tls.accounts, tls.https, tls.names, tls.proxies) == (True, True, (*OWN_NAMES, "192.168.0.9"), ())
    proxied = asked(behind_proxy=True, names=("ROM.Clinic.example",))
    assert (proxied.accounts, proxied.https, proxied.proxies) == (True, True, OWN_PROXY)
    assert NAME in proxied.names
    elsewhere = asked("10.0.0.2", behind_proxy=True, names=(NAME,), proxies=("10.0.0.1",))
    assert elsewhere.proxies == ("10.0.0.1",), "this computer's own word is not taken then"
    assert asked(accounts=True).accounts


def scope(
    path: str = "/desk", scheme: str = "https", client: str = "10.1.1.1", method: str = "GET"
) -> dict[str, Any]:
    return {"type": "http", "path": path, "scheme": scheme, "client": (client, 1), "method": method}


def refused(scope: dict[str, Any], exposure: Exposure, **headers: str) -> str:
    return why_refused(scope, Headers({name.replace("_", "-"): value for name, value in headers.items()}), exposure)


def test_behind_a_proxy_only_what_came_by_tls_and_by_name_is_let_in() -> None:
    clinic = asked(behind_proxy=True, names=(NAME,))
    assert refused(scope(), clinic, host=NAME, x_forwarded_for="10.1.1.1") == ""
    assert "by https only" in refused(scope(scheme="http"), clinic, host=NAME)
    assert "by https only" in refused(scope(scheme="http", client="127.0.0.1"), clinic, host=NAME)
    assert refused(scope("/health", "http", "127.0.0.1"), clinic, host="127.0.0.1:8080") == ""
    assert "by https only" in refused(scope("/health", "http"), clinic, host="127.0.0.1:8080")
    for host in ("evil.example", f"{NAME}.evil.example", f"evil.{NAME}", "", "@", "[", "10.0.0.2"):
        assert "by the names of" in refused(scope(), clinic, host=host), host


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [
        (f"https://{NAME}", True),
        (f"http://{NAME}", False),
        (f"https://{NAME}:444", False),
        ("null", False),
        ("", False),
    ],
)
def test_with_tls_our_own_pages_come_by_https(origin: str, let_in: bool) -> None:
    clinic = asked("192.168.0.9", tls=True, names=(NAME,))
    headers = {"host": NAME} | ({"origin": origin} if origin else {})
    assert (refused(scope(method="POST"), clinic, **headers) == "") is let_in
    socket = {**scope("/record/live", "wss"), "type": "websocket"}
    assert (refused(socket, clinic, **headers) == "") is let_in


def test_other_programs_come_without_an_origin_and_without_a_cookies_rights() -> None:
    assert refused(scope("/api/v1/people", method="POST"), AT_HOME, host="localhost") == ""
    assert refused(scope("/api", method="POST"), AT_HOME, host="localhost") != ""


def test_with_tls_cookies_are_for_this_host_and_tls_alone() -> None:
    assert token_cookie("t", https=True) == "__Host-rom_session=t; Path=/; HttpOnly; SameSite=Strict; Secure"
    assert token_cookie("", https=False) == "rom_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    assert way_cookie("w", https=True).endswith("; Secure")
    planted = Headers({"cookie": "rom_session=planted"})
    assert token_of(planted, https=True) == "", "a neighbour's cookie is not looked at"
    assert token_of(planted, https=False) == "planted"
    assert token_of(Headers({"cookie": "\x00=; ;;"}), https=False) == ""


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(commands, ["app", "--no-browser", "--folder", str(folder), *words])
    return done.exit_code, str(done.exception)


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    folder, file = tmp_path / "store", tmp_path / "no.pem"
    file.write_text("no certificate", encoding="utf-8")
    proxied = ("--behind-proxy", "--allowed-host", NAME)
    for words, why in (
        (("--accounts",), "'rom account add NAME --role admin' first"),
        (proxied, "'rom account add NAME --role admin' first"),
        (("--host", "192.168.0.9"), "add --tls-cert and --tls-key, or --behind-proxy"),
        (("--tls-cert", str(file)), "together, but only one was named"),
        (("--tls-cert", str(file), "--tls-key", str(file)), "cannot be used"),
    ):
        code, said = run(folder, *words)
        assert (code, why in said) == (1, True), said
    with open_store(folder=folder) as store, store.session() as session, session.begin():
        session.add(AccountRow(name="adam", role=ADMIN, password_hash=""))
    code, said = run(folder, *proxied, "--host", "192.0.2.1")  # an address of no machine (RFC 5737)
    assert (code, "but 192.0.2.1 is none" in said) == (1, True), said


def test_it_speaks_tls_itself(tmp_path: Path) -> None:
    """A browser without our certificate finds TLS, and the app that runs is found again."""
    import socket

    from rom.web.phone.certificate import self_signed
    from rom.web.serving import ADDRESS, running_at

    folder = tmp_path / "store"
    with open_store(folder=folder) as store, store.session() as session, session.begin():
        session.add(AccountRow(name="adam", role=ADMIN, password_hash=""))
    with self_signed("127.0.0.1") as own:
        words = ["--tls-cert", str(own.certificate), "--tls-key", str(own.key), "--allowed-host", NAME]
        app = started(folder, *words)
        try:
            assert first_line(app).startswith("The app runs: https://127.0.0.1:")
            address = running_at(folder)
            assert address == (folder / ADDRESS).read_text().split()[0]
            context = ssl.create_default_context(cafile=str(own.certificate))
            context.check_hostname = False
            host, port = address.removeprefix("https://").split(":")
            with socket.create_connection((host, int(port))) as plain, context.wrap_socket(plain) as encrypted:
                encrypted.sendall(f"GET /sign-in HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
                head = b"".join(iter(lambda: encrypted.recv(65536), b"")).split(b"\r\n\r\n")[0].decode()
        finally:
            app.terminate()
            app.communicate(timeout=60)
    assert head.startswith("HTTP/1.1 200")
    assert "strict-transport-security: max-age=31536000" in head
    assert f"connect-src 'self' wss://{NAME};" in head
