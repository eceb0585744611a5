"""The job "measure": a recording to an examination, its landmarks, its overlay and the pictures of its peaks.

`measure_job` runs on a worker. It measures as the command line does, in a process of its own, because what arrives
from outside may end the process that opens it.
"""

import errno
import os
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

import rom
from rom.errors import RomError
from rom.intake import guarded, look, sniffed
from rom.jobs.attempt import Attempt, Pace, Stopped
from rom.records import Examination, Person, Symptoms

#: Shares of the progress: up to here the landmarks are found, up to here the overlay is drawn.
FOUND, DRAWN = 0.4, 0.95
#: How much a measurement steps back behind what else the computer does: a live camera comes first.
NICENESS = 10
AUTOGROUP = Path("/proc/self/autogroup")
DOCUMENT = "examination.json"


State = Literal["done", "failed", "stopped", "crashed"]


class Spec(TypedDict):
    """What a worker is told: the attempt's folder, the recording, and what `rom.measure` is told beside it."""

    folder: str
    recording: str
    side: str
    protocol: str
    moved_by: str
    footwear: str
    recorded_on: str
    who: dict[str, Any]
    symptoms: dict[str, Any]


class Outcome(TypedDict):
    """What became of an attempt.

    `state` : "crashed" where an earlier start of the same attempt ended its worker. `files` : names in the
    attempt's folder by role, the document apart. `reason` : one sentence, where it failed. `trace` : for the log,
    where it failed in a way that was not expected.
    """

    state: State
    reason: str
    files: dict[str, str]
    trace: str


def measure_job(spec: Spec) -> Outcome:
    """Measure a recording into the attempt's folder; never raises for what is wrong with the recording.

    Parameters
    ----------
    spec : as `rom.jobs.specs.spec_of` makes it; the folder and the recording are on a disk that this worker sees.

    Returns
    -------
    Outcome. "done" : ``examination.json`` is in the folder, and the files that are named.
    """
    attempt = Attempt(Path(spec["folder"]))
    if attempt.asked_to_stop:
        return outcome("stopped")
    if not attempt.begin():
        earlier = attempt.outcome()
        return outcome("crashed") if earlier is None else cast("Outcome", earlier)
    try:
        found: Outcome = guarded(measured, spec)
    except RomError as error:
        found = outcome("failed", _without_paths(error, spec))
    attempt.end(found)
    return found


def measured(spec: Spec) -> Outcome:
    """Measure, in this process: every failure becomes a reason, in one sentence that names no file."""
    _step_back()
    attempt = Attempt(Path(spec["folder"]))
    try:
        return outcome("done", files=_examined(spec, attempt))
    except Stopped:
        return outcome("stopped")
    except RomError as error:
        return outcome("failed", _without_paths(error, spec))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told and ends here
        return outcome("failed", unexpected(error), trace=traceback.format_exc())


def _step_back() -> None:
    """Be less urgent than the app's pages, and than whatever else the computer does.

    Linux shares its cores among sessions first, and this process has one of its own, so that alone `nice` would
    change nothing there: the session steps back as well (sched(7), "The autogroup feature").
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(OSError):  # another system, or one that does not share so
        AUTOGROUP.write_text(str(NICENESS), encoding="ascii")


def unexpected(error: BaseException) -> str:
    """A sentence for what should not have happened; the error's own words may name files, and are in the log."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There is no room left on the disk; make some room, then try again."
    return (
        f"Something went wrong that we did not expect: {type(error).__name__}; the log has more. "
        "The recording is still there, so you can try again."
    )


def _examined(spec: Spec, attempt: Attempt) -> dict[str, str]:
    """Measure and write everything; names of the files by role."""
    from rom.report.tables import write_json, write_landmarks

    recording, pace = Path(spec["recording"]), Pace(attempt)
    if sniffed(recording).what != "landmarks":
        look(recording)
    exam = rom.measure(
        recording,
        side=spec["side"],
        protocol=spec["protocol"],
        moved_by=spec["moved_by"],
        footwear=spec["footwear"],
        recorded_on=spec["recorded_on"],
        who=Person(**spec["who"]),
        symptoms=symptoms_from(spec["symptoms"]),
        progress=lambda done, total: pace(FOUND * done / total if total else 0.0),
    )
    exam = replace(exam, recording=replace(exam.recording, source=recording.name))  # no folder of this computer
    files = {"landmarks": "landmarks.npz"} | _pictures(exam, recording, attempt, pace)
    write_landmarks(exam, attempt.folder / files["landmarks"])
    write_json(exam, attempt.folder / DOCUMENT)
    return files


def symptoms_from(plain: dict[str, Any]) -> Symptoms:
    """What the person said, from JSON, where tuples are lists."""
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    return Symptoms(**fields)


def _pictures(exam: Examination, recording: Path, attempt: Attempt, pace: Pace) -> dict[str, str]:
    """The overlay and a picture of each peak, faces blurred; none where the recording holds landmarks only."""
    if exam.recording.kind == "keypoints":
        return {}
    from rom.report.overlay import write_overlay
    from rom.report.peaks import peak_pictures

    frames = max(1, len(exam.sightings.time_s))
    files = {"overlay": "overlay.mp4"}
    write_overlay(
        exam,
        recording,
        attempt.folder / files["overlay"],
        progress=lambda done, _: pace(FOUND + (DRAWN - FOUND) * min(1.0, done / frames)),
    )
    for (_, _, motion), picture in peak_pictures(exam, recording).items():
        role = f"peak_{motion}"
        files[role] = f"{role}.jpg"
        (attempt.folder / files[role]).write_bytes(picture)
    return files


def outcome(state: State, reason: str = "", *, files: dict[str, str] | None = None, trace: str = "") -> Outcome:
    """What became of an attempt, as it is sent."""
    return {"state": state, "reason": reason, "files": files or {}, "trace": trace}


def _without_paths(error: RomError, spec: Spec) -> str:
    """The error's own words, with "the recording" for its file and "the work folder" for the attempt's."""
    words = str(error)
    for path, name in ((spec["recording"], "the recording"), (spec["folder"], "the work folder")):
        words = words.replace(f"'{path}'", name).replace(path, name)
    name = Path(spec["recording"]).name
    return words.replace(f"'{name}'", "the recording").replace(name, "the recording")
