"""The command line: what it prints where, what it writes, and its exit codes."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from rom.samples import sample_folder

SEATED = sample_folder() / "seated_right.landmarks.npz"  # stored landmarks: no model runs
FRAMES = len(json.loads((sample_folder() / "seated_right.json").read_text(encoding="utf-8"))["time_s"])


def rom(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the installed command line as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "rom", *map(str, words)], capture_output=True, text=True, cwd=cwd, check=False
    )


def test_measure_prints_each_motion_with_its_interval() -> None:
    done = rom("measure", SEATED)
    assert done.returncode == 0
    assert "Right ankle" in done.stdout
    assert "Dorsiflexion" in done.stdout
    assert "likely between" in done.stdout
    assert "farther from the camera" in done.stdout, "the reason for the other side is given"
    assert "Not a diagnosis" in done.stdout


def test_nothing_but_json_goes_to_standard_output() -> None:
    done = rom("measure", SEATED, "--json", "-")
    exam = json.loads(done.stdout)
    assert done.returncode == 0
    assert "Right ankle" in done.stderr
    assert {(r["side"], r["motion"]) for r in exam["results"]} == {
        (side, motion) for side in ("left", "right") for motion in ("dorsiflexion", "plantar_flexion")
    }
    for result in exam["results"]:
        assert {"value_deg", "ci95_deg", "status", "reasons"} <= set(result)
        if result["status"] == "measured":
            low, high = result["ci95_deg"]
            assert low <= result["value_deg"] <= high
        else:
            assert result["value_deg"] is None
            assert result["reasons"]


def test_no_progress_bar_and_no_model_chatter_when_piped() -> None:
    done = rom("measure", SEATED)
    assert done.stderr == ""


def test_files_are_written_whole(tmp_path: Path) -> None:
    done = rom(
        "measure",
        SEATED,
        "--side",
        "right",
        "--json",
        tmp_path / "e.json",
        "--csv",
        tmp_path / "a.csv",
        "--landmarks",
        tmp_path / "l.landmarks.npz",
    )
    assert done.returncode == 0
    exam = json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(exam["angles"]["right"]["time_s"]) == FRAMES
    assert float(rows[25]["smooth_deg"]) == pytest.approx(exam["angles"]["right"]["smooth_deg"][25], abs=0.006)
    again = rom("measure", tmp_path / "l.landmarks.npz", "--side", "right", "--json", "-")
    assert json.loads(again.stdout)["results"] == exam["results"], "stored landmarks give the same numbers"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "e.json", "l.landmarks.npz"], "no scraps"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["measure", "no-such-file.mp4"], 4, "no-such-file.mp4"),
        (["measure", SEATED, "--side", "middle"], 2, "left"),
        (["measure", SEATED, "--set", "cutoff_hz=100"], 2, "0.5 to 20 Hz"),
        (["measure", SEATED, "--set", "colour=red"], 2, "There is no setting 'colour'"),
        (["measure", SEATED, "--set", "cutoff_hz"], 2, "--set name=value"),
        (["measure", SEATED, "--person", "left"], 2, "0.5,0.5"),
        (["measure", SEATED, "--neutral", "soft"], 2, "--neutral"),
        (["measure", SEATED, "--json", "no/such/folder/e.json"], 2, "folder"),
        (["measure", SEATED, "--overlay", "o.mp4"], 2, "pictures"),
        (["measure", ""], 2, "empty path"),
        (["measure", SEATED, "--slow-motion", "4"], 2, "for pictures only"),
        (["measure", SEATED, "--seconds", "1"], 2, "for pictures only"),
        (["measure"], 2, "PATH"),
        (["measure", SEATED, "--model", "huge", "--side", "left"], 3, "reasons stand above"),
    ],
)
def test_exit_codes_and_one_clear_sentence(words: list[str | Path], code: int, sentence: str) -> None:
    done = rom(*words)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_recording_is_not_overwritten_by_its_result(tmp_path: Path) -> None:
    copy = tmp_path / SEATED.name
    copy.write_bytes(SEATED.read_bytes())
    done = rom("measure", copy, "--json", copy)
    assert done.returncode == 2
    assert copy.read_bytes() == SEATED.read_bytes()


def test_the_result_is_printed_even_when_a_file_cannot_be_written(tmp_path: Path) -> None:
    done = rom("measure", SEATED, "--overlay", tmp_path / "o.mp4")  # landmarks have no pictures to draw on
    assert done.returncode == 2
    assert "likely between" in done.stdout


def test_lines_are_whole_when_piped() -> None:
    lines = rom("measure", SEATED).stdout.splitlines()
    assert sum("likely between" in line and "quality" in line for line in lines) == 2
    remarks = [line for line in lines if line.startswith("  - ")]
    assert len(remarks) >= 3
    assert all(line.endswith(".") for line in remarks)


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_stopped_from_outside_it_cleans_up_and_says_so(name: str, code: int) -> None:
    """A command that is stopped in its work leaves through its context managers."""
    work = (
        "import contextlib, os, signal, time, rom.cli\n"
        "@rom.cli.app.command()\n"
        "def wait() -> None:\n"
        "    with contextlib.ExitStack() as stack:\n"
        "        stack.callback(print, 'cleaned up')\n"
        f"        os.kill(os.getpid(), signal.{name})\n"
        "        time.sleep(30)\n"
        "rom.cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", work, "wait"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "cleaned up\n")
    assert done.stderr == "rom: stopped; nothing half-written was left behind.\n"


def test_unknown_model_is_refused(tmp_path: Path) -> None:
    done = rom("measure", sample_folder() / "seated_right.mp4", "--model", "huge")
    assert done.returncode == 2
    assert "heavy" in done.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--leg-box", "0.5,0,1"), "four numbers"),
        (("--leg-box", "0.9,0,0.5,1"), "left, top, right, bottom"),
        (("--leg-box", "0,0,1,1", "--model", "lite"), "'leg' only"),
    ],
)
def test_a_wrong_box_round_the_leg_is_refused(words: tuple[str, ...], hint: str) -> None:
    done = rom("measure", sample_folder() / "seated_right.mp4", *words)
    assert done.returncode == 2
    assert hint in " ".join(done.stderr.split())


def test_a_side_that_cannot_be_told_exits_with_3_and_still_writes_its_json() -> None:
    done = rom("measure", SEATED, "--side", "left", "--json", "-")
    assert done.returncode == 3
    assert all(r["status"] == "cannot_tell" for r in json.loads(done.stdout)["results"])


def test_text_file_called_mp4(tmp_path: Path) -> None:
    path = tmp_path / "not a video.mp4"
    path.write_text("Dear diary,\n", encoding="utf-8")
    done = rom("measure", path)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1, "one sentence"
    assert "not a video.mp4" in done.stderr


def test_own_neutral_is_shown_beside_the_absolute_value() -> None:
    plain = json.loads(rom("measure", SEATED, "--side", "right", "--json", "-").stdout)["results"]
    own = json.loads(rom("measure", SEATED, "--side", "right", "--neutral", "-2.5", "--json", "-").stdout)[
        "results"
    ]
    assert [r["value_deg"] for r in own] == [r["value_deg"] for r in plain], "never silently subtracted"
    assert own[0]["from_neutral_deg"] == pytest.approx(plain[0]["value_deg"] + 2.5, abs=1e-3)
    assert own[1]["from_neutral_deg"] == pytest.approx(plain[1]["value_deg"] - 2.5, abs=1e-3)


def test_info_names_versions_models_hashes_and_codecs() -> None:
    done = rom("info")
    assert done.returncode == 0
    for word in ("mediapipe", "numpy", "opencv-contrib-python", "heavy", "SHA-256", "whole", "H.264", "HEVC"):
        assert word in done.stdout


def test_settings_lists_every_setting() -> None:
    from rom.settings import table

    done = rom("settings")
    assert done.returncode == 0
    for row in table():
        assert str(row["name"]) in done.stdout.replace("\n", "")


def test_every_command_and_option_has_help() -> None:
    import typer.main

    from rom.cli import app

    group = typer.main.get_group(app)
    for name, command in group.commands.items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_demo_measures_a_sample_and_draws_it(tmp_path: Path) -> None:
    import av

    done = rom("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "rom-demo"
    assert str(folder) in done.stdout.replace("\n", "")
    exam = json.loads((folder / "seated_right.json").read_text(encoding="utf-8"))
    with av.open(str(folder / "seated_right_overlay.mp4")) as video:
        stream = video.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.frames == FRAMES
    truth = json.loads((sample_folder() / "seated_right.json").read_text(encoding="utf-8"))["truth"]
    for result in exam["results"]:
        if result["side"] == "right":
            low, high = result["ci95_deg"]
            planted = truth[result["motion"] + "_deg"]
            assert low <= planted <= high, "the interval holds the planted angle"


EXAM = ("--protocol", "seated", "--age", "30", "--sex", "male", "--side", "right")


def test_an_exam_is_compared_and_reported(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = rom("measure", SEATED, *EXAM, "--report", page, "--json", tmp_path / "exam.json")
    assert done.returncode == 0, done.stderr
    assert "Right dorsiflexion: Within the usual range" in done.stdout
    exam = json.loads((tmp_path / "exam.json").read_text(encoding="utf-8"))
    assert exam["protocol"] == {
        "name": "seated",
        "regime": "not_told",
        "certainty": None,
        "standing_on": "not_told",
    }
    assert {finding["kind"] for finding in exam["findings"]} == {"range"}
    for finding in exam["findings"]:
        assert finding["message"].split(".")[0] in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["visit.html", "visit.pdf", "visit.json"])
def test_a_visit_is_reported_from_its_examinations(name: str, tmp_path: Path) -> None:
    exam, before = tmp_path / "exam.json", tmp_path / "before.json"
    assert rom("measure", SEATED, *EXAM, "--json", exam).returncode == 0
    earlier = json.loads(exam.read_text(encoding="utf-8")) | {"created": "2026-01-02T10:00:00+00:00"}
    before.write_text(json.dumps(earlier), encoding="utf-8")
    words = ("--previous", before, "--goal", "dorsiflexion=40", "--out", tmp_path / name, "--language", "es")
    done = rom("report", exam, *words)
    assert done.returncode == 0, done.stderr
    assert "2026-01-02" in done.stdout, "beside the earlier visit"
    assert "goal of 40°" in done.stdout
    assert (tmp_path / name).stat().st_size > 10_000
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--protocol", "sitting"), "seated, long-sit"),
        (("--protocol", "lunge", "--moved-by", "passive"), "weight bearing"),
        (("--protocol", "heel-raise", "--standing-on", "left"), "one_leg, both_legs"),
        (("--age", "-3"), "--age in years"),
        (("--sex", "m"), "female or male"),
        (("--leg-length", "85"), "metres"),
        (("--pain", "walking"), "WHEN=0 to 10"),
        (("--pain", "flying=3"), "rest, pulling_up"),
        (("--hurts", "ear"), "front, back"),
        (("--sign", "itch"), "swelling"),
        (("--weeks-since-injury", "-1"), "0 or more"),
        (("--goal", "dorsiflexion"), "=DEGREES"),
        (("--goal", "walking=3"), "=DEGREES"),
        (("--report", "report.docx"), ".html, .pdf"),
        (("--previous", "none.json"), "none.json"),
    ],
)
def test_what_is_said_wrongly_of_the_exam_is_refused_before_measuring(words: tuple[str, ...], hint: str) -> None:
    done = rom("measure", SEATED, *words)
    assert done.returncode in (2, 4)
    assert not done.stdout
    assert hint in " ".join(done.stderr.split())


def test_a_stop_sign_ends_in_see_a_provider() -> None:
    done = rom("measure", SEATED, "--sign", "four_steps")
    assert done.returncode == 3
    assert "see" in done.stderr
    assert "provider" in done.stderr
    assert not done.stdout


def test_an_exam_that_is_not_clear_is_asked_for() -> None:
    found = rom("measure", SEATED, "--protocol", "auto", "--side", "right", "--json", "-")
    assert json.loads(found.stdout)["protocol"]["name"] == "seated"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("protocols", ("seated", "heel-raise", "walk")),
        ("references", ("Soucie2011", "12.7", "unverified")),
        ("symptoms", ("pulling_up", "front", "four_steps")),
    ],
)
def test_tables_are_shown(command: str, words: tuple[str, ...]) -> None:
    done = rom(command)
    assert done.returncode == 0
    flat = done.stdout.replace("\n", "").replace(" ", "")
    assert all(word in flat for word in words)
