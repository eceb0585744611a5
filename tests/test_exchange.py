"""The exchange file: what was put in comes out, nothing else is in it, and a hostile one is refused."""

import hashlib
import io
import json
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import rom
from rom.errors import InputUnreadable, UsageError
from rom.exchange import MANIFEST, ExamParts, Opened, read_rom, write_rom
from rom.intake import LIMITS, sniffed
from rom.intake.archive import Archive
from rom.intake.contents import JSON_DEPTH_MOST, check_arrays, check_jpeg, checked_json
from rom.pose.recorded import load_people, save_examination
from rom.records import SCHEMA_VERSION, Examination
from rom.samples import sample_folder

SAMPLES = sample_folder()
EXAM = "exams/1/examination.json"
Read = Callable[[Path], Opened]


def jpeg(width: int = 72, height: int = 48, **extra: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(out, "JPEG", **extra)
    return out.getvalue()


@pytest.fixture(scope="module")
def exam() -> Examination:
    return rom.measure(SAMPLES / "seated_right.landmarks.npz", side="right", protocol="seated")


@pytest.fixture
def parts(exam: Examination, tmp_path: Path) -> ExamParts:
    """An examination with every file that may go in."""
    place = tmp_path / "home" / "jane-doe"
    place.mkdir(parents=True)
    (place / "up.jpg").write_bytes(jpeg())
    (place / "down.jpg").write_bytes(jpeg(30, 20))
    save_examination(place / "l.landmarks.npz", exam)
    whole = exam.to_dict()
    whole["recording"] = whole["recording"] | {  # type: ignore[operator]
        "source": str(place / "jane-doe.webm"),
        "notes": [f"Landmarks found earlier in '{place}/jane-doe.webm' by leg."],
    }
    files = {
        "peak_dorsiflexion": place / "up.jpg",
        "peak_plantar_flexion": place / "down.jpg",
        "landmarks": place / "l.landmarks.npz",
        "overlay": SAMPLES / "walk_right.mp4",
    }
    return ExamParts(whole, files)


@pytest.fixture
def saved(parts: ExamParts, tmp_path: Path) -> Path:
    path = tmp_path / "visit.rom"
    write_rom(path, [parts])
    return path


@pytest.fixture
def small(exam: Examination, tmp_path: Path) -> Path:
    """A file with the numbers alone, to be tampered with."""
    path = tmp_path / "small.rom"
    write_rom(path, [ExamParts(exam.to_dict())])
    return path


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(path: Path) -> Opened:
        folder = tmp_path / "opened"
        folder.mkdir(exist_ok=True)
        return read_rom(path, folder)

    return reading


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, contents: dict[str, bytes], *, sums: bool = True) -> Path:
    """The archive with other contents; with its manifest put right, as one who wants to deceive would."""
    if sums:
        manifest = json.loads(contents[MANIFEST])
        manifest["files"] = [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in contents.items()
            if name != MANIFEST
        ]
        contents = contents | {MANIFEST: json.dumps(manifest).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def test_what_went_in_comes_out(parts: ExamParts, saved: Path, read: Read, exam: Examination) -> None:
    opened = read(saved)
    (found,) = opened.exams
    assert (opened.version, opened.name) == (rom.__version__, "")
    whole = found.exam.to_dict()
    assert whole["recording"] == exam.to_dict()["recording"] | {  # type: ignore[operator]
        "source": "exam 1",
        "notes": ["Landmarks found earlier in 'the recording' by leg."],
    }
    assert whole | {"recording": 0} == exam.to_dict() | {"recording": 0}
    for role in ("peak_dorsiflexion", "peak_plantar_flexion", "overlay"):
        assert found.files[role].read_bytes() == parts.files[role].read_bytes()
    before, after = load_people(parts.files["landmarks"]), load_people(found.files["landmarks"])
    np.testing.assert_array_equal(before.time_s, after.time_s)
    for one, other in zip(before.people, after.people, strict=True):
        np.testing.assert_array_equal(one.points_px, other.points_px)
    again = rom.measure(found.files["landmarks"], side="right", protocol="seated")
    assert again.to_dict()["results"] == exam.to_dict()["results"], "it can be measured again, to the same numbers"


def test_it_is_known_by_its_first_bytes(saved: Path) -> None:
    assert sniffed(saved).what == "exchange"


def test_several_examinations_keep_their_order(parts: ExamParts, tmp_path: Path, read: Read) -> None:
    other = ExamParts(parts.document | {"recorded_on": "2026-03-01"})
    write_rom(tmp_path / "two.rom", [parts, other, parts], name="P-017")
    opened = read(tmp_path / "two.rom")
    assert opened.name == "P-017"
    assert [found.exam.recorded_on for found in opened.exams] == ["", "2026-03-01", ""]
    assert [sorted(found.files) for found in opened.exams][1] == []
    assert [found.exam.recording.source for found in opened.exams] == ["exam 1", "exam 2", "exam 3"]


def test_nothing_in_it_names_the_person_or_their_machine(saved: Path) -> None:
    for name, data in members(saved).items():
        inside = npz_text(data) if name.endswith(".npz") else data
        assert b"jane" not in inside.lower(), name
        assert b"/home" not in inside, name
    assert set(members(saved)) == {
        MANIFEST,
        EXAM,
        "exams/1/landmarks.npz",
        "exams/1/overlay.mp4",
        "exams/1/peak_dorsiflexion.jpg",
        "exams/1/peak_plantar_flexion.jpg",
    }


def npz_text(data: bytes) -> bytes:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return str(archive["about"]).encode()


def test_the_original_video_does_not_go_in(parts: ExamParts, tmp_path: Path) -> None:
    filmed = replace(parts, files={"original": SAMPLES / "walk_right.mp4"})
    with pytest.raises(UsageError, match="'original'"):
        write_rom(tmp_path / "visit.rom", [filmed])
    assert not list(tmp_path.glob("*visit*")), "nothing is left behind"


@pytest.mark.parametrize("name", ["two\nlines", "x" * 201, "\x1b[31mred"])
def test_a_name_is_one_short_line(name: str, parts: ExamParts, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name of at most"):
        write_rom(tmp_path / "visit.rom", [parts], name=name)


def test_what_cannot_be_written_leaves_nothing(parts: ExamParts, tmp_path: Path) -> None:
    gone = replace(parts, files={"overlay": tmp_path / "no-such.mp4"})
    with pytest.raises(UsageError, match="Could not write"):
        write_rom(tmp_path / "visit.rom", [gone])
    with pytest.raises(InputUnreadable):
        write_rom(tmp_path / "visit.rom", [ExamParts({"schema_version": "0.1"})])
    with pytest.raises(UsageError, match=r"\.rom"):
        write_rom(tmp_path / "visit.zip", [parts])
    with pytest.raises(UsageError, match="1 to 20"):
        write_rom(tmp_path / "visit.rom", [])
    assert not list(tmp_path.glob("*visit*"))


# ------------------------------------------------------------------------------------------------ hostile archives


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "/etc/passwd",
        "exams/1/../../x",
        "exams\\1\\examination.json",
        "C:\\x.json",
        "exams/1/run.sh",
        "exams/0/examination.json",
        "exams/21/examination.json",
        "exams/1/",
        "EXAMS/1/EXAMINATION.JSON",
        " ",
    ],
)
def test_a_file_of_another_name_is_refused(name: str, small: Path, read: Read, tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match=r"does not belong there|manifest names other"):
        read(rewritten(small, members(small) | {name: b"{}"}))
    assert not list((tmp_path / "opened").iterdir())


