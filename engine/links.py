"""What reads what in a ruleset: the definitions of levels, and the events, signals and fields below them.

A link goes from what is read to what reads it. The nodes are definitions, not entities: a lead score that reads an
account score that reads all leads' same score is a cycle (SEMANTICS.md, decision 34). Plain dictionaries, because
every compile needs them; `graph.py` makes the graph of them that is drawn and asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level, SignalDef
from ..grammar.source import NOWHERE, Span
from .model import (
    And,
    Definition,
    Derived,
    Disqualification,
    Expr,
    Grade,
    IgnoreContacts,
    IgnoreEvents,
    Measure,
    OfType,
    Or,
    Score,
    Stages,
)
from .reads import EVERY, Key, Selected, reads, types_of

Ignored = IgnoreEvents | IgnoreContacts
LEVELS: tuple[Level, ...] = ("lead", "account")


def key_of(definition: Definition) -> Key:
    """The node of a definition."""
    match definition:
        case Derived():
            return Key("derived", "lead" if definition.level == "contact" else "account", definition.name)
        case Measure():
            return Key("measure", definition.level, definition.name)
        case Score():
            return Key("score", definition.level, definition.name)
        case Grade():
            return Key("grade", definition.level, definition.name)
        case Disqualification():
            return Key("disqualify", definition.level, definition.id)
        case Stages():
            return Key("stage", definition.level, "stage")


class Link(NamedTuple):
    """Where a read is written. `implied`: nobody wrote it, the meaning of the place asks for it."""

    span: Span
    implied: bool = False


@dataclass
class Links:
    """All nodes, and by what is read all that reads it, and the other way round.

    `definitions` are those of the nodes that have one, `ignored` the places of the lines that ignore data.
    """

    readers: dict[Key, dict[Key, Link]] = field(default_factory=dict)
    sources: dict[Key, dict[Key, Link]] = field(default_factory=dict)
    definitions: dict[Key, Definition] = field(default_factory=dict)
    ignored: dict[Key, Span] = field(default_factory=dict)

    def add(self, key: Key) -> None:
        """A node, if it is not there yet."""
        if key not in self.readers:
            self.readers[key] = {}
            self.sources[key] = {}

    def connect(self, source: Key, reader: Key, span: Span, implied: bool = False) -> None:
        """The first place of a read stays, but one that is written beats one that is implied."""
        self.add(source)
        self.add(reader)
        before = self.readers[source].get(reader)
        if before is None or (before.implied and not implied):
            self.readers[source][reader] = self.sources[reader][source] = Link(span, implied)

    def leads_to(self, source: Key, target: Key) -> bool:
        """Whether the target reads the source, directly or not."""
        waiting, seen = [source], {source}
        while waiting:
            key = waiting.pop()
            if key == target:
                return True
            new = [reader for reader in self.readers.get(key, ()) if reader not in seen]
            seen.update(new)
            waiting += new
        return False

    def span_of(self, key: Key) -> Span:
        """Where a node is defined; nowhere for events, signals and fields."""
        definition = self.definitions.get(key)
        return self.ignored.get(key, NOWHERE) if definition is None else definition.span


def upstream(definitions: Sequence[Definition], wanted: Collection[Definition]) -> tuple[Definition, ...]:
    """Some of the definitions and all that they hang on, directly or not, in the order of all."""
    links = linked(definitions)
    found = {key_of(definition) for definition in wanted}
    waiting = [*found]
    while waiting:
        new = [source for source in links.sources[waiting.pop()] if source not in found]
        found.update(new)
        waiting += new
    return tuple(definition for definition in definitions if key_of(definition) in found)


def linked(definitions: Sequence[Definition], ignored: Sequence[Ignored] = ()) -> Links:
    """The definitions with all that they read."""
    links = Links()
    for definition in definitions:
        links.add(key_of(definition))
        links.definitions[key_of(definition)] = definition
    everybody = {level: [key for key in links.readers if key[:2] == ("disqualify", level)] for level in LEVELS}
    for definition in definitions:
        _connect(links, definition, everybody)
    for item in ignored:
        _add_ignored(links, item)
    return links


def _connect(links: Links, definition: Definition, everybody: Mapping[Level, Sequence[Key]]) -> None:
    """Links to a definition from all that it reads; `everybody` are the disqualifications of each level."""
    reader = key_of(definition)
    known: set[tuple[Level, bool]] = set()
    for read in reads(definition, reader.level or "lead"):
        if isinstance(read, Selected):
            _connect_events(links, read, reader)
        elif read.key.name == EVERY and read.key.level is not None and read.key.kind == "disqualify":
            if (read.key.level, read.implied) not in known:  # they may be many, and so may be the lines that read them
                known.add((read.key.level, read.implied))
                for key in everybody[read.key.level]:
                    links.connect(key, reader, read.span, read.implied)
        else:
            links.connect(_source(links, read.key), reader, read.span, read.implied)


def _source(links: Links, key: Key) -> Key:
    """What is read under a key: a field that rules derive is theirs."""
    derived = key._replace(kind="derived")
    return derived if key.kind == "field" and derived in links.readers else key


def _connect_events(links: Links, read: Selected, reader: Key) -> None:
    for signal, types in _signals(read):
        source = Key("signal", None, signal) if signal else None
        for name in types:
            links.connect(Key("event", None, name), source or reader, read.span)
        if source:
            links.connect(source, reader, read.span)


def _signals(read: Selected) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The signals of a selection, each with its event types; '' for types that are named without a signal.

    Of `(visited or attended) within 30 days` the sides are told apart; where they cannot be, each signal gets all.
    """
    signals = tuple(dict.fromkeys(read.selection.signals))
    sides = _sides(read.selection.test)
    direct = [side for side in sides if _is_type(side)] if signals else []
    named = [side for side in sides if side not in direct]
    yield from (("", tuple(types_of(side))) for side in direct)
    if len(named) == len(signals):
        yield from ((name, tuple(types_of(side))) for name, side in zip(signals, named, strict=True))
    else:
        yield from ((name, read.types) for name in signals or ("",))


def _sides(test: Expr) -> tuple[Expr, ...]:
    """The sides of the `or` that joins selections, at the head of a test; one inside a signal is the signal's own."""
    head = test.items[0] if isinstance(test, And) and test.items else test
    return head.items if isinstance(head, Or) and not isinstance(head.origin, SignalDef) else (test,)


def _is_type(test: Expr) -> bool:
    """Whether a side is an event type by its own name, not by that of a signal."""
    return isinstance(test, OfType) and test.origin is not None and not isinstance(test.origin, SignalDef)


def _add_ignored(links: Links, item: Ignored) -> None:
    """What is ignored stands before the event types that it thins out; contacts before nothing in particular.

    Ignore lines look at the data as read and never at each other, so the types that they only look at (anchors)
    are left out where the link would close a circle.
    """
    level: Level | None = "lead" if isinstance(item, IgnoreContacts) else None
    key = Key("ignore", level, item.text.removeprefix("ignore ") or f"line {item.span.line}")
    links.add(key)
    links.ignored[key] = item.span
    for name in types_of(item.test) if isinstance(item, IgnoreEvents) else ():
        links.connect(key, Key("event", None, name), item.span)
    for read in reads(item, "lead"):
        sources = [Key("event", None, name) for name in read.types] if isinstance(read, Selected) else [read.key]
        for source in sources:
            if not links.leads_to(key, source):
                links.connect(source, key, read.span)
