"""What a kept examination's pages draw: pictures' times, the angle, points, repetitions, results, corrections."""

from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from rom.exam.protocols import protocol, protocols
from rom.records import SIDES, AngleTrack, Examination, Floats, MotionResult, Repetition, Side
from rom.report.corrections import automatic_of, correction_words, landmark_words
from rom.report.language import Words
from rom.report.naming import MOTION_NAMES, QUALITY_NAMES, SIDE_NAMES
from rom.store import Store
from rom.store.clinic import CorrectionRow
from rom.store.corrections import correction_from, corrections_of, in_force
from rom.store.tables import ExamRow
from rom.web.visits import examination_of, media_of

#: Videos by preference, and pictures of the ends of the movement.
VIDEOS = ("overlay", "original")
STILLS = ("peak_dorsiflexion", "peak_plantar_flexion")


def told(store: Store, session: Session, row: ExamRow, say: Words) -> dict[str, Any]:
    """Everything that a page draws of a measured examination, as JSON."""
    exam, rows = examination_of(row), corrections_of(session, row.id)
    roles, known = media_of(store, row.id), [one.id for one in in_force(rows)]
    video = next((role for role in VIDEOS if role in roles), None)
    side = side_of(row, exam)
    track = exam.angles.get(side)
    return {
        "id": row.id,
        "title": say(protocol(exam.protocol.name).title),
        "side": side,
        "protocol": exam.protocol.name,
        "day": say.date(exam.day),
        "protocols": {name: say(one.title) for name, one in protocols().items()},
        "picture": [exam.recording.width_px, exam.recording.height_px],
        "video": video and f"/desk/exam/{row.id}/media/{video}",
        "drawn": video == "overlay",
        "stills": {role: f"/desk/exam/{row.id}/media/{role}" for role in STILLS if role in roles},
        "correctable": "landmarks" in roles,
        "track": None if track is None else track_told(track, say),
        "reads_picture": track is not None and bool(np.isfinite(track.doubt_deg).any()),
        "results": results_told(exam, say),
        "elsewhere": [correction_words(one, say) for one in exam.corrections[: -len(known) or None]],
        "corrections": [_correction(one, say) for one in rows],
        "known": known,
    }


def side_of(row: ExamRow, exam: Examination) -> Side:
    """The side that is looked at: the row's, or the first of those that were measured."""
    return next((side for side in SIDES if side == row.side), exam.sides[0].side)


def track_told(track: AngleTrack, say: Words) -> dict[str, Any]:
    """The course of one ankle."""
    return {
        "time_s": [round(float(time), 6) for time in track.time_s],
        "raw_deg": _numbers(track.raw_deg, 2),
        "smooth_deg": _numbers(track.smooth_deg, 2),
        "points_px": _numbers(track.points_px, 2),
        "landmarks": list(track.landmarks),
        "names": [landmark_words(name, say) for name in track.landmarks],
        "facing": track.facing,
    }


def results_told(exam: Examination, say: Words) -> list[dict[str, Any]]:
    """Each motion as it is now, and as it was measured automatically."""
    return [_result(exam, result, say) for result in exam.results]


def _result(exam: Examination, result: MotionResult, say: Words) -> dict[str, Any]:
    before, one_side = automatic_of(exam, result), len(exam.sides) == 1
    motion = say(MOTION_NAMES[result.motion])
    automatic = before if exam.corrections else result
    return {
        "side": result.side,
        "motion": result.motion,
        "name": motion if one_side else f"{say(SIDE_NAMES[result.side])}, {motion}",
        "value_deg": result.value_deg,
        "ci95_deg": result.ci95_deg,
        "quality": say(QUALITY_NAMES[result.quality]),
        "reasons": [say.sentence(reason) for reason in result.reasons],
        "automatic_deg": None if automatic is None else automatic.value_deg,
        "automatic_ci95_deg": None if automatic is None else automatic.ci95_deg,
        "repetitions": [_repetition(one, say) for one in result.repetitions],
    }


def _repetition(one: Repetition, say: Words) -> dict[str, Any]:
    found_s = one.found_s or (one.start_s, one.end_s)
    return {
        "start_s": one.start_s,
        "end_s": one.end_s,
        "hold_s": 0.5 * (found_s[0] + found_s[1]),
        "value_deg": one.value_deg,
        "used": one.used,
        "held": one.held,
        "reason": say.sentence(one.reason),
        "by_hand": list(one.by_hand),
    }


def _correction(row: CorrectionRow, say: Words) -> dict[str, Any]:
    """A correction in words, and each motion's number before and after it."""
    return {
        "id": row.id,
        "words": correction_words(correction_from(row), say),
        "by": row.by,
        "at": f"{say.date(row.created.isoformat())}, {row.created:%H:%M} UTC",
        "before": row.before,
        "after": row.after,
        "undone": row.undone is not None,
    }


def _numbers(values: Floats, decimals: int) -> list[Any]:
    """Numbers as JSON holds them, of any shape; what is missing is null."""
    rounded = np.round(np.asarray(values, dtype=float), decimals)
    plain: list[Any] = np.where(np.isfinite(rounded), rounded, None).tolist()  # type: ignore[call-overload]
    return plain
