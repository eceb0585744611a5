"""Generated parts of the documents: tables made from committed results and from the package's own tables.

``python -m calibration report`` writes them; the tests compare them with what they would be now.
"""

import json
from collections import Counter
from pathlib import Path

from calibration import speed, tables
from calibration.speed import NOT_YET, measured
from calibration.tables import result
from rom.exam.protocols import protocols
from rom.pose.models import MODELS_FOLDER
from rom.records import MOTIONS
from rom.settings import table as settings_rows

ROOT = Path(__file__).parents[1]


def settings_table() -> str:
    """The README's table of settings."""
    head = "| setting | default | range | what it does | source |\n|---|---|---|---|---|\n"
    rows = (
        f"| `{row['name']}` | {row['default']:g} {row['unit']} | {row['low']:g} to {row['high']:g} | "
        f"{row['help']} | {row['source']} |"
        for row in settings_rows()
    )
    return head + "\n".join(rows)


def samples_table() -> str:
    """The samples' own table, from their sidecars."""
    rows = []
    for path in sorted((ROOT / "samples").glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        degrees = (told["truth"].get(f"{motion}_deg") for motion in MOTIONS)
        shown = ("–" if value is None else f"{value:.1f}°" for value in degrees)
        rows.append((f"`{told['recording']}`", told["description"], told["footwear"], *shown))
    return tables.table(
        ("recording", "what happens", "on the foot", "true dorsiflexion", "true plantar flexion"), rows
    )


def protocols_table() -> str:
    """The exams, from the package's own table."""
    rows = [
        (f"`{one.name}`", one.title, one.how, " or ".join(one.regimes).replace("_", " "))
        for one in protocols().values()
    ]
    return tables.table(("protocol", "exam", "how it is done", "who moves the foot"), rows)


def results_table() -> str:
    """The calibration README's table: question, answer, where it was measured."""
    head = "| question | answer | result |\n|---|---|---|\n"
    rows = [
        _plug_in_gait(),
        _geometry_speed(),
        _pipeline_speed(),
        *speed.result_rows(),
        _leg_speed(),
        _leg_litert(),
        _realism(),
        _live(),
        _live_page(),
        _faults(),
        _studies(),
        _hostile(),
        _clinic_load(),
    ]
    return head + "\n".join(rows)


def documents() -> dict[Path, dict[str, str]]:
    """Which document holds which generated block."""
    return {
        ROOT / "README.md": {
            "settings": settings_table(),
            "protocols": protocols_table(),
            "accuracy": tables.accuracy_table(),
            "beside-myogait": speed.beside_myogait_table(),
        },
        ROOT / "samples" / "README.md": {"samples": samples_table()},
        MODELS_FOLDER / "MODEL_CARD.md": {
            "landmarker": tables.landmarker_table(),
            "fairness": tables.fairness_table(),
        },
        ROOT / "calibration" / "README.md": {
            "kinds-of-truth": tables.truth_table(),
            "baseline": tables.baseline_table(),
            "planted-angle": tables.angle_table(),
            "landmarker": tables.landmarker_table(),
            "maximal-motion": tables.maximal_motion_table(),
            "real-frames": tables.real_frames_table(),
            "no-leg": tables.no_leg_table(),
            "coverage": tables.coverage_table(),
            "reasons": tables.reasons_table(),
            "fairness": tables.fairness_table(),
            "conditions": tables.conditions_table(),
            "repeatability": tables.repeatability_table(),
            "framing": tables.company_table("framing"),
            "second-person": tables.company_table("second_person"),
            "wrong-side": tables.wrong_side_table(),
            "renderer": tables.renderer_table(),
            "findings": tables.findings_table(),
            "recognised": tables.recognised_table(),
            "gait-events": tables.gait_events_table(),
            "gait-rendered": tables.gait_rendered_table(),
            "time-spent": speed.time_spent_table(),
            "floors": speed.floors_table(),
            "rhythm": speed.rhythm_table(),
            "scale": speed.scale_table(),
            "results": results_table(),
            "published": tables.published_table(),
        },
    }


def filled(text: str, blocks: dict[str, str]) -> str:
    """A document with its generated blocks replaced; ``ValueError`` where a block's marks are missing."""
    for name, block in blocks.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"Expected the marks '{begin}' and '{end}' in the document, but they are not there.")
        text = f"{before}{begin}\n{block}\n{end}{after}"
    return text


