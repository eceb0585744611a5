"""Rooms: floor, walls, skirting, door, window, pictures, clutter; and what the exam needs to sit or lean on.

A room's number seeds all its choices; sets use separate ranges of numbers.
"""

from dataclasses import dataclass

import numpy as np

from calibration.people.body import SIDE_SIGN
from calibration.recordings import texture
from calibration.recordings.camera import Camera
from calibration.recordings.figure import hsv
from calibration.recordings.materials import MaterialTable
from calibration.recordings.mesh import Mesh, box, cushion, cylinder, joined, patch
from calibration.recordings.performance import Performance

CEILING_M = 2.6
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Site:
    """Where a room must fit: floor height, the person's extent, the camera, the side it is on.

    `out` is +1 when the camera is on the +x side: the wall behind the person is on the other.
    """

    floor: float
    low: np.ndarray
    high: np.ndarray
    camera: Camera
    out: float
    exam: str


class Builder:
    """Collects a room's meshes and materials while drawing from one stream."""

    def __init__(self, site: Site, materials: MaterialTable, rng: np.random.Generator) -> None:
        self.site, self.materials, self.rng = site, materials, rng
        self.meshes: list[Mesh] = []

    def box(self, low: tuple[float, ...], high: tuple[float, ...], colour: np.ndarray, material: int) -> None:
        """Add a box; heights are over the floor."""
        floor = np.array([0, 0, self.site.floor])
        self.meshes.append(box(np.array(low) + floor, np.array(high) + floor, colour, material))

    def paint(self, gloss: float = 0.05, contrast: float = 0.15) -> tuple[np.ndarray, int]:
        """A painted surface's colour and material."""
        colour = hsv(self.rng.random(), self.rng.uniform(0, 0.5), self.rng.uniform(0.15, 0.95))
        return colour, self.materials.add(texture.PLAIN, colour * 0.75, gloss=gloss, contrast=contrast)

    def wood(self) -> tuple[np.ndarray, int]:
        """Wood: light pine to dark walnut."""
        colour = hsv(self.rng.uniform(0.05, 0.11), self.rng.uniform(0.25, 0.6), self.rng.uniform(0.25, 0.8))
        return colour, self.materials.add(texture.WOOD, colour * 0.55)


def build_room(site: Site, room: int, materials: MaterialTable) -> tuple[Mesh, Mesh]:
    """Floor and walls, which throw no shadow, and the things in the room, which do."""
    rng = np.random.default_rng([room, 11])
    b = Builder(site, materials, rng)
    wall_x = _behind(site, rng)
    ends = (float(site.low[1]) - rng.uniform(1.6, 4.0), float(site.high[1]) + rng.uniform(1.2, 3.5))
    _shell(b, wall_x, ends)
    shell, b.meshes = joined(b.meshes), []
    _on_wall(b, wall_x)
    _clutter(b, wall_x, ends)
    return shell, joined(b.meshes)


def _behind(site: Site, rng: np.random.Generator) -> float:
    """X of the wall behind the person."""
    edge = float(site.low[0] if site.out > 0 else site.high[0])
    return edge - site.out * float(rng.uniform(0.25, 1.6))


