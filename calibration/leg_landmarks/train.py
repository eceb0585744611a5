"""Train the leg landmarker on stills: ``python -m calibration.leg_landmarks.train OUT --minutes 60``.

CPU, reproducible from a seed for a given number of steps, resumable from its own checkpoint; a line of figures on
the validation set, whose bodies and rooms it never learns from, every so many steps.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from calibration.leg_landmarks.crops import ASKED, Sample, sample_of
from calibration.leg_landmarks.network import ANGLE_UNIT_DEG, LegNet, angle_loss, landmark_loss
from calibration.leg_landmarks.stills import Stills, joined, load, stills_folder
from rom.geometry import dorsiflexion_from_points

WEIGHTS = {"distance": 12.0, "likelihood": 0.05, "wide": 0.1, "angle": 0.7, "lines": 0.5, "leg": 0.3}
LINE = [ASKED.index(name) for name in ("fibular_head", "lateral_malleolus", "heel_plantar", "mt5_plantar")]
WARM_STEPS, GRADIENT_MOST, DECAY = 100, 3.0, 0.998


class Crops(Dataset[tuple[Tensor, ...]]):
    """Endless disturbed crops for training, or each still once."""

    def __init__(self, stills: Stills, size_px: int, count: int | None = None, seed: int = 0) -> None:
        self.stills, self.size_px, self.seed = stills, size_px, seed
        self.count = count or len(stills.pictures)
        self.train = count is not None

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, i: int) -> tuple[Tensor, ...]:
        rng = np.random.default_rng([self.seed, i])
        pick = int(rng.integers(len(self.stills.pictures))) if self.train else i
        return as_tensors(sample_of(self.stills, pick, self.size_px, rng, self.train))


def as_tensors(sample: Sample) -> tuple[Tensor, ...]:
    """Picture (3, S, S) in -1 to 1, points, known, angle, lines, leg."""
    picture = torch.from_numpy(np.ascontiguousarray(sample.picture.transpose(2, 0, 1)))
    return (
        picture,
        torch.tensor(sample.points, dtype=torch.float32),
        torch.tensor(sample.known, dtype=torch.float32),
        torch.tensor(sample.angle_deg, dtype=torch.float32),
        torch.tensor(sample.lines, dtype=torch.float32),
        torch.tensor(float(sample.leg)),
    )


def scaled(pictures: Tensor) -> Tensor:
    """Bytes (N, 3, S, S) as the network takes them, channels last in memory."""
    return (pictures.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def read_set(name: str) -> Stills:
    """All stills of a set."""
    paths = sorted(stills_folder(name).glob("*.npz"))
    if not paths:
        raise SystemExit(f"expected stills of the set '{name}'; run: python -m calibration stills {name}")
    return joined([load(path) for path in paths])


def loss_of(net: LegNet, batch: Sequence[Tensor]) -> Tensor:
    """Weighted sum of all that is asked of a batch."""
    pictures, points, known, angle, lines, leg = batch
    found = net(scaled(pictures))
    distance, likelihood, wide = landmark_loss(found, points, known)
    angle_part, line_part = angle_loss(found, angle, lines, leg * (known[:, LINE] > 0).all(1))
    parts = {
        "distance": distance,
        "likelihood": likelihood,
        "wide": wide,
        "angle": angle_part,
        "lines": line_part,
        "leg": torch.nn.functional.binary_cross_entropy_with_logits(found["leg"], leg),
    }
    return torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum()


@torch.no_grad()
def figures(net: LegNet, crops: Crops, batch: int = 64) -> dict[str, float]:
    """Errors on crops whose four points of the lines lie in the picture."""
    net.eval()
    points, angles, known, truth, image = [], [], [], [], []
    for part in DataLoader(crops, batch):
        found = net(scaled(part[0]))
        points.append(found["points"].numpy())
        angles.append(found["angle"].numpy() * ANGLE_UNIT_DEG)
        image.append(part[1].numpy())
        known.append(part[2].numpy())
        truth.append(part[3].numpy())
    net.train()
    p, a, k, t, q = (np.concatenate(v) for v in (points, angles, known, truth, image))
    whole = (k[:, LINE] > 0).all(1)
    read, shown = (dorsiflexion_from_points(each[:, LINE], 1) for each in (p, q))
    miss = np.linalg.norm(p - q, axis=-1)
    return {
        "point_error": float(miss[k > 0].mean()),
        "image_mae_deg": float(np.abs(read - shown)[whole].mean()),
        "points_mae_deg": float(np.abs(read - t)[whole].mean()),
        "projection_mae_deg": float(np.abs(shown - t)[whole].mean()),
        "angle_mae_deg": float(np.abs(a - t)[whole].mean()),
        "angle_slope": float(np.polyfit(t[whole], a[whole], 1)[0]),
        "points_slope": float(np.polyfit(t[whole], read[whole], 1)[0]),
    }


def _batches(crops: Crops, size: int, start: int) -> Iterator[Any]:
    """Batches from a step on; each crop depends on its number alone."""
    subset = torch.utils.data.Subset(crops, range(start * size, len(crops)))
    return iter(DataLoader(subset, size, num_workers=1, prefetch_factor=4))


def train(out: Path, given: argparse.Namespace) -> None:
    """Train until the steps are done or the time is over; go on from a checkpoint that is there."""
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    net = LegNet(tuple(given.channels), tuple(given.blocks)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=given.rate, weight_decay=2e-2)
    average = {name: value.clone() for name, value in net.state_dict().items()}
    start = 0
    if out.exists():
        kept = torch.load(out, weights_only=False)
        net.load_state_dict(kept["last"])
        optimiser.load_state_dict(kept["optimiser"])
        average, start = kept["net"], kept["step"]
    crops = Crops(read_set("development"), given.size, given.steps * given.batch, given.seed)
    check = Crops(read_set("validation"), given.size)
    log = out.with_suffix(".jsonl")
    began = time.monotonic()
    for step, batch in enumerate(_batches(crops, given.batch, start), start + 1):
        done = step / given.steps
        for group in optimiser.param_groups:
            group["lr"] = given.rate * min(1.0, step / WARM_STEPS) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-6
        loss = loss_of(net, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), GRADIENT_MOST)
        optimiser.step()
        _follow_average(average, net, min(DECAY, step / (step + 20)))
        over = time.monotonic() - began > given.minutes * 60
        if step % given.every == 0 or step == given.steps or over:
            line = {
                "step": step,
                "seconds": round(time.monotonic() - began),
                "loss": round(float(loss.detach()), 4),
            }
            line |= {name: round(value, 4) for name, value in _figures_of(average, net, check).items()}
            with log.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
            _keep(out, net, average, optimiser, step, given)
        if over:
            return


def _follow_average(average: dict[str, Tensor], net: LegNet, decay: float) -> None:
    """Move the running mean of the weights towards the present ones."""
    for name, value in net.state_dict().items():
        if value.dtype.is_floating_point:
            average[name].mul_(decay).add_(value, alpha=1 - decay)
        else:
            average[name].copy_(value)


def _figures_of(average: dict[str, Tensor], net: LegNet, check: Crops) -> dict[str, float]:
    """Figures of the averaged weights."""
    present = {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(average)
    found = figures(net, check)
    net.load_state_dict(present)
    return found


def _keep(
    out: Path, net: LegNet, average: dict[str, Tensor], optimiser: torch.optim.Optimizer, step: int, given: Any
) -> None:
    """Write the checkpoint; it appears when it is whole."""
    part = out.with_name(out.name + ".part")
    state = {"net": average, "last": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
    torch.save({**state, "given": vars(given)}, part)
    part.replace(out)


def main(words: Sequence[str] | None = None) -> None:
    """Parse and train."""
    parser = argparse.ArgumentParser(description="Train the leg landmarker on stills.")
    parser.add_argument("out", type=Path, help="checkpoint; figures go beside it as .jsonl")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--size", type=int, default=192, help="side of the crop, pixels")
    parser.add_argument("--channels", type=int, nargs=4, default=[16, 32, 64, 112])
    parser.add_argument("--blocks", type=int, nargs=3, default=[1, 1, 2])
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--every", type=int, default=400, help="steps between figures")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    train(given.out, given)


if __name__ == "__main__":
    main()
