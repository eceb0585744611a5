"""The clinic's tables: accounts, sign-ins, tokens, care, audit, notes, corrections, readings, reports, uploads."""

import sqlalchemy as sa
from alembic import op

from rom.store.summary import summary_of

revision = "0002"
down_revision = "0001"

#: What a signed report says may not change; whose it is may (two people turn out to be one, an account ends).
SIGNED = "id, day, version, signer, clinic, created, signed, document"
#: A batch change of one of these tables on SQLite makes it anew, without its trigger: make that again too.
LOCKED = (("reports", SIGNED, "WHEN (OLD.signed IS NOT NULL)"), ("report_media", "report_id, role, sha256", ""))
WORDS = "a signed report is never changed"

#: Examinations whose measurement was stopped had no state of their own.
STOPPED = """
UPDATE exams SET state = 'stopped' WHERE state = 'recorded'
AND EXISTS (SELECT 1 FROM jobs WHERE jobs.exam_id = exams.id AND jobs.state = 'cancelled')
AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.exam_id = exams.id AND jobs.state IN ('waiting', 'running'))
"""


def upgrade() -> None:
    """Up."""
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_attempts"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("shown", sa.String(200), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_accounts_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_index("ix_accounts_person_id", "accounts", ["person_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("about", sa.String(20), nullable=False),
        sa.Column("about_id", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_audit_account_id_accounts", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_about_id", "audit", ["about_id"])
    op.create_index("ix_audit_account_id", "audit", ["account_id"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "care",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_care_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_care_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "person_id", name="pk_care"),
    )
    op.create_index("ix_care_person_id", "care", ["person_id"])
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("exam_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_corrections_account_id_accounts", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name="fk_corrections_exam_id_exams", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_exam_id", "corrections", ["exam_id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_notes_account_id_accounts", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notes_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_person_id", "notes", ["person_id"])
    op.create_table(
        "readings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("exam_id", sa.String(32), nullable=False),
        sa.Column("motion", sa.String(20), nullable=False),
        sa.Column("degrees", sa.Double(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_readings_account_id_accounts", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name="fk_readings_exam_id_exams", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
    )
    op.create_index("ix_readings_exam_id", "readings", ["exam_id"])
    op.create_table(
        "reports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("signer", sa.String(200), nullable=False),
        sa.Column("clinic", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_reports_account_id_accounts", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_reports_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("person_id", "day", "version", name="uq_reports_person_id"),
    )
    op.create_index("ix_reports_person_id", "reports", ["person_id"])
    op.create_table(
        "sign_ins",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_sign_ins_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sha256", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_account_id", "sign_ins", ["account_id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_tokens_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("sha256", name="uq_tokens_sha256"),
    )
    op.create_index("ix_tokens_account_id", "tokens", ["account_id"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("exam_id", sa.String(32), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_uploads_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name="fk_uploads_exam_id_exams", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_uploads_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_account_id", "uploads", ["account_id"])
    op.create_index("ix_uploads_exam_id", "uploads", ["exam_id"])
    op.create_index("ix_uploads_person_id", "uploads", ["person_id"])
    op.create_table(
        "report_media",
        sa.Column("report_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name="fk_report_media_report_id_reports", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["media.sha256"], name="fk_report_media_sha256_media"),
        sa.PrimaryKeyConstraint("report_id", "role", name="pk_report_media"),
    )
    op.create_index("ix_report_media_sha256", "report_media", ["sha256"])
    op.add_column("exams", sa.Column("automatic", sa.JSON(), nullable=True))
    op.add_column("exams", sa.Column("summary", sa.JSON(), nullable=True))
    op.create_index("ix_exams_person_id_recorded_on", "exams", ["person_id", "recorded_on"])
    _sum_up()
    op.execute(STOPPED)
    op.add_column("people", sa.Column("archived", sa.DateTime(timezone=True), nullable=True))
    _lock()


def _lock() -> None:
    """Let the database itself refuse to change what was signed."""
    then = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    each = ""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION rom_signed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
        )
        each, then = "FOR EACH ROW", "EXECUTE FUNCTION rom_signed()"
    for table, columns, when in LOCKED:
        op.execute(f"CREATE TRIGGER {table}_signed BEFORE UPDATE OF {columns} ON {table} {each} {when} {then}")


def _sum_up() -> None:
    """What lists show of the examinations that are there, one by one: their documents are large."""
    exams = sa.table("exams", *(sa.column(name, sa.JSON) for name in ("document", "summary")), sa.column("id"))
    connection = op.get_bind()
    for exam_id in [*connection.scalars(sa.select(exams.c.id))]:
        own = exams.c.id == exam_id
        document = connection.scalar(sa.select(exams.c.document).where(own))
        if document is not None:
            connection.execute(sa.update(exams).where(own).values(summary=summary_of(document)))


def downgrade() -> None:
    """And back."""
    op.execute("UPDATE exams SET state = 'recorded' WHERE state = 'stopped'")
    op.drop_index("ix_exams_person_id_recorded_on", "exams")
    op.drop_column("exams", "summary")
    op.drop_column("people", "archived")
    op.drop_column("exams", "automatic")
    for name in (
        "report_media",
        "uploads",
        "tokens",
        "sign_ins",
        "reports",
        "readings",
        "notes",
        "corrections",
        "care",
        "audit",
        "accounts",
        "sign_in_attempts",
    ):
        op.drop_table(name)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION rom_signed()")