def _shell(b: Builder, wall_x: float, ends: tuple[float, float]) -> None:
    """Floor, three walls, skirting."""
    rng, site = b.rng, b.site
    near_x = site.camera.position[0] + site.out * 1.5
    x0, x1 = min(wall_x, near_x), max(wall_x, near_x)
    colour, floor = _floor(b)
    size_x, size_y = np.array([x1 - x0, 0, 0]), np.array([0, ends[1] - ends[0], 0])
    b.meshes.append(patch(np.array([x0, ends[0], site.floor]), size_x, size_y, colour, floor))
    wall_colour = hsv(rng.choice([0.1, 0.12, 0.55, 0.33, 0.6]), rng.uniform(0.02, 0.22), rng.uniform(0.62, 0.95))
    kind = rng.choice([texture.PLAIN, texture.PLAIN, texture.PLAIN, texture.STRIPES, texture.TILES])
    wall = b.materials.add(int(kind), wall_colour * rng.uniform(0.82, 0.95), scale=2.0, contrast=0.3)
    trim = b.materials.add(texture.PLAIN, np.full(3, 0.5), gloss=0.1, contrast=0.1)
    white = hsv(0.1, 0.03, rng.uniform(0.75, 0.95))
    b.box((wall_x - site.out * 0.1, ends[0], 0), (wall_x, ends[1], CEILING_M), wall_colour, wall)
    b.box((wall_x, ends[0], 0), (wall_x + site.out * 0.015, ends[1], rng.uniform(0.06, 0.14)), white, trim)
    for y, beyond in ((ends[0], -0.1), (ends[1], 0.1)):
        b.box((x0, y, 0), (x1, y + beyond, CEILING_M), wall_colour * 0.97, wall)
        b.box((x0, y, 0), (x1, y - np.sign(beyond) * 0.015, 0.09), white, trim)
    b.box((x0, ends[0], CEILING_M), (x1, ends[1], CEILING_M + 0.1), np.full(3, 0.85), trim)


def _floor(b: Builder) -> tuple[np.ndarray, int]:
    rng = b.rng
    kind = rng.choice([texture.PLANKS, texture.PLANKS, texture.TILES, texture.CARPET, texture.PLAIN])
    if kind == texture.PLANKS:
        colour = hsv(rng.uniform(0.05, 0.11), rng.uniform(0.2, 0.55), rng.uniform(0.35, 0.8))
        return colour, b.materials.add(texture.PLANKS, colour * 0.5, rate=float(rng.uniform(5, 11)))
    if kind == texture.TILES:
        colour = hsv(rng.choice([0.08, 0.1, 0.6]), rng.uniform(0.02, 0.25), rng.uniform(0.4, 0.85))
        return colour, b.materials.add(texture.TILES, colour * 0.6, rate=float(rng.uniform(1.6, 3.5)))
    if kind == texture.CARPET:
        colour = hsv(rng.random(), rng.uniform(0.05, 0.4), rng.uniform(0.25, 0.65))
        return colour, b.materials.add(texture.CARPET, colour * 0.55)
    colour = hsv(rng.choice([0.1, 0.55, 0.35]), rng.uniform(0.03, 0.3), rng.uniform(0.35, 0.75))
    return colour, b.materials.add(texture.PLAIN, colour * 0.7, gloss=0.3, contrast=0.35, scale=7)


def _on_wall(b: Builder, wall_x: float) -> None:
    """Door, window or curtain, pictures, switch on the wall behind the person."""
    rng, out = b.rng, b.site.out
    middle = (b.site.low[1] + b.site.high[1]) / 2
    hand = float(rng.choice([-1, 1]))  # the door on one hand, the window on the other
    if rng.random() < 0.55:
        y = middle + hand * rng.uniform(0.9, 2.0)
        colour, wood = b.wood() if rng.random() < 0.5 else b.paint(0.1)
        frame = hsv(0.1, 0.05, 0.85)
        b.box((wall_x, y - 0.49, 0), (wall_x + out * 0.035, y + 0.49, 2.08), frame, wood)
        b.box((wall_x, y - 0.42, 0), (wall_x + out * 0.05, y + 0.42, 2.0), colour, wood)
        b.box((wall_x, y + 0.33, 1.0), (wall_x + out * 0.11, y + 0.37, 1.03), np.full(3, 0.45), wood)
    if rng.random() < 0.45:
        _window(b, wall_x, middle - hand * float(rng.uniform(0.3, 1.6)))
    for i in range(int(rng.integers(0, 4))):
        y, z = middle + rng.uniform(-2.0, 2.0), rng.uniform(1.1, 1.7)
        w, h = rng.uniform(0.15, 0.4), rng.uniform(0.15, 0.4)
        deep = out * (0.012 + 0.006 * i)
        colour, edge = b.paint(0.2)
        shades = [hsv(rng.random(), rng.uniform(0, 0.8), rng.uniform(0.1, 0.95)) for _ in range(2)]
        picture = b.materials.add(
            texture.PICTURE, shades[1], scale=float(rng.uniform(2, 9)), rate=float(rng.uniform(0, 50))
        )
        b.box((wall_x, y - w - 0.02, z - h - 0.02), (wall_x + deep, y + w + 0.02, z + h + 0.02), colour, edge)
        b.box((wall_x, y - w, z - h), (wall_x + deep * 1.2, y + w, z + h), shades[0], picture)


