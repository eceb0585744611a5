"""The page for the person who was measured: the numbers, where they lie, what they mean, what to do next."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from rom.exam.protocols import protocol
from rom.exam.references import Reference, printed_limits
from rom.exam.symptoms import asked, why_no_exam
from rom.exam.visit import minimal_detectable_change
from rom.records import SIDES, Examination, Finding, Motion, MotionResult, Side, Visit
from rom.report.advice import advice_on
from rom.report.content import Block, Bullets, Card, Cards, Columns, Page, Picture, Section, Text
from rom.report.language import Words
from rom.report.leg_picture import leg_picture
from rom.report.naming import (
    ANKLE_NAMES,
    HEADINGS,
    MOVED_BY,
    SEX_NAMES,
    ages_words,
    number_words,
    range_words,
)
from rom.report.peaks import peak_frame
from rom.report.scale_picture import Mark, Shape, Usual, scale_picture
from rom.report.shown import Group, Shown, groups
from rom.report.trend_picture import Past, trend_picture
from rom.report.walk_parts import walk_for_person

#: Frames at the ends of the movements, by the recording's source, side and motion.
Pictures: TypeAlias = Mapping[tuple[str, Side, Motion], bytes]
#: Below this age (years) a guardian is asked to read along: our own rule.
GUARDIAN_BELOW_YEARS = 16

#: Published with another instrument than a goniometer: another angle, so no mark on the scale.
OTHER_WAYS = ("inclinometer",)


def patient_page(visit: Visit, pictures: Pictures, say: Words) -> Page:
    """The first page of a report."""
    shown = groups(visit)
    sections = [_opening(visit, say), *(_results(group, pictures, say) for group in shown), *_over_time(shown, say)]
    together = _together(visit, say)
    if together:
        sections.append(Section(say("What the numbers say together"), tuple(together)))
    sections += [_next_steps(visit, shown, say), _see_a_provider(say), _cannot_say(say)]
    return Page(say("For you"), tuple(sections))


def _opening(visit: Visit, say: Words) -> Section:
    """Whom the page is for, and what stands before everything else."""
    parts: list[Block] = []
    warnings = dict.fromkeys(why_no_exam(exam.symptoms) for exam in visit.exams)
    parts += [Text(say.sentence(warning), "box") for warning in warnings if warning]
    ages = [exam.person.age_years for exam in visit.exams if exam.person.age_years is not None]
    if ages and min(ages) < GUARDIAN_BELOW_YEARS:
        parts.append(Text(say("You are under 16: please read this report together with a parent or guardian.")))
    parts.append(Text(say("This page says how far your ankle moved in front of the camera, and how sure that is.")))
    if any(result.ci95_deg is not None for exam in visit.exams for result in exam.results):
        parts.append(
            Text(say("Each number comes with a likely range: 95 times out of 100 the true angle lies in it."))
        )
    return Section(say("In short"), tuple(parts))


def _results(group: Group, pictures: Pictures, say: Words) -> Section:
    """The results of one exam as cards."""
    title = say(protocol(group.exams[0].protocol.name).title)
    far = {side for side in SIDES if _nothing_seen(group, side)}
    cards = [_card(shown, group, pictures, say) for shown in group.results if shown.result.side not in far]
    cards += [_far_card(group, side, say) for side in SIDES if side in far]
    if not cards:
        return Section(title, _walk(group, say))
    notes = dict.fromkeys(note for shown in group.results for note in _people(shown, say))
    return Section(title, (Cards(tuple(cards)), *(Text(note, "note") for note in notes)))


def _walk(group: Group, say: Words) -> tuple[Block, ...]:
    """An exam without an end of the range: the numbers of the walk, or why there are none."""
    walks = [exam.gait for exam in group.exams if exam.gait is not None]
    if walks:
        return tuple(block for gait in walks for block in walk_for_person(gait, say))
    stops = [check.message for exam in group.exams for check in exam.checks if check.severity == "stop"]
    reasons = tuple(Text(say.sentence(message)) for message in dict.fromkeys(stops))
    return (Cards((Card(say("Walking"), say("Cannot tell"), "", (), reasons, wide=True),)),)


def _nothing_seen(group: Group, side: Side) -> bool:
    """Whether nothing can be told of a side, for one and the same reason: then it is said once."""
    own = [shown for shown in group.results if shown.result.side == side]
    alike = len({shown.result.reasons for shown in own}) == 1
    nothing = alike and all(shown.result.value_deg is None for shown in own)
    return nothing and (len(own) > 1 or not own[0].near)


def _far_card(group: Group, side: Side, say: Words) -> Card:
    """A side of which nothing can be told: said once, as large as a number."""
    shown = next(shown for shown in group.results if shown.result.side == side)
    return Card(say(ANKLE_NAMES[side]), say("Cannot tell"), "", (), _meaning(shown, say), wide=True)


def _card(shown: Shown, group: Group, pictures: Pictures, say: Words) -> Card:
    """One motion of one side."""
    result = shown.result
    parts: list[Text | Picture] = [*_scale(shown, group, say), *_meaning(shown, say)]
    if result.value_deg is not None and round(result.value_deg) < 0:
        parts.append(Text(say("Below 0° means that the foot did not pass the right angle to the shin.")))
    unsaid = [reason for reason in result.reasons if reason not in shown.finding.message]
    if result.value_deg is not None and unsaid:
        reasons = " ".join(say.sentence(reason) for reason in unsaid)
        parts.append(Text(say("Worth knowing: {reasons}", reasons=reasons), "note"))
    return Card(
        say(HEADINGS[result.side, result.motion]),
        number_words(result, say),
        range_words(result.ci95_deg, say),
        tuple(_peak(shown, pictures, say)),
        tuple(parts),
    )


def _meaning(shown: Shown, say: Words) -> tuple[Text, ...]:
    """The finding, or all reasons why there is no number, and what that means."""
    meaning = advice_on(shown.finding).meaning
    told = (shown.finding.message,) if shown.result.value_deg is not None else shown.result.reasons
    return *(Text(say.sentence(one)) for one in told), *([Text(say(meaning))] if meaning else [])


def _peak(shown: Shown, pictures: Pictures, say: Words) -> Iterator[Picture]:
    """The frame at the end of the movement, or the leg drawn from its landmarks."""
    exam, result = shown.exam, shown.result
    if result.value_deg is None:
        return
    what = say(HEADINGS[result.side, result.motion])
    alt = say(
        "{what}: a line along the shin, a line along the sole, and the angle between them as an arc.", what=what
    )
    data = pictures.get((exam.recording.source, result.side, result.motion))
    found = peak_frame(exam, result)
    used = sum(repetition.used for repetition in result.repetitions)
    if found is None:
        return
    held = say.degrees(found.value_deg)
    best = say("The best of {count} times, {angle}; the number below is their mean.", count=used, angle=held)
    below = best if used > 1 else ""
    if data is not None:
        yield Picture(data, "image/png" if data.startswith(b"\x89PNG") else "image/jpeg", alt, below)
    else:
        drawn = leg_picture(exam.angles[result.side], found.frame, held)
        if drawn is not None:
            below = " ".join([say("Drawn from the points that were found on the leg."), below]).strip()
            yield Picture(drawn, "image/svg+xml", alt, below)


def _scale(shown: Shown, group: Group, say: Words) -> Iterator[Picture]:
    """Where the number lies among people."""
    result = shown.result
    if result.value_deg is None:
        return
    other_side: Side = "left" if result.side == "right" else "right"
    other = group.find(other_side, result.motion)
    marks = [_mark(say("Today"), result, "this")]
    if shown.earlier:
        marks.append(_mark(say("Last time"), shown.earlier[-1][1], "earlier"))
    if other is not None and other.result.value_deg is not None:
        marks.append(_mark(say("Other ankle"), other.result, "other"))
    marks += [Mark(say("Mean, {sport}", sport=say(row.sport)), row.mean, None, "mean") for row in _athletes(shown)]
    usual = _usual(shown, say)
    yield Picture(scale_picture(marks, usual, "°"), "image/svg+xml", _scale_alt(marks, usual, say))


def _mark(label: str, result: MotionResult, shape: Shape) -> Mark:
    """A result with a number as a row of the scale."""
    value_deg = float("nan") if result.value_deg is None else result.value_deg
    return Mark(label, value_deg, result.ci95_deg, shape)


def _usual(shown: Shown, say: Words) -> Usual | None:
    """The usual band of the people compared with."""
    row = shown.comparison.row
    if row is None:
        return None
    limits = printed_limits(row)
    label = say("usual: {low} to {high}", low=say.degrees(limits.p2_5), high=say.degrees(limits.p97_5))
    return Usual(limits.p2_5, limits.p16, limits.p97_5, label)


def _scale_alt(marks: list[Mark], usual: Usual | None, say: Words) -> str:
    """The scale in words."""
    rows = [" ".join([f"{m.label}: {say.degrees(m.value)}", range_words(m.interval, say)]).strip() for m in marks]
    band = [] if usual is None else [usual.label]
    return say("Scale in degrees. {rows}.", rows="; ".join([*rows, *band]))


def _people(shown: Shown, say: Words) -> Iterator[str]:
    """Who the people of the band and of the marks are, and how they were measured."""
    row = shown.comparison.row
    if shown.result.value_deg is None:
        return
    if row is not None and shown.comparison.limits is not None:
        yield _band_words(row, say)
    for other in _athletes(shown):
        yield say(
            "Triangle: mean of {count} people, {sport} ({sex}, {ages}).",
            count=other.n,
            sport=say(other.sport),
            sex=say(SEX_NAMES[other.sex]),
            ages=ages_words(other, say),
        )


def _athletes(shown: Shown) -> list[Reference]:
    """Rows of the person's own sport that are of the same angle."""
    rows = shown.comparison.shown
    return [row for row in rows if row.sport and not any(way in row.position for way in OTHER_WAYS)]


