"""Programs are killed at random moments, three times; the whole benchmark is fifty, and its result is committed."""

import json
from pathlib import Path

import pytest

from calibration.benchmarks import faults
from calibration.benchmarks.postgresql import is_installed

RESULT = Path(faults.__file__).parents[1] / "results" / "faults.json"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "victim", "phase"),
    [
        ("sqlite", "server", "save"),
        ("sqlite", "worker", "measurement"),
        pytest.param(
            "postgresql",
            "database",
            "save",
            marks=pytest.mark.skipif(not is_installed(), reason="PostgreSQL is not installed (Debian: postgresql)"),
        ),
    ],
)
def test_nothing_is_lost(database: str, victim: str, phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = faults.Plan(database, victim, phase, after_s=0.15)
    monkeypatch.setattr(faults, "plans", lambda *_: [plan])
    result = faults.run(1, video=False, report=lambda _: None)
    assert result["wrong"] == []
    assert result["recordings_measured"] == 1
    assert sum(result["kills"][database][victim].values()) == 1


def test_every_victim_is_killed_in_every_phase() -> None:
    import random

    planned = faults.plans(50, random.Random(1), ("sqlite", "postgresql"))
    assert len(planned) == 50
    cells = {(plan.database, plan.victim, plan.phase) for plan in planned}
    assert len(cells) == (2 + 3) * 4  # SQLite lives in the server
    assert all(0 <= plan.after_s <= faults.PHASES_S[plan.phase] for plan in planned)


def test_the_committed_result_has_nothing_wrong() -> None:
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    assert result["rounds"] >= 50
    assert result["wrong"] == []
    assert set(result["kills_by_phase"]) >= set(faults.PHASES_S)


@pytest.mark.parametrize(
    ("lines", "wanted", "hit"),
    [
        (["recording begin a", "recording end a"], "recording", "between phases"),
        (["recording begin a", "recording end a", "recording begin a"], "upload", "recording"),
        (["save begin a", "recording begin b"], "save", "save"),
    ],
)
def test_the_phase_that_was_hit_is_told_from_what_was_written_down(lines: list[str], wanted: str, hit: str) -> None:
    assert faults._open_phase(lines, wanted) == hit
