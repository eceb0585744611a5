"""The way through the app: what is kept, where it goes on, what each answer makes of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.datastructures import FormData

from rom.exam.symptoms import asked, why_no_exam
from rom.records import Symptoms
from rom.store import open_store
from rom.store.tables import DraftRow
from rom.web.journey import Journey, begun, load, next_page, said_of, save
from rom.web.pages.feels import BEFORE, NOTICED, TAKEN, order, weeks_of
from rom.web.pages.safety import after, parts, stopped

WAY = "0" * 32
DONE = Journey(
    WAY,
    calm=("cast",),
    safe=True,
    person_id="p",
    sure=True,
    hurts="right",
    felt=True,
    protocol="seated",
    sides=("right", "left"),
    exams=("e",),
    footwear="sock",
    symptoms={"side": "right", "pain": {"rest": 1}, "places": ["front"], "signs": ["swelling"]},
)


def test_what_was_answered_is_found_again(tmp_path: Path) -> None:
    with open_store(folder=tmp_path) as store:
        assert load(store, WAY) == Journey(WAY)
        save(store, DONE)
        assert load(store, WAY) == DONE
        save(store, replace(DONE, sides=()))
        assert load(store, WAY).sides == ()


def test_a_draft_of_another_version_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    with open_store(folder=tmp_path) as store:
        with store.session() as session, session.begin():
            session.add(DraftRow(id=WAY, answers={"safe": True, "mood": "good"}))
        assert load(store, WAY) == Journey(WAY, safe=True)


def test_said_reaches_the_instrument_as_it_takes_it() -> None:
    assert DONE.said == Symptoms("right", {"rest": 1}, ("front",), ("swelling",))
    assert said_of(DONE) == {"footwear": "sock", "moved_by": "active", "symptoms": DONE.symptoms}
    assert said_of(replace(DONE, protocol="lunge"))["moved_by"] == "", "a lunge leaves no choice"


@pytest.mark.parametrize(
    ("journey", "page"),
    [
        (Journey(WAY), "/safety"),
        (Journey(WAY, safe=True), "/about"),
        (Journey(WAY, safe=True, person_id="p"), "/about"),
        (Journey(WAY, safe=True, person_id="p", sure=True), "/feels"),
        (replace(DONE, protocol=""), "/exam"),
        (replace(DONE, sides=(), exams=()), "/exam/sides"),
        (DONE, "/exam/place"),
        (replace(DONE, sides=()), "/result"),
    ],
)
def test_a_way_goes_on_where_it_stopped(journey: Journey, page: str) -> None:
    assert next_page(journey) == page


def test_an_empty_way_was_not_begun() -> None:
    assert not begun(Journey(WAY, person_id="p"))
    assert begun(Journey(WAY, calm=("cast",)))


def test_every_stop_sign_is_asked_once_and_any_yes_ends_the_way() -> None:
    signs = [sign for part in parts() for sign in part]
    assert [sign.code for sign in signs] == list(asked("stop"))
    for part in parts():
        for sign in part:
            answers = {one.code: "yes" if one is sign else "no" for one in part}
            journey = after(Journey(WAY, safe=True), part, answers)
            assert stopped(journey)
            assert not journey.safe
            assert sign.message in why_no_exam(journey.said)
            calm = after(journey, part, dict.fromkeys(answers, "no"))
            assert not stopped(calm)
            assert set(calm.calm) == set(answers)


def test_what_is_not_answered_is_neither_yes_nor_no() -> None:
    part = parts()[0]
    journey = after(Journey(WAY), part, {part[0].code: "no", part[1].code: ""})
    assert journey.calm == (part[0].code,)
    assert journey.symptoms["signs"] == []


def test_without_pain_two_screens_are_left_out() -> None:
    journey = TAKEN["which"](DONE, FormData({"hurts": "none"}))
    assert order(journey) == ("which", "signs", "since")
    assert journey.said.pain == {}
    assert journey.said.places == ()
    assert journey.said.side is None


def test_answers_of_how_it_feels() -> None:
    journey = TAKEN["pain"](Journey(WAY), FormData({when: str(k) for k, when in enumerate(BEFORE)}))
    journey = TAKEN["where"](journey, FormData([("place", "front"), ("place", "heel"), ("place", "<b>")]))
    journey = TAKEN["signs"](journey, FormData({code: "yes" if code == "swelling" else "no" for code in NOTICED}))
    journey = TAKEN["since"](
        journey, FormData({"onset": " a jump ", "injury": "3,5", "surgery": "", "cleared": "cleared"})
    )
    said = Symptoms(
        None,
        {"rest": 0, "pulling_up": 1, "pointing": 2, "walking": 3},
        ("front", "heel"),
        ("swelling", "cleared"),
        "a jump",
        3.5,
        None,
    )
    assert journey.said == said


@pytest.mark.parametrize(
    ("screen", "answers"),
    [
        ("which", {}),
        ("which", {"hurts": "arm"}),
        ("pain", {}),
        ("pain", dict.fromkeys(BEFORE, "11")),
        ("pain", dict.fromkeys(BEFORE, "-1")),
        ("signs", {"swelling": "yes"}),
        ("since", {"injury": "long"}),
        ("since", {"surgery": "-2"}),
        ("since", {"surgery": "nan"}),
    ],
)
def test_what_is_no_answer_is_asked_again(screen: str, answers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        TAKEN[screen](DONE, FormData(answers))


@pytest.mark.parametrize(("text", "weeks"), [("", None), (" 0 ", 0.0), ("6.5", 6.5), ("6,5", 6.5)])
def test_weeks_as_they_are_written(text: str, weeks: float | None) -> None:
    assert weeks_of(text) == weeks
