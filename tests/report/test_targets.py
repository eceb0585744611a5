"""Where results go is looked at before the work: nothing is lost after it, and nothing overwritten by mistake."""

from pathlib import Path

import pytest

from rom.errors import UsageError
from rom.report.targets import check_targets


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a recording")
    return path


def test_the_recording_is_never_overwritten(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for option in ("--json", "--csv", "--overlay"):
        with pytest.raises(UsageError, match=f"{option}.*the recording itself"):
            check_targets(str(clip), {option: "./clip.mp4"})  # the same file by another name


def test_two_results_do_not_share_a_file(clip: Path, tmp_path: Path) -> None:
    same = str(tmp_path / "out.txt")
    with pytest.raises(UsageError, match=r"--csv.*--json"):
        check_targets(str(clip), {"--json": same, "--csv": same})


def test_folders_that_are_none_and_files_that_are_folders(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        check_targets(str(clip), {"--json": str(tmp_path)})
    with pytest.raises(UsageError, match="There is no folder"):
        check_targets(str(clip), {"--overlay": str(tmp_path / "no" / "out.mp4")})


def test_a_folder_that_may_not_be_written_to(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rom.report.targets.os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(UsageError, match="may not be written to"):
        check_targets(str(clip), {"--csv": str(tmp_path / "a.csv")})


def test_stored_landmarks_have_a_name_by_which_they_are_found_again(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"landmarks\.npz"):
        check_targets(str(clip), {"--landmarks": str(tmp_path / "l.npz")})


def test_what_can_be_written_passes_and_nothing_is_made(clip: Path, tmp_path: Path) -> None:
    asked = {"--json": "-", "--csv": "", "--overlay": str(tmp_path / "o.mp4"), "--landmarks": ""}
    check_targets(str(clip), asked)
    check_targets("0", {"--landmarks": str(tmp_path / "l.landmarks.npz")})
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
