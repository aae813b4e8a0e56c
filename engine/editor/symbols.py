"""What a ruleset names, and where: fields, events, params, lists, tables, signals, results, stages and lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span
from ..layers import Texts
from ..schema import FieldType, Schema

Kind = Literal[
    "param", "list", "table", "signal", "measure", "score", "grade", "stages", "stage", "line", "group",
    "contact field", "account field", "event type", "property",
]  # fmt: skip
RESULTS: tuple[Kind, ...] = ("measure", "score", "grade")


@dataclass(frozen=True)
class Symbol:
    """A thing with a name. `span` is where the name is given, nowhere for what the language or the data bring.

    `owner` is the event type of a property, the score of a line, or the level (`lead`, `account`) of a result.
    """

    kind: Kind
    name: str
    owner: str = ""
    span: Span = NOWHERE
    node: n.Commented | None = None
    type: FieldType | None = None

    @property
    def is_field(self) -> bool:
        return self.kind in ("contact field", "account field")


class Symbols:
    """All symbols of a ruleset with those of the rulesets that it builds on; what its own files say comes first."""

    def __init__(self, texts: Texts) -> None:
        self._found: dict[tuple[str, str, str], list[Symbol]] = defaultdict(list)
        own = [file.statements for file in texts.files]
        bases = [file.statements for files in reversed(texts.bases) for file in files]
        for symbol in _of_statements(statement for statements in [*own, *bases] for statement in statements):
            self._add(symbol)
        for symbol in _of_schema(texts.manifest.schema if texts.manifest is not None else Schema()):
            self._add(symbol)

    def _add(self, symbol: Symbol) -> None:
        self._found[symbol.kind, symbol.owner, symbol.name].append(symbol)

    def __iter__(self) -> Iterator[Symbol]:
        return (symbol for found in self._found.values() for symbol in found)

    def of(self, kind: Kind, name: str, owner: str = "") -> tuple[Symbol, ...]:
        """The symbols of a kind and a name; overloaded signals are several."""
        return tuple(self._found.get((kind, owner, name), ()))

    def all(self, *kinds: Kind, owner: str | None = None) -> list[Symbol]:
        """The symbols of some kinds, each name once."""
        chosen = (
            found[0] for (kind, whose, _), found in self._found.items() if kind in kinds and owner in (None, whose)
        )
        return list(chosen)

    def result(self, name: str, level: str) -> tuple[Symbol, ...]:
        """A score, measure or grade of a level, or its stages."""
        if name == "stage":
            return self.of("stages", "stage", level)
        return tuple(symbol for kind in RESULTS for symbol in self.of(kind, name, level))

    def events(self, name: str) -> tuple[Symbol, ...]:
        """The signals of a name; else the event type."""
        return self.of("signal", name) or self.of("event type", name)


def _of_schema(schema: Schema) -> Iterator[Symbol]:
    for name, declared in schema.contact.items():
        yield Symbol("contact field", name, span=declared.span, type=declared)
    for name, declared in schema.account.items():
        yield Symbol("account field", name, span=declared.span, type=declared)
    for event_type, properties in schema.events.items():
        place = min((declared.span for declared in properties.values()), default=NOWHERE)
        yield Symbol("event type", event_type, span=place)
        for name, declared in properties.items():
            yield Symbol("property", name, event_type, declared.span, type=declared)


def _of_statements(statements: Iterable[n.Statement]) -> Iterator[Symbol]:
    for item in statements:
        match item:
            case n.ParamDef():
                yield Symbol("param", item.name, "", item.named, item)
            case n.ListDef():
                yield Symbol("list", item.name, "", item.named, item)
            case n.TableDef():
                yield Symbol("table", item.name, "", item.named, item)
            case n.SignalDef():
                yield Symbol("signal", item.name, "", item.named, item)
            case n.DeriveDef():
                kind: Kind = "account field" if item.level == "account" else "contact field"
                yield Symbol(kind, str(item.field), "", item.named, item)
            case n.MeasureDef():
                yield Symbol("measure", item.name, item.level, item.named, item)
            case n.GradeDef():
                yield Symbol("grade", item.name, item.level, item.named, item)
            case n.ScoreDef():
                yield Symbol("score", item.name, item.level, item.named, item)
                yield from _of_items(item.body.items, item.name)
            case n.StagesDef():
                yield Symbol("stages", "stage", item.level, item.span, item)
                yield from (Symbol("stage", step.name, item.level, step.span, step) for step in item.stages)
            case n.LooseItem():
                yield from _of_items((item.item,), "points")


def _of_items(items: Iterable[n.Item], score: str) -> Iterator[Symbol]:
    for item in items:
        match item:
            case n.Line(id=str() as name) | n.Otherwise(id=str() as name):
                yield Symbol("line", name, score, item.named, item)
            case n.Group():
                yield Symbol("group", item.name, score, item.named, item)
        if isinstance(item, n.Group | n.FirstOf | n.BestOf | n.When):
            yield from _of_items(item.body.items, score)