def test_a_name_that_ends_early_is_refused(small: Path, read: Read) -> None:
    """Some readers end a name at a zero byte: what one takes for a picture, another would run."""
    rewritten(small, members(small) | {"exams/1/peak_dorsiflexion.jpg?.exe": jpeg()}, sums=False)
    small.write_bytes(small.read_bytes().replace(b".jpg?.exe", b".jpg\x00.exe"))
    with pytest.raises(InputUnreadable, match="does not belong there"):
        read(small)


def test_a_name_that_is_there_twice_is_refused(small: Path, read: Read) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(small, "a") as archive:
        archive.writestr(EXAM, b"{}")
    with pytest.raises(InputUnreadable, match="twice"):
        read(small)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_what_is_no_plain_file_is_refused(kind: int, small: Path, read: Read) -> None:
    whole = members(small)
    with zipfile.ZipFile(small, "w") as archive:
        archive.writestr(MANIFEST, whole[MANIFEST])
        info = zipfile.ZipInfo(EXAM)
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, b"/etc/passwd")
    with pytest.raises(InputUnreadable, match="link or a folder"):
        read(small)


def patched_directory(path: Path, offset: int, value: bytes, entry: bytes = EXAM.encode()) -> None:
    """Overwrite bytes of a member's entry in the directory (APPNOTE.TXT 4.3.12: 46 bytes, then its name)."""
    data = bytearray(path.read_bytes())
    at = data.rindex(entry) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + offset : at + offset + len(value)] = value
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [
        (8, b"\x01", "encrypted"),
        (10, b"\x0e", "unusual way"),  # LZMA
        (24, b"\xff\xff\xff\x7f", "would unpack to 2,147 MB"),
        (24, b"\x01\x00\x00\x00", "other files than it holds"),
        (20, b"\xff\xff\xff\x0f", "over each other"),
        (42, b"\x00\x00\x00\x00", "cannot be unpacked"),  # the place of another member
        (16, b"\x00\x00\x00\x00", "cannot be unpacked"),  # checksum
    ],
)
def test_a_directory_that_lies_is_refused(offset: int, value: bytes, said: str, small: Path, read: Read) -> None:
    patched_directory(small, offset, value)
    with pytest.raises(InputUnreadable, match=said):
        read(small)


