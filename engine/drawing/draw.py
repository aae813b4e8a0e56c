"""One way in to all drawings: what to draw of a ruleset, and in which format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import networkx as nx

from ...grammar.late_methods import dataclass
from ..graph import around, find, line_graph, of_model
from ..model import Model, Score, lines
from ..reads import Key
from ..suggest import nearest
from .as_json import to_json
from .dot import to_dot
from .mermaid import to_mermaid
from .scene import scene
from .svg import to_svg

FORMATS: Mapping[str, Callable[[nx.DiGraph[Key], Collection[Key]], str]] = {
    "mermaid": lambda graph, focus: to_mermaid(scene(graph, focus)),
    "dot": lambda graph, focus: to_dot(scene(graph, focus)),
    "svg": lambda graph, focus: to_svg(scene(graph, focus)),
    "json": to_json,
}


@dataclass(frozen=True)
class View:
    """The part of a graph that is asked for, and the nodes that it is about."""

    graph: nx.DiGraph[Key]
    focus: tuple[Key, ...] = ()


def draw(graph: nx.DiGraph[Key], fmt: str, focus: Collection[Key] = ()) -> str:
    """The graph in one of the FORMATS; nodes in focus are drawn with a thick line."""
    return FORMATS[fmt](graph, focus)


def view(model: Model, focus: str | None = None) -> tuple[View | None, list[str]]:
    """The whole graph of a ruleset, or what a name in it depends on and what depends on it.

    The name is that of a score, measure, grade, field, signal or event type, the id of a line, or `stage`. Where
    there is nothing of that name, the second part has near names.
    """
    graph = of_model(model)
    if focus is None:
        return View(graph), []
    keys, near = find(graph, focus)
    if keys:
        return View(nx.compose_all([around(graph, key) for key in keys]), tuple(keys)), []
    found = line_graph(model, focus)
    if found is not None:
        return View(found[0], (found[1],)), []
    ids = [line.id for item in model.order if isinstance(item, Score) for line in lines(item.items)]
    return None, [*near, *nearest(focus, ids)]
