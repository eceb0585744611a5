"""What may be wrong with a measurement: one function a check, one plain sentence each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rom.ankle.angle import POSSIBLE_DEG, cleaned, gated
from rom.records import AngleTrack, Check, Floats, Landmarks, Severity, View
from rom.settings import Settings
from rom.tracks.known import known_median

#: A landmark closer to the border than this share of the picture may lie outside it.
BORDER_SHARE = 0.005
#: Share of frames with the leg at the border from which it counts as cut off, and from which it is said: the
#: end of a movement lasts no longer, and a toe that leaves the picture there is guessed.
CUT_OFF_SHARE, CUT_OFF_CAUTION = 0.2, 0.02
#: Share of frames in which the foot points the other way, from which it is said; fewer are slips of one frame.
TURNED_CAUTION = 0.05
#: Share of the recording in which the leg was not found: worth a caution, and too much.
LOST_CAUTION, LOST_STOP = 0.2, 0.7
#: Steps between frames larger than this at the quickest point leave the turning point between two frames.
STEP_CAUTION_DEG = 8.0
#: A hold is still; a movement that needs this many frames a second is not one.
RATE_MIN_HZ = 10.0
#: What phones and webcams film at.
RATE_WANTED_HZ = 30.0
#: Mean brightness (0 to 255, sRGB) below which feet drown in noise.
DARK_CAUTION = 40.0
#: Camera roll: tilts the picture, which the ankle angle does not feel but the shank's lean does.
ROLL_CAUTION_DEG = 5.0
#: The shank's apparent length varies by this share within a recording only where it leaves the plane.
SHANK_SPREAD_CAUTION, SHANK_SPREAD_STOP = 0.2, 0.4
#: No ankle goes further: the stiffest lunges reach 51 ± 5 (Dill 2014), elite dancers point 97 (Clippinger-Robertson
#: 1991), by other definitions of the foot; beyond this the landmarks are wrong.
PLAUSIBLE_DEG = (-POSSIBLE_DEG, 70.0)
#: An ankle that lands this far (in shank lengths) from where its last two places pointed has been exchanged for
#: the other one: a swinging foot in a walk, 40 m/s^2 at 15 pictures a second, misses by 0.4.
LEAP_SHANKS = 0.5
#: Frames further apart than this do not tell where the next place is.
LEAP_STEP_S = 0.15
#: Head and shoulders by which a pose model that was made for whole people finds the person.
HEAD, SHOULDERS = ("nose", "left_ear", "right_ear"), ("left_shoulder", "right_shoulder")
#: Part of the recording in which they must be in the picture.
IN_VIEW_SHARE = 0.5


def _as_they_are(points: Floats) -> Floats:
    """The points themselves."""
    return points


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of the pictures beside the landmarks; NaN where it is not known.

    `mm_per_px`, `mm_per_px_sd` hold in the plane of the leg, from a camera profile's scale.
    `on_picture` takes landmarks (..., 2) to where they lie on the picture as filmed; they differ from it where a
    camera profile has straightened them.
    """

    width_px: int
    height_px: int
    brightness: float = float("nan")
    roll_deg: float = float("nan")
    one_leg_nearer: bool = True
    mm_per_px: float = float("nan")
    mm_per_px_sd: float = float("nan")
    on_picture: Callable[[Floats], Floats] = _as_they_are


def side_checks(
    track: AngleTrack, landmarks: Landmarks, view: View, scene: Scene, settings: Settings
) -> tuple[Check, ...]:
    """All checks of one side that have something to say, the gravest first."""
    found = [
        *_cut_off(landmarks, track, scene),
        *_lost(track),
        *_turned(track),
        *_leaps(track, landmarks, settings),
        *_whole_person(track, landmarks, scene),
        *_foot_size(track, settings),
        *_oblique(track, view, settings),
        *_out_of_plane(track),
        *_implausible(track),
        *_too_fast(track),
        *_dark(track, scene),
        *_rolled(track, scene),
    ]
    rank: dict[Severity, int] = {"stop": 0, "caution": 1, "note": 2}
    return tuple(sorted(found, key=lambda check: rank[check.severity]))


def _lost(track: AngleTrack) -> Iterator[Check]:
    """The leg was not found in part of the recording."""
    share = 1.0 - float(np.isfinite(track.raw_deg).mean()) if len(track.raw_deg) else 1.0
    if share > LOST_STOP:
        yield Check(
            "leg_lost",
            "stop",
            f"Expected the {track.side} leg in the pictures, but found it in {1 - share:.0%} of them; film the "
            "whole person from the side, well lit, with nothing in front.",
            track.side,
            share,
        )
    elif share > LOST_CAUTION:
        yield Check(
            "leg_lost",
            "caution",
            f"The {track.side} leg was not found in {share:.0%} of the pictures.",
            track.side,
            share,
        )


