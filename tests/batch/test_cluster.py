"""On a cluster that the ordinary `dask` commands started: encrypted, and complete when a worker is killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dask
import pytest

import rom
from rom.cluster import Cluster, scheduler_address
from rom.errors import UsageError
from rom.samples import sample_folder
from tests.batch.test_study import contents

PATTERN = str(sample_folder() / "*.landmarks.npz")
PARTS = {"ca": "tls_ca_file", "cert": "tls_scheduler_cert", "key": "tls_scheduler_key"}


@pytest.fixture
def certificates(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """A certificate that this test alone has, in files, and in Dask's configuration."""
    from distributed.security import Security

    made = Security.temporary()
    files = {name: tmp_path / f"{name}.pem" for name in PARTS}
    for name, path in files.items():
        path.write_text(str(getattr(made, PARTS[name])), encoding="ascii")
    own = {"ca-file": files["ca"], "client.cert": files["cert"], "client.key": files["key"]}
    with dask.config.set({f"distributed.comm.tls.{name}": str(path) for name, path in own.items()}):
        yield files


def words(what: str, certificates: dict[str, Path], *more: str) -> list[str]:
    """The command that starts a scheduler or a worker, as a user types it."""
    files = {"--tls-ca-file": "ca", "--tls-cert": "cert", "--tls-key": "key"}
    said = [part for option, name in files.items() for part in (option, str(certificates[name]))]
    return [sys.executable, "-m", "dask", what, *said, *more]


@contextmanager
def started(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that is ended afterwards."""
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield program
    finally:
        program.kill()
        program.wait()


@contextmanager
def cluster(folder: Path, certificates: dict[str, Path]) -> Iterator[tuple[Path, list["subprocess.Popen[bytes]"]]]:
    """A scheduler and two workers; its file, and the workers."""
    file = folder / "scheduler.json"
    at = ("--protocol", "tls", "--host", "127.0.0.1", "--scheduler-file", str(file))
    with ExitStack() as stack:
        stack.enter_context(started(words("scheduler", certificates, *at, "--port", "0", "--no-dashboard")))
        until(file.exists)
        one = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--scheduler-file", str(file))
        folders = [("--local-directory", str(folder / f"worker{number}")) for number in range(2)]
        workers = [stack.enter_context(started(words("worker", certificates, *one, *own))) for own in folders]
        yield file, workers


def until(true: Callable[[], bool], seconds: float = 240.0) -> None:
    """Wait for something that is to come about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"did not come about within {seconds:g} s"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_study_is_complete_although_a_worker_was_killed(tmp_path: Path, certificates: dict[str, Path]) -> None:
    here = rom.batch(PATTERN, tmp_path / "here")
    out = tmp_path / "elsewhere"
    with cluster(tmp_path, certificates) as (file, workers):
        client = Cluster(str(file))
        until(lambda: client.room() == 3)
        client.close()
        killed: list[int] = []

        def kill_one(done: int, total: int) -> None:
            if done and not killed:
                workers[0].kill()
                killed.append(done)

        study = rom.batch(PATTERN, out, scheduler=str(file), progress=kill_one)
        assert workers[1].poll() is None
    assert killed
    assert killed[0] < study.counted.measured, "half-way"
    assert study.counted == here.counted
    assert contents(out) == contents(here.folder)


def test_a_scheduler_that_speaks_openly_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    Cluster("tcp://127.0.0.1:9").close()
    assert "without encryption" in caplog.text
    caplog.clear()
    Cluster("tls://127.0.0.1:9").close()
    assert not caplog.text


def test_a_scheduler_that_does_not_answer_is_said(
    tmp_path: Path, certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rom.cluster.ANSWER_S", 1)
    with pytest.raises(UsageError, match="none answers there"):
        rom.batch(PATTERN, tmp_path / "study", scheduler="tls://127.0.0.1:9")


@pytest.mark.parametrize("said", ["nowhere.json", "README.md"])
def test_what_names_no_scheduler_is_said(said: str) -> None:
    with pytest.raises(UsageError, match="is neither"):
        scheduler_address(said)


@pytest.mark.slow
def test_recordings_whose_worker_dies_again_and_again_are_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others of the same portion are measured."""
    from rom.batch import engine, run

    monkeypatch.setattr(engine, "work_off", ends_its_worker)
    monkeypatch.setattr(run, "HERE_S", 0.0)  # however little there is to do
    monkeypatch.setattr(run, "DEATHS", 0)
    study = rom.batch(PATTERN, tmp_path / "study", workers=1)
    assert [row["what"] for row in study.failures.to_pylist()] == ["lost"]
    assert study.counted.measured == 4


def ends_its_worker(ground: object, lines: list[object]) -> object:
    """Work off lines on a worker that one of them ends."""
    from rom.batch.measuring import Ground, Piecework, work_off

    assert isinstance(ground, Ground)
    told = [line for line in lines if isinstance(line, Piecework)]
    if any("walk" in line.path for line in told):
        os._exit(1)
    return work_off(ground, told)
