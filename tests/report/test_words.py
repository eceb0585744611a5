"""The examination in plain words: every sentence once, and none left to guess."""

from dataclasses import replace

import pytest

import rom
from rom.records import Examination
from rom.report.words import remarks
from rom.samples import sample_folder


@pytest.fixture(scope="module")
def exam() -> Examination:
    return rom.measure(sample_folder() / "seated_right.landmarks.npz", side="right")


def test_a_number_at_the_edge_of_its_likely_range_is_explained(exam: Examination) -> None:
    biased = replace(exam, results=tuple(replace(result, model_bias_deg=-6.0) for result in exam.results))
    said = [sentence for sentence in remarks(biased) if "pose model tends to read" in sentence]
    assert len(said) == 2, "once a motion"
    assert "dorsiflexion about 6° too low" in said[0]


def test_a_model_without_bias_gets_no_such_sentence(exam: Examination) -> None:
    fair = replace(exam, results=tuple(replace(result, model_bias_deg=0.0) for result in exam.results))
    assert not any("pose model tends" in sentence for sentence in remarks(fair))


def test_a_value_below_zero_is_explained(exam: Examination) -> None:
    assert not any("below 0°" in sentence for sentence in remarks(exam))
    short = replace(exam, results=(replace(exam.results[0], value_deg=-4.0), *exam.results[1:]))
    assert (
        "Right: A dorsiflexion below 0° means that the foot did not pass the right angle to the shin."
        in remarks(short)
    )