def _band_words(row: Reference, say: Words) -> str:
    """Who the people of the grey band are."""
    return say(
        "Grey: where 95 of 100 healthy people lie ({sex}, {ages}; {moved}); hatched: the lowest 16 of 100.",
        sex=say(SEX_NAMES[row.sex]),
        ages=ages_words(row, say),
        moved=say.sentence(MOVED_BY[row.regime]),
    )


def _over_time(shown: tuple[Group, ...], say: Words) -> Iterator[Section]:
    """Earlier days beside today, where there were any."""
    pictures = tuple(picture for group in shown for one in group.results for picture in trend(one, say))
    if pictures:
        words = say(
            "Earlier days beside today, each with its likely range. Within a grey band a change cannot be told "
            "from measurement error."
        )
        yield Section(say("Last time and this time"), (Columns(pictures), Text(words, "note")))


def trend(shown: Shown, say: Words) -> Iterator[Picture]:
    """One motion on earlier days and today."""
    result = shown.result
    if not shown.earlier or result.value_deg is None or result.ci95_deg is None:
        return
    past = [
        Past(created, then.value_deg, then.ci95_deg)
        for created, then in shown.earlier
        if then.value_deg is not None and then.ci95_deg is not None
    ]
    visits = [*past, Past(shown.exam.day, result.value_deg, result.ci95_deg)]
    told = [f"{say.date(p.date)}: {say.degrees(p.value_deg)} {range_words(p.ci95_deg, say)}" for p in visits]
    title = say(HEADINGS[result.side, result.motion])
    drawn = trend_picture(visits, minimal_detectable_change(shown.exam.model.name), say)
    yield Picture(drawn, "image/svg+xml", f"{title}. {'; '.join(told)}.", title)


