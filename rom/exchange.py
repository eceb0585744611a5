"""The exchange file: one visit as one file, ``.rom``, that a patient saves and a therapist's side opens.

A ZIP. Nothing in it names the person, unless that was asked for, and nothing shows a face: no video as it was
filmed, only what was drawn from it.

=================================  ===========================================================
``manifest.json``                  first: format, layout, version, when it was made, every file's size and SHA-256
``exams/N/examination.json``       what `Examination.to_dict` gives; N counts from 1
``exams/N/peak_MOTION.jpg``        the frames at the ends of the movements, faces blurred
``exams/N/landmarks.npz``          everybody's landmarks, to measure again from
``exams/N/overlay.mp4``            the video with the measurement drawn on it, faces blurred
=================================  ===========================================================
"""

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

import rom
from rom.errors import InputUnreadable, RomError, UsageError
from rom.intake import LIMITS, Limits, look
from rom.intake.archive import Archive, damaged
from rom.intake.contents import (
    ARRAYS_BYTES_MOST,
    JSON_BYTES_MOST,
    PICTURE_BYTES_MOST,
    check_arrays,
    check_jpeg,
    checked_json,
)
from rom.records import Examination
from rom.report.reading import examination_from
from rom.report.tables import explained

SUFFIX = ".rom"
FORMAT = "rom examinations"
LAYOUT = 1  # rises when readers must change
MANIFEST = "manifest.json"
EXAMS_MOST = 20  # of one visit: both sides of every exam are 10
OVERLAY_BYTES_MOST = 512 * 2**20  # ten minutes of 1080p
FILE_BYTES_MOST = 2 * 2**30
NAME_MOST = 200  # characters of the person's name, as in the store
MANIFEST_BYTES_MOST = 2**18


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of file of an examination: its name in the archive, its suffix outside, and its most bytes."""

    name: str
    suffix: str
    bytes_most: int


#: Role, as in the store, to the file.
PARTS = {
    "peak_dorsiflexion": Part("peak_dorsiflexion.jpg", ".jpg", PICTURE_BYTES_MOST),
    "peak_plantar_flexion": Part("peak_plantar_flexion.jpg", ".jpg", PICTURE_BYTES_MOST),
    "landmarks": Part("landmarks.npz", ".landmarks.npz", ARRAYS_BYTES_MOST),
    "overlay": Part("overlay.mp4", ".mp4", OVERLAY_BYTES_MOST),
}
EXAMINATION = "examination.json"
FOLDER = r"exams/([1-9]|1[0-9]|20)/"
ALLOWED = {
    re.escape(MANIFEST): MANIFEST_BYTES_MOST,
    FOLDER + re.escape(EXAMINATION): JSON_BYTES_MOST,
    **{FOLDER + re.escape(part.name): part.bytes_most for part in PARTS.values()},
}
#: What in a recording's notes may be a place on somebody's machine.
PLACES = re.compile(r"'[^']*[/\\][^']*'")


@dataclass(frozen=True, slots=True)
class ExamParts:
    """One examination to be written: its JSON (`Examination.to_dict`), and its files by role (`PARTS`)."""

    document: dict[str, Any]
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedExam:
    """One examination that was read: checked, its files by role in the folder that was named."""

    exam: Examination
    files: dict[str, Path]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a ``.rom`` file holds. `made` : when (ISO). `name` : the person's, where they put it in; else empty."""

    made: str
    version: str
    name: str
    exams: tuple[OpenedExam, ...]


def write_rom(path: Path, visit_exams: Sequence[ExamParts], *, name: str = "") -> None:
    """Write a visit as one file, whole or not at all.

    Parameters
    ----------
    path : the file, ending in ``.rom``. visit_exams : what goes in; a role that is not of `PARTS` is refused, above
        all the original video. name : the person's, only where they ask for it.

    Raises
    ------
    UsageError : no examination, too many, or another kind of file. InputUnreadable : a document is none.
    """
    _check_asked(path, visit_exams, name)
    part = path.with_name(f".{path.stem}-{uuid4().hex[:8]}.part")
    with explained(path):
        try:
            with part.open("wb") as file:
                _write(file, visit_exams, name)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _check_asked(path: Path, exams: Sequence[ExamParts], name: str) -> None:
    """Refuse what could not be read again."""
    if path.suffix != SUFFIX:
        raise UsageError(f"Expected a file that ends in '{SUFFIX}', but got '{path.name}'; name it so.")
    if not 1 <= len(exams) <= EXAMS_MOST:
        raise UsageError(f"Expected 1 to {EXAMS_MOST} examinations for one file, but got {len(exams)}.")
    if len(name) > NAME_MOST or not name.isprintable():
        raise UsageError(f"Expected a name of at most {NAME_MOST} letters on one line; shorten it.")
    for role in (role for exam in exams for role in exam.files):
        if role not in PARTS:
            raise UsageError(
                f"Expected files of {', '.join(PARTS)}, but got '{role}'; it does not belong in there."
            )


