"""What every source of landmarks must offer, and the one door to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from rom.errors import InputUnreadable, UsageError
from rom.records import Frame, ModelInfo, People

BLAZEPOSE_MODELS = ("heavy", "full", "lite")
LEG_MODEL = "leg"
MODELS = (LEG_MODEL, *BLAZEPOSE_MODELS)
#: (x0, y0, x1, y1) as shares of the picture.
Box = tuple[float, float, float, float]


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

    def completed(self, people: Sequence[People]) -> tuple[People, ...]:
        """The records of all frames, with what later frames told of earlier ones; asked once, at the end."""
        ...

    def close(self) -> None:
        """Free what is held; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...


def open_pose(model: str | Path = LEG_MODEL, leg_box: Box | None = None) -> PoseBackend:
    """Open what finds landmarks in pictures, or landmarks that were stored earlier.

    Parameters
    ----------
    model : ``leg`` for the leg landmarker, ``heavy``, ``full`` or ``lite`` for BlazePose alone, or a path.
    leg_box : a box round the leg that is wanted, for the leg landmarker.

    Raises
    ------
    UsageError : `model` is neither a model's name nor a path, or a box was given to another model than ``leg``.
    InputUnreadable : the file does not exist or holds no landmarks.
    InstallationError : the model file or a system library is missing or damaged.
    """
    if model == LEG_MODEL:
        from rom.pose.leg_landmarker import LegLandmarker

        return LegLandmarker(_checked(leg_box))
    if leg_box is not None:
        raise UsageError(f"A box round the leg is for the model '{LEG_MODEL}' only, but the model is '{model}'.")
    if model in BLAZEPOSE_MODELS:
        from rom.pose.blazepose import BlazePose

        return BlazePose(str(model))
    path = Path(model)
    if path.exists():
        from rom.pose.recorded import RecordedPose

        return RecordedPose(path)
    if isinstance(model, Path) or path.suffix:
        raise InputUnreadable(f"Expected stored landmarks at '{model}', but there is no such file; check the path.")
    raise UsageError(f"There is no model '{model}'; choose {', '.join(MODELS)} or the path of stored landmarks.")


def _checked(box: Box | None) -> Box | None:
    """A box with a size, inside the picture; ``UsageError`` for anything else."""
    if box is not None and not (0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
        raise UsageError(
            "Expected a box round the leg as left, top, right, bottom in shares of the picture, each 0 to 1, but "
            f"got {', '.join(f'{edge:g}' for edge in box)}."
        )
    return box
