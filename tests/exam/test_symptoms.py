"""Stop signs come before any exam; names and numbers are those of the table."""

from pathlib import Path

import pytest

import rom
from rom.errors import NotMeasurable, UsageError
from rom.exam.symptoms import WHAT_TO_DO, asked, checked, pain_stops, stop_signs, why_no_exam
from rom.records import Symptoms

SAMPLE = Path(__file__).parents[2] / "samples" / "seated_right.landmarks.npz"


@pytest.mark.parametrize("sign", asked("stop"))
def test_every_stop_sign_ends_in_see_a_provider_and_not_in_a_measurement(sign: str) -> None:
    with pytest.raises(NotMeasurable) as stop:
        rom.measure(SAMPLE, symptoms=Symptoms(signs=(sign,)))
    said = str(stop.value)
    assert asked("stop")[sign].message in said
    assert any(what in said for what in WHAT_TO_DO.values())


def test_the_most_urgent_sign_says_what_to_do() -> None:
    both = why_no_exam(Symptoms(signs=("brace", "numb_or_cold", "night_pain")))
    assert both.endswith(WHAT_TO_DO["urgent"])
    assert WHAT_TO_DO["not_now"] not in both


@pytest.mark.parametrize("sign", asked("sign"))
def test_ordinary_signs_do_not_stop_the_exam(sign: str) -> None:
    assert not why_no_exam(Symptoms(signs=(sign,)))
    assert not stop_signs(Symptoms(signs=(sign,)))


@pytest.mark.parametrize(
    ("when", "pain", "stops"),
    [("walking", 5, False), ("walking", 6, True), ("rest", 3, False), ("rest", 4, True), ("during", 9, False)],
)
def test_strong_pain_and_pain_at_rest_stop_the_exam(when: str, pain: int, stops: bool) -> None:
    assert bool(why_no_exam(Symptoms(pain={when: pain}))) == stops


@pytest.mark.parametrize(
    ("injury", "surgery", "signs", "lunge", "seated"),
    [
        (5.9, None, (), True, False),
        (6.0, None, (), False, False),
        (None, 5.0, (), True, True),
        (None, 20.0, (), True, False),
        (None, 27.0, (), False, False),
        (None, 5.0, ("cleared",), False, False),
    ],
)
def test_too_soon_after_injury_or_surgery(
    injury: float | None, surgery: float | None, signs: tuple[str, ...], lunge: bool, seated: bool
) -> None:
    said = Symptoms(signs=signs, weeks_since_injury=injury, weeks_since_surgery=surgery)
    assert bool(why_no_exam(said, weight_bearing=True)) == lunge
    assert bool(why_no_exam(said)) == seated


@pytest.mark.parametrize(
    ("before", "during", "stops"), [(0, 1, False), (0, 2, True), (3, 4, False), (5, 6, True), (4, 3, False)]
)
def test_pain_that_rises_ends_a_repetition(before: int, during: int, stops: bool) -> None:
    assert pain_stops(before, during) == stops


@pytest.mark.parametrize(
    "symptoms",
    [
        Symptoms(pain={"dancing": 1}),
        Symptoms(pain={"rest": 11}),
        Symptoms(pain={"rest": -1}),
        Symptoms(places=("knee",)),
        Symptoms(signs=("itch",)),
    ],
)
def test_what_is_not_in_the_table_is_refused(symptoms: Symptoms) -> None:
    with pytest.raises(UsageError, match="Expected"):
        checked(symptoms)


def test_questions_are_questions_and_stop_signs_have_sources() -> None:
    for kind in ("sign", "stop"):
        for one in asked(kind).values():
            assert one.question.endswith("?")
    assert all(one.source and one.message for one in asked("stop").values())
    assert {"bone_tenderness_outer", "bone_tenderness_inner", "four_steps"} <= set(asked("stop"))  # Ottawa
