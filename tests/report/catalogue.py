"""The texts that a report or a page of the app may hold, from code and tables.

``python -m tests.report.catalogue`` writes them.

The template (``rom/report/locale/rom.pot``) is made anew, each language's ``rom.po`` keeps its translations, and
``rom.mo`` is compiled from it.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from rom.exam.rows import rows
from rom.report.language import GAP

PACKAGE = Path(__file__).parents[2] / "rom"
LOCALE = PACKAGE / "report" / "locale"
LANGUAGES = ("es",)
DAY = datetime(2026, 1, 1, tzinfo=UTC)
#: Rooms whose sentences end in the records, and so in a report.
SPEAKING = ("ankle", "exam", "video", "pose", "camera/checks.py", "watch.py")
#: What is written there for programs: patterns, product names, advice on installing, the words of errors.
SILENT = (
    "pose/models.py",
    "pose/tasks.py",
    "pose/mediapipe_json.py",
    "pose/leg_network.py",
    "video/writer.py",
    "exam/uncertainty.py",
    "exam/recognise.py",
)
#: Rooms that say texts of their own, in code and in pages.
SAYING_ROOMS = ("report", "web")
#: What pages tell of a refusal or a failure: what is raised, returned or named there.
REFUSING = (
    "intake/first_look.py",
    "intake/guard.py",
    "intake/sniff.py",
    "jobs/again.py",
    "jobs/jobs.py",
    "jobs/measuring.py",
    "store/erase.py",
    "store/trouble.py",
    "video/opening.py",
    "video/videofile.py",
    "web/arriving.py",
    "web/camera/growing.py",
    "web/camera/rows.py",
    "web/phone/door.py",
    "web/phone/page.py",
)
NO_TEXTS = (
    "%Y:%m:%d %H:%M:%S",
    r"(20\d{6})[-_T ]?(\d{6})[-_.]?(\d{1,6})?(?!\d)",
    r"(\d+\.\d+) ?s?$",
    "figure skat",
    "queue.Queue[Frame | None]",
    "OpenPose BODY_25",
    "Sports2D/Pose2Sim TRC",
    " and the ",
    "an occasion of pain",
    "a place",
    "a sign",
    ", SD {0}",
    " (worked out from the interval of the mean)",
    "{0}: {1}, {2}, {3}, {4}: mean {5}{6}{7}{8}. Evidence: {9}.",
    "shoulders and hips over trunk",
    "direction of the foot",
    "'{0}' is a HEIC photograph, which cannot be decoded here; pip install pillow-heif, or save it as JPEG.",
)
#: Functions that say a text of their own.
SAYING = ("say", "later", "later_all", "self", "_say")
#: Single words that stand in the gaps of sentences.
IN_GAPS = (
    "left",
    "right",
    "front",
    "back",
    "in",
    "out",
    "clockwise",
    "anticlockwise",
    "dorsiflexion",
    "plantar flexion",
    "age",
    "sex",
    "age and the sex",
    "ballet",
    "tibia inclination",
    "heel height",
    "repetitions",
    "fatigue",
    "keep this",
    "keep the file",
    "keep the result",
    "take the video in",
    "erase the examination",
    "erase the person",
    "erase the store",
    "write the export",
    "the system ended it",
)
#: Columns of the tables that people read.
COLUMNS = {
    ("rules", "rom.exam"): ("rule", "message", "source"),
    ("protocols", "rom.exam"): ("title", "framing", "camera", "warm_up", "how"),
    ("symptoms", "rom.exam"): ("question", "message"),
    ("references", "rom.exam"): ("position", "sport", "why_not", "evidence"),
    ("gait_curves", "rom.exam"): ("speed", "people", "source"),
    ("advice", "rom.report"): ("meaning", "next"),
    ("prompts", "rom.live"): ("sentence",),
}


def texts() -> list[str]:
    """Every text, sorted; gaps of code are numbered (``{0}``), gaps of tables keep their names."""
    found = {*IN_GAPS, *_of_tables()}
    for path in _files():
        found |= set(_spoken(ast.parse(path.read_text(encoding="utf-8"))))
    for room in SAYING_ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            found |= set(_said(ast.parse(path.read_text(encoding="utf-8"))))
        for path in sorted((PACKAGE / room).rglob("*.html")):
            found |= set(_said_in_page(path.read_text(encoding="utf-8")))
    for name in REFUSING:
        found |= set(_refused(ast.parse((PACKAGE / name).read_text(encoding="utf-8"))))
    return sorted(found - {""})


def catalogue_of(path: Path) -> Catalog:
    """The catalogue in a file; an empty one where there is none."""
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as ``rom.mo`` holds it; the same texts make the same file on any day."""
    catalogue.creation_date = catalogue.revision_date = DAY
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def folder_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES"


