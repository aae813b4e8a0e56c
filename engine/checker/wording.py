"""How kinds of values are called in messages, and what helps where one stands for another."""

from __future__ import annotations

from collections.abc import Mapping

from ...grammar import nodes as n
from ..schema import Kind

NAMES: Mapping[Kind, str] = {
    "text": "a text",
    "number": "a number",
    "bool": "true or false",
    "date": "a date",
    "timestamp": "a timestamp",
    "list": "a list of texts",
    "unknown": "of unknown type",
}
_PLURALS: Mapping[Kind, str] = {"text": "texts", "number": "numbers", "date": "dates", "bool": "truth values"}
_DECLARE = "nothing is converted in silence: if the field holds {}, declare it as `{}` in the schema"
_AGE = "write `days since` or `days until` it"
POSITIVE = "give it without the `-`"
SHORTER = "write a shorter one, or leave it out"
_CONVERSIONS: Mapping[tuple[Kind, Kind], str] = {
    ("text", "number"): _DECLARE.format("numbers", "number"),
    ("number", "text"): _DECLARE.format("texts", "text"),
    ("text", "date"): "a date is written without quotes: `2026-01-31`",
    ("text", "timestamp"): "an instant is written without quotes: `2026-01-31T07:00Z`",
    ("bool", "number"): "for points by a truth, write a line of its own: `condition => +5`",
    ("date", "number"): _AGE,
    ("timestamp", "number"): _AGE,
    ("list", "text"): "write `contains` to ask for one of its values, or `count(…)` for how many there are",
    ("list", "number"): "write `count(…)` for how many values it has",
}


def kinds_in_words(kinds: tuple[Kind, ...]) -> str:
    """`a number`, `a text or a date`."""
    return " or ".join(NAMES[kind] for kind in kinds)


def plural(kind: Kind) -> str:
    """`texts`, `numbers`."""
    return _PLURALS.get(kind, "values")


def conversion(given: Kind, needed: Kind, node: n.Node | None = None) -> str:
    """The way out where one kind is given and another is needed; '' if there is none."""
    if isinstance(node, n.Text) and needed == "number":
        return "a number is written without quotes"
    if isinstance(node, n.Number) and needed == "text":
        return f"a text is written in quotes: `'{node.value}'`"
    return _CONVERSIONS.get((given, needed), "")
