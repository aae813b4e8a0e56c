"""Params: their values, ranges, and what a run sets them to."""

from __future__ import annotations

import re
from dataclasses import replace

from ...grammar import nodes as n
from .. import model as m
from ..instants import parse_date, parse_instant
from ..records import Value
from .book import Book
from .conditions import refuse_empty
from .scope import Scope
from .wording import NAMES

_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


def read_param(item: n.ParamDef, override: str | None, scope: Scope) -> m.Const:
    """The value of a param in this run; outside of its range is noted."""
    found = scope.resolve(item.value)
    if not isinstance(found, m.Const):
        message = f"the param `{item.name}` is a number, a text, a truth value or a date"
        hint = "write the value itself"
        scope.refuse("T110", message, item.value.span, "not fixed by the text", hint)
    value = replace(found, param=item.name)
    if override is not None:
        value = _overridden(item, value, override, scope)
    if item.range is not None:
        _in_range(item, item.range, value, scope)
    return value


def _overridden(item: n.ParamDef, value: m.Const, text: str, scope: Scope) -> m.Const:
    found = _parsed(text.strip(), value, scope.book)
    if found is None:
        message = f"`{text}` is not {NAMES[value.kind]}: the param `{item.name}` cannot be set to it"
        hint = f"write `--set {item.name}=…` with one"
        scope.refuse("T108", message, item.place, f"{NAMES[value.kind]} is needed", hint)
    return replace(value, value=found)


def _parsed(text: str, value: m.Const, book: Book) -> Value:
    """The value of that kind that a text on the command line says; None if it says none."""
    if value.kind == "number":
        return float(text) + 0.0 if _NUMBER.fullmatch(text) else None
    if value.kind == "bool":
        return {"true": True, "false": False}.get(text.lower())
    if value.kind == "date":
        return parse_date(text)
    return parse_instant(text, book.zone) if value.kind == "timestamp" else (text or None)


def _in_range(item: n.ParamDef, node: n.RangeOf, value: m.Const, scope: Scope) -> None:
    if not isinstance(value.value, float):
        message = f"only a number has a range, and `{item.name}` is {NAMES[value.kind]}"
        scope.refuse("T110", message, node.span, "no number", "leave the range out")
    ends = [end for end in (node.low, node.high) if end is not None]
    limits = [scope.constant(end, "the end of a range") for end in ends]
    low = limits[0] if node.low is not None else float("-inf")
    high = limits[-1] if node.high is not None else float("inf")
    refuse_empty(m.Const(low), m.Const(high), node, scope)
    if not low <= value.value <= high:
        scope.note(
            "T133",
            f"`{item.name}` is {value.value:g}, outside of its range",
            item.place,
            f"allowed: {scope.book.text(node)}",
            "choose a value inside, or widen the range",
        )
