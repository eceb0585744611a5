"""Check an array at the door of the room, and say what was expected and what was found.

Every public function of `rom.geometry` passes its arrays through here once and trusts them afterwards.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]
"""float32 or float64, any shape."""


def check_floating(values: npt.ArrayLike) -> FloatArray:
    """Return the values as floating point: float32 and float64 as they are, all else as float64.

    Parameters
    ----------
    values : array_like
        Numbers of any shape.

    Returns
    -------
    ndarray
        The same array when it already is float32 or float64, never a copy of it.

    Examples
    --------
    >>> check_floating([1, 2]).dtype, check_floating(np.float32([1, 2])).dtype
    (dtype('float64'), dtype('float32'))
    """
    array = np.asarray(values)
    if array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float64)


def check_points(points: npt.ArrayLike, names: Sequence[str], dimensions: int = 2) -> FloatArray:
    """Return the points as floating point after checking that the last axes are (landmark, coordinate).

    Parameters
    ----------
    points : array_like, (..., K, dimensions)
        Landmarks in the order of `names`.
    names : sequence of str
        The K landmarks expected, for the message.
    dimensions : int
        Coordinates per landmark.

    Returns
    -------
    ndarray, (..., K, dimensions)
        The same array, as float32 or float64.

    Raises
    ------
    ValueError
        Where the last two axes are not (K, dimensions).

    Examples
    --------
    >>> check_points([[0, 0], [3, 4], [5, 6]], ("heel", "toe"))
    Traceback (most recent call last):
        ...
    ValueError: expected points of shape (..., 2, 2) holding heel, toe; found shape (3, 2).
    """
    array = check_floating(points)
    expected = (len(names), dimensions)
    if array.shape[-2:] != expected:
        raise ValueError(
            f"expected points of shape (..., {expected[0]}, {expected[1]}) holding {', '.join(names)}; "
            f"found shape {array.shape}."
        )
    return array


def check_vectors(vectors: npt.ArrayLike, dimensions: int, name: str) -> FloatArray:
    """Return the vectors as floating point after checking that the last axis holds their coordinates.

    Parameters
    ----------
    vectors : array_like, (..., dimensions)
    dimensions : int
    name : str
        What the vectors are, for the message.

    Returns
    -------
    ndarray, (..., dimensions)

    Raises
    ------
    ValueError
        Where the last axis has another length.

    Examples
    --------
    >>> check_vectors([1.0, 2.0, 3.0], 2, "pixel positions")
    Traceback (most recent call last):
        ...
    ValueError: expected pixel positions of shape (..., 2); found shape (3,).
    """
    array = check_floating(vectors)
    if array.ndim == 0 or array.shape[-1] != dimensions:
        raise ValueError(f"expected {name} of shape (..., {dimensions}); found shape {array.shape}.")
    return array


def check_facing(facing: npt.ArrayLike, like: FloatArray) -> FloatArray:
    """Return the facing in the precision of `like`, with NaN for whatever is not +1 or -1.

    Parameters
    ----------
    facing : array_like
        +1 where the toes of an upright leg point right in the picture, -1 where left; 0 is undecided.
    like : ndarray
        The array it will multiply: only its dtype is used.

    Returns
    -------
    ndarray, shape of `facing`

    Examples
    --------
    >>> check_facing([1, -1, 0], np.zeros(3))
    array([ 1., -1., nan])
    """
    sign = np.asarray(facing, dtype=like.dtype)
    return np.where(np.abs(sign) == 1, sign, np.nan)
