"""The shipped networks on the project's own sample, and on pictures that hold no leg."""

import json

import numpy as np
import pytest

from rom.pose import open_pose
from rom.pose.leg_finder import LegFinder
from rom.pose.leg_landmarker import LegLandmarker
from rom.pose.leg_network import LegNetwork, session
from rom.records import LEG_LANDMARKS, Frame, Image, People
from tests.pose.landmark_files import SAMPLE

#: A single picture's reading is off by more in few of 100 (study `landmarker`); a fault shows as tens of degrees.
ONE_PICTURE_DEG = 8.0


@pytest.fixture(scope="module")
def found(frames: list[Frame]) -> list[People]:
    """What the leg landmarker finds in the sample's first frames."""
    with LegLandmarker() as pose:
        return [pose.people(frame) for frame in frames]


@pytest.fixture(scope="module")
def truth_deg(frames: list[Frame]) -> np.ndarray:
    """The planted angle of those frames."""
    told = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))
    return np.array(told["angle_deg"])[[frame.index for frame in frames]]


def test_the_near_leg_is_found_and_read(found: list[People], truth_deg: np.ndarray) -> None:
    for people, truth in zip(found, truth_deg, strict=True):
        assert len(people) == 1
        legs = people.legs
        assert legs is not None
        assert legs.side[0] == 1
        assert legs.presence[0] > 0.9
        assert abs(legs.angle_deg[0] - truth) < ONE_PICTURE_DEG


def test_its_numbers_are_well_formed(found: list[People]) -> None:
    for people in found:
        legs = people.legs
        assert legs is not None
        np.testing.assert_allclose(np.linalg.norm(legs.lines, axis=-1), 1.0, atol=1e-3)
        assert (np.linalg.eigvalsh(legs.covariance_px2.astype(float)) > 0).all()
        assert (legs.angle_sd_deg > 0).all()


def test_a_mirrored_picture_reads_the_same_of_the_other_leg(frames: list[Frame], found: list[People]) -> None:
    image = frames[0].image
    assert image is not None
    with LegLandmarker() as pose:
        mirrored = pose.people(Frame(0, 0.0, 0, np.ascontiguousarray(image[:, ::-1])))
        names = pose.landmark_names
    assert mirrored.legs is not None
    assert found[0].legs is not None
    assert mirrored.legs.side[0] == 0
    # the crop is laid by BlazePose, which does not mirror exactly
    assert mirrored.legs.angle_deg[0] == pytest.approx(float(found[0].legs.angle_deg[0]), abs=2.0)
    left, right = (names.index(f"{side}_lateral_malleolus") for side in ("left", "right"))
    flipped = image.shape[1] - 1 - mirrored.points_px[0, left, 0]
    assert flipped == pytest.approx(float(found[0].points_px[0, right, 0]), abs=4.0)


@pytest.mark.parametrize("kind", ["black", "noise", "stripes"])
def test_pictures_without_a_leg_have_none(kind: str) -> None:
    shape = (480, 640, 3)
    image: Image = np.zeros(shape, np.uint8)
    if kind == "noise":
        image = np.random.default_rng(1).integers(0, 255, shape, dtype=np.uint8)
    if kind == "stripes":
        image = np.broadcast_to((np.arange(640) // 40 % 2 * 200).astype(np.uint8)[None, :, None], shape)
    with LegLandmarker() as pose:
        people = pose.people(Frame(0, 0.0, 0, np.ascontiguousarray(image)))
    assert people.legs is not None
    assert (people.legs.side == -1).all()


def test_legs_alone_are_found_by_the_finder(frames: list[Frame], found: list[People]) -> None:
    """The lower half of the picture: nobody's head or trunk is in it."""
    image = frames[0].image
    assert image is not None
    ankle = found[0].points_px[0, -len(LEG_LANDMARKS) :][LEG_LANDMARKS.index("ankle_centre")]
    knee = found[0].points_px[0, -len(LEG_LANDMARKS) :][LEG_LANDMARKS.index("knee_centre")]
    shank = float(np.linalg.norm(knee - ankle))
    top = int(max(0, min(knee[1], ankle[1]) - 0.4 * shank))
    tracker = LegFinder(LegNetwork("leg")).find(np.ascontiguousarray(image[top:]))
    assert tracker is not None
    assert tracker.side == "right"
    np.testing.assert_allclose(tracker.ankle, ankle - np.array([0, top]), atol=0.1 * shank)


def test_the_model_is_named_with_its_sha256() -> None:
    with open_pose("leg") as pose:
        assert pose.model.name == "leg_landmarker"
        assert pose.model.sha256 is not None
        assert len(pose.model.sha256) == 64


def test_networks_use_one_thread() -> None:
    assert session("leg").get_session_options().intra_op_num_threads == 1
