"""Landmarks that were found earlier: stored in a file, and replayed with no video and no model.

The file (``*.landmarks.npz``) is a ZIP of plain numpy arrays, no pickle, readable by any numpy:

======================  ==========================================================================
``landmark_names``      (K,) text
``time_s``, ``shot``    (T,) one per frame
``frame``               (N,) frame (0..T-1) of each row below: people are stored one after the other
``points_px``           (N, K, 2) float32, NaN = missing, kept to 1/128 px
``confidence``          (N, K) float32, kept to 1/1024
``leg_...``             the fields of `LegSights`, one per row; only from the leg landmarker
``about``               one text: JSON of the recording's and the model's facts
======================  ==========================================================================
"""

import itertools
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rom.errors import InputUnreadable, UsageError
from rom.records import Examination, Floats, Frame, LegSights, ModelInfo, People, RecordingInfo, Sightings

SUFFIX = ".landmarks.npz"
LAYOUT = 1  # rises when the arrays in the file change
POINT_STEPS = 128.0  # per pixel: under 0.004 px of rounding, and zeros at the end of the mantissa that compress
CONFIDENCE_STEPS = 1024.0  # of the range 0..1
TIME_TOLERANCE_S = 1e-3  # containers keep time to 1 ms or finer


@dataclass(frozen=True, slots=True)
class RecordedPeople(Sightings):
    """Everybody's landmarks and where they come from: what is stored, what other tools' files are read into."""

    info: RecordingInfo
    model: ModelInfo

    @classmethod
    def from_frames(
        cls,
        frames: Sequence[tuple[Frame, People]],
        names: tuple[str, ...],
        info: RecordingInfo,
        model: ModelInfo,
        people_seen: int = 0,
    ) -> Self:
        """Collect what a backend returned frame by frame."""
        people = tuple(found for _, found in frames)
        return cls(
            names=names,
            time_s=np.array([frame.time_s for frame, _ in frames], dtype=np.float64),
            shot=np.array([frame.shot for frame, _ in frames], dtype=np.int32),
            people=people,
            info=info,
            model=model,
            people_seen=max([people_seen, *map(len, people)]),
        )


def save_people(path: str | Path, recorded: RecordedPeople) -> None:
    """Write a ``.landmarks.npz`` file; the same landmarks give the same bytes."""
    points = _stack([people.points_px for people in recorded.people], (len(recorded.names), 2))
    confidence = _stack([people.confidence for people in recorded.people], (len(recorded.names),))
    about = {
        "layout": LAYOUT,
        "recording": asdict(recorded.info),
        "model": asdict(recorded.model),
        "people_seen": recorded.people_seen,
    }
    arrays: dict[str, Any] = {
        "landmark_names": np.array(recorded.names),
        "time_s": recorded.time_s.astype(np.float64),
        "shot": recorded.shot.astype(np.int32),
        "frame": np.repeat(np.arange(len(recorded.people), dtype=np.int32), [len(p) for p in recorded.people]),
        "points_px": (np.round(points * POINT_STEPS) / POINT_STEPS).astype(np.float32),
        "confidence": (np.round(confidence * CONFIDENCE_STEPS) / CONFIDENCE_STEPS).astype(np.float32),
        "about": np.array(json.dumps(about)),
    }
    legs = [people.legs for people in recorded.people if people.legs is not None]
    if len(legs) == len(recorded.people) > 0:
        every = LegSights.joined(legs)
        arrays |= {f"leg_{field.name}": _compact(getattr(every, field.name)) for field in fields(LegSights)}
    with Path(path).open("wb") as file:
        np.savez_compressed(file, **arrays)


def _compact(values: NDArray[Any]) -> NDArray[Any]:
    """Numbers with the end of the mantissa cleared (1 part in 4096), so that they compress."""
    if values.dtype.kind != "f":
        return values
    mantissa, exponent = np.frexp(values.astype(np.float32))
    return np.ldexp(np.round(mantissa * 4096.0) / 4096.0, exponent).astype(np.float32)


def save_examination(path: str | Path, exam: Examination) -> None:
    """Store everybody's landmarks of a measured recording, so that it can be measured again without it."""
    seen = exam.sightings
    recorded = RecordedPeople(
        seen.names, seen.time_s, seen.shot, seen.people, seen.people_seen, exam.recording, exam.model
    )
    save_people(path, recorded)


