"""Exams recognised by how the leg is held; the samples are recognised, and what is not clear is asked."""

import json
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.ankle.angle import angle_track
from rom.errors import UsageError
from rom.exam.posture import posture_of, span
from rom.exam.recognise import recognise, recognised
from rom.exam.rows import rows
from rom.settings import Settings
from tests.planted import Plan, curve, exam_plan, exam_stops, planted, planted_leg, times

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.landmarks.npz"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name.split(".")[0])
def test_the_samples_are_recognised(sample: Path) -> None:
    said = json.loads(sample.with_name(sample.name.replace(".landmarks.npz", ".json")).read_text("utf-8"))
    exam = rom.measure(sample, protocol="auto", side=said["side"])
    assert exam.protocol.name == said["protocol"]
    assert exam.protocol.certainty is not None
    assert exam.protocol.certainty >= 0.8


def test_a_planted_seated_exam_is_recognised_by_its_bent_knee() -> None:
    track = angle_track(planted(exam_plan()), "right", Settings())
    posture = posture_of(track)
    assert posture.knee_deg == pytest.approx(90.0, abs=0.5)
    assert posture.shank_deg == pytest.approx(0.0, abs=0.5)
    assert posture.ankle_span_deg == pytest.approx(65.0, abs=2.0)
    assert recognise(track).name == "seated"


def test_a_stretched_leg_is_long_sitting() -> None:
    time_s = times(20.0)
    plan = Plan(time_s, curve(time_s, exam_stops(10.0, -40.0)), tibia_deg=-88.0, knee_flexion_deg=3.0)
    assert recognise(angle_track(planted(plan), "right", Settings())).name == "long-sit"


def test_a_hanging_foot_without_a_knee_is_asked_for() -> None:
    """Seated or standing on the other leg: nothing in the picture tells."""
    plan = exam_plan()
    track = angle_track(planted_leg(plan.time_s, plan.angle_deg), "right", Settings())
    assert np.isnan(posture_of(track).knee_deg)
    with pytest.raises(UsageError, match=r"'seated'.*or 'free'|'free'.*or 'seated'"):
        recognised([track])


def test_nothing_to_see_is_free() -> None:
    assert recognised([]).name == "free"


def test_spans_leave_out_single_frames() -> None:
    values = np.zeros(100)
    values[50] = 90.0
    assert span(values) == 0.0
    assert np.isnan(span(np.full(3, np.nan)))


def test_the_table_speaks_of_numbers_that_exist() -> None:
    track = angle_track(planted(exam_plan()), "right", Settings())
    for row in rows("recognise"):
        assert hasattr(posture_of(track), row["number"])
        assert row["because"]
