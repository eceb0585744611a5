"""The rule table: which sentence follows from which numbers. No finding is made anywhere else.

Each row of ``rules.csv`` names the kind of finding it belongs to and when it holds: comparisons of named numbers
with each other or with figures, joined by *and*. The first row of a kind that holds makes the finding.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from rom.exam.rows import rows

Numbers = Mapping[str, float | None]
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: `when` holds (left, comparison, right) triples, all of which must be true; none is always true."""

    kind: str
    code: str
    rule: str
    when: tuple[tuple[str, str, str], ...]
    message: str
    source: str

    def holds(self, numbers: Numbers) -> bool:
        """Whether all comparisons are true; one with a number that is not known is not."""
        return all(_compared(*triple, numbers) for triple in self.when)


@cache
def rules(kind: str) -> tuple[Rule, ...]:
    """The rules of a kind, in order."""
    return tuple(_rule(row) for row in rows("rules") if row["kind"] == kind)


def first_rule(kind: str, numbers: Numbers) -> Rule | None:
    """The first rule of a kind that holds."""
    return next((rule for rule in rules(kind) if rule.holds(numbers)), None)


def _rule(row: dict[str, str]) -> Rule:
    """One line of the table."""
    terms = [term.split() for term in row["when"].split(" and ") if term]
    when = tuple((left, comparison, right) for left, comparison, right in terms)
    return Rule(row["kind"], row["code"], row["rule"], when, row["message"], row["source"])


def _compared(left: str, comparison: str, right: str, numbers: Numbers) -> bool:
    """One comparison; a word that is no figure is the name of a number."""
    a, b = _value(left, numbers), _value(right, numbers)
    return a is not None and b is not None and COMPARISONS[comparison](a, b)


def _value(word: str, numbers: Numbers) -> float | None:
    """A figure, or the number of that name."""
    return float(word) if word[0].isdigit() else numbers[word]
