"""Video files: upright, square-pixelled, the right colours, the container's own times; damage is told."""

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from rom.errors import InputUnreadable, UsageError
from rom.records import Frame, Image, RecordingInfo
from rom.video import open_recording
from rom.video.colour import pq_curve, source_matrix
from rom.video.videofile import VideoFile, capture_rate_hz, device_name

MakeClip = Callable[..., Path]
Patch = Callable[..., None]


def read(path: Path, **kwargs: float) -> tuple[list[Frame], RecordingInfo]:
    with open_recording(path, **kwargs) as recording:  # type: ignore[arg-type]
        frames = list(recording)
    return frames, recording.info


def middle_colours(image: Image) -> list[list[int]]:
    """Colours in the middle of the four quadrants: top left, top right, bottom left, bottom right."""
    height, width = image.shape[:2]
    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return [[int(v) for v in image[row, column]] for row in rows for column in columns]


def as_stored(turned: Image, clockwise_deg: int, mirrored: bool) -> Image:
    """Undo by numpy what the display matrix asks for."""
    stored = np.rot90(turned, clockwise_deg // 90)
    return np.ascontiguousarray(stored[:, ::-1] if mirrored else stored)


#: name: (a, b, c, d) of the display matrix, clockwise turn, mirrored. x' = a x + c y, y' = b x + d y, y down.
MATRICES = {
    "0": ((1, 0, 0, 1), 0, False),
    "90": ((0, 1, -1, 0), 90, False),
    "180": ((-1, 0, 0, -1), 180, False),
    "270": ((0, -1, 1, 0), 270, False),
    "mirrored": ((-1, 0, 0, 1), 0, True),
    "upside down mirrored": ((1, 0, 0, -1), 180, True),
}


@pytest.mark.parametrize("name", MATRICES)
def test_every_rotation_comes_upright_once(name: str, make_clip: MakeClip, turn: Patch, corners: Image) -> None:
    matrix, clockwise_deg, mirrored = MATRICES[name]
    stored = as_stored(corners, clockwise_deg, mirrored)
    path = make_clip(images=[stored] * 3)
    turn(path, *matrix)
    frames, info = read(path)
    assert info.rotation_deg == clockwise_deg
    assert (info.width_px, info.height_px) == (160, 120)
    assert any("mirrored" in note for note in info.notes) == mirrored
    got = middle_colours(np.asarray(frames[-1].image))
    np.testing.assert_allclose(got, middle_colours(corners), atol=6)  # levels: lossy encoding


def test_a_turn_between_right_angles_is_said(make_clip: MakeClip) -> None:
    path = make_clip()
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40
    cos, sin = round(np.cos(np.radians(80)) * 65536), round(np.sin(np.radians(80)) * 65536)
    data[start : start + 36] = struct.pack(">9i", cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30)
    path.write_bytes(bytes(data))
    _, info = read(path)
    assert info.rotation_deg == 90
    assert any("right angles" in note for note in info.notes)


def test_pixels_are_made_square_before_turning(make_clip: MakeClip, turn: Patch) -> None:
    wide, info = read(make_clip("wide.mp4", size=(120, 120), aspect=Fraction(4, 3)))
    assert np.asarray(wide[0].image).shape == (120, 160, 3)
    assert info.pixel_aspect == pytest.approx(4 / 3)
    assert any("wide as high" in note for note in info.notes)
    path = make_clip("turned.mp4", size=(120, 120), aspect=Fraction(4, 3))
    turn(path, 0, 1, -1, 0)
    turned, info = read(path)
    assert np.asarray(turned[0].image).shape == (160, 120, 3)
    assert (info.width_px, info.height_px) == (120, 160)


def test_variable_frame_rate_keeps_its_times(make_clip: MakeClip) -> None:
    times_s = [0, 0.04, 0.08, 0.2, 0.24, 0.5, 0.51, 1.5]
    frames, info = read(make_clip(times_s=times_s, count=len(times_s)))
    np.testing.assert_allclose([frame.time_s for frame in frames], times_s, atol=1e-4)  # s: the file's clock
    assert info.rate_hz == pytest.approx(1 / 0.04)
    assert info.notes == ()


def test_times_begin_at_zero_and_are_divided_by_the_time_scale(make_clip: MakeClip) -> None:
    path = make_clip("late.ts", times_s=[1.0, 1.1, 1.2, 1.3], count=4)
    frames, info = read(path, time_scale=4)
    np.testing.assert_allclose([frame.time_s for frame in frames], [0, 0.025, 0.05, 0.075], atol=1e-4)
    assert info.time_scale == 4
    assert info.rate_hz == pytest.approx(40)
    assert info.duration_s == pytest.approx(0.1, abs=1e-3)
    assert any("4 times slower" in note for note in info.notes)


def test_a_repeated_time_is_put_between_its_neighbours(make_clip: MakeClip) -> None:
    path = make_clip(times_s=[0, 0.1, 0.25, 0.3, 0.45, 0.5], count=6)
    data = bytearray(path.read_bytes())
    start = data.index(b"stts") + 8
    (entries,) = struct.unpack_from(">I", data, start)
    assert entries >= 5
    struct.pack_into(">II", data, start + 4 + 8 * 2, 1, 0)  # third picture stands for no time at all
    path.write_bytes(bytes(data))
    frames, info = read(path)
    # as the container says now: 0, .1, .25, .25, .4, .45; the repeated one goes midway to the next
    np.testing.assert_allclose([f.time_s for f in frames], [0, 0.1, 0.25, 0.325, 0.4, 0.45], atol=1e-3)
    assert any(note.startswith("1 picture") and "out of order" in note for note in info.notes)


def test_missing_times_are_filled_in_and_said(make_clip: MakeClip) -> None:
    frames, info = read(make_clip("raw.h264"))
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(10) / 10, atol=1e-9)
    assert any("no time of their own" in note for note in info.notes)
    slow, _ = read(make_clip("raw.h264"), rate_hz=5)
    np.testing.assert_allclose([f.time_s for f in slow], np.arange(10) / 5, atol=1e-9)


