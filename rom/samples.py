"""The samples that come with the package: short recordings with what is true of them."""

from pathlib import Path

from rom.errors import InstallationError

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
