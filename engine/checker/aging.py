"""By which selection a line ages: the only one in its condition, and one that the condition cannot do without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .. import model as m
from ..model.base import parts_of


def selections(expr: m.Expr) -> list[m.Selection]:
    """The distinct selections of a condition, without the anchors of sequences and those inside roll-ups."""
    return list(dict.fromkeys(_selections(expr)))


def _selections(value: object) -> Iterator[m.Selection]:
    if isinstance(value, m.Selection):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _selections(item)
    elif isinstance(value, m.Expr | m.Often) and not isinstance(value, m.LeadAggregate | m.Coverage):
        for name in parts_of(type(value)):
            yield from _selections(getattr(value, name))


def ages_by(condition: m.Expr) -> tuple[m.Selection | None, str]:
    """The selection whose newest event is the age of a line; else None and the reason (decision 14).

    Where the condition asks for one group or stretch of time, only the newest that qualifies counts (decision 90).
    """
    found = selections(condition)
    if not found:
        return None, "the condition selects no events, so there is no age"
    if len(found) > 1:
        names = " and ".join(f"`{item.label}`" for item in found[:3])
        return None, f"the condition selects {names}, so its age is not clear"
    if not needs(condition, found[0]):
        return None, f"the condition can hold without `{found[0].label}`, so there may be no age"
    return replace(found[0], portion=_portion(condition, found[0])), ""


def _portion(condition: m.Expr, selection: m.Selection) -> m.Often | None:
    """The group or stretch that the condition asks for."""
    asked = (item.often for item in condition.walk() if isinstance(item, m.Happened) and item.selection == selection)
    return next((often for often in asked if often is not None and (often.group or often.stretch)), None)


def needs(expr: m.Expr, selection: m.Selection) -> bool:
    """Whether the condition cannot hold without an event of the selection."""
    if isinstance(expr, m.And):
        return any(needs(item, selection) for item in expr.items)
    if isinstance(expr, m.Or):
        return all(needs(item, selection) for item in expr.items)
    if isinstance(expr, m.Happened):
        return expr.selection == selection and (expr.often is None or _asks_for_some(expr.often.op, expr.often.count))
    if isinstance(expr, m.Compare):
        return _compares(expr.op, expr.left, expr.right, selection) or _compares(
            _MIRRORED[expr.op], expr.right, expr.left, selection
        )
    if isinstance(expr, m.InRange):
        return expr.low is not None and _compares(">=", expr.item, expr.low, selection)
    if isinstance(expr, m.Not) and isinstance(expr.item, m.Missing):
        return _is_missing_without(expr.item.item, selection)
    return False


_MIRRORED: dict[m.Comparison, m.Comparison] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NEVER_MISSING = ("count", "distinct", "sum")


def _compares(op: m.Comparison, value: m.Expr, other: m.Expr, selection: m.Selection) -> bool:
    """Whether a comparison of a number made of the selection's events fails where there are none."""
    if not isinstance(value, m.EventAggregate) or value.selection != selection:
        return False
    return _asks_for_some(op, other) if value.function in _NEVER_MISSING else op != "!="


def _is_missing_without(value: m.Expr, selection: m.Selection) -> bool:
    is_of_it = isinstance(value, m.EventAggregate) and value.selection == selection
    return is_of_it and isinstance(value, m.EventAggregate) and value.function not in _NEVER_MISSING


def _asks_for_some(op: m.Comparison, count: m.Expr) -> bool:
    least = count.value if isinstance(count, m.Const) and isinstance(count.value, float) else 0.0
    return (op in (">=", "==") and least > 0) or (op == ">" and least >= 0)