def test_a_given_rate_does_not_displace_the_containers_times(make_clip: MakeClip) -> None:
    frames, info = read(make_clip(), rate_hz=5)
    np.testing.assert_allclose([f.time_s for f in frames], np.arange(10) / 10, atol=1e-9)
    assert any("rate was given" in note for note in info.notes)


@pytest.mark.parametrize("colour", [(1, 1, 1, 1), (1, 1, 1, 2), (5, 5, 6, 1), (9, 9, 1, 1)])
def test_matrix_and_range_of_the_file_are_used(
    colour: tuple[int, int, int, int], make_clip: MakeClip, corners: Image
) -> None:
    frames, _ = read(make_clip(colour=colour, options={"crf": "10"}))
    got = middle_colours(np.asarray(frames[0].image))
    np.testing.assert_allclose(got, middle_colours(corners), atol=4)  # levels: rounding to YUV and back


def test_untagged_pictures_follow_their_height() -> None:
    assert source_matrix(2, 1080) == 1
    assert source_matrix(2, 480) == 5
    assert source_matrix(10, 480) == 9


def test_pq_comes_down_to_an_ordinary_picture(make_clip: MakeClip) -> None:
    """Graphics white (203 cd/m2, PQ 0.58) must be bright, a mid grey of it in the middle, black black."""
    codes = {"white": round(0.5807 * 255), "grey": round(0.4285 * 255), "black": 0}  # BT.2408, table 1 (grey: 18 %)
    bands = np.zeros((120, 160, 3), np.uint8)
    for k, code in enumerate(codes.values()):
        bands[40 * k : 40 * k + 40] = code
    path = make_clip(
        "pq.mp4",
        images=[bands] * 3,
        codec="libx265",
        pix_fmt="yuv420p10le",
        colour=(9, 9, 16, 1),
        options={"x265-params": "log-level=error"},
    )
    frames, info = read(path)
    white, grey, black = (np.asarray(frames[0].image)[row, 80].mean() for row in (20, 60, 100))
    assert 215 <= white <= 245
    assert (
        100 <= grey <= 135
    )  # 18 % grey is 117 on an sRGB display; undone PQ would read 109, washed out at the top
    assert black <= 4
    assert any("PQ" in note for note in info.notes)
    assert bool(np.all(np.diff(pq_curve().astype(int)) >= 0))


