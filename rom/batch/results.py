"""From an examination to the rows of a study's tables."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.batch.columns import plain
from rom.batch.rows import ANGLES, AngleRow, OfMotion, OfWalk, RepetitionRow
from rom.records import AngleTrack, Check, Examination, Floats, MotionResult, SideSummary
from rom.tracks.known import known_median

if TYPE_CHECKING:
    import pyarrow as pa

#: What is quoted in a note is a file's name, which has no place in a table.
QUOTED = re.compile(r"'[^']*'")
NOT_OF_THE_PIECE = ("id", "recording", "person")  # they are the line's, which may change


def side_rows(exam: Examination) -> list[dict[str, Any]]:
    """A row of *recordings* for each side, but for what is the line's own."""
    return [_side_row(exam, side) for side in sorted(exam.sides, key=lambda one: one.side)]


def _side_row(exam: Examination, side: SideSummary) -> dict[str, Any]:
    row: dict[str, Any] = {
        "side": side.side,
        "near": side.near,
        "protocol": exam.protocol.name,
        "protocol_certainty": exam.protocol.certainty,
        "moved_by": exam.protocol.regime,
        "standing_on": exam.protocol.standing_on,
        "age_years": exam.person.age_years,
        "sex": exam.person.sex,
        "sport": exam.person.sport,
        "recorded_on": exam.recorded_on,
        "footwear": exam.footwear,
    }
    for result in (one for one in exam.results if one.side == side.side):
        row |= plain(f"{result.motion}_", _of_motion(exam, result))
    return row | dict(plain("", _of_walk(exam, side))) | _how(exam, side)


def _of_motion(exam: Examination, result: MotionResult) -> OfMotion:
    low, high = result.ci95_deg or (None, None)
    found = (f for f in exam.findings if f.kind == "range" and (f.side, f.motion) == (result.side, result.motion))
    return OfMotion(
        status=result.status,
        deg=result.value_deg,
        low_deg=low,
        high_deg=high,
        quality=result.quality,
        reasons=" ".join(without_names(result.reasons)),
        finding=next((one.code for one in found), None) if exam.protocol.name != "free" else None,
        best_deg=result.best_deg,
        sd_deg=result.sd_deg,
        from_neutral_deg=result.from_neutral_deg,
        repetitions=len(result.repetitions),
        repetitions_used=sum(one.used for one in result.repetitions),
        landmark_sd_deg=result.landmark_sd_deg,
        repetition_sd_deg=result.repetition_sd_deg,
        model_bias_deg=result.model_bias_deg,
        model_sd_deg=result.model_sd_deg,
        model_error_row=result.model_error_row,
        doubt_deg=result.doubt_deg,
    )


def _of_walk(exam: Examination, side: SideSummary) -> OfWalk:
    gait = exam.gait
    leg = None if gait is None else next((one for one in gait.legs if one.side == side.side), None)
    if gait is None or leg is None:
        return OfWalk(**{row.name: None for row in fields(OfWalk)})
    peak, push_off = leg.peak_stance_dorsiflexion_deg, leg.push_off_plantar_flexion_deg
    return OfWalk(
        strides=len(leg.curves_deg),
        peak_stance_dorsiflexion_deg=peak.mean,
        peak_stance_dorsiflexion_sd_deg=peak.sd,
        push_off_plantar_flexion_deg=push_off.mean,
        push_off_plantar_flexion_sd_deg=push_off.sd,
        stride_s=leg.stride_s.mean,
        stance_share=leg.stance_share.mean,
        cadence_steps_min=gait.cadence_steps_min.mean,
        step_asymmetry_percent=gait.step_asymmetry_percent,
        speed=gait.speed,
    )


def _how(exam: Examination, side: SideSummary) -> dict[str, Any]:
    track, view, info = exam.angles.get(side.side), side.view, exam.recording
    checks = [*side.checks, *exam.checks]
    return {
        "range_of_motion_deg": side.range_of_motion_deg,
        "neutral_deg": side.neutral_deg,
        "view_deg": None if view is None else view.angle_deg,
        "view_sd_deg": None if view is None else view.angle_sd_deg,
        "foot_px": None if track is None else known_median(track.foot_px),
        "frames_measured": 0 if track is None else int(np.isfinite(track.smooth_deg).sum()),
        "stops": _codes(checks, "stop"),
        "cautions": _codes(checks, "caution"),
        "remarks": " ".join(dict.fromkeys(without_names(check.message for check in checks))),
        "definition": None if track is None else track.definition,
        "landmarks_used": None if track is None else " ".join(track.landmarks),
        "people_seen": exam.people_seen,
        "kind": info.kind,
        "width_px": info.width_px,
        "height_px": info.height_px,
        "rate_hz": info.rate_hz,
        "duration_s": info.duration_s,
        "frames": len(exam.sightings.time_s),
        "codec": info.codec,
        "model": exam.model.name,
        "model_sha256": exam.model.sha256,
        "version": exam.version,
    }


def _codes(checks: Iterable[Check], severity: str) -> str:
    return " ".join(dict.fromkeys(check.code for check in checks if check.severity == severity))


def without_names(sentences: Iterable[str]) -> Iterator[str]:
    """Sentences with "the recording" in place of the file that they name."""
    return (QUOTED.sub("the recording", sentence) for sentence in sentences)


def repetition_rows(exam: Examination) -> list[dict[str, Any]]:
    """The rows of *repetitions*, but for what is the line's own."""
    wanted = {row.name for row in fields(RepetitionRow)}
    rows = []
    for result in sorted(exam.results, key=lambda one: (one.side, one.motion)):
        by_time = sorted(result.repetitions, key=lambda one: one.start_s)
        for number, repetition in enumerate(by_time, start=1):
            row = asdict(repetition) | {"side": result.side, "number": number}
            rows.append({name: value for name, value in row.items() if name in wanted})
    return rows


def measure_rows(exam: Examination) -> list[dict[str, Any]]:
    """The rows of *measures*, but for what is the line's own."""
    rows = []
    for one in exam.measures:
        low, high = one.ci95 or (None, None)
        told = {"side": one.side, "name": one.name, "value": one.value, "unit": one.unit, "sd": one.sd}
        rows.append(told | {"low": low, "high": high, "note": one.note})
    return rows


def angle_columns() -> "pa.Schema":
    """The columns of *angles*, but for what is the line's own."""
    import pyarrow as pa

    return pa.schema([one for one in ANGLES.schema if one.name not in NOT_OF_THE_PIECE])


def angle_table(exam: Examination) -> "pa.Table":
    """The rows of *angles*, but for what is the line's own."""
    import pyarrow as pa

    schema = angle_columns()
    tables = [_frames(track, schema) for _, track in sorted(exam.angles.items())]
    return pa.concat_tables([schema.empty_table(), *tables])


def _frames(track: AngleTrack, schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    count = len(track.time_s)
    numbers = [row.name for row in fields(AngleRow) if row.name.endswith(("_deg", "_px"))]
    columns = {
        "side": pa.array([track.side] * count, pa.string()),
        "frame": pa.array(np.arange(count)),
        "time_s": pa.array(np.asarray(track.time_s, np.float64)),
        **{name: _single(getattr(track, name)) for name in numbers},
    }
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def _single(values: Floats) -> "pa.Array":
    """Numbers in single precision, missing ones null."""
    import pyarrow as pa

    return pa.array(np.asarray(values, np.float32), from_pandas=True)
