"""What a study is of: folders, patterns, manifests; what is wrong with a row is said with its number."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rom.batch.listing import listed
from rom.batch.manifest import is_manifest, manifest_orders
from rom.batch.order import Judging, Looking
from rom.errors import UsageError

OUT = Path("none")


def shown(*paths: str | Path, out: Path = OUT) -> list[str]:
    return [order.shown for order in listed(paths, Looking(), Judging(), out).orders]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with recordings and other files."""
    clips = tmp_path / "clips"
    (clips / "day2").mkdir(parents=True)
    for name in ("b.mp4", "a.MOV", "notes.txt", "day2/c.landmarks.npz", "day2/d.trc", ".hidden.mp4", "photo.jpg"):
        (clips / name).write_bytes(b"x")
    (clips / "no_ending").write_bytes(b"\x00\x00\x00\x18ftypisom")
    return clips


def test_a_folder_is_everything_below_it_that_is_a_recording(folder: Path) -> None:
    found = listed([folder], Looking(), Judging(), OUT)
    assert [order.shown for order in found.orders] == [
        "clips/a.MOV",
        "clips/b.mp4",
        "clips/day2/c.landmarks.npz",
        "clips/day2/d.trc",
        "clips/no_ending",
    ]
    assert found.left_aside == 2
    assert all(Path(order.path).is_absolute() for order in found.orders)


def test_the_studys_own_folder_is_passed_over(folder: Path) -> None:
    assert "clips/day2/d.trc" not in shown(folder, out=folder / "day2")


def test_a_pattern_and_a_file_are_taken_whatever_their_ending(folder: Path) -> None:
    assert shown(f"{folder}/**/*.[tm]*") == ["b.mp4", "d.trc", "notes.txt"]
    assert shown(folder / "photo.jpg") == ["photo.jpg"]


def test_what_is_named_twice_is_taken_once(folder: Path) -> None:
    assert shown(folder, folder, folder / "b.mp4").count("clips/b.mp4") == 1


def test_a_file_that_is_not_there_is_a_line_of_the_study() -> None:
    assert shown("nowhere/clip.mp4") == ["clip.mp4"]


def test_nothing_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are none"):
        shown(tmp_path)
    with pytest.raises(UsageError, match="empty path"):
        shown("")


def test_an_openpose_folder_is_one_recording(tmp_path: Path) -> None:
    folder = tmp_path / "clips" / "walk"
    folder.mkdir(parents=True)
    for k in range(3):
        (folder / f"walk_{k:012d}_keypoints.json").write_text("{}")
    assert shown(tmp_path / "clips") == ["clips/walk"]


def manifest(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_manifest_says_what_is_asked_of_each(tmp_path: Path) -> None:
    head = "path,person,side,protocol,age,sex,near,clinic\n"
    text = head + 'x/a.mp4,P1,left,seated,30,female,"0.2,0.8",7\nb.mp4,,,,,,,8\n'
    first, second = manifest_orders(manifest(tmp_path, text), Looking(), Judging(side="right", protocol="lunge"))
    assert (first.path, first.shown, first.person) == (str(tmp_path / "x/a.mp4"), "x/a.mp4", "P1")
    judging = first.judging
    assert (judging.side, judging.protocol, judging.age_years, judging.sex) == ("left", "seated", 30.0, "female")
    assert judging.near == (0.2, 0.8)
    assert (second.judging.side, second.judging.protocol) == ("right", "lunge"), "what holds where it says nothing"
    assert [first.further, second.further] == [{"clinic": 7}, {"clinic": 8}]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_what_a_spreadsheet_puts_between_cells_is_seen(mark: str, tmp_path: Path) -> None:
    path = manifest(tmp_path, "\ufeffpath,person\na.mp4,P1\n".replace(",", mark))
    assert is_manifest(path)
    assert manifest_orders(path, Looking(), Judging())[0].person == "P1"


def test_a_manifest_may_be_parquet(tmp_path: Path) -> None:
    path = tmp_path / "study.parquet"
    pq.write_table(pa.table({"path": ["a.mp4"], "age": [30], "weight_kg": [61.5]}), path)
    (order,) = listed([path], Looking(), Judging(), OUT).orders
    assert order.judging.age_years == 30.0
    assert order.further == {"weight_kg": 61.5}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path,age\na.mp4,thirty\n", "a number for 'age_years' in row 1"),
        ("path,near\na.mp4,0.5\n", "numbers separated by commas for 'near' in row 1"),
        ("path,age\na.mp4,30\n,40\n", "row 2 has none"),
        ("path,dorsiflexion_deg\na.mp4,12\n", "'dorsiflexion_deg'"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        manifest_orders(manifest(tmp_path, text), Looking(), Judging())


def test_a_table_of_keypoints_is_no_manifest(tmp_path: Path) -> None:
    path = manifest(tmp_path, "time_s,person,landmark,x_px,y_px,confidence\n0,0,left_knee,1,2,1\n")
    assert not is_manifest(path)
    assert shown(path) == ["study.csv"]
