"""Put trained networks into the instrument: ``python -m calibration.leg_landmarks.export leg CHECKPOINT``.

The exported model takes RGB bytes and speaks in plain quantities: points, covariances, degrees, probabilities. Its
file goes to ``rom/data/models``, its SHA-256 to the table there.
"""

import argparse
import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from calibration.leg_landmarks.network import ANGLE_UNIT_DEG, LegNet
from rom.pose.models import MODELS_FOLDER

FILES = {"leg": "leg_landmarker.onnx", "leg_finder": "leg_finder.onnx"}
OUTPUTS = ["points", "covariance", "angle_deg", "angle_sd_deg", "lines", "presence"]
OPSET = 17


class Spoken(nn.Module):
    """(1, S, S, 3) bytes to points (1, K, 2), covariances, angle and its SD (1,), lines (1, 2, 3), presence."""

    def __init__(self, net: LegNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, crop: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        found = self.net(crop.permute(0, 3, 1, 2).float() / 127.5 - 1)
        sd = found["doubt"][..., :2].clamp(-8, 1).exp()
        correlation = 0.95 * torch.tanh(found["doubt"][..., 2:])
        mixed = sd[..., :1] * sd[..., 1:] * correlation
        rows = torch.cat([sd[..., :1] ** 2, mixed, mixed, sd[..., 1:] ** 2], -1)
        angle_sd = found["angle_doubt"].clamp(-5, 2).exp() * (2**0.5 * ANGLE_UNIT_DEG)  # of a Laplace density
        return (
            found["points"],
            rows.unflatten(-1, (2, 2)),
            found["angle"] * ANGLE_UNIT_DEG,
            angle_sd,
            found["lines"],
            torch.sigmoid(found["leg"]),
        )


def load_net(checkpoint: Path) -> tuple[LegNet, int]:
    """The averaged weights of a checkpoint, and the side of its crop."""
    kept = torch.load(checkpoint, weights_only=False)
    given = kept["given"]
    net = LegNet(tuple(given["channels"]), tuple(given["blocks"]), given["size"], given["head"])
    net.load_state_dict(kept["net"])
    return net.eval(), int(given["size"])


def export(checkpoint: Path, target: Path) -> str:
    """Write the ONNX file; returns its SHA-256."""
    net, size = load_net(checkpoint)
    crop = torch.zeros(1, size, size, 3, dtype=torch.uint8)
    torch.onnx.export(
        Spoken(net), (crop,), target, dynamo=False, opset_version=OPSET, input_names=["crop"], output_names=OUTPUTS
    )
    return hashlib.sha256(target.read_bytes()).hexdigest()


def note(name: str, sha256: str, folder: Path = MODELS_FOLDER) -> None:
    """Put the file's row into the table of models."""
    table = folder / "models.csv"
    with table.open(encoding="utf-8", newline="") as text:
        rows = {row["name"]: row for row in csv.DictReader(text)}
    rows[name] = {
        "name": name,
        "file": FILES[name],
        "sha256": sha256,
        "licence": "Apache-2.0",
        "origin": "this project, calibration/leg_landmarks, trained on rendered people only",
        "landmarks": "9",
    }
    with table.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[name]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())


def main(words: Sequence[str] | None = None) -> None:
    """Parse and export."""
    parser = argparse.ArgumentParser(description="Put a trained network into the instrument.")
    parser.add_argument("name", choices=list(FILES))
    parser.add_argument("checkpoint", type=Path)
    given = parser.parse_args(words)
    sha256 = export(given.checkpoint, MODELS_FOLDER / FILES[given.name])
    note(given.name, sha256)
    print(f"{FILES[given.name]} {sha256}")


if __name__ == "__main__":
    main()
