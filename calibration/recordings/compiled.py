"""One typed door to numba: `@compiled` functions are compiled at first call and kept on disk."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile with fast maths, without the interpreter's lock; the compiled code is cached.

    For functions that make no arrays: numba's reference counting, which an inner loop pays at every look into an
    array (three quarters of the time a frame took to shade), is left out; one that does not compile without it
    says so.
    """
    return cast("Function", njit(cache=True, fastmath=True, nogil=True, _nrt=False)(function))


def allocating(function: Function) -> Function:
    """As `compiled`, for functions that make arrays."""
    return cast("Function", njit(cache=True, fastmath=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """Compile into the caller: for inner functions that take many arrays, whose passing would cost more."""
    return cast("Function", njit(inline="always", fastmath=True)(function))
