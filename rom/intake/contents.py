"""What may stand in a file from outside, checked before memory is given to it: JSON, arrays, pictures."""

import io
import json
import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from rom.errors import InputUnreadable
from rom.intake.archive import Archive, damaged

#: JSON: an examination of ten minutes at 60 pictures a second takes about 20 MB and nests 7 deep.
JSON_BYTES_MOST = 24 * 2**20
JSON_DEPTH_MOST = 20
JSON_BRACKETS_MOST = 2**20  # lists and objects, at up to 64 bytes each
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
#: Control characters, which would speak to a terminal, and halves of characters, which cannot be written again.
_CONTROL = re.compile(rb"\\u(?:00[01]|[dD][89a-fA-F])|\xc2[\x80-\x9f]")
_BRACKETS = re.compile(rb"[\[\]{}]")

#: Arrays: ten minutes at 60 pictures a second with one person take 22 MB.
ARRAYS_BYTES_MOST = 128 * 2**20
ARRAYS_MOST = 32
ARRAY_NAME = r"[a-z0-9_]{1,40}\.npy"
ROWS_MOST = 200_000  # pictures, or people in them, at some 400 bytes each
ARRAY_KINDS = "biufU"  # numbers and text; no objects, which would be pickles
HEADER_BYTES_MOST = 4096

#: Pictures: those of a report have 720 x 480.
PICTURE_BYTES_MOST = 4 * 2**20
PICTURE_PIXELS_MOST = 4_000_000


def checked_json(data: bytes, name: str) -> Any:
    """JSON of a bounded size and depth; no NaN, no control characters.

    Raises
    ------
    InputUnreadable : it is none, or is out of bounds.
    """
    if _CONTROL.search(data):
        raise damaged(f"'{name}' holds characters that no text has")
    if len(data) > JSON_BYTES_MOST or data.count(b"[") + data.count(b"{") > JSON_BRACKETS_MOST:
        raise damaged(f"'{name}' is too long")
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", data)):
        depth += 1 if bracket[0] in (b"[", b"{") else -1
        if depth > JSON_DEPTH_MOST:
            raise damaged(f"'{name}' is nested too deep")
    try:
        return json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise damaged(f"'{name}' is not JSON") from error


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def check_arrays(path: Path) -> None:
    """Check that an ``.npz`` file holds plain arrays of bounded size, from their headers alone.

    Raises
    ------
    InputUnreadable : it is none, or is out of bounds.
    """
    with Archive(
        path, {ARRAY_NAME: ARRAYS_BYTES_MOST}, members_most=ARRAYS_MOST, bytes_most=ARRAYS_BYTES_MOST
    ) as archive:
        for name, size in archive.sizes.items():
            _check_array(name, next(archive.chunks(name), b""), size)


def _check_array(name: str, beginning: bytes, size: int) -> None:
    """One array: of numbers or text, with as many bytes behind its header as its shape needs."""
    try:
        head = io.BytesIO(beginning[:HEADER_BYTES_MOST])
        version = np.lib.format.read_magic(head)
        if version != (1, 0):
            raise ValueError(f"version {version}")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            shape, _, dtype = np.lib.format.read_array_header_1_0(head)
    except (ValueError, TypeError, EOFError, SyntaxError, RecursionError, MemoryError, Warning) as error:
        raise damaged(f"'{name}' has no readable header") from error
    if dtype.kind not in ARRAY_KINDS or dtype.hasobject:
        raise damaged(f"'{name}' holds something other than numbers and text")
    rows = shape[0] if shape else 1
    if rows > ROWS_MOST or any(length < 0 for length in shape):
        raise damaged(f"'{name}' is too long")
    if math.prod(shape) * dtype.itemsize != size - head.tell():
        raise damaged(f"'{name}' is not as long as it says")


def check_jpeg(data: bytes, name: str) -> None:
    """Check that a picture is a whole JPEG of bounded size, with nothing behind it.

    Raises
    ------
    InputUnreadable : it is none, or is out of bounds.
    """
    from PIL import Image

    if len(data) > PICTURE_BYTES_MOST:
        raise damaged(f"'{name}' is too large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
                if math.prod(picture.size) > PICTURE_PIXELS_MOST:
                    raise damaged(f"'{name}' has too many pixels")
                picture.load()
    except InputUnreadable:
        raise
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise damaged(f"'{name}' is no JPEG") from error
    if not data.endswith(b"\xff\xd9"):
        raise damaged(f"'{name}' has something behind its picture")
