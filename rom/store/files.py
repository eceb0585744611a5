"""Files that are whole or not there: written under another name, flushed to the disk, then renamed.

After a power loss the name stands either for the whole file or for nothing, because of the order: the content is on
the disk (fsync of the file) before the name is (rename), and the name is (fsync of the folder) before anybody is
told of it.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

#: Ends the name of a file that is not whole yet.
PART = ".part"
#: Read and written so much at a time: 1 MiB.
PIECE_BYTES = 1 << 20


def write_whole(folder: Path, write: Callable[[BinaryIO], str]) -> Path:
    """Write a file that is whole or not there.

    Parameters
    ----------
    folder : where it goes; it is there already.
    write : fills the file and returns its name, which may follow from what is in it.
    """
    part = folder / f".{uuid4().hex}{PART}"
    try:
        with part.open("xb") as file:
            name = write(file)
            flush(file)
        path = folder / name
        made = make_folder(path.parent)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)
    if made:
        flush_folder(path.parent.parent)
    return path


def flush(file: BinaryIO) -> None:
    """Everything written so far is on the disk when this returns."""
    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """The names in a folder are on the disk when this returns; Windows does so by itself, and cannot be asked."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> bool:
    """Make a folder that only this user may open; whether it was not there."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    return True


def remove(*paths: Path) -> None:
    """Take files and folders away, those that are there."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
