"""Pictures of one person from the project's own sample."""

import pytest

from rom.records import Frame
from rom.video import open_recording
from tests.pose.landmark_files import SAMPLE


@pytest.fixture(scope="session")
def frames() -> list[Frame]:
    """Return the first frames of a rendered person who sits side-on."""
    with open_recording(SAMPLE) as recording:
        return [frame for frame, _ in zip(recording, range(6), strict=False)]
