"""How a network says where a landmark is: heat maps, SimCC's two axes, or plain regression, to be compared.

Each head gives what `means_of` gives, and the densities that its loss holds to a Gaussian; the plain head has none.
SimCC: Li et al. 2022, "SimCC: a simple coordinate classification perspective for human pose estimation".
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

HEADS = ("heatmap", "simcc", "regression")
BINS_A_CELL = 8  # of SimCC, in a sixteenth's cell: two bins a pixel of the crop would be 32
SPOT = 0.02  # SD of a wanted density, in crops: one cell of a heat map
PLAIN_SPREAD = -3.5  # log SD that stands in for a spread where a head has no density


class Placed(NamedTuple):
    """Landmarks as a head places them.

    Attributes
    ----------
    points : (N, K, 2) crop coordinates. spread : (N, K, 2) log SD of the densities
    looks : (N, K C) mean of the features where each landmark is
    logits : what `unlike` compares: (N, K, H, W), or (N, 2, K, B) across and down, or None
    """

    points: Tensor
    spread: Tensor
    looks: Tensor
    logits: Tensor | None


class HeatMap(nn.Module):
    """A map a landmark from the finest features."""

    def __init__(self, fine: int, landmarks: int) -> None:
        super().__init__()
        self.maps = nn.Conv2d(fine, landmarks, 1)

    def forward(self, fine: Tensor, coarse: Tensor) -> Placed:  # noqa: ARG002 - all heads are asked alike
        """From features (N, C, H, W); `coarse` is not looked at."""
        maps = self.maps(fine).float()
        return Placed(*means_of(maps, fine), maps)


class SimCC(nn.Module):
    """Two rows of bins a landmark, across and down, from the coarsest features."""

    def __init__(self, coarse: int, landmarks: int, cells: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(coarse, landmarks, 3, padding=1)
        self.axes = nn.Linear(cells**2, 2 * cells * BINS_A_CELL)

    def forward(self, fine: Tensor, coarse: Tensor) -> Placed:
        """Places from `coarse` (N, C, h, w), looks at `fine` where they are."""
        rows = self.axes(self.reduce(coarse).flatten(2)).float()
        logits = rows.unflatten(-1, (2, -1)).transpose(1, 2)
        density = torch.softmax(logits, -1)
        middles = (torch.arange(density.shape[-1], dtype=density.dtype) + 0.5) / density.shape[-1]
        mean = (density * middles).sum(-1)
        variance = (density * middles**2).sum(-1) - mean**2
        points = mean.transpose(1, 2)
        spread = 0.5 * torch.log(variance.transpose(1, 2).clamp(min=0) + 1e-5)
        return Placed(points, spread, looked_up(fine, points), logits)


class Regression(nn.Module):
    """Two numbers a landmark, from all of the coarsest features."""

    def __init__(self, coarse: int, landmarks: int, cells: int) -> None:
        super().__init__()
        self.squeeze = nn.Sequential(nn.Conv2d(coarse, 64, 1), nn.ReLU(inplace=True))
        self.told = nn.Sequential(
            nn.Linear(64 * cells**2, 128), nn.ReLU(inplace=True), nn.Linear(128, 2 * landmarks)
        )

    def forward(self, fine: Tensor, coarse: Tensor) -> Placed:
        """As `SimCC.forward`."""
        points = 0.5 + self.told(self.squeeze(coarse).flatten(1)).float().unflatten(-1, (-1, 2))
        return Placed(points, torch.full_like(points, PLAIN_SPREAD), looked_up(fine, points), None)


def means_of(maps: Tensor, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What the densities that maps (N, K, H, W) stand for say of each landmark.

    Returns
    -------
    Means (N, K, 2), 0 to 1; log SDs (N, K, 2); and the mean of features (N, C, H, W) under each density, (N, K C).
    """
    count, landmarks, height, width = maps.shape
    flat = torch.softmax(maps.float().flatten(2), -1)
    density = flat.view(count, landmarks, height, width)
    across, down = density.sum(2), density.sum(3)
    xs = (torch.arange(width, dtype=flat.dtype) + 0.5) / width
    ys = (torch.arange(height, dtype=flat.dtype) + 0.5) / height
    x, y = (across * xs).sum(-1), (down * ys).sum(-1)
    variance = torch.stack([(across * xs**2).sum(-1) - x**2, (down * ys**2).sum(-1) - y**2], -1)
    # detached: the heads look where the landmarks are, they do not pull them to where it would suit the angle
    looks = torch.bmm(flat.detach(), features.float().flatten(2).transpose(1, 2)).flatten(1)
    return torch.stack([x, y], -1), 0.5 * torch.log(variance.clamp(min=0) + 1e-5), looks


def looked_up(features: Tensor, points: Tensor) -> Tensor:
    """Features (N, C, H, W) at points (N, K, 2), as (N, K C); the points are not pulled by it."""
    grid = (2 * points.detach() - 1)[:, :, None]
    found = functional.grid_sample(features.float(), grid, padding_mode="border", align_corners=False)
    return found[..., 0].transpose(1, 2).flatten(1)


def unlike(logits: Tensor | None, points: Tensor) -> Tensor:
    """(N, K) cross entropy of densities against Gaussians of SPOT about the points; 0 where a head has none."""
    if logits is None:
        return torch.zeros(points.shape[:2])
    if logits.shape[1] == 2 and logits.shape[2] == points.shape[1]:
        wanted = _spots(points, logits.shape[-1]).permute(0, 3, 1, 2)
        return -(wanted * torch.log_softmax(logits, -1)).sum(-1).sum(1)
    height, width = logits.shape[-2:]
    across, down = _spots(points, width)[:, :, :, 0], _spots(points, height)[:, :, :, 1]
    both = (down[..., :, None] * across[..., None, :]).flatten(2)
    return -(both * torch.log_softmax(logits.flatten(2), -1)).sum(-1)


def _spots(points: Tensor, cells: int) -> Tensor:
    """Gaussians (N, K, cells, 2) about both coordinates of points (N, K, 2)."""
    middles = (torch.arange(cells, dtype=points.dtype) + 0.5) / cells
    return torch.softmax(-((middles[:, None] - points[:, :, None]) ** 2) / (2 * SPOT**2), 2)
