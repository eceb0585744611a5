"""How an exam was done: each check fires where it is planted, and keeps quiet where it is not."""

from dataclasses import replace

import numpy as np
import pytest

from rom.ankle.angle import angle_track
from rom.ankle.checks import Scene
from rom.ankle.view import estimate_view
from rom.exam.conduct import Done, conduct_checks, knee_remark, repetition_checks, why_not_compared
from rom.exam.measures import measures_of
from rom.exam.protocols import protocol, protocols
from rom.exam.range_of_motion import REPETITIONS_WANTED
from rom.records import AngleTrack, Check, Footwear, Landmarks, MotionResult, Repetition
from rom.settings import Settings
from tests.planted import HEIGHT_PX, WIDTH_PX, Plan, curve, exam_plan, planted, planted_leg, times

SETTINGS = Settings()
SCENE = Scene(WIDTH_PX, HEIGHT_PX)


def done(landmarks: Landmarks, name: str, footwear: Footwear = "bare") -> Done:
    track = angle_track(landmarks, "right", SETTINGS)
    view = estimate_view(landmarks, track, SETTINGS.confidence_min)
    return Done(track, landmarks, view, footwear, protocol(name), SETTINGS)


def codes(landmarks: Landmarks, name: str, footwear: Footwear = "bare") -> list[str]:
    return [check.code for check in conduct_checks(done(landmarks, name, footwear))]


def tilted(plan: Plan, tibia_deg: np.ndarray, foot_deg: np.ndarray) -> AngleTrack:
    """A track whose shank leans and whose foot tilts as said, frame by frame."""
    track = angle_track(planted(plan), "right", SETTINGS)
    tibia, foot = np.deg2rad(tibia_deg), np.deg2rad(foot_deg)
    up = np.stack([np.sin(tibia), -np.cos(tibia)], axis=-1)
    ahead = np.stack([np.cos(foot), -np.sin(foot)], axis=-1)
    ankle = np.broadcast_to(np.array([600.0, 700.0]), up.shape)
    heel = ankle + np.array([-40.0, 40.0])
    points = np.stack([ankle + 350.0 * up, ankle, heel, heel + 150.0 * ahead], axis=1)
    return replace(
        track, smooth_deg=tibia_deg + foot_deg, tibia_inclination_deg=tibia_deg, points_px=points, facing=1
    )


def test_a_well_done_exam_has_nothing_to_say() -> None:
    assert codes(planted(exam_plan()), "seated") == []


@pytest.mark.parametrize(("knee_deg", "found"), [(90.0, []), (12.0, []), (5.0, ["knee_not_bent"])])
def test_a_knee_too_straight_for_the_seated_exam(knee_deg: float, found: list[str]) -> None:
    assert codes(planted(replace(exam_plan(), knee_flexion_deg=knee_deg)), "seated") == found


@pytest.mark.parametrize(("knee_deg", "found"), [(0.0, False), (28.0, False), (35.0, True)])
def test_a_knee_too_bent_for_long_sitting(knee_deg: float, found: bool) -> None:
    plan = replace(exam_plan(), knee_flexion_deg=knee_deg, tibia_deg=-80.0)
    assert ("knee_not_straight" in codes(planted(plan), "long-sit")) == found


def test_a_lunge_whose_knee_stays_straight_or_whose_shank_stays_upright_is_none() -> None:
    found = codes(planted(replace(exam_plan(), knee_flexion_deg=2.0)), "lunge")
    assert {"knee_not_bent", "no_lean"} <= set(found)


def test_a_movement_that_is_surely_another_exam_is_compared_with_nobody() -> None:
    """A hanging foot said to be a lunge would meet the norm of a lunge."""
    seated = done(planted(exam_plan()), "lunge")
    checks = conduct_checks(seated)
    assert "other_exam" in [check.code for check in checks]
    assert why_not_compared(checks)
    assert "other_exam" not in codes(planted(exam_plan()), "free")


def test_a_knee_that_is_not_seen_is_not_judged() -> None:
    plan = exam_plan()
    leg = done(planted_leg(plan.time_s, plan.angle_deg), "seated")
    (check,) = conduct_checks(leg)
    assert (check.code, check.severity) == ("knee_unseen", "note")
    assert knee_remark([check]) == check.message
    assert not why_not_compared([check])


@pytest.mark.parametrize(("swing_deg", "fires"), [(10.0, False), (25.0, True)])
def test_a_shank_that_swings(swing_deg: float, fires: bool) -> None:
    plan = exam_plan()
    lean = 0.5 * swing_deg * np.sin(2 * np.pi * plan.time_s / 3.0)
    swinging = replace(done(planted(plan), "seated"), track=tilted(plan, lean, plan.angle_deg - lean))
    assert ("shank_swings" in [c.code for c in conduct_checks(swinging)]) == fires


