"""What a finding means in plain words, and what to do next: a row of ``advice.csv`` for each rule."""

from dataclasses import dataclass

from rom.exam.rows import rows
from rom.records import Finding


@dataclass(frozen=True, slots=True)
class Advice:
    """Two sentences on a finding; empty where there is nothing to add.

    `next` may hold ``{exam}``, ``{framing}`` and ``{camera}``, to be filled with those of the protocol.
    """

    meaning: str
    next: str


def advice_on(finding: Finding) -> Advice:
    """The row of a finding's kind and code."""
    found = (
        row for row in rows("advice", "rom.report") if (row["kind"], row["code"]) == (finding.kind, finding.code)
    )
    row = next(found, None)
    return Advice("", "") if row is None else Advice(row["meaning"], row["next"])
