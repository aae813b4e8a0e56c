"""The evaluation graph: from event types over signals, fields and lead results to account roll-ups and stages.

An edge goes from what is read to what reads it. The nodes are definitions of a level, not entities: a lead score
that reads an account score that reads all leads' same score is a cycle (SEMANTICS.md, decision 34).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import networkx as nx

from ..grammar.diagnostics import Diagnostic, Related, finding
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
    Model,
    OfType,
    Or,
    Score,
    Stages,
    lines,
)
from .reads import EVERY, Key, Read, Selected, reads, types_of, with_only

Ignored = IgnoreEvents | IgnoreContacts


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


def build(definitions: Sequence[Definition], ignored: Sequence[Ignored] = ()) -> nx.DiGraph[Key]:
    """The graph of the definitions and of all that they read.

    Nodes of definitions have the attributes `definition`, `span` and, for scores, `lines` (how many); edges have
    `span` (where the read is written) and `implied` (see `reads.py`).
    """
    graph: nx.DiGraph[Key] = nx.DiGraph()
    for definition in definitions:
        _add_definition(graph, definition)
    for definition in definitions:
        key = key_of(definition)
        for read in reads(definition, key.level or "lead"):
            _connect(graph, read, key)
    for item in ignored:
        _add_ignored(graph, item)
    return graph


def of_model(model: Model) -> nx.DiGraph[Key]:
    """The whole graph of a ruleset; its attribute `name` is the ruleset's."""
    graph = build(model.order, model.ignored)
    graph.graph["name"] = model.name
    return graph


def _add_definition(graph: nx.DiGraph[Key], definition: Definition) -> None:
    graph.add_node(key_of(definition), definition=definition, span=definition.span)
    if isinstance(definition, Score):
        graph.nodes[key_of(definition)]["lines"] = sum(1 for _ in lines(definition.items))


def _connect(graph: nx.DiGraph[Key], read: Read | Selected, reader: Key) -> None:
    if isinstance(read, Selected):
        for signal, types in _signals(read):
            source = signal and Key("signal", None, signal)
            for name in types:
                _edge(graph, Key("event", None, name), source or reader, read.span)
            if source:
                _edge(graph, source, reader, read.span)
        return
    for source in _resolve(graph, read.key):
        _edge(graph, source, reader, read.span, read.implied)


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


def _resolve(graph: nx.DiGraph[Key], key: Key) -> Iterable[Key]:
    if key.kind == "disqualify" and key.name == EVERY:
        return [node for node in graph if node.kind == "disqualify" and node.level == key.level]
    derived = replace(key, kind="derived")
    return [derived] if key.kind == "field" and derived in graph else [key]


def _edge(graph: nx.DiGraph[Key], source: Key, target: Key, span: Span, implied: bool = False) -> None:
    """The first place of a read stays, but one that is written beats one that is implied."""
    if not graph.has_edge(source, target) or (graph.edges[source, target]["implied"] and not implied):
        graph.add_edge(source, target, span=span, implied=implied)


def _add_ignored(graph: nx.DiGraph[Key], item: Ignored) -> None:
    """What is ignored stands before the event types that it thins out; contacts before nothing in particular.

    Ignore lines look at the data as read and never at each other, so the types that they only look at (anchors)
    are left out where the edge would close a circle.
    """
    level: Level | None = "lead" if isinstance(item, IgnoreContacts) else None
    key = Key("ignore", level, item.text.removeprefix("ignore ") or f"line {item.span.line}")
    graph.add_node(key, span=item.span)
    own = [Key("event", None, name) for name in types_of(item.test)] if isinstance(item, IgnoreEvents) else []
    for target in own:
        _edge(graph, key, target, item.span)
    for read in reads(item, "lead"):
        sources = [Key("event", None, name) for name in read.types] if isinstance(read, Selected) else [read.key]
        for source in sources:
            if not (source in graph and nx.has_path(graph, key, source)):
                _edge(graph, source, key, read.span)


# --- order and cycles -------------------------------------------------------------------------------------------


def ordered(definitions: Sequence[Definition]) -> tuple[tuple[Definition, ...], list[Diagnostic]]:
    """The definitions so that each comes after all that it reads, in file order where that is free.

    With a finding for each cycle; the order is then only as good as it can be.
    """
    positions: dict[Key, int] = {}
    for position, definition in enumerate(definitions):
        positions.setdefault(key_of(definition), position)
    graph: nx.DiGraph[Key] = nx.DiGraph(build(definitions).subgraph(positions))
    cycles = list(_cut_cycles(graph, positions))
    rank = {
        key: place for place, key in enumerate(nx.lexicographical_topological_sort(graph, key=positions.__getitem__))
    }
    return tuple(sorted(definitions, key=lambda item: rank[key_of(item)])), cycles


def _cut_cycles(graph: nx.DiGraph[Key], positions: dict[Key, int]) -> Iterator[Diagnostic]:
    """A finding for each of a set of cycles that share no edge; afterwards the graph has none."""
    for start in sorted(graph, key=positions.__getitem__):
        while cycle := _shortest_cycle(graph, start):
            yield _cycle_finding(graph, cycle)
            graph.remove_edges_from(list(_pairs(cycle)))


