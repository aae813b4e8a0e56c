"""The functions of values: one table of their signatures. Each runner keeps a dict with the same keys."""

from __future__ import annotations

from collections.abc import Mapping

from ..grammar.late_methods import dataclass
from .schema import Kind


@dataclass(frozen=True)
class Signature:
    """How many arguments (`most` None: any number), of which kinds, and what it gives."""

    least: int
    most: int | None
    takes: tuple[Kind, ...]
    gives: Kind
    arguments: str
    example: str


def _one(example: str) -> Signature:
    return Signature(1, 1, ("number",), "number", "one number", example)


def _many(example: str) -> Signature:
    return Signature(2, None, ("number",), "number", "two numbers or more", example)


IN_WORDS: Mapping[str, str] = {"days_since": "days since", "days_until": "days until"}
"""Functions that are not written as calls, and how they are written."""

FUNCTIONS: Mapping[str, Signature] = {
    "abs": _one("abs(x)"),
    "floor": _one("floor(x)"),
    "ceil": _one("ceil(x)"),
    "sqrt": _one("sqrt(x)"),
    "log": _one("log(x)"),
    "round": Signature(1, 2, ("number",), "number", "a number, and how many decimals", "round(x, 2)"),
    "min": _many("min(a, b)"),
    "max": _many("max(a, b)"),
    "weighted": _many("weighted(a * 0.4, b * 0.6)"),
    "domain": Signature(1, 1, ("text",), "text", "one text", "domain(contact.email)"),
    "lower": Signature(1, 1, ("text",), "text", "one text", "lower(contact.title)"),
    "count": Signature(1, 1, ("list",), "number", "one list field", "count(account.technologies)"),
    "days_since": Signature(1, 1, ("date", "timestamp"), "number", "a date", "days since contact.created"),
    "days_until": Signature(1, 1, ("date", "timestamp"), "number", "a date", "days until account.renewal"),
}
