"""The graph as SVG: a picture that stands alone, on a light background, with a title and a description."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .layout import LETTER, LINE, MARGIN, PAD, TITLE_LETTER, Frame, Layout, Route, Spot, layout
from .scene import COLOURS, NAMES, Scene

LEGEND_STEP = 132.0
STYLE = """
    text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
    .heading { font-size: 17px; font-weight: 600; fill: #1f2733; }
    .band { font-size: 12px; font-weight: 600; letter-spacing: .06em; fill: #6a7482; text-transform: uppercase; }
    .title { font-size: 12.5px; font-weight: 600; fill: #1f2733; }
    .detail { font-size: 11px; fill: #4c5664; }
    .arrow { fill: none; stroke-width: 1.3; stroke-opacity: .62; }
    .implied { stroke-dasharray: 3 4; stroke-opacity: .45; }
"""


def to_svg(scene: Scene) -> str:
    """The scene as an SVG document."""
    plan = layout(scene)
    legend = len(scene.kinds) * LEGEND_STEP + MARGIN
    width = max(plan.width, legend, len(scene.title) * 10 + 2 * MARGIN)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" '
            f'viewBox="0 0 {width:.0f} {plan.height:.0f}" width="{width:.0f}" height="{plan.height:.0f}">',
            f'  <title id="title">{escape(scene.title)}</title>',
            f'  <desc id="description">{escape(_description(scene))}</desc>',
            f"  <style>{STYLE}  </style>",
            *_markers(scene),
            '  <rect width="100%" height="100%" fill="#ffffff"/>',
            f'  <text class="heading" x="{MARGIN:.0f}" y="30">{escape(scene.title)}</text>',
            *_legend(scene),
            *(line for frame in plan.frames for line in _frame(frame, plan)),
            *(_arrow(route) for route in sorted(plan.routes, key=lambda route: not route.implied)),
            *(line for spot in plan.spots for line in _box(spot)),
            "</svg>",
            "",
        ]
    )


def _description(scene: Scene) -> str:
    counts = [(kind, sum(1 for box in scene.boxes if box.kind == kind)) for kind in scene.kinds]
    listed = ", ".join(f"{count} {NAMES[kind]}" for kind, count in counts)
    return f"What each rule reads, from the data on the left to the stages on the right: {listed}."


def _markers(scene: Scene) -> Iterator[str]:
    yield "  <defs>"
    for kind in scene.kinds:
        yield (
            f'    <marker id="tip-{kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path d="M0 .8 8 4 0 7.2z" fill="{COLOURS[kind].line}" fill-opacity=".8"/></marker>'
        )
    yield "  </defs>"


def _legend(scene: Scene) -> Iterator[str]:
    for index, kind in enumerate(scene.kinds):
        x = MARGIN + index * LEGEND_STEP
        colours = COLOURS[kind]
        yield (
            f'  <rect x="{x:.0f}" y="43" width="14" height="14" rx="3" fill="{colours.fill}" stroke="{colours.line}"/>'
            f'<text class="detail" x="{x + 20:.0f}" y="54">{NAMES[kind]}</text>'
        )


def _frame(frame: Frame, plan: Layout) -> Iterator[str]:
    yield (
        f'  <rect x="{frame.x:.1f}" y="68" width="{frame.width:.1f}" height="{plan.height - 78:.1f}" rx="8" '
        f'fill="#f7f9fb" stroke="#e3e8ee"/>'
    )
    yield f'  <text class="band" x="{frame.x + 14:.1f}" y="85">{escape(frame.name)}</text>'


def _arrow(route: Route) -> str:
    """A line that leaves and arrives level, and runs level along its way points."""
    (x, y), *rest = route.points
    path = f"M{x:.1f} {y:.1f}"
    for index, (to_x, to_y) in enumerate(rest):
        if index % 2 == 0:
            bend = (to_x - x) / 2
            path += f" C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        else:
            path += f" L{to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    kind = route.source.kind
    style = "arrow implied" if route.implied else "arrow"
    words = escape(f"{route.source.title} → {route.target.title}")
    return (
        f'  <path class="{style}" d="{path}" stroke="{COLOURS[kind].line}" marker-end="url(#tip-{kind})">'
        f"<title>{words}</title></path>"
    )


def _box(spot: Spot) -> Iterator[str]:
    box = spot.box
    if box is None:
        return
    colours = COLOURS[box.kind]
    stroke = 3 if box.in_focus else 1.2
    yield f"  <g><title>{escape(box.hint)}</title>"
    yield (
        f'    <rect x="{spot.x:.1f}" y="{spot.y:.1f}" width="{spot.width:.1f}" height="{spot.height:.1f}" rx="5" '
        f'fill="{colours.fill}" stroke="{colours.line}" stroke-width="{stroke}"/>'
    )
    room = spot.width - 2 * PAD
    baseline = spot.y + PAD / 2 + LINE - 3
    yield _text("title", spot.x + PAD, baseline, box.title, round(room / TITLE_LETTER))
    for index, line in enumerate(box.lines, 1):
        yield _text("detail", spot.x + PAD, baseline + index * LINE, line, round(room / LETTER))
    yield "  </g>"


def _text(style: str, x: float, y: float, text: str, most: int) -> str:
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return f'    <text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(shown)}</text>'
