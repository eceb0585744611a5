"""The one table of settings."""

from dataclasses import fields

import pytest

from rom.errors import UsageError
from rom.settings import Settings, table

NUMBERS = [row for row in table() if not isinstance(row["default"], bool)]


def test_every_row_is_complete_and_its_default_lies_in_its_range() -> None:
    assert [row["name"] for row in table()] == [row.name for row in fields(Settings)]
    for row in NUMBERS:
        assert row["help"], row
        assert row["source"], row
        assert float(row["low"]) <= float(row["default"]) <= float(row["high"]), row


def test_every_unit_is_the_suffix_of_its_name() -> None:
    suffix = {"s": "_s", "deg": "_deg", "Hz": "_hz", "px": "_px", "frames": "frames", "SD": "_sigmas"}
    for row in NUMBERS:
        assert suffix.get(str(row["unit"]), "") in str(row["name"]), row


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: str(row["name"]))
def test_the_ends_of_a_range_are_allowed_and_what_lies_beyond_is_not(row: dict[str, float]) -> None:
    for end in (row["low"], row["high"]):
        Settings.from_words({str(row["name"]): f"{end:g}"})
    for beyond in (row["low"] - 1, row["high"] + 1):
        with pytest.raises(UsageError, match=rf"'{row['name']}' expects a number from .* but got .*; choose"):
            Settings.from_words({str(row["name"]): f"{beyond:g}"})


@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
def test_what_is_no_size_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="cutoff_hz"):
        Settings.from_words({"cutoff_hz": word})


def test_words_become_numbers_of_the_right_kind() -> None:
    read = Settings.from_words({"cutoff_hz": "8", "frames_min": "5"})
    assert read == Settings(cutoff_hz=8.0, frames_min=5)
    assert isinstance(read.cutoff_hz, float)
    assert isinstance(read.frames_min, int)


@pytest.mark.parametrize("word", ["", "six", "6 Hz", "6,0"])
def test_a_word_that_is_no_number(word: str) -> None:
    with pytest.raises(UsageError, match=f"'cutoff_hz' expects a number, but got '{word}'"):
        Settings.from_words({"cutoff_hz": word})


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no setting 'cutof_hz'; the settings are confidence_min, .*cutoff_hz"):
        Settings.from_words({"cutof_hz": "6"})


def test_a_setting_that_is_not_a_number() -> None:
    with pytest.raises(UsageError, match="gap_s"):
        Settings(gap_s="0.2")  # type: ignore[arg-type]


def test_to_dict_gives_what_it_was_built_from() -> None:
    settings = Settings(gap_s=0.1)
    assert Settings(**settings.to_dict()) == settings  # type: ignore[arg-type]
