"""A first look: what a file is, and that nothing too large, too long or of another kind goes further."""

import io
import random
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from calibration.benchmarks.broken import png_of
from rom.errors import InputUnreadable
from rom.intake import LIMITS, Limits, guarded, look, sniffed
from rom.intake.first_look import Looked, look_at_video
from rom.intake.sniff import MP4
from rom.samples import sample_folder
from tests.intake import deeds
from tests.intake.conftest import jpeg_of

MakeVideo = Callable[..., Path]
SAMPLES = sorted(sample_folder().glob("*.mp4"))
#: A tenth of a second of each changed file is decoded, and the whole is held to this.
MUTANT_LIMITS = replace(LIMITS, cpu_s=60.0, wall_s=300.0)
MUTANTS, GROUP = 200, 50

#: Texts that a video reader would follow to other files or to the network.
PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '/etc/passwd'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "dash": "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><BaseURL>file:///etc/</BaseURL></MPD>",
    "m3u": "http://127.0.0.1:9/x.ts\n",
    "svg": "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "words": "This is not a video at all.\n" * 40,
}


@pytest.mark.parametrize(
    ("container", "codec", "suffix"),
    [
        ("mp4", "libx264", ".mp4"),
        ("mov", "libx264", ".mov"),
        ("matroska", "libx264", ".mkv"),
        ("webm", "libvpx", ".webm"),
        ("webm", "libvpx-vp9", ".webm"),
        ("avi", "mpeg4", ".avi"),
        ("mpegts", "libx264", ".ts"),
        ("mpeg", "mpeg2video", ".mpg"),
    ],
)
def test_a_video_is_known_whatever_it_is_called(
    container: str, codec: str, suffix: str, make_video: MakeVideo
) -> None:
    times_s = [k / 25 for k in range(6)]
    found = look(make_video("holiday.txt", container=container, codec=codec, times_s=times_s))
    assert found.kind.suffix == suffix
    assert (found.width_px, found.height_px, found.rotation_deg) == (64, 48, 0)
    assert found.duration_s == pytest.approx(0.2, abs=0.11)  # s: with or without the last picture's own time


def test_a_browsers_recording_says_no_duration_and_has_one(make_video: MakeVideo) -> None:
    times_s = [k / 10 for k in range(31)]
    live = make_video(container="webm", codec="libvpx", times_s=times_s, options={"live": "1"})
    assert look(live).duration_s == pytest.approx(3.0, abs=0.01)


def test_how_it_is_turned_is_seen(make_video: MakeVideo) -> None:
    path = make_video()
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    data[start : start + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(bytes(data))
    assert look(path).rotation_deg == 90


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_every_sample_is_let_in(path: Path) -> None:
    found = look(path)
    assert (found.kind, found.codec) == (MP4, "h264")
    assert 5 < found.duration_s < 30


@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("mark", ["", "\ufeff", "\n"])
def test_what_leads_to_other_files_is_no_video(name: str, mark: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text(mark + PLAYLISTS[name], encoding="utf-8")
    with pytest.raises(InputUnreadable, match="whatever its name says"):
        look(path)


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_reader_that_is_told_the_kind_does_not_follow_a_playlist(name: str, tmp_path: Path) -> None:
    """Behind the first bytes stands a second fence: only the demuxer of the kind is tried."""
    path = tmp_path / "clip.mp4"
    path.write_text(PLAYLISTS[name], encoding="utf-8")
    with pytest.raises(InputUnreadable, match="damaged"):
        look_at_video(path, MP4, LIMITS)


def test_a_playlist_behind_a_videos_first_bytes_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(struct.pack(">I", 16) + b"ftypisom" + bytes(4) + PLAYLISTS["hls"].encode())
    with pytest.raises(InputUnreadable, match="damaged"):
        look(path)


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"PK\x03\x04" + bytes(60), b"MZ" + bytes(100), b"%PDF-1.7\n", b"GIF89a" + bytes(20)]
)
def test_other_files_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(InputUnreadable):
        sniffed(path)


