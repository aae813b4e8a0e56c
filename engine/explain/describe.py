"""What an expression says: the text of the rule it came from, or one made of the model."""

from __future__ import annotations

from dataclasses import replace

from ...grammar.printer import to_text
from ..interpreter.lines import selections_in
from ..model import (
    And,
    Arith,
    Compare,
    Const,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Happened,
    LeadAggregate,
    Line,
    Lookup,
    Not,
    Or,
    Prop,
    Result,
    Selection,
    SetTo,
    Times,
)
from . import words


def text_of(expr: Expr) -> str:
    """The text of an expression as a person wrote it; made of the model where no one wrote it."""
    if isinstance(expr, Const) and expr.param is not None:
        return expr.param
    return to_text(expr.origin) if expr.origin is not None else _made(expr)


def _made(expr: Expr) -> str:
    match expr:
        case Const():
            return expr.param or words.shown(expr.value, expr.kind)
        case Field():
            return f"{expr.level}.{expr.name}"
        case Prop() | EventAttr():
            return expr.name
        case Result():
            return expr.name or expr.what
        case Compare() | Arith():
            return f"{text_of(expr.left)} {expr.op} {text_of(expr.right)}"
        case And():
            return " and ".join(map(text_of, expr.items))
        case Or():
            return " or ".join(map(text_of, expr.items))
        case Not():
            return f"not {text_of(expr.item)}"
        case Happened():
            return selection_text(expr.selection)
        case EventAggregate():
            return f"{expr.function}({_of(expr.what)}{selection_text(expr.selection)})"
        case LeadAggregate():
            return f"{expr.function}({_of(expr.what)}leads)"
        case Lookup():
            return f"{expr.table.name}({', '.join(map(text_of, expr.args))})"
    return type(expr).__name__.lower()


def _of(what: Expr | None) -> str:
    return "" if what is None else f"{text_of(what)} of "


def selection_text(selection: Selection) -> str:
    """How a person would name the events that are selected."""
    return selection.label or " or ".join(selection.signals) or "events"


def head_text(line: Line) -> str:
    """What stands before the `=>` of a line."""
    if line.text:
        return line.text
    if line.condition is not None:
        return text_of(line.condition)
    assert line.each is not None
    selection = line.each.selection
    what = "lead" if selection is None else selection_text(selection)
    if line.each.unit in ("event", "lead"):
        return f"each {what}"
    if line.each.prop is not None:
        return f"each {text_of(line.each.prop)} of {what}"
    return f"each {line.each.unit} with {what}"


def effect_text(line: Line) -> str:
    """What stands behind the `=>`, without bounds and decay."""
    value = line.effect.value
    number = isinstance(value, Const) and value.param is None and isinstance(value.value, float)
    if isinstance(line.effect, Times):
        return f"*{text_of(value)}"
    if isinstance(line.effect, SetTo):
        return f"set {text_of(value)}"
    if number and isinstance(value, Const) and isinstance(value.value, float):
        return words.signed(value.value).replace("−", "-")
    if isinstance(value, Arith) and value.op == "-" and value.left == Const(0.0, kind="number"):  # `-10 * f(x)`
        taken = text_of(value.right)
        is_sum = isinstance(value.right, Arith) and value.right.op in "+-"
        return f"-({taken})" if is_sum else f"-{taken}"
    text = text_of(value)
    return text if text.startswith("-") else f"+{text}"


def decay_text(line: Line) -> str:
    """The decay of a line, with what it ages by where the condition does not say it."""
    decay = line.decay
    assert decay is not None
    by = decay.ages_by
    if by is None or (line.condition is not None and replace(by, portion=None) in selections_in(line.condition)):
        return words.decay(decay)
    return f"{words.decay(decay)} since {selection_text(by)}"
