"""The tables of a clinic: who may sign in and see whom, what was corrected, read by hand, signed, and done."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rom.store.tables import Base, MediumRow, new_id, now

#: Roles of accounts: what each may do is in `rom.web.access`.
PATIENT, THERAPIST, ADMIN = "patient", "therapist", "admin"
ROLES = (PATIENT, THERAPIST, ADMIN)
#: States of an upload.
ARRIVING, ARRIVED, REFUSED = "arriving", "arrived", "refused"


class AccountRow(Base):
    """Somebody who may sign in.

    `name` : signs in with it, in lower case. `shown` : stands on reports and beside corrections. `person_id` : whom
    a patient's account is of. `must_change` : the password was given by an admin. `ended` : may not sign in since.
    """

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    shown: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=True)
    ended: Mapped[datetime | None]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class SignInRow(Base):
    """A browser that is signed in. `sha256` : of the cookie's token, which itself is kept nowhere."""

    __tablename__ = "sign_ins"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(default=now)
    seen: Mapped[datetime] = mapped_column(default=now)


class AttemptRow(Base):
    """Failed tries to sign in. `key` : SHA-256 of the name or the address that was tried from."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last: Mapped[datetime] = mapped_column(default=now)


class TokenRow(Base):
    """A key for another program. `sha256` : of the token, which is shown once. `scopes` : words, by spaces.

    `account_id` : whose people it opens; None for the user of this computer, where there are no accounts.
    """

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(100), default="")
    scopes: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    expires: Mapped[datetime | None]
    used: Mapped[datetime | None]


class CareRow(Base):
    """Whom a therapist cares for: their own people, and nobody else's."""

    __tablename__ = "care"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime] = mapped_column(default=now)


class AuditRow(Base):
    """Something that was done: rows are only ever added. `who` : the account's name then; "" for a local user.

    `about` : "person", "exam", "report", "account" …; `about_id` its ID; `details` : names and words about people
    never stand here, so that the log can outlive them.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    who: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(20), default="")
    about_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class NoteRow(Base):
    """What a therapist wrote down about somebody."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    by: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str] = mapped_column(default="")


class CorrectionRow(Base):
    """One correction of an examination, the last one applied last.

    `kind` : "repetition", "landmark", "side" or "protocol". `change` : what was asked for. `before`, `after` : each
    motion's value and interval then. `undone` : when it was taken back.
    """

    __tablename__ = "corrections"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    by: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(20))
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone: Mapped[datetime | None]


class ReadingRow(Base):
    """A goniometer's reading beside an examination.

    `degrees` : positive in the motion's own direction, as the results are.
    """

    __tablename__ = "readings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    motion: Mapped[str] = mapped_column(String(20))
    degrees: Mapped[float]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    by: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime] = mapped_column(default=now)


class ReportRow(Base):
    """A report of a day, one version of it; once `signed` it is never written again.

    `document` : what it was made of, with the SHA-256 of each examination's document. Its files are `files`.
    """

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("person_id", "day", "version", name="uq_reports_person_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    signer: Mapped[str] = mapped_column(String(200), default="")
    clinic: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    signed: Mapped[datetime | None]
    document: Mapped[dict[str, Any]] = mapped_column(default=dict)

    files: Mapped[list["ReportMediumRow"]] = relationship(cascade="all, delete-orphan")


class ReportMediumRow(Base):
    """Which kept file is what to a report. `role` : "pdf", "csv", "fhir" or "page"."""

    __tablename__ = "report_media"

    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("media.sha256"), index=True)

    medium: Mapped[MediumRow] = relationship()


class UploadRow(Base):
    """A recording that a therapist or another program sends, in pieces; it goes on where it broke off.

    `name` : the file's name, to show. `said` : of whom it is and what it shows, as JSON. `exam_id` : what it
    became.
    """

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    exam_id: Mapped[str | None] = mapped_column(ForeignKey("exams.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(default=now)
    updated: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    name: Mapped[str] = mapped_column(String(200), default="")
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=ARRIVING)
    reason: Mapped[str] = mapped_column(default="")
