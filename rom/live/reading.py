"""What one picture of the live camera shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rom.geometry import foot_inclination_from_points, tibia_inclination_from_points
from rom.records import Floats, Side

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class LiveReading:
    """What one picture shows at once. No number of it is a result: that comes from the recording.

    Attributes
    ----------
    time_s : of the picture, as it was given.
    size_px : (width, height) of the recording, in whose pixels lengths are told.
    angle_deg, angle_sd_deg : ankle angle, dorsiflexion +, lightly smoothed, and what the network itself says of one
        picture's SD; NaN where no leg is seen, or an end of its two lines lies outside the picture.
    points : the nine places of the leg by name (`rom.records.LEG_LANDMARKS`), (x, y) as shares of the picture, also
        beyond its edge (then a guess); empty where no leg is seen.
    side : the leg that is seen; None where none is. presence : 0 to 1, that it is one.
    shank_px, foot_px : knee to ankle, and heel to tip of the toes.
    knee_deg : knee flexion, told now and then, so up to two seconds old; NaN where the hip is not in view.
    people : how many are in view, told as seldom.
    brightness : 0 to 255. roll_deg : how far the picture is turned, clockwise +; NaN where no lines tell.
    yaw_deg, yaw_sd_deg : how far from side-on, + from the front, and its SD; NaN where no leg is seen.
    """

    time_s: float
    size_px: tuple[int, int] = (1, 1)
    angle_deg: float = NAN
    angle_sd_deg: float = NAN
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    side: Side | None = None
    presence: float = 0.0
    shank_px: float = NAN
    foot_px: float = NAN
    knee_deg: float = NAN
    people: int = 0
    brightness: float = NAN
    roll_deg: float = NAN
    yaw_deg: float = NAN
    yaw_sd_deg: float = NAN

    @property
    def seen(self) -> bool:
        """Whether a leg is seen."""
        return self.side is not None

    @property
    def facing(self) -> int:
        """+1 where the toes point right, -1 left; 0 where no leg is seen."""
        return {"right": 1, "left": -1, None: 0}[self.side]

    @property
    def lean_deg(self) -> float:
        """Lean of the shank from the vertical, + with the knee forward; NaN where no leg is seen."""
        if not self.seen:
            return NAN
        return float(
            tibia_inclination_from_points(self.places_px("fibular_head", "lateral_malleolus"), self.facing)
        )

    @property
    def foot_tilt_deg(self) -> float:
        """Tilt of the foot line, + with the toes higher; NaN where no leg is seen."""
        if not self.seen:
            return NAN
        return float(foot_inclination_from_points(self.places_px("plantar_heel", "plantar_mt5"), self.facing))

    def places_px(self, *names: str) -> Floats:
        """(len(names), 2) places of the leg in pixels of the recording."""
        return np.array([self.points[name] for name in names]) * self.size_px
