"""`measure_job`: the numbers of the command line, the files beside them, reasons that name no file."""

import json
import os
from pathlib import Path
from typing import Any

import av
import pytest

import rom
from rom.intake import guarded
from rom.jobs import measuring
from rom.jobs.attempt import Attempt
from rom.jobs.measuring import DOCUMENT, NICENESS, Outcome, Spec, measure_job
from rom.records import Person, Symptoms
from rom.samples import sample_folder
from tests.jobs.ground import landmarks

SAMPLES = ["seated_right", "long_sitting_left", "lunge_right", "heel_raise_left", "walk_right"]
PROTOCOLS = dict(zip(SAMPLES, ["seated", "long-sit", "lunge", "heel-raise", "walk"], strict=True))


def spec(folder: Path, recording: Path, **other: Any) -> Spec:
    told: Spec = {
        "folder": str(folder / "work" / "attempt"),
        "recording": str(recording),
        "side": "right",
        "protocol": "seated",
        "moved_by": "",
        "footwear": "bare",
        "recorded_on": "2026-11-20",
        "who": {"age_years": 6.2, "sex": "female"},
        "symptoms": {"pain": {"rest": 1}, "places": ["heel"]},
    }
    told.update(other)  # type: ignore[typeddict-item]
    return told


def numbers(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what differs from one measurement to the next: when, how long, where."""
    kept = {name: value for name, value in document.items() if name not in ("created", "timings_s")}
    return kept | {"recording": {k: v for k, v in kept["recording"].items() if k != "source"}}


def document(told: Spec) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(told["folder"]) / DOCUMENT).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_the_numbers_are_those_of_measure(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "guarded", lambda function, told: function(told))
    monkeypatch.setattr(measuring, "_step_back", lambda: None)
    side = name.rpartition("_")[2]
    told = spec(tmp_path, landmarks(name), side=side, protocol=PROTOCOLS[name])
    assert measure_job(told)["state"] == "done"
    exam = rom.measure(
        landmarks(name),
        side=side,
        protocol=PROTOCOLS[name],
        who=Person(6.2, "female"),
        symptoms=Symptoms(pain={"rest": 1}, places=("heel",)),
        footwear="bare",
        recorded_on="2026-11-20",
    )
    assert numbers(document(told)) == numbers(json.loads(json.dumps(exam.to_dict())))


def stepped_back() -> list[str]:
    """How urgent a process is that has stepped back: its own niceness, and its session's where Linux has that."""
    measuring._step_back()
    known = measuring.AUTOGROUP.exists()
    return [str(os.nice(0)), measuring.AUTOGROUP.read_text(encoding="ascii") if known else ""]


@pytest.mark.skipif(os.name != "posix", reason="niceness is POSIX's")
def test_a_measurement_steps_back_behind_the_pages_with_its_whole_session() -> None:
    own, session = guarded(stepped_back)
    assert int(own) == NICENESS
    assert session == "" or session.split()[-1] == str(NICENESS)


@pytest.fixture(scope="module")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two seconds of a sample."""
    path = tmp_path_factory.mktemp("clip") / "short.mp4"
    with av.open(str(sample_folder() / "seated_right.mp4")) as whole, av.open(str(path), "w") as short:
        stream = whole.streams.video[0]
        copied = short.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            if packet.pts is not None and packet.pts * packet.time_base < 2:
                packet.stream = copied
                short.mux(packet)
    return path


@pytest.fixture(scope="module")
def filmed(short_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Spec, Outcome]:
    """A video measured in the process that is made for it."""
    told = spec(tmp_path_factory.mktemp("filmed"), short_clip)
    return told, measure_job(told)


def test_a_video_is_measured_in_a_process_of_its_own_and_gives_the_numbers_of_measure(
    filmed: tuple[Spec, Outcome], short_clip: Path
) -> None:
    told, became = filmed
    assert became["state"] == "done", became
    exam = rom.measure(
        short_clip,
        side="right",
        protocol="seated",
        who=Person(6.2, "female"),
        symptoms=Symptoms(pain={"rest": 1}, places=("heel",)),
        footwear="bare",
        recorded_on="2026-11-20",
    )
    assert exam.measured
    assert numbers(document(told)) == numbers(json.loads(json.dumps(exam.to_dict())))


def test_a_video_leaves_an_overlay_peaks_and_landmarks(filmed: tuple[Spec, Outcome], short_clip: Path) -> None:
    told, became = filmed
    folder = Path(told["folder"])
    assert {"overlay", "landmarks", "peak_dorsiflexion"} <= set(became["files"])
    with av.open(str(folder / became["files"]["overlay"])) as overlay, av.open(str(short_clip)) as clip:
        drawn, taken = (sum(1 for _ in video.decode(video=0)) for video in (overlay, clip))
    assert drawn == taken
    assert (folder / became["files"]["peak_dorsiflexion"]).read_bytes()[:3] == b"\xff\xd8\xff"  # JPEG
    again = folder / "again.landmarks.npz"
    (folder / became["files"]["landmarks"]).rename(again)
    results = rom.measure(again, side="right", protocol="seated").results
    measured = {r.motion: r.value_deg for r in results if r.value_deg is not None}
    stored = {r["motion"]: r["value_deg"] for r in document(told)["results"] if r["value_deg"] is not None}
    assert measured == pytest.approx(stored, abs=0.1)  # landmarks are stored to 1/128 px


def test_the_document_names_no_folder(filmed: tuple[Spec, Outcome], tmp_path: Path) -> None:
    told, _ = filmed
    assert document(told)["recording"]["source"] == "short.mp4"
    assert str(Path(told["recording"]).parent) not in (Path(told["folder"]) / DOCUMENT).read_text(encoding="utf-8")


def test_progress_reached_the_folder(filmed: tuple[Spec, Outcome]) -> None:
    share = Attempt(Path(filmed[0]["folder"])).progress()
    assert share is not None
    assert 0.4 < share <= 1.0  # the last word is said while the overlay is drawn


@pytest.mark.parametrize(
    ("content", "suffix"), [(b"no video at all", ".webm"), (b"", ".mp4"), (b"PK\x03\x04...", ".landmarks.npz")]
)
def test_what_cannot_be_read_is_a_reason_that_names_no_file(tmp_path: Path, content: bytes, suffix: str) -> None:
    recording = tmp_path / f"0123abcd{suffix}"
    recording.write_bytes(content)
    became = measure_job(spec(tmp_path, recording))
    assert became["state"] == "failed"
    assert became["reason"].endswith(".")
    assert "Expected" in became["reason"]
    assert "0123abcd" not in became["reason"]
    assert str(tmp_path) not in became["reason"]


def test_a_stop_sign_is_a_reason(tmp_path: Path) -> None:
    became = measure_job(spec(tmp_path, landmarks(), symptoms={"pain": {"rest": 9}}))
    assert became["state"] == "failed"
    assert "provider" in became["reason"]


def test_an_unexpected_failure_is_one_sentence_and_a_trace_for_the_log(tmp_path: Path) -> None:
    became = measure_job(spec(tmp_path, landmarks(), who={"no_such": 1}))
    assert became["state"] == "failed"
    assert became["reason"].startswith("Something went wrong that we did not expect: TypeError")
    assert str(tmp_path) not in became["reason"]
    assert "no_such" in became["trace"]


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    assert "no room left on the disk" in measuring.unexpected(OSError(28, "No space left on device"))


def crash(told: Spec) -> Outcome:
    """What a broken decoder does."""
    os.abort()


def test_a_crash_of_the_decoder_is_a_reason_and_this_process_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "measured", crash)
    became = measure_job(spec(tmp_path, landmarks()))
    assert became["state"] == "failed"
    assert became["reason"].endswith(".")


def test_the_second_start_of_an_attempt_says_that_the_first_crashed(tmp_path: Path) -> None:
    told = spec(tmp_path, landmarks())
    Path(told["folder"]).mkdir(parents=True)
    assert measure_job(told)["state"] == "crashed"
    assert list(Path(told["folder"]).iterdir()) == []


def test_the_second_start_of_an_attempt_that_came_to_its_end_tells_what_came_of_it(tmp_path: Path) -> None:
    """A worker may die after a measurement, before anybody fetched what it returned."""
    told = spec(tmp_path, landmarks())
    first = measure_job(told)
    assert first["state"] == "done"
    assert measure_job(told) == first


def test_an_attempt_that_was_stopped_before_it_began_does_nothing(tmp_path: Path) -> None:
    told = spec(tmp_path, landmarks())
    Attempt(Path(told["folder"])).ask_to_stop()
    assert measure_job(told)["state"] == "stopped"
    assert not Path(told["folder"]).exists()
