"""Profiles are kept whole, found again by name or by device, and fitted to the recording."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import rom
from rom.camera.profiles import (
    fitted,
    forget_profile,
    joined,
    load_profile,
    profile_folder,
    profile_for,
    profile_names,
    save_profile,
)
from rom.records import CameraProfile, Level, RecordingInfo, Scale
from tests.rendered import PlantedCamera, lens_of

WHOLE = CameraProfile(
    name="phone",
    width_px=960,
    height_px=540,
    created="2026-01-02T03:04:05+00:00",
    device="Acme One",
    lens=lens_of(PlantedCamera()),
    level=Level(2.5, 0.4, "from a line"),
    scale=Scale(1.25, 0.02, "from a sheet"),
)
INFO = RecordingInfo("clip.mp4", "video", 960, 540, 30.0, 2.0, 60, device="Acme One")


@pytest.mark.parametrize(
    "profile", [WHOLE, replace(WHOLE, lens=None), replace(WHOLE, level=None, scale=None, device="")]
)
def test_a_profile_comes_back_as_it_was(profile: CameraProfile, own_profiles: Path) -> None:
    path = save_profile(profile)
    assert path == own_profiles / "cameras" / "phone.json"
    assert load_profile("phone") == profile
    assert load_profile(path) == profile, "a file may be named as well"
    assert profile_names() == ["phone"]


def test_a_profile_that_cannot_be_written_leaves_the_old_one_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_profile(WHOLE)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(rom.UsageError, match="No space left"):
        save_profile(replace(WHOLE, level=None))
    assert load_profile("phone") == WHOLE
    assert [file.name for file in path.parent.iterdir()] == ["phone.json"], "no scraps"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("ROM_CONFIG_DIR", str(tmp_path / "file"))
    with pytest.raises(rom.UsageError, match="ROM_CONFIG_DIR"):
        save_profile(WHOLE)


def test_without_the_variable_profiles_lie_with_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROM_CONFIG_DIR")
    assert profile_folder().parts[-2:] == ("rom", "cameras")


@pytest.mark.parametrize("name", ["", "none", "../x", "a/b", ".hidden", "ü", "x" * 65])
def test_names_that_are_no_file_names_are_refused(name: str) -> None:
    with pytest.raises(rom.UsageError, match="letters, digits"):
        save_profile(replace(WHOLE, name=name))


def test_forgetting(own_profiles: Path) -> None:
    save_profile(WHOLE)
    forget_profile("phone")
    assert profile_names() == []
    with pytest.raises(rom.UsageError, match="no camera profile 'phone'"):
        forget_profile("phone")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"layout": 9}', "not json", '{"layout": 1, "lens": {}}'])
def test_a_damaged_profile_is_said_by_name_and_passed_over_by_device(text: str) -> None:
    path = save_profile(WHOLE)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(rom.InputUnreadable, match=r"phone\.json"):
        load_profile("phone")
    assert profile_for(None, INFO) is None


def test_a_profile_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(rom.UsageError, match="rom calibrate lens"):
        load_profile("tablet")
    save_profile(WHOLE)
    with pytest.raises(rom.UsageError, match="there are phone"):
        load_profile("tablet")


def test_a_larger_picture_of_the_same_shape() -> None:
    """Twice the pixels: focal length, middle and errors double, bends and roll stay, a pixel is half as large."""
    double = fitted(WHOLE, 1920, 1080)
    assert double.lens is not None
    assert double.level == WHOLE.level
    assert double.lens.matrix == ((1400.0, 0.0, 974.0), (0.0, 1400.0, 524.0), (0.0, 0.0, 1.0))
    assert double.lens.distortion == PlantedCamera().distortion
    assert double.lens.held_out_px == pytest.approx(0.6)
    assert double.scale is not None
    assert (double.scale.mm_per_px, double.scale.sd_mm_per_px) == (0.625, 0.01)
    assert fitted(double, 960, 540) == WHOLE
    assert fitted(WHOLE, 854, 480).width_px == 854, "16:9 in whole pixels"


@pytest.mark.parametrize("size", [(540, 960), (640, 480), (960, 600), (0, 0)])
def test_another_shape_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(rom.UsageError, match="960 x 540"):
        fitted(WHOLE, *size)


def test_a_device_is_recognised_and_its_lens_alone_is_used() -> None:
    """Level and scale hold for the place where the camera stood, and nobody said that it still stands there."""
    save_profile(WHOLE)
    assert profile_for(None, INFO) == replace(WHOLE, level=None, scale=None)
    assert profile_for("phone", INFO) == WHOLE
    assert profile_for(WHOLE, replace(INFO, device="")) == WHOLE
    larger = profile_for(None, replace(INFO, width_px=1920, height_px=1080))
    assert larger is not None
    assert larger.width_px == 1920


@pytest.mark.parametrize(
    "info",
    [
        replace(INFO, device="Acme Two"),
        replace(INFO, device=""),
        replace(INFO, width_px=540, height_px=960),
        replace(INFO, projection="sagittal"),
    ],
)
def test_other_recordings_are_left_alone(info: RecordingInfo) -> None:
    save_profile(WHOLE)
    save_profile(replace(WHOLE, name="nameless", device=""))
    save_profile(replace(WHOLE, name="without-lens", lens=None, device="Acme Two"))
    assert profile_for(None, info) is None


def test_none_means_none_and_the_newest_is_taken() -> None:
    save_profile(WHOLE)
    save_profile(replace(WHOLE, name="again", created="2026-05-05T00:00:00+00:00"))
    assert profile_for("none", INFO) is None
    found = profile_for(None, INFO)
    assert found is not None
    assert found.name == "again"


def test_landmarks_found_in_3d_are_not_straightened() -> None:
    with pytest.raises(rom.UsageError, match="3D"):
        profile_for(WHOLE, replace(INFO, projection="sagittal"))


def test_a_new_part_keeps_the_others_unless_the_picture_has_another_shape() -> None:
    level = CameraProfile("phone", 1920, 1080, "2026-06-06", "", level=Level(-1.0, 0.2, "new"))
    both = joined(level, WHOLE)
    assert both.level == level.level
    assert both.lens == fitted(WHOLE, 1920, 1080).lens
    assert both.device == "Acme One"
    upright = replace(level, width_px=1080, height_px=1920)
    assert joined(upright, WHOLE) == upright
    assert joined(level, None) == level


def test_the_file_is_plain_json_with_its_layout(own_profiles: Path) -> None:
    told = json.loads(save_profile(WHOLE).read_text(encoding="utf-8"))
    assert told["layout"] == 1
    assert told["lens"]["matrix"][0] == [700.0, 0.0, 487.0]
