"""The installation check reads the samples as they were committed, and says when it does not."""

import json

from rom.samples import sample_folder
from rom.selftest import AGREEMENT_DEG, Reading, sample_names, selftest


def test_this_machine_reads_what_was_committed() -> None:
    told: list[str] = []
    checks = list(selftest(told.append))
    assert told == sample_names() == sorted(path.stem for path in sample_folder().glob("*.mp4"))
    for check in checks:
        assert check.here_fps > 0
        truth = json.loads((sample_folder() / f"{check.sample}.json").read_text(encoding="utf-8"))["truth"]
        assert {f"{reading.motion}_deg": reading.truth_deg for reading in check.readings}.items() <= truth.items()
        assert len(check.readings) == len(truth) - 1, "every motion that has a truth, beside what the angle is"
        for reading in check.readings:
            assert reading.agrees, reading


def test_a_reading_that_differs_is_seen() -> None:
    def reading(committed: float | None, here: float | None) -> Reading:
        return Reading("s", "dorsiflexion", 20.0, committed, here)

    assert reading(10.0, 10.0 + AGREEMENT_DEG).agrees
    assert not reading(10.0, 10.1 + AGREEMENT_DEG).agrees
    assert reading(None, None).agrees
    assert not reading(10.0, None).agrees
    assert not reading(None, 10.0).agrees
