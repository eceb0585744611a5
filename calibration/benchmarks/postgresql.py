"""A PostgreSQL server of one's own, in a folder that goes with it, to be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
BINARIES = DEBIAN[-1] if DEBIAN else Path(shutil.which("pg_ctl") or "/none/pg_ctl").parent
#: A killed server's children end by themselves; until they have, no new one may start.
TRIES, PAUSE_S = 60, 0.5


def is_installed() -> bool:
    """Whether PostgreSQL's programs are here."""
    return (BINARIES / "pg_ctl").exists()


class Postgresql:
    """A context manager; it listens on a socket in its folder, and on no port."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="rom-faults-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._data = self.folder / "data"
        _as_postgres("initdb", "-D", str(self._data), "-U", "rom", "-A", "trust", "-E", "UTF8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(subprocess.CalledProcessError):
            _as_postgres("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Its address, as `rom.store.open_store` takes it."""
        return f"postgresql://rom@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it; after a kill it mends itself."""
        words = ("-D", str(self._data), "-w", "-l", str(self.folder / "log"))
        for _ in range(TRIES):
            with suppress(subprocess.CalledProcessError):
                _as_postgres("pg_ctl", *words, "-o", f"-c listen_addresses= -k {self.folder}", "start")
                return
            time.sleep(PAUSE_S)
        raise RuntimeError(f"PostgreSQL does not start again; see '{self.folder / 'log'}'.")

    def kill(self) -> None:
        """End its first process without a word."""
        os.kill(int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0]), signal.SIGKILL)


def _as_postgres(program: str, *words: str) -> None:
    """Run a program of PostgreSQL's; root may not, and becomes somebody else."""
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*become, str(BINARIES / program), *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