def test_more_is_not_unpacked_than_was_promised(small: Path, read: Read) -> None:
    """A bomb whose directory and manifest promise little: the reader stops at the promise."""
    whole = members(small)
    rewritten(small, whole | {"exams/1/peak_dorsiflexion.jpg": bytes(50_000_000)}, sums=False)
    patched_directory(small, 24, struct.pack("<L", 1000), b"exams/1/peak_dorsiflexion.jpg")
    with (
        Archive(small, {".*": 10**9}, members_most=9, bytes_most=10**9) as archive,
        pytest.raises(InputUnreadable, match="unpacked"),
    ):
        archive.read("exams/1/peak_dorsiflexion.jpg")


def test_a_bomb_is_not_unpacked(small: Path, read: Read) -> None:
    whole = members(small)
    bomb = {f"exams/{k}/overlay.mp4": bytes(100_000_000) for k in (1, 2)}
    rewritten(small, whole | bomb)
    assert small.stat().st_size < 1_000_000
    with pytest.raises(InputUnreadable, match="would unpack to 20"):
        read(small)


def test_many_members_are_refused_before_the_directory_is_read(small: Path, read: Read) -> None:
    with zipfile.ZipFile(small, "w") as archive:
        for k in range(5000):
            archive.writestr(f"{k}", b"")
    with pytest.raises(InputUnreadable, match="more than 101 files"):
        read(small)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"#!/bin/sh\n" + data, "before or behind"),
        (lambda data: data + b"\x00", "does not end"),
        (lambda data: data[:-2] + b"\x05\x00hello", "does not end"),
        (lambda data: data[: len(data) // 2], "does not end"),
        (lambda _: b"", "too short"),
        (lambda _: b"<html>" + bytes(100), "does not end"),
    ],
)
def test_what_is_no_plain_archive_is_refused(
    change: Callable[[bytes], bytes], said: str, small: Path, read: Read
) -> None:
    small.write_bytes(change(small.read_bytes()))
    with pytest.raises(InputUnreadable, match=said):
        read(small)


def test_every_cut_and_every_changed_byte_is_noticed(small: Path, read: Read, exam: Examination) -> None:
    """Each of 300 seeded changes is refused, or changes nothing that is read."""
    whole, dice = small.read_bytes(), np.random.default_rng(6)
    refused = 0
    for _ in range(300):
        changed = bytearray(whole)
        changed[dice.integers(len(whole))] ^= int(dice.integers(1, 256))
        small.write_bytes(bytes(changed))
        try:
            found = read(small).exams[0].exam
        except InputUnreadable:
            refused += 1
        else:
            assert found.to_dict()["results"] == exam.to_dict()["results"]
    assert refused > 250, "only times and flags of the archive say nothing"


