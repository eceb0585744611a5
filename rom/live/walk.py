"""How often somebody walks past the camera, told from where the ankle is seen."""

from dataclasses import dataclass

from rom.live.reading import LiveReading

#: A pass ends when the leg is out of sight for so long; ours.
GONE_S = 0.7
#: It counts where the ankle went along so much of the picture's width; ours.
ALONG_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Pass:
    """A walk past that is under way: from where to where (shares of the picture's width), last seen when."""

    low: float = float("inf")
    high: float = float("-inf")
    seen_s: float = float("-inf")

    def next(self, leg: LiveReading | None, time_s: float) -> tuple[int, "Pass"]:
        """Passes that ended now (0 or 1), and what is under way; `leg` : None where it is not seen."""
        if leg is not None:
            x = leg.points["lateral_malleolus"][0]
            return 0, Pass(min(self.low, x), max(self.high, x), time_s)
        if time_s - self.seen_s <= GONE_S:
            return 0, self
        return int(self.high - self.low >= ALONG_SHARE), NO_PASS


NO_PASS = Pass()
