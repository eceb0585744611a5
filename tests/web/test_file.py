"""A video that is sent: whole in the store or not at all, named by what it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect

from rom.errors import InputUnreadable
from rom.web.arriving import taken_in
from tests.web.apart import run_apart

MP4 = b"\0\0\0\x20ftypisom" + bytes(100)
WEBM = b"\x1aE\xdf\xa3\x87\x42\x82\x84webm" + bytes(100)


async def pieces(data: bytes, size: int, lost: bool = False) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
    if lost:
        raise ClientDisconnect


@pytest.mark.parametrize(("data", "suffix"), [(MP4, ".mp4"), (WEBM, ".webm")])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_video_is_kept_as_it_was_sent(tmp_path: Path, data: bytes, suffix: str, size: int) -> None:
    path, kind = run_apart(taken_in(pieces(data, size), tmp_path))
    assert path.read_bytes() == data
    assert kind.suffix == suffix
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ftyp",
        b"\xff\xd8\xff" + bytes(5000),
        b"MZ" + bytes(5000),
        b"\0\0\0\x20FTYPisom",
        b"RIFF" + bytes(40),
        b"#EXTM3U\nfile:///etc/passwd",
    ],
)
def test_what_is_none_is_refused_and_leaves_nothing(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputUnreadable, match="is not a video"):
        run_apart(taken_in(pieces(data, 7), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_more_than_is_taken_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="at most"):
        run_apart(taken_in(pieces(MP4, 10), tmp_path, most=len(MP4) - 1))
    assert list(tmp_path.iterdir()) == []
    assert run_apart(taken_in(pieces(MP4, 10), tmp_path, most=len(MP4)))[0].exists()


def test_a_browser_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ClientDisconnect):
        run_apart(taken_in(pieces(MP4, 10, lost=True), tmp_path))
    assert list(tmp_path.iterdir()) == []
