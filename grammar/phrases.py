"""Canonical text of expressions, pieces of selections, effects and modifiers: what stands inside one line.

Brackets stand where precedence needs them and where a reader does: around a selection inside another, around `and`
between `or`, around a test behind `not`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from . import nodes as n

_Writer = TypeVar("_Writer", bound=Callable[[Any], str])
_WRITERS: dict[type, Callable[[Any], str]] = {}

# How tightly a node binds, from a whole value to what needs no brackets anywhere.
VALUE, OR, AND, NOT, PREDICATE, SUM, PRODUCT, FACTOR, DEFAULTED, ATOM, PRIMARY = range(11)
_BINDING: dict[type, int] = {
    n.Conditional: VALUE,
    n.Or: OR,
    n.And: AND,
    n.Not: NOT,
    **dict.fromkeys((n.Compare, n.In, n.Known, n.TextTest, n.Matches, n.Selection, n.AtLeastAs), PREDICATE),
    **dict.fromkeys((n.HeldFor, n.InStage, n.SomeOf, n.Always), PREDICATE),
    n.Negative: FACTOR,
    n.Default: DEFAULTED,
    **dict.fromkeys((n.Number, n.Bool, n.Moment, n.DaysSince, n.DaysUntil), ATOM),
}

_IN_BRACKETS_BEHIND_NOT = (n.Compare, n.In, n.Known, n.TextTest, n.Matches, n.AtLeastAs, n.HeldFor)

_PLAIN = re.compile(r"[^\W\d]\w*")
_LABEL = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|\d+[^\W\d]\w*")
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_COUNT_WORDS = frozenset({"once", "twice", "time", "times", *_UNITS, *(f"{unit}s" for unit in _UNITS)})

# Names that must stand in backquotes, because they would be read as key words in some place where a name can stand.
_KEY_WORDS = """
    always at bottom counting days earliest exactly false lead leads newest not otherwise stages top true when
    across after and before between by compounding contains default else ends ever every fades fewer for halves
    if in is last like loses matches max mentions min more no of on or over per since starts stays this to today
    where within without
"""
_RESERVED = frozenset(_KEY_WORDS.split())
_FIRST_WORDS = frozenset({"always", "and", "false", "not", "or", "otherwise", "true"})


def writes(*kinds: type) -> Callable[[_Writer], _Writer]:
    """Registers the function that writes nodes of some classes."""

    def register(writer: _Writer) -> _Writer:
        _WRITERS.update(dict.fromkeys(kinds, writer))
        return writer

    return register


def phrase(node: n.Node, binding: int = VALUE) -> str:
    """The text of a node; in brackets if it binds less tightly than its place asks for."""
    text = _WRITERS[type(node)](node)
    return f"({text})" if _binding(node) < binding else text


def _binding(node: n.Node) -> int:
    if isinstance(node, n.Arith):
        return SUM if node.op in "+-" else PRODUCT
    return _BINDING.get(type(node), PRIMARY)


# --- names, texts, numbers ----------------------------------------------------------------------------------------


def name_text(*parts: str, called: bool = False) -> str:
    """A name with its dots; backquotes where a part is no plain name, or would be read as a key word."""
    first, *rest = parts
    keep = _PLAIN.fullmatch(first) and (first not in _RESERVED or (called and not rest and first in ("max", "min")))
    return ".".join([first if keep else f"`{first}`", *(p if _PLAIN.fullmatch(p) else f"`{p}`" for p in rest)])


def id_text(line_id: str) -> str:
    """The id of a line, before its colon: fewer words are key words there."""
    return line_id if _PLAIN.fullmatch(line_id) and line_id not in _FIRST_WORDS else f"`{line_id}`"


def quoted(text: str, quote: str = "'") -> str:
    """A text in quotes; in the other kind where that saves doubling them."""
    other = '"' if quote == "'" else "'"
    if quote in text and other not in text:
        quote = other
    return quote + text.replace(quote, quote * 2) + quote


def label_text(label: str) -> str:
    """The name of a stage or the label of a cut: plain if it can be."""
    plain = _LABEL.fullmatch(label) and label not in _COUNT_WORDS and label not in _RESERVED - {"lead"}
    return label if plain else quoted(label)


def column_text(column: str) -> str:
    """The name of a column of a file: plain if it can be."""
    return column if _PLAIN.fullmatch(column) and column not in _RESERVED else quoted(column)


def number_text(value: Decimal) -> str:
    """A number without exponent and without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@writes(n.Name)
def _name(node: n.Name) -> str:
    return name_text(*node.parts)


@writes(n.Number)
def _number(node: n.Number) -> str:
    return number_text(node.value)


