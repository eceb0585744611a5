"""From a still to what the network sees: a canonical crop, disturbed as phones, codecs and crops disturb it.

The crop itself is the instrument's (`rom.pose.leg_crop`); here it is laid as a tracker or a user would lay it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from calibration.leg_landmarks.stills import Stills
from calibration.people.landmarks import LANDMARKS
from rom.pose.leg_crop import crop_affine, directions_to_crop, spun, to_crop, warp

KNEE, ANKLE = LANDMARKS.index("knee_centre"), LANDMARKS.index("ankle_centre")
#: What the network is asked for.
ASKED = (
    "fibular_head",
    "lateral_malleolus",
    "heel_plantar",
    "mt5_plantar",
    "heel_posterior",
    "mt1_plantar",
    "toe_tip",
    "knee_centre",
    "ankle_centre",
)
NOTHING_SHARE = 0.12  # of the crops in training show no leg where one is expected
OTHER_SHARE = 0.12  # of the crops in training are centred on the far leg, whose inner side the camera sees
APART_SHANKS = 0.35
FOOT = [LANDMARKS.index(name) for name in ("ankle_centre", "heel_plantar", "mt5_plantar", "toe_tip")]
ORDER = tuple(LANDMARKS.index(name) for name in ASKED)


@dataclass(frozen=True)
class Sample:
    """One crop with its labels.

    Attributes
    ----------
    picture : (S, S, 3) uint8 RGB
    points : (K, 2) in crop coordinates, in the order of ASKED; known (K,) 1 where seen, 0.5 hidden, 0 outside
    angle_deg : clinical angle. lines (2, 3) : shank and foot in the crop's axes. leg : False where none is centred
    """

    picture: np.ndarray
    points: np.ndarray
    known: np.ndarray
    angle_deg: float
    lines: np.ndarray
    leg: bool


def jittered(affine: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """The crop as a tracker or a user would have placed it: turned, scaled, shifted about its middle."""
    turn = np.radians(rng.normal(0, 9) if rng.random() < 0.75 else rng.uniform(-35, 35)) * strength
    scale = np.exp(rng.uniform(-0.22, 0.22) * strength)
    moved = spun(affine, float(turn), float(scale))
    return np.column_stack([moved[:, :2], moved[:, 2] + rng.normal(0, 0.045, 2) * strength])


def sample_of(
    stills: Stills, i: int, size_px: int, rng: np.random.Generator, train: bool, disturb: bool = True
) -> Sample:
    """One crop of a still; in training disturbed, and now and then where no leg is, or of the far leg."""
    points = stills.points_px[i].astype(float)
    kind = rng.random() if train else 1.0
    far = kind < OTHER_SHARE and _apart(points)
    centred = points[1] if far else points[0]
    affine = crop_affine(centred[KNEE], centred[ANKLE], bool(stills.mirrored[i]))
    affine = jittered(affine, rng, 1.0 if train else 0.4)
    nothing = OTHER_SHARE <= kind < OTHER_SHARE + NOTHING_SHARE
    if nothing:
        affine = _elsewhere(affine, rng)
    return _sample(stills, i, affine, not (far or nothing), size_px, rng, train and disturb)


def _apart(points: np.ndarray) -> bool:
    """Whether both legs (2, K, 2) stand clear of each other, their shanks of about one length."""
    shank, other = (float(np.linalg.norm(leg[KNEE] - leg[ANKLE])) for leg in points)
    gap = float(np.linalg.norm(points[0, ANKLE] - points[1, ANKLE]))
    return gap > APART_SHANKS * shank and 0.5 < other / max(shank, 1e-9) < 2.0


def window_of(stills: Stills, i: int, size_px: int, rng: np.random.Generator, train: bool) -> Sample:
    """A level window of a still in which a leg is to be found, or one in which neither foot is."""
    points = stills.points_px[i, 0].astype(float)
    side_px = float(np.ptp(points, axis=0).max()) / rng.uniform(0.25, 0.9)  # knee to toes fill so much of it
    middle = points.mean(0) + (rng.uniform(-0.5, 0.5, 2) * side_px * 0.6 if train else 0.0)
    flip = np.diag([-1.0 if rng.random() < 0.5 else 1.0, 1.0])
    affine = np.column_stack([flip / side_px, 0.5 - flip @ middle / side_px])
    affine = spun(affine, float(np.radians(rng.normal(0, 6))), 1.0) if train else affine
    if train and rng.random() < 2 * NOTHING_SHARE:
        away = rng.uniform(0.5, 1.3) * np.exp(1j * rng.uniform(0, 2 * np.pi))
        affine[:, 2] += (away.real, away.imag)
    feet = to_crop(stills.points_px[i][:, FOOT].reshape(-1, 2), affine)
    near = feet[: len(FOOT)]
    leg = bool(((near > 0) & (near < 1)).all(1).mean() > 0.6)
    nothing = not ((feet > -0.05) & (feet < 1.05)).all(1).any()
    sample = _sample(stills, i, affine, leg, size_px, rng, train, mirrors=False)
    return sample if leg or nothing else window_of(stills, i, size_px, rng, train)


def _sample(
    stills: Stills,
    i: int,
    affine: np.ndarray,
    leg: bool,
    size_px: int,
    rng: np.random.Generator,
    train: bool,
    mirrors: bool = True,
) -> Sample:
    """Picture and labels as a crop shows them; `mirrors` : the still may be continued by its reflection."""
    import cv2

    image = np.asarray(cv2.imdecode(np.frombuffer(stills.pictures[i], np.uint8), cv2.IMREAD_COLOR))
    border = cv2.BORDER_REFLECT_101 if mirrors and rng.random() < 0.6 else cv2.BORDER_REPLICATE
    border = cv2.BORDER_CONSTANT if rng.random() < 0.2 else border
    picture = np.ascontiguousarray(warp(image, affine, size_px, border)[..., ::-1])
    if train:
        picture = disturbed(picture, rng)
    inside = to_crop(stills.points_px[i, 0, list(ORDER)].astype(float), affine)
    seen = np.where(stills.visible[i, 0, list(ORDER)] == 2, 1.0, 0.5)
    seen = np.where(((inside > 0) & (inside < 1)).all(1), seen, 0.0)
    return Sample(
        picture, inside, seen * leg, float(stills.clinical_deg[i]), directions_to_crop(stills.lines[i], affine), leg
    )


def _elsewhere(affine: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A crop beside the leg, of any size and turn; or of a leg much too large or too small, or on its head."""
    kind = rng.random()
    if kind < 0.7:
        away = rng.uniform(0.8, 1.8) * np.exp(1j * rng.uniform(0, 2 * np.pi))
        beside = np.column_stack([affine[:, :2], affine[:, 2] + (away.real, away.imag)])
        return spun(beside, float(rng.uniform(-np.pi, np.pi)), float(np.exp(rng.uniform(0.0, 1.5))))
    turn = rng.choice([-1, 1]) * np.radians(rng.uniform(75, 180)) if kind < 0.85 else 0.0
    scale = 1.0 if kind < 0.85 else np.exp(rng.choice([-1, 1]) * rng.uniform(0.7, 1.4))
    return spun(affine, float(turn), float(scale))


