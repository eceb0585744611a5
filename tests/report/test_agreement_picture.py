"""The picture of Bland and Altman shows every pair where it lies, and its lines with their numbers."""

import re

import numpy as np

from rom.report.agreement_picture import agreement_picture


def test_every_pair_is_drawn_where_it_lies() -> None:
    """On both axes what is drawn is a straight line of what was read; upwards on the picture is more."""
    rng = np.random.default_rng(3)
    goniometer = rng.uniform(5, 25, 12)
    camera = goniometer + rng.normal(1, 2, 12)
    levels = [(1.2, 0.1, 2.3), (-2.8, float("nan"), float("nan")), (5.2, 3.4, 7.0)]
    drawn = agreement_picture(camera, goniometer, levels, "mean", "difference").decode()
    circles = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert len(circles) == 12
    mean, apart = (camera + goniometer) / 2, camera - goniometer
    xs, ys = np.array(circles).T
    assert abs(np.corrcoef(xs, mean)[0, 1] - 1) < 1e-3
    assert abs(np.corrcoef(ys, apart)[0, 1] + 1) < 1e-3
    for words in ("+1.2°", "−2.8°", "+5.2°"):
        assert words in drawn
    assert drawn.count("<rect") == 1 + 2, "the paper, and a band only where an interval is known"
