"""The page for the provider: every repetition, the angle over time, method, quality, settings, references."""

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import PurePath

from rom.exam.protocols import protocol
from rom.exam.references import Reference
from rom.exam.symptoms import OCCASIONS, asked
from rom.records import Examination, Finding, HandReading, MotionResult, Symptoms, Visit
from rom.report.content import Block, Bullets, Page, Picture, Section, Table, Text
from rom.report.corrections import corrected_parts
from rom.report.course_picture import course_picture
from rom.report.language import Words, later, later_all
from rom.report.naming import (
    ANKLE_NAMES,
    FOOTWEAR_NAMES,
    MOTION_NAMES,
    MOVED_BY,
    QUALITY_NAMES,
    SEX_NAMES,
    SIDE_NAMES,
    ages_words,
    number_words,
    position_words,
)
from rom.report.shown import Shown, groups
from rom.report.walk_parts import walk_for_provider
from rom.report.walk_table import NOTHING, walk_table

#: How the SD of a reference row was got.
SD_BASES = {
    "reported": later("SD as reported"),
    "derived_from_CI": later("SD worked out from the interval of the mean"),
    "none": later("no SD found"),
}
#: Digits of a SHA-256 that are shown; the JSON holds all.
HASH_DIGITS = 16


def provider_page(visit: Visit, say: Words, readings: Sequence[HandReading] = ()) -> Page:
    """The second page of a report; `readings` : with a goniometer, by the clinic that gives it out."""
    shown = [one for group in groups(visit) for one in group.results]
    gaits = [exam.gait for exam in visit.exams if exam.gait is not None]
    walks = [walk_table(gait, say) for gait in gaits]
    cycles = tuple(block for gait in gaits for block in walk_for_provider(gait, say))
    ranges = [_results(shown, say)] if shown else []
    sections = [
        Section(say("Results"), (*ranges, *walks, *_measures(visit.exams, say))),
        Section(say("The gait cycle"), cycles),
        Section(say("Corrected by hand"), tuple(corrected_parts(visit.exams, say))),
        Section(say("Read with a goniometer"), tuple(_read_by_hand(readings, say))),
        Section(say("Findings, and the rules that made them"), tuple(_findings(visit.findings, say))),
        Section(say("Angle over time"), tuple(_courses(visit.exams, say))),
        Section(say("Repetitions"), tuple(_repetitions(visit.exams, say))),
        Section(say("How sure"), tuple(_how_sure(shown, say))),
        Section(say("Quality"), tuple(_quality(visit.exams, say))),
        Section(say("What was said"), tuple(_said(visit.exams, say))),
        Section(say("Reference values"), tuple(_references(shown, say))),
        Section(say("Method"), tuple(_method(visit.exams, say))),
    ]
    return Page(say("For your provider"), tuple(section for section in sections if section.parts))


def _results(shown: list[Shown], say: Words) -> Table:
    """One row a side and motion."""
    head = later_all("Exam", "Side", "Motion", "Mean", "95 % interval", "Best", "SD", "From own neutral", "Quality")
    rows = [
        (
            say(protocol(one.exam.protocol.name).title),
            say(SIDE_NAMES[one.result.side]),
            say(MOTION_NAMES[one.result.motion]),
            number_words(one.result, say),
            _span(one.result.ci95_deg, say),
            _number(one.result.best_deg, say, "°"),
            _number(one.result.sd_deg, say, "°"),
            _number(one.result.from_neutral_deg, say, "°"),
            say(QUALITY_NAMES[one.result.quality]),
        )
        for one in shown
    ]
    return Table(say("Each motion is positive in its own direction."), _head(head, say), tuple(rows))


def _read_by_hand(readings: Sequence[HandReading], say: Words) -> Iterator[Block]:
    """What was read beside the camera; nothing is made of it."""
    rows = [
        (
            say(protocol(one.protocol).title),
            say(SIDE_NAMES[one.side]),
            say(MOTION_NAMES[one.motion]),
            say.degrees(one.degrees, 1),
            _number(one.camera_deg, say, "°"),
            one.by,
        )
        for one in readings
    ]
    if rows:
        head = later_all("Exam", "Side", "Motion", "Goniometer", "Camera", "Read by")
        yield Table(say("Beside the camera, whose numbers no reading changes."), _head(head, say), tuple(rows))


