"""SHA-256 of what was read, so that a result can name its recording."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def sha256_of_file(path: Path) -> str:
    """Hex digest of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_files(paths: Iterable[Path]) -> str:
    """Hex digest over the names and the digests of the files, in the order given."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.name.encode() + b"\0" + sha256_of_file(path).encode() + b"\0")
    return whole.hexdigest()
