"""What a walk says, as a table."""

from math import isfinite

from rom.records import Gait, OverStrides
from rom.report.content import Table
from rom.report.language import Words, later_all
from rom.report.naming import SIDE_NAMES

NOTHING = "–"


def walk_table(gait: Gait, say: Words) -> Table:
    """A row for each number of a walk, with its spread over the strides."""
    rows: list[tuple[str, ...]] = []
    for leg in gait.legs:
        side = say(SIDE_NAMES[leg.side])
        peak, push_off, share = leg.peak_stance_dorsiflexion_deg, leg.push_off_plantar_flexion_deg, leg.stance_share
        rows.append((say("{side}: most dorsiflexion in stance", side=side), *_cells(peak, say, "°")))
        rows.append((say("{side}: most plantar flexion at push-off", side=side), *_cells(push_off, say, "°")))
        stance = OverStrides(100 * share.mean, 100 * share.sd, 100 * share.se, share.count)
        rows.append((say("{side}: share of the stride in stance", side=side), *_cells(stance, say, " %")))
    rows.append((say("Steps a minute"), *_cells(gait.cadence_steps_min, say)))
    if isfinite(gait.step_asymmetry_percent):
        difference = f"{say.number(gait.step_asymmetry_percent)} %"
        rows.append((say("Right step time over left"), difference, NOTHING, NOTHING))
    head = later_all("Over the strides", "Mean", "SD", "Strides")
    caption = say("The spread is that of the strides; what the camera itself may be off by is not in it.")
    return Table(caption, tuple(say(name) for name in head), tuple(rows))


def _cells(value: OverStrides, say: Words, unit: str = "") -> tuple[str, str, str]:
    """Mean, SD and count."""
    spread = f"{say.number(value.sd)}{unit}" if isfinite(value.sd) else NOTHING
    return f"{say.number(value.mean)}{unit}", spread, str(value.count)
