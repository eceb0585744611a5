"""Planted recordings that several rooms are tested with."""

from dataclasses import replace

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
