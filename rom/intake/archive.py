"""ZIP archives from outside: every member is known by name and size before one is unpacked.

Nothing is ever extracted to a path that the archive names, and nothing is unpacked beyond what its directory
promised: the reader stops there, and the promise was held to a limit.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rom.errors import InputUnreadable

#: End record of a ZIP without a comment (APPNOTE.TXT 4.3.16): signature, two disk numbers, entries here and in all,
#: size and place of the directory, length of the comment.
END = struct.Struct("<4s4H2LH")
DIRECTORY_BYTES_MOST = 2**18  # of all names together: 200 members take about 20 kB
ENCRYPTED = 0x1  # flag of a member
CHUNK = 2**20
#: Unpacked to packed, over the whole archive. Deflate reaches 1000 on zeros; examinations of ours 5 to 20.
RATIO_MOST, RATIO_FREE_BYTES = 200, 2**20


class Archive:
    """A ZIP whose members are all allowed; a context manager.

    Parameters
    ----------
    path : the file. allowed : pattern of a whole name to the most bytes that such a member may unpack to.
    members_most, bytes_most : of all together, unpacked.

    Raises
    ------
    InputUnreadable : it is no plain ZIP, or has a member that is not allowed.
    """

    def __init__(self, path: Path, allowed: Mapping[str, int], *, members_most: int, bytes_most: int) -> None:
        _check_end(path, members_most)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise damaged("its directory cannot be read") from error
        try:
            members = self._zip.infolist()
            for member in members:
                _check_member(member, allowed)
            _check_all(members, path.stat().st_size, bytes_most)
        except InputUnreadable:
            self._zip.close()
            raise
        self._members = {member.filename: member for member in members}

    @property
    def sizes(self) -> dict[str, int]:
        """Name to size of every member, unpacked."""
        return {name: member.file_size for name, member in self._members.items()}

    def read(self, name: str) -> bytes:
        """A member, unpacked."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member, unpacked piece by piece; its checksum is right where this ends."""
        if name not in self._members:
            raise damaged(f"'{name}' is missing")
        try:
            with self._zip.open(self._members[name]) as member:
                while piece := member.read(CHUNK):
                    yield piece
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
            zlib.error,
        ) as error:
            raise damaged(f"'{name}' cannot be unpacked") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()


def damaged(why: str) -> InputUnreadable:
    """The error for an archive that is not as we write it."""
    return InputUnreadable(f"This file is damaged or was not made by rom ({why}); ask for it again.")


def _check_end(path: Path, members_most: int) -> None:
    """The end record, before the directory is read: few entries, nothing before or behind the archive."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END.size))
        tail = file.read(END.size)
    if len(tail) < END.size:
        raise damaged("it is too short for an archive")
    mark, *disks, here, entries, length, start, comment = END.unpack(tail)
    if mark != b"PK\x05\x06" or comment or any(disks) or here != entries:
        raise damaged("it does not end as an archive does")
    if entries > members_most or length > DIRECTORY_BYTES_MOST:
        raise damaged(f"it holds more than {members_most} files")
    if start + length + END.size != size:
        raise damaged("there is something before or behind the archive in it")


def _check_member(member: zipfile.ZipInfo, allowed: Mapping[str, int]) -> None:
    """One member: a plain file, packed in a plain way, of a name and a size that are allowed."""
    name = member.orig_filename
    most = next((bytes_most for pattern, bytes_most in allowed.items() if re.fullmatch(pattern, name)), None)
    if most is None or member.filename != name:
        raise damaged(f"it holds a file that does not belong there: {name[:60]!r}")
    if member.flag_bits & ENCRYPTED:
        raise damaged(f"'{name}' is encrypted")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or member.is_dir():
        raise damaged(f"'{name}' is a link or a folder")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(f"'{name}' is packed in an unusual way")
    if member.file_size > most:
        raise damaged(f"'{name}' would unpack to {member.file_size / 1e6:,.0f} MB")


def _check_all(members: list[zipfile.ZipInfo], packed: int, bytes_most: int) -> None:
    """All members together: each name once, none lying over another, and not too much when unpacked."""
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        raise damaged("a file stands in it twice")
    if sum(member.compress_size for member in members) > packed:
        raise damaged("its files lie over each other")
    unpacked = sum(member.file_size for member in members)
    if unpacked > bytes_most or unpacked > RATIO_MOST * packed + RATIO_FREE_BYTES:
        raise damaged(f"it would unpack to {unpacked / 1e6:,.0f} MB")
