"""`python -m calibration.recordings PLAN [FOLDER]`: render a plan ('samples', 'quick', 'report', a CSV ...)."""

import functools
import sys
from pathlib import Path

from calibration.recordings.make import render_recordings

if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    render_recordings(
        arguments[0] if arguments else "samples",
        Path(arguments[1]) if len(arguments) > 1 else None,
        report=functools.partial(print, flush=True),
        renderer="cycles" if "--cycles" in sys.argv else "raster",
    )
