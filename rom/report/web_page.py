"""A report as one web page that needs nothing else: no other file, no script, no network."""

from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from rom.report.content import Page, Picture, Report


def web_page(report: Report, paper: str) -> str:
    """The whole page. `paper` : what it is printed on, as style sheets name it."""
    template = _templates().get_template("web_page.html")
    return str(template.render(report=report, paper=paper, parts=_parts(), rules=parts_css())) + "\n"


def web_parts(page: Page) -> str:
    """One page of a report as HTML that stands in another page, whose style holds `parts_css`."""
    return str(_parts().sections(page, 1))


def picture_html(picture: Picture) -> str:
    """One picture in the same way."""
    return str(_parts().picture(picture))


def parts_css() -> str:
    """How the parts of a report look, wherever they stand."""
    return files("rom.report").joinpath("web_parts.css").read_text(encoding="utf-8")


@cache
def _templates() -> Any:
    """The templates that stand beside this file."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    beside = FunctionLoader(lambda name: files("rom.report").joinpath(name).read_text(encoding="utf-8"))
    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=beside
    )
    made.globals["inline"] = _inline
    return made


@cache
def _parts() -> Any:
    """The macros that draw each part."""
    return _templates().get_template("web_parts.html").module


def _inline(picture: Picture) -> str:
    """A picture as an address that holds it."""
    return f"data:{picture.media};base64,{b64encode(picture.data).decode('ascii')}"
