"""The door for a phone: one video through one address that cannot be guessed, and nothing else, for a while."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from rom.errors import UsageError
from rom.intake import LIMITS, sniffed
from rom.samples import sample_folder
from rom.web.phone import PhoneDoor, answers, door, qr_svg
from tests.web.conftest import Served
from tests.web.requests import only_own_requests
from tests.web.walking import chose, felt_well

VIDEO = sample_folder() / "walk_right.mp4"
HERE = "127.0.0.1"  # the tests stay on this machine
SMALL = replace(LIMITS, bytes_most=1_000_000)
Open = Callable[..., PhoneDoor]
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens doors, and closes them at the end."""
    made: list[PhoneDoor] = []

    def opening(**how: Any) -> PhoneDoor:
        made.append(PhoneDoor(tmp_path, host=HERE, **how).open())
        return made[-1]

    yield opening
    for one in made:
        one.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "phone door"]


@pytest.fixture
def phone(opened: Open) -> PhoneDoor:
    return opened(name="exam7", limits=SMALL)


def address(phone: PhoneDoor) -> tuple[str, int]:
    host, _, port = phone.url.split("/")[2].partition(":")
    return host, int(port)


def path_of(phone: PhoneDoor) -> str:
    return "/" + phone.url.split("/")[3]


