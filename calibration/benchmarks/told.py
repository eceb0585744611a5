"""What all benchmarks share: their command line, on what they ran, and where the result goes."""

import argparse
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rom


def parser_of(doc: str | None) -> argparse.ArgumentParser:
    """A parser described by the first line of a module's `doc`, with ``--json FILE``."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("--json", type=Path, help="where the result goes")
    return parser


def made_on() -> dict[str, str]:
    """Version, machine and day, for the end of a result."""
    return {
        "version": rom.__version__,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": datetime.now(UTC).date().isoformat(),
    }


def tell(result: Mapping[str, Any], path: Path | None) -> None:
    """Print a result, and write it where asked."""
    text = json.dumps(result, indent=1)
    print(text)
    if path is not None:
        path.write_text(text + "\n", encoding="utf-8")
