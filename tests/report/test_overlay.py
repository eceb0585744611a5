"""The overlay video: the measurement is on it, faces are not, and it lasts as long as the recording."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

import rom
from rom.records import Examination, Image
from rom.report.overlay import blur_ellipse, write_overlay
from rom.report.strip import SPAN_S, Strip, strip_height
from rom.samples import sample_folder

CLIP = sample_folder() / "seated_right.mp4"


@pytest.fixture(scope="module")
def exam() -> Examination:
    """The demo sample, measured from stored landmarks and told to be of the video."""
    stored = rom.measure(sample_folder() / "seated_right.landmarks.npz")
    return replace(stored, recording=replace(stored.recording, kind="video"))


@pytest.fixture(scope="module")
def drawn(exam: Examination, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its overlay."""
    path = tmp_path_factory.mktemp("overlay") / "overlay.mp4"
    write_overlay(exam, CLIP, path)
    return path


def picture(path: Path, number: int) -> Image:
    """One of its pictures, the first is 0."""
    with av.open(str(path)) as video:
        frame = next(islice(video.decode(video=0), number, None))
        return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def times(path: Path) -> tuple[list[float], float]:
    """When its pictures are shown, and how long it lasts, seconds."""
    with av.open(str(path)) as video:
        shown = [float(frame.time or 0.0) for frame in video.decode(video=0)]
        return shown, float(video.duration or 0) / av.time_base


def test_same_times_and_duration_as_the_recording(drawn: Path) -> None:
    before, duration_before = times(CLIP)
    after, duration_after = times(drawn)
    np.testing.assert_allclose(after, before, atol=1e-3)  # container ticks
    assert duration_after == pytest.approx(duration_before, abs=0.02)


def test_the_picture_is_kept_whole_above_the_chart(drawn: Path) -> None:
    image = picture(drawn, 0)
    assert image.shape == (720 + strip_height(1280, 720), 1280, 3)
    original = picture(CLIP, 0)
    corner = np.abs(image[:60, -200:].astype(int) - original[:60, -200:])
    assert np.median(corner) <= 3  # one generation of H.264


def test_lines_lie_on_the_landmarks(exam: Examination, drawn: Path) -> None:
    """The shank's blue at the middle of the shank, the foot's amber at the middle of the foot."""
    image = picture(drawn, 30)
    knee, ankle, heel, toe = exam.angles["right"].points_px[30]
    for middle, colour in (((knee + ankle) / 2, (64, 200, 255)), ((heel + toe) / 2, (255, 190, 60))):
        x, y = np.round(middle).astype(int)
        found = image[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(found, colour, atol=40)  # chroma is halved by yuv420p


def test_the_face_is_blurred_unless_it_is_to_be_kept(exam: Examination, drawn: Path, tmp_path: Path) -> None:
    kept_path = tmp_path / "kept.mp4"
    write_overlay(exam, CLIP, kept_path, blur_faces=False)
    names = exam.sightings.names
    nose = exam.sightings.people[30].points_px[0, names.index("nose")]
    ear = exam.sightings.people[30].points_px[0, names.index("right_ear")]
    centre, half = (nose + ear) / 2, float(np.linalg.norm(nose - ear)) / 2
    x, y, r = round(centre[0]), round(centre[1]), round(half)

    def detail(path: Path) -> float:
        face = picture(path, 30)[y - r : y + r, x - r : x + r].astype(float)
        return float(np.abs(np.diff(face, axis=0)).mean() + np.abs(np.diff(face, axis=1)).mean())

    assert detail(drawn) < 0.5 * detail(kept_path)


def test_no_pictures_no_overlay(exam: Examination, tmp_path: Path) -> None:
    keypoints = replace(exam, recording=replace(exam.recording, kind="keypoints"))
    with pytest.raises(rom.UsageError, match="pictures"):
        write_overlay(keypoints, CLIP, tmp_path / "o.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_overlay_that_fails_leaves_nothing_behind(exam: Examination, tmp_path: Path) -> None:
    with pytest.raises(rom.InputUnreadable):
        write_overlay(exam, tmp_path / "gone.mp4", tmp_path / "o.mp4")
    assert list(tmp_path.iterdir()) == []


def test_blur_leaves_nothing_of_a_checkerboard() -> None:
    board = np.kron(np.indices((20, 20)).sum(axis=0) % 2, np.ones((5, 5)))[..., None].repeat(3, axis=2)
    image = (255 * board).astype(np.uint8)
    blur_ellipse(image, np.array([20.0, 20.0, 80.0, 80.0]))
    inside = image[35:65, 35:65].astype(int)
    assert np.abs(inside - 127).max() < 20
    assert set(np.unique(image[:10])) == {0, 255}, "outside the face nothing is touched"


@pytest.mark.parametrize("box", [[-50, -50, -10, -10], [95, 95, 400, 400], [10, 10, 10.5, 10.5]])
def test_blur_at_and_beyond_the_border(box: list[float]) -> None:
    image = np.full((100, 100, 3), 9, dtype=np.uint8)
    blur_ellipse(image, np.array(box, dtype=float))
    assert (image == 9).all()


def test_chart_shows_all_of_a_short_recording_and_scrolls_a_long_one(exam: Examination) -> None:
    track = exam.angles["right"]
    assert Strip(track, ()).window(1.0) == (track.time_s[0], track.time_s[-1])
    long = replace(track, time_s=track.time_s * 20)
    start, end = Strip(long, ()).window(50.0)
    assert (start, end) == (50.0 - SPAN_S, 50.0)
    assert Strip(long, ()).window(0.5) == (0.0, SPAN_S)
