"""The graph as it is drawn: boxes with names and details, arrows, and bands from the data to the last results.

The `disqualify` lines of a level are drawn as one box, because everything that rolls leads up reads all of them.
"""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx

from ...grammar.late_methods import dataclass
from ..lints.words import number
from ..model import Derived, Grade, Measure, Score, Stages, lines
from ..reads import Key, Kind

NAMES: dict[Kind, str] = {
    "ignore": "ignored",
    "event": "event type",
    "field": "field",
    "signal": "signal",
    "derived": "derived field",
    "measure": "measure",
    "score": "score",
    "grade": "grade",
    "disqualify": "disqualification",
    "stage": "stages",
}
BANDS = ("ignored", "data", "signals")
LEVELS = ("leads", "accounts")


@dataclass(frozen=True)
class Colours:
    """The fill and the line of one kind of box, on a light background."""

    fill: str
    line: str


COLOURS: dict[Kind, Colours] = {
    "ignore": Colours("#eeeeee", "#7b7b7b"),
    "event": Colours("#e7eefa", "#5b7db8"),
    "field": Colours("#f4f1e6", "#978649"),
    "signal": Colours("#e2f3ea", "#3d8f6a"),
    "derived": Colours("#fbf2d2", "#b58a12"),
    "measure": Colours("#ece7fa", "#7560c2"),
    "score": Colours("#fde7d6", "#cf6a1f"),
    "grade": Colours("#fbe2ee", "#bb4a86"),
    "disqualify": Colours("#fbe0df", "#b93a36"),
    "stage": Colours("#d8f0f2", "#1f8290"),
}


@dataclass(frozen=True)
class Box:
    """A node as it is drawn; `lines` are the texts below its title, `hint` is all that is to be said of it."""

    id: str
    kind: Kind
    band: int
    title: str
    lines: tuple[str, ...] = ()
    hint: str = ""
    in_focus: bool = False


@dataclass(frozen=True)
class Arrow:
    """From what is read to what reads it; an implied one is drawn lightly."""

    source: str
    target: str
    implied: bool = False


@dataclass(frozen=True)
class Scene:
    """All that a drawing shows, in a stable order."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    @property
    def bands(self) -> list[int]:
        """The bands that have boxes, from left to right."""
        return sorted({box.band for box in self.boxes})

    @property
    def forward(self) -> list[Arrow]:
        """The arrows that lead on: without those back to what is ignored, for layouts that would be torn apart."""
        bands = {box.id: box.band for box in self.boxes}
        return [arrow for arrow in self.arrows if bands[arrow.source] <= bands[arrow.target]]

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that occur, for the legend."""
        present = {box.kind for box in self.boxes}
        return [kind for kind in NAMES if kind in present]


def band_name(band: int) -> str:
    """The heading of a band: data, signals, leads, accounts, leads again …

    >>> [band_name(band) for band in range(6)]
    ['ignored', 'data', 'signals', 'leads', 'accounts', 'leads again']
    """
    if band < len(BANDS):
        return BANDS[band]
    turn, level = divmod(band - len(BANDS), len(LEVELS))
    return LEVELS[level] + (" again" if turn else "")


def scene(graph: nx.DiGraph[Key], focus: Collection[Key] = ()) -> Scene:
    """The boxes and arrows of a graph."""
    names = {key: f"n{number}" for number, key in enumerate(_merged(graph))}
    bands = _bands(graph)
    boxes = [_box(graph, key, keys, names[key], bands, focus) for key, keys in _merged(graph).items()]
    first = {key: names[head] for head, keys in _merged(graph).items() for key in keys}
    arrows: dict[tuple[str, str], bool] = {}
    for source, target, edge in graph.edges(data=True):
        ends = (first[source], first[target])
        if ends[0] != ends[1]:
            arrows[ends] = arrows.get(ends, True) and bool(edge["implied"])
    return Scene(
        _title(graph, focus),
        tuple(boxes),
        tuple(Arrow(source, target, implied) for (source, target), implied in arrows.items()),
    )


