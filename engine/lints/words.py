"""How a finding names what it is about: expressions of the model in the words of the language."""

from __future__ import annotations

from ...grammar.source import NOWHERE, Span
from ..model import (
    And,
    Arith,
    Compare,
    Const,
    Coverage,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Function,
    Happened,
    InRange,
    InSet,
    LeadAggregate,
    Matches,
    Missing,
    Not,
    Or,
    Prop,
    Result,
    Selection,
    Standing,
    TextTest,
)


def place(expr: Expr, otherwise: Span = NOWHERE) -> Span:
    """Where an expression is written."""
    return expr.origin.span if expr.origin is not None and expr.origin.span != NOWHERE else otherwise


def number(value: float) -> str:
    """A number without needless zeros.

    >>> number(62.50), number(60.0)
    ('62.5', '60')
    """
    return f"{round(value, 4):.4f}".rstrip("0").rstrip(".")


def words(expr: Expr) -> str:
    """The expression as a person would write it; `…` for what is too long to be said here."""
    match expr:
        case Const(param=str(param)):
            return param
        case Const(value=value):
            return _constant(value)
        case Field(level=level, name=name):
            return f"{level}.{name}"
        case Prop(name=name) | EventAttr(name=name):
            return name
        case Result(what="stage" | "disqualified" as what):
            return what
        case Result(name=name):
            return name
        case Function(name="days_since" | "days_until" as name, args=(arg,)):
            return f"{name.replace('_', ' ')} {words(arg)}"
        case Function(name=name, args=args):
            return f"{name}({', '.join(map(words, args))})"
        case EventAggregate(function="days_since", selection=selection):
            return f"days since {called(selection)}"
        case EventAggregate(function=function, what=what, selection=selection):
            return f"{function}({f'{words(what)} of ' if what else ''}{called(selection)})"
        case LeadAggregate(function=function, what=what):
            return f"{function}({f'{words(what)} of ' if what else ''}leads …)"
        case Coverage(what=what):
            return f"coverage({words(what)} of leads …)"
        case Standing(function=function, what=what, per=per):
            return f"{function}({words(what)}{f' per {words(per)}' if per else ''})"
    return _condition(expr)


def _condition(expr: Expr) -> str:
    match expr:
        case Arith(op=op, left=left, right=right) | Compare(op=op, left=left, right=right):
            return f"{words(left)} {op} {words(right)}"
        case InSet(item=item, source=str(source)):
            return f"{words(item)} in {source}"
        case InSet(item=item, values=values):
            shown = ", ".join(map(_constant, values[:3])) + (", …" if len(values) > 3 else "")
            return f"{words(item)} in [{shown}]"
        case InRange(item=item, low=low, high=high):
            return f"{words(item)} in {words(low) if low else ''}..{words(high) if high else ''}"
        case Missing(item=item):
            return f"{words(item)} is missing"
        case TextTest(op=op, item=item, sought=(only,)):
            return f"{words(item)} {op} {words(only)}"
        case Matches(item=item, pattern=pattern, ignore_case=ignore_case):
            return f"{words(item)} matches /{pattern}/{'i' if ignore_case else ''}"
        case Happened(selection=selection, often=often):
            return called(selection) + (" …" if often else "")
        case Not(item=Missing(item=item)):
            return f"{words(item)} is known"
        case Not(item=item):
            return f"not {words(item)}"
        case And(items=items) if items:
            return " and ".join(map(words, items))
        case Or(items=items) if items:
            return " or ".join(map(words, items))
    return "…"


def called(selection: Selection) -> str:
    """How a person would name a selection."""
    return selection.label or " or ".join(selection.signals) or "…"


def _constant(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return number(value)
    return f"'{value}'" if isinstance(value, str) else str(value)
