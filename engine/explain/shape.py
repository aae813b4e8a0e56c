"""The shape of an explanation in JSON, as a JSON Schema made of the classes that it is an instance of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from . import report
from .report import Explanation, Report

_PLAIN: Mapping[Any, str] = {str: "string", float: "number", int: "integer", bool: "boolean", NoneType: "null"}


def schema() -> dict[str, Any]:
    """What `scoreline explain --format json` writes; each part with what its class says of it."""
    parts: dict[str, Any] = {}
    _define(Explanation, parts)
    whole = parts.pop("Explanation")
    ruleset = {"name": {"type": "string"}, "version": {"type": "string"}, "fingerprint": {"type": "string"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Explanation of a lead or an account",
        **whole,
        "properties": {
            **whole["properties"],
            "ruleset": {"type": "object", "properties": ruleset, "required": list(ruleset)},
            "params": {"type": "object", "description": "The values of all params in this explanation."},
        },
        "required": [*whole["required"], "ruleset", "params"],
        "$defs": {"Explanation": whole, **dict(sorted(parts.items()))},
    }


def _define(part: type[Report], parts: dict[str, Any]) -> None:
    """The schema of a class, and of all that it is made of."""
    parts[part.__name__] = {}  # a lead of an account has an explanation itself
    hints = get_type_hints(part, vars(report))
    names = [spec.name for spec in fields(part)]
    parts[part.__name__] = {
        "type": "object",
        "description": cleandoc(part.__doc__ or ""),
        "properties": {name: _shape(hints[name], parts) for name in names},
        "required": names,
        "additionalProperties": False,
    }


def _shape(hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, UnionType):
        return _any_of([_shape(each, parts) for each in inner])
    if origin is tuple:
        return {"type": "array", "items": _shape(inner[0], parts)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _shape(inner[1], parts)}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint.__name__ not in parts:
        _define(hint, parts)
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _any_of(shapes: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several shapes; where all are plain, a list of types says it shorter."""
    if all(list(each) == ["type"] for each in shapes):
        return {"type": [each["type"] for each in shapes]}
    return {"anyOf": shapes}
