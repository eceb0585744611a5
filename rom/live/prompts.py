"""What the live camera says, by code: one table, ``prompts.csv``."""

from dataclasses import dataclass
from functools import cache

from rom.exam.rows import rows


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence to say and show, and its code."""

    code: str
    sentence: str


def prompt(code: str, which: str = "") -> Prompt:
    """What is said, where it is said differently of the exam or the side `which`."""
    return Prompt(code, sentence("prompt", code, which))


def sentence(kind: str, code: str, which: str = "") -> str:
    """The sentence of a kind (``title``, ``set_up``, ``prompt``, ``remark``, ``reason``) with that code."""
    table = _table()
    return table.get((kind, code, which)) or table[kind, code, ""]


@cache
def _table() -> dict[tuple[str, str, str], str]:
    """Kind, code and exam or side to the sentence."""
    return {(row["kind"], row["code"], row["which"]): row["sentence"] for row in rows("prompts", "rom.live")}
