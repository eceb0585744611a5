"""The room from above: where you are, where the laptop stands, and which way it looks."""

from rom.records import Side
from rom.report.language import Words
from rom.report.svg import element

WIDTH, HEIGHT = 440, 286


def room_drawing(side: Side, seated: bool, distance: str, say: Words) -> str:
    """You on the left, toes up; the laptop looks straight at the outer side of the ankle.

    `side` : which ankle is filmed; for the left one, all is mirrored. `seated` : on a chair, or standing.
    `distance` : in words.
    """
    alt = say(
        "Seen from above: the laptop stands straight beside the {side} ankle, on its outer side.", side=say(side)
    )
    mirror = side == "left"
    turn = f' transform="translate({WIDTH} 0) scale(-1 1)"' if mirror else ""
    words = "".join(
        _words(text, WIDTH - x if mirror else x, y)
        for text, x, y in (
            (say("You"), 66, 276 if seated else 214),
            (say("Toes"), 66, 30),
            (distance, 218, 112),
            (say("Laptop"), 380, 214),
        )
    )
    you = _sitting() if seated else _standing()
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{alt}"><g{turn}>{_seen()}{you}'
        f"{_laptop()}{_arrows()}</g>{words}</svg>"
    )


def _sitting() -> str:
    """Chair, body and both legs; the filmed foot stands out."""
    chair = element("rect", x=24, y=186, width=84, height=62, rx=12, **{"class": "rom-thing-flat"})
    legs = '<path d="M 48 200 V 104" class="rom-limb rom-far"/><path d="M 84 200 V 144" class="rom-limb rom-leg"/>'
    return chair + legs + _own(84, 140, 104) + _body(66, 214)


def _standing() -> str:
    """Body and both feet; the filmed one stands out."""
    far = '<path d="M 48 138 V 104" class="rom-limb rom-far"/>'
    return far + _own(84, 140, 104) + _body(66, 164)


def _own(x: int, heel: int, toes: int) -> str:
    """The filmed foot."""
    return f'<path d="M {x} {heel} V {toes}" class="rom-limb rom-own"/>'


def _body(x: int, y: int) -> str:
    """Shoulders and head."""
    shoulders = element("ellipse", cx=x, cy=y, rx=42, ry=19, **{"class": "rom-far-flat"})
    return shoulders + element("circle", cx=x, cy=y - 3, r=14, **{"class": "rom-head"})


def _laptop() -> str:
    """The laptop, its screen towards you."""
    return (
        '<path d="M 346 82 V 166" class="rom-screen"/>'
        '<rect x="352" y="82" width="58" height="84" rx="6" class="rom-thing-flat"/>'
        '<circle cx="342" cy="124" r="5" class="rom-eye"/>'
    )


def _seen() -> str:
    """What the camera sees."""
    return '<path d="M 342 124 L 12 38 V 210 Z" class="rom-view"/>'


def _arrows() -> str:
    """How far away it stands, and which way the toes point."""
    away = '<path d="M 108 124 H 328 m -12 -9 l 12 9 l -12 9 M 120 115 l -12 9 l 12 9" class="rom-arrow"/>'
    return away + '<path d="M 66 86 V 42 m -9 12 l 9 -12 l 9 12" class="rom-arrow"/>'


def _words(text: str, x: float, y: float) -> str:
    """Letters."""
    return element("text", text, x=x, y=y, text_anchor="middle", **{"class": "rom-letters"})
