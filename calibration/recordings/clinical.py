"""The angle that is held to be true: the clinical line angle, in the sagittal plane of the recording.

Shank line: lateral malleolus to fibular head. Foot line: plantar heel contact point to the plantar point
under the fifth metatarsal head, on the skin or, on a shod foot, on the outer sole. The sagittal plane is the
plane of both lines when they are perpendicular (neutral) in the exam's undisturbed position; it stays fixed
in the world for the whole recording. Dorsiflexion positive, 0 = perpendicular.
"""

from collections.abc import Callable

import numpy as np

from calibration.recordings.rig import unit

#: Landmarks of the two lines, in this order wherever "line points" (..., 4, 3) are meant.
LINE_LANDMARKS = ("fibular_head", "lateral_malleolus", "heel_plantar", "mt5_plantar")
PLANTED_WITHIN_DEG = 0.001  # ten times finer than what is promised of the truth (0.01 degrees)
MAX_STEPS = 30  # the angle is nearly linear in the joint's: five steps are usual


def clinical_angle_deg(line_points: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Signed angle between the lines, projected on the sagittal plane.

    Parameters
    ----------
    line_points : (..., 4, 3) in the order of LINE_LANDMARKS
    normal : (3,) of the sagittal plane, as `sagittal_normal` gives it

    Returns
    -------
    (...,) degrees, dorsiflexion positive, 0 = perpendicular, range (-270, 90].

    >>> points = np.array([[0, 0, 0.4], [0, 0, 0.08], [0, 0.05, 0], [0, -0.1, 0.15]])
    >>> round(float(clinical_angle_deg(points, np.array([-1.0, 0, 0]))), 6)
    45.0
    """
    shank = line_points[..., 0, :] - line_points[..., 1, :]
    foot = line_points[..., 3, :] - line_points[..., 2, :]
    shank = shank - (shank @ normal)[..., None] * normal
    foot = foot - (foot @ normal)[..., None] * normal
    sine = np.cross(foot, shank) @ normal
    cosine = np.einsum("...i,...i->...", foot, shank)
    return np.asarray(90.0 - np.degrees(np.arctan2(sine, cosine)))


def sagittal_normal(line_points: np.ndarray) -> np.ndarray:
    """Normal (3,) of the plane of both lines (4, 3) at neutral; the foot turns to the shank about it."""
    shank = line_points[0] - line_points[1]
    foot = line_points[3] - line_points[2]
    return unit(np.cross(foot, shank))


def space_angle_deg(line_points: np.ndarray) -> np.ndarray:
    """Angle (...,) between the lines in space, without a plane: 90 - the angle between them."""
    shank = unit(line_points[..., 0, :] - line_points[..., 1, :])
    foot = unit(line_points[..., 3, :] - line_points[..., 2, :])
    sine = np.linalg.norm(np.cross(foot, shank), axis=-1)
    return np.asarray(90.0 - np.degrees(np.arctan2(sine, np.einsum("...i,...i->...", foot, shank))))


def image_angle_deg(line_points_px: np.ndarray, mirrored: bool) -> np.ndarray:
    """The lines' angle as seen in the picture (x right, y down), same sign and zero.

    Parameters
    ----------
    line_points_px : (..., 4, 2) pixels without lens distortion
    mirrored : whether the toes point left in the picture when the shank's foot end is down
    """
    shank = line_points_px[..., 0, :] - line_points_px[..., 1, :]
    foot = line_points_px[..., 3, :] - line_points_px[..., 2, :]
    sine = foot[..., 0] * shank[..., 1] - foot[..., 1] * shank[..., 0]
    cosine = np.einsum("...i,...i->...", foot, shank)
    sign = 1.0 if mirrored else -1.0
    return np.asarray(90.0 - np.degrees(np.arctan2(sign * sine, cosine)))


def plant(
    measure: Callable[[np.ndarray], np.ndarray],
    planned_deg: np.ndarray,
    within_deg: float = PLANTED_WITHIN_DEG,
) -> np.ndarray:
    """Joint angles (T,) for which `measure(joint angles)` gives the planned angles.

    A secant search for every frame at once; the angle grows by 0.8 to 1.1 degrees for each degree of the
    joint.

    Raises
    ------
    ValueError
        When the planned angle cannot be reached.
    """
    joint = np.asarray(planned_deg, dtype=float).copy()
    error = planned_deg - measure(joint)
    slope = np.ones_like(joint)
    for _ in range(MAX_STEPS):
        if np.abs(error).max() < within_deg:
            return joint
        step = np.clip(error / slope, -20.0, 20.0)
        joint = joint + step
        left = planned_deg - measure(joint)
        moved = np.abs(step) > 1e-9
        slope = np.where(moved, np.clip((error - left) / np.where(moved, step, 1.0), 0.3, 3.0), slope)
        error = left
    raise ValueError(
        f"expected to reach the planned angles within {within_deg} degrees, found {np.abs(error).max():.4f} "
        "left over; plan a smaller amplitude"
    )
