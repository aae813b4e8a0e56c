"""The graph as a Mermaid flow chart, which GitHub and GitLab draw inside Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from .scene import COLOURS, NAMES, Box, Scene, band_name

SHAPES = {"event": ("([", "])"), "signal": ("(", ")"), "disqualify": ("{{", "}}"), "stage": ("[[", "]]")}


def to_mermaid(scene: Scene) -> str:
    """The scene as a Mermaid text."""
    return "\n".join(_lines(scene)) + "\n"


def _lines(scene: Scene) -> Iterator[str]:
    yield "---"
    yield f"title: {_quoted(scene.title)}"
    yield "---"
    yield "flowchart LR"
    for band in scene.bands:
        yield f'    subgraph band{band}["{band_name(band)}"]'
        yield from (f"        {_node(box)}" for box in scene.boxes if box.band == band)
        yield "    end"
    yield from (f"    {arrow.source} {'-.->' if arrow.implied else '-->'} {arrow.target}" for arrow in scene.forward)
    yield '    subgraph legend["legend"]'
    yield "        direction LR"
    yield from (f'        legend_{kind}["{NAMES[kind]}"]:::{kind}' for kind in scene.kinds)
    yield "    end"
    for kind in scene.kinds:
        yield f"    classDef {kind} fill:{COLOURS[kind].fill},stroke:{COLOURS[kind].line},color:#1f2733"
    frames = [*(f"band{band}" for band in scene.bands), "legend"]
    yield from (f"    style {frame} fill:#f7f9fb,stroke:#e3e8ee,color:#6a7482" for frame in frames)
    focused = [box.id for box in scene.boxes if box.in_focus]
    if focused:
        yield "    classDef focus stroke-width:4px"
        yield f"    class {','.join(focused)} focus"


def _node(box: Box) -> str:
    opening, closing = SHAPES.get(box.kind, ("[", "]"))
    label = "<br/>".join(_escaped(line) for line in (box.title, *box.lines))
    return f'{box.id}{opening}"{label}"{closing}:::{box.kind}'


def _escaped(text: str) -> str:
    """Characters that mean something to Mermaid or to HTML, as its entity codes."""
    return "".join(f"#{ord(letter)};" if letter in '"#<>&`;\\[](){}|' else letter for letter in text)


def _quoted(text: str) -> str:
    """A text of YAML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
