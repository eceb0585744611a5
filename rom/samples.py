"""The samples that come with the package: short recordings with what is true of them."""

import json
from pathlib import Path

from rom.errors import InstallationError
from rom.records import Person

#: The sample that `rom demo` measures.
DEMO = "seated_right"


def sample_folder() -> Path:
    """Where the samples are: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "data" / "samples", package.parent / "samples"):
        if (folder / f"{DEMO}.mp4").exists():
            return folder
    raise InstallationError(
        f"Expected samples in '{package / 'data' / 'samples'}', but there are none; install ankle-rom again."
    )


def sample_person(name: str) -> Person:
    """Who is seen in a sample: age and sex."""
    told = json.loads((sample_folder() / f"{name}.json").read_text(encoding="utf-8"))["person"]
    return Person(told["age_years"], "female" if told["sex"] == "f" else "male")
