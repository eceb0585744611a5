"""Files are whole before their rows are, and go after them."""

import hashlib
import io
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from rom.errors import RomError, UsageError
from rom.store import Store
from rom.store.check import check
from rom.store.erase import erase_person
from rom.store.media import attach, medium_of, path_of, put, remove_loose
from rom.store.tables import ExamMediumRow, MediumRow
from tests.store.filled import files_of, measured, recorded, rows_of

CONTENT = b"a picture"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("kind", ["bytes", "path", "stream"])
def test_a_file_is_named_by_what_is_in_it(store: Store, tmp_path: Path, kind: str) -> None:
    source = tmp_path / "x.bin"
    source.write_bytes(CONTENT)
    given: Any = {"bytes": CONTENT, "path": source, "stream": io.BytesIO(CONTENT)}[kind]
    assert put(store, given, ".jpg") == SHA256
    assert path_of(store, SHA256).read_bytes() == CONTENT
    assert path_of(store, SHA256).name == f"{SHA256}.jpg"
    assert source.exists()


def test_the_same_content_is_kept_once_whatever_it_is_called(store: Store) -> None:
    assert put(store, CONTENT, ".jpg") == put(store, CONTENT, ".jpeg")
    assert len(files_of(store)) == 1


def test_a_file_that_was_changed_is_whole_again_when_it_is_put_again(store: Store) -> None:
    put(store, CONTENT, ".jpg")
    path_of(store, SHA256).write_bytes(b"damaged")
    put(store, CONTENT, ".jpg")
    assert path_of(store, SHA256).read_bytes() == CONTENT


@pytest.mark.parametrize("suffix", ["", "jpg", ".jp/g", "./../x", ".JPG", ".a.b.c", ".averylongsuffix"])
def test_a_suffix_is_no_way_out_of_the_folder(store: Store, suffix: str) -> None:
    with pytest.raises(UsageError, match="suffix"):
        put(store, CONTENT, suffix)
    assert files_of(store) == {}


@pytest.mark.parametrize("name", ["../../etc/passwd", "", SHA256.upper(), SHA256 + "0", "*" * 64])
def test_only_a_hash_names_a_file(store: Store, name: str) -> None:
    put(store, CONTENT, ".jpg")
    with pytest.raises(UsageError, match="SHA-256"):
        path_of(store, name)


def test_a_row_is_refused_where_there_is_no_file(store: Store) -> None:
    known = recorded(store)
    with pytest.raises(RomError, match="not in the store any more"), store.session() as session, session.begin():
        attach(session, known.exam, "overlay", SHA256)
    assert rows_of(store)["media"] == []


def test_a_role_is_given_anew_and_the_old_file_goes(store: Store) -> None:
    known = recorded(store)
    for content, until in ((CONTENT, date(2026, 1, 1)), (b"another", None)):
        digest = put(store, content, ".jpg")
        with store.session() as session, session.begin():
            attach(session, known.exam, "overlay", digest, until)
        remove_loose(store)
    with store.session() as session:
        row = session.get_one(ExamMediumRow, (known.exam, "overlay"))
        medium = medium_of(session, known.exam, "overlay")
        assert medium_of(session, known.exam, "original") is None
    assert (row.sha256, row.keep_until) == (digest, None)
    assert medium is not None
    assert (medium.sha256, medium.suffix, medium.size) == (digest, ".jpg", 7)
    assert [name for name in files_of(store) if name.startswith("media")] == [f"media/{digest[:2]}/{digest}.jpg"]


def test_a_file_that_two_examinations_share_stays_with_the_other(store: Store) -> None:
    one, two = measured(store), measured(store, label="Bob")
    with store.session() as session:
        shared = session.get_one(ExamMediumRow, (one.exam, "overlay")).sha256
        assert session.get_one(ExamMediumRow, (two.exam, "overlay")).sha256 == shared
    erase_person(store, one.person)
    assert path_of(store, shared).exists()
    erase_person(store, two.person)
    assert files_of(store) == {}


def test_a_file_on_its_way_is_left_alone_by_others(store: Store) -> None:
    """Between `put` and `attach` a file has no row: neither an erasure nor a check may take it."""
    other = measured(store, label="Bob")
    digest = put(store, CONTENT, ".jpg")
    erase_person(store, other.person)
    assert check(store, repair=True) == ()
    assert path_of(store, digest).exists()


class Ledger:
    """What reaches the disk and the database, in order, by inode: a name may change, a file does not."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: list[tuple[str, int]] = []
        fsync, replace, unlink = os.fsync, os.replace, os.unlink

        def spied_fsync(handle: int) -> None:
            fsync(handle)
            self.lines.append(("fsync", os.fstat(handle).st_ino))

        def spied_replace(source: Path, target: Path) -> None:
            replace(source, target)
            self.lines.append(("rename", target.stat().st_ino))

        def spied_unlink(path: Path, **words: Any) -> None:
            inode = os.stat(path, **words).st_ino  # noqa: PTH116 - it may be relative to an open folder
            self.lines.append(("unlink", inode))
            unlink(path, **words)

        monkeypatch.setattr(os, "fsync", spied_fsync)
        monkeypatch.setattr(os, "replace", spied_replace)
        monkeypatch.setattr(os, "unlink", spied_unlink)
        event.listen(store.engine, "commit", lambda _: self.lines.append(("commit", 0)))

    def first(self, what: str, inode: int = 0) -> int:
        return self.lines.index((what, inode))


def test_content_then_name_then_folder_then_row(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power loss anywhere, a committed row has its file: what it needs was on the disk before it."""
    ledger = Ledger(store, monkeypatch)
    known = recorded(store)
    ledger.lines.clear()
    digest = put(store, CONTENT, ".jpg")
    with store.session() as session, session.begin():
        attach(session, known.exam, "overlay", digest)
    path = path_of(store, digest)
    file, shelf, media = (one.stat().st_ino for one in (path, path.parent, store.media))
    assert ledger.lines == [
        ("fsync", file),
        ("rename", file),
        ("fsync", shelf),
        ("fsync", media),
        ("commit", 0),
    ]


def test_every_file_of_a_result_is_on_the_disk_before_its_one_transaction(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(store, monkeypatch)
    known = measured(store)
    recording = {line for line in ledger.lines if line[0] == "unlink"}
    with store.session() as session:
        rows = [path_of(store, row.sha256) for row in session.query(MediumRow)]
    commits = [number for number, line in enumerate(ledger.lines) if line[0] == "commit"]
    commit = commits[1]  # the first one made the person
    for path in rows:
        file, shelf = path.stat().st_ino, path.parent.stat().st_ino
        assert ledger.first("fsync", file) < ledger.first("rename", file) < ledger.first("fsync", shelf) < commit
    assert recording, "the recording and the scratch files went"
    assert all(ledger.first(*line) > commit for line in recording)
    assert known.exam


def test_rows_go_before_files(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    known = measured(store)
    ledger = Ledger(store, monkeypatch)
    erase_person(store, known.person)
    unlinks = [number for number, line in enumerate(ledger.lines) if line[0] == "unlink"]
    assert len(unlinks) == 4
    assert ledger.lines[0] == ("commit", 0)
    assert min(unlinks) > 0
