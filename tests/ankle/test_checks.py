"""Each check speaks exactly when it should, names the side and says what to do."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.angle import angle_track
from rom.ankle.checks import Scene, side_checks
from rom.ankle.view import WIDTH_OVER_TRUNK, estimate_view
from rom.records import Check, Landmarks, Side
from rom.settings import Settings
from tests.planted import (
    HEIGHT_PX,
    WIDTH_PX,
    Plan,
    column,
    exam_plan,
    landmarks_of_points,
    planted,
    points_of,
    times,
)
from tests.planted import without as lost_in

PLAN = replace(exam_plan(), noise_px=1.0)
SCENE = Scene(WIDTH_PX, HEIGHT_PX, brightness=120.0, roll_deg=0.0)
SETTINGS = Settings()
FRAMES = len(PLAN.time_s)


def checks_of(landmarks: Landmarks, scene: Scene = SCENE, side: Side = "right") -> dict[str, Check]:
    track = angle_track(landmarks, side, SETTINGS)
    view = estimate_view(landmarks, track, SETTINGS.confidence_min)
    return {check.code: check for check in side_checks(track, landmarks, view, scene, SETTINGS)}


def share_of_frames(share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.arange(FRAMES) < share * FRAMES


def test_a_good_recording_draws_no_check() -> None:
    assert checks_of(planted(PLAN)) == {}


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert checks_of(planted(PLAN), Scene(0, 0)) == {}


@pytest.mark.parametrize(("share", "severity"), [(0.15, None), (0.3, "caution"), (0.6, "caution"), (0.75, "stop")])
def test_lost_leg(share: float, severity: str | None) -> None:
    check = checks_of(lost_in(planted(PLAN), share_of_frames(share))).get("leg_lost")
    assert (check and check.severity) == severity
    if check is not None:
        assert check.side == "right"
        assert "right leg" in check.message


def test_a_leg_never_seen_says_what_to_do() -> None:
    check = checks_of(lost_in(planted(PLAN), share_of_frames(1.0)))["leg_lost"]
    assert check.severity == "stop"
    assert "found it in 0% of them; film" in check.message


@pytest.mark.parametrize(
    ("foot_px", "severity"), [(110.0, None), (90.0, "caution"), (31.0, "caution"), (29.0, "stop")]
)
def test_small_foot(foot_px: float, severity: str | None) -> None:
    plan = replace(PLAN, foot_px=foot_px, shank_px=3 * foot_px, noise_px=0.0)
    check = checks_of(planted(plan)).get("foot_small")
    assert (check and check.severity) == severity
    if check is not None:
        assert check.value == pytest.approx(foot_px, rel=0.01)
        assert "closer" in check.message


@pytest.mark.parametrize(("share", "severity"), [(0.01, None), (0.05, "caution"), (0.15, "caution"), (0.3, "stop")])
def test_foot_at_the_border(share: float, severity: str | None) -> None:
    points = points_of(PLAN)
    points[share_of_frames(share), column("right", "foot_index"), 0] = WIDTH_PX + 3.0
    check = checks_of(landmarks_of_points(PLAN.time_s, points)).get("foot_cut_off")
    assert (check and check.severity) == severity
    if check is not None:
        assert "right leg" in check.message
        assert "hand's breadth" in check.message


def test_a_low_confidence_landmark_beyond_the_border_counts_too() -> None:
    points = points_of(PLAN)
    points[:, column("right", "foot_index"), 0] = WIDTH_PX + 3.0
    confidence = np.ones((FRAMES, points.shape[1]))
    confidence[:, column("right", "foot_index")] = 0.1
    assert checks_of(landmarks_of_points(PLAN.time_s, points, confidence))["foot_cut_off"].severity == "stop"


@pytest.mark.parametrize(
    ("view_deg", "severity", "where"),
    [(10.0, None, ""), (25.0, "caution", "front"), (-25.0, "caution", "back"), (60.0, "stop", "front")],
)
def test_oblique_view(view_deg: float, severity: str | None, where: str) -> None:
    plan = replace(PLAN, lead=WIDTH_OVER_TRUNK * np.sin(np.radians(view_deg)))
    check = checks_of(planted(plan)).get("view_oblique")
    assert (check and check.severity) == severity
    if check is not None:
        assert f"from the {where}" in check.message
        assert check.value == pytest.approx(view_deg, abs=3.0)


def test_a_view_that_cannot_be_judged() -> None:
    assert set(checks_of(lost_in(planted(PLAN), share_of_frames(1.0), ("shoulder",)))) == {"view_unknown"}


@pytest.mark.parametrize(("growth", "severity"), [(0.1, None), (0.3, "caution"), (0.6, "stop")])
def test_a_leg_that_comes_towards_the_camera(growth: float, severity: str | None) -> None:
    points = points_of(replace(PLAN, noise_px=0.0))
    scale = 1.0 + growth * np.linspace(-0.5, 0.5, FRAMES)
    nearer = (points - 640.0) * scale[:, None, None] + 640.0
    check = checks_of(landmarks_of_points(PLAN.time_s, nearer)).get("out_of_plane")
    assert (check and check.severity) == severity


@pytest.mark.parametrize(("swing_deg", "said"), [(20.0, False), (60.0, True)])
def test_too_quick_for_the_frame_rate(swing_deg: float, said: bool) -> None:
    t = times(4.0)
    plan = Plan(t, swing_deg * np.sin(2 * np.pi * t) - 5.0)  # once a second at 30 pictures a second
    check = checks_of(planted(plan)).get("rate_low")
    assert (check is not None) == said
    if check is not None:
        assert check.message.endswith("move slower.")  # 30 is what it was filmed at: more is not asked for


@pytest.mark.parametrize(("rate_hz", "said"), [(12.0, False), (8.0, True)])
def test_few_pictures_a_second(rate_hz: float, said: bool) -> None:
    t = times(10.0, rate_hz)
    assert ("rate_low" in checks_of(planted(Plan(t, 10 * np.sin(0.5 * np.pi * t))))) == said


@pytest.mark.parametrize(("brightness", "said"), [(60.0, False), (20.0, True), (float("nan"), False)])
def test_dark(brightness: float, said: bool) -> None:
    found = checks_of(planted(PLAN), replace(SCENE, brightness=brightness))
    assert ("too_dark" in found) == said


@pytest.mark.parametrize(("roll_deg", "word"), [(3.0, ""), (8.0, "8° clockwise"), (-8.0, "8° anticlockwise")])
def test_rolled(roll_deg: float, word: str) -> None:
    found = checks_of(planted(PLAN), replace(SCENE, roll_deg=roll_deg))
    assert ("camera_rolled" in found) == bool(word)
    assert not word or word in found["camera_rolled"].message


def test_turned_round() -> None:
    there, back = points_of(PLAN), points_of(replace(PLAN, facing=-1))
    late = ~share_of_frames(0.8)
    check = checks_of(landmarks_of_points(PLAN.time_s, np.where(late[:, None, None], back, there)))["turned"]
    assert check.severity == "caution"
    assert check.value == pytest.approx(0.2, abs=0.01)
    assert "right foot" in check.message
    assert "one direction" in check.message


@pytest.mark.parametrize(("up_deg", "said"), [(60.0, False), (85.0, True)])
def test_an_angle_that_no_ankle_reaches(up_deg: float, said: bool) -> None:
    assert ("implausible" in checks_of(planted(exam_plan(up=up_deg)))) == said


def test_the_gravest_comes_first() -> None:
    plan = replace(PLAN, foot_px=25.0, shank_px=80.0, noise_px=0.0)
    landmarks = planted(plan)
    track = angle_track(landmarks, "right", SETTINGS)
    view = estimate_view(landmarks, track, 0.3)
    found = side_checks(track, landmarks, view, replace(SCENE, brightness=5.0, roll_deg=9.0), SETTINGS)
    rank = ["stop", "caution", "note"]
    order = [rank.index(check.severity) for check in found]
    assert order == sorted(order)
    assert len(found) == 3
    assert all(check.side == "right" for check in found)


def exchanged(from_frame: int, to_frame: int, apart_px: float) -> Landmarks:
    """The right leg taken for one that stands `apart_px` beside it, from one frame to another."""
    points = points_of(PLAN)
    for part in ("knee", "ankle", "heel", "foot_index"):
        points[from_frame:to_frame, column("right", part), 0] += apart_px
    return landmarks_of_points(PLAN.time_s, points)


def test_a_leg_that_is_taken_for_the_other_one_stops_the_measurement() -> None:
    """Three quarters of a shank aside and back, 2 s later: seen on a render whose legs were exchanged like that."""
    check = checks_of(exchanged(60, 120, 0.75 * PLAN.shank_px))["leap"]
    assert check.severity == "stop"
    assert check.value == pytest.approx(PLAN.time_s[60], abs=0.04)
    assert "taken for the other leg" in check.message


def test_a_slip_of_one_frame_is_no_leap() -> None:
    """Hampel takes single frames out; the reading is not touched by them."""
    assert "leap" not in checks_of(exchanged(60, 61, 0.75 * PLAN.shank_px))


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0])
def test_the_swing_of_a_walk_is_no_leap(rate_hz: float) -> None:
    """The ankle swings 1.3 m in 0.4 s (peak 5 m/s, some 40 m/s^2) over a shank of 0.43 m, once a second."""
    time_s = times(6.0, rate_hz)
    phase = np.clip((time_s % 1.0) / 0.4, 0.0, 1.0)
    travel = 3.0 * (np.floor(time_s) + phase - np.sin(2 * np.pi * phase) / (2 * np.pi))  # shank lengths
    plan = Plan(time_s, np.zeros(len(time_s)))
    points = points_of(plan)
    points[..., 0] += plan.shank_px * travel[:, None]
    assert "leap" not in checks_of(landmarks_of_points(time_s, points), Scene(0, 0))


def with_head(head_y_px: float, shoulder_y_px: float) -> Landmarks:
    """The planted person with a head at that height in the picture."""
    whole = planted(PLAN)
    names = ("nose", "left_ear", "right_ear")
    points = np.array(whole.points_px)
    for side in ("left", "right"):
        points[:, column(side, "shoulder"), 1] = shoulder_y_px
    head = np.broadcast_to([640.0, head_y_px], (FRAMES, 3, 2))
    return Landmarks(
        (*whole.names, *names),
        whole.time_s,
        whole.shot,
        np.concatenate([points, head], axis=1),
        np.concatenate([whole.confidence, np.ones((FRAMES, 3))], axis=1),
        np.full((FRAMES, points.shape[1] + 3, 2, 2), np.nan),
    )


@pytest.mark.parametrize(
    ("head_y_px", "shoulder_y_px", "code", "severity"),
    [
        (40.0, 150.0, None, None),
        (-60.0, 150.0, "head_cut_off", "caution"),
        (-160.0, -60.0, "upper_body_cut_off", "stop"),
    ],
)
def test_a_person_without_head_or_shoulders(
    head_y_px: float, shoulder_y_px: float, code: str | None, severity: str | None
) -> None:
    found = checks_of(with_head(head_y_px, shoulder_y_px))
    cut = {name: check for name, check in found.items() if name in ("head_cut_off", "upper_body_cut_off")}
    assert list(cut) == ([code] if code else [])
    for check in cut.values():
        assert check.severity == severity
        assert "whole" in check.message
