"""A condition of the command line, such as `deal_won` or `account.status == 'Won'`, in the words of a ruleset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ...grammar.parser import parse_expression
from ...grammar.source import Source
from ..compiled import Compiled, RulesetError
from ..layers import read_folder, read_single_file
from ..model import (
    And,
    Cases,
    Expr,
    Happened,
    Measure,
    Model,
    Or,
    Part,
    Selection,
    SomeOf,
)
from ..reads import EVERY, Key, Read, Selected, reads


@dataclass(frozen=True)
class Condition:
    """One condition on the leads or accounts of a ruleset.

    `name` is the option that it came from (`--won`), `text` what was written, `test` what it means. `events` are the
    selections that can make it true: the first event of any of them is when it came true. Without any it is about
    fields alone. `model` is the ruleset with the condition as a measure of that name.
    """

    name: str
    text: str
    level: Level
    test: Expr
    events: tuple[Selection, ...]
    model: Model

    @property
    def has_instant(self) -> bool:
        """Whether events say when it came true."""
        return bool(self.events)

    def read_types(self) -> frozenset[str]:
        """The event types that it reads."""
        return frozenset(name for read in self._reads() if isinstance(read, Selected) for name in read.types)

    def read_keys(self) -> frozenset[Key]:
        """The fields and results that it reads."""
        found = (read for read in self._reads() if isinstance(read, Read))
        return frozenset(read.key for read in found if not read.implied)

    def asks_who_is_disqualified(self) -> bool:
        return any(key.kind == "disqualify" and key.name == EVERY for key in self.read_keys())

    def _reads(self) -> Iterator[Read | Selected]:
        return reads(Measure(self.level, self.name, self.test), self.level)


def conditions(
    ruleset: Compiled, level: Level, texts: Mapping[str, str], params: Mapping[str, str] | None = None
) -> dict[str, Condition]:
    """The conditions by their names. Raises RulesetError with what is wrong in their texts.

    `params` are those that the ruleset was compiled with.
    """
    nodes, findings, sources = _parsed(texts)
    if any(item.is_error for item in findings):
        raise RulesetError(findings, sources)
    model, wrong = _checked(ruleset, level, nodes, params or {})
    own = [item for item in wrong if item.span.path in sources and item.is_error]
    if model is None or own:
        raise RulesetError(own or wrong, {**ruleset.sources, **sources})
    measures = {item.name: item for item in model.measures(level)}
    return {name: _condition(name, text, level, measures[name].value, model) for name, text in texts.items()}


def _parsed(texts: Mapping[str, str]) -> tuple[dict[str, n.Expr], list[Diagnostic], dict[str, Source]]:
    nodes: dict[str, n.Expr] = {}
    findings: list[Diagnostic] = []
    sources = {name: Source(name, text) for name, text in texts.items()}
    for name, source in sources.items():
        node, found = parse_expression(source.text, name)
        findings += found
        if node is not None:
            nodes[name] = node
        elif not found:
            findings.append(finding("S102", f"`{name}` is empty", hint="write a condition, such as `deal_won`"))
    return nodes, findings, sources


def _checked(
    ruleset: Compiled, level: Level, nodes: Mapping[str, n.Expr], params: Mapping[str, str]
) -> tuple[Model | None, list[Diagnostic]]:
    """The ruleset with each condition as a measure, so that it means what it would mean inside."""
    from ..checker.check import check

    place = ruleset.path
    texts = read_single_file(place, None) if place.is_file() else read_folder(place)
    more = n.File(tuple(_measure(name, node, level) for name, node in nodes.items()))
    checked = check(
        [*texts.files, more],
        ruleset.manifest,
        bases=texts.bases,
        root=place if place.is_dir() else None,
        roots=texts.roots,
        params=params,
    )
    return checked.model, checked.findings


def _measure(name: str, node: n.Expr, level: Level) -> n.MeasureDef:
    """Whether the condition holds: as a block of cases, in which a selection alone is a condition, too."""
    value = n.Bool(True, span=node.span)
    return n.MeasureDef(name, level, n.Cases((n.Case(node, value, span=node.span),), span=node.span), span=node.span)


def _condition(name: str, text: str, level: Level, value: Expr, model: Model) -> Condition:
    assert isinstance(value, Cases)
    test = value.items[0][0]
    return Condition(name, text, level, test, tuple(dict.fromkeys(_makers(test))), model)


def _makers(test: Expr | Part) -> Iterator[Selection]:
    """The selections that can make a condition true: none under `not`, and none whose absence is asked for."""
    if isinstance(test, Happened) and (test.often is None or test.often.op in (">=", ">", "==")):
        yield test.selection
    elif isinstance(test, And | Or | SomeOf):
        for item in test.items:
            yield from _makers(item)