def _write(file: Any, exams: Sequence[ExamParts], name: str) -> None:
    """The manifest first, then every file in its order: sizes and checksums are known before one is written."""
    members = [member for number, exam in enumerate(exams, 1) for member in _members(number, exam)]
    manifest = {
        "format": FORMAT,
        "layout": LAYOUT,
        "version": rom.__version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "name": name,
        "files": [{"name": inside, "size": _size(what), "sha256": _sha256(what)} for inside, what in members],
    }
    with zipfile.ZipFile(file, "w") as archive:
        for inside, what in ((MANIFEST, _json(manifest)), *members):
            packed = zipfile.ZIP_DEFLATED if inside.endswith(".json") else zipfile.ZIP_STORED
            if isinstance(what, bytes):
                archive.writestr(zipfile.ZipInfo(inside), what, packed)
            else:
                archive.write(what, inside, packed)


def _members(number: int, exam: ExamParts) -> list[tuple[str, bytes | Path]]:
    """Name in the archive to what is there, of one examination."""
    inside = f"exams/{number}/{EXAMINATION}"
    data = _json(examination_from(without_places(exam.document, number)).to_dict())
    checked_json(data, inside)  # nothing is written that would not be read
    found: list[tuple[str, bytes | Path]] = [(inside, data)]
    for role, part in PARTS.items():
        if role in exam.files:
            path = exam.files[role]
            what = _landmarks_without_places(path, number) if role == "landmarks" else path
            found.append((f"exams/{number}/{part.name}", what))
    return found


def recording_name(number: int) -> str:
    """What an examination's recording is called in the file, in place of where it lay."""
    return f"exam {number}"


def without_places(document: dict[str, Any], number: int) -> dict[str, Any]:
    """An examination's JSON without the paths of the machine that made it, which may hold somebody's name."""
    recording = document.get("recording") if isinstance(document, dict) else None
    return document if not isinstance(recording, dict) else document | {"recording": _placeless(recording, number)}


def _placeless(recording: dict[str, Any], number: int) -> dict[str, Any]:
    """The facts of a recording without the places in them."""
    notes = [PLACES.sub("'the recording'", str(note)) for note in recording.get("notes", [])]
    return recording | {"source": recording_name(number), "notes": notes}


def _landmarks_without_places(path: Path, number: int) -> bytes:
    """Stored landmarks, all arrays as they are, without the places in what is said about the recording."""
    with np.load(path, allow_pickle=False) as archive:
        arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
    about = json.loads(str(arrays["about"]))
    arrays["about"] = np.array(json.dumps(about | {"recording": _placeless(about["recording"], number)}))
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _json(what: object) -> bytes:
    return json.dumps(what, ensure_ascii=False, allow_nan=False).encode("utf-8")


def _size(what: bytes | Path) -> int:
    return len(what) if isinstance(what, bytes) else what.stat().st_size


def _sha256(what: bytes | Path) -> str:
    if isinstance(what, bytes):
        return hashlib.sha256(what).hexdigest()
    with what.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_rom(path: Path, folder: Path, limits: Limits = LIMITS) -> Opened:
    """Read a ``.rom`` file as one reads what a stranger sent.

    Parameters
    ----------
    path : the file. folder : an empty one, where the files of the examinations are put under names of ours.
    limits : of the file itself, and of the video in it.

    Raises
    ------
    InputUnreadable : it is none, or anything in it is not as `write_rom` writes it.
    """
    if not path.is_file():
        raise InputUnreadable(f"There is no file '{path.name}'; check the spelling and the folder.")
    if path.stat().st_size > min(limits.bytes_most, FILE_BYTES_MOST):
        raise InputUnreadable(
            f"Expected a file of {limits.bytes_most / 1e6:,.0f} MB at most, but this one has "
            f"{path.stat().st_size / 1e6:,.0f} MB."
        )
    members_most = 1 + EXAMS_MOST * (1 + len(PARTS))
    with Archive(path, ALLOWED, members_most=members_most, bytes_most=FILE_BYTES_MOST) as archive:
        manifest = _manifest(archive)
        sums = _sums(manifest, archive.sizes)
        numbers = sorted({int(name.split("/")[1]) for name in sums})
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            raise damaged("its examinations are not counted from 1")
        exams = tuple(_exam(archive, number, sums, folder, limits) for number in numbers)
    return Opened(manifest["made"], manifest["version"], manifest["name"], exams)


