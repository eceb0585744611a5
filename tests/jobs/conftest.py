"""A store of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rom.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    with open_store(f"sqlite:///{tmp_path / 'rom.sqlite'}", tmp_path / "data") as opened:
        yield opened
