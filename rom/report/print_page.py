"""A report as a PDF: typeset by typst with the letters it brings, tagged for screen readers (PDF/UA-1)."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from importlib.resources import files

from rom.report.content import Picture, Report

FORMATS = {"image/svg+xml": "svg", "image/jpeg": "jpg", "image/png": "png"}


def print_page(report: Report, paper: str) -> bytes:
    """The whole PDF. `paper` : as the typesetter names it."""
    import typst

    layout = files("rom.report").joinpath("print_page.typ").read_bytes()
    content = json.dumps({"paper": paper, "report": _plain(report)}, ensure_ascii=False).encode("utf-8")
    made = typst.compile(  # type: ignore[call-overload]  # the stubs do not know of a dictionary of files
        {"main": layout, "content.json": content},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(datetime.fromisoformat(report.created).timestamp()),
    )
    return bytes(made)


def _plain(value: object) -> object:
    """Records as dictionaries that name their kind; drawings as text, frames as a list of bytes."""
    if isinstance(value, Picture):
        data = value.data.decode("utf-8") if value.media == "image/svg+xml" else list(value.data)
        told = {"alt": value.alt, "caption": value.caption}
        return {"kind": value.kind, "data": data, "format": FORMATS[value.media]} | told
    if is_dataclass(value):
        return {"kind": getattr(value, "kind", "")} | {
            f.name: _plain(getattr(value, f.name)) for f in fields(value)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
