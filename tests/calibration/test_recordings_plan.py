"""The committed plans: valid, drawn from their seeds, never sharing bodies or rooms."""

import csv
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from calibration.people.plan import read_people
from calibration.recordings import plan
from calibration.recordings.draw_plans import draw_plan, draw_repeats
from calibration.recordings.motion import ease, gait_cycle, planned_angles
from calibration.recordings.plan import PLAN_NAMES, REPEATS, Recording, filmed_as_asked, read_plan, write_plan


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_the_committed_plan_is_what_the_seeds_draw(name: str) -> None:
    assert read_plan(name) == draw_plan(name)


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_every_row_is_sound(name: str) -> None:
    people, rows = read_people(), read_plan(name)
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert row.set == name == people[row.body].set
        assert row.exam in plan.EXAMS
        assert row.side in "LR"
        assert row.framing in plan.FRAMINGS
        assert row.light in plan.LIGHTS
        assert row.footwear in plan.FOOTWEAR
        assert row.lower in plan.LOWER_CLOTHES
        assert row.other_leg in plan.OTHER_LEG
        assert row.renderer in plan.RENDERERS
        assert row.max_dorsiflexion_deg > -row.max_plantarflexion_deg
        assert row.width % 2 == 0 == row.height % 2  # H.264 halves the colour's resolution


def test_sets_share_no_room_and_no_seed() -> None:
    rows = [row for name in PLAN_NAMES for row in read_plan(name)]
    sets_of_room: dict[int, set[str]] = {}
    for row in rows:
        sets_of_room.setdefault(row.room, set()).add(row.set)
    assert all(len(sets) == 1 for sets in sets_of_room.values())
    assert len({row.seed for row in rows}) == len(rows)


def test_the_report_set_is_large_enough() -> None:
    rows = read_plan("report")
    assert len(rows) >= 400
    assert len({row.body for row in rows}) >= 60
    assert sum(row.renderer == "cycles" for row in rows) >= 60
    quick = read_plan("quick")
    assert quick == [row for row in rows if row.quick]
    assert {row.exam for row in quick} == set(plan.EXAMS)
    assert {row.footwear for row in quick} == set(plan.FOOTWEAR)


def test_repeats_differ_in_what_they_should_and_in_nothing_else() -> None:
    rows, first = read_plan(REPEATS), {row.name: row for row in read_plan("report")}
    assert rows == draw_repeats()
    assert len({row.name[:-1] for row in rows}) >= 20
    for row in rows:
        base = first[row.name[:-1]]
        assert filmed_as_asked(base)
        assert filmed_as_asked(row)
        done = ("set", "body", "exam", "side", "max_dorsiflexion_deg", "max_plantarflexion_deg", "footwear")
        assert [getattr(row, name) for name in done] == [getattr(base, name) for name in done]
        same_day = row.name.endswith("c")
        assert (row.seed == base.seed) is (row.room == base.room) is same_day
        assert row.yaw_deg != base.yaw_deg


def test_what_counts_as_filmed_as_asked() -> None:
    asked = read_plan("samples")[0]
    assert filmed_as_asked(asked)
    for wrong in (
        {"yaw_deg": -16.0},
        {"camera_height_m": 0.9},
        {"roll_deg": 5.0},
        {"framing": "leg"},
        {"furniture_front": 1},
        {"second_person": 1},
        {"footwear": "shoe"},
        {"lower": "trousers"},
        {"light": "backlit"},
    ):
        assert not filmed_as_asked(replace(asked, **wrong)), wrong


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    rows = read_plan("samples")
    write_plan(rows, tmp_path / "again.csv")
    assert read_plan(tmp_path / "again.csv") == rows
    with (tmp_path / "again.csv").open(newline="") as file:
        assert list(next(csv.DictReader(file))) == list(asdict(rows[0]))


@pytest.mark.parametrize("exam", ["seated", "long_sitting", "stand", "lunge", "heel_raise"])
def test_the_motion_reaches_the_planned_ends(exam: str) -> None:
    import numpy as np

    for row in [r for r in read_plan("validation") if r.exam == exam][:5]:
        time_s, angle = planned_angles(row, np.random.default_rng(3))
        assert np.allclose(np.diff(time_s), 1 / row.fps)
        loose = 1.0 + 0.6 * row.restlessness  # a hold trembles by some tenths of a degree
        if exam != "heel_raise":
            assert angle.max() == pytest.approx(row.max_dorsiflexion_deg, abs=loose)
        if exam != "lunge":
            assert angle.min() == pytest.approx(-row.max_plantarflexion_deg, abs=loose)


def test_easing_passes_through_its_keys() -> None:
    import numpy as np

    keys = [(0.0, 1.0), (1.0, 5.0), (3.0, -2.0)]
    assert ease(keys, np.array([0.0, 0.5, 1.0, 2.0, 3.0, 9.0])) == pytest.approx([1, 3, 5, 1.5, -2, -2])


def test_the_gait_cycle_closes_and_is_the_published_one() -> None:
    cycle = gait_cycle()
    for name in ("hip_flexion_deg", "knee_flexion_deg", "ankle_dorsiflexion_deg"):
        assert abs(cycle[name][0] - cycle[name][-1]) < 0.11
    ankle = cycle["ankle_dorsiflexion_deg"]
    assert ankle.max() == pytest.approx(11.8, abs=0.2)  # Schwartz 2008, free speed, at 46 %
    assert ankle.min() == pytest.approx(-19.8, abs=0.2)  # at 64 %


def test_a_recording_is_a_plain_record() -> None:
    assert isinstance(read_plan("samples")[0], Recording)
