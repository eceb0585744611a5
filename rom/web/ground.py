"""What every page stands on: the store, the queue of jobs, and the language that is spoken."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from fastapi import APIRouter

from rom.report.language import Words
from rom.store import Store


class Queue(Protocol):
    """What pages ask of the jobs."""

    def wake(self) -> None:
        """A job was added."""

    def cancel(self, job_id: str) -> object:
        """A job is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The store, the jobs, and the language of the pages."""

    store: Store
    jobs: Queue
    language: str = "en"

    @property
    def say(self) -> Words:
        """Says texts in the language of the pages."""
        return Words(self.language)


def today() -> date:
    """Today, where the computer stands."""
    return datetime.now(UTC).astimezone().date()


#: Where pages register what a browser sends (forms, files) and asks for beside pages (videos, reports).
Routes = APIRouter
