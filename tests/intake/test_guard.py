"""A function in a process of its own: whatever it does there, one sentence comes back, in time."""

import logging
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from rom.errors import InputUnreadable, NotMeasurable
from rom.intake import Limits, guarded
from tests.intake import deeds

PROJECT = Path(__file__).parents[2]
#: Small enough that a test which fails to hold it is noticed, large enough for an interpreter (about 40 MB).
SMALL = Limits(memory_bytes=200 * deeds.MEGABYTE, wall_s=20.0, cpu_s=20.0)
ON_UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit of a process")


def gone(pid: int, within_s: float = 5.0) -> bool:
    """Whether a process ends soon."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_result_comes_back_from_another_process() -> None:
    assert guarded(deeds.doubled, 21) == 42
    assert guarded(deeds.process_id) != os.getpid()


def test_memory_is_held_while_it_grows() -> None:
    began = time.monotonic()
    with pytest.raises(InputUnreadable, match=r"more than 0.2 GB of memory"):
        guarded(deeds.eats_memory, limits=SMALL)
    assert time.monotonic() - began < 10  # s: it grows by gigabytes a second, and is seen 20 times a second


@ON_UNIX
def test_memory_that_is_asked_for_at_once_is_not_given() -> None:
    with pytest.raises(InputUnreadable, match="of memory"):
        guarded(deeds.asks_for_too_much, limits=SMALL)


def test_what_never_ends_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(InputUnreadable, match="more than 1 seconds"):
        guarded(deeds.waits, limits=replace(SMALL, wall_s=1.0))
    assert time.monotonic() - began < 5


@ON_UNIX
def test_computing_is_held_to_its_time() -> None:
    with pytest.raises(InputUnreadable, match="more than 1 seconds"):
        guarded(deeds.computes, limits=replace(SMALL, cpu_s=1.0))


@ON_UNIX
@pytest.mark.parametrize(
    ("deed", "said"), [(deeds.aborts, "SIGABRT"), (deeds.segfaults, "SIGSEGV"), (deeds.leaves, "code 0")]
)
def test_a_crash_is_a_sentence(deed: object, said: str) -> None:
    with pytest.raises(InputUnreadable, match=said):
        guarded(deed, limits=SMALL)  # type: ignore[arg-type]


def test_an_expected_error_is_the_same_one_here() -> None:
    with pytest.raises(NotMeasurable, match=r"^No ankle is in view\.$"):
        guarded(deeds.refuses)


def test_an_unexpected_error_is_a_sentence_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(InputUnreadable, match="ZeroDivisionError"):
        guarded(deeds.fails)
    assert "in fails" in caplog.text, "the place in the code is known to whoever mends it"


def test_only_plain_json_comes_back() -> None:
    with pytest.raises(InputUnreadable, match="not JSON serializable"):
        guarded(deeds.returns_no_json)


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(InputUnreadable, match="its answer is no answer"):
        guarded(deeds.answers_nonsense, limits=SMALL)


@ON_UNIX
def test_a_file_that_grows_too_large_is_not_written_on(tmp_path: Path) -> None:
    limits = replace(SMALL, written_bytes=2 * deeds.MEGABYTE)
    assert guarded(deeds.writes, tmp_path / "small", 2, limits=limits) == 2 * deeds.MEGABYTE
    with pytest.raises(InputUnreadable, match="File too large"):
        guarded(deeds.writes, tmp_path / "large", 3, limits=limits)
    assert (tmp_path / "large").stat().st_size <= 2 * deeds.MEGABYTE


@ON_UNIX
def test_not_more_files_are_opened_than_allowed() -> None:
    limits = replace(SMALL, files=40)
    assert guarded(deeds.opens_many, Path(__file__), 10, limits=limits) == 10
    with pytest.raises(InputUnreadable, match="Too many open files"):
        guarded(deeds.opens_many, Path(__file__), 100, limits=limits)


def test_what_libraries_print_is_no_answer() -> None:
    assert guarded(deeds.speaks) == "the answer"


def test_progress_is_told_in_order() -> None:
    told: list[tuple[int, int | None]] = []
    assert guarded(deeds.counts, 500, progress=lambda done, total: told.append((done, total))) == 500
    assert told == [(k + 1, 500) for k in range(500)]


def test_whoever_hears_of_progress_can_end_it() -> None:
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(deeds.counts, 10_000_000, progress=stop)


def test_what_is_guarded_is_not_guarded_twice() -> None:
    outer, inner = guarded(deeds.guards_within)
    assert outer == inner != os.getpid()


def test_the_process_ends_when_this_one_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    deed = f"from tests.intake.deeds import guarded_for_long\nguarded_for_long({str(told)!r})"
    parent = subprocess.Popen([sys.executable, "-c", deed], cwd=PROJECT)
    end = time.monotonic() + 20
    while not told.exists() and time.monotonic() < end:
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    child = int(told.read_text(encoding="ascii"))
    assert gone(child)


def test_no_process_is_left_behind() -> None:
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    for deed in (deeds.waits, deeds.aborts, deeds.refuses):
        deeds.raised(lambda deed=deed: guarded(deed, limits=replace(SMALL, wall_s=0.5)))  # type: ignore[misc]
    assert {p.pid for p in psutil.Process().children(recursive=True)} <= before