# ------------------------------------------------------------------------------------------------ hostile contents


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "other"}, "manifest is none"),
        ({"layout": 2}, "Expected a file of layout 1, but this one has 2"),
        ({"name": "\x1b[31m"}, "characters that no text has"),
        ({"name": 5}, "incomplete"),
        ({"name": "x" * 201}, "incomplete"),
        ({"made": "yesterday"}, "no date"),
        ({"files": 7}, "incomplete"),
        ({"files": []}, "other files than it holds"),
        ({"files": [{"name": EXAM}]}, "incomplete"),
    ],
)
def test_a_manifest_that_is_not_right_is_refused(
    change: dict[str, Any], said: str, small: Path, read: Read
) -> None:
    whole = members(small)
    whole[MANIFEST] = json.dumps(json.loads(whole[MANIFEST]) | change).encode()
    with pytest.raises(InputUnreadable, match=said):
        read(rewritten(small, whole, sums=False))


def test_a_wrong_checksum_is_refused(small: Path, read: Read) -> None:
    whole = members(small)
    whole[EXAM] = whole[EXAM].replace(b'"right"', b'"left" ')
    with pytest.raises(InputUnreadable, match="checksum"):
        read(rewritten(small, whole, sums=False))


def test_the_manifest_must_be_there(small: Path, read: Read) -> None:
    whole = members(small)
    del whole[MANIFEST]
    with pytest.raises(InputUnreadable, match=r"'manifest\.json' is missing"):
        read(rewritten(small, whole, sums=False))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": "0.9"}, f"layout {SCHEMA_VERSION}, but"),
        ({"results": [{"side": "third"}]}, "damaged"),
        ({"people_seen": 1e400}, "characters|damaged|JSON"),
        ({"angles": {"right": None}}, "damaged"),
        ({"created": "never"}, "damaged"),
    ],
)
def test_an_examination_that_is_none_is_refused(change: dict[str, Any], said: str, small: Path, read: Read) -> None:
    whole = members(small)
    whole[EXAM] = json.dumps(json.loads(whole[EXAM]) | change).replace("Infinity", "1e999").encode()
    with pytest.raises(InputUnreadable, match=said):
        read(rewritten(small, whole))


