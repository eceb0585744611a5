"""Somebody's examinations as the desk shows them: day by day, over time, and what was said of the ankles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rom.exam.protocols import protocols
from rom.exam.symptoms import OCCASIONS, asked
from rom.exam.visit import minimal_detectable_change
from rom.records import MOTIONS, SIDES, Motion, Side
from rom.report.content import Picture
from rom.report.language import SENTENCE_END, Words
from rom.report.naming import ANKLE_NAMES, HEADINGS, MOTION_NAMES, range_words
from rom.report.trend_picture import MOST_VISITS, Past, trend_picture
from rom.store.exams import AUTO, BROUGHT
from rom.store.lists import ExamLine
from rom.store.tables import FAILED, MEASURED, RECORDED, RECORDING

#: State of an examination to words and kind of mark.
STATES = {
    RECORDING: ("Arriving", "busy"),
    RECORDED: ("Waiting to be measured", "busy"),
    MEASURED: ("Measured", "good"),
    FAILED: ("Could not be measured", "bad"),
}
#: What a person noticed, as the desk says it: the questions of ``rom/exam/symptoms.csv`` in a word or two.
SIGNS = {
    "swelling": "Swollen",
    "tenderness": "Tender across the front",
    "giving_way": "Gives way",
    "cleared": "Cleared after surgery",
    "trouble_walking": "Walking is hard",
}


@dataclass(frozen=True, slots=True)
class ExamShown:
    """An examination in words. `values` : motion, number and likely range of each."""

    id: str
    title: str
    state: tuple[str, str]
    values: tuple[tuple[str, str, str], ...]
    findings: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of examinations. `measured` : whether there is anything to report."""

    day: date
    words: str
    exams: tuple[ExamShown, ...]
    measured: bool


@dataclass(frozen=True, slots=True)
class SaidOn:
    """What was said of one ankle on a day: pain by occasion, and places and signs in words."""

    words: str
    ankle: str
    pain: tuple[str, ...]
    noticed: tuple[str, ...]


def exam_title(name: str, say: Words) -> str:
    """An exam in words; that it is recognised where nobody said which."""
    found = protocols().get(name)
    return say("Exam not recognised yet") if found is None else say(found.title)


def ankle_words(side: str, say: Words) -> str:
    """A side in words; that it is recognised where nobody said which."""
    known: Side | None = next((one for one in SIDES if one == side), None)
    return say("Side not recognised yet") if known is None else say(ANKLE_NAMES[known])


def exam_words(name: str, side: str, say: Words) -> str:
    """An exam and its side in words."""
    if name == side == AUTO:
        return say("Exam and side not recognised yet")
    return f"{exam_title(name, say)}: {ankle_words(side, say)}"


def state_words(state: str, say: Words) -> tuple[str, str]:
    """A state in words, and the kind of its mark."""
    words, kind = STATES.get(state, (state, ""))
    return say(words), kind


def days_of(lines: Sequence[ExamLine], say: Words) -> list[Day]:
    """The days, the latest first."""
    days = []
    for day in sorted({line.recorded_on for line in lines}, reverse=True):
        own = [line for line in lines if line.recorded_on == day]
        shown = tuple(_shown(line, say) for line in own)
        days.append(Day(day, say.date(day.isoformat()), shown, any(line.state == MEASURED for line in own)))
    return days


def _shown(line: ExamLine, say: Words) -> ExamShown:
    """An examination in words."""
    summary = line.summary or {"results": [], "findings": [], "walked": False}
    findings = [
        _of_motion(one, say) for one in summary["findings"] if one["message"] and one["side"] in (line.side, None)
    ]
    if BROUGHT in line.said:
        findings.insert(0, say("Brought in from a patient's file."))
    if line.corrected:
        findings.insert(0, say("Corrected by hand; the automatic value is in the exam."))
    if summary["walked"]:
        findings.append(say("A walk: its curves are in the exam."))
    return ExamShown(
        line.id,
        exam_words(line.protocol, line.side, say),
        state_words(line.state, say),
        tuple(_values(summary["results"], line.side, say)),
        tuple(findings),
        "" if line.state == MEASURED else say.sentence(line.reason),
    )


