"""Work that is killed at every one of its steps leaves the store as it was or as it should be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Fewest steps that each piece of work must have been cut at: fewer, and the steps are not seen any more.
STEPS = {"keeping": 30, "attaching": 8, "erasing": 12, "restoring": 24, "backing_up": 6}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("work", STEPS)
def test_killed_at_every_step(work: str, address: str, tmp_path: Path) -> None:
    words = [sys.executable, "-W", "error", "-m", "tests.store.cuts", address, str(tmp_path / "store"), work]
    few_threads = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=ROOT, env=few_threads, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= STEPS[work]
