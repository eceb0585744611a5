"""The measurement itself: angles of the leg from points, in numpy and nothing else.

The room in ten lines:

* Functions, no classes, no state, no files. Names are signatures: `<what you get>_from_<what you have>`.
* Points are arrays whose last axis is the coordinate; time and all other axes come first and broadcast.
* Pixels: x right, y **down**, square, undistorted, upright. Never coordinates normalised to 0..1.
* Dorsiflexion positive, plantar flexion negative, 0 where the foot line is perpendicular to the shank line.
* The shank line runs from the malleolus to the fibular head, the foot line from the heel to the toe.
* Facing is +1 where the toes of an upright leg point right, -1 where left, decided once per recording.
* Degrees at the border (suffix `_deg` on what goes in), radians inside, `arctan2` for every angle.
* float32 stays float32, float64 stays float64, everything else becomes float64.
* NaN in gives NaN out, of that element only, without a warning; an undefined angle is NaN, never 0.
* Every angle knows its uncertainty: the same points and their covariance give its standard deviation.
"""

from rom.geometry.angles import (
    ANKLE_LANDMARKS,
    dorsiflexion_from_points,
    foot_inclination_from_points,
    knee_flexion_from_points,
    segment_angle_from_points,
    segment_length_from_points,
    tibia_inclination_from_points,
)
from rom.geometry.camera import (
    distort_points,
    roll_from_horizontal_line,
    roll_from_vertical_line,
    turn_points,
    undistort_points,
)
from rom.geometry.facing import facing_from_points, facing_from_track
from rom.geometry.projection import (
    out_of_plane_from_lengths,
    points_on_plane,
    progression_from_path,
    projected_dorsiflexion_from_view,
    view_error_deg,
    yaw_from_segment_length,
)
from rom.geometry.uncertainty import dorsiflexion_jacobian_from_points, dorsiflexion_sd_from_covariance

__all__ = [
    "ANKLE_LANDMARKS",
    "distort_points",
    "dorsiflexion_from_points",
    "dorsiflexion_jacobian_from_points",
    "dorsiflexion_sd_from_covariance",
    "facing_from_points",
    "facing_from_track",
    "foot_inclination_from_points",
    "knee_flexion_from_points",
    "out_of_plane_from_lengths",
    "points_on_plane",
    "progression_from_path",
    "projected_dorsiflexion_from_view",
    "roll_from_horizontal_line",
    "roll_from_vertical_line",
    "segment_angle_from_points",
    "segment_length_from_points",
    "tibia_inclination_from_points",
    "turn_points",
    "undistort_points",
    "view_error_deg",
    "yaw_from_segment_length",
]