def test_a_heic_photograph_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(struct.pack(">I", 24) + b"ftypheic" + bytes(12))
    with pytest.raises(InputUnreadable, match="none of them"):
        sniffed(path)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="could not be read"):
        sniffed(tmp_path / "none.mp4")
    with pytest.raises(InputUnreadable, match="could not be read"):
        sniffed(tmp_path)


def test_sizes_are_looked_at_before_anything_is_opened(make_video: MakeVideo) -> None:
    path = make_video()
    with pytest.raises(InputUnreadable, match="0 MB at most"):
        look(path, replace(LIMITS, bytes_most=path.stat().st_size - 1))
    assert look(path, replace(LIMITS, bytes_most=path.stat().st_size)).bytes == path.stat().st_size


def test_huge_pictures_in_a_small_file_are_not_decoded(make_video: MakeVideo) -> None:
    path = make_video(size=(8192, 4096), times_s=(0.0,))
    assert path.stat().st_size < 200_000, "33 million pixels in a few bytes"
    with pytest.raises(InputUnreadable, match="8192 x 4096"):
        look(path)


@pytest.mark.parametrize("size", [(65500, 65500), (65500, 16), (0, 0)])
def test_a_picture_that_promises_another_size_is_bounded(size: tuple[int, int], make_video: MakeVideo) -> None:
    path = make_video(container="avi", codec="mjpeg", times_s=(0.0, 0.1))
    path.write_bytes(jpeg_of(path.read_bytes(), *size))
    limits = replace(LIMITS, memory_bytes=300 * deeds.MEGABYTE)
    began = time.monotonic()
    with pytest.raises(InputUnreadable, match=r"damaged|pixels at most|decoded"):
        look(path, limits)
    assert time.monotonic() - began < 20


def test_pictures_of_just_the_limit_are_let_in(make_video: MakeVideo) -> None:
    path = make_video(size=(64, 48))
    assert look(path, replace(LIMITS, pixels_most=64 * 48)).width_px == 64
    with pytest.raises(InputUnreadable, match="64 x 48"):
        look(path, replace(LIMITS, pixels_most=64 * 48 - 1))


@pytest.mark.parametrize("container", ["mp4", "webm", "matroska"])
def test_a_recording_that_never_ends_is_refused(container: str, make_video: MakeVideo) -> None:
    codec = "libvpx" if container == "webm" else "libx264"
    path = make_video(container=container, codec=codec, times_s=(0.0, 0.1, 1_200.0))
    with pytest.raises(InputUnreadable, match="10 minutes at most, but this one has 20"):
        look(path)


def test_a_live_recording_that_never_ends_is_refused(make_video: MakeVideo) -> None:
    path = make_video(container="webm", codec="libvpx", times_s=(0.0, 0.1, 1_200.0), options={"live": "1"})
    with pytest.raises(InputUnreadable, match="10 minutes at most, but this one has 20"):
        look(path)


def test_a_header_that_states_too_much_is_refused(make_video: MakeVideo) -> None:
    path = make_video(container="matroska")
    data = bytearray(path.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3  # Duration, 8 bytes
    assert struct.unpack_from(">d", data, at)[0] == pytest.approx(400, abs=101)  # ms
    struct.pack_into(">d", data, at, 1e12)
    path.write_bytes(bytes(data))
    with pytest.raises(InputUnreadable, match="minutes at most"):
        look(path)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused_or_seen_as_far_as_it_goes(share: float, tmp_path: Path) -> None:
    whole = SAMPLES[0].read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: int(share * len(whole))])
    outcome = deeds.outcomes([path], LIMITS, 0.1)[0]
    assert outcome == "read" or "damaged" in outcome


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    import av
    import numpy as np

    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 44100
        out.mux(stream.encode(sound))
        out.mux(stream.encode(None))
    with pytest.raises(InputUnreadable, match="no picture"):
        look(path)


def test_a_decoder_that_no_camera_needs_is_not_used(make_video: MakeVideo) -> None:
    path = make_video(container="matroska", codec="ffv1")
    with pytest.raises(InputUnreadable, match="not read here"):
        look(path)


