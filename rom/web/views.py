"""Who looked at whose record: noted where there are accounts, once an hour for each person and who looks.

Somebody's page, an examination at the desk and a report are looked at *as a record*; the exam itself, a queue and
lists are not noted: a log in which everything stands answers nothing.
"""

import logging
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from rom.store import Store
from rom.store.audit import note
from rom.store.clinic import AuditRow
from rom.store.tables import now
from rom.web.access import viewed
from rom.web.who import Who

VIEWED = "record viewed"
ONCE_IN = timedelta(hours=1)


def note_view(store: Store, who: Who, path: str) -> None:
    """Note that somebody looked, if it is somebody's record that they looked at."""
    found = viewed(path)
    if found is None or who.account_id is None:
        return
    about, about_id = found
    noted = select(AuditRow.id).where(
        AuditRow.about_id == about_id,
        AuditRow.account_id == who.account_id,
        AuditRow.action == VIEWED,
        AuditRow.at > now() - ONCE_IN,
    )
    try:
        with store.session() as session:
            if session.scalars(noted).first() is not None:
                return
        with store.session() as session, session.begin():
            note(session, who.doer, VIEWED, about, about_id)
    except DBAPIError as error:
        logging.getLogger(__name__).error("a look could not be noted: %s", type(error).__name__)
