"""An opened recording: its pictures are read ahead in a thread of their own and come out as frames."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Literal, Self

from rom.errors import UsageError
from rom.records import Frame, RecordingInfo
from rom.video.cuts import split_at_cuts
from rom.video.source import Picture, Source
from rom.video.timing import Clock


class StreamedRecording:
    """Any source of pictures as a `rom.records.Recording`.

    At most `readahead` frames wait to be fetched, so memory does not grow with the length. Times are the
    source's divided by `time_scale` (how many times slower it plays than it happened). Reading ends after
    `limit_s` of recording time.
    """

    def __init__(
        self, source: Source, *, time_scale: float = 1.0, readahead: int = 4, limit_s: float | None = None
    ) -> None:
        self._source = source
        self._time_scale = time_scale
        self._limit_s = limit_s
        self._clock = Clock()
        self._waiting: queue.Queue[Frame | None] = queue.Queue(readahead)
        self._stop = threading.Event()
        self._reader = _Reader(self._read)
        self._state: Literal["opened", "reading", "closed"] = "opened"
        self._sha256: str | None = None
        self._final: RecordingInfo | None = None
        self._dropped = 0
        self._interrupted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; once."""
        if self._state != "opened":
            raise UsageError("A recording can be read once; open it again to read it again.")
        self._state = "reading"
        return self._frames()

    def _frames(self) -> Iterator[Frame]:
        self._reader.start()
        try:
            while (frame := self._next()) is not None:
                yield frame
            self._reader.join()
            if self._reader.error is not None:
                raise self._reader.error
        finally:
            self.close()

    def _next(self) -> Frame | None:
        """Fetch the next frame. Ctrl-C ends a live recording as a stop button would; else it is passed on."""
        try:
            return None if self._state == "closed" else self._waiting.get()
        except KeyboardInterrupt:
            if not self._source.live:
                raise
            self._interrupted = True
            self._stop.set()
            return None

    def close(self) -> None:
        """End the reader thread and release the source; harmless when repeated."""
        if self._state == "closed":
            return
        self._state = "closed"
        self._stop.set()
        while self._reader.is_alive():  # a full queue may hold it up: it looks at `_stop` after each put
            _drain(self._waiting)
            self._reader.join(timeout=0.01)  # s: prompt, and cheap
        _drain(self._waiting)
        self._final = self._info(self._clock.median_rate_hz(), self._clock.duration_s)
        self._source.close()

    @property
    def info(self) -> RecordingInfo:
        """What is known so far; complete once iteration has ended. Cheap: it may be asked for at every frame."""
        return self._final or self._info(self._clock.rate_hz, None)

    def _info(self, rate_hz: float | None, duration_s: float | None) -> RecordingInfo:
        info, scale = self._source.describe(), self._time_scale
        notes = list(info.notes)
        if scale != 1:
            notes.append(
                f"The recording plays {scale:g} times slower than it happened; times were divided by that."
            )
        if self._dropped:
            notes.append(f"{self._dropped} pictures of the camera came too fast to be measured and were left out.")
        if self._interrupted:
            notes.append("The recording was ended by the keyboard.")
        return replace(
            info,
            rate_hz=rate_hz or info.rate_hz * scale,
            duration_s=info.duration_s / scale if duration_s is None else duration_s,
            time_scale=scale,
            sha256=self._sha256,
            notes=tuple(notes),
        )

    def _read(self) -> None:
        """Runs in the reader thread: pictures to frames, into the queue, until the end or until stopped."""
        try:
            index = 0
            for picture, shot in self._shots():
                if self._stop.is_set():
                    return
                index += self._offer(Frame(index, picture.time_s, shot, picture.image))
            self._sha256 = self._source.sha256()
        finally:
            if not self._stop.is_set():
                self._waiting.put(None)

    def _shots(self) -> Iterator[tuple[Picture, int]]:
        pictures = self._scaled()
        return split_at_cuts(pictures) if self._source.edited else ((picture, 0) for picture in pictures)

    def _scaled(self) -> Iterator[Picture]:
        for picture in self._source.pictures():
            time_s = picture.time_s / self._time_scale
            if self._limit_s is not None and time_s >= self._limit_s:
                return
            duration_s = None if picture.duration_s is None else picture.duration_s / self._time_scale
            self._clock.tick(time_s, duration_s)
            yield Picture(picture.image, time_s, duration_s)

    def _offer(self, frame: Frame) -> bool:
        """Put a frame into the queue; a live source goes on and drops it where the queue is full: False."""
        try:
            self._waiting.put(frame, block=not self._source.live)
        except queue.Full:
            self._dropped += 1
            return False
        return True


class _Reader(threading.Thread):
    """A thread that keeps the error it ended with, for whoever waits for it."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="rom-video-reader", daemon=True)
        self._work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the work; an error is kept and not printed."""
        with self:
            self._work()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True


def _drain(waiting: "queue.Queue[Frame | None]") -> None:
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        return