def _together(visit: Visit, say: Words) -> list[Text]:
    """Everything that was found beyond the single numbers: message and meaning, each once."""
    parts = []
    for finding in visit.findings:
        if finding.kind != "range":
            meaning = advice_on(finding).meaning
            words = f"{_whose(finding, say)}{say.sentence(finding.message)}"
            parts.append(Text(f"{words} {say(meaning)}" if meaning else words))
    return list(dict.fromkeys(parts))


def _whose(finding: Finding, say: Words) -> str:
    """The side and motion that a finding speaks of, as a beginning of its sentence."""
    if finding.side is not None and finding.motion is not None:
        return say(HEADINGS[finding.side, finding.motion]) + ": "
    if finding.side is not None:
        return say(ANKLE_NAMES[finding.side]) + ": "
    names = {"dorsiflexion": say("Foot pulled up"), "plantar_flexion": say("Foot pointed")}
    return "" if finding.motion is None else names[finding.motion] + ": "


#: Findings whose next step comes first, and beside which "within" asks for nothing.
GRAVE = {
    ("caution", "pain_rose"),
    ("caution", "growing_back"),
    ("pattern", "front"),
    ("pattern", "back"),
    ("range", "limited"),
    ("side_difference", "clear"),
}


def _next_steps(visit: Visit, shown: tuple[Group, ...], say: Words) -> Section:
    """What to do next, from the findings that are shown."""
    found = [(s.finding, s.exam) for group in shown for s in group.results]
    found += [(finding, visit.exams[0]) for finding in visit.findings if finding.kind != "range"]
    grave = {(finding.kind, finding.code) for finding, _ in found} & GRAVE
    found = [(finding, exam) for finding, exam in found if not (grave and finding.code == "within")]
    found.sort(key=lambda one: (one[0].kind, one[0].code) not in GRAVE)
    steps = [step for step in dict.fromkeys(_step(finding, exam, say) for finding, exam in found) if step]
    if not steps:
        steps = [say("Compare these numbers with later ones of your own that were taken in the same way.")]
    return Section(say("What to do next"), (Bullets(tuple(steps)),))


