"""An attempt's folder: begun once, says how far it is, and can be asked to stop before and after it began."""

from pathlib import Path

import pytest

from rom.jobs.attempt import PACE_S, Attempt, Pace, Stopped


def test_an_attempt_begins_once(tmp_path: Path) -> None:
    attempt = Attempt(tmp_path / "job" / "attempt")
    assert [attempt.begin(), attempt.begin()] == [True, False]


def test_the_sign_to_stop_may_come_first_and_holds_for_this_attempt_only(tmp_path: Path) -> None:
    attempt, other = Attempt(tmp_path / "job" / "a"), Attempt(tmp_path / "job" / "b")
    attempt.ask_to_stop()
    assert attempt.begin()
    assert (attempt.asked_to_stop, other.asked_to_stop) == (True, False)


@pytest.mark.parametrize(
    ("said", "read"), [("0.25", 0.25), ("7", 1.0), ("-1", 0.0), ("", None), ("nonsense", None)]
)
def test_progress_is_a_share_or_not_known(tmp_path: Path, said: str, read: float | None) -> None:
    attempt = Attempt(tmp_path / "a")
    attempt.begin()
    assert attempt.progress() is None
    (attempt.folder / "progress").write_text(said, encoding="utf-8")
    assert attempt.progress() == read


def test_pace_writes_now_and_then_and_stops_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("rom.jobs.attempt.monotonic", lambda: clock[0])
    attempt = Attempt(tmp_path / "job" / "a")
    attempt.begin()
    pace = Pace(attempt)
    pace(0.1)
    pace(0.2)  # too soon
    assert attempt.progress() == 0.1
    clock[0] += PACE_S
    pace(0.3)
    assert attempt.progress() == 0.3
    attempt.ask_to_stop()
    pace(0.4)  # too soon to look
    clock[0] += PACE_S
    with pytest.raises(Stopped):
        pace(0.5)
