"""The summary: the counts of the tables, nothing from elsewhere, what needs a look first."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import rom
from calibration.benchmarks.faults import short_clip
from rom.batch import Study
from rom.batch.flow_chart import Step, flow_chart
from rom.batch.histogram import histogram
from rom.batch.summary import seen_in, summary, worst
from rom.batch.tables import Counted


def row(name: str, **said: object) -> dict[str, object]:
    """A row of a seated exam that went well, but for what is said."""
    told: dict[str, object] = {"id": name, "recording": f"{name}.mp4", "side": "left", "near": True}
    told |= {"protocol": "seated", "strides": None, "stops": "", "cautions": ""}
    for motion in ("dorsiflexion", "plantar_flexion"):
        told |= {f"{motion}_deg": 20.0, f"{motion}_low_deg": 17.0, f"{motion}_high_deg": 23.0}
        told |= {f"{motion}_quality": "good", f"{motion}_reasons": ""}
    return told | said


def test_the_page_needs_nothing_else(study: Study) -> None:
    page = (study.folder / "summary.html").read_text(encoding="utf-8")
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    assert all(link.startswith("data:") for link in links)
    assert "<script" not in page
    assert "Files found: 5; Recordings: 5 (left out: 1 unreadable, 1 there twice)" in page
    assert "Read to their end: 3" in page


def test_what_can_be_said_least_of_comes_first(tmp_path: Path) -> None:
    from rom.batch.summary import Seen

    wide = {"dorsiflexion_low_deg": 5.0, "dorsiflexion_high_deg": 35.0}
    untold = {"dorsiflexion_deg": None, "dorsiflexion_low_deg": None, "dorsiflexion_high_deg": None}
    rows = [row("fine"), row("wide", **wide), row("poor", dorsiflexion_quality="poor"), row("untold", **untold)]
    walk = row("walk", protocol="walk", strides=4, **untold)
    found = worst(Seen([*rows, walk], [], Counted(5, {}), 0))
    assert [one["id"] for one in found] == ["untold", "poor", "wide", "fine"]
    report = summary("s", Seen([*rows, walk], [], Counted(5, {}), 0), {})
    assert [page.heading for page in report.pages] == ["What came of it", "The numbers", "Look at these first"]


def test_an_empty_study_has_a_page() -> None:
    from rom.batch.summary import Seen

    failure = {"recording": "a.mp4", "what": "unreadable", "reason": "It is empty."}
    report = summary("s", Seen([], [failure], Counted(0, {"unreadable": 1}), 0), {})
    assert report.pages[-1].heading == "What is not in the tables"


def test_only_the_near_leg_is_shown(study: Study) -> None:
    seen = seen_in(study.folder, [], study.counted, 0)
    assert len(seen.rows) == 3


def test_the_flow_chart_says_everything_in_words() -> None:
    picture = flow_chart([Step("Found", 12, (("empty", 2), ("none", 0))), Step("Measured", 10, ())])
    assert picture.alt == "Found: 12 (left out: 2 empty); Measured: 10."
    assert b"2 empty" in picture.data
    assert b"none" not in picture.data


@pytest.mark.parametrize("values", [[12.0], [-5.0, 40.0, 41.0], [float(k) for k in range(300)]])
def test_a_histogram_has_as_many_as_there_are(values: list[float]) -> None:
    picture = histogram("Dorsiflexion", np.array(values))
    assert picture is not None
    assert f"{len(values)} ankles" in picture.alt
    assert picture.data.count(b"<rect") < 40


def test_no_values_make_no_histogram() -> None:
    assert histogram("Dorsiflexion", np.array([])) is None


@pytest.mark.slow
def test_a_video_is_shown_by_its_leg_alone(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    short_clip(clip)
    study = rom.batch(clip, tmp_path / "study")
    page = (study.folder / "summary.html").read_text(encoding="utf-8")
    (jpeg,) = re.findall(r"data:image/jpeg;base64,([^\"]+)", page)
    with Image.open(io.BytesIO(base64.b64decode(jpeg))) as picture:
        assert picture.size[0] <= 720
        assert picture.size[0] / picture.size[1] == pytest.approx(1.5, abs=0.02)
