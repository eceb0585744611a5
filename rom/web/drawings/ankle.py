"""The ankle from the outer and from the inner side, with the places of ``symptoms.csv`` to tap on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rom.report.language import Words
from rom.report.svg import element

WIDTH, HEIGHT = 330, 370
#: A right foot's outline, toes to the right: shin, instep, toes, sole, heel, calf.
OUTLINE = (
    "M 184 6 C 188 70 178 128 170 178 C 167 200 170 218 184 236 C 206 262 240 278 272 292 "
    "C 296 301 312 309 313 322 C 314 336 298 341 276 341 C 242 341 222 334 186 336 "
    "C 152 339 120 344 96 338 C 74 332 74 306 86 284 "
    "C 98 258 108 236 104 206 C 100 168 66 116 72 64 C 75 40 82 22 88 6 Z"
)
#: Of the drawing, not of anybody: toes and the ankle bone.
TOES = "M 296 309 C 290 316 290 326 296 333 M 280 302 C 275 309 275 316 279 321"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the drawing: an ellipse, turned by so many degrees."""

    x: int
    y: int
    across: int
    down: int
    turned_deg: int = 0


SIDE_SPOT = Spot(136, 276, 24, 22)
SPOTS: Mapping[str, Spot] = {
    "calf": Spot(112, 96, 30, 66, -4),
    "back": Spot(116, 220, 16, 34, 6),
    "front": Spot(160, 226, 18, 34, -20),
    "midfoot": Spot(222, 289, 38, 21, 27),
    "heel": Spot(112, 317, 27, 17, 4),
}


def ankle_map(places: Mapping[str, str], chosen: Sequence[str], say: Words) -> str:
    """Both views beside each other. `places` : names to words; the shapes tick the boxes of the same name."""
    outer = _view({**SPOTS, "outer": SIDE_SPOT}, places, chosen, say("Outer side"), mirrored=False)
    inner = _view({"inner": SIDE_SPOT}, places, chosen, say("Inner side"), mirrored=True)
    return f'<div class="rom-views">{outer}{inner}</div>'


def _view(
    spots: Mapping[str, Spot], places: Mapping[str, str], chosen: Sequence[str], title: str, *, mirrored: bool
) -> str:
    """One view and its name."""
    leg = element("path", d=OUTLINE, **{"class": "rom-skin"})
    bone = element("ellipse", cx=SIDE_SPOT.x, cy=SIDE_SPOT.y, rx=13, ry=11, **{"class": "rom-bone"})
    toes = element("path", d=TOES, **{"class": "rom-crease"})
    taps = "".join(_tap(name, spot, places[name], name in chosen) for name, spot in spots.items() if name in places)
    turn = f' transform="translate({WIDTH} 0) scale(-1 1)"' if mirrored else ""
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{title}">'
    return f"<figure>{head}<g{turn}>{leg}{bone}{toes}{taps}</g></svg><figcaption>{title}</figcaption></figure>"


def _tap(name: str, spot: Spot, words: str, chosen: bool) -> str:
    """A place that can be tapped, or reached by the keyboard and ticked with the space bar."""
    more = {
        "class": "rom-spot",
        "role": "checkbox",
        "tabindex": "0",
        "aria-checked": "true" if chosen else "false",
        "aria-label": words,
        "data-place": name,
        "transform": f"rotate({spot.turned_deg} {spot.x} {spot.y})",
    }
    return element("ellipse", cx=spot.x, cy=spot.y, rx=spot.across, ry=spot.down, **more).replace(
        "/>", "></ellipse>"
    )
