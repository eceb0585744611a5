"""Train the leg landmarker, or the finder that looks for a leg in a whole picture, on stills.

``python -m calibration.leg_landmarks.train OUT --minutes 60 --processes 2``

CPU, reproducible from a seed for a given number of steps and processes, resumable from its own checkpoint; figures
on the validation set, whose bodies and rooms it never learns from, every so many steps. Each process learns
from its own share of every batch, and they agree on the mean of their gradients.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, distributed, multiprocessing
from torch.utils.data import DataLoader, Dataset

from calibration.leg_landmarks.crops import Sample, sample_of, window_of
from calibration.leg_landmarks.heads import HEADS
from calibration.leg_landmarks.network import ANGLE_UNIT_DEG, LINE, LegNet, angle_loss, landmark_loss
from calibration.leg_landmarks.stills import ARRAYS, Stills, joined, load, still_rows, stills_folder
from calibration.recordings.plan import Recording
from rom.geometry import dorsiflexion_from_points

WEIGHTS = {"distance": 12.0, "likelihood": 0.05, "unlike": 0.05, "angle": 2.0, "lines": 0.6, "leg": 0.3}
FINDER_WEIGHTS = WEIGHTS | {"angle": 0.0, "lines": 0.0, "leg": 0.6}
WARM_STEPS, GRADIENT_MOST, DECAY = 200, 3.0, 0.998
DISTURBANCE = "disturbance"
TASKS = {"crop": sample_of, "finder": window_of}


class Crops(Dataset[tuple[Tensor, ...]]):
    """Endless disturbed crops for training, or each still once; a crop depends on its number alone."""

    def __init__(
        self,
        stills: Stills,
        task: str,
        size_px: int,
        count: int | None = None,
        seed: int = 0,
        disturb: bool = True,
    ) -> None:
        make = partial(sample_of, disturb=disturb) if task == "crop" else TASKS[task]
        self.stills, self.make, self.size_px, self.seed = stills, make, size_px, seed
        self.count = count or len(stills.pictures)
        self.train = count is not None

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, i: int) -> tuple[Tensor, ...]:
        rng = np.random.default_rng([self.seed, i])
        pick = int(rng.integers(len(self.stills.pictures))) if self.train else i
        return as_tensors(self.make(self.stills, pick, self.size_px, rng, self.train))


def as_tensors(sample: Sample) -> tuple[Tensor, ...]:
    """Picture (3, S, S) of bytes, points, known, angle, lines, leg."""
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


#: Kinds of realism that a training may do without, to see what each buys: which scenes are then left.
REALISM: dict[str, Callable[[Recording], bool]] = {
    "shoes_and_socks": lambda row: row.footwear == "bare",
    "trousers_and_leggings": lambda row: row.lower == "shorts",
    "other_light": lambda row: row.light == "bright",
    DISTURBANCE: bool,  # all scenes, and none of the crops disturbed
}


def without(stills: Stills, kind: str, most: int | None, seed: int) -> Stills:
    """The stills of the scenes that are left without a kind of realism, and so many of them at most."""
    rows = {row.name: row for row in still_rows("development", 1 + max(_number(name) for name in stills.scene))}
    left = [i for i, name in enumerate(stills.scene) if not kind or REALISM[kind](rows[str(name)])]
    if most is not None and most < len(left):
        left = sorted(np.random.default_rng(seed).choice(left, most, replace=False).tolist())
    arrays = {name: getattr(stills, name)[left] for name in ARRAYS}
    return Stills([stills.pictures[i] for i in left], **arrays)


def _number(scene: str) -> int:
    """The number of a scene, from its name."""
    return int(str(scene).rpartition("-")[2][1:])


def loss_of(net: LegNet, batch: Sequence[Tensor], weights: dict[str, float]) -> Tensor:
    """Weighted sum of all that is asked of a batch; the network itself runs in half precision."""
    pictures, points, known, angle, lines, leg = batch
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = net(scaled(pictures))
    found = {name: value.float() for name, value in found.items()}
    distance, likelihood, unlike = landmark_loss(found, points, known)
    angle_part, line_part = angle_loss(found, angle, lines, leg * (known[:, LINE] > 0).all(1))
    parts = {
        "distance": distance,
        "likelihood": likelihood,
        "unlike": unlike,
        "angle": angle_part,
        "lines": line_part,
        "leg": torch.nn.functional.binary_cross_entropy_with_logits(found["leg"], leg),
    }
    return torch.stack([weights[name] * part for name, part in parts.items()]).sum()


@torch.no_grad()
def figures(net: LegNet, crops: Crops, batch: int = 64) -> dict[str, float]:
    """Errors on crops whose four points of the lines lie in the picture."""
    net.eval()
    kept: dict[str, list[np.ndarray]] = {
        name: [] for name in ("points", "angle", "known", "truth", "shown", "lines")
    }
    for part in DataLoader(crops, batch):
        found = net(scaled(part[0]))
        kept["points"].append(found["points"].numpy())
        kept["angle"].append(found["angle"].numpy() * ANGLE_UNIT_DEG)
        kept["lines"].append(90 - torch.rad2deg(torch.acos(found["lines"].prod(1).sum(-1).clamp(-1, 1))).numpy())
        for name, value in zip(("shown", "known", "truth"), part[1:4], strict=True):
            kept[name].append(value.numpy())
    net.train()
    all_ = {name: np.concatenate(parts) for name, parts in kept.items()}
    whole = (all_["known"][:, LINE] > 0).all(1)
    truth = all_["truth"][whole]
    readings = {
        "points": dorsiflexion_from_points(all_["points"][whole][:, LINE], 1),
        "projection": dorsiflexion_from_points(all_["shown"][whole][:, LINE], 1),
        "angle": all_["angle"][whole],
        "lines": all_["lines"][whole],
    }
    miss = np.linalg.norm(all_["points"] - all_["shown"], axis=-1)
    out = {"point_error": float(miss[all_["known"] > 0].mean())}
    out["image_mae_deg"] = float(np.abs(readings["points"] - readings["projection"]).mean())
    for name, read in readings.items():
        out[f"{name}_mae_deg"] = float(np.abs(read - truth).mean())
        out[f"{name}_slope"] = float(np.polyfit(truth, read, 1)[0])
    return out


def train(rank: int, given: argparse.Namespace) -> None:
    """Train until the steps are done or the time is over; go on from a checkpoint that is there."""
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    _meet(rank, given)
    net = LegNet(tuple(given.channels), tuple(given.blocks), given.size, given.head)
    net = net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=given.rate, weight_decay=2e-2)
    if given.begin_with is not None:
        net.load_state_dict(torch.load(given.begin_with, weights_only=False)["net"])
    average = {name: value.clone() for name, value in net.state_dict().items()}
    start = 0
    if given.out.exists():
        kept = torch.load(given.out, weights_only=False)
        net.load_state_dict(kept["last"])
        optimiser.load_state_dict(kept["optimiser"])
        average, start = kept["net"], kept["step"]
    count = given.steps * given.batch * given.processes
    stills = read_set("development")
    if given.without or given.stills:
        stills = without(stills, given.without, given.stills, given.seed)
    crops = Crops(stills, given.task, given.size, count, given.seed, given.without != DISTURBANCE)
    check = Crops(read_set("validation"), given.task, given.size)
    weights = FINDER_WEIGHTS if given.task == "finder" else WEIGHTS
    began = time.monotonic()
    for step in range(start + 1, given.steps + 1):
        first = ((step - 1) * given.processes + rank) * given.batch
        batch = [
            torch.stack(part) for part in zip(*(crops[i] for i in range(first, first + given.batch)), strict=True)
        ]
        for group in optimiser.param_groups:
            group["lr"] = _rate(step, given)
        loss = loss_of(net, batch, weights)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        _agree(net, given)
        torch.nn.utils.clip_grad_norm_(net.parameters(), GRADIENT_MOST)
        optimiser.step()
        _follow_average(average, net, min(DECAY, step / (step + 20)))
        over = _is_over(time.monotonic() - began > given.minutes * 60, given)
        if rank == 0 and (step % given.every == 0 or step == given.steps or over):
            line = {"step": step, "seconds": round(time.monotonic() - began), "loss": float(loss.detach())}
            _report(given.out, line | _figures_of(average, net, check))
            _keep(given.out, net, average, optimiser, step, given)
        if over:
            break
    if given.processes > 1:
        distributed.destroy_process_group()


def _rate(step: int, given: argparse.Namespace) -> float:
    """Learning rate: a short warming, then half a cosine down to nothing."""
    done = step / given.steps
    return float(given.rate * min(1.0, step / WARM_STEPS) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-6)


def _meet(rank: int, given: argparse.Namespace) -> None:
    """Let the processes find each other through a file beside the checkpoint; nothing leaves the machine."""
    if given.processes > 1:
        meeting = given.out.with_suffix(".meeting").absolute()
        distributed.init_process_group("gloo", f"file://{meeting}", rank=rank, world_size=given.processes)


def _agree(net: LegNet, given: argparse.Namespace) -> None:
    """Give all processes the mean of their gradients."""
    if given.processes == 1:
        return
    gradients = [p.grad for p in net.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    distributed.all_reduce(flat)
    flat /= given.processes
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def _is_over(over: bool, given: argparse.Namespace) -> bool:
    """True for all processes where the time is over for one of them."""
    if given.processes == 1:
        return over
    word = torch.tensor(float(over))
    distributed.all_reduce(word)
    return bool(word > 0)


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


def _report(out: Path, line: dict[str, Any]) -> None:
    """Add a line of figures to the learning curve."""
    text = json.dumps({name: round(value, 4) for name, value in line.items()})
    with out.with_suffix(".jsonl").open("a") as file:
        file.write(text + "\n")
    print(text, flush=True)


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
    parser.add_argument("--begin-with", type=Path, help="checkpoint whose weights are taken at the first step")
    parser.add_argument("--task", choices=list(TASKS), default="crop")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=32, help="crops of a step and process")
    parser.add_argument("--size", type=int, default=192, help="side of the crop, pixels")
    parser.add_argument("--head", choices=HEADS, default="heatmap", help="how landmarks are placed")
    parser.add_argument("--channels", type=int, nargs=4, default=[16, 32, 64, 112])
    parser.add_argument("--blocks", type=int, nargs=3, default=[1, 1, 2])
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--every", type=int, default=400, help="steps between figures")
    parser.add_argument("--without", choices=["", *REALISM], default="", help="a kind of realism to leave out")
    parser.add_argument("--stills", type=int, help="learn from so many stills at most, drawn by the seed")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    given.out.with_suffix(".meeting").unlink(missing_ok=True)
    if given.processes == 1:
        train(0, given)
        return
    os.environ.setdefault("OMP_NUM_THREADS", str(given.threads))
    multiprocessing.spawn(train, (given,), nprocs=given.processes)


if __name__ == "__main__":
    main()
