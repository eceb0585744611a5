"""The list of bodies and the landmark table."""

import numpy as np
import pytest

from calibration.people.landmarks import JOINT_CENTRES, LANDMARKS, SKIN_LANDMARKS, landmark_vertices
from calibration.people.plan import SET_SIZES, SETS, draw_people, read_people
from calibration.people.workfolder import FOLDER_VARIABLE, work_folder


def test_the_committed_list_is_what_the_seeds_draw() -> None:
    assert list(read_people().values()) == [p for name in SETS for p in draw_people(name)]


def test_sets_are_large_enough_and_share_no_body_or_seed() -> None:
    people = read_people()
    by_set = {name: [p for p in people.values() if p.set == name] for name in SETS}
    assert {name: len(p) for name, p in by_set.items()} == SET_SIZES
    assert SET_SIZES["development"] >= 40
    assert SET_SIZES["validation"] >= 15
    assert SET_SIZES["report"] >= 60
    assert len({p.seed for p in people.values()}) == len(people)


@pytest.mark.parametrize("name", ["development", "validation", "report"])
def test_every_set_spans_ages_sexes_and_skin_tones(name: str) -> None:
    people = [p for p in read_people().values() if p.set == name]
    ages = [p.age_years for p in people]
    assert min(ages) < 9
    assert max(ages) > 80
    assert {p.sex for p in people} == {"f", "m"}
    assert np.ptp(np.bincount([p.skin_tone for p in people])[1:]) <= 1
    assert all(abs(p.african + p.asian + p.european - 1) < 0.002 for p in people)  # three rounded shares


def test_landmarks_are_different_vertices_on_both_sides() -> None:
    table = landmark_vertices()
    assert set(table["L"]) == set(table["R"]) == set(SKIN_LANDMARKS)
    ids = [v for side in table.values() for v in side.values()]
    assert len(set(ids)) == len(ids)
    assert set(LANDMARKS) == set(SKIN_LANDMARKS) | set(JOINT_CENTRES)


def test_the_work_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "/somewhere/else")
    assert str(work_folder()) == "/somewhere/else"
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert work_folder().name == "rom-calibration"
