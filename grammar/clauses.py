"""What a line of rules is made of, as text: the clauses between which it may be broken.

A line is a few groups of clauses. `student: a or b => -10 "Student"` has two: the condition with its clauses
`student: a` and `or b`, and the effect. Joined by blanks they are the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from . import nodes as n
from .late_methods import dataclass
from .phrases import (
    OR,
    SUM,
    alternatives,
    column_text,
    id_text,
    label_text,
    name_text,
    operand,
    phrase,
    quoted,
    source,
    writes,
)


@dataclass(frozen=True)
class Clause:
    """A stretch of a line that is kept together, and the row of the file where it began."""

    text: str
    row: int = 0


@dataclass(frozen=True)
class Group:
    """Clauses that stand on a row of their own if they fit.

    Otherwise each takes a row; where they are `filled`, as many as fit.
    """

    clauses: tuple[Clause, ...]
    filled: bool = False

    @property
    def text(self) -> str:
        return " ".join(clause.text for clause in self.clauses)


Groups = list[Group]
_Divider = TypeVar("_Divider", bound=Callable[[Any], Groups])
_DIVIDERS: dict[type, Callable[[Any], Groups]] = {}


def divides(*kinds: type) -> Callable[[_Divider], _Divider]:
    """Registers the function that knows the clauses of some nodes, and with it how they are written on one line."""

    def register(divider: _Divider) -> _Divider:
        _DIVIDERS.update(dict.fromkeys(kinds, divider))
        writes(*kinds)(lambda node: " ".join(group.text for group in divider(node)))
        return divider

    return register


def groups(node: n.Node) -> Groups:
    """The groups of clauses of a line; of a line that opens a block, of its head."""
    return _DIVIDERS[type(node)](node)


def _one(text: str, node: n.Node) -> Groups:
    return [_group(Clause(text, node.span.line))]


def _group(*clauses: Clause, filled: bool = False) -> Group:
    return Group(clauses, filled)


def _condition(node: n.Expr, before: str = "", after: str = "") -> Group:
    """A condition: each part of an `and` or `or` is a clause. Text `before` and `after` belongs to the outer ones."""
    match node:
        case n.And(items=items):
            word, texts = "and", [phrase(item, OR + 2) for item in items]
        case n.Or(items=items):
            word, texts = "or", alternatives(node)
        case _:
            items, word, texts = (node,), "", [phrase(node, OR)]
    texts = [before + texts[0], *(f"{word} {text}" for text in texts[1:])]
    texts[-1] += after
    return Group(tuple(Clause(text, item.span.line) for text, item in zip(texts, items, strict=True)))


def _sources(before: str, nodes: Sequence[n.Expr], after: str) -> Group:
    texts = [before + source(nodes[0]), *(f"or {source(node)}" for node in nodes[1:])]
    texts[-1] += after
    clauses = [Clause(text, node.span.line) for text, node in zip(texts, nodes, strict=True)]
    return _group(*clauses, filled=True)


# --- lines ------------------------------------------------------------------------------------------------------------


@divides(n.Line)
def _line(node: n.Line) -> Groups:
    modifiers: Iterable[n.Modifier] = node.modifiers
    effect = node.effect
    if not isinstance(node.head, n.Each):
        return [_condition(node.head, _id(node.id)), _effect(effect, modifiers, node.label)]
    limits: list[n.Modifier] = []
    if node.head.unit != "lead":
        limits = [limit for limit in node.modifiers if isinstance(limit, n.AtMost | n.Cooldown)]
        modifiers = [modifier for modifier in node.modifiers if not isinstance(modifier, n.AtMost | n.Cooldown)]
    head = " ".join([_id(node.id) + phrase(node.head, OR), *map(phrase, limits)])
    return [*_one(head, node), _effect(effect, modifiers, node.label)]


@divides(n.Otherwise)
def _otherwise(node: n.Otherwise) -> Groups:
    return [*_one(f"{_id(node.id)}otherwise", node), _effect(node.effect, node.modifiers, node.label)]


def _id(line_id: str | None) -> str:
    return "" if line_id is None else f"{id_text(line_id)}: "


def _effect(effect: n.Effect, modifiers: Iterable[n.Modifier], label: str | None) -> Group:
    text = " ".join(["=>", phrase(effect), *map(phrase, modifiers)])
    return _group(Clause(text if label is None else f"{text} {_label(label)}", effect.span.line))


def _label(label: str) -> str:
    """What people read stands in double quotes, and so differs from the texts of conditions."""
    return quoted(label, '"')


@divides(n.Remove)
def _remove(node: n.Remove) -> Groups:
    return _one(f"remove {name_text(node.id)}", node)


@divides(n.Group)
def _named_group(node: n.Group) -> Groups:
    return _one(" ".join(["group", name_text(node.name), *map(phrase, node.bounds)]) + ":", node)


@divides(n.FirstOf)
def _first_of(node: n.FirstOf) -> Groups:
    return _one("first of:", node)


@divides(n.BestOf)
def _best_of(node: n.BestOf) -> Groups:
    return _one("best of:", node)


@divides(n.When)
def _when(node: n.When) -> Groups:
    return [_condition(node.condition, "when ", ":")]


@divides(n.LooseItem)
def _loose(node: n.LooseItem) -> Groups:
    return groups(node.item)


# --- vocabulary -------------------------------------------------------------------------------------------------------


@divides(n.ParamDef)
def _param(node: n.ParamDef) -> Groups:
    allowed = "" if node.range is None else f" in {phrase(node.range)}"
    return _one(f"param {name_text(node.name)} = {phrase(node.value)}{allowed}", node)


@divides(n.ListDef)
def _list(node: n.ListDef) -> Groups:
    return _one(f"list {name_text(node.name)} = {phrase(node.content)}", node)


@writes(n.FromFile)
def _file(node: n.FromFile) -> str:
    text = f"file {quoted(node.path)}"
    if node.column is not None:
        return f"{text} column {column_text(node.column)}"
    if node.value is None:
        return text
    return f"{text} key {', '.join(map(column_text, node.keys))} value {column_text(node.value)}"


@divides(n.TableDef)
def _table(node: n.TableDef) -> Groups:
    content = node.content
    text = phrase(content) if isinstance(content, n.FromFile) else f"{{{', '.join(map(phrase, content))}}}"
    default = "" if node.default is None else f" default {_plain_value(node.default)}"
    return _one(f"table {name_text(node.name)} = {text}{default}", node)


@writes(n.TableEntry)
def _entry(node: n.TableEntry) -> str:
    keys = ", ".join(map(_key, node.keys))
    return f"{keys if len(node.keys) == 1 else f'({keys})'}: {_plain_value(node.value)}"


def _key(key: n.Expr) -> str:
    return column_text(key.value) if isinstance(key, n.Text) else phrase(key)


def _plain_value(value: n.Expr) -> str:
    return phrase(value) if isinstance(value, n.Text) else operand(value)


@divides(n.SignalDef)
def _signal(node: n.SignalDef) -> Groups:
    params = "" if node.params is None else f"({', '.join(map(name_text, node.params))})"
    before = f"signal {name_text(node.name)}{params} = "
    if node.where is None:
        return [_sources(before, node.sources, "")]
    return [_sources(before, node.sources, ""), _condition(node.where, "where ")]


@divides(n.IgnoreEvents)
def _ignore_events(node: n.IgnoreEvents) -> Groups:
    pieces = "".join(f" {phrase(piece)}" for piece in node.filters)
    if node.where is None:
        return [_sources("ignore ", node.sources, pieces)]
    if _takes_pieces(node.where):
        return [_sources("ignore ", node.sources, pieces), _condition(node.where, "where ")]
    return [_sources("ignore ", node.sources, ""), _condition(node.where, "where ", pieces)]


def _takes_pieces(node: n.Expr) -> bool:
    """Whether a window behind a condition would be read as its own."""
    while isinstance(node, n.And | n.Or | n.Not):
        node = node.item if isinstance(node, n.Not) else node.items[-1]
    return not isinstance(node, n.Compare | n.In | n.Known | n.TextTest | n.Matches)


@divides(n.IgnoreContacts)
def _ignore_contacts(node: n.IgnoreContacts) -> Groups:
    return [_condition(node.where, "ignore contact where ")]


# --- definitions ------------------------------------------------------------------------------------------------------


@divides(n.Case)
def _case(node: n.Case) -> Groups:
    value = _group(Clause(f"=> {phrase(node.value)}", node.value.span.line))
    return [_condition(node.condition) if node.condition else _one("otherwise", node)[0], value]


@divides(n.DeriveDef)
def _derive(node: n.DeriveDef) -> Groups:
    owner = "account" if node.level == "account" else "contact"
    return _value(f"derive {name_text(owner, *node.field.parts)}", node, node.value)


@divides(n.MeasureDef)
def _measure(node: n.MeasureDef) -> Groups:
    return _value(f"measure {name_text(node.name)} for {node.level}", node, node.value)


def _value(named: str, node: n.Node, value: n.Expr | n.Cases) -> Groups:
    if isinstance(value, n.Cases):
        return _one(f"{named}:", node)
    if isinstance(value, n.And | n.Or):
        return [_condition(value, f"{named} = ")]
    return _one(f"{named} = {phrase(value)}", node)


@divides(n.ScoreDef)
def _score(node: n.ScoreDef) -> Groups:
    allowed = [] if node.range is None else [phrase(node.range)]
    head = [f"score {name_text(node.name)} for {node.level}", *allowed, *map(phrase, node.bounds)]
    return _one(" ".join(head) + ":", node)


@divides(n.GradeDef)
def _grade(node: n.GradeDef) -> Groups:
    return _one(f"grade {name_text(node.name)} for {node.level}:", node)


@divides(n.Axis)
def _axis(node: n.Axis) -> Groups:
    texts = [f"{phrase(cut)}," for cut in node.cuts]
    texts[0] = f"{phrase(node.value, SUM)}: {texts[0]}"
    texts[-1] = texts[-1].removesuffix(",")
    clauses = [Clause(text, cut.span.line) for text, cut in zip(texts, node.cuts, strict=True)]
    return [_group(*clauses, filled=True)]


@writes(n.Cut)
def _cut(node: n.Cut) -> str:
    return label_text(node.label) if node.cut is None else f"{label_text(node.label)} >= {operand(node.cut)}"


@divides(n.StagesDef)
def _stages(node: n.StagesDef) -> Groups:
    return _one(f"stages for {node.level}{', in order' if node.in_order else ''}:", node)


@divides(n.StageDef)
def _stage(node: n.StageDef) -> Groups:
    label = "" if node.label is None else f" {_label(node.label)}"
    entry = _condition(node.condition, f"{label_text(node.name)}{label}: ")
    return [entry] if node.stays_while is None else [entry, _condition(node.stays_while, "stays while ")]


@divides(n.RemoveStage)
def _remove_stage(node: n.RemoveStage) -> Groups:
    return _one(f"remove {label_text(node.name)}", node)


# --- what has lines of its own, in a message --------------------------------------------------------------------------


@writes(n.Body, n.Cases)
def _block(_node: Any) -> str:
    return "…"


@writes(n.File)
def _whole_file(node: n.File) -> str:
    return f"a file of {len(node.statements)} statements"
