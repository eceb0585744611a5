"""The guide through a recording: what to do next, told from the live picture alone, without a hand on the laptop.

A state machine without a clock or any input of its own: the same readings at the same times give the same states,
whatever the day. "Up" is dorsiflexion and "down" plantar flexion, also where the body goes the other way: a heel
raise moves *down*. Nobody is kept waiting: an ankle that cannot move ends its movement by resting, and time ends
the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Literal

from rom.errors import UsageError
from rom.exam.protocols import Protocol, protocol
from rom.exam.repetitions import DIRECTION
from rom.exam.symptoms import PAIN_MOST, pain_stops
from rom.live.motion import Sample, Stretch, fault, sample_of
from rom.live.prompts import Prompt, prompt, sentence
from rom.live.reading import LiveReading
from rom.live.set_up import HELD_S, SetupCheck, setup_checks
from rom.live.walk import NO_PASS, Pass
from rom.records import Motion, Side
from rom.settings import Settings

Phase = Literal[
    "set_up",
    "countdown",
    "move_up",
    "hold_up",
    "move_down",
    "hold_down",
    "rest",
    "ask_pain",
    "walk",
    "paused",
    "done",
    "stopped",
]
#: How an end was told: reached and held; come to rest without that, or left too early again; time was over.
How = Literal["held", "rested", "time"]

#: The guide's pace; ours, tried on planted movements.
COUNTDOWN_S = 3.0
REST_S = 2.0  # the foot is let go before the first movement and after each repetition, for the recording to see
ARRIVED_S = 0.6  # a foot that rests for so long after it moved has arrived
REMIND_S = 6.0  # in a movement, what to do is said once more
PLATEAU_S = 9.0  # from here on a foot that rests has come to its end, however little it moved
PLATEAU_REST_S = 2.0
MOVE_MOST_S = 16.0  # for one movement; then the next is asked for
HOLD_MOST_S = 6.0  # for a hold that is never quite still
TRIES_MOST = 2  # "again, please" for one end; then it is taken as it is
LOST_S = 1.5  # a leg out of sight for longer pauses the guide
BACK_S = 0.7  # in sight for so long, it goes on
ANSWER_S = 6.0  # no answer within this is taken as "as before", and recorded as not answered
WALK_MOST_S = 60.0
RECORDING_MOST_S = 240.0  # for everything after the countdown
SET_UP_MOST_S = 900.0
KEPT_SAMPLES_S = 20.0

#: Checks that must stay green through the countdown.
KEEP_GREEN = ("leg_in_view", "right_side")
MOVES: dict[Motion, tuple[Phase, Phase]] = {
    "dorsiflexion": ("move_up", "hold_up"),
    "plantar_flexion": ("move_down", "hold_down"),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was pressed since the last step: pain 0 to 10, "as before", "start anyway", "stop"."""

    pain: int | None = None
    same: bool = False
    start: bool = False
    stop: bool = False


NOTHING = Answers()


@dataclass(frozen=True, slots=True)
class End:
    """An end of the movement that was taken: live degrees (dorsiflexion +, NaN where none was seen), no result."""

    motion: Motion
    repetition: int
    time_s: float
    angle_deg: float
    how: How


@dataclass(frozen=True, slots=True)
class PainAnswer:
    """What was said after a repetition: a number, or "as before" (`answered`, no number), or nothing."""

    repetition: int
    pain: int | None
    answered: bool


