"""The drawn angle is the measured angle."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rom.geometry import dorsiflexion_from_points
from rom.report.goniometer import arc_directions

coordinate = st.floats(-500, 500).map(lambda x: round(x, 1))
point = st.tuples(coordinate, coordinate).map(np.array)


@given(knee=point, ankle=point, heel=point, toe=point, facing=st.sampled_from([1, -1]))
def test_arc_ends_along_the_foot(
    knee: np.ndarray, ankle: np.ndarray, heel: np.ndarray, toe: np.ndarray, facing: int
) -> None:
    """Whatever the leg's posture, the arc drawn for the measured angle ends parallel to the foot line."""
    shank, foot = knee - ankle, toe - heel
    if min(np.linalg.norm(shank), np.linalg.norm(foot)) < 1.0:
        return
    angle = float(dorsiflexion_from_points(np.array([knee, ankle, heel, toe]), facing))
    zero, arc = arc_directions(shank, facing, angle)
    assert abs(float(zero @ shank)) < 1e-6 * float(np.linalg.norm(shank))
    np.testing.assert_allclose(arc[0], zero, atol=1e-12)
    np.testing.assert_allclose(arc[-1], foot / np.linalg.norm(foot), atol=1e-6)
