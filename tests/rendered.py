"""Pictures of flat things, drawn by a camera of our own whose lens is planted: nothing of OpenCV's calibration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rom.camera.targets import MODULE_MM, black_modules
from rom.geometry import distort_points, undistort_points
from rom.records import Image, Lens

Array = NDArray[np.floating]
GROUND, PAPER, INK = 95.0, 225.0, 25.0  # grey values
SUBPIXELS = 2  # each pixel is the mean of 2 x 2 samples, as a sensor's is
WHITE_MM = 12.0  # blank paper round the board


@dataclass(frozen=True)
class PlantedCamera:
    """A lens that bends: focal length and middle in pixels from the picture's corner, five coefficients."""

    width_px: int = 960
    height_px: int = 540
    focal_px: float = 700.0
    middle_px: tuple[float, float] = (487.0, 262.0)
    distortion: tuple[float, float, float, float, float] = (-0.28, 0.07, 0.0008, -0.0006, 0.0)

    @property
    def matrix(self) -> list[list[float]]:
        """[[f, 0, cx], [0, f, cy], [0, 0, 1]]."""
        (cx, cy), f = self.middle_px, self.focal_px
        return [[f, 0.0, cx], [0.0, f, cy], [0.0, 0.0, 1.0]]

    def rays(self) -> Array:
        """(2 H, 2 W, 3) direction in which each sample of the picture looks: right, down, forward."""
        rows, columns = SUBPIXELS * self.height_px, SUBPIXELS * self.width_px
        y, x = np.mgrid[0:rows, 0:columns]
        places = (np.stack([x, y], axis=-1) + 0.5) / SUBPIXELS
        ideal = undistort_points(places, self.matrix, self.distortion)
        tangents = (ideal - self.middle_px) / self.focal_px
        return np.concatenate([tangents, np.ones((rows, columns, 1))], axis=-1)


def turn(*yaw_pitch_roll_deg: float) -> Array:
    """(3, 3) a plane's axes across and down, and its normal, as columns in the camera's axes."""
    a, b, c = np.deg2rad(yaw_pitch_roll_deg)
    yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll)


def met(rays: Array, axes: Array, middle_mm: Array) -> Array:
    """(..., 2) where rays meet a plane, millimetres from its middle along its own axes."""
    reach = (axes[:, 2] @ middle_mm) / (rays @ axes[:, 2])
    return np.asarray((rays * reach[..., None] - middle_mm) @ axes[:, :2])


def board_light(place_mm: Array) -> Array:
    """Grey value of the board at places (..., 2) in millimetres from its middle."""
    black = black_modules()
    size_mm = MODULE_MM * np.array(black.shape[::-1])
    cell = np.floor((place_mm + size_mm / 2) / MODULE_MM).astype(int)
    inside = ((cell >= 0) & (cell < black.shape[::-1])).all(axis=-1)
    ink = black[np.where(inside, cell[..., 1], 0), np.where(inside, cell[..., 0], 0)] & inside
    paper = (np.abs(place_mm) <= size_mm / 2 + WHITE_MM).all(axis=-1)
    return np.where(ink, INK, np.where(paper, PAPER, GROUND))


def sheet_light(place_mm: Array, size_mm: tuple[float, float]) -> Array:
    """Grey value of a blank sheet at places (..., 2) in millimetres from its middle."""
    return np.where((np.abs(place_mm) <= np.array(size_mm) / 2).all(axis=-1), PAPER, GROUND)


def developed(light: Array, seed: int, blur_px: float = 0.7, noise: float = 3.0) -> Image:
    """(H, W, 3) picture of (2 H, 2 W) light: pixels, a soft lens, and a sensor's noise."""
    import cv2

    rows, columns = light.shape[0] // SUBPIXELS, light.shape[1] // SUBPIXELS
    pixels = light.reshape(rows, SUBPIXELS, columns, SUBPIXELS).mean(axis=(1, 3))
    soft = cv2.GaussianBlur(pixels, (0, 0), blur_px)
    grainy = soft + np.random.default_rng(seed).normal(0.0, noise, soft.shape)
    return np.repeat(np.clip(np.round(grainy), 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def board_pictures(camera: PlantedCamera, count: int = 24, seed: int = 7) -> list[Image]:
    """The board moved through the whole picture, tilted each way."""
    rng = np.random.default_rng(seed)
    rays = camera.rays()
    pictures = []
    for k in range(count):
        across, down = (k % 4 - 1.5) / 1.5, (k // 4 % 3 - 1.0)
        depth_mm = rng.uniform(380.0, 520.0)
        half = 0.36 * depth_mm * np.array([camera.width_px, camera.height_px]) / camera.focal_px
        middle = np.array([across * half[0], down * half[1], depth_mm])
        axes = turn(*rng.uniform(-35.0, 35.0, 2), rng.uniform(-20.0, 20.0))
        pictures.append(developed(board_light(met(rays, axes, middle)), seed + k))
    return pictures


def lens_of(camera: PlantedCamera, **known: float) -> Lens:
    """The planted lens as a calibration that found it exactly would tell it."""
    return Lens(
        matrix=tuple(tuple(row) for row in camera.matrix),
        distortion=camera.distortion,
        focal_sd_px=1.0,
        distortion_sd=(0.0,) * 5,
        rms_px=known.get("rms_px", 0.2),
        held_out_px=known.get("held_out_px", 0.3),
        views=20,
        coverage=1.0,
        made="planted",
    )


def seen_at(camera: PlantedCamera, place_mm: Array, axes: Array, middle_mm: Array) -> Array:
    """(N, 2) pixels at which points (N, 2) of a plane are drawn."""
    world = middle_mm + place_mm @ axes[:, :2].T
    ideal = camera.middle_px + camera.focal_px * world[:, :2] / world[:, 2:]
    return np.asarray(distort_points(ideal, camera.matrix, camera.distortion))
