"""Choices of the user's about the store: "keep_video", "keep_days", "language", "keep_faces"."""

from typing import Any

from sqlalchemy.orm import Session

from rom.store.database import alone
from rom.store.tables import ChoiceRow

#: A row holds JSON; the choice is under this name in it.
CHOSEN = "is"


def choice(session: Session, name: str, default: Any) -> Any:
    """What was chosen, or the default."""
    row = session.get(ChoiceRow, name)
    return default if row is None else row.value[CHOSEN]


def choose(session: Session, name: str, value: Any) -> None:
    """Choose; `session` was begun by ``begin()``."""
    alone(session)
    session.merge(ChoiceRow(name=name, value={CHOSEN: value}))
    session.flush()
