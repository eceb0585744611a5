"""Codes in a FHIR bundle: one row each of ``fhir_codes.csv``, which says where each was looked up.

Where no standard code was found, the code is of our own system `LOCAL` and the row says so. Codes of SNOMED CT,
LOINC, UCUM and HL7 are references: their own licences hold for whoever uses the terminologies.
"""

from functools import cache
from typing import Any

from rom.exam.rows import rows

#: The code system of this project.
LOCAL = "urn:ankle-rom:codes"


@cache
def codes() -> dict[str, dict[str, str]]:
    """What is coded, to its row of the table."""
    return {row["what"]: row for row in rows("fhir_codes", "rom.report")}


def coding(what: str) -> dict[str, str]:
    """A FHIR Coding."""
    return {part: codes()[what][part] for part in ("system", "code", "display")}


def concept(*whats: str, text: str = "") -> dict[str, Any]:
    """A FHIR CodeableConcept of one or more codes, the most specific last; `text` unless its display will do."""
    parts = [coding(what) for what in whats]
    return {"coding": parts, "text": text or parts[-1]["display"]}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A FHIR Quantity, to a tenth: the interval beside it is never so narrow that more would matter."""
    of = codes()[unit]
    return {"value": round(value, 1) + 0.0, "unit": of["display"], "system": of["system"], "code": of["code"]}


def quantity_range(low: float, high: float, unit: str) -> dict[str, Any]:
    """A FHIR Range."""
    return {"low": quantity(low, unit), "high": quantity(high, unit)}