def _turned(track: AngleTrack) -> Iterator[Check]:
    """The foot points the other way in part of the recording; those frames are left out."""
    known = track.raw_deg[np.isfinite(track.raw_deg)]
    share = float((np.abs(known) > POSSIBLE_DEG).mean()) if known.size else 0.0
    if share > TURNED_CAUTION:
        yield Check(
            "turned",
            "caution",
            f"The {track.side} foot points the other way in {share:.0%} of the pictures: the person turned round, "
            "or heel and toe were taken for each other. Those were left out; film one direction at a time.",
            track.side,
            share,
        )


def _leaps(track: AngleTrack, landmarks: Landmarks, settings: Settings) -> Iterator[Check]:
    """The pose model exchanges one leg for the other on the way."""
    ankle = cleaned(gated(landmarks, track.landmarks, settings.confidence_min), landmarks, settings)[:, 1]
    steps_s = np.diff(landmarks.time_s)
    if len(steps_s) < 2:
        return
    ratio = (steps_s[1:] / steps_s[:-1])[:, None]
    miss = np.linalg.norm(ankle[2:] - ankle[1:-1] - ratio * (ankle[1:-1] - ankle[:-2]), axis=-1)
    close = np.maximum(steps_s[1:], steps_s[:-1]) <= LEAP_STEP_S
    leap = miss / known_median(track.shank_px) > LEAP_SHANKS  # comparisons with NaN are False
    if (leap & close).any():
        at_s = float(landmarks.time_s[2:][leap & close][0])
        yield Check(
            "leap",
            "stop",
            f"At {at_s:.1f} s the {track.side} leg leaps in the picture: it was taken for the other leg. Move the "
            "other leg away or behind a cloth, wear another colour on it, and film again.",
            track.side,
            at_s,
            "s",
        )


def _whole_person(track: AngleTrack, landmarks: Landmarks, scene: Scene) -> Iterator[Check]:
    """The pose model was made for whole people and guesses a leg whose person it does not see."""
    if landmarks.legs is not None:
        return  # the leg itself was looked at
    known = set(landmarks.names)
    if not (known.issuperset((*HEAD, *SHOULDERS)) and scene.width_px and np.isfinite(track.raw_deg).any()):
        return
    seen = np.isfinite(track.raw_deg)
    head, shoulders = (_share_in_view(landmarks.points(*names)[seen], scene) for names in (HEAD, SHOULDERS))
    if shoulders < IN_VIEW_SHARE:
        yield Check(
            "upper_body_cut_off",
            "stop",
            "Head and shoulders are not in the picture, and without them the leg is guessed; film the whole "
            "person.",
            track.side,
            shoulders,
        )
    elif head < IN_VIEW_SHARE:
        yield Check(
            "head_cut_off",
            "caution",
            "The head is not in the picture; the leg is found more surely when the whole person is in view.",
            track.side,
            head,
        )


def _share_in_view(points: Floats, scene: Scene) -> float:
    """Share of frames in which at least one of (T, K, 2) points lies in the picture."""
    size = np.array([scene.width_px, scene.height_px], dtype=float)
    points = scene.on_picture(points)
    return float(((points >= 0) & (points <= size)).all(axis=-1).any(axis=-1).mean())


def _foot_size(track: AngleTrack, settings: Settings) -> Iterator[Check]:
    """The foot is too small in the picture."""
    foot_px = known_median(track.foot_px)
    if not np.isfinite(foot_px):
        return  # said by the check for a lost leg
    if foot_px < settings.foot_stop_px:
        yield Check(
            "foot_small",
            "stop",
            f"The foot is only {foot_px:.0f} pixels long, and at least {settings.foot_stop_px:.0f} are needed; "
            "move the camera closer or film at a higher resolution.",
            track.side,
            foot_px,
            "px",
        )
    elif foot_px < settings.foot_caution_px:
        yield Check(
            "foot_small",
            "caution",
            f"The foot is {foot_px:.0f} pixels long; {settings.foot_caution_px:.0f} or more give a steadier "
            "number. Move the camera closer.",
            track.side,
            foot_px,
            "px",
        )


def _cut_off(landmarks: Landmarks, track: AngleTrack, scene: Scene) -> Iterator[Check]:
    """Part of the foot lies outside the picture."""
    points = scene.on_picture(gated(landmarks, track.landmarks, confidence_min=0.0))
    seen = np.isfinite(points).all(axis=(1, 2))
    if not seen.any() or not scene.width_px:
        return
    size = np.array([scene.width_px, scene.height_px], dtype=float)
    margin = BORDER_SHARE * size
    outside = ((points < margin) | (points > size - margin)).any(axis=(1, 2)) & seen
    share = float(outside.sum() / seen.sum())
    if share > CUT_OFF_SHARE:
        yield Check(
            "foot_cut_off",
            "stop",
            f"The {track.side} leg reaches beyond the picture in {share:.0%} of the frames; "
            "leave a hand's breadth of room around knee and toes.",
            track.side,
            share,
        )
    elif share > CUT_OFF_CAUTION:
        yield Check(
            "foot_cut_off",
            "caution",
            f"The {track.side} leg touches the edge of the picture in {share:.0%} of the frames; where the end of "
            "the movement lies there, it is guessed. Leave a hand's breadth of room around knee and toes.",
            track.side,
            share,
        )


