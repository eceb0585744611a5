"""A goniometer in an ordinary camera: ankle dorsiflexion and plantar flexion from video.

>>> import rom
>>> exam = rom.measure("clip.mp4", side="left")  # doctest: +SKIP
>>> exam.results[0].value_deg, exam.results[0].ci95_deg  # doctest: +SKIP
(18.2, (13.9, 24.0))
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rom.batch import batch
    from rom.errors import InputUnreadable, InstallationError, NotMeasurable, RomError, UsageError
    from rom.measure import measure
    from rom.records import Examination, Person, Symptoms
    from rom.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Examination",
    "InputUnreadable",
    "InstallationError",
    "NotMeasurable",
    "Person",
    "RomError",
    "Settings",
    "Symptoms",
    "UsageError",
    "__version__",
    "batch",
    "measure",
]

_HOME = {
    "Examination": "rom.records",
    "InputUnreadable": "rom.errors",
    "InstallationError": "rom.errors",
    "NotMeasurable": "rom.errors",
    "Person": "rom.records",
    "Symptoms": "rom.records",
    "RomError": "rom.errors",
    "Settings": "rom.settings",
    "UsageError": "rom.errors",
    "batch": "rom.batch",
    "measure": "rom.measure",
}


class _Package(ModuleType):
    """Keeps ``rom.measure`` and ``rom.batch`` the functions when somebody imports the modules of those names."""

    def __setattr__(self, name: str, value: object) -> None:
        module = name in ("batch", "measure") and isinstance(value, ModuleType)
        super().__setattr__(name, getattr(value, name) if module else value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import rom`` does nothing and is quick."""
    if name not in _HOME:
        raise AttributeError(f"module 'rom' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
