"""What is kept: people, examinations, media and jobs, in a database and a folder beside it.

`open_store` is the door. Rows never point at a file that is not there: a file is whole before its row is written,
and a row is gone before its file is taken away.
"""

from rom.store import clinic as clinic  # its tables belong to every store
from rom.store.store import Store, open_store

__all__ = ["Store", "open_store"]