def test_hlg_and_ten_bits_are_said(make_clip: MakeClip, corners: Image) -> None:
    ten = {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": {"x265-params": "log-level=error"}}
    frames, info = read(make_clip("hlg.mp4", colour=(9, 9, 18, 1), **ten))
    np.testing.assert_allclose(middle_colours(np.asarray(frames[0].image)), middle_colours(corners), atol=6)
    assert any("HLG" in note for note in info.notes)
    _, info = read(make_clip("ten.mp4", **ten))
    assert any("10-bit" in note for note in info.notes)


def test_a_file_cut_off_gives_what_it_has_and_says_so(make_clip: MakeClip) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (20, 120, 160, 3), dtype=np.uint8)
    path = make_clip(images=list(noise))
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2])
    frames, info = read(path)
    assert 5 <= len(frames) <= 12
    assert any("breaks off" in note for note in info.notes)
    assert info.duration_s == pytest.approx(len(frames) / 10)


def test_damaged_pictures_are_left_out_and_counted(make_clip: MakeClip) -> None:
    path = make_clip("clip.avi", codec="mjpeg", colour=(5, 2, 2, 2), options={"strict": "unofficial"}, count=10)
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for place, size in places[4:6]:
        assert place is not None
        data[place + 8 : place + size] = bytes(size - 8)  # 8 bytes: name and length of an AVI chunk
    path.write_bytes(bytes(data))
    frames, info = read(path)
    assert len(frames) == 8
    assert any(note.startswith("2 damaged pictures") for note in info.notes)
    times_s = [frame.time_s for frame in frames]
    np.testing.assert_allclose(times_s, [0, 0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9], atol=1e-9)


def test_names_need_not_be_ascii_nor_true(make_clip: MakeClip, tmp_path: Path) -> None:
    path = make_clip("Knöchel 足首.mp4")
    assert len(read(path)[0]) == 10
    renamed = path.rename(tmp_path / "clip.jpg")
    assert read(renamed)[1].kind == "video"
    with open_recording(str(renamed)) as recording:
        assert recording.info.codec == "h264"


def test_the_sha256_is_that_of_the_file(make_clip: MakeClip) -> None:
    import hashlib

    path = make_clip()
    assert read(path)[1].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_slow_motion_is_noticed_but_not_applied() -> None:
    assert capture_rate_hz({"com.android.capture.fps": "240.000000"}) == 240
    assert capture_rate_hz({"com.android.capture.fps": "fast"}) is None
    assert capture_rate_hz({"title": "240"}) is None


def test_a_stated_capture_rate_becomes_a_note(make_clip: MakeClip) -> None:
    frames, info = read(make_clip(metadata={"com.android.capture.fps": "240.000000"}))
    assert frames[1].time_s == pytest.approx(0.1)
    assert any("240" in note and "--slow-motion 24" in note for note in info.notes)


def test_interlaced_video_is_said(make_clip: MakeClip) -> None:
    _, info = read(make_clip(options={"x264-params": "interlaced=1"}))
    assert any("interlaced" in note for note in info.notes)