@writes(n.Text)
def _text(node: n.Text) -> str:
    return quoted(node.value)


@writes(n.Bool)
def _bool(node: n.Bool) -> str:
    return "true" if node.value else "false"


@writes(n.Moment)
def _moment(node: n.Moment) -> str:
    return node.text


@writes(n.ListOf)
def _list(node: n.ListOf) -> str:
    return f"[{_listed(node.items)}]"


@writes(n.RangeOf)
def _range(node: n.RangeOf) -> str:
    low = "" if node.low is None else phrase(node.low)
    high = "" if node.high is None else phrase(node.high)
    return f"{low}..{high}"


def _listed(nodes: Iterable[n.Node]) -> str:
    return ", ".join(map(phrase, nodes))


def operand(node: n.Expr) -> str:
    """What stands for a number without being an expression: a number, a name, or brackets."""
    if isinstance(node, n.Negative) and isinstance(node.item, n.Number | n.Name):
        return f"-{count(node.item)}"
    return count(node)


def count(node: n.Expr) -> str:
    """What stands where the language counts: before a unit, after `at least`."""
    if isinstance(node, n.Name) and node.parts[0] in _COUNT_WORDS:
        return f"`{node.parts[0]}`" + "".join(f".{name_text(part)}" for part in node.parts[1:])
    return phrase(node) if isinstance(node, n.Number | n.Name) else f"({phrase(node)})"


def _instant(node: n.Expr) -> str:
    return phrase(node) if isinstance(node, n.Moment | n.Name) else f"({phrase(node)})"


# --- conditions and arithmetic --------------------------------------------------------------------------------------


@writes(n.Conditional)
def _conditional(node: n.Conditional) -> str:
    text = f"{phrase(node.value, OR)} if {phrase(node.condition, OR)}"
    return text if node.other is None else f"{text} else {phrase(node.other)}"


@writes(n.Or)
def _or(node: n.Or) -> str:
    return " or ".join(alternatives(node))


def alternatives(node: n.Or) -> list[str]:
    """What stands between `or`; an `and` among it in brackets, for who does not know which binds first."""
    return [phrase(item, NOT) for item in node.items]


@writes(n.And)
def _and(node: n.And) -> str:
    return " and ".join([phrase(item, NOT) for item in node.items])


@writes(n.Not)
def _not(node: n.Not) -> str:
    plain = not isinstance(node.item, _IN_BRACKETS_BEHIND_NOT)
    return f"not {phrase(node.item, NOT if plain else ATOM)}"


@writes(n.Compare)
def _compare(node: n.Compare) -> str:
    return f"{phrase(node.left, SUM)} {node.op} {phrase(node.right, SUM)}"


@writes(n.In)
def _in(node: n.In) -> str:
    return f"{phrase(node.item, SUM)} {'not in' if node.negated else 'in'} {phrase(node.container)}"


@writes(n.Known)
def _known(node: n.Known) -> str:
    return f"{phrase(node.item, SUM)} is {'missing' if node.negated else 'known'}"


@writes(n.TextTest)
def _text_test(node: n.TextTest) -> str:
    return f"{phrase(node.item, SUM)} {node.op}{' all' if node.every else ''} {phrase(node.sought, SUM)}"


@writes(n.Matches)
def _matches(node: n.Matches) -> str:
    pattern = re.sub(r"\\.|/", lambda found: r"\/" if found[0] == "/" else found[0], node.pattern)
    return f"{phrase(node.item, SUM)} matches /{pattern}/{'i' if node.ignore_case else ''}"


@writes(n.Always)
def _always(_node: n.Always) -> str:
    return "always"


@writes(n.SomeOf)
def _some_of(node: n.SomeOf) -> str:
    return f"{node.op} {count(node.count)} of ({_listed(node.items)})"


@writes(n.AtLeastAs)
def _at_least_as(node: n.AtLeastAs) -> str:
    return f"{phrase(node.item, PRIMARY)} at least {label_text(node.value)}"


@writes(n.HeldFor)
def _held_for(node: n.HeldFor) -> str:
    return f"{phrase(node.condition, PREDICATE)} for at least {phrase(node.duration)}"


@writes(n.InStage)
def _in_stage(node: n.InStage) -> str:
    return f"in stage {label_text(node.stage)} more than {phrase(node.duration)}"


@writes(n.Arith)
def _arith(node: n.Arith) -> str:
    own = _binding(node)
    return f"{phrase(node.left, own)} {node.op} {phrase(node.right, own + 1)}"


@writes(n.Negative)
def _negative(node: n.Negative) -> str:
    return f"-{phrase(node.item, FACTOR)}"


