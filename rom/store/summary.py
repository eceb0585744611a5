"""What lists show of an examination, kept beside its document: a list never reads a hundred kilobytes a row."""

from typing import Any

from rom.records.words import SIDES, Side


def summary_of(document: dict[str, Any] | None) -> dict[str, Any] | None:
    """The few numbers and words of an examination (`Examination.to_dict`) that lists and trends need.

    Returns
    -------
    ``results`` : side, motion, status, value and interval of each. ``findings`` : side, motion, kind, code and
    message of each.
    ``alike`` : protocol, who moved the foot, legs that stood, footwear, model: numbers are compared only where all
    of them are the same. ``near`` : the sides that faced the camera. ``walked`` : whether a walk was told.
    """
    if document is None:
        return None
    use, model = document.get("protocol") or {}, document.get("model") or {}
    return {
        "results": [
            {name: one.get(name) for name in ("side", "motion", "status", "value_deg", "ci95_deg")}
            for one in document.get("results") or ()
        ],
        "findings": [
            {name: one.get(name) for name in ("side", "motion", "kind", "code", "message")}
            for one in document.get("findings") or ()
        ],
        "alike": [
            use.get("name", ""),
            use.get("regime", ""),
            use.get("standing_on", ""),
            document.get("footwear", ""),
            model.get("name", ""),
        ],
        "near": [one.get("side") for one in document.get("sides") or () if one.get("near")],
        "walked": document.get("gait") is not None,
    }


def side_shown(summary: dict[str, Any]) -> Side | None:
    """The side that an examination is of: the one with most numbers, else the only one that faced the camera."""
    counts = {
        side: sum(one["side"] == side and one["value_deg"] is not None for one in summary["results"])
        for side in SIDES
    }
    near = [side for side in SIDES if side in summary["near"]]
    most = max(counts.values())
    best = [side for side in SIDES if counts[side] == most] if most else near
    faced = [side for side in best if side in near] or best
    return faced[0] if len(faced) == 1 or most else None
