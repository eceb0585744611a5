"""The app alone, without jobs, for the browser of the tests: ``python -m tests.web.served FOLDER PORT``."""

import sys
from pathlib import Path

from rom.store import open_store
from rom.web.serving import free_socket, serve


class NoJobs:
    """Rows wait: the tests say themselves what was measured."""

    def wake(self) -> None:
        pass

    def cancel(self, job_id: str) -> None:
        pass


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    with open_store(folder=folder) as store, free_socket(port) as listening:
        serve(store, NoJobs(), listening, told=print, browser=False)


if __name__ == "__main__":
    main()
