"""From linear light to what a camera delivers: exposure, tone, lens distortion, shake, noise, 8 bits."""

import numpy as np

from calibration.recordings.camera import Camera
from calibration.recordings.compiled import allocating, compiled
from calibration.recordings.motion import smooth_noise
from calibration.recordings.plan import Recording

SENSOR_STREAM, SHAKE_STREAM = 5, 6
MIDDLE_GREY = 0.21  # mean linear light of a well exposed picture
TONE_STEPS = 4096
TONE_WHITE = 1.6  # linear light that becomes white
NOISE_MARGIN = 64  # the noise field is larger than the picture by this much and moved at random


class Sensor:
    """Develops linear pictures of one recording; `shake_px` (T, 2) is what its shake adds to true pixels."""

    def __init__(self, row: Recording, camera: Camera, time_s: np.ndarray, first: np.ndarray) -> None:
        self._row = row
        self._rng = np.random.default_rng([row.seed, SENSOR_STREAM])
        mean = float(np.minimum(first, 1.5).mean())
        tint = 1 + self._rng.normal(0, 0.03) * np.array([1.0, 0.0, -1.0])
        self._gain = (MIDDLE_GREY / max(mean, 1e-3) * 2.0**row.exposure_ev * tint).astype(np.float32)
        self._tone = tone_table()
        shape = (row.height + NOISE_MARGIN, row.width + NOISE_MARGIN, 3)
        self._noise = _noise_field(self._rng, shape)
        self._maps = _distortion_maps(camera) if camera.k1 else None
        rng = np.random.default_rng([row.seed, SHAKE_STREAM])
        self.shake_px = np.stack([smooth_noise(time_s, rng, row.shake_px, 0.7) for _ in range(2)], 1)

    def develop(self, picture: np.ndarray, frame: int) -> np.ndarray:
        """8-bit RGB picture (H, W, 3) of a linear one."""
        import cv2

        image = tone(picture, self._gain, self._tone)
        if self._maps is not None:
            image = cv2.remap(image, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if self._row.shake_px > 0:
            move = np.array([[1, 0, self.shake_px[frame, 0]], [0, 1, self.shake_px[frame, 1]]])
            size = (self._row.width, self._row.height)
            image = cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REFLECT_101)
        if self._row.noise > 0:
            x, y = self._rng.integers(0, NOISE_MARGIN, 2)
            add_noise(image, self._noise, int(x), int(y), float(self._row.noise))
        return np.asarray(image)


def tone_table() -> np.ndarray:
    """Display value (TONE_STEPS,) uint8 of linear light 0 to TONE_WHITE: a soft shoulder and some contrast."""
    light = np.linspace(0, TONE_WHITE, TONE_STEPS)
    rolled = light * (1 + light / TONE_WHITE**2) / (1 + light) * 1.45
    value = np.clip(rolled, 0, 1) ** (1 / 2.2)
    value = value - 0.035 * np.sin(2 * np.pi * value)
    return np.asarray(np.clip(255 * value + 0.5, 0, 255), dtype=np.uint8)


@allocating
def tone(picture: np.ndarray, gain: np.ndarray, table: np.ndarray) -> np.ndarray:
    """8-bit picture by the tone table after a gain (3,) on each colour."""
    height, width, colours = picture.shape
    image = np.empty((height, width, colours), np.uint8)
    last = len(table) - 1
    for y in range(height):
        for x in range(width):
            for c in range(colours):
                step = int(picture[y, x, c] * gain[c] * (last / 1.6))
                image[y, x, c] = table[min(max(step, 0), last)]
    return image


def _noise_field(rng: np.random.Generator, shape: tuple[int, int, int]) -> np.ndarray:
    """Noise of unit variance, partly shared by the colours and by neighbouring pixels, as after demosaicing."""
    import cv2

    field = 0.8 * rng.standard_normal(shape, dtype=np.float32)
    field += 0.5 * rng.standard_normal((*shape[:2], 1), dtype=np.float32)
    field = 0.6 * field + 0.9 * cv2.GaussianBlur(field, (0, 0), 0.8)
    return np.asarray(field / field.std(), dtype=np.float32)


@compiled
def add_noise(image: np.ndarray, field: np.ndarray, x0: int, y0: int, sigma: float) -> None:
    """Add noise (8-bit levels, `sigma` at middle grey, growing with the light) to an 8-bit picture, in place."""
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            for c in range(3):
                value = float(image[y, x, c])
                noisy = value + sigma * field[y0 + y, x0 + x, c] * np.sqrt(0.35 + value / 190.0)
                image[y, x, c] = np.uint8(min(max(noisy + 0.5, 0.0), 255.0))


def _distortion_maps(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Where each delivered pixel looks in the undistorted picture."""
    x, y = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    ideal = camera.undistort(np.stack([x, y], -1) + 0.5) - 0.5
    return ideal[..., 0].astype(np.float32), ideal[..., 1].astype(np.float32)
