"""What the leg landmarker costs: a crop on one core, and the whole line beside BlazePose `heavy`, in one run.

``python -m calibration.benchmarks.leg [--rounds 5] [--json FILE]``

A crop: laid, cut out and looked at, on one thread, against BlazePose `heavy` on the same pictures. The whole line:
`rom.measure` of a sample with either model, taking turns; opening is left out.
"""

import statistics
from time import process_time
from typing import Any

import rom
from calibration.benchmarks.clips import sample_frames
from calibration.benchmarks.pipeline import bare_rate
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.pose.leg_landmarker import LegLandmarker
from rom.pose.leg_network import LegNetwork
from rom.pose.leg_tracker import LegTracker
from rom.records import Frame, Image
from rom.samples import DEMO, sample_folder
from rom.selftest import frames_per_s

LOOKS = 200


def crop_ms(frames: list[Image]) -> float:
    """Milliseconds of processor time of one crop: warping and network; one thread."""
    with LegLandmarker() as pose:
        pose.people(Frame(0, 0.0, 0, frames[0]))
        known = pose.legs[0]
    tracker = LegTracker(LegNetwork("leg"), known.look.knee, known.ankle, known.mirrored)
    for image in frames[:20]:
        tracker.follow(image)
    began = process_time()
    for k in range(LOOKS):
        tracker.follow(frames[20 + k % 20])
    return (process_time() - began) / LOOKS * 1000


def run(rounds: int) -> dict[str, Any]:
    """Everything, round by round."""
    frames = sample_frames()
    crops = [crop_ms(frames) for _ in range(rounds)]
    clip = sample_folder() / f"{DEMO}.mp4"
    ratios = [
        frames_per_s(rom.measure(clip)) / frames_per_s(rom.measure(clip, model="heavy")) for _ in range(rounds)
    ]
    bare = [1000 / bare_rate(frames, len(frames))[0] for _ in range(2)]
    return {
        "question": "cost of a crop on one core; rate of the whole line over that with BlazePose heavy",
        "crop_ms": [round(ms, 2) for ms in crops],
        "crop_ms_median": round(statistics.median(crops), 2),
        "bare_heavy_ms_wall": [round(ms, 1) for ms in bare],
        "line_ratio_median": round(statistics.median(ratios), 2),
        "line_ratios": [round(ratio, 2) for ratio in ratios],
        **made_on(),
    }


def main() -> None:
    """Run, print, and write the result where asked."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    tell(run(given.rounds), given.json)


if __name__ == "__main__":
    main()
