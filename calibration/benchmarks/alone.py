"""Runs a part of a benchmark in a process of its own, on the cores that it is given, and hears what it found.

A process of its own has its own peak memory, its own start, and no caches of the other part.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KB_PER_MB = 1024


def keep_to(cores: Sequence[int]) -> None:
    """Let this process run on these cores alone, where the system can do that (Linux)."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(cores))


def peak_mb() -> float:
    """The most memory that this process has held at one time."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_PER_MB


def started(
    module: str, *words: str, python: str = sys.executable, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """``python -m module words``, begun; it waits for a line on its standard input and answers with one of JSON.

    `environment` : what differs in it from this process's own.
    """
    return subprocess.Popen(
        [python, "-m", module, *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | dict(environment or {}),
    )


def answered(process: "subprocess.Popen[str]") -> Any:
    """The last line that a process printed, read as JSON; ``RuntimeError`` where it failed."""
    said, _ = process.communicate("\n")
    if process.returncode != 0 or not said.strip():
        raise RuntimeError(f"Expected an answer of {process.args!r}, but it ended with {process.returncode}.")
    return json.loads(said.strip().splitlines()[-1])


def alone(
    module: str, *words: str, python: str = sys.executable, environment: Mapping[str, str] | None = None
) -> Any:
    """What ``python -m module words`` answers."""
    return answered(started(module, *words, python=python, environment=environment))
