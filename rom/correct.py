"""Correct an examination by hand: its stored landmarks are measured again, in a second, as the corrections say.

The examination that was measured first stays what it is; a corrected one holds its results beside its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rom.errors import UsageError
from rom.exam.corrections import automatic_results
from rom.exam.protocols import protocol
from rom.measure import measure
from rom.records import AutomaticResult, Correction, Examination
from rom.settings import Settings

#: Landmarks are stored to 1/128 px and readings to 1 part in 4096: the same measurement gives the same to this.
SAME_DEG = 0.5


def corrected(exam: Examination, landmarks: str | Path, corrections: Sequence[Correction]) -> Examination:
    """An examination as it was corrected.

    Parameters
    ----------
    exam : as it was measured; what was corrected in it already (it came from elsewhere, in a file) stays in force.
    landmarks : its stored landmarks (``*.landmarks.npz``).
    corrections : in the order in which they were made. Of the side and of the protocol the last one counts, and a
        correction of a repetition or landmark of a leg that is not measured any more waits until it is again.

    Returns
    -------
    Examination; its `automatic` holds the results before the first correction. Without any, it is the one given.

    Raises
    ------
    UsageError : a correction fits nothing that was found, or the landmarks do not give the automatic results again.
    """
    if not corrections:
        return exam
    automatic = exam.automatic or automatic_results(exam.results)
    _check_same(automatic, _measured(exam, landmarks, ()), exam.version)
    found = _measured(exam, landmarks, (*exam.corrections, *corrections))
    return replace(found, automatic=automatic)


def _measured(exam: Examination, landmarks: str | Path, corrections: Sequence[Correction]) -> Examination:
    """The landmarks measured as the examination was, but for what the corrections say."""
    sides = [one.side for one in corrections if one.kind == "side" and one.side is not None]
    names = [one.protocol for one in corrections if one.kind == "protocol"]
    name = (names or [exam.protocol.name])[-1]
    use, neutrals = exam.protocol, [one.neutral_deg for one in exam.sides if one.neutral_deg is not None]
    same = name == use.name
    found = measure(
        landmarks,
        side=sides[-1] if sides else _side_of(exam),
        protocol=name,
        moved_by=use.regime if use.regime in protocol(name).regimes else "",
        standing_on=use.standing_on if same and use.standing_on != "not_told" else "",
        who=exam.person,
        symptoms=exam.symptoms,
        neutral=neutrals[0] if neutrals else None,
        footwear=exam.footwear,
        camera=exam.camera or "none",
        settings=_settings_of(exam),
        corrections=corrections,
        before=exam,
    )
    found = replace(found, recorded_on=exam.recorded_on)
    return replace(found, protocol=replace(found.protocol, certainty=use.certainty)) if same else found


def _side_of(exam: Examination) -> str:
    """Which side was asked for at first."""
    sides = {one.side for one in exam.automatic} or {one.side for one in exam.sides}
    return sides.pop() if len(sides) == 1 else "auto"


def _settings_of(exam: Examination) -> Settings:
    """The settings it was measured with; JSON makes no difference between whole numbers and others."""
    known = Settings().to_dict()
    values: dict[str, Any] = {
        name: type(known[name])(exam.settings[name]) for name in known if name in exam.settings
    }
    return Settings(**values)


def _check_same(automatic: Sequence[AutomaticResult], again: Examination, version: str) -> None:
    """Refuse landmarks, or a version of rom, that do not measure what was measured."""
    values = {(one.side, one.motion): one.value_deg for one in again.results}
    for one in automatic:
        value = values.get((one.side, one.motion), one.value_deg)  # of another protocol: not one of its motions
        if not _near(one.value_deg, value):
            was, now = (f"{deg:.1f}°" if deg is not None else "no number" for deg in (one.value_deg, value))
            raise UsageError(
                f"Expected the stored landmarks to give {was} of {one.side} {one.motion.replace('_', ' ')} again, "
                f"but they give {now}: it was measured by version {version}. Measure the recording again first."
            )


def _near(one: float | None, other: float | None) -> bool:
    """Whether two values are the same measurement."""
    return one is other if one is None or other is None else abs(one - other) <= SAME_DEG