def _values(results: Sequence[dict[str, Any]], side: str, say: Words) -> Iterator[tuple[str, str, str]]:
    """Each motion of the side that the examination is of, and what else was measured."""
    for one in results:
        motion: Motion | None = next((motion for motion in MOTIONS if motion == one["motion"]), None)
        if motion is None or (one["side"] != side and one["value_deg"] is None and side != AUTO):
            continue
        told = say(MOTION_NAMES[motion])
        if one["side"] != side:
            told = f"{ankle_words(one['side'], say)}, {told}"
        value = one["value_deg"]
        number = say("Cannot tell") if value is None else say.degrees(value)
        yield told, number, range_words(one["ci95_deg"], say)


def _of_motion(finding: dict[str, Any], say: Words) -> str:
    """The first sentence of a finding, with the motion that it is about; the rest stands with the exam."""
    motion: Motion | None = next((motion for motion in MOTIONS if motion == finding["motion"]), None)
    said = say.sentence(SENTENCE_END.split(finding["message"])[0])
    return said if motion is None else f"{say(MOTION_NAMES[motion])}: {said}"


def many_days(lines: Sequence[ExamLine]) -> bool:
    """Whether there are more days than a narrow picture holds."""
    return len({line.recorded_on for line in lines if line.state == MEASURED}) > MOST_VISITS


def trends_of(lines: Sequence[ExamLine], goal_deg: dict[str, float], say: Words) -> list[Picture]:
    """Each motion of each side over the days, as far as two days or more were measured alike."""
    alike: dict[tuple[str, ...], list[ExamLine]] = {}
    for line in lines:
        if line.state == MEASURED and line.summary and line.summary["alike"][0] not in ("", "free"):
            alike.setdefault(tuple(line.summary["alike"]), []).append(line)
    wide = many_days(lines)
    pictures = []
    for key, own in alike.items():
        for side in SIDES:
            for motion in MOTIONS:
                visits = _visits(own, side, motion)
                if len(visits) > 1:
                    title = f"{say(HEADINGS[side, motion])} ({exam_title(key[0], say)})"
                    mdc_deg = minimal_detectable_change(key[-1])
                    goal = goal_deg.get(motion)
                    drawn = trend_picture(visits, mdc_deg, say, goal_deg=goal, wide=wide)
                    pictures.append(Picture(drawn, "image/svg+xml", _trend_words(title, visits, say), title))
    return pictures


def _visits(lines: Sequence[ExamLine], side: Side, motion: Motion) -> list[Past]:
    """One motion of one side on each day; the last examination of a day counts."""
    by_day: dict[str, Past] = {}
    for line in lines:
        for one in (line.summary or {})["results"]:
            found = (one["side"], one["motion"]) == (side, motion) and one["value_deg"] is not None
            if found and one["ci95_deg"] is not None:
                day = line.recorded_on.isoformat()
                by_day[day] = Past(day, one["value_deg"], (one["ci95_deg"][0], one["ci95_deg"][1]))
    return list(by_day.values())


def _trend_words(title: str, visits: Sequence[Past], say: Words) -> str:
    """A trend for those who do not see it."""
    told = [f"{say.date(p.date)}: {say.degrees(p.value_deg)} {range_words(p.ci95_deg, say)}" for p in visits]
    return f"{title}. {'; '.join(told)}."


def symptoms_of(lines: Sequence[ExamLine], say: Words) -> list[SaidOn]:
    """What was said of each ankle on each day, the latest first; days on which nothing was said are left out."""
    found = []
    for line in reversed(lines):
        said = line.said.get("symptoms") or {}
        pain = said.get("pain") or {}
        noticed = [*_places(said.get("places"), say), *_signs(said.get("signs"), say)]
        noticed += [said["onset"]] if said.get("onset") else []
        if not pain and not noticed:
            continue
        numbers = tuple("" if pain.get(when) is None else str(pain[when]) for when in OCCASIONS)
        ankle = ankle_words(said.get("side") or line.side, say)
        row = SaidOn(say.short_date(line.recorded_on.isoformat()), ankle, numbers, tuple(noticed))
        if row not in found:  # several recordings of one day share what was said
            found.append(row)
    return found


def _places(codes: Sequence[str] | None, say: Words) -> list[str]:
    """Where it hurts, in words."""
    table = asked("place")
    return [say(table[code].question) if code in table else code for code in codes or ()]


def _signs(codes: Sequence[str] | None, say: Words) -> list[str]:
    """What else is noticed, in a word or two."""
    stop = asked("stop")
    return [say(stop[code].question) if code in stop else say(SIGNS.get(code, code)) for code in codes or ()]
