"""Camera profiles: one JSON file each, in the user's configuration folder."""

import json
import os
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rom.errors import InputUnreadable, UsageError
from rom.records import CameraProfile, Lens, Level, RecordingInfo, Scale

SUFFIX = ".json"
LAYOUT = 1  # rises when the fields in the file change
#: As a profile's name: use none, although one would be recognised.
NONE = "none"
#: Pictures have the same shape when width over height agrees within this share: sizes are whole pixels.
ASPECT_TOLERANCE = 0.005
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def profile_folder() -> Path:
    """Where profiles are kept; the environment variable ROM_CONFIG_DIR names another place."""
    from platformdirs import user_config_path

    chosen = os.environ.get("ROM_CONFIG_DIR")
    return (Path(chosen) if chosen else user_config_path("rom", appauthor=False)) / "cameras"


def check_name(name: str) -> str:
    """The name itself; ``UsageError`` where it would not do for a file."""
    if not _NAME.fullmatch(name) or name == NONE:
        raise UsageError(
            f"Expected a camera's name of letters, digits, '-', '_' and '.', and not '{NONE}', but got '{name}'; "
            "choose another, such as my-phone."
        )
    return name


def save_profile(profile: CameraProfile) -> Path:
    """Write a profile, whole or not at all, in place of one of that name; returns the file."""
    path = profile_folder() / f"{check_name(profile.name)}{SUFFIX}"
    part = path.with_name(f"{path.name}.part{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(json.dumps({"layout": LAYOUT, **asdict(profile)}, indent=1) + "\n", encoding="utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"Could not keep the camera profile in '{path.parent}' ({error.strerror}); set ROM_CONFIG_DIR to a "
            "folder that is writable."
        ) from error
    return path


def load_profile(camera: str | Path) -> CameraProfile:
    """A profile by its name, or from a file (whatever ends in ``.json``).

    Raises
    ------
    UsageError : there is no such profile. InputUnreadable : the file is damaged, or of another version.
    """
    named = not str(camera).endswith(SUFFIX)
    path = profile_folder() / f"{check_name(str(camera))}{SUFFIX}" if named else Path(camera)
    if not path.is_file():
        known = ", ".join(profile_names())
        raise UsageError(
            f"There is no camera profile '{camera}'; "
            + (f"there are {known}." if known else "make one with 'rom calibrate lens'.")
        )
    try:
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputUnreadable(
            f"Expected a camera profile in '{path.name}', but it cannot be read ({error}); calibrate again."
        ) from error


def profile_names() -> list[str]:
    """Names of all profiles that are kept, in alphabetical order."""
    return sorted(path.stem for path in profile_folder().glob(f"*{SUFFIX}"))


def forget_profile(name: str) -> None:
    """Delete a profile; ``UsageError`` where there is none of that name."""
    path = profile_folder() / f"{check_name(name)}{SUFFIX}"
    if not path.is_file():
        raise UsageError(
            f"There is no camera profile '{name}' to forget; 'rom calibrate list' shows those there are."
        )
    path.unlink()


def profile_for(camera: str | Path | CameraProfile | None, info: RecordingInfo) -> CameraProfile | None:
    """The profile to measure a recording with, in pixels of its pictures.

    Parameters
    ----------
    camera : a profile, its name or its file; "none" for none at all; None to recognise the recording's device.

    Returns
    -------
    A profile, or None. Of a device that was recognised only the lens is used: it goes with the device, while level
    and scale hold for the place where the camera stood, and are used when the profile is named.

    Raises
    ------
    UsageError : there is no such profile, its pictures have another shape, or no camera drew the landmarks.
    InputUnreadable : the profile's file is damaged.
    """
    if camera == NONE:
        return None
    if camera is None:
        return _recognised(info)
    profile = camera if isinstance(camera, CameraProfile) else load_profile(camera)
    if info.projection != "camera":
        raise UsageError(
            "A camera profile straightens what a camera drew, and these landmarks were found in 3D; measure them "
            "without one."
        )
    return fitted(profile, info.width_px, info.height_px)


def _recognised(info: RecordingInfo) -> CameraProfile | None:
    """The newest profile of the device that filmed, its lens alone; None where there is none."""
    if not info.device or info.projection != "camera":
        return None
    found = []
    for name in profile_names():
        try:
            profile = load_profile(name)
        except (InputUnreadable, UsageError):
            continue  # a damaged file keeps nobody from measuring; 'rom calibrate list' says so
        if profile.lens and profile.device == info.device and same_shape(profile, info.width_px, info.height_px):
            found.append(profile)
    if not found:
        return None
    newest = max(found, key=lambda profile: profile.created)
    return replace(fitted(newest, info.width_px, info.height_px), level=None, scale=None)


def same_shape(profile: CameraProfile, width_px: int, height_px: int) -> bool:
    """True where pictures of that size are as wide for their height as the profile's."""
    across, down = profile.width_px * height_px, width_px * profile.height_px
    return across > 0 and abs(across / max(down, 1) - 1.0) <= ASPECT_TOLERANCE


def fitted(profile: CameraProfile, width_px: int, height_px: int) -> CameraProfile:
    """The same camera in pictures of another size; ``UsageError`` where they have another shape."""
    if not same_shape(profile, width_px, height_px):
        raise UsageError(
            f"Expected pictures shaped like {profile.width_px} x {profile.height_px}, in which the camera "
            f"'{profile.name}' was calibrated, but got {width_px} x {height_px}; calibrate it as you film."
        )
    times = width_px / profile.width_px
    lens, scale = profile.lens, profile.scale
    if lens is not None:
        top, middle, bottom = lens.matrix
        lens = replace(
            lens,
            matrix=(tuple(times * v for v in top), tuple(times * v for v in middle), bottom),
            focal_sd_px=times * lens.focal_sd_px,
            rms_px=times * lens.rms_px,
            held_out_px=times * lens.held_out_px,
        )
    if scale is not None:
        scale = replace(scale, mm_per_px=scale.mm_per_px / times, sd_mm_per_px=scale.sd_mm_per_px / times)
    return replace(profile, width_px=width_px, height_px=height_px, lens=lens, scale=scale)


def joined(new: CameraProfile, old: CameraProfile | None) -> CameraProfile:
    """A profile with what is new in it, and the rest of an older one whose pictures have the same shape."""
    if old is None or not same_shape(old, new.width_px, new.height_px):
        return new
    kept = fitted(old, new.width_px, new.height_px)
    return replace(
        new,
        device=new.device or kept.device,
        lens=new.lens or kept.lens,
        level=new.level or kept.level,
        scale=new.scale or kept.scale,
    )


def _from_json(told: dict[str, Any]) -> CameraProfile:
    """A profile from what its file holds; ValueError, KeyError or TypeError where that is something else."""
    if told.pop("layout") != LAYOUT:
        raise ValueError(f"this version reads layout {LAYOUT}")
    lens, level, scale = told.pop("lens"), told.pop("level"), told.pop("scale")
    if lens is not None:
        matrix = tuple(tuple(float(v) for v in row) for row in lens.pop("matrix"))
        bends, sds = (tuple(float(v) for v in lens.pop(name)) for name in ("distortion", "distortion_sd"))
        if [len(row) for row in matrix] != [3, 3, 3] or len(bends) != 5:
            raise ValueError("a lens has a 3 x 3 matrix and five coefficients")
        lens = Lens(matrix=matrix, distortion=bends, distortion_sd=sds, **lens)
    return CameraProfile(
        **told,
        lens=lens,
        level=None if level is None else Level(**level),
        scale=None if scale is None else Scale(**scale),
    )