@pytest.mark.parametrize(("lift_deg", "fires"), [(0.0, False), (3.0, False), (12.0, True)])
def test_a_heel_that_lifts_at_the_end_of_a_lunge(lift_deg: float, fires: bool) -> None:
    time_s = times(12.0)
    lean = curve(time_s, [(0.0, 1.0), (35.0, 2.0), (0.0, 1.0), (35.0, 2.0), (0.0, 1.0)])
    plan = Plan(time_s, lean)
    lunge = replace(done(planted(plan), "lunge"), track=tilted(plan, lean, -lift_deg * (lean > 25.0)))
    checks = conduct_checks(lunge)
    assert ("heel_lifts" in [c.code for c in checks]) == fires
    assert bool(why_not_compared(checks)) == fires


@pytest.mark.parametrize(("bend_deg", "ankle", "fires"), [(45.0, 0.0, True), (45.0, 1.0, False), (5.0, 0.0, False)])
def test_toes_that_bend_alone(bend_deg: float, ankle: float, fires: bool) -> None:
    plan = exam_plan()
    landmarks = planted_leg(plan.time_s, ankle * plan.angle_deg)
    tip, ball = (landmarks.indices((f"right_{part}",))[0] for part in ("toe_tip", "plantar_mt5"))
    points = np.array(landmarks.points_px)
    turn = np.deg2rad(0.5 * bend_deg * np.sign(np.sin(plan.time_s)))
    toe = points[:, tip] - points[:, ball]
    c, s = np.cos(turn), np.sin(turn)
    points[:, tip] = points[:, ball] + np.stack([c * toe[:, 0] - s * toe[:, 1], s * toe[:, 0] + c * toe[:, 1]], 1)
    assert ("toes_only" in codes(replace(landmarks, points_px=points), "seated")) == fires


@pytest.mark.parametrize(("share", "fires"), [(0.05, False), (0.3, True)])
def test_a_knee_that_drifts(share: float, fires: bool) -> None:
    plan = exam_plan()
    lunge = done(planted(plan), "lunge")
    length = 350.0 * (1.0 - share * np.linspace(0, 1, len(plan.time_s)))
    lunge = replace(lunge, track=replace(lunge.track, shank_px=length))
    assert ("knee_drifts" in [c.code for c in conduct_checks(lunge)]) == fires


@pytest.mark.parametrize(("yaw_deg", "fires"), [(26.0, False), (60.0, True), (-10.0, True)])
def test_a_foot_that_points_elsewhere_than_the_body(yaw_deg: float, fires: bool) -> None:
    plan = exam_plan()
    leg = planted_leg(plan.time_s, plan.angle_deg)
    assert leg.legs is not None
    shank = np.tile([0.0, -1.0, 0.0], (len(plan.time_s), 1))
    yaw = np.deg2rad(yaw_deg)
    foot = np.tile([np.cos(yaw), 0.0, -np.sin(yaw)], (len(plan.time_s), 1))
    leg = replace(leg, legs=replace(leg.legs, lines=np.stack([shank, foot], 1)))
    seated = done(planted(plan), "seated")  # the body is seen exactly from the side
    assert seated.view.angle_deg == pytest.approx(0.0, abs=0.5)
    checks = conduct_checks(replace(seated, landmarks=leg))
    assert ("foot_turned" in [c.code for c in checks]) == fires


def test_a_shoe_is_said() -> None:
    assert codes(planted(exam_plan()), "seated", "shoe") == ["shoe_on"]
    assert codes(planted(exam_plan()), "seated", "unknown") == []


def repetition(value: float, held: bool = True) -> Repetition:
    return Repetition("dorsiflexion", 0.0, 1.0, value, 0.3, 30, held, True)


@pytest.mark.parametrize(
    ("values", "fires"), [((10.0, 12.0, 14.9), False), ((10.0, 15.1), True), ((10.0,), False), ((), False)]
)
def test_repetitions_that_disagree_ask_for_another(values: tuple[float, ...], fires: bool) -> None:
    seated = done(planted(exam_plan()), "seated")
    one = MotionResult(
        "right",
        "dorsiflexion",
        "measured",
        12.0,
        (9.0, 15.0),
        "good",
        (),
        repetitions=tuple(map(repetition, values)),
    )
    found: tuple[Check, ...] = repetition_checks(seated, [one])
    assert [c.code for c in found] == (["repetitions_disagree"] if fires else [])
    assert all("do another" in c.message for c in found)