def main() -> None:
    """Write the template, bring each language up to date, and compile it."""
    template = Catalog(project="rom", version="", charset="utf-8", fuzzy=False)
    for text in texts():
        template.add(text, "")
    _write(template, LOCALE / "rom.pot")
    for language in LANGUAGES:
        path = folder_of(language) / "rom.po"
        known = catalogue_of(path)
        own = Catalog(locale=language, project="rom", version="", charset="utf-8", fuzzy=False)
        for text in texts():
            message = known.get(text)
            own.add(text, message.string if message is not None else "")
        _write(own, path)
        path.with_suffix(".mo").write_bytes(compiled(catalogue_of(path)))


def _write(catalogue: Catalog, path: Path) -> None:
    """A catalogue as a text file without dates, so that it changes only where texts change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for message in catalogue:
        message.flags.clear()  # a per cent sign in a sentence is no format
    file = BytesIO()
    write_po(file, catalogue, width=0, sort_output=True, omit_header=True, ignore_obsolete=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(head + file.getvalue().decode("utf-8").lstrip(), encoding="utf-8")


def _files() -> Iterator[Path]:
    """The files whose sentences end in the records."""
    for name in SPEAKING:
        path = PACKAGE / name
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if file.relative_to(PACKAGE).as_posix() not in SILENT:
                yield file


def _of_tables() -> Iterator[str]:
    """Texts of the tables."""
    for (name, room), columns in COLUMNS.items():
        for row in rows(name, room):
            yield from (row[column] for column in columns)


def _spoken(node: ast.AST) -> Iterator[str]:
    """Every literal of two words or more, but for docstrings and errors that are no finding."""
    if isinstance(node, ast.Raise):
        call = node.exc
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "NotMeasurable"):
            return
    text = _template(node)
    if text is not None:
        if len(text.split()) > 1 and text not in NO_TEXTS and re.search("[A-Za-z]{2}", GAP.sub("", text)):
            yield text.strip()
        if isinstance(node, ast.JoinedStr):
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield from _spoken(value.value)
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from _spoken(child)


def _template(node: ast.AST) -> str | None:
    """A literal as a template: the gaps of an f-string numbered."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts, gaps = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            parts.append(f"{{{gaps}}}")
            gaps += 1
    return "".join(parts)


def _said(tree: ast.AST) -> Iterator[str]:
    """The literals that a report or a page says itself: ``say("...")``, ``self._say("...")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in SAYING:
            for given in node.args:
                yield from (one for one in _choices(given) if isinstance(one, str))


def _name_of(called: ast.expr) -> str:
    """What is called, without what it belongs to."""
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _choices(given: ast.expr) -> Iterator[object]:
    """The literal, or both of ``one if ... else other``."""
    if isinstance(given, ast.IfExp):
        yield from (*_choices(given.body), *_choices(given.orelse))
    elif isinstance(given, ast.Constant):
        yield given.value


def _said_in_page(template: str) -> Iterator[str]:
    """The same in a page of Jinja's."""
    for call in Environment(autoescape=True).parse(template).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in SAYING:
            yield from (given.value for given in call.args if isinstance(given, nodes.Const))


def _refused(tree: ast.Module) -> Iterator[str]:
    """Sentences that are raised, returned or given a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            yield from _sentences(node.exc)
        elif isinstance(node, ast.Return | ast.Assign | ast.AnnAssign):
            yield from _sentences(node.value)


def _sentences(node: ast.AST | None) -> Iterator[str]:
    """Literals of three words or more that end as a sentence does, and what begins with "Could not"."""
    text = None if node is None else _template(node)
    if text is not None:
        if len(text.split()) > 2 and (text[-1] in ".?" or text.startswith("Could not")) and text[0].isalpha():
            yield text
    elif node is not None:
        for child in ast.iter_child_nodes(node):
            yield from _sentences(child)


if __name__ == "__main__":
    main()
