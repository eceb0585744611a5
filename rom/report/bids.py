"""A recording in the folder and with the names of BIDS (Brain Imaging Data Structure), its motion part.

::

    ROOT/dataset_description.json, README, participants.tsv
    ROOT/sub-P017/ses-1/motion/sub-P017_ses-1_task-ankle_tracksys-video_motion.tsv      one row a frame, no header
                               ..._motion.json, ..._channels.tsv, ..._channels.json     what is in it

Several recordings go into one ROOT, each with its own subject, session or run. Positions are in millimetres where
the scale is known, in pixels where it is not; x to the right of the picture, y up.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom.errors import UsageError
from rom.records import Examination, Floats
from rom.report.motion_files import Course, angle_columns, course_of
from rom.report.tables import write_text
from rom.report.targets import make_folder

BIDS_VERSION = "1.10.0"
SYSTEM = "video"
LABEL = re.compile(r"[A-Za-z0-9]+")
#: Letters of the axes where toes point right (+1), left (-1) or are not seen; the third is not measured.
AXES = {1: "AS_", -1: "PS_", 0: "_S_"}


@dataclass(frozen=True, slots=True)
class BidsName:
    """Labels of a recording: letters and digits; `session` may be empty, and `run` 0 for none."""

    subject: str
    session: str = ""
    task: str = "ankle"
    run: int = 0

    def __post_init__(self) -> None:
        """Check that the labels are labels; ``UsageError`` otherwise."""
        for option, label in (("subject", self.subject), ("session", self.session or "x"), ("task", self.task)):
            if not LABEL.fullmatch(label):
                raise UsageError(
                    f"Expected --{option} as letters and digits (P017), as BIDS has it, but got '{label}'; "
                    "leave out blanks, dots and dashes, and use a pseudonym for the person."
                )

    @property
    def folder(self) -> Path:
        """Where the recording's files lie in the data set."""
        return Path(f"sub-{self.subject}", *([f"ses-{self.session}"] if self.session else []), "motion")

    @property
    def stem(self) -> str:
        """How the recording's files begin."""
        session = f"_ses-{self.session}" if self.session else ""
        run = f"_run-{self.run}" if self.run else ""
        return f"sub-{self.subject}{session}_task-{self.task}_tracksys-{SYSTEM}{run}"


@dataclass(frozen=True, slots=True)
class _Channel:
    """One column of the motion file: how channels.tsv describes it, and its (T,) numbers."""

    name: str
    component: str
    kind: str
    tracked_point: str
    unit: str
    frame: str
    values: Floats


def write_bids(exam: Examination, root: Path, name: BidsName, mm_per_px: float | None = None) -> list[Path]:
    """Write one recording into a BIDS data set, which is begun where there is none.

    Returns
    -------
    The recording's files; the data set's own are written only where they are missing, and the person is added to
    ``participants.tsv``.
    """
    course = course_of(exam, mm_per_px)
    channels = _channels(course)
    folder = root / name.folder
    make_folder(folder)
    texts = {
        "motion.tsv": _rows([channel.values for channel in channels]),
        "motion.json": _json(_about(course, name, channels)),
        "channels.tsv": _channel_rows(course, channels),
        "channels.json": _json(_frames(course)),
    }
    _write_dataset(root, name)
    written = []
    for ending, text in texts.items():
        path = folder / f"{name.stem}_{ending}"
        write_text(path, text)
        written.append(path)
    return written


def _channels(course: Course) -> list[_Channel]:
    """Time, x and y of every landmark, then the angles."""
    unit = "px" if course.mm_per_px is None else "mm"
    channels = [_Channel("latency", "n/a", "LATENCY", "n/a", "s", "n/a", course.time_s)]
    for k, landmark in enumerate(course.names):
        for axis, letter in enumerate("xy"):
            values = course.points_mm[:, k, axis]
            channels.append(_Channel(f"{landmark}_{letter}", letter, "POS", landmark, unit, "picture", values))
    for joint, side, track in angle_columns(course):
        channels.append(_Channel(f"{side}_{joint}_angle", "n/a", "JNTANG", f"{side}_{joint}", "deg", "n/a", track))
    return channels


def _rows(columns: list[Floats]) -> str:
    """Numbers as BIDS has them: tabs, no header, n/a where one is missing."""
    table = np.stack(columns, axis=1)
    cells = (("n/a" if np.isnan(value) else f"{value:.6f}" for value in row) for row in table)
    return "".join("\t".join(row) + "\n" for row in cells)


def _channel_rows(course: Course, channels: list[_Channel]) -> str:
    """One row a column of the motion file."""
    lines = ["name\tcomponent\ttype\ttracked_point\tunits\treference_frame\tsampling_frequency"]
    lines += [
        "\t".join([c.name, c.component, c.kind, c.tracked_point, c.unit, c.frame, f"{course.rate_hz:.6g}"])
        for c in channels
    ]
    return "\n".join(lines) + "\n"


def _about(course: Course, name: BidsName, channels: list[_Channel]) -> dict[str, object]:
    """The motion file's own facts."""
    points = {channel.tracked_point for channel in channels} - {"n/a"}
    kinds = [channel.kind for channel in channels]
    return {
        "TaskName": name.task,
        "TaskDescription": "Movement of the ankle, measured from one camera",
        "SamplingFrequency": course.rate_hz,
        "MotionChannelCount": len(channels),
        "TrackedPointsCount": len(points),
        "TrackingSystemName": SYSTEM,
        "RecordingType": "continuous",
        "RecordingDuration": float(course.time_s[-1] - course.time_s[0]),
        "MissingValues": "n/a",
        "Manufacturer": "rom",
        "SoftwareVersions": f"rom {course.version}, model {course.model}",
        **{f"{kind}ChannelCount": kinds.count(kind) for kind in dict.fromkeys(kinds)},
        "ModelSHA256": course.model_sha256,
        "RecordingSHA256": course.recording_sha256,
        "Scale": course.scale_words,
        "Angles": "Ankle: dorsiflexion positive, 0 where sole and shank are perpendicular; knee: flexion positive.",
    }


def _frames(course: Course) -> dict[str, object]:
    """What the axes of the positions are."""
    picture = {
        "SpatialAxes": AXES[course.facing],
        "RotationRule": "n/a",
        "RotationOrder": "n/a",
        "Description": "The upright picture: x to the right, y up from its lower edge; depth is not measured.",
    }
    levels = {"picture": picture}
    return {"reference_frame": {"Description": "What the positions are measured in", "Levels": levels}}


def _write_dataset(root: Path, name: BidsName) -> None:
    """The data set's own files, where they are missing, and its list of people."""
    description = {
        "Name": "Ankle range of motion from video",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "rom"}],
    }
    texts = {
        "dataset_description.json": _json(description),
        "README": "Landmarks and ankle angles, measured from video by rom. Angles are in degrees, dorsiflexion "
        "positive.\nPositions are those of the picture; see the channels.json beside each recording.\n",
    }
    for file, text in texts.items():
        if not (root / file).exists():
            write_text(root / file, text)
    people = root / "participants.tsv"
    lines = people.read_text(encoding="utf-8").splitlines() if people.exists() else ["participant_id"]
    known = {line.split("\t")[0] for line in lines}
    if f"sub-{name.subject}" not in known:
        blanks = ["n/a"] * lines[0].count("\t")
        write_text(people, "\n".join([*lines, "\t".join([f"sub-{name.subject}", *blanks])]) + "\n")


def _json(content: Mapping[str, object]) -> str:
    """JSON as a person reads it."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
