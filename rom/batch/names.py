"""How the tables name recordings and people: as the study was given them, or by pseudonyms with a key file."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rom.batch.glance import Glance
from rom.batch.keys import digest
from rom.batch.order import Order
from rom.batch.work import whole
from rom.errors import UsageError

HEAD = ("what", "name", "pseudonym")
RECORDING, PERSON = "recording", "person"
#: Letters before the number, and the digits that it has at least.
LETTERS, DIGITS = {RECORDING: "R", PERSON: "P"}, 4


class Names:
    """As the study was given them."""

    def recording(self, order: Order) -> str:
        """How the tables name a recording."""
        return order.shown

    def person(self, order: Order) -> str | None:
        """How the tables name a person; None where nobody is named."""
        return order.person or None


class Pseudonyms(Names):
    """R0001, P0001 and so on, which a key file leads back to the names.

    They are numbered by what the recordings hold, not by their names: the order tells nothing. Who is in the key
    file already keeps his or her pseudonym.
    """

    def __init__(self, given: dict[tuple[str, str], str]) -> None:
        self._given = given

    def recording(self, order: Order) -> str:
        """Its pseudonym."""
        return self._given[RECORDING, order.path]

    def person(self, order: Order) -> str | None:
        """The pseudonym of whom it is of."""
        return self._given[PERSON, order.person] if order.person else None


def key_file(study: Path) -> Path:
    """Where the key is: beside the study, never in it."""
    study = study.absolute()
    return study.with_name(f"{study.name}.key.csv")


def pseudonyms_for(orders: Sequence[Order], glances: Sequence[Glance], path: Path, *, keep: bool) -> Pseudonyms:
    """Pseudonyms for all that is named; new ones are added to the key file first. `keep` : False writes nothing."""
    given = _read(path)
    content = [found.sha256 or digest(order.path) for order, found in zip(orders, glances, strict=True)]
    by_content = [order for _, order in sorted(zip(content, orders, strict=True), key=lambda pair: pair[0])]
    before = len(given)
    _add(given, RECORDING, (order.path for order in by_content))
    _add(given, PERSON, (order.person for order in by_content if order.person))
    if keep and len(given) > before:
        _write(path, given)
    return Pseudonyms(given)


def _add(given: dict[tuple[str, str], str], what: str, names: Iterable[str]) -> None:
    """Give a pseudonym to every name that has none."""
    number = sum(kind == what for kind, _ in given)
    for name in names:
        if (what, name) not in given:
            number += 1
            given[what, name] = f"{LETTERS[what]}{number:0{DIGITS}d}"


def _read(path: Path) -> dict[tuple[str, str], str]:
    """The key so far."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {(row["what"], row["name"]): row["pseudonym"] for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"Expected the key of the pseudonyms in '{path.name}', but it cannot be read ({error}); put the right "
            "one back, or move it away to begin anew."
        ) from error


def _write(path: Path, given: dict[tuple[str, str], str]) -> None:
    """Write the key, for its owner's eyes alone."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEAD)
    rows.writerows((*key, pseudonym) for key, pseudonym in given.items())

    def write(part: Path) -> None:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text.getvalue())

    whole(path, write)
