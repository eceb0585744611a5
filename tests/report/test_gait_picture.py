"""The walk in the report: curves lie where the scale says, and beside them only people of like speed."""

from dataclasses import replace
from functools import cache
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from rom.exam.gait_curves import PERCENT, compare, published_curves
from rom.records import Gait, GaitEvents, LegGait, OverStrides
from rom.report import svg
from rom.report.content import Bullets, Columns, Picture, Table, Text
from rom.report.gait_picture import OWN_BAND, drawn_behind, gait_picture
from rom.report.language import Words
from rom.report.walk_parts import walk_for_person, walk_for_provider
from tests.report.visits import visits

SAY = Words("en")
FREE = next(curve for curve in published_curves() if curve.name == "Schwartz2008/free")
GREY_BEHIND = {"en": "Light grey, behind it", "es": "Gris claro, detrás"}
#: Places are written to a tenth.
WRITTEN = 0.06


@cache
def planted() -> LegGait:
    """Three strides of sin, SD 2 everywhere, toe-off at 60 %, compared with nobody."""
    mean = 10.0 * np.sin(2 * np.pi * PERCENT / 100)
    curves = np.array([mean - 2.0, mean, mean + 2.0])
    cycles = np.array([[0.0, 0.6, 1.0], [1.0, 1.6, 2.0], [2.0, 2.6, 3.0]])
    return LegGait(
        side="right",
        events=GaitEvents("right", np.arange(4.0), cycles[:, 1], cycles, np.ones(3)),
        percent=PERCENT,
        curves_deg=curves,
        mean_deg=mean,
        sd_deg=np.full(51, 2.0),
        peak_stance_dorsiflexion_deg=OverStrides(10.0, 2.0, 1.2, 3),
        push_off_plantar_flexion_deg=OverStrides(9.0, 2.0, 1.2, 3),
        stride_s=OverStrides(1.0, 0.0, 0.0, 3),
        stance_share=OverStrides(0.6, 0.0, 0.0, 3),
        stride_over_leg=OverStrides(1.4, 0.0, 0.0, 3),
    )


def compared() -> LegGait:
    """The same leg beside those who walk freely."""
    return replace(planted(), comparisons=compare(planted().mean_deg, "free"))


def walked(case: str) -> Gait:
    """The walk of a visit."""
    gait = visits()[case].exams[0].gait
    assert gait is not None
    return gait


def parts(data: bytes, name: str) -> list[dict[str, str]]:
    """All elements of a name."""
    return [part.attrib for part in ET.fromstring(data).iter(f"{{http://www.w3.org/2000/svg}}{name}")]


def words(data: bytes) -> list[str]:
    return [part.text or "" for part in ET.fromstring(data).iter("{http://www.w3.org/2000/svg}text")]


def places(part: dict[str, str]) -> np.ndarray:
    """(N, 2) the corners of a line or area."""
    return np.array([[float(value) for value in place.split(",")] for place in part["points"].split()])


def areas(data: bytes) -> dict[str, np.ndarray]:
    """The areas by their fill."""
    return {part["fill"]: places(part) for part in parts(data, "polygon")}


def curve_of(data: bytes, width: str) -> np.ndarray:
    """The one line of that width."""
    (found,) = (places(part) for part in parts(data, "polyline") if part["stroke-width"] == width)
    return found


def tick(data: bytes, label: str) -> float:
    """How high the line of an angle lies: the foot of its letters is 4 below it."""
    told = zip(words(data), parts(data, "text"), strict=True)
    return next(float(part["y"]) for word, part in told if word == label and part["text-anchor"] == "end") - 4.0


def angles(data: bytes, found: np.ndarray) -> np.ndarray:
    """Heights as degrees, from the numbers on the axis."""
    zero, ten = tick(data, "0°"), tick(data, "10°")
    return np.asarray((found[:, 1] - zero) / (ten - zero) * 10.0)


@pytest.mark.parametrize("whole", [True, False])
def test_the_mean_and_its_band_lie_where_the_axes_say(whole: bool) -> None:
    drawn = gait_picture(planted(), SAY, whole=whole)
    line = curve_of(drawn, "2.6")
    per_deg = abs(tick(drawn, "10°") - tick(drawn, "0°")) / 10.0
    assert angles(drawn, line) == pytest.approx(planted().mean_deg, abs=3 * WRITTEN / per_deg)
    assert tick(drawn, "10°") < tick(drawn, "0°"), "dorsiflexion is up"
    axis = {word: float(p["x"]) for word, p in zip(words(drawn), parts(drawn, "text"), strict=True)}
    assert line[:, 0] == pytest.approx(np.interp(PERCENT, [0, 100], [axis["0"], axis["100"]]), abs=2 * WRITTEN)
    band = areas(drawn)[OWN_BAND]
    assert band[:51, 1] == pytest.approx(line[:, 1] - 2.0 * per_deg, abs=2 * WRITTEN)
    assert band[:50:-1, 1] == pytest.approx(line[:, 1] + 2.0 * per_deg, abs=2 * WRITTEN)


@pytest.mark.parametrize("whole", [True, False])
def test_toe_off_stands_at_its_share_of_the_cycle(whole: bool) -> None:
    drawn = gait_picture(planted(), SAY, whole=whole)
    (off,) = (part for part in parts(drawn, "line") if part.get("stroke-dasharray"))
    assert off["x1"] == off["x2"]
    axis = {word: float(p["x"]) for word, p in zip(words(drawn), parts(drawn, "text"), strict=True)}
    assert float(off["x1"]) == pytest.approx(axis["60"], abs=WRITTEN)
    shares = ("stance 60 %", "swing 40 %") if whole else ("on the ground 60 %", "in the air 40 %")
    assert set(shares) <= set(words(drawn))


