"""What a walk shows: to the person a calm picture and a few sentences, to the provider all of it."""

from collections.abc import Iterator
from math import isfinite

from rom.exam.gait_curves import BAND_SDS
from rom.records import CurveComparison, Gait, LegGait
from rom.report.content import Block, Bullets, Columns, Picture, Table, Text
from rom.report.gait_picture import drawn_behind, gait_picture
from rom.report.language import Words, later_all
from rom.report.naming import ANKLE_NAMES, SIDE_NAMES


def walk_for_person(gait: Gait, say: Words) -> tuple[Block, ...]:
    """The picture of each leg beside what it says, how sure that is, and what limits it."""
    pictures = [
        Picture(gait_picture(leg, say, whole=False), "image/svg+xml", _alt(leg, say), say(ANKLE_NAMES[leg.side]))
        for leg in gait.legs
    ]
    count = sum(len(leg.curves_deg) for leg in gait.legs)
    sure = say(
        "Each number is the mean over the strides seen ({count}). It has no likely range: what the camera itself "
        "may be off by is not in it.",
        count=count,
    )
    remarks = (Text(say.sentence(remark), "note") for remark in gait.remarks)
    beside = Columns((*pictures, Bullets(tuple(_sentences(gait, say)))))
    return beside, Text(_reading(gait, say), "note"), Text(sure, "note"), *remarks


def walk_for_provider(gait: Gait, say: Words) -> tuple[Block, ...]:
    """The picture of each leg, and every published curve beside it, or why there is none."""
    pictures = [
        Picture(gait_picture(leg, say, whole=True), "image/svg+xml", _alt(leg, say), _caption(leg, say))
        for leg in gait.legs
    ]
    if not any(leg.comparisons for leg in gait.legs):
        return *pictures, *(Text(say.sentence(remark), "note") for remark in gait.remarks)
    constant = say(
        "The published angle is another one (Plug-in Gait, shank to forefoot). It differs from this one by a "
        "constant of each leg, so that the shape says more than the height."
    )
    return *pictures, _comparisons(gait, say), Text(constant, "note")


def _sentences(gait: Gait, say: Words) -> Iterator[str]:
    """What a walk says in plain words."""
    for leg in gait.legs:
        yield f"{say(ANKLE_NAMES[leg.side])}: {_reached(leg, say)}"
    yield say("{steps} steps a minute.", steps=say.number(gait.cadence_steps_min.mean))
    if gait.step_s:
        left, right = (say.number(gait.step_s[side].mean, 2) for side in ("left", "right"))
        yield say("A step took {left} s on the left and {right} s on the right.", left=left, right=right)
    ends = [v for leg in gait.legs for v in (leg.peak_stance_dorsiflexion_deg, leg.push_off_plantar_flexion_deg)]
    if any(round(value.mean) < 0 for value in ends):
        yield say("Below 0° means that the foot did not pass the right angle to the shin.")


def _reached(leg: LegGait, say: Words) -> str:
    """The two ends of a leg's curve."""
    return say(
        "pulled up {peak} at most while the foot was on the ground, and pointed {push_off} at push-off.",
        peak=say.degrees(leg.peak_stance_dorsiflexion_deg.mean),
        push_off=say.degrees(leg.push_off_plantar_flexion_deg.mean),
    )


def _alt(leg: LegGait, say: Words) -> str:
    """The picture in words."""
    drawn = say(
        "{title}, the ankle's angle from one landing of the foot to the next, mean of {count}. {reached} The foot "
        "leaves the ground at {share} %.",
        title=say(ANKLE_NAMES[leg.side]),
        count=len(leg.curves_deg),
        reached=_capital(_reached(leg, say)),
        share=say.number(100 * leg.stance_share.mean),
    )
    if not leg.comparisons:
        return drawn
    return f"{drawn} {say('Behind it, in grey: a published curve of like walking speed.')}"


def _reading(gait: Gait, say: Words) -> str:
    """How the person's pictures are read."""
    own = say("Line: the mean of your strides; the band around it: how they varied.")
    if not any(leg.comparisons for leg in gait.legs):
        return own
    behind = say(
        "Light grey, behind it: where about two of three healthy children lie who walked at a like speed. They "
        "were measured in another way: look at the shape more than at the height."
    )
    return f"{own} {behind}"


def _caption(leg: LegGait, say: Words) -> str:
    """How the provider's picture is read, and whose curve is behind."""
    own = say(
        "{title}. Thick: mean of {count} strides, with its band of ± 1 SD; thin: each stride. Dashed: toe-off, at "
        "{share} % of the cycle. Dorsiflexion is above zero.",
        title=say(ANKLE_NAMES[leg.side]),
        count=len(leg.curves_deg),
        share=say.number(100 * leg.stance_share.mean),
    )
    curve = drawn_behind(leg)
    if curve is None:
        return own
    behind = say(
        "Light grey, behind: mean (line) ± 1 SD of {people}, at {speed} walking speed; how many they were could "
        "not be checked ({name}: {source}; {licence}).",
        people=say(curve.people),
        speed=say(curve.speed),
        name=curve.name,
        source=say(curve.source),
        licence=curve.licence,
    )
    return f"{own} {behind}"


def _comparisons(gait: Gait, say: Words) -> Table:
    """Every published curve of like speed: how far above it the person's lies, and how much of it is inside."""
    caption = say(
        "Beside published curves of like speed ({speed}). Offset: this person's mean minus the published one. "
        "Inside: share of the cycle within the published mean ± {sds} SD; shape: the same, and what is left (root "
        "mean square), once the offset is taken away.",
        speed=_speed(gait, say),
        sds=say.number(BAND_SDS),
    )
    head = later_all("Side", "Published curve", "Of whom", "Offset", "Inside", "Shape: inside", "Shape: left")
    rows = [(say(SIDE_NAMES[leg.side]), *_comparison(found, say)) for leg in gait.legs for found in leg.comparisons]
    return Table(caption, tuple(say(name) for name in head), tuple(rows))


def _comparison(found: CurveComparison, say: Words) -> tuple[str, ...]:
    """One published curve."""
    return (
        f"{found.curve}: {say(found.source)}; {found.licence}",
        say(found.people),
        say.degrees(found.offset_deg, 1),
        f"{say.number(100 * found.share_inside)} %",
        f"{say.number(100 * found.share_inside_shape)} %",
        say.degrees(found.rmse_shape_deg, 1),
    )


def _speed(gait: Gait, say: Words) -> str:
    """The class of walking speed, and the speed where it was measured."""
    if not isfinite(gait.speed):
        return say(gait.speed_class)
    value = say.number(gait.speed, 2)
    return say("{speed}; {value} of √(g × leg length)", speed=say(gait.speed_class), value=value)


def _capital(sentence: str) -> str:
    """A sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]
