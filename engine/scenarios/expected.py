"""What a scenario expects of one result, and whether what came is that."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ...grammar.source import NOWHERE, Span
from ..fold import fold
from ..instants import format_instant
from ..rounding import UNITS

Role = Literal["score", "measure", "grade", "stage", "stage_since", "disqualified", "line", "not_line", "absent"]

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_COMPARED = re.compile(rf"(>=|<=|>|<)\s*({_NUMBER})")
_RANGE = re.compile(rf"({_NUMBER})?\s*\.\.\s*({_NUMBER})?")
#: A number of a measure is expected to 4 decimals, as scores are kept.
_NEAR = Decimal("0.00005")


@dataclass(frozen=True)
class Bounds:
    """A number, `>= 20`, or `20..30` (both ends included). Equal ends mean just that number."""

    low: Decimal | None = None
    high: Decimal | None = None
    open_ends: bool = False

    def hold(self, value: Decimal) -> bool:
        """
        >>> bounds_of(">= 20").hold(Decimal(20)), bounds_of("> 20").hold(Decimal(20))
        (True, False)
        """
        if self.low is not None and self.low == self.high:
            return abs(value - self.low) < _NEAR
        above = self.low is None or value > self.low or (value == self.low and not self.open_ends)
        below = self.high is None or value < self.high or (value == self.high and not self.open_ends)
        return above and below


def bounds_of(text: str) -> Bounds | None:
    """The bounds that a text describes; None if it is no number of any kind.

    >>> bounds_of("20..").low, bounds_of("about 20")
    (Decimal('20'), None)
    """
    number = _decimal(text)
    if number is not None:
        return Bounds(number, number)
    if found := _COMPARED.fullmatch(text):
        limit = Decimal(found[2])
        low, high = (limit, None) if found[1].startswith(">") else (None, limit)
        return Bounds(low, high, open_ends="=" not in found[1])
    if (found := _RANGE.fullmatch(text)) and (found[1] or found[2]):
        return Bounds(_decimal(found[1]), _decimal(found[2]))
    return None


def _decimal(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return number if number is None or number.is_finite() else None


@dataclass(frozen=True)
class Expected:
    """One expectation. `name` is the score, measure, grade or line; without `bounds` and `text` the value is missing,
    and of a line it is asked only that it fired (`line`) or did not (`not_line`)."""

    level: Level
    id: str
    role: Role
    name: str = ""
    bounds: Bounds | None = None
    text: str | None = None
    span: Span = NOWHERE

    @property
    def subject(self) -> str:
        """What a person would call it: `ann: engagement`."""
        if self.role == "absent":
            return f"{self.level} {self.id}"
        what = f"line {self.name}" if self.role in ("line", "not_line") else self.name or self.role
        return f"{self.level} {self.id}: {what}"

    @property
    def wanted(self) -> str:
        """What was expected, as written."""
        if self.role == "not_line":
            return "does not fire"
        if self.role == "line" and self.bounds is None:
            return "fires"
        if self.role == "absent":
            return "no result"
        return "missing" if self.text is None else self.text

    def met_by(self, value: object) -> bool:
        """Is this value what was expected? Scores and points of lines come as Decimals."""
        if self.bounds is not None:
            number = as_decimal(value)
            return number is not None and self.bounds.hold(number)
        if self.text is None:
            return value is None
        return value is not None and fold(shown(value)) == fold(self.text)


def as_decimal(value: object) -> Decimal | None:
    """A number exactly as it is; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int | float) else None


def points(units: int) -> Decimal:
    """Units of 1/10000 as an exact number."""
    return Decimal(units) / UNITS


def shown(value: object, kind: str = "") -> str:
    """A value as a person would write it into a scenario.

    >>> shown(None), shown(True), shown(2.0), shown(Decimal("41.5000")), shown("MQA")
    ('missing', 'true', '2', '41.5', 'MQA')
    """
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "timestamp" and isinstance(value, int):
        return format_instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return ", ".join(value) if isinstance(value, tuple) else str(value)