def _oblique(track: AngleTrack, view: View, settings: Settings) -> Iterator[Check]:
    """The camera did not look from the side."""
    if not np.isfinite(view.angle_deg):
        yield Check(
            "view_unknown",
            "caution",
            "Whether the camera looked exactly from the side could not be judged, because the upper body is "
            "not in view.",
            track.side,
        )
        return
    off = abs(view.angle_deg)
    where = "front" if view.angle_deg > 0 else "back"
    effect = _view_effect(view)
    if off > settings.view_stop_deg:
        yield Check(
            "view_oblique",
            "stop",
            f"Oblique view: the camera looked about {off:.0f}° from the {where} and not from the side; {effect}. "
            "Place it straight beside the ankle.",
            track.side,
            view.angle_deg,
            "deg",
        )
    elif off > settings.view_caution_deg:
        yield Check(
            "view_oblique",
            "caution",
            f"Oblique view: the camera looked about {off:.0f}° from the {where}; {effect}.",
            track.side,
            view.angle_deg,
            "deg",
        )


def _view_effect(view: View) -> str:
    """What a view off the side does to the number."""
    high, low = view.error_deg
    if view.corrected:
        return "the number is corrected for that, but less sure"
    return f"this view alone shifts the reading by about {high:+.0f}° (pulled up) and {low:+.0f}° (pointed)"


def _out_of_plane(track: AngleTrack) -> Iterator[Check]:
    """The shank swings towards or away from the camera."""
    known = track.shank_px[np.isfinite(track.shank_px)]
    if known.size < 2:
        return
    low, middle, high = (float(q) for q in np.percentile(known, [5, 50, 95]))
    spread = (high - low) / max(middle, 1e-9)
    effect = (
        f"The {track.side} lower leg changes its length in the picture by {spread:.0%}: it moved towards or away "
        "from the camera."
    )
    if spread > SHANK_SPREAD_STOP:
        advice = "That is too much for a number. Keep knee and foot beside the camera."
        yield Check("out_of_plane", "stop", f"{effect} {advice}", track.side, spread)
    elif spread > SHANK_SPREAD_CAUTION:
        yield Check("out_of_plane", "caution", effect, track.side, spread)


def _implausible(track: AngleTrack) -> Iterator[Check]:
    """An angle that no ankle reaches."""
    known = track.smooth_deg[np.isfinite(track.smooth_deg)]
    if known.size == 0:
        return
    low, high = float(known.min()), float(known.max())
    if low < PLAUSIBLE_DEG[0] or high > PLAUSIBLE_DEG[1]:
        yield Check(
            "implausible",
            "stop",
            f"The {track.side} ankle reads from {low:+.0f}° to {high:+.0f}°, which no ankle reaches: the landmarks "
            "are not on the foot. Film from the side, closer, bare foot, with nothing in front.",
            track.side,
            high if high > PLAUSIBLE_DEG[1] else low,
            "deg",
        )


def _too_fast(track: AngleTrack) -> Iterator[Check]:
    """The frame rate is too low for the movement."""
    if len(track.time_s) < 2:
        return
    rate_hz = 1.0 / float(np.median(np.diff(track.time_s)))
    steps = np.abs(np.diff(track.smooth_deg))
    step_deg = float(np.nanpercentile(steps, 99)) if np.isfinite(steps).any() else 0.0
    if rate_hz < RATE_MIN_HZ or step_deg > STEP_CAUTION_DEG:
        advice = (
            "move slower"
            if rate_hz > 0.99 * RATE_WANTED_HZ
            else f"move slower, or film at {RATE_WANTED_HZ:.0f} or more"
        )
        yield Check(
            "rate_low",
            "caution",
            f"The recording has {rate_hz:.0f} pictures a second, and the ankle moves up to {step_deg:.0f}° from "
            f"one to the next; {advice}.",
            track.side,
            rate_hz,
            "Hz",
        )


def _dark(track: AngleTrack, scene: Scene) -> Iterator[Check]:
    """The picture is too dark."""
    if scene.brightness < DARK_CAUTION:
        yield Check(
            "too_dark",
            "caution",
            "The picture is dark; more light on the leg gives a steadier number.",
            track.side,
            scene.brightness,
        )


def _rolled(track: AngleTrack, scene: Scene) -> Iterator[Check]:
    """The camera was not level."""
    if abs(scene.roll_deg) > ROLL_CAUTION_DEG:
        yield Check(
            "camera_rolled",
            "caution",
            f"The camera seems tilted by about {abs(scene.roll_deg):.0f}° {_turn(scene.roll_deg)}; "
            "the ankle angle does not mind, the lean of the shank does.",
            track.side,
            scene.roll_deg,
            "deg",
        )


def _turn(roll_deg: float) -> str:
    """Which way a roll turns."""
    return "clockwise" if roll_deg > 0 else "anticlockwise"
