"""Records handed over as Python objects: each becomes a JSON document, and is read as one from a file would be."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from decimal import Decimal

from sqlglot import exp

from .relations import FILE, LINE, PROBLEM, JsonDocuments
from .sql import cast, text, value_list


def documents_of(label: str, documents: Iterable[str | None]) -> JsonDocuments:
    """JSON texts of one record each; `label` stands for the file."""
    parameters: list[object] = []
    line = value_list(list(documents), "TEXT", parameters)
    rows = exp.select(
        text(label).as_(FILE, quoted=True),
        line.as_(LINE, quoted=True),
        cast(exp.null(), "TEXT").as_(PROBLEM, quoted=True),
    )
    return JsonDocuments(rows, tuple(parameters))


def records_of(label: str, records: Iterable[object]) -> JsonDocuments:
    """Dicts, or anything that takes their place: what is no dict is rejected as `not a JSON object`."""
    return documents_of(label, map(json_text, records))


def json_text(value: object) -> str:
    """A Python value as JSON; what JSON has no form for becomes an object, which no type takes for its own.

    >>> json_text({"at": datetime.date(2026, 3, 1), "n": Decimal("1.50")})
    '{"at": "2026-03-01", "n": 1.5}'
    """
    try:
        return json.dumps(value, default=_plain)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(repr(value)[:1000])


def _plain(value: object) -> object:
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat() if value == value else None  # a pandas NaT is a datetime that equals nothing
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if type(value).__name__ == "NAType":
        return None
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    for name in ("item", "tolist"):  # scalars and arrays of numpy, which need not be installed
        if callable(convert := getattr(value, name, None)):
            return convert()
    return {type(value).__name__: str(value)}
