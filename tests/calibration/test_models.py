"""The model files can be made again from where they came from, to the byte."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from calibration.models import ALIGNMENT, OWN, build, bundle
from rom.pose.models import MODELS_FOLDER, model_file

NPM, WHEEL = (os.environ.get(name) for name in ("ROM_MEDIAPIPE_NPM_TARBALL", "ROM_MEDIAPIPE_WHEEL"))


@pytest.mark.skipif(
    not (NPM and WHEEL),
    reason="needs ROM_MEDIAPIPE_NPM_TARBALL (npm @mediapipe/pose 0.5.1675469404) and ROM_MEDIAPIPE_WHEEL "
    "(PyPI mediapipe 0.10.21): 77 MB that are not downloaded for a test",
)
def test_building_again_gives_the_files_that_ship() -> None:
    files = build(Path(NPM or ""), Path(WHEEL or ""))
    for name, data in files.items():
        assert data == (MODELS_FOLDER / name).read_bytes(), name
    ours = {"ORIGIN.md", "MODEL_CARD.md", *(model_file(name).file for name in OWN)}
    assert set(files) | ours == {file.name for file in MODELS_FOLDER.iterdir()}


@pytest.mark.parametrize("name", ["heavy", "full", "lite"])
def test_a_bundle_is_two_stored_entries_at_aligned_places(name: str) -> None:
    path = MODELS_FOLDER / f"pose_landmarker_{name}.task"
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        rows = archive.infolist()
        assert [row.filename for row in rows] == ["pose_detector.tflite", "pose_landmarks_detector.tflite"]
        for row in rows:
            assert row.compress_type == zipfile.ZIP_STORED
            file.seek(row.header_offset + 26)
            name_length, extra_length = (int.from_bytes(file.read(2), "little") for _ in range(2))
            assert (row.header_offset + 30 + name_length + extra_length) % ALIGNMENT == 0


def test_a_bundle_is_the_same_bytes_each_time_and_holds_what_was_put_in() -> None:
    entries = {"a.tflite": b"one", "longer_name.tflite": bytes(1000)}
    first = bundle(entries)
    assert first == bundle(entries)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == entries
