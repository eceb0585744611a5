"""Photographs and folders of them: upright by EXIF, in natural order, times from where they can be had."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

from rom.errors import InputUnreadable
from rom.records import Frame, Image, RecordingInfo
from rom.video import open_recording
from rom.video.pictures import natural_key, time_from_name
from rom.video.upright import EXIF_ORIENTATIONS, orientation_from_matrix


def read(path: Path, rate_hz: float | None = None) -> tuple[list[Frame], RecordingInfo]:
    with open_recording(path, rate_hz=rate_hz) as recording:
        frames = list(recording)
    return frames, recording.info


def save(path: Path, image: Image, *, orientation: int = 1, taken: str = "", fraction: str = "") -> Path:
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.SubsecTimeOriginal] = fraction
    Pillow.fromarray(image).save(path, exif=exif)
    return path


#: EXIF value: what turns the upright picture into the stored one, by numpy, from the EXIF standard's own words
#: ("the 0th row is the visual ... of the picture, and the 0th column the visual ...").
STORED: dict[int, Callable[[Image], Image]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],  # row 0 top, column 0 right
    3: lambda image: image[::-1, ::-1],  # bottom, right
    4: lambda image: image[::-1],  # bottom, left
    5: lambda image: image.transpose(1, 0, 2),  # left, top
    6: lambda image: image.transpose(1, 0, 2)[::-1],  # right, top
    7: lambda image: image.transpose(1, 0, 2)[::-1, ::-1],  # right, bottom
    8: lambda image: image.transpose(1, 0, 2)[:, ::-1],  # left, bottom
}


@pytest.mark.parametrize("orientation", STORED)
def test_a_photograph_comes_upright(orientation: int, tmp_path: Path, corners: Image) -> None:
    stored = np.ascontiguousarray(STORED[orientation](corners))
    path = save(tmp_path / "photo.png", stored, orientation=orientation)
    frames, info = read(path)
    np.testing.assert_array_equal(frames[0].image, corners)
    assert (info.kind, info.width_px, info.height_px) == ("photo", 160, 120)
    assert (info.frame_count, info.duration_s, info.codec) == (1, 0.0, "png")
    assert info.rotation_deg == {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}.get(orientation, 0)
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_exif_and_display_matrix_speak_of_the_same_turns() -> None:
    for orientation, (a, b, c, d) in {3: (-1, 0, 0, -1), 6: (0, 1, -1, 0), 8: (0, -1, 1, 0)}.items():
        assert orientation_from_matrix([a, b, 0, c, d, 0, 0, 0, 1]) == EXIF_ORIENTATIONS[orientation]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "bmp", "gif"])
def test_kinds_of_photograph_by_contents(suffix: str, tmp_path: Path, corners: Image) -> None:
    path = tmp_path / f"photo.{suffix}"
    Pillow.fromarray(corners).save(path)
    frames, info = read(path.rename(tmp_path / "photo.mp4"))
    assert info.kind == "photo"
    got = np.asarray(frames[0].image)[[30, 30, 90, 90], [40, 120, 40, 120]].astype(int)
    np.testing.assert_allclose(got, corners[[30, 30, 90, 90], [40, 120, 40, 120]].astype(int), atol=6)


def test_a_moving_gif_is_a_video(tmp_path: Path, corners: Image) -> None:
    path = tmp_path / "moving.gif"
    pictures = [Pillow.fromarray(np.roll(corners, 8 * k, axis=1)) for k in range(6)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100)
    frames, info = read(path)
    assert info.kind == "video"
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(6) / 10, atol=1e-6)


def test_sixteen_bits_grey_transparent_and_palette(tmp_path: Path, corners: Image) -> None:
    grey = corners.mean(axis=2)
    Pillow.fromarray((grey * 257).astype(np.uint16)).save(tmp_path / "deep.png")
    Pillow.fromarray(corners).convert("RGBA").save(tmp_path / "clear.png")
    Pillow.fromarray(corners).quantize(16).save(tmp_path / "palette.png")
    frames, _ = read(tmp_path / "deep.png")
    np.testing.assert_allclose(np.asarray(frames[0].image)[..., 1], grey, atol=1)
    for name in ("clear.png", "palette.png"):
        frames, _ = read(tmp_path / name)
        np.testing.assert_allclose(np.asarray(frames[0].image).astype(int), corners.astype(int), atol=2)


def folder(
    tmp_path: Path,
    names: list[str],
    corners: Image,
    taken: list[str] | None = None,
    fraction: list[str] | None = None,
) -> Path:
    """A folder of pictures, each one level darker than the one before."""
    home = tmp_path / "Bilder für später"
    home.mkdir()
    stamps, parts = taken or [""] * len(names), fraction or [""] * len(names)
    for k, name in enumerate(names):
        shaded = np.ascontiguousarray(corners - np.uint8(k))
        save(home / name, shaded, taken=stamps[k], fraction=parts[k])
    return home


def order(frames: list[Frame], corners: Image) -> list[int]:
    """Which picture each frame is, from its shade."""
    return [int(corners[0, 0, 0]) - int(np.asarray(frame.image)[0, 0, 0]) for frame in frames]


def test_a_folder_is_sorted_as_people_count(tmp_path: Path, corners: Image) -> None:
    home = folder(tmp_path, ["f1.png", "f2.png", "f9.png", "f10.png", "F11.png"], corners)
    (home / "notes.txt").write_text("not a picture")
    (home / "._f1.png").write_bytes(b"left by a Mac")
    frames, info = read(home, rate_hz=20)
    assert order(frames, corners) == [0, 1, 2, 3, 4]
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(5) / 20)
    assert info.rate_hz == pytest.approx(20)
    assert info.duration_s == pytest.approx(0.25)
    assert info.kind == "images"
    assert any("given rate of 20" in note for note in info.notes)


def test_times_from_exif(tmp_path: Path, corners: Image) -> None:
    stamps = ["2024:02:29 23:59:59", "2024:02:29 23:59:59", "2024:03:01 00:00:00", "2024:03:01 00:00:01"]
    home = folder(
        tmp_path, ["a1.jpg", "a2.jpg", "a3.jpg", "a4.jpg"], corners, taken=stamps, fraction=["25", "750", "5", ""]
    )
    frames, info = read(home)
    np.testing.assert_allclose([frame.time_s for frame in frames], [0, 0.5, 1.25, 1.75], atol=1e-6)
    assert any("EXIF" in note for note in info.notes)
    given, _ = read(home, rate_hz=10)
    assert given[1].time_s == pytest.approx(0.1)


def test_times_from_names(tmp_path: Path, corners: Image) -> None:
    home = folder(
        tmp_path,
        ["IMG_20240131_142355100.png", "IMG_20240131_142355300.png", "IMG_20240131_142356000.png"],
        corners,
    )
    frames, info = read(home)
    np.testing.assert_allclose([frame.time_s for frame in frames], [0, 0.2, 0.9], atol=1e-6)
    assert any("names" in note for note in info.notes)


def test_pictures_without_times_say_what_was_assumed(tmp_path: Path, corners: Image) -> None:
    stamps = ["2024:01:01 10:00:00"] * 15  # all in one second, no fraction: of no use
    home = folder(tmp_path, [f"a{k}.jpg" for k in range(15)], corners, taken=stamps)
    frames, info = read(home)
    assert frames[1].time_s == pytest.approx(1 / 30)
    assert any("no times; 30 per second was assumed" in note for note in info.notes)


def test_a_few_pictures_without_times_are_photographs_and_no_film(tmp_path: Path, corners: Image) -> None:
    """At 30 a second, three photographs of three positions would be smoothed into one that none of them shows."""
    frames, info = read(folder(tmp_path, ["a1.jpg", "a2.jpg", "a3.jpg"], corners))
    assert [frame.time_s for frame in frames] == [0.0, 1.0, 2.0]
    assert any("photographs a second apart" in note for note in info.notes)


@pytest.mark.parametrize(
    ("stem", "time_s"),
    [
        ("PXL_20240131_000001123", 1706659201.123),
        ("2024-01-31", None),
        ("20240131-000001", 1706659201.0),
        ("1706659201123", 1706659201.123),
        ("frame_0012.5", 12.5),
        ("t=0.040s", 0.04),
        ("frame_0012", None),
        ("IMG_20241399_000001", None),
    ],
)
def test_times_in_names(stem: str, time_s: float | None) -> None:
    assert time_from_name(stem) == (None if time_s is None else pytest.approx(time_s, abs=1e-6))


def test_natural_order() -> None:
    names = ["b.png", "a10.png", "a9.png", "A1.png", "7.png", "10.png"]
    assert [p.name for p in sorted(map(Path, names), key=natural_key)] == [
        "7.png", "10.png", "A1.png", "a9.png", "a10.png", "b.png",
    ]  # fmt: skip


def test_other_sizes_are_fitted_and_damage_is_counted(tmp_path: Path, corners: Image) -> None:
    home = folder(tmp_path, ["f1.png", "f2.png", "f3.png", "f4.png"], corners)
    save(home / "f2.png", np.ascontiguousarray(corners[:60, :160]))
    whole = (home / "f3.png").read_bytes()
    (home / "f3.png").write_bytes(whole[: len(whole) // 2])
    frames, info = read(home, rate_hz=10)
    assert [np.asarray(frame.image).shape for frame in frames] == [(120, 160, 3)] * 3
    np.testing.assert_array_equal(np.asarray(frames[1].image)[:30], 0)  # padded above, not stretched
    np.testing.assert_allclose([frame.time_s for frame in frames], [0, 0.1, 0.3])
    assert any(note.startswith("1 picture") and "another size" in note for note in info.notes)
    assert any(note.startswith("1 damaged picture") for note in info.notes)


def test_the_folders_sha256_follows_names_and_contents(tmp_path: Path, corners: Image) -> None:
    home = folder(tmp_path, ["f1.png", "f2.png"], corners)
    before = read(home)[1].sha256
    assert read(home)[1].sha256 == before
    (home / "f2.png").rename(home / "f3.png")
    renamed = read(home)[1].sha256
    save(home / "f3.png", np.ascontiguousarray(corners[::-1]))
    assert len({before, renamed, read(home)[1].sha256}) == 3


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(InputUnreadable, match="hold pictures, but there are none"):
        open_recording(tmp_path)


def test_a_photograph_cut_off(tmp_path: Path, corners: Image) -> None:
    path = save(tmp_path / "photo.png", corners)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputUnreadable, match="not one can be decoded"):
        open_recording(path)


def test_heic_without_its_decoder_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rom.video.pictures._formats", lambda: ("JPEG", "PNG"))
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200))
    for source in (path, tmp_path):
        with pytest.raises(InputUnreadable, match="pip install pillow-heif"):
            open_recording(source)


def test_heic_where_its_decoder_is_installed(tmp_path: Path, corners: Image) -> None:
    heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed: HEIC cannot be decoded here")
    stored = np.ascontiguousarray(STORED[6](corners))
    picture = heif.from_pillow(Pillow.fromarray(stored))
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    picture.save(str(tmp_path / "IMG_1.heic"), quality=95, exif=exif.tobytes())
    frames, info = read(tmp_path / "IMG_1.heic")
    assert info.codec == "heif"
    got = np.asarray(frames[0].image)[[30, 30, 90, 90], [40, 120, 40, 120]].astype(int)
    np.testing.assert_allclose(got, corners[[30, 30, 90, 90], [40, 120, 40, 120]].astype(int), atol=8)
