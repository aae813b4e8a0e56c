"""The evaluation graph: from event types over signals, fields and lead results to account roll-ups and stages.

It is what `links.py` has found as a graph that can be drawn, searched and parted.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

import networkx as nx

from .links import Ignored, Links, key_of, linked
from .model import Definition, Model, Score, lines
from .reads import Key, with_only

__all__ = ["around", "build", "downstream", "find", "key_of", "line_graph", "of_model", "upstream"]


def build(definitions: Sequence[Definition], ignored: Sequence[Ignored] = ()) -> nx.DiGraph[Key]:
    """The graph of the definitions and of all that they read.

    Nodes of definitions have the attributes `definition`, `span` and, for scores, `lines` (how many); edges have
    `span` (where the read is written) and `implied` (see `reads.py`).
    """
    links = linked(definitions, ignored)
    graph: nx.DiGraph[Key] = nx.DiGraph()
    for key in links.readers:
        graph.add_node(key, **_about(links, key))
    for source, readers in links.readers.items():
        for reader, link in readers.items():
            graph.add_edge(source, reader, span=link.span, implied=link.implied)
    return graph


def _about(links: Links, key: Key) -> dict[str, object]:
    """What is said of a node: of events, signals and fields nothing."""
    definition = links.definitions.get(key)
    if definition is None:
        return {"span": links.ignored[key]} if key in links.ignored else {}
    count = {"lines": sum(1 for _ in lines(definition.items))} if isinstance(definition, Score) else {}
    return {"definition": definition, "span": definition.span, **count}


def of_model(model: Model) -> nx.DiGraph[Key]:
    """The whole graph of a ruleset; its attribute `name` is the ruleset's."""
    graph = build(model.order, model.ignored)
    graph.graph["name"] = model.name
    return graph


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
