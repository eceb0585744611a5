"""What a study is of: files, folders and patterns become lines; a manifest brings lines of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path

from rom.batch.manifest import is_manifest, manifest_orders
from rom.batch.order import Judging, Looking, Order
from rom.errors import InputUnreadable, UsageError

#: Endings that a recording has in a folder; what is named itself, or by a pattern, may have any.
RECORDINGS = (
    *(".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".3gp"),
    *(".landmarks.npz", ".landmarks.parquet", ".trc", ".c3d"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """The lines of a study, in order of their names. `left_aside` : files in folders that are no recordings."""

    orders: list[Order] = field(default_factory=list)
    left_aside: int = 0


def listed(paths: Sequence[str | Path], looking: Looking, judging: Judging, out: Path) -> Listed:
    """All lines that `paths` name.

    Parameters
    ----------
    paths : recordings, folders (with all below), patterns (``clips/**/*.mp4``), and manifests.
    looking, judging : of every line, where a manifest says nothing else.
    out : the study's own folder, which is passed over.

    Raises
    ------
    UsageError : nothing is there, or a manifest cannot be read as one.
    """
    orders: dict[tuple[str, Judging, Looking], Order] = {}
    left_aside = 0
    for said in paths:
        if not str(said).strip():
            raise UsageError("Expected recordings to measure, but got an empty path; name files or a folder.")
        if is_manifest(Path(said)):
            found = manifest_orders(Path(said), looking, judging)
        else:
            places, aside = _places(str(said), out)
            left_aside += aside
            found = [Order(str(path.absolute()), shown, looking=looking, judging=judging) for path, shown in places]
        for order in found:
            orders.setdefault((order.path, order.judging, order.looking), order)
    if not orders:
        raise UsageError(
            f"Expected recordings in {', '.join(str(path) for path in paths)}, but there are none "
            f"({left_aside} other files); name a folder with videos or stored landmarks, or a manifest."
        )
    return Listed(sorted(orders.values(), key=lambda order: (order.shown, order.path)), left_aside)


def _places(said: str, out: Path) -> tuple[list[tuple[Path, str]], int]:
    """Recordings with the names they are shown by, and how many other files there were."""
    path = Path(said)
    if path.is_dir():
        return _in_folder(path, out)
    if path.exists() or not has_magic(said):
        return [(path, path.name)], 0  # one that is not there has a row among the failures
    matching = [Path(one) for one in sorted(glob(said, recursive=True))]  # noqa: PTH207 - `said` may be absolute
    return [(one, one.name) for one in matching if one.is_file() and not _inside(one, out)], 0


def _in_folder(folder: Path, out: Path) -> tuple[list[tuple[Path, str]], int]:
    """Everything below a folder that is a recording, named from the folder on."""
    found, aside = [], 0
    base = folder.absolute()
    for path in _files(base, out.absolute()):
        if path.is_dir() or _is_recording(path):
            found.append((path, (Path(base.name) / path.relative_to(base)).as_posix()))
        else:
            aside += 1
    return found, aside


def _files(folder: Path, out: Path) -> Iterator[Path]:
    """Files below a folder, and the folders that are one recording (OpenPose); hidden ones are passed over."""
    from rom.pose.openpose import openpose_files

    if openpose_files(folder):
        yield folder
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path == out:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path, out)
        elif path.is_file():
            yield path


def _is_recording(path: Path) -> bool:
    """By its ending; a file with another one is asked for its first bytes."""
    if path.name.lower().endswith(RECORDINGS):
        return True
    from rom.intake import sniffed

    try:
        return not path.suffix and sniffed(path).what == "video"
    except InputUnreadable:
        return False


def _inside(path: Path, folder: Path) -> bool:
    return folder.absolute() in path.absolute().parents