def disturbed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Occluders, blur, poor focus, exposure, colour, noise and compression, each now and then."""
    picture = _occluded(picture, rng) if rng.random() < 0.4 else picture
    picture = _blurred(picture, rng)
    picture = _recoloured(picture, rng)
    return _compressed(picture, rng) if rng.random() < 0.5 else picture


def _occluded(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ellipses and bars of one colour, or of another part of the picture, laid over it."""
    import cv2

    size = len(picture)
    out = picture.copy()
    for _ in range(int(rng.integers(1, 4))):
        mask = np.zeros((size, size), np.uint8)
        middle = tuple(float(v) for v in rng.uniform(0, size, 2))
        width, height = (float(v) for v in size * np.exp(rng.uniform(np.log(0.03), np.log(0.35), 2)))
        box = (middle, (width, height), float(rng.uniform(0, 180)))
        if rng.random() < 0.5:
            cv2.ellipse(mask, box, 255, -1)
        else:
            cv2.fillPoly(mask, [cv2.boxPoints(box).astype(np.int32)], 255)
        plain = np.broadcast_to(rng.integers(0, 255, 3).astype(np.uint8), picture.shape)
        patch = (
            plain if rng.random() < 0.5 else np.roll(picture, int(rng.integers(size)), axis=int(rng.integers(2)))
        )
        out[mask > 0] = patch[mask > 0]
    return out


def _blurred(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Out of focus, smeared, low resolution, or sharpened."""
    import cv2

    size, kind = len(picture), rng.random()
    if kind < 0.18:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 2.2))))
    if kind < 0.34:
        length = int(rng.integers(3, 13))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(rng.integers(length))), (length - 1, int(rng.integers(length))), 1.0, 1)
        kernel = np.rot90(kernel, int(rng.integers(2))).copy()
        return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()))
    if kind < 0.58:
        small = cv2.resize(
            picture, None, fx=(f := float(rng.uniform(0.25, 0.8))), fy=f, interpolation=cv2.INTER_AREA
        )
        return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR))
    if kind < 0.66:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.5)
        return np.asarray(np.clip(2.0 * picture - soft, 0, 255), dtype=np.uint8)
    return picture


def _recoloured(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Exposure, gamma, tint, saturation, uneven light, noise; whole numbers throughout, for speed."""
    import cv2

    level = np.repeat(np.linspace(0, 1, 256)[:, None], 3, axis=1)
    if rng.random() < 0.8:
        level = level ** np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.2)) + rng.normal(0, 0.06)
    if rng.random() < 0.7:
        level = level * np.exp(rng.normal(0, 0.10, 3))
    y = cv2.LUT(picture, np.clip(level * 255, 0, 255).astype(np.uint8)[:, None])
    keep = 0.0 if rng.random() < 0.06 else float(rng.uniform(0.4, 1.5))
    y = cv2.transform(y, keep * np.eye(3) + (1 - keep) / 3)
    if rng.random() < 0.3:
        ramp = np.linspace(-1, 1, len(y), dtype=np.float32)
        turn, most = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0, 0.5))
        light = 1 + most * (np.sin(turn) * ramp[:, None] + np.cos(turn) * ramp)
        y = cv2.multiply(y, cv2.merge([light] * 3), dtype=cv2.CV_8U)
    if rng.random() < 0.6:
        grain = _grain(len(y), bool(rng.random() < 0.5))
        grain = np.roll(grain, tuple(int(v) for v in rng.integers(len(y), size=2)), axis=(0, 1))
        y = cv2.scaleAdd(grain, float(rng.uniform(0, 0.06)) * 255, y.astype(np.float32))
        y = np.clip(y, 0, 255).astype(np.uint8)
    return np.asarray(y)


@cache
def _grain(size_px: int, soft: bool) -> np.ndarray:
    """One sheet of noise of SD 1 (S, S, 3), shifted anew for each crop."""
    import cv2

    grain = np.random.default_rng(size_px).standard_normal((size_px, size_px, 3), dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.8) * 2 if soft else grain)


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through JPEG and back."""
    import cv2

    quality = int(rng.integers(15, 90))
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))
