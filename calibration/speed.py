"""Tables of how quick it all is, from the benchmarks' committed results; where there is none yet, they say so."""

from typing import Any

from calibration.benchmarks.time_spent import STAGES
from calibration.tables import RESULTS, result, table

NOT_YET = "Not measured on a quiet machine yet."


def measured(name: str) -> dict[str, Any] | None:
    """A committed result; None where there is none yet."""
    return result(name) if (RESULTS / f"{name}.json").exists() else None


def beside_myogait_table() -> str:
    """The README's table: ours and myogait on the same clips."""
    found = measured("beside_myogait")
    if found is None:
        return NOT_YET
    head = ("", "frames a second", "peak memory, MB", "mean error, °", "error of DF / PF, °", "start-up, s")
    rows = [
        (
            name,
            f"{one['frames_per_s']:.0f}",
            f"{one['peak_mb']}",
            number(one["mae_deg"]),
            f"{number(one['dorsiflexion_error_deg'])} / {number(one['plantar_flexion_error_deg'])}",
            number(one["start_s"]),
        )
        for name, one in found["read_by"].items()
    ]
    times = found["bars"]["times_as_fast"]["measured"]
    told = f"{found['clips']} rendered clips, whole person in view; `rom` is {times:.1f} times as fast."
    return f"{table(head, rows)}\n\n{told}"


def number(value: float | None, places: int = 1) -> str:
    """With so many decimals; a dash where it is not known.

    >>> number(2.04), number(2.04, 2), number(None)
    ('2.0', '2.04', '–')
    """
    return "–" if value is None else f"{value:.{places}f}"


def time_spent_table() -> str:
    """Where every millisecond goes."""
    found = measured("time_spent")
    if found is None:
        return NOT_YET
    rows = [(what, f"{found['ms'][stage]:.2f}") for stage, what in STAGES.items()]
    rows.append(("all", f"{found['ms_all']:.2f}"))
    return table(("stage", "processor time, ms a picture"), rows)


def floors_table() -> str:
    """The whole line beside its floors."""
    found = measured("floors")
    if found is None:
        return NOT_YET
    head = ("clip", "cores", "decoding alone", "inference alone", "whole line", "of the slower", "of both together")
    rows = [
        (
            size,
            cores,
            *(f"{one[part]['per_s']:.0f}" for part in ("decoding", "inference", "line")),
            *(f"{one[share]:.2f}" for share in ("share_of_slower", "share_of_both")),
        )
        for size, told in found["sizes"].items()
        for cores, one in told.items()
        if isinstance(one, dict)
    ]
    studies = "; ".join(
        f"{size}: {one['one_core_per_s']:.0f} frames a second by one process on one core, "
        f"{one['two_cores_per_s']:.0f} by two on two ({one['ratio']:.2f} times, {one['times_real_time']:.1f} times "
        "real time)"
        for size, one in found["studies"].items()
    )
    return f"{table(head, rows)}\n\nMany recordings, as `rom batch` measures them: {studies}."


def rhythm_table() -> str:
    """What looking less often costs."""
    found = measured("rhythm")
    if found is None:
        return NOT_YET
    head = (
        "looked at",
        "frames a second",
        "times as fast",
        "mean error, °",
        "worse by, °",
        "error of maximal motion, °",
        "motions told",
    )
    rows = [
        (
            name,
            f"{one['frames_per_s']:.0f}",
            f"{one['times_as_fast']:.1f}",
            f"{one['mae_deg']:.2f}",
            f"{one['mae_worse_deg']:+.3f}",
            number(one["maximal_motion_mae_deg"], 2),
            str(one["motions_told"]),
        )
        for name, one in found["rhythms"].items()
    ]
    return f"{table(head, rows)}\n\n{found['recordings']} recordings, each watched in every rhythm in turn."


def scale_table() -> str:
    """Many recordings of landmarks."""
    found = measured("scale")
    if found is None:
        return NOT_YET
    head = ("recordings", "frames", "seconds", "ms a recording", "peak memory, MB", "Parquet, MB")
    keys = ("recordings", "frames", "seconds", "ms_a_recording", "peak_mb", "file_mb")
    return table(head, [[f"{one[key]:,}" for key in keys] for one in found["growth"]])


def result_rows() -> list[str]:
    """Rows of the table of results, of what has been measured."""
    rows = []
    floors = measured("floors")
    if floors is not None:
        told = {name: bar["measured"] for name, bar in floors["bars"].items()}
        rows.append(
            "| How near is the whole line to plain decoding and bare inference? | on two cores "
            f"{told['line_over_slower_floor']:.2f} of what the slower allows; a study on two cores "
            f"{told['study_two_cores_over_one']:.2f} times one core; 1080p at {told['times_real_time_1080p']:.1f} "
            f"times real time, and at {told['times_real_time_1080p_study']:.1f} by two processes "
            "on two recordings | `results/floors.json` |"
        )
    scheduler = measured("scheduler")
    if scheduler is not None:
        last = scheduler["growth"][-1]
        rows.append(
            f"| What does the scheduler cost? | {last['ms_a_task']:.2f} ms an empty task, {last['tasks']:,} of "
            f"them; client and scheduler hold {last['peak_mb']:,} MB at most | `results/scheduler.json` |"
        )
    return rows
