"""What every source of landmarks must offer, and the one door to them."""

from pathlib import Path
from typing import Protocol, Self

from rom.errors import InputUnreadable, UsageError
from rom.records import Frame, ModelInfo, People

BLAZEPOSE_MODELS = ("heavy", "full", "lite")


class PoseBackend(Protocol):
    """Finds people's landmarks in frames given in order; a context manager."""

    @property
    def model(self) -> ModelInfo:
        """What finds the landmarks."""
        ...

    @property
    def landmark_names(self) -> tuple[str, ...]:
        """K names, side first (``left_knee``): the second axis of `People`."""
        ...

    @property
    def people_seen(self) -> int:
        """The largest number of people seen at one time so far, whether or not all were returned."""
        ...

    def people(self, frame: Frame) -> People:
        """Landmarks of the people in `frame`; frames come in order of time."""
        ...

    def close(self) -> None:
        """Free what is held; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...


def open_pose(model: str | Path = "heavy") -> PoseBackend:
    """Open BlazePose (``heavy``, ``full`` or ``lite``) or, given a path, landmarks that were stored earlier.

    Raises
    ------
    UsageError : `model` is neither a model's name nor a path.
    InputUnreadable : the file does not exist or holds no landmarks.
    InstallationError : the model file or a system library is missing or damaged.
    """
    if model in BLAZEPOSE_MODELS:
        from rom.pose.blazepose import BlazePose

        return BlazePose(str(model))
    path = Path(model)
    if path.exists():
        from rom.pose.recorded import RecordedPose

        return RecordedPose(path)
    if isinstance(model, Path) or path.suffix:
        raise InputUnreadable(f"Expected stored landmarks at '{model}', but there is no such file; check the path.")
    raise UsageError(
        f"There is no model '{model}'; choose {', '.join(BLAZEPOSE_MODELS)} or the path of stored landmarks."
    )
