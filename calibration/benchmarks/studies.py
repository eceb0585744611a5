"""A study of every recording there is and 30 broken files; then the same, killed at random moments and resumed."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from calibration.benchmarks.broken import make_broken
from calibration.benchmarks.told import made_on, parser_of, tell
from rom.samples import sample_folder
from rom.video.fingerprint import sha256_of_file

SHARED = Path(__file__).parents[3] / "shared" / "recordings"
#: Files that must be the same, byte for byte; study.json holds times, and the summary the day.
SAME = (
    *("recordings.parquet", "repetitions.parquet", "measures.parquet", "angles.parquet", "failures.csv"),
    *("data_dictionary.md", "schema.json"),
)
#: A run is killed after so many seconds at least, and within this share of an undisturbed one.
KILLED_AFTER_S, KILLED_WITHIN = 2.0, 0.25


def good_recordings(videos: bool) -> list[Path]:
    """Every recording that lies beside the project, or landmarks alone."""
    found = [*sample_folder().glob("*.landmarks.npz")]
    if videos:
        found += [*sample_folder().glob("*.mp4"), *SHARED.glob("*.mp4")]
    return sorted(found)


def write_manifest(path: Path, good: list[Path], broken: list[Path]) -> None:
    """All of them in one table; OpenPose files must be told their rate."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "person", "rate", "group"))
        rows.writerows((one, one.stem.partition(".")[0], "", "good") for one in good)
        rows.writerows((one, "", 30 if one.name == "openpose" else "", "broken") for one in broken)


def words(manifest: Path, study: Path) -> list[str]:
    """The command that runs the study."""
    return [sys.executable, "-m", "rom", "batch", str(manifest), "--out", str(study)]


def undisturbed(manifest: Path, study: Path) -> float:
    """Run it once; the seconds it took."""
    began = time.monotonic()
    subprocess.run(words(manifest, study), check=True, capture_output=True)
    return time.monotonic() - began


def until_killed(manifest: Path, study: Path, after_s: float) -> bool:
    """Run it and kill it after so long; whether it was still running then."""
    run = subprocess.Popen(
        words(manifest, study), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        run.wait(after_s)
    except subprocess.TimeoutExpired:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        return True
    if run.returncode:
        raise RuntimeError(f"The study ended with code {run.returncode}; run {' '.join(words(manifest, study))}.")
    return False


def checksums(study: Path) -> dict[str, str]:
    """SHA-256 of everything that must be the same."""
    landmarks = sorted((study / "landmarks").iterdir())
    files = [*(study / name for name in SAME), *(one for one in landmarks if not one.name.startswith("."))]
    return {path.relative_to(study).as_posix(): sha256_of_file(path) for path in files}


def left_out(study: Path) -> dict[str, tuple[str, str]]:
    """Name of every recording among the failures, what it is called there, and the reason."""
    with (study / "failures.csv").open(encoding="utf-8", newline="") as file:
        return {row["recording"]: (row["what"], row["reason"]) for row in csv.DictReader(file)}


def measured(study: Path) -> set[str]:
    """Names of the recordings that have rows."""
    import pyarrow.parquet as pq

    return set(pq.read_table(study / "recordings.parquet", columns=["recording"]).column(0).to_pylist())


def run(kills: int, seed: int, *, videos: bool = True) -> dict[str, Any]:
    """Everything, in a folder of its own that is taken away again."""
    chance = random.Random(seed)  # noqa: S311 - the same moments again, for whoever looks into one
    folder = Path(tempfile.mkdtemp(prefix="rom-studies-"))
    try:
        good, broken = good_recordings(videos), make_broken(folder / "broken")
        manifest = folder / "manifest.csv"
        write_manifest(manifest, good, broken)
        first_s = undisturbed(manifest, folder / "first")
        again_s = undisturbed(manifest, folder / "first")
        expected, failures, rows = (
            checksums(folder / "first"),
            left_out(folder / "first"),
            measured(folder / "first"),
        )
        rounds = killed_rounds(manifest, folder, kills, first_s, chance, expected)
        return {
            "question": "is every good recording measured, is every broken one told of, and does a study that was "
            "killed at random moments end as one that was not",
            "good_recordings": len(good),
            "good_measured": sum(path.name in rows for path in good),
            "broken_files": len(broken),
            "broken_told_of": sum(path.name in failures for path in broken),
            "undisturbed_s": round(first_s, 1),
            "nothing_to_do_s": round(again_s, 1),
            "kills": sum(one["kills"] for one in rounds),
            "studies_killed_and_resumed": rounds,
            "all_the_same_byte_for_byte": all(not one["other_files"] for one in rounds),
            "files_compared": len(expected),
            "reasons": {name: list(what) for name, what in sorted(failures.items())},
            "seed": seed,
            **made_on(),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def killed_rounds(
    manifest: Path, folder: Path, kills: int, first_s: float, chance: random.Random, expected: dict[str, str]
) -> list[dict[str, Any]]:
    """Studies that are killed again and again until they are through, as many as it takes for all kills."""
    rounds: list[dict[str, Any]] = []
    done = 0
    while done < kills:
        study = folder / f"killed_{len(rounds)}"
        moments: list[float] = []
        while True:
            after_s = chance.uniform(KILLED_AFTER_S, max(KILLED_AFTER_S, KILLED_WITHIN * first_s))
            if not until_killed(manifest, study, after_s if done + len(moments) < kills else 24 * 3600):
                break
            moments.append(round(after_s, 1))
        found = checksums(study)
        other = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
        rounds.append({"kills": len(moments), "after_s": moments, "other_files": other})
        done += len(moments)
        shutil.rmtree(study)
        print(json.dumps(rounds[-1]), flush=True)
        if not moments:  # a quick machine: kill earlier
            first_s /= 2
    return rounds


def main() -> int:
    """Run, print, and write the result where asked; 1 where something was wrong."""
    parser = parser_of(__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--landmarks", action="store_true", help="no videos: a minute instead of an hour")
    given = parser.parse_args()
    result = run(given.kills, given.seed, videos=not given.landmarks)
    tell(result, given.json)
    whole = result["good_measured"] == result["good_recordings"] and result["all_the_same_byte_for_byte"]
    return 0 if whole and result["broken_told_of"] == result["broken_files"] else 1


if __name__ == "__main__":
    sys.exit(main())