def _measures(exams: Iterable[Examination], say: Words) -> Iterator[Table]:
    """Numbers beside the two motions."""
    rows = [
        (
            say.sentence(measure.name.replace("_", " ")).capitalize(),
            NOTHING if measure.side is None else say(SIDE_NAMES[measure.side]),
            f"{say.number(measure.value, 1)} {say.sentence(measure.unit)}",
            _span(measure.ci95, say, ""),
            _number(measure.sd, say),
            say.sentence(measure.note),
        )
        for exam in exams
        for measure in exam.measures
    ]
    if rows:
        head = later_all("Measure", "Side", "Value", "95 % interval", "SD", "Note")
        yield Table(say("Beside the two motions"), _head(head, say), tuple(rows))


def _findings(findings: Iterable[Finding], say: Words) -> Iterator[Table]:
    """Every finding with its rule, its source, and where it lies among people."""
    rows = []
    for finding in findings:
        side = NOTHING if finding.side is None else say(SIDE_NAMES[finding.side])
        motion = NOTHING if finding.motion is None else say(MOTION_NAMES[finding.motion])
        percentile = None if finding.code == "cannot_tell" else finding.numbers.get("percentile")
        among = NOTHING if percentile is None else say.number(percentile)
        source = say.sentence(finding.sources[0]) if finding.sources else ""
        rows.append(
            (side, motion, say.sentence(finding.message), among, f"{say.sentence(finding.rule)} ({source})")
        )
    head = later_all("Side", "Motion", "Finding", "Percentile", "Rule and its source")
    if rows:
        yield Table(
            say("Findings follow from numbers by rule; none is a diagnosis."), _head(head, say), tuple(rows)
        )


def _courses(exams: Iterable[Examination], say: Words) -> Iterator[Picture]:
    """The angle over time of every side that faced the camera."""
    for exam in exams:
        for summary in exam.sides:
            track = exam.angles.get(summary.side)
            own = [result for result in exam.results if result.side == summary.side]
            drawn = course_picture(track, own, say) if track is not None and summary.near else None
            if drawn is not None:
                title = f"{say(ANKLE_NAMES[summary.side])}: {say(protocol(exam.protocol.name).title)}"
                told = _course_alt(title, own, say), _course_caption(title, own, say)
                yield Picture(drawn, "image/svg+xml", *told)


def _course_alt(title: str, results: list[MotionResult], say: Words) -> str:
    """The course in words."""
    if not results:
        return say("{title}, angle over time.", title=title)
    used = sum(repetition.used for result in results for repetition in result.repetitions)
    words = [f"{say(MOTION_NAMES[r.motion])} {number_words(r, say)}" for r in results]
    return say(
        "{title}, angle over time, {used} holds used. {numbers}.", title=title, used=used, numbers="; ".join(words)
    )


def _course_caption(title: str, results: list[MotionResult], say: Words) -> str:
    """How the course is read; a walk has no holds."""
    if not results:
        return say("{title}. Dorsiflexion is above zero, plantar flexion below.", title=title)
    return say(
        "{title}. Dorsiflexion is above zero, plantar flexion below. Shaded: the holds used, numbered as in the "
        "table; outlined: those not used. At the right: the number with its likely range.",
        title=title,
    )


def _repetitions(exams: Iterable[Examination], say: Words) -> Iterator[Table]:
    """A table for each exam that has any."""
    head = later_all("Side", "Motion", "No.", "From", "To", "Angle", "SD", "Pictures", "Held", "Used")
    for exam in exams:
        rows = [
            (
                say(SIDE_NAMES[result.side]),
                say(MOTION_NAMES[result.motion]),
                str(number),
                f"{say.number(repetition.start_s, 1)} s",
                f"{say.number(repetition.end_s, 1)} s",
                say.degrees(repetition.value_deg, 1),
                _number(repetition.sd_deg, say, "°"),
                str(repetition.frames),
                say("yes") if repetition.held else say("no"),
                say("yes") if repetition.used else say("no: {reason}", reason=say.sentence(repetition.reason)),
            )
            for result in exam.results
            for number, repetition in enumerate(result.repetitions, 1)
        ]
        if rows:
            yield Table(say(protocol(exam.protocol.name).title), _head(head, say), tuple(rows))


