"""The marked real frames: whole, inside their boxes, and as repeatable as their page says."""

import numpy as np

from calibration.real_frames.marks import FOLDER, LINE, disagreement_deg, read_marks

MARKS = read_marks()


def test_there_are_enough_moments_of_every_kind() -> None:
    assert len(MARKS) >= 120
    assert len({mark.name for mark in MARKS}) == len(MARKS)
    assert {mark.recording for mark in MARKS} >= {
        "squat_side.mp4",
        "sports2d_demo.mp4",
        "pose2sim_single_cam03.mp4",
    }
    assert {mark.shod for mark in MARKS} <= {"bare", "sock", "shoe"}
    assert sum(np.isfinite(mark.points_px[:, LINE]).all() for mark in MARKS) >= 120


def test_points_lie_in_their_boxes() -> None:
    for mark in MARKS:
        x0, y0, x1, y1 = mark.box_px
        inside = (mark.points_px >= (x0 - 1, y0 - 1)) & (mark.points_px <= (x1 + 1, y1 + 1))
        assert (inside | np.isnan(mark.points_px)).all(), mark.name


def test_the_passes_were_made_apart_and_agree_as_the_page_says() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    gaps = np.abs(disagreement_deg(MARKS))
    known = gaps[np.isfinite(gaps)]
    assert f"differ by {known.mean():.1f}° on average" in page.replace("\n", " ")
    assert f"over {len(known)} frames" in page.replace("\n", " ")
    points = np.stack([mark.points_px for mark in MARKS])
    assert (points[:, 0] != points[:, 1]).any(axis=(1, 2)).all(), "no frame was copied from the other pass"