def _window(b: Builder, wall_x: float, y: float) -> None:
    """A bright window with a frame, sometimes a radiator below and curtains beside it."""
    rng, out = b.rng, b.site.out
    glow = b.materials.add(texture.GLOW, np.ones(3), contrast=0.2, scale=2)
    white, paint = hsv(0.1, 0.02, 0.9), b.materials.add(texture.PLAIN, np.full(3, 0.6), contrast=0.1)
    half, low, high = rng.uniform(0.35, 0.7), rng.uniform(0.85, 1.1), rng.uniform(1.8, 2.2)
    b.box((wall_x, y - half - 0.06, low - 0.06), (wall_x + out * 0.03, y + half + 0.06, high + 0.06), white, paint)
    sky = hsv(0.58, rng.uniform(0.02, 0.25), 1.0) * rng.uniform(0.9, 1.5)
    b.box((wall_x, y - half, low), (wall_x + out * 0.035, y + half, high), sky, glow)
    b.box((wall_x, y - 0.02, low), (wall_x + out * 0.045, y + 0.02, high), white, paint)
    b.box((wall_x, y - half - 0.1, low - 0.09), (wall_x + out * 0.15, y + half + 0.1, low - 0.06), white, paint)
    if rng.random() < 0.5:
        for k in np.arange(-half, half, 0.07):
            b.box((wall_x + out * 0.04, y + k, 0.12), (wall_x + out * 0.11, y + k + 0.05, low - 0.2), white, paint)
    if rng.random() < 0.5:
        colour, _ = b.paint()
        cloth = b.materials.add(texture.WEAVE, colour * 0.7, relief=0.8, relief_scale=11)
        for side in (-1, 1):
            edge = y + side * (half + 0.1)
            b.box(
                (wall_x + out * 0.06, edge - 0.16, 0.1),
                (wall_x + out * 0.14, edge + 0.16, high + 0.2),
                colour,
                cloth,
            )


def _clutter(b: Builder, wall_x: float, ends: tuple[float, float]) -> None:
    """Things along the wall: shelf, cupboard, boxes, plant pot, bin, rug."""
    rng, out, site = b.rng, b.site.out, b.site
    room_m = abs(float(site.low[0] if out > 0 else site.high[0]) - wall_x)
    for _ in range(int(rng.integers(1, 5))):
        y = float(rng.uniform(ends[0] + 0.3, ends[1] - 0.3))
        deep = min(rng.uniform(0.2, 0.5), room_m * 0.8)
        if deep < 0.12:
            continue
        _thing(b, int(rng.integers(0, 5)), wall_x, y, float(deep))
    if rng.random() < 0.35:
        colour, _ = b.paint()
        rug = b.materials.add(texture.CARPET, colour * 0.5)
        y = (site.low[1] + site.high[1]) / 2 + rng.uniform(-0.5, 0.5)
        b.box((-0.9, y - rng.uniform(0.7, 1.4), 0), (0.9, y + rng.uniform(0.7, 1.4), 0.004), colour, rug)


