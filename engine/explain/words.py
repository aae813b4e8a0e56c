"""Values, instants, decays and bounds in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from ..figures import number as number
from ..figures import plural as plural
from ..figures import signed as signed
from ..instants import DAY, HOUR, MINUTE, SECOND, format_instant
from ..model import AtMost, Bound, Cooldown, Decay, EventAttr, Expr, Field, Prop
from ..records import Value
from ..rounding import round_to
from .report import Known

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNITS = (("day", DAY), ("hour", HOUR), ("minute", MINUTE))


def plain(value: Value, kind: str = "") -> Known:
    """A value as JSON holds it: dates and instants as texts."""
    if isinstance(value, date):
        return value.isoformat()
    if kind == "timestamp" and isinstance(value, int):
        return format_instant(value)
    return value


def shown(value: Value, kind: str = "") -> str:
    """A value as a person reads it."""
    value = plain(value, kind)
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(quoted, value)) + "]"
    return quoted(value) if isinstance(value, str) else number(value)


def quoted(text: str) -> str:
    """A text in quotes that it does not have itself.

    >>> quoted("Met us"), quoted("Took the buyer's guide")
    ("'Met us'", "“Took the buyer's guide”")
    """
    return f"“{text}”" if "'" in text else f"'{text}'"


def level(value: float) -> str:
    """A number that may be below zero; a real minus.

    >>> level(20.0), level(-1.6)
    ('20', '−1.6')
    """
    return f"−{number(-value)}" if value < 0 else number(value)


def brief(value: float) -> str:
    """A number for a sentence, with one decimal.

    >>> brief(82.1787), brief(-7.0), brief(0.04), brief(13.25)
    ('82.2', '−7', '0', '13.3')
    """
    return level(round_to(value, 1) or 0.0)


def gain(value: float) -> str:
    """Points for a sentence, with their sign and one decimal; what is less than that is shown in full.

    >>> gain(15.1787), gain(-20.0), gain(0.0412)
    ('+15.2', '−20', '+0.0412')
    """
    return signed(round_to(value, 1) or value)


def factor(value: float) -> str:
    """A factor of decay with the digits that one can check by hand.

    >>> factor(0.5), factor(2 / 3)
    ('0.5', '0.666667')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def cut(text: str, most: int = 40) -> str:
    """A text with at most so many characters; one in quotes keeps its quotes.

    >>> cut("'Mozilla/5.0'", 8), cut("short", 8), cut("quite a long one", 8)
    ("'Mozill…'", 'short', 'quite a…')
    """
    if text[:1] + text[-1:] in ("''", "“”"):
        return quoted(_cut(text[1:-1], most - 1))
    return _cut(text, most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def calendar_day(text: str) -> str:
    """A day as people write it.

    >>> calendar_day("2026-03-02")
    '2 March 2026'
    """
    day = date.fromisoformat(text)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def ago(age: int, unit: str = "day", hours: int | None = None) -> str:
    """How long ago, in whole units as decay counts them; below one day in hours: a day here is 24 hours, no date.

    >>> ago(2, "day"), ago(0, "day", 20), ago(0, "day", 0), ago(3, "hour"), ago(0, "minute")
    ('2 days ago', '20 hours ago', 'less than an hour ago', '3 hours ago', 'less than a minute ago')
    """
    if age == 0 and unit == "day" and hours is not None:
        age, unit = hours, "hour"
    if age == 0:
        return f"less than {'an' if unit == 'hour' else 'a'} {unit} ago"
    return f"{plural(age, unit)} ago"


def duration(micros: int) -> str:
    """A length of time in the largest unit that fits it.

    >>> duration(90 * DAY), duration(36 * HOUR), duration(14 * DAY)
    ('90 days', '36 hours', '14 days')
    """
    for word, unit in _UNITS:
        if micros >= unit and micros % unit == 0:
            return plural(micros // unit, word)
    return plural(micros / SECOND, "second")


# --- modifiers ------------------------------------------------------------------------------------------------------


def decay(item: Decay) -> str:
    """A decay as it is written."""
    period = plural(item.period, item.unit)
    if item.kind == "halves":
        text = f"halves every {period}"
    elif item.kind == "fades":
        text = f"fades over {period}"
    else:
        lost = number(item.amount or 0.0)
        loss = f"{lost}%" if item.kind == "loses percent" else f"{lost} point{'' if lost == '1' else 's'}"
        text = f"loses {loss} every {period}" + (" compounding" if item.compounding else "")
    if item.floor is not None:
        text += f" to {number(item.floor)}"
    return text + (f" after {plural(item.grace, item.unit)}" if item.grace else "")


def bound(item: Bound, limit: float) -> str:
    """A bound as it is written, with the value that it had.

    >>> from ..model import Const
    >>> bound(Bound("max", Const(5.0), "day"), 5.0)
    'max 5 per day'
    """
    per = "" if item.per is None else f" per {_per(item.per, item.prop)}"
    return f"{item.kind} {number(limit)}{per}"


def limit(item: AtMost | Cooldown, count: float | None) -> str:
    """An `at most` as it is written."""
    if isinstance(item, Cooldown):
        return f"at most once per {duration(item.length)}"
    return f"at most {shown(count)} per {_per(item.per, item.prop)}"


def _per(per: str, prop: Expr | None) -> str:
    if per != "value":
        return per
    return prop.name if isinstance(prop, Prop | EventAttr | Field) else "value"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def whole(value: float) -> str:
    """The smallest whole number that is at least so much: how many it takes."""
    return number(math.ceil(value))