def _how_sure(shown: list[Shown], say: Words) -> Iterator[Block]:
    """What the intervals are made of, and where the model's error comes from."""
    if shown:
        yield _interval(shown, say)
        yield Text(_interval_words(say), "note")


def _interval(shown: list[Shown], say: Words) -> Table:
    """The parts of each interval."""
    head = later_all(
        "Side", "Motion", "Landmarks, SD", "Repetitions, SD", "Model, bias", "Model, SD", "Model's own doubt, SD"
    )
    rows = [
        (
            say(SIDE_NAMES[r.side]),
            say(MOTION_NAMES[r.motion]),
            *(
                _number(value, say, "°")
                for value in (r.landmark_sd_deg, r.repetition_sd_deg, r.model_bias_deg, r.model_sd_deg, r.doubt_deg)
            ),
        )
        for r in (one.result for one in shown)
    ]
    return Table(say("What the 95 % interval is made of"), _head(head, say), tuple(rows))


def _interval_words(say: Words) -> str:
    """Where the model's error comes from, and what is done with it."""
    return say(
        "The model's error (reading minus truth) was measured on rendered people whose ankle angle is known "
        "exactly. The number is as it was read; the interval allows for the bias and the spread."
    )


def _quality(exams: Iterable[Examination], say: Words) -> Iterator[Block]:
    """Everything that was noticed, each sentence once."""
    for exam in exams:
        checks = [check for check in exam.checks if not _speaks_of_files(check.message)]
        sentences = [say.sentence(check.message) for check in checks]
        for summary in exam.sides:
            sentences += [
                f"{say(SIDE_NAMES[summary.side])}: {say.sentence(check.message)}" for check in summary.checks
            ]
        for result in exam.results:
            sentences += [f"{say(SIDE_NAMES[result.side])}: {say.sentence(reason)}" for reason in result.reasons]
        title = say(protocol(exam.protocol.name).title)
        items = tuple(dict.fromkeys(sentences)) or (say("Nothing stood out."),)
        yield Bullets(items, title)


def _speaks_of_files(message: str) -> bool:
    """Whether a note names a file of the user's: the method says it without its folder."""
    return message.startswith("Landmarks found earlier in '")


def _said(exams: Iterable[Examination], say: Words) -> Iterator[Table]:
    """What the person said of the ankle, where anything was said."""
    said: list[Symptoms] = []
    for exam in exams:
        rows = tuple(_symptom_rows(exam.symptoms, say))
        if rows and exam.symptoms not in said:
            said.append(exam.symptoms)
            side = exam.symptoms.side
            title = say("Either ankle, or not told which") if side is None else say(ANKLE_NAMES[side])
            yield Table(title, _head(later_all("Asked", "Said"), say), rows)


def _symptom_rows(symptoms: Symptoms, say: Words) -> Iterator[tuple[str, str]]:
    """Rows of (what was asked, what was said)."""
    for occasion, pain in symptoms.pain.items():
        where = say.sentence(OCCASIONS.get(occasion, occasion))
        yield say("Pain, {occasion}", occasion=where), say("{pain} of 10", pain=pain)
    for place in symptoms.places:
        yield say("It hurts"), _question("place", place, say)
    for sign in symptoms.signs:
        yield _question("stop" if sign in asked("stop") else "sign", sign, say), say("yes")
    if symptoms.onset:
        yield say("How it began"), symptoms.onset
    for name, weeks in (
        (say("Weeks since an injury"), symptoms.weeks_since_injury),
        (say("Weeks since surgery"), symptoms.weeks_since_surgery),
    ):
        if weeks is not None:
            yield name, f"{weeks:g}"


def _question(kind: str, name: str, say: Words) -> str:
    """A place or sign as it was asked; its name where the table does not know it."""
    known = asked(kind).get(name)
    return name if known is None else say(known.question)


def _references(shown: list[Shown], say: Words) -> Iterator[Block]:
    """Every row that was compared with, or is worth knowing beside it."""
    rows: dict[Reference, str] = {}
    for one in shown:
        if one.comparison.row is not None:
            rows[one.comparison.row] = say("compared with")
        for row in one.comparison.shown:
            why = say.sentence(row.why_not) if row.why_not else say("another row was compared with")
            rows.setdefault(row, say("beside it: {why}", why=why))
    if rows:
        head = later_all(
            "Source", "Motion, position, moved by", "Of whom", "Mean and SD", "n", "Evidence", "Use here"
        )
        body = tuple(_reference_row(row, use, say) for row, use in rows.items())
        yield Table(say("Published values that may be named beside these numbers"), _head(head, say), body)