def _thing(b: Builder, kind: int, wall_x: float, y: float, deep: float) -> None:
    rng, out = b.rng, b.site.out
    x = wall_x + out * (deep + 0.03)
    colour, wood = b.wood() if rng.random() < 0.6 else b.paint()
    near = wall_x + out * 0.03
    if kind == 0:
        height, half = rng.uniform(0.5, 1.9), rng.uniform(0.25, 0.6)
        b.box((near, y - half, 0.04), (x, y + half, height), colour, wood)
        for z in np.arange(0.3, height - 0.05, 0.33):
            b.box(
                (x, y - half + 0.03, z - 0.004), (x + out * 0.004, y + half - 0.03, z + 0.004), colour * 0.35, wood
            )
    elif kind == 1:
        for z in np.arange(0.4, rng.uniform(0.8, 1.9), 0.36):
            b.box((near, y - 0.45, z), (x, y + 0.45, z + 0.025), colour, wood)
            position = y - 0.42
            while position < y + 0.35:
                thick, tall = rng.uniform(0.02, 0.06), rng.uniform(0.15, 0.28)
                shade, paint = b.paint()
                b.box(
                    (near, position, z + 0.025), (near + out * deep * 0.8, position + thick, z + tall), shade, paint
                )
                position += thick + rng.choice([0.002, 0.002, 0.12])
    elif kind == 2:
        for _ in range(int(rng.integers(1, 4))):
            size = rng.uniform(0.1, 0.35, 2)
            shade, paint = b.paint()
            b.box((near, y - size[0], 0), (x, y + size[0], float(size[1])), shade, paint)
            y += float(size[0]) * 2.2
    elif kind == 3:
        floor = np.array([0, 0, b.site.floor])
        foot = np.array([wall_x + out * (deep / 2 + 0.1), y, 0.0]) + floor
        top = foot + UP * 0.3
        b.meshes.append(cylinder(foot, top, (0.10, 0.14), colour, wood))
        leaf = b.materials.add(texture.CARPET, hsv(0.3, 0.6, 0.15))
        for _ in range(14):
            tip = top + rng.normal(0, 1, 3) * [0.10, 0.16, 0.12] + UP * 0.42
            b.meshes.append(
                cylinder(top - UP * 0.02, tip, (0.035, 0.003), hsv(0.3, 0.6, rng.uniform(0.2, 0.5)), leaf)
            )
    else:
        cloth = b.materials.add(texture.WEAVE, colour * 0.7, relief=0.5, relief_scale=15)
        ground = b.site.floor
        low, high = sorted((near, x))
        b.meshes.append(
            cushion(np.array([low, y - 0.4, ground]), np.array([high, y + 0.4, ground + 0.42]), 0.3, colour, cloth)
        )


def build_furniture(
    site: Site, performance: Performance, seat_z: float, materials: MaterialTable, seed: int
) -> Mesh | None:
    """What the exam needs: a chair or couch to sit on, a wall or support in front."""
    rng = np.random.default_rng([seed, 13])
    b = Builder(site, materials, rng)
    if site.exam in ("seated", "long_sitting"):
        _seat(b, performance, seat_z)
    elif site.exam == "lunge":
        _front_wall(b)
    elif site.exam == "heel_raise":
        _support(b, performance)
    return joined(b.meshes) if b.meshes else None


def _seat(b: Builder, performance: Performance, seat_z: float) -> None:
    """Chair, stool or treatment couch under the thighs; under the legs in long sitting."""
    rng, site = b.rng, b.site
    body = performance.stage.body
    s = body.scale
    knee_y = float(performance.place("knee_centre")[:, 1].mean())
    ankle_y = float(performance.place("ankle_centre")[:, 1].mean())
    long_sitting = site.exam == "long_sitting"
    front = ankle_y + 0.12 * s if long_sitting else knee_y + 0.11 * s
    back = (
        float(performance.bones.head[:, body.bone("upperleg01.L"), 1].mean()) + (0.55 if long_sitting else 0.18) * s
    )
    half = (0.38 if long_sitting else rng.uniform(0.24, 0.34)) * s
    top = seat_z - site.floor
    colour, _ = b.paint()
    vinyl = b.materials.add(texture.PLAIN, colour * 0.8, gloss=0.25, contrast=0.2, relief=0.05, relief_scale=60)
    cloth = b.materials.add(texture.WEAVE, colour * 0.7, relief=0.3, relief_scale=20)
    cover = vinyl if rng.random() < 0.5 else cloth
    thick = rng.uniform(0.05, 0.10)
    low, high = np.array([-half, front, seat_z - thick]), np.array([half, back, seat_z])
    b.meshes.append(cushion(low, high, 0.2, colour, cover))
    frame, wood = (
        b.wood()
        if rng.random() < 0.6
        else (np.full(3, 0.35), b.materials.add(texture.PLAIN, np.full(3, 0.2), gloss=0.5))
    )
    b.box(
        (-half + 0.03, front + 0.05, top - thick - 0.04),
        (half - 0.03, back - 0.04, top - thick + 0.01),
        frame,
        wood,
    )
    leg = rng.uniform(0.012, 0.03)
    for x in (-half + 0.05, half - 0.05):
        for y in (front + 0.07, back - 0.07):
            b.box((x - leg, y - leg, 0), (x + leg, y + leg, top - thick), frame, wood)
    if not long_sitting and rng.random() < 0.65:
        b.box(
            (-half + 0.04, back + 0.01, top + 0.18),
            (half - 0.04, back + 0.04, top + rng.uniform(0.35, 0.5)),
            frame,
            wood,
        )
        for x in (-half + 0.05, half - 0.05):
            b.box((x - leg, back, top - 0.1), (x + leg, back + 0.03, top + 0.4), frame, wood)