def test_a_change_of_size_is_fitted_in(make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    """WebRTC recordings change their size; here every second picture does."""
    source = VideoFile(make_clip(), None)
    convert, sizes = source._rgb.convert, iter(range(100))
    monkeypatch.setattr(source._rgb, "convert", lambda f: convert(f)[: 60 if next(sizes) % 2 else 120].copy())
    pictures = list(source.pictures())
    source.close()
    assert {picture.image.shape for picture in pictures} == {(120, 160, 3)}
    assert any(note.startswith("5 pictures had another size") for note in source.describe().notes)


# --- what cannot be read --------------------------------------------------------------------------------------


def unreadable(path: Path | str, match: str) -> None:
    with pytest.raises(InputUnreadable, match=match) as caught:
        open_recording(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_missing_path(tmp_path: Path) -> None:
    unreadable(tmp_path / "none.mp4", "no file or folder")


def test_zero_bytes(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    unreadable(path, "the file is empty")


@pytest.mark.parametrize("name", ["notes.mp4", "notes.txt", "list.m3u8", "list.ffconcat"])
def test_text_whatever_its_name(name: str, tmp_path: Path, make_clip: MakeClip) -> None:
    clip = make_clip()
    path = tmp_path / name
    starts = {
        "list.m3u8": f"#EXTM3U\n#EXTINF:1,\n{clip.name}\n",
        "list.ffconcat": f"ffconcat version 1.0\nfile {clip.name}\n",
    }
    path.write_text(starts.get(name, "Dear diary\n" * 200))
    unreadable(path, "contents are neither")


def test_sound_alone(audio_only: Path) -> None:
    unreadable(audio_only, "holds audio only")


def test_a_file_without_its_index(make_clip: MakeClip) -> None:
    path = make_clip()
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov")])
    unreadable(path, "damaged")


def test_a_file_without_any_picture(make_clip: MakeClip) -> None:
    path = make_clip()
    data = bytearray(path.read_bytes())
    data[data.index(b"mdat") + 4 :] = bytes(len(data) - data.index(b"mdat") - 4)
    path.write_bytes(bytes(data))
    unreadable(path, "not one of its pictures")


def test_a_path_that_may_not_be_read(make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, so that it also says something where the tests run as root."""
    path = make_clip()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    unreadable(path, "may not be read")


def test_a_format_without_a_decoder(make_clip: MakeClip) -> None:
    path = make_clip()
    data = path.read_bytes().replace(b"avc1", b"xyz1")
    path.write_bytes(data)
    unreadable(path, "cannot decode")


@pytest.mark.parametrize(
    "wrong", [{"rate_hz": 0.0}, {"time_scale": -1.0}, {"readahead": 0}, {"limit_s": float("nan")}]
)
def test_numbers_out_of_range(wrong: dict[str, float], make_clip: MakeClip) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        open_recording(make_clip(), **wrong)  # type: ignore[arg-type]


# --- memory ---------------------------------------------------------------------------------------------------

PEAK = """
import json, sys, psutil
from rom.video import open_recording
here, peak, count = psutil.Process(), 0, 0
with open_recording(sys.argv[1]) as recording:
    for frame in recording:
        count += 1
        if count % 20 == 0:
            peak = max(peak, here.memory_info().rss)
print(json.dumps([count, peak]))
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_length(make_clip: MakeClip) -> None:
    """Ten minutes against ten seconds, 320 x 240 at 5 a second: all pictures held at once would be 690 MB."""
    pytest.importorskip("psutil", reason="measures the memory of another process through psutil")
    rng = np.random.default_rng(1)
    images = [rng.integers(0, 255, (240, 320, 3), dtype=np.uint8)] * 3000
    peaks = []
    for count in (50, 3000):
        path = make_clip(
            f"{count}.mp4",
            images=images[:count],
            times_s=[k / 5 for k in range(count)],
            options={"preset": "ultrafast", "crf": "40"},
        )
        run = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, check=True, timeout=120)
        seen, peak = json.loads(run.stdout)
        assert seen == count
        peaks.append(peak / 1e6)
    assert peaks[1] - peaks[0] < 60, f"10 s: {peaks[0]:.0f} MB, 10 min: {peaks[1]:.0f} MB"


# --- recordings that others made ------------------------------------------------------------------------------

SHARED = Path(__file__).parents[3] / "shared"
REAL = sorted([*SHARED.glob("recordings/*.mp4"), *SHARED.glob("synthetic/clips/*.mp4")])


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="the shared recordings are not beside this checkout")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_recordings_have_one_shot_and_ffmpegs_frame_count(path: Path) -> None:
    with av.open(str(path)) as container:
        due = [float(frame.time or 0.0) for frame in container.decode(video=0)]
    with open_recording(path) as recording:
        times_s, shots = zip(*((frame.time_s, frame.shot) for frame in recording), strict=True)
    assert set(shots) == {0}
    np.testing.assert_allclose(times_s, np.array(due) - due[0], atol=1e-9)
    assert all(after > before for before, after in pairwise(times_s))


@pytest.mark.parametrize(
    ("metadata", "device"),
    [
        ({"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 13"}, "Apple iPhone 13"),
        (
            {
                "com.apple.quicktime.model": "iPhone 15",
                "com.apple.quicktime.make": "Apple",
                "com.apple.quicktime.camera.lens_model": "ultra wide 1.54mm",
            },
            "Apple iPhone 15 ultra wide 1.54mm",
        ),
        ({"com.android.manufacturer": "Acme", "com.android.model": "One"}, "Acme One"),
        ({"make": " Acme ", "model": "Acme"}, "Acme"),
        ({"encoder": "Lavf61", "com.android.capture.fps": "120"}, ""),
    ],
)
def test_the_device_is_what_the_file_says(metadata: dict[str, str], device: str) -> None:
    assert device_name(metadata) == device


def test_the_device_of_a_clip_reaches_its_info(tmp_path: Path) -> None:
    path = tmp_path / "phone.mov"
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as file:
        file.metadata["com.apple.quicktime.make"] = "Apple"
        file.metadata["com.apple.quicktime.model"] = "iPhone 13"
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    with open_recording(path) as recording:
        assert recording.info.device == "Apple iPhone 13"