def unpack_rom(path: str, folder: str) -> dict[str, Any]:
    """`read_rom` for a process of its own (`rom.intake.guarded`): what it found is in the folder, as is told.

    Each examination is there as ``examN.json``; `unpacked` reads what this wrote.
    """
    opened = read_rom(Path(path), Path(folder))
    told = []
    for number, one in enumerate(opened.exams, 1):
        (Path(folder) / f"exam{number}.json").write_bytes(_json(one.exam.to_dict()))
        told.append({role: file.name for role, file in one.files.items()})
    return {"made": opened.made, "version": opened.version, "name": opened.name, "files": told}


def unpacked(told: dict[str, Any], folder: Path) -> Opened:
    """What `unpack_rom` told and wrote: names and numbers are looked at again, the files are not.

    Raises
    ------
    InputUnreadable : the process that unpacked it was taken over, and wrote something else.
    """
    exams = []
    for number, files in enumerate(told["files"], 1):
        name = f"exam{number}.json"
        exam = examination_from(checked_json((folder / name).read_bytes(), name), name)
        known = {role: f"exam{number}_{role}{part.suffix}" for role, part in PARTS.items()}
        exams.append(OpenedExam(exam, {role: folder / known[role] for role in known if role in files}))
    return Opened(told["made"], told["version"], told["name"], tuple(exams))


def _manifest(archive: Archive) -> dict[str, Any]:
    """The manifest, every value of its kind."""
    manifest = checked_json(archive.read(MANIFEST), MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise damaged("its manifest is none")
    if manifest.get("layout") != LAYOUT:
        raise InputUnreadable(
            f"Expected a file of layout {LAYOUT}, but this one has {str(manifest.get('layout'))[:20]}; open it "
            "with the version of rom that made it, or a later one."
        )
    words = [manifest.get(key) for key in ("version", "made", "name")]
    if not all(isinstance(word, str) and len(word) <= NAME_MOST and word.isprintable() for word in words):
        raise damaged("its manifest is incomplete")
    try:
        datetime.fromisoformat(manifest["made"])
    except ValueError as error:
        raise damaged("its manifest has no date") from error
    return manifest


def _sums(manifest: dict[str, Any], sizes: Mapping[str, int]) -> dict[str, str]:
    """Name to SHA-256 of every file but the manifest; exactly those that are in the archive, of those sizes."""
    try:
        listed = {row["name"]: (row["size"], row["sha256"]) for row in manifest["files"]}
        whole = len(listed) == len(manifest["files"])
    except (KeyError, TypeError) as error:
        raise damaged("its manifest is incomplete") from error
    there = {name: size for name, size in sizes.items() if name != MANIFEST}
    if not whole or {name: size for name, (size, _) in listed.items()} != there:
        raise damaged("its manifest names other files than it holds")
    return {name: sum_ for name, (_, sum_) in listed.items()}


def _exam(archive: Archive, number: int, sums: Mapping[str, str], folder: Path, limits: Limits) -> OpenedExam:
    """One examination, its files put into the folder and checked there."""
    prefix = f"exams/{number}/"
    inside = prefix + EXAMINATION
    if inside not in sums:
        raise damaged(f"exam {number} has no numbers")
    data = archive.read(inside)
    if hashlib.sha256(data).hexdigest() != sums[inside]:
        raise damaged(f"the checksum of '{inside}' is another")
    plain = checked_json(data, inside)
    exam = examination_from(plain, inside)
    exam = replace(exam, recording=replace(exam.recording, source=recording_name(number)))  # never a place here
    files = {}
    for role, part in PARTS.items():
        if prefix + part.name in sums:
            target = folder / f"exam{number}_{role}{part.suffix}"
            _unpack(archive, prefix + part.name, sums[prefix + part.name], target)
            _check_file(role, target, limits)
            files[role] = target
    return OpenedExam(exam, files)


def _unpack(archive: Archive, inside: str, sum_: str, target: Path) -> None:
    """Write one member to a path of ours, and compare its checksum; a file that fails is taken away."""
    digest = hashlib.sha256()
    try:
        with explained(target), target.open("xb") as file:
            for piece in archive.chunks(inside):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != sum_:
            raise damaged(f"the checksum of '{inside}' is another")
    except RomError:
        target.unlink(missing_ok=True)
        raise


def _check_file(role: str, path: Path, limits: Limits) -> None:
    """Look into a file by its role; one that is not what it should be is taken away."""
    from rom.pose.recorded import load_people

    try:
        if role == "overlay":
            look(path, limits)
        elif role == "landmarks":
            check_arrays(path)
            try:
                load_people(path)
            except (AttributeError, IndexError, RecursionError, MemoryError) as error:
                raise damaged("its landmarks do not belong together") from error
        else:
            check_jpeg(path.read_bytes(), path.name)
    except RomError:
        path.unlink(missing_ok=True)
        raise
