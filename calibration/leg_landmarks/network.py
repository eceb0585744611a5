"""The leg landmarker's network: heat maps for the landmarks, heads for doubt, angle and "this is no leg".

A residual encoder with a light decoder; landmarks are the means of heat maps a quarter of the crop's size (or what
another of the `heads` says). Beside them: a covariance for each landmark, trained by likelihood; the clinical angle
with its scale, which may correct for a view out of the plane; the directions of both lines in space; and whether a
leg is in the crop at all.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from calibration.leg_landmarks.crops import ASKED
from calibration.leg_landmarks.heads import HeatMap, Regression, SimCC, unlike

LANDMARKS = len(ASKED)
SHOWN_DEG = (-100.0, 60.0)  # points that show more are wrong, and the angle head starts from here
ANGLE_UNIT_DEG = 30.0  # the angle head speaks in units of this
#: The four points of the clinical line, in the order of ASKED.
LINE = [ASKED.index(name) for name in ("fibular_head", "lateral_malleolus", "heel_plantar", "mt5_plantar")]
COVARIANCE = 3  # log scale across, log scale down, correlation


def layer(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, active: bool = True) -> nn.Sequential:
    """Convolution, normalisation, rectifier."""
    parts: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*parts, *([nn.ReLU(inplace=True)] if active else []))


class Residual(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = layer(channels, channels), layer(channels, channels, active=False)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as `x`."""
        return functional.relu(x + self.second(self.first(x)))


class LegNet(nn.Module):
    """(N, 3, S, S) crops in -1 to 1 to landmarks, doubts, angle, lines and presence; see `forward`."""

    def __init__(
        self,
        channels: tuple[int, int, int, int] = (16, 32, 64, 112),
        blocks: tuple[int, int, int] = (1, 1, 2),
        size_px: int = 192,
        head: str = "heatmap",
    ) -> None:
        super().__init__()
        c1, c2, c3, c4 = channels
        self.stem = layer(3, c1, 3, 2)
        self.quarter = nn.Sequential(layer(c1, c2, 3, 2), *[Residual(c2) for _ in range(blocks[0])])
        self.eighth = nn.Sequential(layer(c2, c3, 3, 2), *[Residual(c3) for _ in range(blocks[1])])
        self.sixteenth = nn.Sequential(layer(c3, c4, 3, 2), *[Residual(c4) for _ in range(blocks[2])])
        self.up3, self.join3 = layer(c4, c3, 1, active=False), layer(c3, c3)
        self.up2, self.join2 = layer(c3, c2, 1, active=False), layer(c2, c2)
        cells = size_px // 16
        if head == "heatmap":
            self.head: nn.Module = HeatMap(c2, LANDMARKS)
        else:
            self.head = {"simcc": SimCC, "regression": Regression}[head](c4, LANDMARKS, cells)
        self.squeeze = nn.Sequential(layer(c4, 64, 1), layer(64, 64, 3, 2))  # to a 32nd
        self.hidden = nn.Sequential(nn.Linear(64 * (size_px // 32) ** 2, 128), nn.ReLU(inplace=True))
        looks = LANDMARKS * (c2 + 2)
        self.mixed = nn.Sequential(nn.Linear(128 + looks, 192), nn.ReLU(inplace=True))
        self.heads = nn.Linear(192, LANDMARKS * COVARIANCE + 2 + 6 + 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """What the network sees.

        Returns
        -------
        points (N, K, 2) in crop coordinates; doubt (N, K, 3) log scales and a correlation before its tanh;
        spread (N, K, 2) log SD of the densities, logits of them where the head has any; angle, angle_doubt (N,) in
        ANGLE_UNIT_DEG and log of the same;
        lines (N, 2, 3); leg (N,) logit.
        """
        a = self.quarter(self.stem(x))
        b = self.eighth(a)
        c = self.sixteenth(b)
        d = self.join3(functional.relu(b + functional.interpolate(self.up3(c), size=b.shape[-2:])))
        d = self.join2(functional.relu(a + functional.interpolate(self.up2(d), size=a.shape[-2:])))
        points, spread, looks, logits = self.head(d, c)
        seen = torch.cat([self.hidden(self.squeeze(c).flatten(1)), looks, points.detach().flatten(1) - 0.5], 1)
        told = self.heads(self.mixed(seen))
        edge = LANDMARKS * COVARIANCE
        doubt = told[:, :edge].view(-1, LANDMARKS, COVARIANCE)
        scales = doubt[..., :2] + 0.5 * spread.detach() - 1.5
        return {
            "points": points,
            "doubt": torch.cat([scales, doubt[..., 2:]], -1),
            "spread": spread,
            **({} if logits is None else {"logits": logits}),
            "angle": image_angle(points.detach()) + told[:, edge],
            "angle_doubt": told[:, edge + 1],
            "lines": functional.normalize(told[:, edge + 2 : edge + 8].view(-1, 2, 3), dim=-1),
            "leg": told[:, edge + 8],
        }


def image_angle(points: Tensor) -> Tensor:
    """Dorsiflexion (N,) that points (N, K, 2) of a crop show in its plane, in ANGLE_UNIT_DEG."""
    shank = points[:, LINE[0]] - points[:, LINE[1]]
    foot = points[:, LINE[3]] - points[:, LINE[2]]
    rise = (shank * foot).sum(-1)
    reach = shank[:, 0] * foot[:, 1] - shank[:, 1] * foot[:, 0]
    shown = torch.atan2(rise, reach) * float(180.0 / torch.pi)
    return shown.clamp(*SHOWN_DEG) / ANGLE_UNIT_DEG


def landmark_loss(found: dict[str, Tensor], points: Tensor, known: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Distance, negative log likelihood of a correlated Laplace-like density, and how unlike the heat maps are.

    The likelihood teaches the doubt only: it sees the error, but does not move the points. The heat maps are held
    to a Gaussian about the point by cross entropy: the distance alone gives no gradient to a map that is sharp in
    the wrong place (one landmark was lost so in a training without it).
    """
    total = known.sum().clamp(min=1)
    error = found["points"] - points
    distance = (error.abs().sum(-1) * known).sum() / total
    scales = found["doubt"][..., :2].clamp(-8, 1)
    correlation = 0.95 * torch.tanh(found["doubt"][..., 2])
    z = error.detach() / scales.exp()
    rest = 1 - correlation**2
    squared = (z[..., 0] ** 2 - 2 * correlation * z[..., 0] * z[..., 1] + z[..., 1] ** 2) / rest
    surprise = torch.sqrt(3 * squared + 1e-6) + scales.sum(-1) + 0.5 * torch.log(rest)
    likelihood = (surprise * known).sum() / total
    spread = (unlike(found.get("logits"), points) * known).sum() / total
    return distance, likelihood, spread


DEPTH_WEIGHT = 2.5  # of what lies out of the picture's plane: hardest to see, and what a view shifts the reading by


def angle_loss(found: dict[str, Tensor], angle_deg: Tensor, lines: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Angle with its doubt, and the lines' directions; `weight` (N,) is 0 where there is no leg."""
    error = (found["angle"] - angle_deg / ANGLE_UNIT_DEG).abs()
    doubt = found["angle_doubt"].clamp(-5, 2)
    total = weight.sum().clamp(min=1)
    angle = ((error + 0.3 * (error.detach() / doubt.exp() + doubt)) * weight).sum() / total
    off = (found["lines"] - lines).abs() * torch.tensor([1.0, 1.0, DEPTH_WEIGHT])
    direction = (off.sum((1, 2)) * weight).sum() / total
    return angle, direction
