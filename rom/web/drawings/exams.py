"""Each exam as a small figure that moves: bones of a skeleton that turn to and fro between two poses.

The style sheet turns every ``rom-joint`` from ``--from`` to ``--to``; where the reader wants less motion, it stands
still at the end of the movement.
"""

from dataclasses import dataclass

WIDTH, HEIGHT = 240, 176
#: Room above the heads.
ABOVE = 22
FLOOR = 164


@dataclass(frozen=True, slots=True)
class Bone:
    """A line of the figure and what hangs on its far end.

    `pose_deg` : where it points in the first and the second pose, clockwise from the right.
    """

    length: float
    pose_deg: tuple[float, float]
    kind: str = ""
    on_end: tuple["Bone", ...] = ()


def exam_drawing(name: str) -> str:
    """The figure of an exam, for the eye only: its words stand beside it."""
    parts = FIGURES[name]
    return f'<svg viewBox="0 {-ABOVE} {WIDTH} {HEIGHT + ABOVE}" aria-hidden="true" focusable="false">{parts}</svg>'


def _bones(x: float, y: float, *bones: Bone) -> str:
    """Bones that hang on a fixed point."""
    return f'<g transform="translate({x:g} {y:g})">{"".join(_bone(bone, (0.0, 0.0)) for bone in bones)}</g>'


def _bone(bone: Bone, parent_deg: tuple[float, float]) -> str:
    """One bone, turned against the one it hangs on."""
    first, second = (own - of for own, of in zip(bone.pose_deg, parent_deg, strict=True))
    rest = "".join(_bone(child, bone.pose_deg) for child in bone.on_end)
    drawn = f'<line x2="{bone.length:g}" class="rom-limb {bone.kind}"/>' if bone.kind != "rom-head" else ""
    if bone.kind == "rom-head":
        drawn = f'<circle cx="{bone.length:g}" r="14" class="rom-head"/>'
    return (
        f'<g class="rom-joint" style="--from:{first:g}deg;--to:{second:g}deg">{drawn}'
        f'<g transform="translate({bone.length:g} 0)">{rest}</g></g>'
    )


def _still(angle: float, length: float, kind: str = "", *on_end: Bone) -> Bone:
    """A bone that stays where it is."""
    return Bone(length, (angle, angle), kind, on_end)


def _floor() -> str:
    """The floor."""
    return f'<line x1="12" y1="{FLOOR}" x2="{WIDTH - 12}" y2="{FLOOR}" class="rom-floor"/>'


def _thing(path: str) -> str:
    """A chair, a bench, a wall."""
    return f'<path d="{path}" class="rom-thing"/>'


def _seated() -> str:
    """On a high chair, the lower leg hanging, the foot up and down."""
    foot = Bone(34, (-14, 50), "rom-own")
    leg = _still(0, 66, "rom-leg", _still(90, 54, "rom-leg", foot))
    trunk = _still(-92, 48, "", _still(-90, 20, "rom-head"), _still(58, 46, "rom-arm"))
    return _floor() + _thing(f"M 40 14 V {FLOOR} M 40 74 H 112 V {FLOOR}") + _bones(66, 64, trunk, leg)


def _long_sitting() -> str:
    """On a bench, the leg stretched out, the heel beyond its edge."""
    foot = Bone(34, (-104, -28), "rom-own")
    leg = _still(0, 112, "rom-leg", foot)
    trunk = _still(-100, 56, "", _still(-90, 20, "rom-head"), _still(110, 52, "rom-arm"))
    return _floor() + _thing(f"M 24 112 H 172 M 36 112 V {FLOOR} M 160 112 V {FLOOR}") + _bones(62, 100, trunk, leg)


def _lunge() -> str:
    """Foot flat, the knee goes to the wall."""
    trunk = Bone(50, (-90, -84), "", (_still(-88, 20, "rom-head"), Bone(58, (0, -14), "rom-arm")))
    rear = Bone(44, (112, 128), "rom-far", (Bone(42, (102, 142), "rom-far", (_still(0, 18, "rom-far"),)),))
    thigh = Bone(46, (-112, -146), "rom-leg", (trunk, rear))
    shank = Bone(46, (-82, -48), "rom-leg", (thigh,))
    foot = f'<line x1="142" y1="{FLOOR - 4}" x2="180" y2="{FLOOR - 4}" class="rom-limb rom-own"/>'
    return _floor() + _thing(f"M 206 20 V {FLOOR}") + _bones(148, FLOOR - 8, shank) + foot


def _heel_raise() -> str:
    """Onto the toes and down again."""
    trunk = _still(-90, 40, "", _still(-90, 19, "rom-head"), Bone(52, (28, 40), "rom-arm"))
    leg = _still(-90, 38, "rom-leg", _still(-90, 36, "rom-leg", trunk))
    foot = Bone(36, (180, 232), "rom-own", (leg,))
    return _floor() + _thing(f"M 190 30 V {FLOOR}") + _bones(140, FLOOR - 5, foot)


def _walk() -> str:
    """A walk past the camera."""

    def leg(hip: tuple[float, float], knee: tuple[float, float], kind: str, foot: str) -> Bone:
        toes = Bone(22, (knee[0] - 88, knee[1] - 88), foot)
        return Bone(40, hip, kind, (Bone(40, knee, kind, (toes,)),))

    trunk = _still(-88, 46, "", _still(-88, 19, "rom-head"))
    near = leg((64, 112), (78, 134), "rom-leg", "rom-own")
    far = leg((112, 64), (134, 78), "rom-far", "rom-far")
    arrow = f'<path d="M 170 {FLOOR - 60} h 44 m -12 -10 l 12 10 l -12 10" class="rom-arrow"/>'
    return _floor() + arrow + _bones(104, 78, far, trunk, near)


FIGURES = {
    "seated": _seated(),
    "long-sit": _long_sitting(),
    "lunge": _lunge(),
    "heel-raise": _heel_raise(),
    "walk": _walk(),
}
