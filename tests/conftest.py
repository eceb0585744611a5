"""Planted recordings that several rooms are tested with."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rom.records import Landmarks
from tests.planted import Plan, exam_plan, planted


@pytest.fixture(scope="session")
def exam() -> Plan:
    """Three holds of +18 and of -47 degrees, right leg near, 30 pictures a second, 2 px of noise."""
    return replace(exam_plan(up=18.0, down=-47.0), noise_px=2.0)


@pytest.fixture(scope="session")
def exam_landmarks(exam: Plan) -> Landmarks:
    """The landmarks of that examination."""
    return planted(exam)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that processes that work beside each other end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever is marked ``alone`` is: the other processes of this run wait meanwhile."""
    here = tmp_path_factory.getbasetemp()
    beside = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    with _held(beside / "company.lock", alone=request.node.get_closest_marker("alone") is not None):
        yield


@contextmanager
def _held(path: Path, *, alone: bool) -> Iterator[None]:
    """Hold a lock with others, or alone; where the system has no such locks, nobody waits."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # pytest passes hook arguments by name
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed (CI says so), a test that skips has failed."""
    report = yield
    if report.skipped and os.environ.get("ROM_SKIP_IS_FAILURE"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
