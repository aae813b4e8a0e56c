"""The values of scenarios: texts of YAML, typed by the schema (decision 77), with instants such as `3 days ago`."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from ...grammar.late_methods import dataclass
from ..fold import fold
from ..instants import FIRST, LAST, Zone, local_date, parse_date, parse_instant
from ..model import MICROS
from ..records import Value
from ..schema import FieldType
from ..yaml_tree import YamlList, YamlNode, YamlText

Known = TypeVar("Known")

_RELATIVE = re.compile(
    r"(?:in (?P<later>\d+(?:\.\d+)?) (?P<unit_later>[a-z]+?)s?)|(?:(?P<ago>\d+(?:\.\d+)?) (?P<unit_ago>[a-z]+?)s? ago)"
)
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Clock:
    """The instant of a scenario, in the ruleset's time zone."""

    as_of: int
    zone: Zone

    def instant(self, text: str) -> int | None:
        """`3 days ago` is exactly 72 hours before `as_of`; also `in 2 days`, an instant, or a date (its first instant).

        >>> Clock(10_000_000, Zone("UTC")).instant("3 seconds ago")
        7000000
        """
        if text == "now":
            return self.as_of
        found = _RELATIVE.fullmatch(text)
        if not found:
            return parse_instant(text, self.zone)
        unit = MICROS.get(found["unit_later"] or found["unit_ago"])
        if unit is None:
            return None
        distance = int(Decimal(found["later"] or found["ago"]) * unit)
        at = self.as_of + distance if found["later"] else self.as_of - distance
        return at if FIRST <= at <= LAST else None


class Impossible(ValueError):
    """A text that is no value of its type; the message says what would be."""


def value_of(node: YamlNode, declared: FieldType, clock: Clock) -> Value:
    """The typed value of a field or property; raises Impossible."""
    if declared.kind == "list":
        items = node.items if isinstance(node, YamlList) else (node,)
        return None if _is_missing(node) else tuple(text for item in items if (text := _text(item)))
    text = _text(node)
    if text is None:
        return None
    match declared.kind:
        case "number":
            return _number(text)
        case "bool":
            return _truth(text)
        case "date":
            moment = None if parse_date(text) else clock.instant(text)
            day = parse_date(text) or (None if moment is None else local_date(moment, clock.zone))
            return _known(day, "a date such as 2026-03-01, or `30 days ago`")
        case "timestamp":
            return _known(clock.instant(text), "an instant such as 2026-03-01T09:00Z, or `3 days ago`")
        case _:
            return _member(text, declared)


def _is_missing(node: YamlNode) -> bool:
    return isinstance(node, YamlText) and node.is_null


def _text(node: YamlNode) -> str | None:
    if not isinstance(node, YamlText):
        raise Impossible("a single value")
    return None if node.is_null else node.value.strip() or None


def _number(text: str) -> float:
    try:
        number = float(Decimal(text))
    except InvalidOperation:
        number = math.nan
    if not math.isfinite(number):
        raise Impossible("a number")
    return number


def _truth(text: str) -> bool:
    truth = _TRUTH.get(text.lower())
    if truth is None:
        raise Impossible("true or false")
    return truth


def _known(value: Known | None, what: str) -> Known:
    if value is None:
        raise Impossible(what)
    return value


def _member(text: str, declared: FieldType) -> str:
    if declared.values is None:
        return text
    for member in declared.values:
        if fold(member) == fold(text):
            return member
    raise Impossible("one of " + ", ".join(f"`{member}`" for member in declared.values))
