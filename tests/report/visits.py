"""Visits that the report is tested with: measured from the samples' landmarks, and told to be of somebody."""

from dataclasses import replace
from functools import cache

import rom
from rom.exam.visit import visit_of
from rom.records import Examination, Person, Side, Symptoms, Visit
from rom.samples import sample_folder

MAN = Person(45.0, "male", "ballet")
GIRL = Person(14.5, "female", "<script>alert('rhythmic gymnastics')</script>")
#: The length of the leg tells the speed of a walk, and so whom it may be compared with.
WALKER = replace(MAN, leg_length_m=0.8)
OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


@cache
def exam_of(sample: str, protocol: str, who: Person = MAN) -> Examination:
    """A sample measured as an exam of that person."""
    exam = rom.measure(sample_folder() / f"{sample}.landmarks.npz", protocol=protocol, who=who)
    return replace(exam, created="2026-11-24T10:00:00+00:00")


def mirrored(exam: Examination) -> Examination:
    """The same recording as if it were of the other leg."""
    return replace(
        exam,
        results=tuple(replace(result, side=OTHER[result.side]) for result in exam.results),
        sides=tuple(replace(summary, side=OTHER[summary.side]) for summary in exam.sides),
        angles={OTHER[side]: replace(track, side=OTHER[side]) for side, track in exam.angles.items()},
    )


def shifted(exam: Examination, by_deg: float, created: str) -> Examination:
    """The same exam on another day, every number larger by so much."""
    results = tuple(
        result
        if result.value_deg is None or result.ci95_deg is None
        else replace(
            result,
            value_deg=result.value_deg + by_deg,
            ci95_deg=(result.ci95_deg[0] + by_deg, result.ci95_deg[1] + by_deg),
        )
        for result in exam.results
    )
    return replace(exam, results=results, created=created)


@cache
def visits() -> dict[str, Visit]:
    """One leg; both legs with earlier days; a minor with a stop sign; much that cannot be told; two walks."""
    seated, lunge = exam_of("seated_right", "seated"), exam_of("lunge_right", "lunge")
    earlier = [
        shifted(seated, -8.0, "2026-03-02T10:00:00+00:00"),
        shifted(seated, -6.0, "2026-07-12T10:00:00+00:00"),
    ]
    said = Symptoms(
        "right", {"rest": 1, "pulling_up": 7}, ("front",), ("swelling", "hot_red_fever"), "a <b> jump", 3
    )
    girl = replace(exam_of("seated_right", "seated", GIRL), symptoms=said)
    nobody = exam_of("heel_raise_left", "heel-raise", Person())
    return {
        "one leg": visit_of([seated]),
        "both legs": visit_of(
            [seated, shifted(mirrored(seated), 4.0, seated.created)], earlier, {"dorsiflexion": 15}
        ),
        "a minor": visit_of([girl]),
        "hard to tell": visit_of([lunge, exam_of("walk_right", "seated"), nobody]),
        "knee bent and straight": visit_of([exam_of("long_sitting_left", "long-sit"), mirrored(seated)]),
        "a walk": visit_of([exam_of("walk_right", "walk")]),
        "a walk of known speed": visit_of([exam_of("walk_right", "walk", WALKER)]),
    }
