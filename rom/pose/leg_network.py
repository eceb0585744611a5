"""The leg landmarker's networks, run by onnxruntime on one core: what one crop shows, and where a leg might be."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from rom.errors import InstallationError
from rom.pose.leg_crop import covariance_to_picture, directions_to_camera, to_picture, warp
from rom.pose.models import model_bytes, model_file
from rom.records import LEG_LANDMARKS, Bools, Floats, Image, LazyImage, ModelInfo

KNEE, ANKLE = LEG_LANDMARKS.index("knee_centre"), LEG_LANDMARKS.index("ankle_centre")


@dataclass(frozen=True, slots=True)
class LegLook:
    """What a network sees of one leg in one picture.

    Attributes
    ----------
    points_px : (L, 2) in the order of `rom.records.LEG_LANDMARKS`, in the picture. covariance_px2 : (L, 2, 2).
    angle_deg, angle_sd_deg : the ankle angle as a goniometer would read it, dorsiflexion +, and its SD.
    lines : (2, 3) unit vectors, ankle to knee and heel to toes, in the camera's axes (right, down, forward).
    presence : 0 to 1, that a leg is in the crop at all.
    inside : (L,) bool, the point lies in the crop.
    """

    points_px: Floats
    covariance_px2: Floats
    angle_deg: float
    angle_sd_deg: float
    lines: Floats
    presence: float
    inside: Bools

    @property
    def knee(self) -> Floats:
        """(2,) centre of the knee, pixels."""
        return np.asarray(self.points_px[KNEE])

    @property
    def ankle(self) -> Floats:
        """(2,) centre of the ankle, pixels."""
        return np.asarray(self.points_px[ANKLE])

    @property
    def shank_px(self) -> float:
        """Knee to ankle, pixels."""
        return float(np.linalg.norm(self.knee - self.ankle))


class LegNetwork:
    """One of the two networks: ``leg`` for a crop, ``leg_finder`` for a whole picture."""

    def __init__(self, name: str) -> None:
        self._session = session(name)
        self._size_px = int(self._session.get_inputs()[0].shape[1])

    def look(self, image: Image | LazyImage, affine: Floats) -> LegLook:
        """Look at the crop that `affine` cuts out of an RGB picture (H, W, 3)."""
        crop = warp(image, affine, self._size_px)
        points, covariance, angle, angle_sd, lines, presence = self._session.run(None, {"crop": crop[None]})
        return LegLook(
            points_px=to_picture(points[0].astype(float), affine),
            covariance_px2=covariance_to_picture(covariance[0].astype(float), affine),
            angle_deg=float(angle[0]),
            angle_sd_deg=float(angle_sd[0]),
            lines=directions_to_camera(lines[0].astype(float), affine),
            presence=float(presence[0]),
            inside=((points[0] > 0) & (points[0] < 1)).all(axis=-1),
        )


@cache
def session(name: str) -> Any:
    """The loaded model, shared by all who look with it; ``InstallationError`` where it cannot be loaded."""
    try:
        import onnxruntime
    except ImportError as error:
        raise InstallationError(
            f"onnxruntime, which runs the leg landmarker, could not be loaded ({error}); reinstall ankle-rom."
        ) from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model_bytes(name), options, providers=["CPUExecutionProvider"])


def leg_model() -> ModelInfo:
    """Name, SHA-256 and origin of the network that makes the number."""
    return model_file("leg").info
