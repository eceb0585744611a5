"""From a still to what the network sees: a canonical crop, disturbed as phones, codecs and crops disturb it.

A canonical crop has the shank pointing down and the toes to the right, its side 1.8 shank lengths; coordinates in
it are 0 to 1. Left legs, and right legs seen from inside, are mirrored.
"""

from dataclasses import dataclass

import numpy as np

from calibration.leg_landmarks.stills import Stills
from calibration.people.landmarks import LANDMARKS

SIDE_SHANKS = 1.8
ANKLE_AT = (0.40, 0.66)  # where the ankle lies in the crop: room for the foot in front and below
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


def crop_affine(knee: np.ndarray, ankle: np.ndarray, mirrored: bool) -> np.ndarray:
    """Affine (2, 3) from pixels to crop coordinates.

    Parameters
    ----------
    knee, ankle : (2,) pixels. mirrored : True where the toes point left of the shank.

    Examples
    --------
    >>> found = crop_affine(np.array([50.0, 0.0]), np.array([50.0, 100.0]), mirrored=False)
    >>> (found @ [50.0, 100.0, 1.0]).round(2), (found @ [50.0, 0.0, 1.0]).round(2)
    (array([0.4 , 0.66]), array([0.4 , 0.1 ]))
    """
    flip = np.diag([-1.0, 1.0]) if mirrored else np.eye(2)
    down = flip @ (ankle - knee)
    length = float(np.linalg.norm(down))
    turn = np.array([[down[1], -down[0]], [down[0], down[1]]]) / length
    linear = turn @ flip / (SIDE_SHANKS * length)
    return np.column_stack([linear, np.array(ANKLE_AT) - linear @ ankle])


def jittered(affine: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """The crop as a tracker or a user would have placed it: turned, scaled, shifted about its middle."""
    turn = np.radians(rng.normal(0, 9) if rng.random() < 0.75 else rng.uniform(-35, 35)) * strength
    scale = np.exp(rng.uniform(-0.22, 0.22) * strength)
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    middle = np.array([0.5, 0.5])
    spin = np.array([[c, -s], [s, c]])
    linear, shift = affine[:, :2], affine[:, 2]
    moved = spin @ (shift - middle) + middle + rng.normal(0, 0.045, 2) * strength
    return np.column_stack([spin @ linear, moved])


def sample_of(stills: Stills, i: int, size_px: int, rng: np.random.Generator, train: bool) -> Sample:
    """One crop of a still; in training now and then of a place where no leg is."""
    import cv2

    encoded = np.frombuffer(stills.pictures[i], np.uint8)
    image = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))[..., ::-1]
    points = stills.points_px[i, 0].astype(float)
    affine = crop_affine(points[KNEE], points[ANKLE], bool(stills.mirrored[i]))
    affine = jittered(affine, rng, 1.0 if train else 0.4)
    leg = not (train and rng.random() < 0.08)
    if not leg:
        affine = _elsewhere(affine, rng)
    picture = warp(image, affine, size_px, rng)
    if train:
        picture = disturbed(picture, rng)
    inside = points[list(ORDER)] @ affine[:, :2].T + affine[:, 2]
    seen = np.where(stills.visible[i, 0, list(ORDER)] == 2, 1.0, 0.5)
    seen = np.where(((inside > 0) & (inside < 1)).all(1), seen, 0.0)
    return Sample(picture, inside, seen * leg, float(stills.clinical_deg[i]), _turned(stills.lines[i], affine), leg)


def _elsewhere(affine: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A crop of the same size beside the leg, or much too large or small."""
    away = rng.uniform(0.8, 1.6) * np.exp(1j * rng.uniform(0, 2 * np.pi))
    shifted = affine.copy()
    shifted[:, 2] += (away.real, away.imag)
    return shifted


def _turned(lines: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Lines (2, 3) of the camera's axes in the crop's axes: turned and mirrored in the picture's plane."""
    scale = np.sqrt(abs(np.linalg.det(affine[:, :2])))
    flat = lines[:, :2] @ (affine[:, :2] / scale).T
    return np.column_stack([flat, lines[:, 2]])


def warp(image: np.ndarray, affine: np.ndarray, size_px: int, rng: np.random.Generator | None = None) -> np.ndarray:
    """Crop (S, S, 3) of an RGB picture; drawn larger and shrunk where it would alias."""
    import cv2

    scale = np.sqrt(abs(np.linalg.det(affine[:, :2]))) * size_px
    factor = 1 if scale > 0.7 else 2 if scale > 0.35 else 4
    border = cv2.BORDER_REFLECT_101 if rng is not None and rng.random() < 0.6 else cv2.BORDER_REPLICATE
    matrix = affine * size_px * factor
    size = (size_px * factor, size_px * factor)
    large = cv2.warpAffine(np.ascontiguousarray(image), matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(large if factor == 1 else cv2.resize(large, (size_px, size_px), interpolation=cv2.INTER_AREA))


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
    """Exposure, gamma, tint, saturation, uneven light, noise."""
    import cv2

    y = picture.astype(np.float32) / 255
    if rng.random() < 0.8:
        y = np.maximum(y, 0) ** float(np.exp(rng.normal(0, 0.25))) * float(np.exp(rng.normal(0, 0.2)))
        y += float(rng.normal(0, 0.06))
    if rng.random() < 0.7:
        y *= np.exp(rng.normal(0, 0.10, 3)).astype(np.float32)
    grey = y.mean(2, keepdims=True)
    y = grey + (y - grey) * (0.0 if rng.random() < 0.06 else float(rng.uniform(0.4, 1.5)))
    if rng.random() < 0.3:
        ramp = np.linspace(-1, 1, len(y), dtype=np.float32)
        turn = float(rng.uniform(0, 2 * np.pi))
        y *= 1 + float(rng.uniform(0, 0.5)) * (np.sin(turn) * ramp[:, None] + np.cos(turn) * ramp)[..., None]
    if rng.random() < 0.6:
        grain = rng.standard_normal(y.shape, dtype=np.float32)
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2 if rng.random() < 0.5 else grain
        y += grain * float(rng.uniform(0, 0.06))
    return np.asarray(np.clip(y, 0, 1) * 255, dtype=np.uint8)


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through JPEG and back."""
    import cv2

    quality = int(rng.integers(15, 90))
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))