@writes(n.Default)
def _default(node: n.Default) -> str:
    plain_minus = isinstance(node.fallback, n.Negative) and isinstance(node.fallback.item, n.Number | n.Name)
    return f"{phrase(node.item, DEFAULTED)} default {phrase(node.fallback, FACTOR if plain_minus else ATOM)}"


@writes(n.DaysSince)
def _days_since(node: n.DaysSince) -> str:
    return f"days since {phrase(node.item, PRIMARY)}"


@writes(n.DaysUntil)
def _days_until(node: n.DaysUntil) -> str:
    return f"days until {phrase(node.item, PRIMARY)}"


# --- calls and aggregates ---------------------------------------------------------------------------------------------


@writes(n.Call)
def _call(node: n.Call) -> str:
    inside = _listed(node.args)
    if node.where is not None:
        inside = f"{inside} where {phrase(node.where, OR)}".lstrip()
    return f"{name_text(*node.name.parts, called=True)}({inside})"


@writes(n.Leads)
def _leads(node: n.Leads) -> str:
    text = "leads" if node.end is None or node.count is None else f"{node.end} {count(node.count)} leads"
    if node.where is not None:
        text += f" where {phrase(node.where, OR)}"
    return text if node.by is None else f"{text} by {phrase(node.by, SUM)}"


@writes(n.Aggregate)
def _aggregate(node: n.Aggregate) -> str:
    of = phrase(node.of) if node.what is None else f"{phrase(node.what)} of {selected(node.of)}"
    return f"{node.function}({', '.join([of, *map(phrase, node.args)])})"


@writes(n.PerPeriod)
def _per_period(node: n.PerPeriod) -> str:
    return f"{node.function}(count of {selected(node.of)} per {node.unit} over {phrase(node.over)})"


@writes(n.Standing)
def _standing(node: n.Standing) -> str:
    per = "" if node.per is None else f" per {phrase(node.per)}"
    return f"{node.function}({phrase(node.what)}{per})"


# --- selections -----------------------------------------------------------------------------------------------------


def selected(node: n.Node) -> str:
    """A selection with its pieces where one is expected, or leads; anything else stands in brackets."""
    return phrase(node) if isinstance(node, n.Selection | n.Leads) else source(node)


def source(node: n.Node) -> str:
    """A selection where only a name, a call or brackets can stand."""
    return phrase(node, PRIMARY)


@writes(n.Selection)
def _selection(node: n.Selection) -> str:
    text = source(node.source)
    often = "" if node.often is None else f" {phrase(node.often)}"
    captured = [captures(before, piece) for before, piece in pairwise(node.filters)]
    if not any(captured) and not any(isinstance(piece, n.Sequence) for piece in node.filters):
        text, often = text + often, ""  # `visited at least 3 times within 14 days`, as one says it
    for piece, bracketed in zip(node.filters, [False, *captured], strict=False):
        text = f"({text}) {phrase(piece)}" if bracketed else f"{text} {phrase(piece)}"
    if node.often and often and node.often.op == "more than" and isinstance(node.filters[-1], n.Sequence):
        text = f"({text})"  # or an anchor would take `more than …` for a window
    return f"{phrase(node.which)} {text}{often}" if node.which is not None else text + often


def captures(piece: n.Window | n.Sequence, following: n.Window | n.Sequence) -> bool:
    """Whether a piece would take the one behind it for its own, if no brackets stood around what is before."""
    if isinstance(piece, n.Sequence):
        if piece.same_contact:
            return False
        if piece.relation == "without":
            within = isinstance(following, n.Within) or (
                isinstance(following, n.Sequence) and following.relation != "without" and following.duration is not None
            )
            return piece.duration is None and within
        return True
    before_name = isinstance(following, n.BeforeMoment) and not isinstance(following.moment, n.Moment)
    return isinstance(piece, n.Within) and before_name


@writes(n.Duration)
def _duration(node: n.Duration) -> str:
    one = node.count == n.Number(Decimal(1))
    return f"{count(node.count)} {node.unit}{'' if one else 's'}"


@writes(n.Within)
def _within(node: n.Within) -> str:
    return f"within {phrase(node.duration)}"


@writes(n.BetweenAgo)
def _between_ago(node: n.BetweenAgo) -> str:
    return f"between {count(node.low)} and {phrase(node.high)} ago"


@writes(n.MoreThanAgo)
def _more_than_ago(node: n.MoreThanAgo) -> str:
    return f"more than {phrase(node.duration)} ago"


@writes(n.SinceMoment)
def _since_moment(node: n.SinceMoment) -> str:
    return f"since {_instant(node.moment)}"


@writes(n.BeforeMoment)
def _before_moment(node: n.BeforeMoment) -> str:
    return f"before {_instant(node.moment)}"