def test_the_protocols_ask_for_as_many_repetitions_as_the_results_want() -> None:
    assert {one.repetitions for one in protocols().values()} == {REPETITIONS_WANTED}


def test_a_lunge_has_the_lean_of_the_shin_beside_it() -> None:
    time_s = times(12.0)
    lean = curve(time_s, [(0.0, 1.0), (35.0, 2.0), (0.0, 1.0), (37.0, 2.0), (0.0, 1.0)])
    plan = Plan(time_s, lean)
    track = tilted(plan, lean, np.zeros_like(lean))
    holds = tuple(
        Repetition("dorsiflexion", a, b, v, 0.3, 30, True, True) for a, b, v in ((1.8, 3.4, 35.0), (6.0, 7.4, 37.0))
    )
    one = MotionResult("right", "dorsiflexion", "measured", 36.0, (33.0, 39.0), "good", (), repetitions=holds)
    (found,) = measures_of(protocol("lunge"), track, planted(plan), [one], SCENE)
    assert (found.name, found.unit) == ("tibia_inclination", "deg")
    assert found.value == pytest.approx(36.0, abs=0.2)
    assert found.sd == pytest.approx(np.sqrt(2.0), abs=0.2)


def test_heel_raises_are_counted_and_their_height_told() -> None:
    count, time_s = 9, times(40.0)
    levels = [30.0 - 1.0 * i for i in range(count)]  # one degree less each time
    stops = [(0.0, 1.0)]
    for level in levels:
        stops += [(-level, 1.0), (0.0, 1.0)]
    angle = curve(time_s, stops)
    plan = Plan(time_s, angle)
    track = tilted(plan, np.zeros_like(angle), angle)
    toe, foot = np.array([700.0, 740.0]), np.deg2rad(angle)
    heel = toe - 150.0 * np.stack([np.cos(foot), -np.sin(foot)], axis=-1)
    points = np.array(track.points_px)
    points[:, 2], points[:, 3] = heel, toe
    track = replace(track, points_px=points, foot_px=np.full(len(time_s), 150.0))
    starts = 1.6 + np.arange(count) * 3.2
    raises = tuple(
        Repetition("plantar_flexion", s + 0.1, s + 0.9, v, 0.3, 20, True, True)
        for s, v in zip(starts, levels, strict=True)
    )
    one = MotionResult("right", "plantar_flexion", "measured", 26.0, (23.0, 29.0), "good", (), repetitions=raises)
    found = {m.name: m for m in measures_of(protocol("heel-raise"), track, planted(plan), [one], SCENE)}
    assert found["repetitions"].value == count
    assert found["heel_height"].value == pytest.approx(np.mean(np.sin(np.deg2rad(levels))), abs=0.01)
    assert found["fatigue"].value == pytest.approx(6.0, abs=0.1)
    scaled = replace(SCENE, mm_per_px=1.5, mm_per_px_sd=0.0)
    height = measures_of(protocol("heel-raise"), track, planted(plan), [one], scaled)[0]
    assert height.unit == "mm"
    assert height.value == pytest.approx(1.5 * 150.0 * found["heel_height"].value)
    assert height.ci95 is not None
    assert height.ci95[1] - height.value == pytest.approx(1.96 * 0.04 * 150.0 * 1.5, rel=0.01)


@pytest.mark.parametrize(("wall", "scale", "count"), [(0.9, 2.0, 2), (None, 2.0, 1), (0.9, float("nan"), 1)])
def test_the_distance_to_the_wall_needs_wall_and_scale(wall: float | None, scale: float, count: int) -> None:
    plan = exam_plan()
    landmarks = planted_leg(plan.time_s, plan.angle_deg)
    lunge = done(landmarks, "lunge")
    hold = Repetition("dorsiflexion", 1.0, 2.0, 18.0, 0.3, 30, True, True)
    one = MotionResult("right", "dorsiflexion", "measured", 18.0, (15.0, 21.0), "good", (), repetitions=(hold,))
    scene = replace(SCENE, mm_per_px=scale, mm_per_px_sd=0.02)
    found = measures_of(protocol("lunge"), lunge.track, landmarks, [one], scene, wall)
    assert len(found) == count
    if count == 2:
        toe_px = np.median(landmarks.points("right_toe_tip")[:, 0, 0])
        assert found[1].value == pytest.approx((0.9 * WIDTH_PX - toe_px) * 2.0 / 10.0)
        assert found[1].sd == pytest.approx(np.hypot(1.0 * scale, (0.9 * WIDTH_PX - toe_px) * 0.02) / 10.0)
