"""A study's own names: of landmarks, and of the angles made from them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from rom.records.words import Side


@dataclass(frozen=True, slots=True)
class Definition:
    """Landmark roles of one angle definition, without the side; ``a+b`` is the point half-way between two.

    `roles` : shank proximal, shank distal, foot proximal (heel), foot distal (toe).
    """

    name: str
    roles: tuple[str, str, str, str]
    source: str

    def landmarks(self, side: Side) -> tuple[str, str, str, str]:
        """The four landmarks of one side: ``left_knee``, ... (``left_big_toe+left_small_toe``)."""
        proximal, distal, heel, toe = (
            "+".join(f"{side}_{part}" for part in role.split("+")) for role in self.roles
        )
        return proximal, distal, heel, toe


@dataclass(frozen=True, slots=True)
class Naming:
    """How landmark files of a study are to be understood (`rom.pose.naming` reads it from TOML).

    Attributes
    ----------
    landmarks : name in the files -> our name, side first. angles : own definitions, the best first; they come
        before the instrument's own. up : the axis that points up in C3D files; None: as the file says.
    sha256 : of the file it was read from; None where there is none.
    """

    landmarks: Mapping[str, str] = field(default_factory=dict)
    angles: tuple[Definition, ...] = ()
    up: Literal["x", "y", "z"] | None = None
    sha256: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types, as a study keeps it."""
        return {
            "landmarks": dict(self.landmarks),
            "angles": [asdict(angle) | {"roles": list(angle.roles)} for angle in self.angles],
            "up": self.up,
            "sha256": self.sha256,
        }