def write_documents() -> None:
    """Write every generated block."""
    for path, blocks in documents().items():
        path.write_text(filled(path.read_text(encoding="utf-8"), blocks), encoding="utf-8")
    from calibration.model_error import write_table

    write_table()


def _plug_in_gait() -> str:
    """Row of the marker study."""
    found = result("plug_in_gait")
    spans = {
        name: f"{min(leg[name] for leg in found['legs']):.2f} to {max(leg[name] for leg in found['legs']):.2f}"
        for name in ("correlation", "sd_deg", "rmse_deg")
    }
    question = (
        f"Our angle from markers against Plug-in Gait's own, {found['n_legs']} walking legs, "
        f"{found['n_frames']} frames"
    )
    answer = (
        f"r {spans['correlation']}; SD of error {spans['sd_deg']}°; "
        f"RMSE after the standing offset {spans['rmse_deg']}°"
    )
    return _row(question, answer, "plug_in_gait")


def _geometry_speed() -> str:
    """Row of the geometry benchmark."""
    bars = {name: bar["measured"] for name, bar in result("geometry_speed")["bars"].items()}
    answer = (
        f"{bars['float32_cached_frames_per_s'] / 1e6:.0f} million frames a second (float32, cache-sized blocks); "
        f"{bars['times_numpy_loop']:.0f} times a loop of numpy calls, {bars['times_math_loop']:.0f} times a loop "
        "of `math` calls. Beyond the cache the limit is memory, not `arctan2`"
    )
    return _row("How fast is the bare angle, one thread?", answer, "geometry_speed")


def _pipeline_speed() -> str:
    """Row of the pipeline benchmark."""
    found = result("pipeline_speed")
    clip = found["clip"]
    question = f"Does `rom measure` keep up with its pose model? ({clip['size_px'][1]}p, {clip['seconds']:.0f} s)"
    answer = (
        f"{found['ratio_median']:.2f} of the frame rate of bare BlazePose `heavy` on ready pictures (rounds: "
        f"{', '.join(f'{ratio:.2f}' for ratio in found['ratios'])}); opening, not counted, takes "
        f"{max(found['measure_opening_s']):.1f} s (bare: {max(found['bare_opening_s']):.1f} s)"
    )
    return _row(question, answer, "pipeline_speed")


def _leg_speed() -> str:
    """Row of the leg landmarker's benchmark."""
    found = result("leg_speed")
    answer = (
        f"{found['crop_ms_median']:.1f} ms a crop on one core (cut out and looked at); the whole line runs "
        f"{found['line_ratio_median']:.2f} times as fast as with BlazePose `heavy`"
    )
    return _row("What does the leg landmarker cost?", answer, "leg_speed")


def _leg_litert() -> str:
    """LiteRT beside onnxruntime."""
    found = result("leg_litert")
    told = found["ms_median"]
    answer = (
        f"{told['litert']:.2f} ms, and {told['onnxruntime']:.2f} in onnxruntime, which stays: the network's "
        f"convolutions on one thread, taking turns (ratio {found['ratio']:.2f})"
    )
    return _row("Would LiteRT be faster?", answer, "leg_litert")


def _realism() -> str:
    """What each kind of realism buys."""
    found = result("realism")["answer"]
    told = [
        f"{name.replace('_', ' ')} {one['worse_by_deg']['value']:+.1f}° "
        f"({one['worse_by_deg']['low']:.1f} to {one['worse_by_deg']['high']:.1f})"
        for name, one in found["left_out"].items()
        if name != "nothing"
    ]
    answer = (
        f"worse without: {'; '.join(told)}. Short trainings of {found['trained']['steps']} steps, "
        f"{found['frames']} real pictures of 4 films, {found['left_out']['nothing']['mae_deg']['value']:.1f}° with "
        "all of it: an interval about 0 shows nothing"
    )
    return _row("What does each kind of realism in the rendered pictures buy on real ones?", answer, "realism")