@dataclass(frozen=True, slots=True)
class GuideState:
    """What is to be shown, said and done now.

    Attributes
    ----------
    phase : see `Phase`; "up" is dorsiflexion. repetition : the one that is under way, from 1, of `repetitions`.
    hold_share : how much of the hold is done, 0 to 1. countdown_s : left until the start, or for an answer; else 0.
    prompt : to show, and to say where it is not what was said last. remark : "Again, please: ..." or empty.
    recording : whether the full picture is recorded. reason : why it stopped or ended early; or empty.
    checks : the set-up list, until the recording begins. ends, pains : what was taken so far.
    """

    phase: Phase
    repetition: int
    repetitions: int
    hold_share: float
    countdown_s: float
    prompt: Prompt
    remark: str
    recording: bool
    reason: str
    checks: tuple[SetupCheck, ...] = ()
    ends: tuple[End, ...] = ()
    pains: tuple[PainAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Course:
    """Everything that is remembered from step to step; times are the guide's own."""

    time_s: float
    began_s: float
    since_s: float
    phase: Phase = "set_up"
    recording_since_s: float | None = None
    read_s: float = float("-inf")
    seen_s: float = float("-inf")
    back_since_s: float | None = None
    paused_in: Phase = "rest"
    other_leg: bool = False
    recent: tuple[LiveReading, ...] = ()
    checks: tuple[SetupCheck, ...] = ()
    part: int = 0
    done: int = 0
    tries: int = 0
    lowest_deg: float = float("inf")
    highest_deg: float = float("-inf")
    samples: tuple[Sample, ...] = ()
    hold_share: float = 0.0
    remark: str = ""
    reason: str = ""
    ends: tuple[End, ...] = ()
    pains: tuple[PainAnswer, ...] = ()
    walked: Pass = field(default=NO_PASS)

    @property
    def in_phase_s(self) -> float:
        """Time since the phase began."""
        return self.time_s - self.since_s

    def to(self, phase: Phase) -> "_Course":
        """The beginning of another phase."""
        return replace(self, phase=phase, since_s=self.time_s, hold_share=0.0)

    def end(self, phase: Phase, reason: str = "") -> "_Course":
        """The end of everything."""
        return replace(self.to(phase), reason=reason and sentence("reason", reason), remark="")


class Guide:
    """Guides one leg through one exam: `step` takes what is seen now and gives what is to be done.

    Parameters
    ----------
    protocol_name : which exam. side : the leg to be recorded.
    pain_before : pain 0 to 10 before the exam, which "rises" is told against.
    settings : limits that the instrument shares.
    """

    def __init__(
        self, protocol_name: str, side: Side, pain_before: int = 0, settings: Settings | None = None
    ) -> None:
        self._which = protocol(protocol_name)
        self._side = side
        self._pain_before = pain_before
        self._settings = settings or Settings()
        self._course: _Course | None = None

    def step(self, reading: LiveReading | None, time_s: float, answers: Answers = NOTHING) -> GuideState:
        """The next state.

        Parameters
        ----------
        reading : of a new picture, or None where there is none. time_s : now, seconds, from step to step rising.
        answers : what was pressed since the last step.

        Raises
        ------
        UsageError
            Where the pain is not 0 to 10.
        """
        if answers.pain is not None and not 0 <= answers.pain <= PAIN_MOST:
            raise UsageError(f"Expected pain from 0 (none) to {PAIN_MOST} (the worst), but got {answers.pain}.")
        before = self._course or _Course(time_s, time_s, time_s)
        course = replace(before, time_s=max(time_s, before.time_s))
        if course.phase not in ("done", "stopped"):
            if answers.pain is not None and course.phase != "ask_pain":
                course = self._answered(course, answers)
            course = self._ended(course, answers) or self._next(self._seen(course, reading), reading, answers)
        self._course = course
        return self._state(course)

    def _ended(self, course: _Course, answers: Answers) -> _Course | None:
        """The end, where an answer or the time makes one."""
        if answers.stop:
            return course.end("stopped", "asked")
        if answers.pain is not None and pain_stops(self._pain_before, answers.pain):
            asked = course.phase == "ask_pain"
            return (self._answered(course, answers) if asked else course).end("stopped", "pain")
        started_s = course.recording_since_s
        if started_s is not None and course.time_s - started_s > RECORDING_MOST_S:
            return course.end("done", "time")
        if started_s is None and course.time_s - course.began_s > SET_UP_MOST_S:
            return course.end("stopped", "not_set_up")
        return None

    def _seen(self, course: _Course, reading: LiveReading | None) -> _Course:
        """Note whether the leg is seen."""
        if reading is None:
            return course
        seen = self._shows(reading)
        back_s = (course.time_s if course.back_since_s is None else course.back_since_s) if seen else None
        return replace(
            course,
            read_s=course.time_s,
            seen_s=course.time_s if seen else course.seen_s,
            back_since_s=back_s,
            other_leg=reading.seen and reading.side != self._side,
        )

    def _shows(self, reading: LiveReading | None) -> bool:
        """Whether a reading shows the leg that is to be recorded."""
        return reading is not None and reading.side == self._side and isfinite(reading.angle_deg)

    def _next(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:
        """One step within a phase, or to the next."""
        handlers: dict[Phase, Callable[[_Course, LiveReading | None, Answers], _Course]] = {
            "set_up": self._set_up,
            "countdown": self._countdown,
            "rest": self._rest,
            "ask_pain": self._ask_pain,
            "walk": self._walk,
            "paused": self._paused,
        }
        pausing = course.phase not in ("set_up", "countdown", "ask_pain", "walk", "paused")
        if pausing and course.time_s - course.seen_s > LOST_S:
            return replace(course.to("paused"), paused_in=course.phase, back_since_s=None)
        return handlers.get(course.phase, self._move)(course, reading, answers)

    def _set_up(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:
        """Wait until every line is green, or somebody says to start and the leg is there."""
        course = self._checked(course, reading)
        ready = all(check.ok for check in course.checks) and bool(course.checks)
        if ready or (answers.start and self._kept(course)):
            return course.to("countdown")
        return course

    def _countdown(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:  # noqa: ARG002
        """Count down; back to the list where the leg is gone."""
        course = self._checked(course, reading)
        if not self._kept(course):
            return course.to("set_up")
        if course.in_phase_s < COUNTDOWN_S:
            return course
        begun = replace(course, recording_since_s=course.time_s, seen_s=course.time_s, recent=())
        return begun.to("rest" if self._which.motions else "walk")

    def _checked(self, course: _Course, reading: LiveReading | None) -> _Course:
        """The list of checks with one more reading; an old list turns red where no picture comes."""
        if reading is None:
            if course.recent and course.time_s - course.read_s > LOST_S:
                return replace(course, recent=(), checks=self._list((), course))
            return course if course.checks else replace(course, checks=self._list((), course))
        kept = tuple(one for one in course.recent if 0.0 <= reading.time_s - one.time_s <= HELD_S)
        recent = (*kept, reading)
        return replace(course, recent=recent, checks=self._list(recent, course))

    def _list(self, recent: tuple[LiveReading, ...], course: _Course) -> tuple[SetupCheck, ...]:
        return setup_checks(recent, self._side, self._which.name, course.checks, self._settings)

    def _kept(self, course: _Course) -> bool:
        """Whether what cannot be done without is there."""
        return all(check.ok for check in course.checks if check.code in KEEP_GREEN)

    def _rest(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:  # noqa: ARG002
        """The foot is let go; then the first movement, the question, or the end."""
        if course.in_phase_s < REST_S:
            return course
        if course.done == 0:
            return self._move_begins(course)
        return course.end("done") if course.done >= self._which.repetitions else course.to("ask_pain")

    def _ask_pain(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:
        """Wait for an answer; for as long as somebody is out of the picture, who may be coming to give it."""
        away = course.time_s - course.seen_s > LOST_S
        if answers.pain is not None or answers.same or (course.in_phase_s >= ANSWER_S and not away):
            return self._move_begins(self._answered(course, answers))
        return replace(course, since_s=course.time_s) if away and not self._shows(reading) else course

    def _answered(self, course: _Course, answers: Answers) -> _Course:
        """Note an answer, or that there was none: of the repetition that is over, or under way."""
        over = course.phase in ("rest", "ask_pain") and course.done > 0
        repetition = course.done if over else course.done + 1
        answer = PainAnswer(repetition, answers.pain, answers.pain is not None or answers.same)
        return replace(course, pains=(*course.pains, answer))

    def _paused(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:  # noqa: ARG002
        """Wait for the leg; what was under way begins anew."""
        if course.back_since_s is None or course.time_s - course.back_since_s < BACK_S:
            return course
        if course.paused_in == "rest":
            return course.to("rest")
        return self._move_begins(course)

    def _move_begins(self, course: _Course) -> _Course:
        """Ask for the movement whose turn it is."""
        fresh = replace(course, samples=(), lowest_deg=float("inf"), highest_deg=float("-inf"))
        return fresh.to(MOVES[self._which.motions[course.part]][0])

    def _move(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:  # noqa: ARG002
        """A movement and its hold."""
        motion = self._which.motions[course.part]
        if reading is not None and self._shows(reading):
            kept = [one for one in course.samples if course.time_s - one.time_s <= KEPT_SAMPLES_S]
            course = replace(course, samples=(*kept, sample_of(reading, course.time_s)))
        stretch = Stretch.of(course.samples, motion, self._settings)
        level = stretch.level_deg
        if level < course.lowest_deg:  # a way out begins where it is least
            course = replace(course, lowest_deg=level, highest_deg=level)
        elif level > course.highest_deg:
            course = replace(course, highest_deg=level)
        if course.phase == MOVES[motion][0]:
            return self._moving(course, motion, stretch)
        return self._holding(course, motion, stretch)

    def _moving(self, course: _Course, motion: Motion, stretch: Stretch) -> _Course:
        """On the way: it arrives, turns back at once, rests where it is, or its time is over."""
        arrived = stretch.level_deg - course.lowest_deg >= stretch.prominence_deg
        if arrived and stretch.rest_s(ARRIVED_S) >= ARRIVED_S:
            return replace(course.to(MOVES[motion][1]), highest_deg=stretch.level_deg)
        if course.highest_deg - course.lowest_deg >= stretch.prominence_deg and _turned_back(course, stretch):
            return self._not_held(course, motion, stretch)
        if course.in_phase_s >= PLATEAU_S and stretch.rest_s(PLATEAU_REST_S) >= PLATEAU_REST_S:
            return self._taken(course, motion, stretch, "rested")
        return self._taken(course, motion, stretch, "time") if course.in_phase_s >= MOVE_MOST_S else course

    def _holding(self, course: _Course, motion: Motion, stretch: Stretch) -> _Course:
        """At the end: it is held for long enough, left too early, or never quite still."""
        rested_s = stretch.rest_s(self._which.hold_s)
        course = replace(course, hold_share=min(rested_s / self._which.hold_s, 1.0))
        if course.hold_share >= 1.0:
            return self._taken(course, motion, stretch, "held")
        if _turned_back(course, stretch):
            return self._not_held(course, motion, stretch)
        return self._taken(course, motion, stretch, "rested") if course.in_phase_s >= HOLD_MOST_S else course

    def _not_held(self, course: _Course, motion: Motion, stretch: Stretch) -> _Course:
        """An end that was left too early is asked for again, until it is taken as it is."""
        if course.tries < TRIES_MOST:
            return self._again(course, "hold_short")
        return self._taken(course, motion, stretch, "rested")

    def _again(self, course: _Course, code: str) -> _Course:
        """The same end once more."""
        return self._move_begins(replace(course, tries=course.tries + 1, remark=sentence("remark", code)))

    def _taken(self, course: _Course, motion: Motion, stretch: Stretch, how: How) -> _Course:
        """An end is taken, unless it should be done again; then the other way, or a rest."""
        if how == "held" and course.tries < TRIES_MOST:
            best = [DIRECTION[motion] * end.angle_deg for end in course.ends if end.motion == motion]
            known = max((value for value in best if isfinite(value)), default=None)
            wrong = fault(course.samples, stretch, self._which, known, self._settings)
            if wrong:
                return self._again(course, wrong)
        end = End(motion, course.done + 1, course.time_s, DIRECTION[motion] * stretch.level_deg, how)
        course = replace(course, ends=(*course.ends, end), tries=0, remark="")
        if course.part + 1 < len(self._which.motions):
            return self._move_begins(replace(course, part=course.part + 1))
        return replace(course, part=0, done=course.done + 1).to("rest")

    def _walk(self, course: _Course, reading: LiveReading | None, answers: Answers) -> _Course:  # noqa: ARG002
        """Count how often somebody walks past with the leg that is asked for."""
        leg = reading if self._shows(reading) else None
        passes, walked = course.walked.next(leg, course.time_s)
        course = replace(course, walked=walked, done=course.done + passes)
        if course.done >= self._which.repetitions:
            return course.end("done")
        return course.end("done", "time") if course.in_phase_s >= WALK_MOST_S else course

    def _state(self, course: _Course) -> GuideState:
        """What the course looks like from outside."""
        ended = course.phase in ("done", "stopped")
        left_s = {"countdown": COUNTDOWN_S, "ask_pain": ANSWER_S}.get(course.phase, course.in_phase_s)
        return GuideState(
            phase=course.phase,
            repetition=min(course.done + 1, self._which.repetitions),
            repetitions=self._which.repetitions,
            hold_share=course.hold_share,
            countdown_s=max(left_s - course.in_phase_s, 0.0),
            prompt=_said(course, self._which, self._side),
            remark=course.remark,
            recording=course.recording_since_s is not None and not ended,
            reason=course.reason,
            checks=course.checks if course.recording_since_s is None else (),
            ends=course.ends,
            pains=course.pains,
        )


def _turned_back(course: _Course, stretch: Stretch) -> bool:
    """Whether the foot went back from the furthest it came, by as much as a movement is."""
    return course.highest_deg - stretch.level_deg >= max(stretch.band_deg, stretch.prominence_deg)


def _said(course: _Course, which: Protocol, side: Side) -> Prompt:
    """What is said in a phase."""
    if course.phase == "set_up":
        red = next((check for check in course.checks if not check.ok), None)
        return prompt("get_ready") if red is None else Prompt(red.advice, red.message)
    if course.phase == "paused" and course.other_leg:
        return prompt("paused_side", side)
    if course.phase in ("move_up", "move_down") and course.in_phase_s >= REMIND_S:
        return prompt("remind", which.name)
    codes = {"countdown": "get_ready", "rest": "relax"}
    return prompt(codes.get(course.phase, course.phase), which.name)
