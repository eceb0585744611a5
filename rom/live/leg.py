"""The leg in the live camera: from one picture to what it shows, quickly enough for every one of them."""

from collections import deque
from dataclasses import replace
from typing import Self

import numpy as np

from rom.ankle.angle import joined_knee
from rom.ankle.leg import yaw_of_lines
from rom.ankle.view import TRUNK_NAMES, lead_over_trunk, seen_from
from rom.geometry import knee_flexion_from_points
from rom.live.lookout import ROUND_S, Lookout, Noticed
from rom.live.reading import NAN, LiveReading
from rom.live.steady import Steady
from rom.pose.leg_network import LegNetwork
from rom.pose.leg_tracker import LegTracker
from rom.pose.near_leg import BODY_LEG, BODY_NAMES, body_facing, whose
from rom.records import LEG_LANDMARKS, Bools, Floats, Image
from rom.settings import Settings

TRUNK = [BODY_NAMES.index(name) for name in TRUNK_NAMES]
HIP = {side: BODY_NAMES.index(f"{side}_hip") for side in BODY_LEG}
LINES = [LEG_LANDMARKS.index(n) for n in ("fibular_head", "lateral_malleolus", "plantar_heel", "plantar_mt5")]
FOOT = [LEG_LANDMARKS.index(n) for n in ("posterior_heel", "toe_tip")]
JOINTS = [LEG_LANDMARKS.index(n) for n in ("knee_centre", "ankle_centre")]
TURNED_LOOKS = 2  # somebody seen facing the other way in so many looks round has turned round
VIEW_LOOKS = 3  # the view is told from the last so many looks at the trunk
VIEW_PICTURES = 30  # or from the foot in the last so many pictures
PEOPLE_LOOKS = 2  # somebody counts who is there in so many looks: one alone takes a chair for a person now and then
LEVEL_LOOKS = 3  # the level is told from the last so many looks at lines
KNEE_KEPT_S = 2 * ROUND_S  # a knee that was seen longer ago is not known any more


class LiveLeg:
    """Follows one leg from picture to picture; a context manager.

    The leg's own network looks at every picture; people, level and a leg that is not yet found are looked for on a
    thread of their own, so that no picture waits for them. Numbers are for the eye and the guide, never a result.

    Parameters
    ----------
    recorded_px : (width, height) of what the browser records, where the pictures are smaller copies of it: lengths
        are told in its pixels. None: of the pictures themselves.
    settings : the gate for shoulders and hips.
    """

    def __init__(self, recorded_px: tuple[int, int] | None = None, settings: Settings | None = None) -> None:
        self._recorded_px = recorded_px
        self._settings = settings or Settings()
        self._lookout = Lookout(LegNetwork("leg"))
        self._leg: LegTracker | None = None
        self._people: deque[int] = deque(maxlen=PEOPLE_LOOKS)
        self._level_deg: deque[float] = deque(maxlen=LEVEL_LOOKS)
        self._begin(None)

    def look(self, image: Image, time_s: float) -> LiveReading:
        """What a picture shows.

        Parameters
        ----------
        image : (H, W, 3) RGB, upright and not mirrored. time_s : seconds, from picture to picture rising.
        """
        from rom.video.picture import brightness  # loads OpenCV

        noticed = self._lookout.heard()
        if noticed is not None:
            self._take(noticed, time_s)
        if self._leg is not None and not self._leg.follow(image):
            self._begin(None)
        self._lookout.send(image, time_s, searching=self._leg is None)
        height, width = image.shape[:2]
        reading = LiveReading(
            time_s=time_s,
            size_px=self._recorded_px or (width, height),
            people=min(self._people, default=0),
            brightness=brightness(image),
            roll_deg=float(np.median(self._level_deg)) if self._level_deg else NAN,
        )
        return self._with_leg(reading, width, height) if self._leg is not None and self._leg.seen else reading

    def _with_leg(self, reading: LiveReading, width: int, height: int) -> LiveReading:
        """The reading with what is seen of the leg, in a picture of that size."""
        assert self._leg is not None
        look, time_s = self._leg.look, reading.time_s
        shares = look.points_px / (width, height)
        self._foot_yaw.append(float(yaw_of_lines(look.lines)))
        yaw_deg, yaw_sd_deg, _ = seen_from(np.array(self._lead), np.array(self._foot_yaw))
        shown = look.inside[LINES].all() and ((shares[LINES] >= 0) & (shares[LINES] <= 1)).all()
        scale = reading.size_px[0] / width
        return replace(
            reading,
            people=max(reading.people, 1),
            angle_deg=self._steady.next(look.angle_deg, time_s) if shown else NAN,
            angle_sd_deg=look.angle_sd_deg if shown else NAN,
            points={name: (float(x), float(y)) for name, (x, y) in zip(LEG_LANDMARKS, shares, strict=True)},
            side=self._leg.side,
            presence=look.presence,
            shank_px=scale * look.shank_px,
            foot_px=scale * float(np.linalg.norm(np.subtract(*look.points_px[FOOT]))),
            knee_deg=self._knee_deg if time_s - self._knee_s <= KNEE_KEPT_S else NAN,
            yaw_deg=yaw_deg,
            yaw_sd_deg=yaw_sd_deg,
        )

    def close(self) -> None:
        """Free the models; a second call does nothing."""
        self._lookout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _begin(self, leg: LegTracker | None) -> None:
        """Follow a leg of which nothing else is known yet, or none."""
        self._leg = leg
        self._steady = Steady()
        self._against = 0
        self._knee_deg, self._knee_s = NAN, float("-inf")
        self._lead: deque[float] = deque(maxlen=VIEW_LOOKS)
        self._foot_yaw: deque[float] = deque(maxlen=VIEW_PICTURES)

    def _take(self, noticed: Noticed, time_s: float) -> None:
        """Take over what a look round found."""
        self._people.append(len(noticed.bodies))
        if np.isfinite(noticed.roll_deg):
            self._level_deg.append(noticed.roll_deg)
        if self._leg is None and noticed.leg is not None:
            self._begin(noticed.leg)
        if self._leg is None:
            return
        row = whose(self._leg, noticed.bodies, set(range(len(noticed.bodies))))
        if row < 0:
            return
        body, sure = noticed.bodies.points_px[row], noticed.bodies.confidence[row] >= self._settings.confidence_min
        facing = -1 if self._leg.mirrored else 1
        self._against = self._against + 1 if body_facing(body) == -facing else 0
        if self._against >= TURNED_LOOKS:
            self._begin(None)
            return
        shank_px = np.array([self._leg.shank_px])
        self._lead.append(float(lead_over_trunk(body[None, TRUNK], sure[None, TRUNK], facing, shank_px)[0]))
        self._knee_deg, self._knee_s = _knee_deg(body, sure, self._leg), time_s


def _knee_deg(body: Floats, sure: Bools, leg: LegTracker) -> float:
    """Knee flexion from the hip of a body (K, 2) and the leg's own knee and ankle; NaN where they do not fit."""
    columns = [HIP[leg.side], *BODY_LEG[leg.side][:2]]
    person = np.where(sure[columns, None], body[columns], np.nan)
    joined = joined_knee(person[None], leg.look.points_px[None, JOINTS])
    return float(knee_flexion_from_points(joined, -1 if leg.mirrored else 1)[0])
