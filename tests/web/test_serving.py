"""`rom app`: starts on this computer alone, says where, runs once, and ends cleanly."""

import gc
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from rom.web import serving
from rom.web.serving import ADDRESS, HOST, free_socket, running_at
from tests.web.apart import run_apart

ROOT = Path(__file__).parents[2]
ENDS_IN_S = 30


def started(folder: Path, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "-m", "rom", "app", "--no-browser", "--folder", str(folder), *words]
    paths = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=cwd or ROOT, text=True, env=os.environ | paths, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_it_says_where_it_is_runs_once_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    folder, here = tmp_path / "store", tmp_path / "here"
    here.mkdir()
    app = started(folder, cwd=here)
    try:
        said = first_line(app)
        address = running_at(folder)
        assert said == f"The app runs: {address}"
        assert address.startswith(f"http://{HOST}:")
        again = started(folder, cwd=here)
        out, _ = again.communicate(timeout=ENDS_IN_S)
        assert (out.strip(), again.returncode) == (f"The app already runs: {address}", 0)
        assert running_at(folder) == address, "the first one goes on"
        app.send_signal(signal.SIGINT)
        out, err = app.communicate(timeout=ENDS_IN_S)
    finally:
        app.kill()
    assert (app.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "The app has ended."
    assert running_at(folder) == ""
    assert not (folder / ADDRESS).exists()
    assert list(here.iterdir()) == [], "nothing is left where it was started"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        app = started(tmp_path, "--port", str(port))
        _, err = app.communicate(timeout=ENDS_IN_S)
    assert app.returncode == 2
    assert f"Expected a free port, but {port} is taken" in err


def test_a_language_that_it_does_not_speak_is_said_before_anything_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    app = started(folder, "--language", "xx")
    _, err = app.communicate(timeout=ENDS_IN_S)
    assert app.returncode == 2
    assert "Expected a language (en, es), but got 'xx'" in err
    assert not folder.exists()


def test_it_speaks_the_language_that_is_asked_for(tmp_path: Path) -> None:
    app = started(tmp_path, "--language", "es")
    try:
        assert first_line(app).startswith("The app runs: ")
        page = httpx.get(running_at(tmp_path)).text
    finally:
        app.kill()
        app.communicate(timeout=ENDS_IN_S)
    assert '<html lang="es">' in page
    assert "<title>¿Cuánto se mueve su tobillo? - rom</title>" in page


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    with free_socket(None) as first:
        first.listen()
        with free_socket(None) as second:
            assert second.getsockname()[1] != first.getsockname()[1]
            assert second.getsockname()[0] == HOST


@pytest.mark.parametrize("note", ["", "http://127.0.0.1:1 0123", "nonsense", "file:///etc/hostname root"])
def test_a_note_that_was_left_behind_is_no_app(tmp_path: Path, note: str) -> None:
    (tmp_path / ADDRESS).write_text(note, encoding="utf-8")
    assert running_at(tmp_path) == ""


def test_what_is_loaded_is_set_aside_so_that_no_page_waits_for_the_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "SETTLES_IN_S", 0.0)
    gc.unfreeze()
    try:
        run_apart(serving._settle())
        assert gc.get_freeze_count() > 100_000  # the app alone is 200,000 objects; without it a few hundred
        assert "distributed" in sys.modules, "what the first job needs is among them"
    finally:
        gc.unfreeze()
