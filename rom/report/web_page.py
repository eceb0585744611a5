"""A report as one web page that needs nothing else: no other file, no script, no network."""

from base64 import b64encode
from importlib.resources import files

from rom.report.content import Picture, Report


def web_page(report: Report, paper: str) -> str:
    """The whole page. `paper` : what it is printed on, as style sheets name it."""
    from jinja2 import Environment, StrictUndefined

    pages = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = pages.from_string(files("rom.report").joinpath("web_page.html").read_text(encoding="utf-8"))
    return template.render(report=report, paper=paper, inline=_inline) + "\n"


def _inline(picture: Picture) -> str:
    """A picture as an address that holds it."""
    return f"data:{picture.media};base64,{b64encode(picture.data).decode('ascii')}"
