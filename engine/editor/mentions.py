"""Which names a file mentions, and what each of them means where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .symbols import Symbol, Symbols

Row = Literal["entity", "event", "member", "record"]


@dataclass(frozen=True)
class Mention:
    """A place where something is named: the node, and the symbols that it may mean; none where it is unknown."""

    span: Span
    name: str
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True)
class Where:
    """What a bare name can be: in a rule of a level, for a row of events of some types, of members, of records."""

    level: n.Level = "lead"
    row: Row = "entity"
    types: tuple[str, ...] = ()
    points: bool = False


def mentions(file: n.File, symbols: Symbols) -> Iterator[Mention]:
    """All names in a file that stand for something; those that are being given are not among them."""
    reader = Reader(symbols)
    for statement in file.statements:
        yield from reader.statement(statement)


class Reader:
    """Finds names, and knows what they mean where they stand."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols

    def statement(self, item: n.Statement) -> Iterator[Mention]:
        match item:
            case n.SignalDef() | n.IgnoreEvents():
                yield from (found for source in item.sources for found in self.selected(source, Where()))
                types = tuple(name for source in item.sources for name in self.types(source))
                if item.where is not None:
                    yield from self.value(item.where, Where(row="event", types=types))
                if isinstance(item, n.IgnoreEvents):
                    yield from (found for piece in item.filters for found in self.value(piece, Where()))
            case n.IgnoreContacts():
                yield from self.value(item.where, Where(row="record"))
            case n.DeriveDef():
                yield from self.value(item.value, Where(item.level))
            case n.MeasureDef() | n.ScoreDef() | n.GradeDef() | n.StagesDef():
                yield from self.below(item, Where(item.level))
            case n.LooseItem():
                yield from self.value(item.item, Where())

    def below(self, node: n.Node, where: Where) -> Iterator[Mention]:
        for child in node.children():
            yield from self.value(child, where)

    def value(self, node: n.Node, where: Where) -> Iterator[Mention]:
        """The names in a value, a condition, a line or a block."""
        match node:
            case n.Name():
                yield self.mention(node, where)
            case n.Call():
                yield from self.call(node, where)
            case n.Selection():
                yield from self.selected(node.source, where)
                yield from (found for piece in node.filters for found in self.value(piece, where))
                if node.often is not None:
                    yield from self.value(node.often, self.inside(node, where))
            case n.Sequence():
                yield from self.selected(node.anchor, where)
                if node.duration is not None:
                    yield from self.value(node.duration, where)
            case n.Aggregate():
                yield from self.aggregate(node, where)
            case n.Leads():
                yield from self.below(node, replace(where, row="member"))
            case n.Line(head=n.Each() as head):
                yield from self.each(node, head, where)
            case n.PerPeriod():
                yield from self.selected(node.of, where)
            case n.Remove():
                return
            case _:
                yield from self.below(node, where)

    def each(self, line: n.Line, head: n.Each, where: Where) -> Iterator[Mention]:
        inside = self.inside(head.of, where)
        yield from self.value(head.of, where) if isinstance(head.of, n.Leads) else self.selected(head.of, where)
        for part in filter(None, (head.prop, head.often)):
            yield from self.value(part, inside)
        yield from self.value(line.effect, replace(inside, points=True))
        for modifier in line.modifiers:
            yield from self.value(modifier, inside if isinstance(modifier, n.Bound | n.AtMost) else where)

    def aggregate(self, node: n.Aggregate, where: Where) -> Iterator[Mention]:
        yield from self.value(node.of, where) if isinstance(node.of, n.Leads) else self.selected(node.of, where)
        if node.what is not None:
            yield from self.value(node.what, self.inside(node.of, where))
        yield from (found for argument in node.args for found in self.value(argument, where))

    def inside(self, of: n.Node, where: Where) -> Where:
        """Where a value stands that is asked of each lead or each event."""
        if isinstance(of, n.Leads):
            return replace(where, row="member")
        return replace(where, row="event", types=tuple(self.types(of)))

    # --- events -------------------------------------------------------------------------------------------------------

    def selected(self, node: n.Node, where: Where) -> Iterator[Mention]:
        """The names in a selection of events."""
        match node:
            case n.Name() | n.Text():
                name = str(node) if isinstance(node, n.Name) else node.value
                yield Mention(node.span, name, self.events(name))
            case n.Or():
                yield from (found for item in node.items for found in self.selected(item, where))
            case _:
                yield from self.value(node, where)

    def events(self, name: str) -> tuple[Symbol, ...]:
        return self.symbols.events(name.removeprefix("account."))

    def types(self, node: n.Node, depth: int = 0) -> Iterator[str]:
        """The event types that a selection can have."""
        match node:
            case n.Selection():
                yield from self.types(node.source, depth)
            case n.Or():
                yield from (name for item in node.items for name in self.types(item, depth))
            case n.Name() | n.Text() | n.Call():
                name = node.value if isinstance(node, n.Text) else str(node.name if isinstance(node, n.Call) else node)
                for symbol in self.events(name):
                    if isinstance(symbol.node, n.SignalDef) and depth < 20:
                        for source in symbol.node.sources:
                            if symbol.name != str(source):
                                yield from self.types(source, depth + 1)
                    elif symbol.kind == "event type":
                        yield symbol.name
                own = self.symbols.of("event type", name)
                if own and self.symbols.of("signal", name):
                    yield own[0].name

    # --- names --------------------------------------------------------------------------------------------------------

    def call(self, node: n.Call, where: Where) -> Iterator[Mention]:
        name = str(node.name)
        events = self.events(name)
        tables = self.symbols.of("table", name)
        yield Mention(node.name.span, name, tables or events)
        yield from (found for argument in node.args for found in self.value(argument, where))
        if node.where is not None:
            yield from self.value(node.where, self.inside(node, where))

    def mention(self, node: n.Name, where: Where) -> Mention:
        return Mention(node.span, str(node), self.meant(node, where))

    def meant(self, node: n.Name, where: Where) -> tuple[Symbol, ...]:
        """What a name means as a value."""
        symbols = self.symbols
        first, rest = node.parts[0], ".".join(node.parts[1:])
        if first == "contact" and rest:
            return symbols.of("contact field", rest)
        if first == "account" and rest:
            return symbols.of("account field", rest) or symbols.result(rest, "account") or symbols.events(rest)
        name = rest if first == "event" and rest else str(node)
        result = symbols.result(name, where.level)
        here: list[tuple[Symbol, ...]] = []
        if where.row == "event":
            properties = tuple(found for owner in where.types for found in symbols.of("property", name, owner))
            here = [result if where.points else (), properties]
        elif where.row == "member":
            here = [symbols.result(name, "lead"), symbols.of("contact field", name)]
        elif where.row == "record":
            here = [symbols.of("contact field", name)]
        else:
            here = [result]
        here += [symbols.of("param", name), symbols.of("list", name), symbols.of("table", name), symbols.events(name)]
        return next(filter(None, here), ())
