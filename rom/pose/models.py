"""The model files in ``rom/data/models``, their SHA-256 checked every time one is read."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from rom.errors import InstallationError, UsageError
from rom.records import ModelInfo

MODELS_FOLDER = Path(__file__).parents[1] / "data" / "models"
_REPAIR = "reinstall it (pip install --force-reinstall ankle-rom)"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One row of ``models.csv``: a model that ships in the package."""

    name: str
    file: str
    sha256: str
    licence: str
    origin: str
    landmarks: int

    @property
    def info(self) -> ModelInfo:
        """What the result says about this model."""
        return ModelInfo(Path(self.file).stem, self.sha256, f"{self.origin} ({self.licence})")


def model_table(folder: Path = MODELS_FOLDER) -> dict[str, ModelFile]:
    """Name to row of all models that ship in the package."""
    try:
        with (folder / "models.csv").open(encoding="utf-8", newline="") as text:
            rows = [_row(row) for row in csv.DictReader(text)]
    except (OSError, TypeError, ValueError, KeyError) as error:
        raise InstallationError(
            f"Expected a table of models '{folder / 'models.csv'}', but it is missing or damaged; {_REPAIR}."
        ) from error
    return {row.name: row for row in rows}


def _row(cells: dict[str, str]) -> ModelFile:
    return ModelFile(
        name=cells["name"],
        file=cells["file"],
        sha256=cells["sha256"],
        licence=cells["licence"],
        origin=cells["origin"],
        landmarks=int(cells["landmarks"]),
    )


def model_file(name: str, folder: Path = MODELS_FOLDER) -> ModelFile:
    """Return the table's row of the model called `name`; ``UsageError`` lists the names there are."""
    table = model_table(folder)
    if name not in table:
        raise UsageError(f"There is no model '{name}'; the models are {', '.join(table)}.")
    return table[name]


def model_bytes(name: str, folder: Path = MODELS_FOLDER) -> bytes:
    """Read a model and check it; ``InstallationError`` where it is missing or damaged."""
    row = model_file(name, folder)
    path = folder / row.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InstallationError(f"Expected the model file '{path}', but it cannot be read; {_REPAIR}.") from error
    found = hashlib.sha256(data).hexdigest()
    if found != row.sha256:
        raise InstallationError(
            f"The model file '{path}' is damaged (expected SHA-256 {row.sha256[:12]}..., "
            f"found {found[:12]}...); {_REPAIR}."
        )
    return data