def _reference_row(row: Reference, use: str, say: Words) -> tuple[str, ...]:
    """One published value: whose, of what, how moved, of whom, how many, how well it could be checked."""
    motion = {"dorsiflexion": say("Dorsiflexion"), "plantar_flexion": say("Plantar flexion")}.get(
        row.motion, row.motion
    )
    moved = say("moved by the person") if row.regime == "active" else say(MOVED_BY[row.regime])
    whom = [say(SEX_NAMES[row.sex]), ages_words(row, say)] + ([say.sentence(row.sport)] if row.sport else [])
    mean = say.number(row.mean, int(row.mean % 1 > 0))
    spread = say(SD_BASES[row.sd_basis])
    spread = spread if row.sd is None else f"{say.number(row.sd, 1)} ({spread})"
    return (
        row.citation,
        f"{motion}; {say.sentence(row.position)}; {moved}",
        ", ".join(whom),
        f"{mean}; {spread}",
        NOTHING if row.n is None else str(row.n),
        say.sentence(row.evidence),
        use,
    )


def _method(exams: Iterable[Examination], say: Words) -> Iterator[Block]:
    """How it was measured, and with what."""
    yield Text(
        say(
            "Angle between the line from the lateral malleolus to the fibular head and the sole line from the "
            "heel to the head of the fifth metatarsal; 0° where they are perpendicular, dorsiflexion positive. The "
            "value of a repetition is the median over its hold; the number is the mean of the repetitions used."
        )
    )
    for exam in exams:
        yield Table(
            position_words(exam, protocol(exam.protocol.name).title, say),
            _head(later_all("What", "Which"), say),
            tuple(_method_rows(exam, say)),
        )
        settings = ", ".join(f"{name} {value}" for name, value in exam.settings.items())
        yield Text(say("Settings: {settings}", settings=settings), "note")


def _method_rows(exam: Examination, say: Words) -> Iterator[tuple[str, str]]:
    """Rows of (what, which)."""
    info = exam.recording
    size = f"{info.width_px} × {info.height_px} px"
    rate = "" if not isfinite(info.rate_hz) else f", {say.number(info.rate_hz, 1)} Hz"
    length = "" if not isfinite(info.duration_s) else f", {say.number(info.duration_s, 1)} s"
    yield say("Recording"), f"{PurePath(info.source).name} ({size}{rate}{length})"
    yield "SHA-256", NOTHING if info.sha256 is None else f"{info.sha256[:HASH_DIGITS]}…"
    yield say("Pose model"), exam.model.name
    if exam.model.sha256 is not None:
        yield say("Pose model, SHA-256"), f"{exam.model.sha256[:HASH_DIGITS]}…"
    for summary in exam.sides:
        track = exam.angles.get(summary.side)
        if track is not None and summary.near:
            yield say("Landmarks used"), ", ".join(track.landmarks)
        if summary.view is not None and isfinite(summary.view.angle_deg):
            off = say("{angle} off the side", angle=say.degrees(abs(summary.view.angle_deg)))
            yield say("Camera"), off
    yield say("On the foot"), say(FOOTWEAR_NAMES[exam.footwear])
    if exam.protocol.certainty is not None:
        yield say("Exam recognised, certainty"), f"{say.number(100 * exam.protocol.certainty)} %"
    yield say("Version of rom"), exam.version


def _head(names: tuple[str, ...], say: Words) -> tuple[str, ...]:
    """The head of a table."""
    return tuple(say(name) for name in names)


def _number(value: float | None, say: Words, unit: str = "") -> str:
    """A number to a tenth, or that there is none; one that a tenth does not show is said to be smaller."""
    if value is not None and 0.0 < value < 0.05:
        return f"< {say.number(0.1, 1)}{unit}"
    return NOTHING if value is None or not isfinite(value) else f"{say.number(value, 1)}{unit}"


def _span(ends: tuple[float, float] | None, say: Words, unit: str = "°") -> str:
    """Both ends of an interval."""
    if ends is None:
        return NOTHING
    return say("{low} to {high}", low=f"{say.number(ends[0], 1)}{unit}", high=f"{say.number(ends[1], 1)}{unit}")