def test_a_recording_is_never_looked_for_where_a_stranger_says(small: Path, read: Read) -> None:
    whole = members(small)
    document = json.loads(whole[EXAM])
    document["recording"]["source"] = "/etc/passwd"
    whole[EXAM] = json.dumps(document).encode()
    assert read(rewritten(small, whole)).exams[0].exam.recording.source == "exam 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[" * 100_000, "too deep"),
        (b'{"a":' * (JSON_DEPTH_MOST + 1) + b"1" + b"}" * (JSON_DEPTH_MOST + 1), "too deep"),
        (b"[" + b"[]," * 1_100_000 + b"1]", "too long"),
        (b" " * 30_000_000, "too long"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a": "\\u001b[31m"}', "no text has"),
        (b'{"a": "\\ud800"}', "no text has"),
        (b'{"a": "\\u0000"}', "no text has"),
        (b"\xff\xfe{}", "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_json_is_held_to_bounds(text: bytes, said: str) -> None:
    with pytest.raises(InputUnreadable, match=said):
        checked_json(text, "this")


def test_json_within_bounds_is_read() -> None:
    deep = '{"a":' * (JSON_DEPTH_MOST - 1) + '["[[[[", "\\""]' + "}" * (JSON_DEPTH_MOST - 1)
    assert checked_json(deep.encode(), "this") == json.loads(deep)
    assert checked_json('"Å\\n 70°"'.encode(), "this") == "Å\n 70°"


def huge_array() -> bytes:
    """An ``.npz`` that promises a million gigabytes in a few bytes."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 100000000000000), }"
    padded = header + b" " * (118 - len(header) - 1) + b"\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("time_s.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded)
    return out.getvalue()


def pickled_array() -> bytes:
    out = io.BytesIO()
    np.savez(out, time_s=np.array([print], dtype=object))
    return out.getvalue()


ARRAYS = {
    "an endless one": (huge_array(), "not as long as it says"),
    "a pickle": (pickled_array(), "other than numbers"),
    "a void": (npz(time_s=np.zeros(3, "V8")), "other than numbers"),
    "too many rows": (npz(time_s=np.zeros(300_000, np.int8)), "too long"),
    "another name": (npz(**{"Time S": np.zeros(3)}), "does not belong"),
    "no archive": (b"\x93NUMPY\x01\x00", "too short"),
    "nothing of ours": (npz(time_s=np.zeros(3)), "cannot be read"),
    "many": (npz(**{f"a{k}": np.zeros(1) for k in range(40)}), "more than 32"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_are_not_landmarks_are_refused(name: str, small: Path, read: Read, tmp_path: Path) -> None:
    data, said = ARRAYS[name]
    whole = members(small) | {"exams/1/landmarks.npz": data}
    with pytest.raises(InputUnreadable, match=said):
        read(rewritten(small, whole))
    assert not list((tmp_path / "opened").iterdir()), "what was refused is taken away"


def test_stored_landmarks_pass_the_check() -> None:
    for path in sorted(SAMPLES.glob("*.landmarks.npz")):
        check_arrays(path)


PICTURES = {
    "a png": (b"\x89PNG\r\n\x1a\n" + bytes(50), "no JPEG"),
    "a page": (b"<script>alert(1)</script>", "no JPEG"),
    "something behind": (jpeg() + b"<script>", "behind its picture"),
    "cut off": (jpeg(400, 400)[:-40], "no JPEG"),
    "many pixels": (jpeg(4000, 2000), "too many pixels"),
    "heavy": (jpeg() + bytes(5_000_000), "would unpack"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_that_are_none_are_refused(name: str, small: Path, read: Read, tmp_path: Path) -> None:
    data, said = PICTURES[name]
    whole = members(small) | {"exams/1/peak_dorsiflexion.jpg": data}
    with pytest.raises(InputUnreadable, match=said):
        read(rewritten(small, whole))
    assert not list((tmp_path / "opened").iterdir())


def test_a_picture_whose_header_promises_gigabytes_is_not_decoded() -> None:
    data = bytearray(jpeg())
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, 65500, 65500)
    with pytest.raises(InputUnreadable, match=r"too many pixels|no JPEG"):
        check_jpeg(bytes(data), "this")


def test_an_overlay_that_is_no_video_is_refused(small: Path, read: Read) -> None:
    with pytest.raises(InputUnreadable, match="none of them"):
        read(rewritten(small, members(small) | {"exams/1/overlay.mp4": b"#EXTM3U\nfile:///etc/passwd\n"}))


def test_sizes_come_before_everything(small: Path, tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="at most"):
        read_rom(small, tmp_path, replace(LIMITS, bytes_most=100))
    with pytest.raises(InputUnreadable, match="There is no file"):
        read_rom(tmp_path / "none.rom", tmp_path)


# ------------------------------------------------------------------------------------------------ the command line


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rom", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_open_shows_what_is_in_it(saved: Path) -> None:
    done = command("open", saved)
    assert done.returncode == 0, done.stderr
    assert "Every checksum is right" in done.stdout
    assert "Right ankle" in done.stdout
    assert "Beside the numbers: picture pulled up, picture pointed, landmarks" in done.stdout
    assert "Not a diagnosis" in done.stdout


def test_open_refuses_in_one_sentence(small: Path) -> None:
    small.write_bytes(small.read_bytes()[:-1])
    done = command("open", small)
    assert done.returncode == InputUnreadable.exit_code
    assert done.stderr.count("\n") == 1
    assert "does not end as an archive does" in done.stderr


def test_report_takes_exchange_files(saved: Path, tmp_path: Path) -> None:
    done = command("report", saved, "--out", tmp_path / "r.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64") >= 2, "the pictures come from the file"
