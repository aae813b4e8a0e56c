"""The graph as JSON, for other programs. Every node and edge, nothing merged:

    {"graph": "abm",
     "nodes": [{"id": "score:lead:engagement", "kind": "score", "level": "lead", "name": "engagement",
                "words": "engagement of leads", "lines": 12, "file": "lead.rules", "line": 5, "in_focus": false}],
     "edges": [{"from": "signal:visited", "to": "score:lead:engagement", "implied": false,
                "file": "lead.rules", "line": 6}]}

An edge goes from what is read to what reads it; `file` and `line` say where (null where nothing is written: event
types and fields). `lines` is there for scores. `implied` edges are not written but follow from the meaning: whoever
rolls leads up leaves out those who are disqualified.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import networkx as nx

from ...grammar.source import NOWHERE, Span
from ..reads import Key


def to_json(graph: nx.DiGraph[Key], focus: Collection[Key] = ()) -> str:
    """The graph as a JSON text."""
    document = {
        "graph": graph.graph.get("name"),
        "nodes": [_node(graph, key, key in focus) for key in graph],
        "edges": [_edge(source, target, data) for source, target, data in graph.edges(data=True)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def key_id(key: Key) -> str:
    """`score:lead:engagement`, `event:page_view`."""
    return ":".join([key.kind, *([key.level] if key.level else []), key.name])


def _node(graph: nx.DiGraph[Key], key: Key, in_focus: bool) -> dict[str, Any]:
    data = graph.nodes[key]
    lines = {"lines": data["lines"]} if "lines" in data else {}
    place = _place(data.get("span", NOWHERE))
    names = {"id": key_id(key), "kind": key.kind, "level": key.level, "name": key.name, "words": key.words}
    return {**names, **lines, **place, "in_focus": in_focus}


def _edge(source: Key, target: Key, data: dict[str, Any]) -> dict[str, Any]:
    ends = {"from": key_id(source), "to": key_id(target), "implied": data["implied"]}
    return {**ends, **_place(data["span"])}


def _place(span: Span) -> dict[str, Any]:
    return {"file": span.path or None, "line": span.line or None}
