"""A report as a PDF: typeset by typst with the letters it brings, tagged for screen readers (PDF/UA-1)."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from importlib.resources import files

from rom.report.content import Picture, Report

SUFFIXES = {"image/svg+xml": "svg", "image/jpeg": "jpg", "image/png": "png"}


def print_page(report: Report, paper: str) -> bytes:
    """The whole PDF. `paper` : as the typesetter names it."""
    import typst

    pictures: dict[str, bytes] = {}
    layout = files("rom.report").joinpath("print_page.typ").read_bytes()
    content = json.dumps({"paper": paper, "report": _plain(report, pictures)}, ensure_ascii=False).encode("utf-8")
    made = typst.compile(  # type: ignore[call-overload]  # the stubs do not know of a dictionary of files
        {"main": layout, "content.json": content, **pictures},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(datetime.fromisoformat(report.created).timestamp()),
    )
    return bytes(made)


def _plain(value: object, pictures: dict[str, bytes]) -> object:
    """Records as dictionaries that name their kind; pictures are put beside, under names of their own."""
    if isinstance(value, Picture):
        name = f"{len(pictures)}.{SUFFIXES[value.media]}"
        pictures[name] = value.data
        return {"kind": value.kind, "file": name, "alt": value.alt, "caption": value.caption}
    if is_dataclass(value):
        return dict(_named(value, pictures))
    if isinstance(value, tuple):
        return [_plain(item, pictures) for item in value]
    return value


def _named(value: object, pictures: dict[str, bytes]) -> Iterator[tuple[str, object]]:
    """The kind and the fields of a record."""
    yield "kind", getattr(value, "kind", "")
    for field in fields(value):  # type: ignore[arg-type]  # a record, seen by the caller
        yield field.name, _plain(getattr(value, field.name), pictures)
