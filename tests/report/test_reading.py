"""An examination comes back from its JSON as it was written."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import rom
from rom.errors import InputUnreadable
from rom.records import Finding, Measure, Person, ProtocolUse, Symptoms
from rom.report.reading import examination_from, read_examination
from rom.report.tables import write_json

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def exam() -> rom.Examination:
    plain = rom.measure(SAMPLES / "seated_right.landmarks.npz")
    finding = Finding("range", "within", "right", "dorsiflexion", "Fine.", "all else", {"z": None}, ("a",))
    return replace(
        plain,
        person=Person(14.5, "female", "ballet"),
        protocol=ProtocolUse("heel-raise", "weight_bearing", 0.9, "one_leg"),
        symptoms=Symptoms("right", {"rest": 2}, ("front",), ("swelling",), "a jump", 3.0),
        measures=(Measure("cadence", None, 110.0, "steps/min", (100.0, 120.0)),),
        findings=(finding,),
    )


def test_what_was_written_is_read(exam: rom.Examination, tmp_path: Path) -> None:
    write_json(exam, tmp_path / "exam.json")
    back = read_examination(tmp_path / "exam.json")
    assert back.to_dict() == exam.to_dict()
    assert (back.person, back.symptoms, back.findings) == (exam.person, exam.symptoms, exam.findings)
    assert back.angles["right"].points_px.shape == exam.angles["right"].points_px.shape


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "something else"),
        ("[]", "is none"),
        ('{"schema_version": "0.1"}', "has 0.1"),
        (json.dumps({"schema_version": rom.records.SCHEMA_VERSION}), "damaged"),
    ],
)
def test_what_is_no_examination_is_said_to_be_none(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "exam.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputUnreadable, match=said):
        read_examination(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="No such file"):
        read_examination(tmp_path / "none.json")


def test_a_word_that_is_no_choice_is_damage(exam: rom.Examination) -> None:
    plain = json.loads(json.dumps(exam.to_dict()))
    plain["protocol"]["regime"] = "hovering"
    with pytest.raises(InputUnreadable, match="hovering"):
        examination_from(plain)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value_deg": 500.0}, "do not lie between"),
        ({"ci95_deg": [20.0, 10.0]}, "do not lie between"),
        ({"value_deg": None}, "says otherwise"),
        ({"ci95_deg": None}, "says otherwise"),
        ({"side": 3}, "3"),
    ],
)
def test_numbers_that_cannot_be_are_damage(exam: rom.Examination, change: dict[str, object], said: str) -> None:
    plain = json.loads(json.dumps(exam.to_dict()))
    k = next(i for i, one in enumerate(plain["results"]) if one["status"] == "measured")
    plain["results"][k] |= change
    with pytest.raises(InputUnreadable, match=said):
        examination_from(plain)


def test_a_day_that_is_none_and_a_track_that_is_cut_are_damage(exam: rom.Examination) -> None:
    plain = json.loads(json.dumps(exam.to_dict()))
    with pytest.raises(InputUnreadable, match="damaged"):
        examination_from(plain | {"created": "yesterday"})
    plain["angles"]["right"]["time_s"] = plain["angles"]["right"]["time_s"][:5]
    with pytest.raises(InputUnreadable, match="damaged"):
        examination_from(plain)


def test_what_the_layout_before_held_is_still_read(exam: rom.Examination) -> None:
    """Of layout 1.3: nothing was corrected by hand in it."""
    plain = json.loads(json.dumps(exam.to_dict())) | {"schema_version": "1.3"}
    for name in ("corrections", "automatic"):
        del plain[name]
    for result in plain["results"]:
        del result["hand_sd_deg"]
        for repetition in result["repetitions"]:
            for name in ("by_hand", "found_s", "hand_sd_deg"):
                del repetition[name]
    assert examination_from(plain).to_dict() == exam.to_dict()
