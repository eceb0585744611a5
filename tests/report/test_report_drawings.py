"""The report's drawings: numbers lie where the scale says, peaks survive thinning, gaps stay open."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.records import AngleTrack
from rom.report.course_picture import MOST_POINTS, course_picture, thinned
from rom.report.language import Words
from rom.report.leg_picture import leg_picture
from rom.report.scale_picture import Mark, Usual, scale_picture
from rom.report.svg import Scale, rounded
from rom.report.trend_picture import Past, trend_picture
from tests.report.visits import exam_of, mirrored

SAY = Words("en")


def parts(data: bytes, name: str) -> list[dict[str, str]]:
    """All elements of a name."""
    return [part.attrib for part in ET.fromstring(data).iter(f"{{http://www.w3.org/2000/svg}}{name}")]


def words(data: bytes) -> list[str]:
    return [part.text or "" for part in ET.fromstring(data).iter("{http://www.w3.org/2000/svg}text")]


def track_of(time_s: np.ndarray, angle_deg: np.ndarray, shot: np.ndarray | None = None) -> AngleTrack:
    """A course with these angles, seen as a sample's first frame throughout."""
    track = exam_of("seated_right", "seated").angles["right"]
    count = len(time_s)
    points = np.repeat(track.points_px[:1], count, axis=0)
    shots = np.zeros(count, dtype=int) if shot is None else shot
    return replace(track, time_s=time_s, smooth_deg=angle_deg, shot=shots, points_px=points)


@given(st.floats(-90, 90), st.floats(0.1, 90), st.floats(-90, 90))
def test_a_scale_is_straight(low: float, span: float, value: float) -> None:
    scale = Scale(low, low + span, 100.0, 300.0)
    assert scale(low) == 100.0
    assert scale(low + span) == pytest.approx(300.0)
    assert scale(value) == pytest.approx(100.0 + 200.0 * (value - low) / span)


def test_round_numbers_along_a_scale() -> None:
    assert rounded(-3.0, 24.0, 10.0) == (-10.0, 30.0)
    assert rounded(0.0, 0.0, 10.0) == (0.0, 10.0)
    assert Scale(-10.0, 30.0, 0.0, 1.0).ticks(7) == [-10.0, 0.0, 10.0, 20.0, 30.0]
    assert Scale(0.0, 80.0, 0.0, 1.0).ticks(7) == [0.0, 20.0, 40.0, 60.0, 80.0]


def test_a_number_lies_in_its_band() -> None:
    """Band 0 to 20, value 10 in the middle of it, interval 5 to 15 at its quarters."""
    drawn = scale_picture([Mark("Today", 10.0, (5.0, 15.0), "this")], Usual(0.0, 5.0, 20.0, "usual"), "°")
    band, hatched = parts(drawn, "rect")[1:3]
    left, width = float(band["x"]), float(band["width"])
    corners = [float(place.split(",")[0]) for place in parts(drawn, "polygon")[0]["points"].split()]
    assert np.mean(corners) == pytest.approx(left + width / 2, abs=0.2)
    assert float(hatched["width"]) == pytest.approx(width / 4, abs=0.2)
    bar = next(line for line in parts(drawn, "line") if line["stroke-width"] == "3")
    assert float(bar["x1"]) == pytest.approx(left + width / 4, abs=0.2)
    assert float(bar["x2"]) == pytest.approx(left + 3 * width / 4, abs=0.2)


def test_marks_differ_by_shape_and_not_only_by_colour() -> None:
    marks = [Mark("a", 10, (5, 15), "this"), Mark("b", 9, (5, 15), "other"), Mark("c", 8, (5, 15), "earlier")]
    drawn = scale_picture([*marks, Mark("d", 7, None, "mean")], None, "°")
    shapes = [len(part["points"].split()) for part in parts(drawn, "polygon")]
    assert shapes == [4, 4, 3]
    assert len(parts(drawn, "circle")) == 1
    assert any(line.get("stroke-dasharray") for line in parts(drawn, "line"))
    assert words(drawn)[-4:] == ["a", "b", "c", "d"]


