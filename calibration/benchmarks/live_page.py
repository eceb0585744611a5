"""How quick the live picture is in a real browser: pictures answered a second, and camera to gauge.

``python -m calibration.benchmarks.live_page [--seconds 30] [--json FILE]``

Chromium's fake camera plays a rendered exam at 1280 x 720 and 30 pictures a second; the page sends pictures to the
real server side with the real models, on the same machine. The delay runs from the time that the browser gives the
picture (``captureTime``) to the frame in which its number was drawn, both on the page's clock. It is told apart for
the set-up and for the time in which the browser records too. All of it is done twice: with the machine to itself,
and beside a process that keeps one core busy, as somebody's laptop may be. Of the recording, the pictures a second
that it holds are counted.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from calibration.benchmarks.told import made_on, parser_of, tell
from rom.records import Person
from rom.samples import DEMO, sample_folder
from rom.store import Store, open_store
from rom.store.people import add_person
from rom.store.tables import new_id
from rom.web import camera
from rom.web.ground import Ground
from rom.web.guard import Guard
from rom.web.journey import COOKIE, Journey, save

CHROMIUM = "/usr/bin/chromium"  # Debian's
CAMERA_HZ = 30
CAMERA_PX = 1280  # width; the height follows from 16 : 9
#: Bars of the home exam.
BAR_HZ, BAR_MS = 25.0, 100.0
BUSY = [sys.executable, "-c", "while True: pass"]
#: Notes every number that is drawn.
NOTE = """
window.drawn = [];
document.addEventListener("drawn", ({ detail }) => {
  window.drawn.push([detail.captured, detail.drawn, !document.getElementById("lamp").hidden]);
});
"""


def motion_jpeg(source: Path, target: Path, width_px: int, seconds: float) -> None:
    """Write the beginning of a recording as Chromium's fake camera takes it, which plays it over and over."""
    import av

    with av.open(str(source)) as recording, av.open(str(target), "w", format="mjpeg") as clip:
        stream = clip.add_stream("mjpeg", rate=Fraction(CAMERA_HZ))
        stream.width, stream.height, stream.pix_fmt = width_px, width_px * 9 // 16, "yuvj420p"
        for number, frame in enumerate(recording.decode(video=0)):
            if frame.time is not None and frame.time > seconds:
                break
            picture = frame.reformat(stream.width, stream.height, "yuvj420p")
            picture.pts, picture.time_base = number, Fraction(1, CAMERA_HZ)
            clip.mux(stream.encode(picture))
        clip.mux(stream.encode(None))


class NoJobs:
    """Nothing is measured here."""

    def wake(self) -> None:
        """Not listened to."""

    def cancel(self, job_id: str) -> None:
        """Not listened to."""


@contextmanager
def served(store: Store) -> Iterator[str]:
    """The camera side of the app, at an address of this machine."""
    import uvicorn
    from fastapi import FastAPI

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = FastAPI()
    camera.register(app, Ground(store, NoJobs()))
    app.add_middleware(Guard, store=store)
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def filmed(url: str, way: str, clip: Path, seconds: float) -> list[tuple[float, float, bool]]:
    """Of every number drawn: when its picture was captured, when it was drawn (ms), and whether it was recorded."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    flags.append(f"--use-file-for-fake-video-capture={clip}")
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=flags) as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.add_cookies([{"name": COOKIE, "value": way, "url": url}])
        page = context.new_page()
        page.add_init_script(NOTE)
        page.goto(f"{url}/record")
        page.keyboard.press("Enter")
        page.wait_for_function("window.drawn.length > 0", timeout=60_000)
        page.wait_for_timeout(seconds * 1000)
        return [(row[0], row[1], row[2]) for row in page.evaluate("window.drawn")]


def told(drawn: list[tuple[float, float, bool]]) -> dict[str, float | int]:
    """Rate and delay of numbers that were drawn one after the other."""
    if len(drawn) < 2:
        return {"numbers": len(drawn)}
    times = np.array([row[:2] for row in drawn])
    delay_ms = times[:, 1] - times[:, 0]
    return {
        "numbers": len(drawn),
        "rate_hz": round((len(drawn) - 1) / (times[-1, 1] - times[0, 1]) * 1000, 1),
        "delay_ms_median": round(float(np.median(delay_ms)), 1),
        "delay_ms_p95": round(float(np.quantile(delay_ms, 0.95)), 1),
    }


def recorded(folder: Path) -> dict[str, str | float]:
    """What the browser recorded: its codec, pictures a second, and the longest time between two of them."""
    import av

    (path,) = folder.iterdir()
    with av.open(str(path)) as recording:
        codec = recording.streams.video[0].codec_context.name
        times_s = np.array([frame.time for frame in recording.decode(video=0)])
    return {
        "codec": codec,
        "rate_hz": round(float((len(times_s) - 1) / (times_s[-1] - times_s[0])), 1),
        "longest_gap_ms": round(float(np.diff(times_s).max() * 1000)),
    }


@contextmanager
def beside(processes: int) -> Iterator[None]:
    """So many processes that keep a core busy each."""
    busy = [subprocess.Popen(BUSY) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def one(seconds: float, busy: int) -> dict[str, Any]:
    """One visit of the page, beside so many busy processes."""
    with tempfile.TemporaryDirectory() as name, open_store(f"sqlite:///{name}/rom.sqlite", Path(name)) as store:
        clip = Path(name) / "clip.mjpeg"
        motion_jpeg(sample_folder() / f"{DEMO}.mp4", clip, CAMERA_PX, 12.0)
        with store.session() as session, session.begin():
            person_id = add_person(session, Person()).id
        way = Journey(new_id(), safe=True, person_id=person_id, protocol="seated", sides=("right",))
        save(store, way)
        with beside(busy), served(store) as url:
            drawn = filmed(url, way.id, clip, seconds)
        kept = recorded(store.incoming)
    return {
        "set_up": told([row for row in drawn if not row[2]]),
        "recording": told([row for row in drawn if row[2]]),
        "recorded": kept,
    }


def run(seconds: float) -> dict[str, Any]:
    """Everything."""
    load = os.getloadavg()[0]
    return {
        "question": "live picture in the browser: numbers drawn a second, and ms from camera to gauge",
        "bars": {"rate_hz": BAR_HZ, "delay_ms": BAR_MS},
        "camera": f"{CAMERA_PX} x {CAMERA_PX * 9 // 16} at {CAMERA_HZ} Hz",
        **one(seconds, 0),
        "beside_a_busy_core": one(seconds, 1),
        "load_before": round(load, 1),
        "cores": os.cpu_count(),
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    tell(run(given.seconds), given.json)


if __name__ == "__main__":
    main()