def _live() -> str:
    """The live picture."""
    found = result("live")
    told = []
    for size, run in found["sizes"].items():
        paced, spent = run["paced"], run["flat_out"]["processor_ms"]["all"]
        told.append(
            f"{size}: {paced['pictures_per_s']:.0f} a second, delay {paced['delay_ms']['median']:.0f} ms (95 %: "
            f"{paced['delay_ms']['p95']:.0f}), {spent['median']:.1f} ms of processor time a picture"
        )
    question = "How quick is the live picture, JPEG to the guide's answer, beside a busy second core?"
    return _row(question, "; ".join(told), "live")


def _live_page() -> str:
    """The live picture in a browser."""
    found = result("live_page")
    told = []
    for beside, visit in (("", found), ("beside a busy core, ", found["beside_a_busy_core"])):
        for phase in ("set_up", "recording"):
            one = visit[phase]
            told.append(
                f"{beside}{phase.replace('_', ' ')}: {one['rate_hz']:.0f} numbers a second, "
                f"{one['delay_ms_median']:.0f} ms from camera to gauge (95 %: {one['delay_ms_p95']:.0f})"
            )
        told.append(f"{beside}{visit['recorded']['rate_hz']:.0f} pictures a second in the recording")
    answer = f"{'; '.join(told)}; the limit is the camera ({found['camera']})"
    return _row("And in a real browser, which records at the same time?", answer, "live_page")


def _faults() -> str:
    """What killing leaves."""
    found = result("faults")
    phases = ", ".join(f"{count} in {phase}" for phase, count in found["kills_by_phase"].items())
    answer = (
        f"{found['rounds_with_something_wrong']} of {found['rounds']} rounds left anything lost, half-written or "
        f"measured otherwise ({phases}); all {found['recordings_measured']} recordings were measured in the end"
    )
    return _row("What is lost when server, worker or database are killed at random moments?", answer, "faults")


def _studies() -> str:
    """What killing and broken files do to a study."""
    found = result("studies")
    same = "every table the same, byte for byte" if found["all_the_same_byte_for_byte"] else "NOT the same tables"
    answer = (
        f"{found['good_measured']} of {found['good_recordings']} recordings have their rows, "
        f"{found['broken_told_of']} of {found['broken_files']} broken files their reason; after "
        f"{found['kills']} kills in {len(found['studies_killed_and_resumed'])} studies {same}"
    )
    return _row("A study of every recording and of broken files, killed at random and resumed?", answer, "studies")


def _hostile() -> str:
    """What hostile uploads do to a clinic's app."""
    question = "What becomes of hostile uploads, and of the app meanwhile?"
    found = measured("hostile")
    if found is None:
        return _row(question, NOT_YET, "hostile")
    ends = Counter[str]()
    for one in found["ends"].values():
        ends.update(one)
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    answer = (
        f"{told} of {found['uploads']}, {found['wrong_count']} without one clear sentence; app and workers at most "
        f"{found['app_and_workers_mib_most']} MiB, folder {found['folder_mib_most']} MiB; a page asked for "
        f"{found['pages_asked']} times meanwhile took at most {found['page_ms_most'] / 1000:.1f} s"
    )
    return _row(question, answer, "hostile")


def _clinic_load() -> str:
    """How quickly pages answer while the queue runs."""
    question = "How quickly do the desk's pages answer while a full queue is measured?"
    found = measured("clinic_load")
    if found is None:
        return _row(question, NOT_YET, "clinic_load")
    answer = (
        f"{found['readers']} readers, {found['uploads']} uploads: median {found['ms_median']:.0f} ms, 95 % within "
        f"{found['ms_p95']:.0f} ms (bar {found['bar_ms_p95']:.0f}); {found['measured']} measured and "
        f"{found['still_waiting']} waiting when it ended, {found['lost']} jobs lost, "
        f"{found['pages_failed']} of {found['pages_read']} pages failed"
    )
    return _row(question, answer, "clinic_load")


def _row(question: str, answer: str, name: str) -> str:
    """One row of the table."""
    return f"| {question} | {answer} | `results/{name}.json` |"