def test_every_stride_is_a_thin_line_for_the_provider_alone() -> None:
    thin = [
        places(p) for p in parts(gait_picture(planted(), SAY, whole=True), "polyline") if p["stroke-width"] == "0.7"
    ]
    assert len(thin) == 3
    assert [part["stroke-width"] for part in parts(gait_picture(planted(), SAY, whole=False), "polyline")] == [
        "2.6"
    ]


def test_a_single_stride_has_no_band() -> None:
    lone = replace(planted(), curves_deg=planted().curves_deg[1:2], sd_deg=np.full(51, np.nan))
    assert areas(gait_picture(lone, SAY, whole=True)) == {}
    assert "nan" not in gait_picture(lone, SAY, whole=True).decode()


@pytest.mark.parametrize("whole", [True, False])
def test_the_published_band_is_of_one_sd_and_behind(whole: bool) -> None:
    drawn = gait_picture(compared(), SAY, whole=whole)
    assert list(areas(drawn)) == [svg.BAND, OWN_BAND], "drawn in this order"
    band = angles(drawn, areas(drawn)[svg.BAND])
    per_deg = abs(tick(drawn, "10°") - tick(drawn, "0°")) / 10.0
    assert band[:51] == pytest.approx(FREE.mean_deg + FREE.sd_deg, abs=4 * WRITTEN / per_deg)
    assert band[:50:-1] == pytest.approx(FREE.mean_deg - FREE.sd_deg, abs=4 * WRITTEN / per_deg)


def test_without_a_like_speed_nobody_is_drawn_behind() -> None:
    assert drawn_behind(planted()) is None
    assert svg.BAND not in areas(gait_picture(planted(), SAY, whole=True))
    slow = replace(planted(), comparisons=compare(planted().mean_deg, "slow"))
    behind = drawn_behind(slow)
    assert behind is not None
    assert behind.speed == "slow"


def test_the_bands_differ_in_grey() -> None:
    """The mean, its band, the published one and the paper are apart by a step of lightness that grey shows."""

    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue  # luma of ITU-R BT.601

    steps = np.diff([lightness(colour) for colour in (svg.OWN, OWN_BAND, svg.BAND, svg.PAPER)])
    assert (steps > 25).all()  # a tenth of the whole


@pytest.mark.parametrize(("case", "compares"), [("a walk", False), ("a walk of known speed", True)])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_person_sees_a_picture_and_plain_sentences(case: str, compares: bool, language: str) -> None:
    say, gait = Words(language), walked(case)
    beside, *notes = walk_for_person(gait, say)
    assert isinstance(beside, Columns)
    picture, told = beside.parts
    assert isinstance(picture, Picture)
    assert isinstance(told, Bullets)
    leg = gait.legs[0]
    reached = (leg.peak_stance_dorsiflexion_deg.mean, leg.push_off_plantar_flexion_deg.mean)
    for degrees in map(say.degrees, reached):
        assert degrees in told.items[0]
        assert degrees in picture.alt
    assert say.number(gait.cadence_steps_min.mean) in told.items[1]
    assert all(say.number(gait.step_s[side].mean, 2) in told.items[2] for side in gait.step_s)
    read = [note.words for note in notes if isinstance(note, Text)]
    assert (say("Behind it, in grey: a published curve of like walking speed.") in picture.alt) == compares
    assert (GREY_BEHIND[language] in read[0]) == compares
    assert [say.sentence(remark) for remark in gait.remarks] == read[2:]


def test_without_a_comparison_it_is_said_why() -> None:
    gait = walked("a walk")
    (why,) = (
        remark for remark in gait.remarks if remark.startswith("There is no comparison with published curves")
    )
    for parts_of in (walk_for_person(gait, SAY), walk_for_provider(gait, SAY)):
        assert Text(why, "note") in parts_of
        assert not any(isinstance(part, Table) for part in parts_of)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_provider_sees_whose_the_curves_are_and_how_near(language: str) -> None:
    say, gait = Words(language), walked("a walk of known speed")
    picture, table, _ = walk_for_provider(gait, say)
    assert isinstance(picture, Picture)
    assert isinstance(table, Table)
    for known in (say(FREE.people), say(FREE.source), FREE.licence):
        assert known in picture.caption
    found = gait.legs[0].comparisons
    assert len(table.rows) == len(found) == 3
    for row, comparison in zip(table.rows, found, strict=True):
        assert comparison.licence in row[1]
        assert row[3] == say.degrees(comparison.offset_deg, 1)
        assert row[4] == f"{say.number(100 * comparison.share_inside)} %"
    assert say.number(gait.speed, 2) in table.caption


def test_below_zero_is_explained() -> None:
    stiff = replace(planted(), push_off_plantar_flexion_deg=OverStrides(-3.0, 1.0, 0.6, 3))
    for leg, said in ((stiff, True), (planted(), False)):
        beside = walk_for_person(replace(walked("a walk"), legs=(leg,)), SAY)[0]
        assert isinstance(beside, Columns)
        told = beside.parts[-1]
        assert isinstance(told, Bullets)
        assert any(item.startswith("Below 0°") for item in told.items) == said