def _shortest_cycle(graph: nx.DiGraph[Key], start: Key) -> list[Key] | None:
    """The shortest cycle through a node, in the direction of reading: each node reads the next."""
    if graph.has_edge(start, start):
        return [start]
    paths = [
        nx.shortest_path(graph, start, source)
        for source in graph.predecessors(start)
        if nx.has_path(graph, start, source)
    ]
    shortest = min(paths, key=len, default=None)
    return None if shortest is None else [start, *reversed(shortest[1:])]


def _pairs(cycle: list[Key]) -> Iterator[tuple[Key, Key]]:
    """The edges of a cycle: (what is read, what reads it)."""
    return ((source, reader) for reader, source in zip(cycle, [*cycle[1:], cycle[0]], strict=True))


def _cycle_finding(graph: nx.DiGraph[Key], cycle: list[Key]) -> Diagnostic:
    path = " → ".join(key.words for key in [*cycle, cycle[0]])
    steps = [
        Related(graph.edges[edge]["span"], _step(*edge, implied=graph.edges[edge]["implied"])) for edge in _pairs(cycle)
    ]
    definition: Definition = graph.nodes[cycle[0]]["definition"]
    return finding(
        "G101",
        f"{cycle[0].words} needs itself: {path}",
        definition.span,
        label="cannot be worked out before itself",
        hint=_way_out(graph, cycle),
        related=tuple(steps),
    )


def _step(source: Key, reader: Key, *, implied: bool) -> str:
    if not implied:
        return f"{reader.words} reads {source.words} here"
    if reader.kind == "stage":
        return f"{reader.words} needs {source.words}: whoever is disqualified is at no other stage"
    return f"{reader.words} leaves out whom {source.words} disqualifies"


def _way_out(graph: nx.DiGraph[Key], cycle: list[Key]) -> str:
    if len(cycle) == 1:
        return "a result cannot build on its own value: put what it needs into a score or measure of its own"
    if any(graph.edges[edge]["implied"] for edge in _pairs(cycle)):
        return "let the disqualification read fields and the lead's own events only, or roll up before it"
    return "move what both need into a measure of its own, or take one of these reads out"


# --- questions ----------------------------------------------------------------------------------------------------


def upstream(graph: nx.DiGraph[Key], key: Key) -> set[Key]:
    """All that a node depends on, directly or not."""
    return set(nx.ancestors(graph, key))


def downstream(graph: nx.DiGraph[Key], key: Key) -> set[Key]:
    """All that depends on a node, directly or not."""
    return set(nx.descendants(graph, key))


def around(graph: nx.DiGraph[Key], key: Key) -> nx.DiGraph[Key]:
    """The part of the graph that a node depends on or that depends on it."""
    return nx.DiGraph(graph.subgraph({key} | upstream(graph, key) | downstream(graph, key)))


def find(graph: nx.DiGraph[Key], text: str) -> tuple[list[Key], list[str]]:
    """The nodes that a person means by a text, or else near names.

    `engagement`, `lead.engagement`, `engagement of leads`, `account.stage`, `contact.role`, `visited`.
    """
    names: dict[str, list[Key]] = {}
    for key in sorted(graph, key=str):
        for name in _names(key):
            names.setdefault(name.lower(), []).append(key)
    sought = text.strip().lower()
    if sought in names:
        return names[sought], []
    near = difflib.get_close_matches(sought, names, n=6, cutoff=0.6)
    return [], list(dict.fromkeys(key.words for name in near for key in names[name]))[:3]


def _names(key: Key) -> set[str]:
    owner = {"lead": ("lead.", "contact."), "account": ("account.",), None: ("",)}[key.level]
    return {key.name, key.words, *(prefix + key.name for prefix in owner)}


def line_graph(model: Model, line: str) -> tuple[nx.DiGraph[Key], Key] | None:
    """The graph of one line: its score with only what this line reads, and what depends on the score.

    The graph's attribute `line` is the line's id.
    """
    for score in model.order:
        if isinstance(score, Score) and (items := with_only(score.items, line)):
            alone = replace(score, items=items)
            graph = of_model(replace(model, order=tuple(alone if item is score else item for item in model.order)))
            graph.graph["line"] = line
            return around(graph, key_of(score)), key_of(score)
    return None


# --- levels ---------------------------------------------------------------------------------------------------------


def level_changes(graph: nx.DiGraph[Key]) -> dict[Key, int]:
    """For each definition the largest number of changes of level on a way to it: lead → account → lead is two."""
    found: dict[Key, int] = {}
    for key in nx.topological_sort(graph):
        if "definition" in graph.nodes[key]:
            before = [
                (found[source], source.level != key.level) for source in graph.predecessors(key) if source in found
            ]
            found[key] = max((changes + changed for changes, changed in before), default=0)
    return found


def span_of(graph: nx.DiGraph[Key], key: Key) -> Span:
    """Where a node is defined; nowhere for events, signals and fields."""
    span: Span = graph.nodes[key].get("span", NOWHERE)
    return span
