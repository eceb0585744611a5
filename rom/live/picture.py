"""A picture of the live camera, as the browser sends it."""

from io import BytesIO

import numpy as np

from rom.errors import InputUnreadable
from rom.records import Image

#: Sides of the largest picture that is decoded: live pictures are small copies of the recording.
SIDE_MOST_PX = 1920


def picture_of(jpeg: bytes) -> Image:
    """(H, W, 3) RGB of a JPEG, its size looked at before it is decoded.

    Raises
    ------
    InputUnreadable
        Where it is no JPEG, is broken, or is larger than `SIDE_MOST_PX` each way.
    """
    import cv2
    from PIL import Image as Pillow

    try:
        with Pillow.open(BytesIO(jpeg), formats=["JPEG"]) as head:
            size = head.size
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        raise InputUnreadable("Expected a live picture as a JPEG, but it cannot be read; send the next.") from error
    if max(size) > SIDE_MOST_PX:
        raise InputUnreadable(
            f"Expected a live picture of at most {SIDE_MOST_PX} pixels each way, but got {size[0]} x {size[1]}; "
            "send a smaller copy."
        )
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise InputUnreadable("Expected a live picture as a JPEG, but it is broken; send the next.")
    return np.asarray(image, np.uint8)