def _title(graph: nx.DiGraph[Key], focus: Collection[Key]) -> str:
    name = graph.graph.get("name")
    line = graph.graph.get("line")
    about = f": line {line}" if line else f": {', '.join(key.words for key in focus)}" if focus else ""
    return f"Evaluation graph of {name}{about}" if name else f"Evaluation graph{about}"


def _merged(graph: nx.DiGraph[Key]) -> dict[Key, list[Key]]:
    """The keys that get a box, each with those drawn in it."""
    heads: dict[object, Key] = {}
    merged: dict[Key, list[Key]] = {}
    for key in graph:
        group = (key.kind, key.level) if key.kind == "disqualify" else key
        head = heads.setdefault(group, key)
        merged.setdefault(head, []).append(key)
    return merged


def _bands(graph: nx.DiGraph[Key]) -> dict[Key, int]:
    """What is ignored, data, signals, then leads and accounts in turn: a result stands in the first band of its level
    that is not left of anything that it reads."""
    bands: dict[Key, int] = {}
    for key in nx.topological_sort(graph):
        if key.kind == "ignore":
            bands[key] = 0
        elif key.kind in ("event", "field"):
            bands[key] = 1
        elif key.kind == "signal":
            bands[key] = 2
        else:
            level = len(BANDS) + (0 if key.level == "lead" else 1)
            least = max((bands[source] for source in graph.predecessors(key)), default=0)
            bands[key] = level if level >= least else level + 2 * ((least - level + 1) // 2)
    return bands


def _box(
    graph: nx.DiGraph[Key], key: Key, keys: list[Key], name: str, bands: dict[Key, int], focus: Collection[Key]
) -> Box:
    band = max(bands[item] for item in keys)
    if key.kind == "disqualify":
        reasons = [graph.nodes[item]["definition"].reason for item in keys]
        hint = f"disqualifications of {key.level}s: {', '.join(item.name for item in keys)}"
        return Box(name, key.kind, band, "disqualified", _wrapped(reasons), hint, any(item in focus for item in keys))
    if key.kind == "ignore":
        what, _, rest = key.name.partition(" ")
        return Box(name, key.kind, band, what, (rest,) if rest else (), f"ignore {key.name}", key in focus)
    title = "stage" if key.kind == "stage" else key.words if key.kind in ("field", "derived") else key.name
    details = _details(graph.nodes[key].get("definition"))
    hint = f"stages of {key.level}s" if key.kind == "stage" else f"{NAMES[key.kind]} {key.words}"
    return Box(name, key.kind, band, title, details, hint, key in focus)


def _details(definition: object) -> tuple[str, ...]:
    match definition:
        case Score():
            count = sum(1 for _ in lines(definition.items))
            return (f"score, {count} line{'' if count == 1 else 's'}{_range(definition)}",)
        case Grade(axes=axes):
            return (f"grade, {len(axes)} ax{'is' if len(axes) == 1 else 'es'}",)
        case Stages(stages=stages):
            return _wrapped([stage.name for stage in stages], " → ")
        case Measure():
            return ("measure",)
        case Derived():
            return ("derived",)
    return ()


def _range(score: Score) -> str:
    if score.low is None and score.high is None:
        return ""
    ends = ("" if end is None else number(end) for end in (score.low, score.high))
    return ", " + "..".join(ends)


def _wrapped(words: list[str], between: str = ", ", width: int = 30) -> tuple[str, ...]:
    """The words in lines of about that width."""
    rows = [""]
    for index, word in enumerate(words):
        piece = word + (between.rstrip() if index < len(words) - 1 else "")
        if rows[-1] and len(rows[-1]) + len(piece) + 1 > width:
            rows.append(piece)
        else:
            rows[-1] = f"{rows[-1]} {piece}".strip()
    return tuple(rows)
