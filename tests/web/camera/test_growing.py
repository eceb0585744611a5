"""A recording that grows piece by piece, whatever happens between two of them."""

from pathlib import Path

import pytest

from rom.errors import InputUnreadable, UsageError
from rom.store import Store, open_store
from rom.web.camera.growing import (
    EBML,
    RECORDING_BYTES_MOST,
    append,
    finish,
    kept_bytes,
    throw_away,
)

FIRST, SECOND = EBML + b"first", b"second"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'rom.sqlite'}", tmp_path)


def content(store: Store) -> bytes:
    return (store.incoming / "exam.webm.part").read_bytes()


def test_a_piece_that_is_sent_twice_is_taken_once(store: Store) -> None:
    for start, piece in ((0, FIRST), (0, FIRST), (9, SECOND), (0, FIRST), (9, SECOND)):
        kept = append(store, "exam", start, piece)
    assert content(store) == FIRST + SECOND
    assert kept == kept_bytes(store, "exam") == 15


def test_a_piece_that_was_half_written_is_written_over(store: Store) -> None:
    append(store, "exam", 0, FIRST)
    with (store.incoming / "exam.webm.part").open("ab") as file:
        file.write(b"sex")
    assert append(store, "exam", 9, SECOND) == 15
    assert content(store) == FIRST + SECOND


def test_a_gap_is_refused(store: Store) -> None:
    append(store, "exam", 0, FIRST)
    with pytest.raises(UsageError, match="expected byte 9, but got 10"):
        append(store, "exam", 10, SECOND)
    assert content(store) == FIRST


def test_what_does_not_begin_a_recording_is_refused(store: Store) -> None:
    with pytest.raises(InputUnreadable, match="expected WebM or MP4"):
        append(store, "exam", 0, b"PK\x03\x04 not a video")
    assert list(store.incoming.iterdir()) == []


@pytest.mark.parametrize("begins", [FIRST, b"\0\0\0\x18ftypisom"])
def test_a_first_piece_may_be_a_single_byte(store: Store, begins: bytes) -> None:
    """Where the first picture is late, Chromium hands over what its writer has just written: one byte."""
    for start in range(len(begins)):
        append(store, "exam", start, begins[start : start + 1])
    assert content(store) == begins
    assert finish(store, "exam", len(begins)).read_bytes() == begins


def test_what_does_not_begin_a_recording_is_refused_in_any_pieces(store: Store) -> None:
    append(store, "exam", 0, b"P")
    with pytest.raises(InputUnreadable, match="expected WebM or MP4"):
        append(store, "exam", 1, b"K\x03\x04 not a video")
    assert content(store) == b"P"
    with pytest.raises(InputUnreadable, match="expected WebM or MP4"):
        finish(store, "exam", None)


def test_it_does_not_grow_for_ever(store: Store) -> None:
    with pytest.raises(UsageError, match="too long"):
        append(store, "exam", RECORDING_BYTES_MOST, b"x")


@pytest.mark.parametrize(("begins", "suffix"), [(FIRST, ".webm"), (b"\0\0\0\x18ftypisom", ".mp4")])
def test_it_is_named_by_what_it_is(store: Store, begins: bytes, suffix: str) -> None:
    append(store, "exam", 0, begins)
    assert finish(store, "exam", len(begins)).name == f"exam{suffix}"
    assert finish(store, "exam", len(begins)).read_bytes() == begins, "done again, it does nothing"
    assert [path.name for path in store.incoming.iterdir()] == [f"exam{suffix}"]


def test_a_recording_that_is_not_whole_is_not_finished(store: Store) -> None:
    append(store, "exam", 0, FIRST)
    with pytest.raises(UsageError, match="expected 15 bytes, but got 9"):
        finish(store, "exam", 15)
    with pytest.raises(UsageError, match="Nothing of this recording"):
        finish(store, "other", None)
    assert finish(store, "exam", None).exists(), "an interrupted one is taken as it is"


def test_thrown_away_nothing_is_left_and_nobody_elses_goes(store: Store) -> None:
    append(store, "exam", 0, FIRST)
    append(store, "exam2", 0, FIRST)
    throw_away(store, "exam")
    assert [path.name for path in store.incoming.iterdir()] == ["exam2.webm.part"]
