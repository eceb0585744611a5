"""The running chart below the picture: the angle so far, the holds, and where we are now."""

import numpy as np

from rom.records import AngleTrack, Floats, Repetition
from rom.report.canvas import ARC, INK, PAPER, Canvas
from rom.report.words import degrees

#: Time that the chart shows at once; longer recordings scroll.
SPAN_S = 12.0
#: Height of the chart as a share of the picture's, and least height in units.
HEIGHT_SHARE, HEIGHT_MIN = 0.17, 110
#: The angle axis reaches this far beyond the smallest and largest angle.
MARGIN_DEG = 6.0


def strip_height(width_px: int, height_px: int) -> int:
    """Rows that the chart takes below a picture of that size: even, because video wants it so."""
    unit = Canvas(np.zeros((height_px, width_px, 3), dtype=np.uint8)).unit
    return 2 * round(max(HEIGHT_MIN * unit, HEIGHT_SHARE * height_px) / 2)


class Strip:
    """Knows the whole track; draws it up to a moment."""

    def __init__(self, track: AngleTrack, repetitions: tuple[Repetition, ...]) -> None:
        self.track = track
        self.holds = [(r.start_s, r.end_s) for r in repetitions if r.used]
        known = track.smooth_deg[np.isfinite(track.smooth_deg)]
        self.low = min(0.0, float(known.min()) if known.size else 0.0) - MARGIN_DEG
        self.high = max(0.0, float(known.max()) if known.size else 0.0) + MARGIN_DEG

    def draw(self, canvas: Canvas, top: int, now_s: float, caption: str) -> None:
        """Draw the chart as it stands at `now_s`, from row `top` down, with a line of words above it."""
        rows, columns = canvas.image.shape[:2]
        pad = canvas.px(12)
        canvas.image[top:] = INK
        _, words_height = canvas.text(caption, pad, top + pad, 24)
        label = max(canvas.text_size(degrees(v), 18)[0] for v in (self.low, self.high)) + 2 * pad
        frame = np.array([label, top + 2 * pad + words_height, columns - pad, rows - pad], dtype=float)
        self._draw_axes(canvas, frame, pad)
        self._draw_curve(canvas, frame, now_s)

    def _draw_axes(self, canvas: Canvas, frame: Floats, pad: int) -> None:
        """Zero line and the largest and smallest angle."""
        for value in (self.high - MARGIN_DEG, 0.0, self.low + MARGIN_DEG):
            y = self._height(np.array([value]), frame)[0]
            canvas.line(np.array([[frame[0], y], [frame[2], y]]), (110, 120, 130), 1, outline=False)
            crowded = value != 0.0 and abs(y - self._height(np.zeros(1), frame)[0]) < canvas.px(18)
            if not crowded:
                _, height = canvas.text_size(degrees(value), 18)
                canvas.text(degrees(value), pad, y - height / 2, 18)

    def _draw_curve(self, canvas: Canvas, frame: Floats, now_s: float) -> None:
        """Holds, the curve so far, and a dot for now."""
        start_s, end_s = self.window(now_s)
        scale = (frame[2] - frame[0]) / (end_s - start_s)
        time_s, angle = self.track.time_s, self.track.smooth_deg
        for hold in self.holds:
            left, right = (frame[0] + (np.clip(t, start_s, min(end_s, now_s)) - start_s) * scale for t in hold)
            if right > left:
                corners = np.array([[left, frame[1]], [right, frame[1]], [right, frame[3]], [left, frame[3]]])
                canvas.wedge(corners, ARC, 0.18)
        shown = (time_s >= start_s) & (time_s <= now_s)
        x = frame[0] + (time_s - start_s) * scale
        y = self._height(angle, frame)
        for run in _runs(shown & np.isfinite(angle)):
            canvas.line(np.column_stack([x[run], y[run]]), ARC, 3, outline=False)
        here = int(np.searchsorted(time_s, now_s, side="right")) - 1
        if here >= 0 and np.isfinite(angle[here]):
            canvas.dot(np.array([x[here], y[here]]), PAPER, 5)

    def window(self, now_s: float) -> tuple[float, float]:
        """The stretch of time on the chart: all of a short recording, the last `SPAN_S` of a long one."""
        first, last = float(self.track.time_s[0]), float(self.track.time_s[-1])
        if last - first <= SPAN_S:
            return first, max(last, first + 1e-3)
        end = min(max(now_s, first + SPAN_S), last)
        return end - SPAN_S, end

    def _height(self, angle_deg: Floats, frame: Floats) -> Floats:
        """Angles as rows of the picture."""
        share = (np.asarray(angle_deg, dtype=float) - self.low) / (self.high - self.low)
        return np.asarray(frame[3] - share * (frame[3] - frame[1]))


def _runs(flags: np.ndarray) -> list[slice]:
    """Unbroken runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
