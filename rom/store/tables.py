"""The tables: who was measured, what was found, which files belong to it, and what is still to be done."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, DateTime, Double, ForeignKey, Index, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from rom.store.summary import summary_of

#: Names of constraints, so that migrations can name them on every database.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: States of an examination (stopped: by the person, before it was measured), and of a job.
RECORDING, RECORDED, MEASURED, FAILED = "recording", "recorded", "measured", "failed"
STOPPED = "stopped"
WAITING, RUNNING, DONE, CANCELLED = "waiting", "running", "done", "cancelled"


def now() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)


def new_id() -> str:
    """A name that nobody can guess and no other row has."""
    return uuid4().hex


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone on every database: SQLite forgets the zone, and all are kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From UTC, or from the time zone of a server."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, float: Double, dict[str, Any]: JSON(none_as_null=True)}  # noqa: RUF012 - SQLAlchemy's


class PersonRow(Base):
    """Somebody who is measured: what a comparison needs, and a name they chose, which need not be theirs.

    `age_years` is what was said on the day `age_said_on`. `guardian` : who consented for somebody under 16.
    `goal_deg` : motion to degrees. `archived` : when they were put away, out of the lists.
    """

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(default=now)
    label: Mapped[str] = mapped_column(String(200), default="")
    age_years: Mapped[float | None]
    age_said_on: Mapped[date | None]
    sex: Mapped[str | None] = mapped_column(String(10))
    sport: Mapped[str] = mapped_column(String(100), default="")
    leg_length_m: Mapped[float | None]
    guardian: Mapped[str] = mapped_column(String(200), default="")
    goal_deg: Mapped[dict[str, Any]] = mapped_column(default=dict)
    archived: Mapped[datetime | None]

    exams: Mapped[list["ExamRow"]] = relationship(back_populates="person", cascade="all, delete-orphan")


class ExamRow(Base):
    """One recording of one ankle and what was measured in it.

    `said` : what `rom.measure` is told beside the recording (footwear, moved_by, symptoms, notes of the guided
    recording), as JSON. `document` : the examination as JSON (`Examination.to_dict`), None until it is measured.
    `automatic` : what was measured before anybody corrected it; None where nobody did. `reason` : why it failed,
    one sentence. `protocol`, `side` : "auto" until they were recognised, where nobody said them. `summary` : what
    lists show of the document; it follows the document by itself.
    """

    __tablename__ = "exams"
    __table_args__ = (Index("ix_exams_person_id_recorded_on", "person_id", "recorded_on"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(default=now)
    recorded_on: Mapped[date]
    protocol: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(10), default=RECORDING)
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    document: Mapped[dict[str, Any] | None]
    automatic: Mapped[dict[str, Any] | None]
    summary: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(default="")

    person: Mapped[PersonRow] = relationship(back_populates="exams")
    media: Mapped[list["ExamMediumRow"]] = relationship(back_populates="exam", cascade="all, delete-orphan")
    jobs: Mapped[list["JobRow"]] = relationship(back_populates="exam", cascade="all, delete-orphan")

    @validates("document")
    def _summed_up(self, _: str, document: dict[str, Any] | None) -> dict[str, Any] | None:
        """The summary follows the document."""
        self.summary = summary_of(document)
        return document


class MediumRow(Base):
    """One file of the media folder, named by the SHA-256 of what is in it."""

    __tablename__ = "media"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    suffix: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[datetime] = mapped_column(default=now)


class ExamMediumRow(Base):
    """Which file is what to an examination.

    `role` : "original", "overlay", "landmarks", or "peak_dorsiflexion", "peak_plantar_flexion".
    `keep_until` : the day on which it is taken away; None for as long as the examination is kept.
    """

    __tablename__ = "exam_media"

    exam_id: Mapped[str] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("media.sha256"), index=True)
    keep_until: Mapped[date | None]

    exam: Mapped[ExamRow] = relationship(back_populates="media")
    medium: Mapped[MediumRow] = relationship()


class JobRow(Base):
    """Something to be done in the background: `kind` says what, `asked` with what, `reason` why it failed."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    exam_id: Mapped[str | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=WAITING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    reason: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now)
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]

    exam: Mapped[ExamRow | None] = relationship(back_populates="jobs")


class DraftRow(Base):
    """A way through the app that is not finished: its answers so far, so that nothing is asked twice."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    updated: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ChoiceRow(Base):
    """A choice of the user's about the store itself: whether videos are kept, for how long, the language."""

    __tablename__ = "choices"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
