"""The script says nothing that is not in the table, and the table holds nothing that is never said."""

import re

from rom.report.language import Words
from rom.web.camera import STATIC
from rom.web.camera.texts import faults, texts

SCRIPT = (STATIC / "record.js").read_text(encoding="utf-8")
PAGE = (STATIC.parent / "record.html").read_text(encoding="utf-8")


def test_every_text_is_there_and_used() -> None:
    used = set(re.findall(r"\btexts?\.(\w+)", SCRIPT + PAGE)) | set(re.findall(r'\bsay\("(\w+)"', SCRIPT))
    assert used | {"right", "left"} == set(texts(Words()))  # sides are looked up by their name


def test_every_fault_that_the_script_names_has_its_sentence() -> None:
    """Beside these come the names of the browser's own errors (Media Capture and Streams, 9.2)."""
    named = set(re.findall(r"faults\.(\w+)", SCRIPT)) | {"hidden", "asleep", "unsupported", "refused"}
    named |= {"server_gone", "disk_full", "begun_anew", "NotAllowedError", "NotFoundError", "NotReadableError"}
    assert named == set(faults(Words()))
    assert all(fault["sentence"].endswith(".") and fault["way"].endswith(".") for fault in faults(Words()).values())


def test_no_address_of_elsewhere_is_in_page_script_or_style() -> None:
    """SVG's name space is a name, and never asked for."""
    everything = SCRIPT + PAGE + (STATIC / "record.css").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[\w./]+", everything)) == {"http://www.w3.org/2000/svg"}
