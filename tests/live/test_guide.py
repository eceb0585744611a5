"""The guide through a recording, with planted people who hear its prompts."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rom.errors import UsageError
from rom.exam.protocols import protocol
from rom.live.guide import (
    ANSWER_S,
    COUNTDOWN_S,
    LOST_S,
    MOVE_MOST_S,
    NOTHING,
    PLATEAU_S,
    RECORDING_MOST_S,
    SET_UP_MOST_S,
    TRIES_MOST,
    WALK_MOST_S,
    Answers,
    Guide,
    GuideState,
    PainAnswer,
)
from rom.live.set_up import HELD_S
from rom.records import Side
from tests.planted_live import Patient, nobody, phases, reading

ONE = {
    "seated": ["move_up", "hold_up", "move_down", "hold_down", "rest"],
    "long-sit": ["move_up", "hold_up", "move_down", "hold_down", "rest"],
    "free": ["move_up", "hold_up", "move_down", "hold_down", "rest"],
    "lunge": ["move_up", "hold_up", "rest"],
    "heel-raise": ["move_down", "hold_down", "rest"],
}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("side", ["right", "left"])
def test_every_exam_goes_its_way_by_itself(name: str, side: Side) -> None:
    patient = Patient(side=side)
    states = list(patient.follow(Guide(name, side)))
    one = ONE[name]
    assert phases(states) == ["set_up", "countdown", "rest", *one, "ask_pain", *one, "ask_pain", *one, "done"]
    assert states[-1].reason == ""
    assert {state.remark for state in states} == {""}
    ends = states[-1].ends
    assert len(ends) == 3 * len(protocol(name).motions)
    assert all(end.how == "held" for end in ends)
    for end in ends:  # noise of 0.5 and a median of several readings: within a degree
        assert end.angle_deg == pytest.approx(15.0 if end.motion == "dorsiflexion" else -45.0, abs=1.0)
    assert [end.repetition for end in ends if end.motion == ends[0].motion] == [1, 2, 3]


@pytest.mark.parametrize("rate_hz", [8.0, 15.0, 30.0])
@pytest.mark.parametrize("noise_deg", [0.0, 1.0, 2.0])
def test_it_counts_at_any_rate_and_noise(rate_hz: float, noise_deg: float) -> None:
    patient = Patient(rate_hz=rate_hz, noise_deg=noise_deg)
    states = list(patient.follow(Guide("seated", "right")))
    assert states[-1].phase == "done"
    assert states[-1].reason == ""
    assert (patient.ups, patient.downs) == (3, 3), "nobody was asked to do one again"
    assert len(states[-1].ends) == 6
    assert len(states) / rate_hz < 75  # 40 s without noise; a hold is told later in noise


def test_recording_begins_after_the_countdown_with_the_foot_at_rest_and_ends_with_it() -> None:
    states = list(Patient().follow(Guide("seated", "right")))
    recorded = [state.phase for state in states if state.recording]
    assert recorded[0] == "rest"
    assert recorded[-1] == "rest"
    assert not states[-1].recording
    first = next(k for k, state in enumerate(states) if state.recording)
    assert all(state.recording for state in states[first:-1]), "one recording without a gap"
    assert all(state.checks for state in states[:first])
    assert not any(state.checks for state in states[first:])


def test_the_countdown_counts_down() -> None:
    left = [s.countdown_s for s in Patient().follow(Guide("seated", "right")) if s.phase == "countdown"]
    assert left[0] == COUNTDOWN_S
    assert all(a > b for a, b in pairwise(left))
    assert left[-1] == pytest.approx(0.0, abs=0.05)


def test_a_hold_fills_up_and_the_repetition_is_said() -> None:
    states = list(Patient(noise_deg=0.0).follow(Guide("seated", "right")))
    shares = [state.hold_share for state in states if state.phase == "hold_up" and state.repetition == 2]
    assert shares == sorted(shares)
    assert shares[0] < 0.8  # a hold is told once the foot rested for 0.6 of 1 s
    assert shares[-1] >= 0.8
    assert {state.repetition for state in states} == {1, 2, 3}
    assert {state.repetitions for state in states} == {3}


@pytest.mark.parametrize("rate_hz", [8.0, 25.0])
def test_an_end_that_is_let_go_at_once_is_asked_for_again(rate_hz: float) -> None:
    patient = Patient(hold_s=0.5, rate_hz=rate_hz)
    states = list(patient.follow(Guide("lunge", "right")))
    assert "Again, please: stay a little longer where it goes no further." in {s.remark for s in states}
    assert patient.ups == 3 * (TRIES_MOST + 1), "twice again, then it is taken as it is"
    assert states[-1].phase == "done"
    assert {end.how for end in states[-1].ends} == {"rested"}


def remarks(patient: Patient, name: str) -> tuple[list[str], GuideState]:
    """What was remarked, each once in a row, and the end."""
    states = list(patient.follow(Guide(name, "right")))
    said = [state.remark for state in states]
    return [new for old, new in pairwise(said) if new and new != old], states[-1]


def test_a_lower_leg_that_swings_is_asked_to_keep_still() -> None:
    swinging = Patient(lean=lambda angle, attempt: angle * 1.5 if attempt == 1 else 0.0)
    said, end = remarks(swinging, "seated")
    assert said == ["Again, please: keep the lower leg still, only the foot moves."]
    assert swinging.ups == 4
    assert len(end.ends) == 6


def test_a_lower_leg_leans_in_a_lunge_without_a_remark() -> None:
    said, end = remarks(Patient(up_deg=35.0, lean=lambda angle, _: angle), "lunge")
    assert said == []
    assert len(end.ends) == 3


def test_a_heel_that_lifts_in_a_lunge_is_asked_to_stay_down() -> None:
    """The foot tips forward by 12 degrees towards the end of the second lunge."""
    lifting = Patient(
        up_deg=30.0,
        lean=lambda angle, _: angle,
        tilt=lambda angle, attempt: -12.0 * angle / 30.0 if attempt == 2 else 0.0,
    )
    said, end = remarks(lifting, "lunge")
    assert said == ["Again, please: keep the heel on the floor, and go only as far as it stays there."]
    assert lifting.ups == 4
    assert len(end.ends) == 3


def test_a_repetition_short_of_the_first_is_asked_for_again() -> None:
    short = Patient(up_deg=30.0, reach=lambda target, attempt: target - 9.0 if attempt == 2 and target else target)
    said, end = remarks(short, "lunge")
    assert said == ["Again, please: go as far as the first time, if it does not hurt."]
    assert [round(end.angle_deg, -1) for end in end.ends] == [30, 30, 30]


@pytest.mark.parametrize("fault", ["swing", "short"])
def test_who_cannot_do_better_is_asked_twice_and_then_let_on(fault: str) -> None:
    def lean(angle: float, attempt: int) -> float:
        return 1.5 * angle if fault == "swing" else 0.0

    def reach(target: float, attempt: int) -> float:
        return target - 9.0 if fault == "short" and attempt > 1 and target > 0 else target

    _, end = remarks(Patient(up_deg=20.0, lean=lean, reach=reach), "seated")
    assert end.phase == "done"
    assert end.reason == ""
    assert len(end.ends) == 6


@pytest.mark.parametrize("range_deg", [0.0, 2.0, 4.0])
def test_an_ankle_that_hardly_moves_is_not_held_up(range_deg: float) -> None:
    patient = Patient(up_deg=range_deg, down_deg=-range_deg)
    states = list(patient.follow(Guide("seated", "right")))
    assert states[-1].phase == "done"
    assert states[-1].reason == ""
    assert {end.how for end in states[-1].ends} <= {"rested", "held"}  # +4 to -4 may just count as a movement
    assert len(states[-1].ends) == 6
    longest = 6 * (PLATEAU_S + 3.0) + 2 * ANSWER_S + 15
    assert len(states) / 25 < longest
    assert "remind" in {state.prompt.code for state in states}


def test_a_slow_ankle_may_take_its_time() -> None:
    patient = Patient(pace_deg_s=6.0, up_deg=15.0, down_deg=-20.0)
    states = list(patient.follow(Guide("seated", "right")))
    assert [round(end.angle_deg) for end in states[-1].ends] == pytest.approx([15, -20] * 3, abs=3)
    assert states[-1].reason == ""


def test_an_ankle_that_is_never_still_is_let_on_by_time() -> None:
    guide, state = Guide("heel-raise", "right"), None
    for k in range(25 * 200):
        t = k / 25
        shaking = 8.0 * np.sin(2 * np.pi * 1.5 * t) if state is not None and state.recording else 0.0
        state = guide.step(reading(t, shaking), t)
        if state.phase == "done":
            break
    assert state is not None
    assert state.phase == "done"
    assert len(state.ends) == 3
    assert t < 3 * (MOVE_MOST_S + 10) * (TRIES_MOST + 1)


# pain


def test_no_answer_counts_as_before_and_is_recorded_as_none() -> None:
    states = list(Patient().follow(Guide("seated", "right")))
    assert states[-1].pains == (PainAnswer(1, None, answered=False), PainAnswer(2, None, answered=False))
    asked = [state for state in states if state.phase == "ask_pain"]
    assert len(asked) / 25 == pytest.approx(2 * ANSWER_S, abs=0.2)
    assert asked[0].countdown_s == pytest.approx(ANSWER_S)
    assert "No answer counts as no" in asked[0].prompt.sentence


@pytest.mark.parametrize(
    ("before", "said", "stops"),
    [(0, 1, False), (0, 2, True), (3, 4, False), (3, 5, True), (5, 6, True), (4, 4, False)],
)
def test_pain_that_rises_by_two_or_reaches_six_ends_the_exam(before: int, said: int, stops: bool) -> None:
    patient = Patient(answers=lambda state: Answers(pain=said) if state.phase == "ask_pain" else NOTHING)
    states = list(patient.follow(Guide("seated", "right", pain_before=before)))
    assert (states[-1].phase == "stopped") == stops
    assert states[-1].pains[0] == PainAnswer(1, said, answered=True)
    assert not states[-1].recording
    if stops:
        assert "Rest the ankle" in states[-1].reason
        assert len(states[-1].pains) == 1


def test_pain_that_is_said_at_any_moment_ends_the_exam() -> None:
    patient = Patient(answers=lambda state: Answers(pain=7) if state.phase == "hold_up" else NOTHING)
    states = list(patient.follow(Guide("seated", "right")))
    assert phases(states)[-2:] == ["hold_up", "stopped"]
    assert states[-1].pains == (PainAnswer(1, 7, answered=True),)


def test_as_before_goes_on_at_once() -> None:
    patient = Patient(answers=lambda state: Answers(same=True) if state.phase == "ask_pain" else NOTHING)
    states = list(patient.follow(Guide("seated", "right")))
    assert states[-1].pains == (PainAnswer(1, None, answered=True), PainAnswer(2, None, answered=True))
    assert sum(state.phase == "ask_pain" for state in states) == 2


def test_who_gets_up_to_answer_has_all_the_time() -> None:
    """Out of the picture when asked, 20 s long; then the answer comes."""
    said: list[GuideState] = []

    def answer(state: GuideState) -> Answers:
        said.append(state)
        asked = sum(one.phase == "ask_pain" for one in said)
        return Answers(pain=1) if state.phase == "ask_pain" and asked == 500 else NOTHING

    began: list[float] = []

    def gone(passed_s: float) -> bool:
        if said and said[-1].phase == "ask_pain" and not began:
            began.append(passed_s)
        return bool(began) and began[0] + 1.0 < passed_s < began[0] + 30.0

    states = list(Patient(answers=answer, gone=gone).follow(Guide("seated", "right")))
    assert states[-1].pains[0] == PainAnswer(1, 1, answered=True)


@pytest.mark.parametrize("pain", [-1, 11])
def test_pain_is_told_from_0_to_10(pain: int) -> None:
    with pytest.raises(UsageError, match="from 0"):
        Guide("seated", "right").step(None, 0.0, Answers(pain=pain))


# out of the picture


@pytest.mark.parametrize("at_s", [3.0, 3.6, 6.0, 20.0])
def test_it_pauses_when_the_leg_leaves_and_goes_on_when_it_is_back(at_s: float) -> None:
    states = list(Patient(gone=lambda s: at_s < s < at_s + 5.0).follow(Guide("seated", "right")))
    paused = [state for state in states if state.phase == "paused"]
    assert len(paused) / 25 == pytest.approx(5.0 - LOST_S + 0.7, abs=0.3)
    assert all(state.recording for state in paused)
    assert {state.prompt.code for state in paused} == {"paused"}
    assert states[-1].phase == "done"
    assert len(states[-1].ends) == 6


def test_a_leg_that_is_hidden_for_a_moment_pauses_nothing() -> None:
    states = list(Patient(gone=lambda s: s % 4.0 < 1.0).follow(Guide("seated", "right")))
    assert "paused" not in phases(states)
    assert states[-1].phase == "done"


def test_pictures_that_do_not_come_make_one_pause() -> None:
    """The camera stalls for 5 s in the first movement; steps go on without a reading."""
    guide, states = Guide("seated", "right"), []
    for k in range(25 * 16):
        t = k / 25
        states.append(guide.step(None if 7.0 < t < 12.0 else reading(t), t))
    assert phases(states) == ["set_up", "countdown", "rest", "move_up", "paused", "move_up"]


def test_pain_is_noted_of_the_repetition_under_way() -> None:
    said: list[int] = []

    def answer(state: GuideState) -> Answers:
        if state.phase == "move_down" and state.repetition == 2 and not said:
            said.append(1)
            return Answers(pain=1)
        return Answers(same=state.phase == "ask_pain")

    states = list(Patient(answers=answer).follow(Guide("seated", "right")))
    assert states[-1].pains == (
        PainAnswer(1, None, answered=True),
        PainAnswer(2, 1, answered=True),
        PainAnswer(2, None, answered=True),
    )


def test_the_other_leg_is_told_apart() -> None:
    guide, seen = Guide("seated", "right"), []
    for k in range(25 * 12):
        t = k / 25
        seen.append(guide.step(reading(t, 0.0, "right" if t < 7.0 else "left"), t))
    assert seen[-1].phase == "paused"
    assert "right side" in seen[-1].prompt.sentence


# set-up


def test_it_does_not_begin_with_the_wrong_leg_and_says_which() -> None:
    guide = Guide("seated", "left")
    for k in range(100):
        state = guide.step(reading(k / 25, 0.0, "right"), k / 25)
    assert state.phase == "set_up"
    assert state.prompt.sentence == "Turn so that your left side faces the laptop."


def test_the_countdown_falls_back_where_the_leg_leaves() -> None:
    guide, states = Guide("seated", "right"), []
    for k in range(25 * 8):
        t = k / 25
        states.append(guide.step(reading(t) if t < 2.5 or t > 5.0 else nobody(t), t))
    assert phases(states)[:4] == ["set_up", "countdown", "set_up", "countdown"]
    assert not any(state.recording for state in states)


def test_it_may_be_started_by_hand_where_a_line_stays_red_but_not_without_the_leg() -> None:
    for dark, starts in ((lambda t: replace(reading(t), brightness=10.0), True), (nobody, False)):
        guide = Guide("seated", "right")
        for k in range(60):
            state = guide.step(dark(k / 25), k / 25)
        assert state.phase == "set_up"
        assert (guide.step(dark(2.4), 2.4, Answers(start=True)).phase == "countdown") == starts


def test_no_picture_is_no_green_list() -> None:
    guide = Guide("seated", "right")
    states = [guide.step(reading(k / 25) if k < 20 else None, k / 25) for k in range(200)]
    assert states[-1].phase == "set_up"
    assert not any(check.ok for check in states[-1].checks)
    assert states[-1].prompt.code == "no_picture"


def test_set_up_for_ever_ends_kindly() -> None:
    guide = Guide("seated", "right")
    for t in range(round(SET_UP_MOST_S) + 2):
        state = guide.step(nobody(float(t)), float(t))
    assert state.phase == "stopped"
    assert "try again" in state.reason


def test_it_ends_when_it_is_asked_to() -> None:
    patient = Patient(answers=lambda state: Answers(stop=True) if state.phase == "move_down" else NOTHING)
    states = list(patient.follow(Guide("seated", "right")))
    assert states[-1].phase == "stopped"
    assert "You ended it" in states[-1].reason


# walking


def walks(passes: int, rate_hz: float = 15.0, side: Side = "right", turns: bool = True) -> list[GuideState]:
    """Somebody who walks past so often, there and back, 3 s each way and 1.5 s out of the picture."""
    guide, states = Guide("walk", side), []
    for k in range(round(90 * rate_hz)):
        t = k / rate_hz
        along, way = (t - 8.0) % 4.5 / 3.0, int((t - 8.0) // 4.5)
        seen = nobody(t)
        if t < 6.0:
            seen = reading(t, 0.0, side, larger=0.6)
        elif t >= 8.0 and along < 1.0 and way < 2 * passes:
            there = way % 2 == 0
            shown: Side = side if there or not turns else "left" if side == "right" else "right"
            x = along if there else 1.0 - along
            seen = reading(t, 10 * np.sin(6 * t), shown, at=(x, 0.75), larger=0.6)
        states.append(guide.step(seen, t))
    return states


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_walk_ends_after_three_passes_of_the_leg_that_is_asked_for(side: Side) -> None:
    states = walks(5, side=side)
    assert phases(states) == ["set_up", "countdown", "walk", "done"]
    assert states[-1].reason == ""
    walked = [state for state in states if state.phase == "walk"]
    assert [walked[0].repetition, walked[-1].repetition] == [1, 3]
    # the third way there begins 4 * 4.5 s after the first at 8 s, and ends 3 s later; it is told 0.7 s after that
    assert sum(state.phase != "done" for state in states) / 15 == pytest.approx(8 + 4 * 4.5 + 3 + 0.7, abs=0.3)


def test_a_walk_ends_by_time_where_nobody_walks() -> None:
    states = walks(1)
    walked = [state for state in states if state.phase == "walk"]
    assert len(walked) / 15 == pytest.approx(WALK_MOST_S, abs=0.2)
    assert states[-1].phase == "done"
    assert "time" in states[-1].reason


# properties


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 1000),
    rate_hz=st.sampled_from([8.0, 12.0, 30.0]),
    noise_deg=st.floats(0.0, 2.0),
    ups=st.integers(0, 4),
    data=st.data(),
)
def test_it_never_counts_more_than_was_moved(
    seed: int, rate_hz: float, noise_deg: float, ups: int, data: st.DataObject
) -> None:
    """Somebody who hears nothing holds up so often at times of their own: no more ends are taken as held."""
    starts = np.cumsum([data.draw(st.floats(4.5, 12.0)) for _ in range(ups)]) + 7.0
    random, guide = np.random.default_rng(seed), Guide("lunge", "right")
    for k in range(round(170 * rate_hz)):
        t = k / rate_hz
        angle = sum(25.0 * np.interp(t, [s, s + 0.6, s + 2.6, s + 3.2], [0, 1, 1, 0]) for s in starts)
        state = guide.step(reading(t, angle + noise_deg * random.normal()), t)
        if state.phase == "done":
            break
    assert state.phase == "done", "and it ends all the same"
    assert sum(end.how == "held" for end in state.ends) <= ups


@settings(max_examples=6, deadline=None)
@given(shift=st.integers(-(2**12), 2**16), name=st.sampled_from([*ONE, "walk"]), seed=st.integers(0, 99))
def test_the_hour_makes_no_difference(shift: int, name: str, seed: int) -> None:
    """Times of 1/32 s are exact, so that nothing is rounded on the way."""

    def states(start_s: float) -> list[GuideState]:
        patient = Patient(rate_hz=32.0, seed=seed, gone=lambda s: 9.0 < s < 12.0)
        found = list(patient.follow(Guide(name, "right"), most_s=40.0, start_s=start_s))
        return [replace(s, ends=tuple(replace(e, time_s=e.time_s - start_s) for e in s.ends)) for s in found]

    assert states(0.0) == states(float(shift))


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from([*ONE, "walk"]),
    seed=st.integers(0, 2**32 - 1),
    rate_hz=st.sampled_from([1.0, 4.0, 10.0]),
    share_gone=st.floats(0.0, 1.0),
    share_none=st.floats(0.0, 1.0),
    wild_deg=st.sampled_from([0.0, 1.0, 10.0, 100.0]),
)
def test_whatever_comes_in_it_ends(
    name: str, seed: int, rate_hz: float, share_gone: float, share_none: float, wild_deg: float
) -> None:
    """Readings, gaps and answers at random, times that stumble: it ends within the limits, and then stays ended."""
    random, guide, started_s = np.random.default_rng(seed), Guide(name, "right"), np.inf
    settled_s, t = 5.0 + 2 * HELD_S, 0.0
    for _ in range(round((SET_UP_MOST_S + RECORDING_MOST_S + 20) * rate_hz)):
        t += 1 / rate_hz
        seen = reading(t, wild_deg * random.normal() * (t > settled_s))
        if t > settled_s:
            seen = nobody(t) if random.random() < share_gone else seen
            seen = reading(t, 0.0, "left") if random.random() < 0.02 else seen
        pressed = Answers(pain=1) if random.random() < 0.01 else Answers(same=random.random() < 0.05)
        none = t > settled_s and random.random() < share_none
        state = guide.step(None if none else seen, t - 0.5 * (random.random() < 0.1), pressed)
        started_s = min(started_s, t) if state.recording else started_s
        if state.phase in ("done", "stopped"):
            break
    assert state.phase in ("done", "stopped")
    assert t <= SET_UP_MOST_S + RECORDING_MOST_S + 10
    assert t - started_s <= RECORDING_MOST_S + 2 / rate_hz + 0.5 or not np.isfinite(started_s)
    assert guide.step(reading(t + 1), t + 1) == state
