"""Single changes of a ruleset, made in its nodes and written as text: what a difference must name, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from scoreline.grammar import nodes as n
from scoreline.grammar.parser import parse
from scoreline.grammar.printer import print_file
from scoreline.grammar.source import Source

Items = tuple[n.Item, ...]


@dataclass(frozen=True)
class Mutation:
    """A change of one file: what it does, the text that it leads to, and what must be named: (change, what, name)."""

    what: str
    file: str
    text: str
    named: tuple[str, str, str] | None
    is_cosmetic: bool = False


def mutations(folder: Path) -> Iterator[Mutation]:
    """All single changes that are made here of a ruleset in a folder, those of lines that have an id."""
    for path in sorted(folder.glob("*.rules")):
        file, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
        for place, statement in enumerate(file.statements):
            for what, changed, named, is_cosmetic in _statement(statement):
                whole = replace(file, statements=_with(file.statements, place, changed))
                yield Mutation(what, path.name, print_file(whole), named, is_cosmetic)


Change = tuple[str, n.Statement, tuple[str, str, str] | None, bool]


def _with(items: tuple, place: int, changed: object) -> tuple:  # type: ignore[type-arg]
    return (*items[:place], *(() if changed is None else (changed,)), *items[place + 1 :])


def _statement(node: n.Statement) -> Iterator[Change]:
    match node:
        case n.ParamDef(value=n.Number(value=value)):
            for step in (Decimal(1), Decimal(-1)):
                changed = replace(node, value=n.Number(value + step))
                yield "a param", changed, ("changed", "param", node.name), False
        case n.ListDef(content=n.ListOf(items=items)) if len(items) > 1:
            fewer = replace(node, content=n.ListOf(items[1:]))
            yield "a value of a list", fewer, ("changed", "list", node.name), False
            yield "the order of a list", replace(node, content=n.ListOf(items[::-1])), None, True
        case n.ScoreDef():
            yield from _score(node)
        case n.StagesDef():
            for place, step in enumerate(node.steps):
                if isinstance(step, n.StageDef):
                    changed = replace(step, condition=n.Not(step.condition))
                    named = ("changed", "stage", f"{step.name} of {node.level}s")
                    yield "a stage", replace(node, steps=_with(node.steps, place, changed)), named, False
        case n.MeasureDef(value=n.Call() | n.Compare()):
            changed = replace(node, value=n.Arith("+", node.value, n.Number(Decimal(1))))
            yield "a measure", changed, ("changed", "measure", f"{node.name} of {node.level}s"), False


def _score(node: n.ScoreDef) -> Iterator[Change]:
    for what, items, named, is_cosmetic in _items(node.body.items):
        yield what, replace(node, body=replace(node.body, items=items)), named, is_cosmetic


def _items(items: Items) -> Iterator[tuple[str, Items, tuple[str, str, str] | None, bool]]:
    for place, item in enumerate(items):
        if isinstance(item, n.Line) and item.id is not None:
            for what, changed, kind, is_cosmetic in _line(item):
                name = changed.id if changed is not None else item.id
                yield what, _with(items, place, changed), (kind, "line", str(name)), is_cosmetic
        body = getattr(item, "body", None)
        if isinstance(body, n.Body):
            for what, inner, named, is_cosmetic in _items(body.items):
                if inner:
                    yield what, _with(items, place, replace(item, body=replace(body, items=inner))), named, is_cosmetic  # type: ignore[call-arg]


def _line(line: n.Line) -> Iterator[tuple[str, n.Line | None, str, bool]]:
    yield "a line removed", None, "removed", False
    yield "a label", replace(line, label=f"{line.label} (again)"), "changed", True
    yield "an id", replace(line, id=f"{line.id}_again"), "changed", True
    if isinstance(line.effect, n.Points) and isinstance(line.effect.value, n.Number):
        more = n.Points(n.Number(line.effect.value.value + 3), line.effect.sign)
        yield "points", replace(line, effect=more), "changed", False
        if isinstance(line.head, n.Each) and not any(isinstance(each, n.Bound) for each in line.modifiers):
            bound = n.Bound("max", n.Number(line.effect.value.value + 1))
            yield "a cap", replace(line, modifiers=(*line.modifiers, bound)), "changed", False
    if isinstance(line.head, n.Compare):
        yield "a condition", replace(line, head=n.Not(line.head)), "changed", False