def _step(finding: Finding, exam: Examination, say: Words) -> str:
    """The next step of a finding, with the exam's own way of filming."""
    text = advice_on(finding).next
    if not text:
        return ""
    which = protocol(exam.protocol.name)
    return say(text, exam=say(which.title), framing=say(which.framing), camera=say(which.camera))


def _see_a_provider(say: Words) -> Section:
    """The stop signs, the urgent ones first."""
    signs = asked("stop").values()
    urgent = tuple(say(sign.message) for sign in signs if sign.effect == "urgent")
    soon = tuple(say(sign.message) for sign in signs if sign.effect == "see_provider")
    lists = (Bullets(urgent, say("The same day")), Bullets(soon, say("Before the next exam")))
    also = say("See a provider whenever your ankle hurts, swells or gives way, whatever the numbers say.")
    return Section(say("When to see a provider"), (Text(also), Columns(lists)))


def _cannot_say(say: Words) -> Section:
    """What no number here can say."""
    return Section(
        say("What this report cannot say"),
        (
            Bullets(
                (
                    say("It is not a diagnosis. It says how far an ankle moves, and not why."),
                    say("It sees no bones, no ligaments and no pain."),
                    say("Outside the usual range is not the same as ill, and within it is not the same as well."),
                    say(
                        "People in a scale's grey band were measured by hand, and may differ from you in other "
                        "ways than age and sex."
                    ),
                    say(
                        "The likely range was worked out on computer-made people, whose true angle is known; on "
                        "real ones it may be wider."
                    ),
                    say("Numbers from different positions, such as sitting and a lunge, are not comparable."),
                    say("It is an aid for measuring and following up, not a certified medical device."),
                )
            ),
        ),
    )
