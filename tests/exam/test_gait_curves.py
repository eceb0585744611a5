"""The published curves are those of the references, and comparisons are what they say."""

import json
from pathlib import Path

import numpy as np
import pytest

from rom.errors import UsageError
from rom.exam.gait_curves import PERCENT, compare, published_curves, speed_class, speed_classes

ROOT = Path(__file__).parents[2]
REFERENCES = ROOT.parent / "shared" / "references" / "ankle_normative.json"
CURVES = {curve.name: curve for curve in published_curves()}


def test_the_curves_are_those_of_the_references() -> None:
    if not REFERENCES.is_file():
        pytest.skip(f"the references are not here ({REFERENCES})")
    stored = json.loads(REFERENCES.read_text(encoding="utf-8"))
    assert stored["pct"] == PERCENT.tolist()
    assert set(stored["ankle_dorsiflexion_deg"]) == set(CURVES)
    for name, values in stored["ankle_dorsiflexion_deg"].items():
        assert CURVES[name].mean_deg.tolist() == values["mean"]
        assert CURVES[name].sd_deg.tolist() == values["sd"]


def test_peaks_are_the_published_ones() -> None:
    free = CURVES["Schwartz2008/free"]
    assert (free.mean_deg.max(), PERCENT[free.mean_deg.argmax()]) == (11.84, 46)
    assert (free.mean_deg.min(), PERCENT[free.mean_deg.argmin()]) == (-19.79, 64)


def test_every_curve_says_whose_it_is_and_under_which_licence() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for curve in CURVES.values():
        assert "children" in curve.people
        assert curve.licence == "CC BY-SA 4.0"
        assert curve.source.split(",")[0] in notice
    assert "Attribution-ShareAlike 4.0" in notice


def test_the_classes_of_speed_meet_and_each_has_a_curve() -> None:
    classes = speed_classes()
    assert [each.high for each in classes[:-1]] == [each.low for each in classes[1:]]
    assert {each.name for each in classes} == {curve.speed for curve in CURVES.values()}
    assert all(each.source.startswith("our proposal") for each in classes)
    assert speed_class(classes[0].low - 1e-9) is None
    assert speed_class(classes[-1].high) is None


def test_a_published_curve_lies_on_itself() -> None:
    first = next(found for found in compare(CURVES["Schwartz2008/slow"].mean_deg, "slow"))
    assert (first.offset_deg, first.share_inside, first.rmse_shape_deg) == (0.0, 1.0, 0.0)


def test_an_offset_is_told_apart_from_the_shape() -> None:
    shifted = CURVES["Schwartz2008/slow"].mean_deg + 8.0
    (found,) = compare(shifted, "slow")
    assert found.offset_deg == pytest.approx(8.0)
    # 8 degrees are within two SD only where the SD is 4 or more
    assert found.share_inside == pytest.approx(np.mean(CURVES["Schwartz2008/slow"].sd_deg >= 4.0))
    assert found.share_inside_shape == 1.0
    assert found.rmse_shape_deg == pytest.approx(0.0, abs=1e-9)


def test_only_like_speed_is_compared() -> None:
    assert [found.curve for found in compare(np.zeros(51), "fast")] == ["Schwartz2008/fast"]
    assert len(compare(np.zeros(51), "free")) == 3
    with pytest.raises(UsageError, match="very fast"):
        compare(np.zeros(51), "strolling")
