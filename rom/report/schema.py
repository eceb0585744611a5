"""The JSON schema of an examination, made from the records, so that the two cannot disagree."""

from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rom.records import SCHEMA_VERSION, Examination

#: Fields of an examination that its JSON leaves out.
LEFT_OUT = ("landmarks", "sightings")

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},  # null stands for NaN: not known
    NoneType: {"type": "null"},
}


def examination_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of `Examination.to_dict`."""
    whole = _of_record(Examination, leave_out=LEFT_OUT)
    head = {"schema_version": {"const": SCHEMA_VERSION}, "people_seen": {"type": "integer"}}
    whole["properties"] = head | whole["properties"]
    whole["required"] = [*head, *whole["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ankle-rom:examination:{SCHEMA_VERSION}",
        "title": "An examination by rom",
        "description": "Angles in degrees: dorsiflexion positive in 'angles'; in 'results' each motion is positive "
        "in its own direction. Times in seconds from the first frame. null: missing.",
        **whole,
    }


def _of_record(record: type, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Schema of a dataclass."""
    hints = get_type_hints(record)
    names = [row.name for row in fields(record) if row.name not in leave_out]
    return {
        "type": "object",
        "description": (record.__doc__ or "").strip().splitlines()[0],
        "properties": {name: _of(hints[name]) for name in names},
        "required": names,
        "additionalProperties": False,
    }


def _of(hint: Any) -> dict[str, Any]:
    """Schema of one annotation."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_dataclass(hint):
        return _of_record(hint) if isinstance(hint, type) else {}
    if origin is Literal:
        return {"enum": list(parts)}
    if origin in (Union, UnionType):
        return {"anyOf": [_of(part) for part in parts]}
    if origin is tuple:
        return _of_tuple(parts)
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(parts[1])}
    return {"type": "array", "description": "an array, time first"}  # numpy arrays of any shape


def _of_tuple(parts: tuple[Any, ...]) -> dict[str, Any]:
    """Schema of a tuple: of any length (``tuple[X, ...]``) or of a fixed one."""
    if parts[-1] is Ellipsis:
        return {"type": "array", "items": _of(parts[0])}
    return {
        "type": "array",
        "prefixItems": [_of(part) for part in parts],
        "minItems": len(parts),
        "maxItems": len(parts),
    }