def ask(phone: PhoneDoor, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    connection = http.client.HTTPConnection(*address(phone), timeout=30)
    try:
        connection.request(method, path, body or None, {name.replace("_", "-"): v for name, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def send(phone: PhoneDoor, body: bytes, **headers: str) -> Answer:
    return ask(phone, "POST", path_of(phone), body, **headers)


def until(true: Callable[[], bool], within_s: float = 20.0) -> bool:
    """Whether it comes true; a busy machine takes its time."""
    end = time.monotonic() + within_s
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def is_shut(phone: PhoneDoor) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address(phone)) != 0


def test_a_video_arrives_whole_and_the_door_shuts(phone: PhoneDoor, tmp_path: Path) -> None:
    assert (phone.state, phone.share, phone.recording) == ("waiting", 0.0, None)
    assert 870 < phone.seconds_left <= 900
    status, _, body = send(phone, VIDEO.read_bytes())
    assert status == 200
    assert b"Thank you" in body
    assert (phone.state, phone.share) == ("received", 1.0)
    assert phone.recording == tmp_path / "exam7.mp4"
    assert (tmp_path / "exam7.mp4").read_bytes() == VIDEO.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["exam7.mp4"]
    assert until(lambda: is_shut(phone)), "one video in all"
    assert phone.seconds_left == 0


def test_whoever_waits_for_it_is_told(opened: Open, tmp_path: Path) -> None:
    told: list[Path] = []
    phone = opened(name="exam7", received=told.append)
    assert send(phone, VIDEO.read_bytes())[0] == 200
    assert told == [tmp_path / "exam7.mp4"]


def test_what_is_not_taken_on_may_be_sent_again(opened: Open, tmp_path: Path) -> None:
    def failing(path: Path) -> None:
        raise RuntimeError("the database is away")

    phone = opened(received=failing)
    status, _, body = send(phone, VIDEO.read_bytes())
    assert (status, phone.state) == (500, "waiting")
    assert b"could not be kept" in body
    assert not list(tmp_path.iterdir())


def test_the_name_of_the_file_is_never_asked(phone: PhoneDoor, tmp_path: Path) -> None:
    status, *_ = send(
        phone,
        VIDEO.read_bytes(),
        Content_Disposition='attachment; filename="../../../tmp/owned.sh"',
        X_File_Name="../../owned.sh",
    )
    assert status == 200
    assert [p.name for p in tmp_path.iterdir()] == ["exam7.mp4"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("GET", "/{wrong}"),
        ("POST", "/{wrong}"),
        ("POST", "/"),
        ("GET", "/{token}x"),
        ("GET", "/{short}"),
        ("GET", "//{token}"),
        ("GET", "/x/{token}"),
        ("GET", "/?{token}"),
        ("HEAD", "/{token}"),
        ("PUT", "/{token}"),
        ("DELETE", "/{token}"),
        ("OPTIONS", "/{token}"),
        ("PROPFIND", "/{token}"),
        ("POST", "/{token}/phone.js"),
        ("GET", "/{token}/phone.html"),
        ("GET", "/{token}/../../etc/passwd"),
        ("GET", "/{token}/..%2f..%2fetc%2fpasswd"),
        ("GET", "/{token}/%2e%2e/door.py"),
        ("GET", "/{token}/phone.css%00.html"),
        ("GET", "/{token}//etc/passwd"),
        ("GET", "/%ff%fe"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    ],
)
def test_everything_else_is_not_there(method: str, path: str, phone: PhoneDoor) -> None:
    token = path_of(phone)[1:]
    wrong = ("A" if token[0] != "A" else "B") + token[1:]
    status, headers, body = ask(phone, method, path.format(token=token, wrong=wrong, short=token[:-1]))
    assert (status, body) == (404, b"" if method == "HEAD" else b"Not found")
    assert "server" not in headers
    assert "date" not in headers


@pytest.mark.parametrize("host", ["evil.example", "localhost", HERE, "", "evil.example:{port}", HERE + ":{port}x"])
def test_another_host_is_not_answered(host: str, phone: PhoneDoor, tmp_path: Path) -> None:
    named = host.format(port=address(phone)[1])
    assert ask(phone, "GET", path_of(phone), Host=named)[0] == 404
    assert send(phone, VIDEO.read_bytes(), Host=named)[0] == 404
    assert not list(tmp_path.iterdir())


def test_another_sites_form_is_not_answered(phone: PhoneDoor) -> None:
    assert send(phone, VIDEO.read_bytes(), Origin="https://evil.example")[0] == 404
    assert send(phone, VIDEO.read_bytes(), Origin="null")[0] == 404
    assert send(phone, VIDEO.read_bytes(), Origin=phone.url.rsplit("/", 1)[0])[0] == 200


def test_the_address_is_not_to_be_guessed(opened: Open) -> None:
    tokens = {path_of(opened())[1:] for _ in range(4)}
    assert len(tokens) == 4
    assert all(len(token) == 22 for token in tokens), "128 bits in 6 a letter"


def test_the_page_and_its_files_say_what_a_browser_may_do(phone: PhoneDoor) -> None:
    for name, kind in (("", "text/html"), ("/phone.css", "text/css"), ("/phone.js", "text/javascript")):
        status, headers, body = ask(phone, "GET", path_of(phone) + name)
        assert status == 200
        assert headers["content-type"].startswith(kind)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["connection"] == "close"
        assert b"://" not in body, "nothing is loaded from elsewhere"


def test_a_second_video_is_not_taken_while_one_comes(phone: PhoneDoor) -> None:
    data = VIDEO.read_bytes()
    first = http.client.HTTPConnection(*address(phone), timeout=30)
    first.putrequest("POST", path_of(phone))
    first.putheader("Content-Length", str(len(data)))
    first.endheaders()
    first.send(data[:1000])
    assert until(lambda: phone.state == "receiving")
    status, _, body = send(phone, data)
    assert status == 409
    assert b"on its way already" in body
    first.send(data[1000:])
    assert first.getresponse().status == 200
    first.close()
    assert until(lambda: is_shut(phone))


def test_a_broken_upload_leaves_nothing_and_may_be_tried_again(phone: PhoneDoor, tmp_path: Path) -> None:
    data = VIDEO.read_bytes()
    first = http.client.HTTPConnection(*address(phone), timeout=30)
    first.putrequest("POST", path_of(phone))
    first.putheader("Content-Length", str(len(data)))
    first.endheaders()
    first.send(data[:200_000])
    assert until(lambda: 0.5 < phone.share < 0.7)
    assert [p.name for p in tmp_path.iterdir()] == ["exam7.part"]
    first.close()
    assert until(lambda: phone.state == "waiting")
    assert not list(tmp_path.iterdir())
    assert send(phone, data)[0] == 200


def test_too_large_is_refused_by_what_is_promised_and_by_what_comes(opened: Open, tmp_path: Path) -> None:
    phone = opened(limits=replace(LIMITS, bytes_most=100_000))
    connection = http.client.HTTPConnection(*address(phone), timeout=30)
    connection.putrequest("POST", path_of(phone))
    connection.putheader("Content-Length", "100001")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413, "before a byte of it was sent"
    assert b"too large" in answer.read()
    connection.close()
    connection = http.client.HTTPConnection(*address(phone), timeout=30)
    try:
        connection.request("POST", path_of(phone), iter([VIDEO.read_bytes()] * 5), encode_chunked=True)
        assert connection.getresponse().status == 413
    except ConnectionError:  # it may hang up on the rest before the answer is read
        assert until(lambda: phone.state == "waiting")
    connection.close()
    assert not list(tmp_path.iterdir())


def test_no_room_on_the_disk_is_said(phone: PhoneDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rom.web.phone.answers.SPARE_BYTES", 2**60)
    status, _, body = send(phone, VIDEO.read_bytes())
    assert status == 507
    assert b"no room" in body
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "data",
    [
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"x" * 1000,
        b"\xff\xd8\xff\xe0" + bytes(100),
        VIDEO.read_bytes()[:20_000],
        b"",
    ],
)
def test_what_is_no_video_is_refused_with_a_sentence(data: bytes, phone: PhoneDoor, tmp_path: Path) -> None:
    status, _, body = send(phone, data, Content_Type="video/mp4")
    assert (status, phone.state) == (415, "waiting")
    assert body.endswith(b'."}')
    assert not list(tmp_path.iterdir())


def test_after_its_time_it_is_shut(opened: Open) -> None:
    phone = opened(minutes=1 / 20)
    assert ask(phone, "GET", path_of(phone))[0] == 200
    assert until(lambda: is_shut(phone))
    assert until(lambda: phone.state == "closed")


def test_an_upload_does_not_hold_it_open(opened: Open, tmp_path: Path) -> None:
    phone = opened(minutes=1 / 15)
    slow = http.client.HTTPConnection(*address(phone), timeout=30)
    slow.putrequest("POST", path_of(phone))
    slow.putheader("Content-Length", "500000")
    slow.endheaders()
    slow.send(VIDEO.read_bytes()[:1000])
    assert until(lambda: phone.state == "receiving")
    assert until(lambda: phone.state == "closed", within_s=30)
    assert not list(tmp_path.iterdir())
    slow.close()


def test_closing_throws_away_what_is_under_way(phone: PhoneDoor, tmp_path: Path) -> None:
    slow = http.client.HTTPConnection(*address(phone), timeout=30)
    slow.putrequest("POST", path_of(phone))
    slow.putheader("Content-Length", "500000")
    slow.endheaders()
    slow.send(b"x" * 1000)
    assert until(lambda: phone.state == "receiving")
    phone.close()
    assert phone.state == "closed"
    assert not list(tmp_path.iterdir())
    slow.close()


def test_connections_that_ask_for_nothing_are_ended(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ASKS_WITHIN_S", 1.0)
    phone = opened()
    silent, slow = (socket.create_connection(address(phone), timeout=30) for _ in range(2))
    began = time.monotonic()
    slow.sendall(b"GET / HTTP/1.1\r\nX-")
    for held in (silent, slow):
        with held:
            try:
                assert held.recv(100) == b""
            except ConnectionResetError:
                assert True
    assert time.monotonic() - began < 20
    monkeypatch.undo()
    assert ask(phone, "GET", path_of(phone))[0] == 200


def test_a_phone_that_falls_silent_makes_room(phone: PhoneDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PIECE_WITHIN_S", 0.3)
    silent = http.client.HTTPConnection(*address(phone), timeout=30)
    silent.putrequest("POST", path_of(phone))
    silent.putheader("Content-Length", "500000")
    silent.endheaders()
    silent.send(b"x" * 1000)
    assert until(lambda: phone.state == "receiving")
    assert until(lambda: phone.state == "waiting")
    monkeypatch.undo()
    assert send(phone, VIDEO.read_bytes())[0] == 200
    silent.close()


def test_headers_that_do_not_end_are_refused(phone: PhoneDoor) -> None:
    with socket.create_connection(address(phone), timeout=30) as talker:
        talker.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 2 * door.HEADERS_BYTES_MOST)
        assert talker.recv(100).startswith(b"HTTP/1.1 400")


def test_a_crowd_does_not_fell_it(phone: PhoneDoor) -> None:
    crowd = [socket.create_connection(address(phone), timeout=30) for _ in range(door.CONNECTIONS_MOST + 8)]
    assert ask(phone, "GET", path_of(phone))[0] == 503
    for one in crowd:
        one.close()
    assert until(lambda: ask(phone, "GET", path_of(phone))[0] == 200)


def test_encrypted_with_a_certificate_of_its_own(opened: Open, tmp_path: Path) -> None:
    import hashlib

    phone = opened(name="exam7", tls=True)
    assert phone.url.startswith("https://")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(*address(phone), timeout=30, context=trusting)
    connection.request("GET", path_of(phone))
    assert isinstance(connection.sock, ssl.SSLSocket)
    shown = connection.sock.getpeercert(binary_form=True)
    page = connection.getresponse().read()
    connection.close()
    assert shown is not None
    assert phone.fingerprint.replace(":", "").lower() == hashlib.sha256(shown).hexdigest()
    assert b"This connection is encrypted" in page
    connection = http.client.HTTPSConnection(*address(phone), timeout=30, context=trusting)
    connection.request("POST", path_of(phone), VIDEO.read_bytes())
    assert connection.getresponse().status == 200
    connection.close()
    assert sniffed(tmp_path / "exam7.mp4").suffix == ".mp4"


def test_an_address_that_is_not_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot listen at 192\.0\.2\.7"):
        PhoneDoor(tmp_path, host="192.0.2.7")


def test_which_network_may_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(door.LAN_VARIABLE, "127.0.0.1")
    assert door.lan_address() == "127.0.0.1"


def test_no_network_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "NOWHERE", ("255.255.255.255", 9))  # may not be asked for: as without a way out
    monkeypatch.setattr("ifaddr.get_adapters", list)
    with pytest.raises(UsageError, match="on no network"):
        door.lan_address()


def test_the_code_holds_the_address() -> None:
    import cv2
    import numpy as np
    import segno

    url = "http://192.168.178.21:41234/" + "aB3-_" * 4 + "xY"
    assert qr_svg(url).startswith("<svg")
    assert 'fill="#fff"' in qr_svg(url), "readable on a dark page, too"
    rows = np.array([list(row) for row in segno.make(url, error="m", micro=False).matrix], np.uint8)
    picture = np.kron(np.pad(255 * (1 - rows), 4, constant_values=255), np.ones((8, 8), np.uint8))
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == url


@pytest.fixture
def small_screen(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_a_phone_sends_a_video(phone: PhoneDoor, small_screen: Page, tmp_path: Path) -> None:
    own = phone.url.rsplit("/", 1)[0]
    troubles: list[str] = []
    small_screen.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    with only_own_requests(small_screen.context, own):
        small_screen.goto(phone.url)
        assert small_screen.get_by_role("button", name="Send it").is_disabled()
        assert small_screen.evaluate("document.documentElement.scrollWidth") <= 360
        small_screen.get_by_label("Choose a video").set_input_files(VIDEO)
        small_screen.get_by_role("button", name="Send it").click()
        small_screen.get_by_text("you can close this page").wait_for()
    assert troubles == [], "no script or style was held back by the policy"
    assert (tmp_path / "exam7.mp4").read_bytes() == VIDEO.read_bytes()


def test_a_phone_is_told_what_to_do_instead(phone: PhoneDoor, small_screen: Page, tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_bytes(b"these are words" * 40)
    small_screen.goto(phone.url)
    small_screen.get_by_label("Choose a video").set_input_files(tmp_path / "words.mp4")
    small_screen.get_by_role("button", name="Send it").click()
    small_screen.get_by_text("choose another").wait_for()
    (tmp_path / "large.mp4").write_bytes(VIDEO.read_bytes() * 4)
    small_screen.get_by_label("Choose a video").set_input_files(tmp_path / "large.mp4")
    small_screen.get_by_text("This video is too large").wait_for()
    assert small_screen.get_by_role("button", name="Send it").is_disabled()


def test_the_page_is_there_for_everybody(phone: PhoneDoor, small_screen: Page) -> None:
    small_screen.goto(phone.url)
    found = Axe().run(small_screen).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


# ------------------------------------------------------------------------------------------------- on the computer


@pytest.fixture
def ready(page: Page, served: Served) -> Page:
    """A way that has come as far as a recording, and the page of the phone."""
    chose(page, served.address)
    page.goto("/phone")
    return page


def show_the_code(page: Page, *, encrypted: bool = False) -> str:
    """Open the door; the address that the phone goes to."""
    if encrypted:
        page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Show the code").click()
    return page.locator(".rom-address").first.inner_text()


def put(url: str, body: bytes) -> int:
    scheme, _, host, path = url.split("/")
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = (
        http.client.HTTPSConnection(host, timeout=30, context=trusting)
        if scheme == "https:"
        else http.client.HTTPConnection(host, timeout=30)
    )
    try:
        connection.request("POST", f"/{path}", body)
        return connection.getresponse().status
    finally:
        connection.close()


def test_nobody_films_before_the_questions(page: Page, served: Served) -> None:
    page.goto("/phone")
    assert "/phone" not in page.url
    felt_well(page, served.address)
    page.goto("/phone")
    assert page.url.endswith("/exam")


def test_the_door_is_shut_until_it_is_opened(ready: Page) -> None:
    assert ready.get_by_role("heading", name="The right ankle, by phone").is_visible()
    assert not ready.locator("svg").count()
    assert not ready.locator(".rom-address").count()


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_video_of_the_phone_becomes_a_recording(encrypted: bool, ready: Page, served: Served) -> None:
    url = show_the_code(ready, encrypted=encrypted)
    assert url.startswith("https://" if encrypted else "http://")
    assert ready.get_by_role("img", name="Code to scan").locator("svg").is_visible()
    assert ready.get_by_text("Waiting for the phone. This stays open for 15 minutes more.").is_visible()
    assert ready.get_by_text("is not encrypted").count() == (not encrypted)
    assert ready.get_by_text("fingerprint").count() == encrypted
    before = len(list((served.folder / "incoming").glob("*.mp4")))
    assert put(url, VIDEO.read_bytes()) == 200
    ready.wait_for_url("**/result")
    assert len(list((served.folder / "incoming").glob("*.mp4"))) == before + 1
    assert not list((served.folder / "incoming").glob("*.part"))
    with pytest.raises(ConnectionRefusedError):
        put(url, VIDEO.read_bytes())


def test_it_is_shut_when_nobody_wants_it(ready: Page) -> None:
    url = show_the_code(ready)
    ready.get_by_role("button", name="Stop").click()
    ready.wait_for_url("**/exam/place")
    with pytest.raises(ConnectionRefusedError):
        put(url, VIDEO.read_bytes())


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_computers_page_is_there_for_everybody(width: int, ready: Page) -> None:
    ready.set_viewport_size({"width": width, "height": 800})
    for _ in range(2):
        found = Axe().run(ready).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        assert ready.evaluate("document.documentElement.scrollWidth") <= width
        if ready.get_by_role("button", name="Show the code").count():
            show_the_code(ready)
