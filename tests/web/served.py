"""The app alone, without jobs, for the browser of the tests: ``python -m tests.web.served FOLDER PORT [es]``."""

import sys
from pathlib import Path

from rom.store import Store, database, jobs, open_store
from rom.web.serving import free_socket, serve

#: A database that is held is given up on soon: nobody waits for half a minute in a test.
BUSY_MS = 3000


class NoJobs:
    """Rows wait: the tests say themselves what was measured."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def wake(self) -> None:
        pass

    def cancel(self, job_id: str) -> None:
        with self.store.session() as session, session.begin():
            jobs.cancel(session, job_id)


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    language = sys.argv[3] if len(sys.argv) > 3 else "en"
    database.BUSY_MS = BUSY_MS
    with open_store(folder=folder) as store, free_socket(port) as listening:
        serve(store, NoJobs(store), listening, told=print, browser=False, language=language)


if __name__ == "__main__":
    main()