def test_without_people_to_compare_with_there_is_no_band() -> None:
    drawn = scale_picture([Mark("Today", 10.0, (5.0, 15.0), "this")], None, "°")
    assert len(parts(drawn, "rect")) == 1  # the sheet


@given(st.integers(2, 20000), st.integers(0, 2**31 - 1))
def test_thinning_keeps_the_peaks(count: int, seed: int) -> None:
    angle = np.random.default_rng(seed).normal(0.0, 20.0, count)
    kept = np.vstack(thinned(track_of(np.arange(count) / 30.0, angle)))
    assert len(kept) <= MOST_POINTS
    assert kept[:, 1].min() == angle.min()
    assert kept[:, 1].max() == angle.max()
    assert (np.diff(kept[:, 0]) > 0).all()


def test_gaps_and_cuts_stay_open() -> None:
    time_s, angle = np.arange(10) / 10.0, np.arange(10.0)
    angle[3:5] = np.nan
    shot = np.array([0] * 8 + [1] * 2)
    runs = thinned(track_of(time_s, angle, shot))
    assert [run[:, 1].tolist() for run in runs] == [[0.0, 1.0, 2.0], [5.0, 6.0, 7.0], [8.0, 9.0]]


def test_the_course_shows_every_hold_with_its_number() -> None:
    exam = exam_of("seated_right", "seated")
    results = [result for result in exam.results if result.side == "right"]
    drawn = course_picture(exam.angles["right"], results, SAY)
    assert drawn is not None
    holds = [repetition for result in results for repetition in result.repetitions]
    assert len(parts(drawn, "rect")) == 1 + len(holds)
    assert words(drawn)[: len(holds)] == ["1", "2", "1", "2"]
    told = {f"{result.value_deg:.0f}°" for result in results if result.value_deg is not None}
    assert len(told) == 2
    assert {*told, "seconds"} <= set(words(drawn))
    assert len(drawn) < 100_000


def test_a_course_of_nothing_is_not_drawn() -> None:
    assert course_picture(track_of(np.arange(3.0), np.full(3, np.nan)), [], SAY) is None


def test_a_long_course_stays_light() -> None:
    time_s = np.arange(60 * 60 * 30) / 30.0
    drawn = course_picture(track_of(time_s, 20 * np.sin(time_s)), [], SAY)
    assert drawn is not None
    assert len(drawn) < 40_000


def test_visits_stand_in_order_and_the_band_is_about_the_last_one() -> None:
    visits = [Past(f"2026-0{month}-01", 5.0 * month, (5.0 * month - 4, 5.0 * month + 4)) for month in range(1, 7)]
    drawn = trend_picture(visits, 5.0, SAY)
    told = words(drawn)
    shown = [word for word in told if re.fullmatch(r"\d+ \w{3} \d\d", word)]
    assert shown == ["1 Mar 26", "1 Apr 26", "1 May 26", "1 Jun 26"]
    places = list(zip(told, parts(drawn, "text"), strict=True))
    feet = {word: float(part["y"]) for word, part in reversed(places)}  # the axis is written first
    per_deg = (feet["10°"] - feet["30°"]) / 20
    band = parts(drawn, "rect")[1]
    assert float(band["height"]) == pytest.approx(2 * 5.0 * per_deg, rel=0.02)  # places are written to a tenth


def test_a_leg_is_drawn_from_its_points_alone_and_mirrors() -> None:
    exam = exam_of("seated_right", "seated")
    track = exam.angles["right"]
    frame = int(np.nanargmax(track.smooth_deg))
    drawn = leg_picture(track, frame, "14°")
    assert drawn is not None
    assert words(drawn) == ["14°"]
    assert leg_picture(mirrored(exam).angles["left"], frame, "14°") == drawn, "the side is no part of the drawing"
    lost = replace(track, points_px=np.full_like(track.points_px, np.nan))
    assert leg_picture(lost, frame, "14°") is None
