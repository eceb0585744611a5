"""Pictures as the browser sends them, good and hostile."""

import cv2
import numpy as np
import pytest

from rom.errors import InputUnreadable
from rom.live.picture import SIDE_MOST_PX, picture_of


def jpeg(width: int, height: int) -> bytes:
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, : width // 2] = (250, 10, 10)
    return bytes(cv2.imencode(".jpg", rgb[..., ::-1])[1].tobytes())


def test_a_picture_is_rgb() -> None:
    image = picture_of(jpeg(64, 48))
    assert image.shape == (48, 64, 3)
    np.testing.assert_allclose(image[20, 10], (250, 10, 10), atol=12)  # as JPEG keeps colours


def test_too_large_a_picture_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(InputUnreadable, match="at most 1920"):
        picture_of(jpeg(SIDE_MOST_PX + 1, 20))


def test_a_size_that_lies_is_refused() -> None:
    """The height in the header is set to 65,000 lines."""
    data = bytearray(jpeg(64, 48))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 2] = (65000).to_bytes(2, "big")
    with pytest.raises(InputUnreadable, match="65000"):
        picture_of(bytes(data))


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"GIF89a"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InputUnreadable, match="JPEG"):
        picture_of(data)
