"""What can go wrong, as a short tree. Every message says what was expected, what was found, what to do.

* RomError                     the root; caught at the three borders (command line, web job, batch row)
    - UsageError               the request cannot be carried out as it was put           exit code 2
    - NotMeasurable            the input was read, and no ankle could be measured in it   exit code 3
    - InputUnreadable          the input cannot be opened or decoded                      exit code 4
    - InstallationError        something rom needs on this machine is missing or damaged  exit code 5
"""

from typing import ClassVar


class RomError(Exception):
    """An expected failure, told in one clear sentence."""

    exit_code: ClassVar[int] = 1


class UsageError(RomError):
    """The request cannot be carried out as it was put (unknown option value, setting out of range)."""

    exit_code = 2


class NotMeasurable(RomError):  # noqa: N818 - reads as the finding it is, not as a fault of the software
    """The input was read, and no ankle could be measured in it."""

    exit_code = 3


class InputUnreadable(RomError):  # noqa: N818 - as above
    """The input cannot be opened or decoded (missing, empty, truncated, not a recording)."""

    exit_code = 4


class InstallationError(RomError):
    """Something rom needs on this machine is missing or damaged (a system library, a model file)."""

    exit_code = 5
