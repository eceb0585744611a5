"""A report as a clinic gives it out: from whom, of whom, signed by whom, and which version of it."""

from dataclasses import dataclass

from rom.records.words import Motion, Side


@dataclass(frozen=True, slots=True)
class HandReading:
    """What a goniometer read of one motion, by whom, beside what the camera found (None: it cannot tell)."""

    protocol: str
    side: Side
    motion: Motion
    degrees: float
    camera_deg: float | None
    by: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What stands on a clinic's report beside what was measured.

    Attributes
    ----------
    clinic, address : its name, and the lines below it. patient : what the clinic calls the person.
    signer, signed : who signed and when (ISO, with its time zone); both empty in a draft, which says so.
    version : counted from 1. replaces : the version that this one takes the place of; None for the first.
    urn, replaces_urn : ``urn:uuid:`` of this version and of the one that it replaces, for a clinic's record.
    readings : what was read by hand beside the camera.
    """

    clinic: str = ""
    address: tuple[str, ...] = ()
    patient: str = ""
    signer: str = ""
    signed: str = ""
    version: int = 1
    replaces: int | None = None
    urn: str = ""
    replaces_urn: str = ""
    readings: tuple[HandReading, ...] = ()