def _front_wall(b: Builder) -> None:
    """The wall of the knee-to-wall test; it must not hide the person from the camera."""
    site = b.site
    y = float(site.low[1]) - 0.03
    if site.camera.position[1] < y + 0.3:
        return
    colour, paint = b.paint()
    pale = 0.4 * colour + 0.5
    b.box((site.low[0] - 3, y - 0.1, 0), (site.high[0] + 3, y, CEILING_M), pale, paint)
    b.box((site.low[0] - 3, y, 0), (site.high[0] + 3, y + 0.012, 0.09), np.full(3, 0.7), paint)


def _support(b: Builder, performance: Performance) -> None:
    """Back of a chair or a sideboard in front, where the hand rests."""
    rng, site = b.rng, b.site
    body = performance.stage.body
    hand = performance.bones.head[:, body.bone(f"wrist.{performance.side}")].mean(0)
    top = min(float(hand[2]) - site.floor - 0.02, 1.15)
    y = float(hand[1]) - 0.10
    colour, wood = b.wood()
    if rng.random() < 0.5:
        b.box((-0.24, y - 0.03, top - 0.25), (0.24, y, top), colour, wood)
        for x in (-0.22, 0.2):
            b.box((x, y - 0.03, 0), (x + 0.03, y, top - 0.2), colour, wood)
            b.box((x, y - 0.45, 0), (x + 0.03, y - 0.42, 0.44), colour, wood)
        b.box((-0.24, y - 0.45, 0.43), (0.24, y, 0.46), colour, wood)
    else:
        b.box((-0.5, y - 0.45, 0.05), (0.5, y, top), colour, wood)


def build_foreground(site: Site, materials: MaterialTable, seed: int) -> Mesh:
    """A piece of furniture nearer to the camera than the person, at the edge of the view of the body."""
    rng = np.random.default_rng([seed, 17])
    b = Builder(site, materials, rng)
    middle = (site.low + site.high) / 2
    x = site.camera.position[0] * 0.45 + middle[0] * 0.55
    y = float(middle[1] + rng.choice([-1, 1]) * rng.uniform(0.45, 0.7) * (site.high[1] - site.low[1]))
    colour, wood = b.wood() if rng.random() < 0.6 else b.paint()
    height = rng.uniform(0.3, 0.75)
    b.box((x - 0.2, y - 0.25, height - 0.04), (x + 0.2, y + 0.25, height), colour, wood)
    for dx in (-0.18, 0.16):
        for dy in (-0.23, 0.21):
            b.box((x + dx, y + dy, 0), (x + dx + 0.03, y + dy + 0.03, height), colour, wood)
    return joined(b.meshes)


def camera_side(camera: Camera, performance: Performance) -> float:
    """+1 when the camera is on the +x side of the person, -1 otherwise."""
    x = float(camera.position[0])
    return float(np.sign(x)) if abs(x) > 0.2 else SIDE_SIGN[performance.side]