def load_people(path: str | Path) -> RecordedPeople:
    """Read a ``.landmarks.npz`` file; ``InputUnreadable`` says what is wrong with it."""
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return _from_arrays(arrays, Path(path))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputUnreadable(
            f"Expected stored landmarks ({SUFFIX}) in '{path}', but they cannot be read ({error}); "
            "store them again."
        ) from error


def _from_arrays(arrays: dict[str, NDArray[Any]], path: Path) -> RecordedPeople:
    about = json.loads(str(arrays["about"]))
    if about["layout"] != LAYOUT:
        raise ValueError(f"layout {about['layout']}, this version reads {LAYOUT}")
    model = ModelInfo(**about["model"])
    facts = about["recording"]
    info = RecordingInfo(**facts | {"notes": tuple(facts["notes"])})
    ends = np.searchsorted(arrays["frame"], np.arange(len(arrays["time_s"]) + 1))
    legs = _legs(arrays)
    people = tuple(
        People(
            arrays["points_px"][a:b], arrays["confidence"][a:b], None if legs is None else legs.rows(slice(a, b))
        )
        for a, b in itertools.pairwise(ends)
    )
    found = RecordedPeople(
        names=tuple(str(name) for name in arrays["landmark_names"]),
        time_s=arrays["time_s"],
        shot=arrays["shot"],
        people=people,
        info=info,
        model=model,
        people_seen=int(about["people_seen"]),
    )
    return found_earlier(found, path)


def found_earlier(found: RecordedPeople, path: Path) -> RecordedPeople:
    """The same landmarks as a recording of their own, `path`, with a note that says where they come from."""
    info, model = found.info, found.model
    note = f"Landmarks found earlier in '{info.source}' by {model.name}; no picture was looked at this time."
    told = replace(
        info, source=str(path), kind="keypoints", frame_count=len(found.people), notes=(*info.notes, note)
    )
    return replace(found, info=told)


def _legs(arrays: dict[str, NDArray[Any]]) -> LegSights | None:
    """What the leg landmarker said of each row; None where another backend found the landmarks."""
    if "leg_side" not in arrays:
        return None
    return LegSights(**{field.name: arrays[f"leg_{field.name}"] for field in fields(LegSights)})


def _stack(arrays: list[Floats], shape: tuple[int, ...]) -> Floats:
    return np.concatenate([np.empty((0, *shape)), *arrays])


class RecordedPose:
    """A `PoseBackend` that returns stored landmarks, found by the frame's time."""

    def __init__(self, source: RecordedPeople | str | Path) -> None:
        self._recorded = source if isinstance(source, RecordedPeople) else load_people(source)

    @property
    def model(self) -> ModelInfo:
        """What found the landmarks when they were stored."""
        return self._recorded.model

    @property
    def landmark_names(self) -> tuple[str, ...]:
        """The stored landmarks' names."""
        return self._recorded.names

    @property
    def people_seen(self) -> int:
        """The largest number seen at one time when the landmarks were stored."""
        return self._recorded.people_seen

    def people(self, frame: Frame) -> People:
        """Return the landmarks stored for this time; ``UsageError`` for a time that was not recorded."""
        times = self._recorded.time_s
        after = int(np.searchsorted(times, frame.time_s))
        near = min(range(max(after - 1, 0), min(after + 1, len(times))), key=lambda i: abs(times[i] - frame.time_s))
        if abs(times[near] - frame.time_s) > TIME_TOLERANCE_S:
            raise UsageError(
                f"Expected stored landmarks at {frame.time_s:.3f} s, but the nearest are at "
                f"{times[near]:.3f} s; "
                f"'{self._recorded.info.source}' was made from another recording."
            )
        return self._recorded.people[near]

    def completed(self, people: Sequence[People]) -> tuple[People, ...]:
        """The records as they are: they were stored whole."""
        return tuple(people)

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class RecordedRecording:
    """A `Recording` of stored landmarks: its frames have times and shots, and no pictures."""

    def __init__(self, source: RecordedPeople | str | Path) -> None:
        self._recorded = source if isinstance(source, RecordedPeople) else load_people(source)

    @property
    def info(self) -> RecordingInfo:
        """What was known of the recording when the landmarks were stored."""
        return self._recorded.info

    def __iter__(self) -> Iterator[Frame]:
        for index, (time_s, shot) in enumerate(zip(self._recorded.time_s, self._recorded.shot, strict=True)):
            yield Frame(index=index, time_s=float(time_s), shot=int(shot), picture=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing is held open."""