@pytest.mark.parametrize("size", [(50_000, 50_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_a_photograph_that_would_unpack_to_gigabytes_is_refused(size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "foot.png"
    path.write_bytes(png_of(*size))
    with pytest.raises(InputUnreadable, match="million pixels at most"):
        look(path, replace(LIMITS, memory_bytes=200 * deeds.MEGABYTE))


def test_photographs_are_known_by_what_they_are(tmp_path: Path) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30)).save(drawn, "JPEG")
    path = tmp_path / "foot.png"
    path.write_bytes(drawn.getvalue())
    found = look(path)
    assert (found.kind.suffix, found.codec, found.width_px, found.duration_s) == (".jpg", "jpeg", 40, 0.0)
    path.write_bytes(jpeg_of(drawn.getvalue(), 65500, 65500))
    with pytest.raises(InputUnreadable, match="million pixels at most"):
        look(path)


def test_landmarks_and_exchange_files_are_known_and_are_no_recordings(tmp_path: Path) -> None:
    stored = sample_folder() / "seated_right.landmarks.npz"
    assert sniffed(stored).what == "landmarks"
    with pytest.raises(InputUnreadable, match="Expected a video or a photograph"):
        look(stored)


@pytest.mark.parametrize("change", [{"width_px": 0}, {"width_px": 1e9}, {"duration_s": float("nan")}, {"codec": 7}])
def test_what_the_process_answers_is_checked(change: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"codec": "h264", "width_px": 64, "height_px": 48, "duration_s": 1.0, "rotation_deg": 0}
    monkeypatch.setattr("rom.intake.first_look.guarded", lambda *_, **__: facts)
    assert look(SAMPLES[0]) == Looked(MP4, SAMPLES[0].stat().st_size, **facts)  # type: ignore[arg-type]
    monkeypatch.setattr("rom.intake.first_look.guarded", lambda *_, **__: facts | change)
    with pytest.raises(InputUnreadable, match="makes no sense"):
        look(SAMPLES[0])


def mutant(whole: bytes, seed: int) -> bytes:
    """A good file with some of its bytes changed, doubled or left out; half of the changes fall into its header."""
    dice = random.Random(seed)
    changed = bytearray(whole)
    header = max(whole.find(b"mdat"), 64)
    for _ in range(dice.choice([1, 4, 16, 64])):
        at = dice.randrange(header if dice.random() < 0.5 else len(changed))
        how = dice.randrange(4)
        if how == 0:
            changed[at] = dice.randrange(256)
        elif how == 1:
            changed[at : at + 4] = struct.pack(
                ">I", dice.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, dice.getrandbits(32)])
            )
        elif how == 2:
            del changed[at : at + dice.randrange(1, 9)]
        else:
            changed[at:at] = changed[at : at + dice.randrange(1, 9)]
    return bytes(changed[: dice.randrange(len(changed)) if dice.random() < 0.1 else None])


def test_changed_files_are_refused_or_read_within_limits(tmp_path: Path) -> None:
    """In a process for each group, for speed; the files of a group that fell would be looked at singly."""
    paths = []
    for k in range(MUTANTS):
        path = tmp_path / f"{k}.mp4"
        path.write_bytes(mutant(SAMPLES[k % len(SAMPLES)].read_bytes(), seed=k))
        paths.append(path)
    told: list[str] = []
    for first in range(0, MUTANTS, GROUP):
        told += outcomes_of(paths[first : first + GROUP])
    read = told.count("read")
    assert len(told) == MUTANTS
    assert all(sentence == "read" or sentence.endswith(".") for sentence in told)
    assert 0.1 * MUTANTS < read < 0.9 * MUTANTS, "the changes are neither all deadly nor all harmless"


def outcomes_of(paths: list[Path], limits: Limits = MUTANT_LIMITS) -> list[str]:
    """What becomes of each file; one that fells its process is refused by that."""
    try:
        return list(guarded(deeds.outcomes, paths, limits, 0.1, limits=limits))
    except InputUnreadable as error:
        return [str(error)] if len(paths) == 1 else [outcomes_of([path])[0] for path in paths]
