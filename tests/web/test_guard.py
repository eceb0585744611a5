"""Who may ask the app, by Host and by Origin, and what a browser may do with its answers."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.web.apart import run_apart
from tests.web.conftest import Served


@pytest.fixture
def asks(served: Served) -> Iterator[httpx.Client]:
    """A client that follows nothing and believes nobody."""
    with httpx.Client(base_url=served.address, timeout=20) as client:
        yield client


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "localhost:8080", "127.0.0.1:1"])
def test_this_computer_may_ask_by_its_own_names(asks: httpx.Client, host: str) -> None:
    assert asks.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "192.168.0.9", "0.0.0.0", "@"]
)
def test_another_name_that_leads_here_is_refused(asks: httpx.Client, host: str) -> None:
    answer = asks.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
@pytest.mark.parametrize(
    "path", ["/start", "/privacy/erase", "/file", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"]
)
def test_what_other_pages_post_is_refused(asks: httpx.Client, origin: str | None, path: str) -> None:
    headers = {} if origin is None else {"Origin": origin}
    assert asks.post(path, headers=headers, content=b"").status_code == 403


def test_our_own_pages_may_post(asks: httpx.Client, served: Served) -> None:
    answer = asks.post("/start", headers={"Origin": served.address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/safety")


@pytest.mark.parametrize(("origin", "let_in"), [("own", True), ("http://evil.example", False), (None, False)])
def test_sockets_open_for_our_own_pages_only(served: Served, origin: str | None, let_in: bool) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    address = f"{served.address.replace('http', 'ws')}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"

    async def opened() -> int:
        try:
            said = served.address if origin == "own" else origin
            async with connect(address, origin=said) as socket:  # type: ignore[arg-type]
                return 101 if str(await socket.recv()).startswith("0") else 0  # engine.io's "open"
        except InvalidStatus as refusal:
            return refusal.response.status_code

    assert run_apart(opened()) == (101 if let_in else 403)


def test_every_answer_says_what_may_be_done_with_it(asks: httpx.Client) -> None:
    for path in ("/", "/health", "/static/theme.css", "/nowhere"):
        headers = asks.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts is not None
        assert "'unsafe-inline'" not in scripts[1]
        assert "camera=(self)" in headers["permissions-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_the_scripts_of_a_page_are_those_that_were_let_in(asks: httpx.Client) -> None:
    first, second = asks.get("/"), asks.get("/")
    nonces = [re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"]) for page in (first, second)]
    assert nonces[0] is not None
    assert nonces[1] is not None
    assert nonces[0][1] != nonces[1][1], "a nonce is used once"
    tags = re.findall(r"<script[^>]*>", first.text)
    assert tags
    assert all(f'nonce="{nonces[0][1]}"' in tag for tag in tags)


def test_a_way_is_named_once_and_by_nobody_else(served: Served) -> None:
    with httpx.Client(base_url=served.address) as client:
        cookie = client.get("/").headers["set-cookie"]
        assert re.match(r"rom_way=[0-9a-f]{32};", cookie)
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "set-cookie" not in client.get("/").headers
    forged = httpx.get(f"{served.address}/", headers={"Cookie": "rom_way=../../etc/passwd"})
    assert re.match(r"rom_way=[0-9a-f]{32};", forged.headers["set-cookie"])


def test_an_address_that_leads_nowhere_says_so_and_repeats_nothing(asks: httpx.Client) -> None:
    answer = asks.get("/no<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "alert(1)" not in answer.text