@writes(n.BetweenMoments)
def _between_moments(node: n.BetweenMoments) -> str:
    return f"between {_instant(node.low)} and {_instant(node.high)}"


@writes(n.Calendar)
def _calendar(node: n.Calendar) -> str:
    return "today" if (node.which, node.unit) == ("this", "day") else f"{node.which} {node.unit}"


@writes(n.Sequence)
def _sequence(node: n.Sequence) -> str:
    length = "" if node.duration is None else f"within {phrase(node.duration)}"
    if node.relation == "without":
        text = f"without {source(node.anchor)} {length}".rstrip()
    else:
        text = f"{length or 'ever'} {node.relation} {source(node.anchor)}"
    return f"{text} by the same contact" if node.same_contact else text


@writes(n.Which)
def _which(node: n.Which) -> str:
    return node.end if node.count is None else f"{node.end} {count(node.count)}"


@writes(n.Often)
def _often(node: n.Often) -> str:
    number = node.count.value if isinstance(node.count, n.Number) else None
    if node.unit == "times":
        text = f"{node.op} once" if number == 1 else f"{node.op} {count(node.count)} times"
    else:
        word = {"days": "on", "contacts": "by"}.get(node.unit, "across")
        unit = node.unit.removesuffix("s") if number == 1 else node.unit
        text = f"{word} {node.op} {count(node.count)} {unit}"
    if node.group is not None:
        return f"{text} in one {phrase(node.group)}"
    return text if node.stretch is None else f"{text} in any {phrase(node.stretch)}"


# --- effects and modifiers --------------------------------------------------------------------------------------------


@writes(n.Points)
def _points(node: n.Points) -> str:
    value = phrase(node.value, SUM if node.sign == "+" else PRODUCT)
    if not value.startswith("-"):
        return f"{node.sign}{value}"
    return value if node.sign == "+" and _begins_negative(node.value) else f"{node.sign}({value})"


def _begins_negative(value: n.Expr) -> bool:
    """Whether a sum begins with a negative part, so that its own sign will do: `-5 + fit`."""
    part = value
    while isinstance(part, n.Arith) and part.op in "+-":
        part = part.left
    return part is not value and isinstance(part, n.Negative)


@writes(n.Times)
def _times(node: n.Times) -> str:
    return f"*{phrase(node.value, PRODUCT)}"


@writes(n.SetTo)
def _set_to(node: n.SetTo) -> str:
    return f"set {operand(node.value)}"


@writes(n.Disqualify)
def _disqualify(node: n.Disqualify) -> str:
    lasting = "" if node.lasting is None else f" for {phrase(node.lasting)}"
    return f"disqualify {quoted(node.reason)}{lasting}"


@writes(n.Bound)
def _bound(node: n.Bound) -> str:
    per = "" if node.per is None else f" per {phrase(node.per)}"
    return f"{node.kind} {operand(node.value)}{per}"


@writes(n.AtMost)
def _at_most(node: n.AtMost) -> str:
    return f"at most {count(node.count)} per {phrase(node.per)}"


@writes(n.Cooldown)
def _cooldown(node: n.Cooldown) -> str:
    return f"at most once per {phrase(node.duration)}"


@writes(n.NoDecay)
def _no_decay(_node: n.NoDecay) -> str:
    return "no decay"


@writes(n.Decay)
def _decay(node: n.Decay) -> str:
    period = node.period.unit if node.period.count == n.Number(Decimal(1)) else phrase(node.period)
    amount = "" if node.amount is None else count(node.amount)
    start = {
        "halves": f"halves every {period}",
        "fades": f"fades over {period}",
        "loses percent": f"loses {amount}% every {period}",
        "loses points": f"loses {amount} {'point' if amount == '1' else 'points'} every {period}",
    }
    pieces = [
        start[node.kind],
        "compounding" if node.compounding else "",
        "" if node.floor is None else f"to {operand(node.floor)}",
        "" if node.grace is None else f"after {phrase(node.grace)}",
        "" if node.since is None else f"since {source(node.since)}",
    ]
    return " ".join(filter(None, pieces))


@writes(n.Each)
def _each(node: n.Each) -> str:
    often = "" if node.often is None else f" {phrase(node.often)}"
    if isinstance(node.of, n.Leads):
        return "each lead" + ("" if node.of.where is None else f" where {phrase(node.of.where, OR)}")
    if node.unit == "event":
        return f"each {selected(node.of)}"
    if node.prop is not None:
        return f"each {phrase(node.prop)} of {selected(node.of)}{often}"
    return f"each {node.unit} with {selected(node.of)}{often}"
