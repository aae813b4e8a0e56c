"""The graph in the language of Graphviz: `scoreline graph abm --format dot | dot -Tpng > graph.png`."""

from __future__ import annotations

from collections.abc import Iterator

from .scene import COLOURS, NAMES, Box, Scene, band_name

SHAPES = {"event": "box", "signal": "box", "disqualify": "octagon", "stage": "box3d"}


def to_dot(scene: Scene) -> str:
    """The scene as a DOT text."""
    return "\n".join(_lines(scene)) + "\n"


def _lines(scene: Scene) -> Iterator[str]:
    yield "digraph scoreline {"
    yield f'    graph [label={_quoted(scene.title)}, labelloc=t, rankdir=LR, bgcolor=white, fontname="Helvetica"];'
    yield '    node [style="filled,rounded", shape=box, fontname="Helvetica", fontsize=11];'
    yield '    edge [color="#8a94a3", arrowsize=0.6];'
    for band in scene.bands:
        yield f"    subgraph cluster_{band} {{"
        yield f'        label={_quoted(band_name(band))}; color="#d9dfe6"; fontcolor="#6a7482";'
        yield from (f"        {_node(box)}" for box in scene.boxes if box.band == band)
        yield "    }"
    for arrow in scene.forward:
        yield f"    {arrow.source} -> {arrow.target}{' [style=dashed]' if arrow.implied else ''};"
    yield "    subgraph cluster_legend {"
    yield '        label="legend"; color="#d9dfe6"; fontcolor="#6a7482";'
    for kind in scene.kinds:
        yield f"        legend_{kind} [label={_quoted(NAMES[kind])}, {_colours(kind)}];"
    yield "    }"
    yield "}"


def _node(box: Box) -> str:
    label = _quoted("\n".join((box.title, *box.lines)))
    shape = f", shape={SHAPES[box.kind]}" if box.kind in SHAPES else ""
    focus = ", penwidth=3" if box.in_focus else ""
    return f"{box.id} [label={label}, tooltip={_quoted(box.hint)}, {_colours(box.kind)}{shape}{focus}];"


def _colours(kind: str) -> str:
    colours = COLOURS[kind]  # type: ignore[index]
    return f'fillcolor="{colours.fill}", color="{colours.line}"'


def _quoted(text: str) -> str:
    """A quoted text of DOT; a line feed is `\\n` there."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
