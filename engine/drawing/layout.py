"""Where boxes and arrows go: columns from left to right, few crossings, arrows that pass between the boxes.

The usual layered drawing: each box has a column behind all that it reads; an arrow over several columns gets a way
point in each of them, shared by all arrows from one box; the order in the columns is settled by barycentres, the
heights by moving boxes towards their neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field

from ...grammar.late_methods import dataclass
from .scene import Box, Scene, band_name

LETTER, TITLE_LETTER = 6.7, 8.0
LINE, PAD = 14.0, 9.0
NARROWEST, WIDEST = 96.0, 250.0
GAP_X, GAP_Y, THREAD = 58.0, 12.0, 7.0
MARGIN, HEAD = 24.0, 96.0
SWEEPS = 24


@dataclass
class Spot:
    """A box, or a way point (`box` is None), in a column."""

    box: Box | None
    column: int
    width: float = 0.0
    height: float = THREAD
    x: float = 0.0
    y: float = 0.0
    before: list[Spot] = field(default_factory=list)
    after: list[Spot] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Route:
    """The points of an arrow from box to box; between way points it runs level."""

    source: Box
    target: Box
    points: tuple[tuple[float, float], ...]
    implied: bool


@dataclass(frozen=True)
class Frame:
    """A band of columns with its heading."""

    name: str
    x: float
    width: float


@dataclass(frozen=True)
class Layout:
    """A drawing in numbers."""

    spots: tuple[Spot, ...]
    routes: tuple[Route, ...]
    frames: tuple[Frame, ...]
    width: float
    height: float


def layout(scene: Scene) -> Layout:
    """Places everything that a scene shows."""
    columns = _columns(scene)
    spots = {box.id: _spot(box, columns[box.id]) for box in scene.boxes}
    ways = _ways(scene, spots)
    rows = _rows([*spots.values(), *(spot for way in ways.values() for spot in way)])
    _order(rows)
    _place(rows)
    boxes = tuple(spots.values())
    routes = tuple(_routes(scene, spots, ways))
    width = max((spot.x + spot.width for spot in boxes), default=0) + MARGIN
    height = max((spot.y + spot.height for row in rows for spot in row), default=HEAD) + MARGIN
    return Layout(boxes, routes, tuple(_frames(scene, boxes)), width, height)


# --- columns ------------------------------------------------------------------------


def _columns(scene: Scene) -> dict[str, int]:
    """A column for each box: bands one after the other, within a band behind what it reads there."""
    sources = defaultdict(list)
    for arrow in scene.arrows:
        sources[arrow.target].append(arrow.source)
    by_id = {box.id: box for box in scene.boxes}
    columns: dict[str, int] = {}
    start = 0
    for band in scene.bands:
        members = [box for box in scene.boxes if box.band == band]
        for box in members:
            _depth(box, sources, by_id, columns, start)
        start = max(columns[box.id] for box in members) + 1
    return columns


def _depth(box: Box, sources: dict[str, list[str]], by_id: dict[str, Box], columns: dict[str, int], start: int) -> int:
    if box.id not in columns:
        columns[box.id] = start  # for the time being: boxes that were drawn together may read each other
        same = [by_id[name] for name in sources[box.id] if by_id[name].band == box.band and name != box.id]
        columns[box.id] = max((_depth(other, sources, by_id, columns, start) + 1 for other in same), default=start)
    return columns[box.id]


def _spot(box: Box, column: int) -> Spot:
    widest = max([len(box.title) * TITLE_LETTER, *(len(line) * LETTER for line in box.lines)])
    width = min(WIDEST, max(NARROWEST, widest + 2 * PAD))
    return Spot(box, column, width, LINE * (1 + len(box.lines)) + PAD)


def _ways(scene: Scene, spots: dict[str, Spot]) -> dict[str, list[Spot]]:
    """For each box the way points of its arrows, one in each column that they cross; joins neighbours."""
    farthest = {name: spot.column for name, spot in spots.items()}
    for arrow in scene.arrows:
        farthest[arrow.source] = max(farthest[arrow.source], spots[arrow.target].column - 1)
    ways: dict[str, list[Spot]] = {}
    for name, spot in spots.items():
        ways[name] = [Spot(None, column) for column in range(spot.column + 1, farthest[name] + 1)]
        for one, two in zip([spot, *ways[name]], ways[name], strict=False):
            _join(one, two)
    for arrow in scene.arrows:
        source, target = spots[arrow.source], spots[arrow.target]
        steps = [source, *ways[arrow.source]]
        if target.column > source.column:
            _join(steps[target.column - source.column - 1], target)
    return ways


def _join(one: Spot, two: Spot) -> None:
    one.after.append(two)
    two.before.append(one)


# --- order in the columns -----------------------------------------------------------


def _rows(spots: list[Spot]) -> list[list[Spot]]:
    rows: list[list[Spot]] = [[] for _ in range(max((spot.column for spot in spots), default=-1) + 1)]
    for spot in spots:
        rows[spot.column].append(spot)
    return rows


def _order(rows: list[list[Spot]]) -> None:
    """Sorts each column by the mean place of its neighbours, sweeping to and fro; keeps the best order seen."""
    best, least = [list(row) for row in rows], _crossings(rows)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for row in rows if forward else reversed(rows):
            places = {id(spot): place for column in rows for place, spot in enumerate(column)}
            row.sort(key=lambda spot: _mean(spot, spot.before if forward else spot.after, places))
        found = _crossings(rows)
        if found < least:
            best, least = [list(row) for row in rows], found
    for row, order in zip(rows, best, strict=True):
        row[:] = order


def _mean(spot: Spot, neighbours: list[Spot], places: dict[int, int]) -> float:
    if not neighbours:
        return float(places[id(spot)])
    return sum(places[id(other)] for other in neighbours) / len(neighbours)


def _crossings(rows: list[list[Spot]]) -> int:
    """How many pairs of arrows cross between neighbouring columns."""
    count = 0
    for row in rows:
        places = {id(spot): place for column in rows for place, spot in enumerate(column)}
        ends = [(place, places[id(other)]) for place, spot in enumerate(row) for other in spot.after]
        ends.sort()
        for index, (_, end) in enumerate(ends):
            count += sum(1 for start, other in ends[index + 1 :] if other < end and start > ends[index][0])
    return count


# --- heights and widths -------------------------------------------------------------


def _place(rows: list[list[Spot]]) -> None:
    """Columns from left to right; in each the boxes move towards their neighbours as far as the order lets them."""
    x = MARGIN
    for row in rows:
        width = max((spot.width for spot in row), default=NARROWEST) or NARROWEST
        for spot in row:
            spot.x, spot.width = x, width
        x += width + GAP_X
        _stack(row, [0.0] * len(row))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            _stack(row, [_wish(spot) for spot in row])
    top = min((spot.y for row in rows for spot in row), default=0.0)
    for row in rows:
        for spot in row:
            spot.y += HEAD - top


def _wish(spot: Spot) -> float:
    """Where a spot would like to begin: level with the mean of its neighbours."""
    around = [*spot.before, *spot.after]
    if not around:
        return spot.y
    return sum(other.middle for other in around) / len(around) - spot.height / 2


def _stack(row: list[Spot], wishes: list[float]) -> None:
    """Keeps the order and the gaps; groups of spots that push each other share the shift (isotonic regression)."""
    offsets, at = [], 0.0
    for index, spot in enumerate(row):
        offsets.append(at)
        following = row[index + 1] if index + 1 < len(row) else spot
        at += spot.height + (GAP_Y if spot.box or following.box else THREAD)
    groups: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        groups.append((wish - offset, 1))
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            (mean, count), (before, size) = groups.pop(), groups.pop()
            groups.append(((mean * count + before * size) / (count + size), count + size))
    shifts = [mean for mean, count in groups for _ in range(count)]
    for spot, offset, shift in zip(row, offsets, shifts, strict=True):
        spot.y = offset + shift


# --- arrows and frames ----------------------------------------------------------------


def _routes(scene: Scene, spots: dict[str, Spot], ways: dict[str, list[Spot]]) -> list[Route]:
    routes = []
    for arrow in scene.arrows:
        source, target = spots[arrow.source], spots[arrow.target]
        assert source.box is not None and target.box is not None
        if target.column > source.column:
            between = ways[arrow.source][: target.column - source.column - 1]
            points = [(source.x + source.width, source.middle)]
            points += [end for way in between for end in ((way.x, way.middle), (way.x + way.width, way.middle))]
            points.append((target.x, target.middle))
        else:  # back to the left, or within a column
            points = [(source.x, source.middle), (target.x + target.width, target.middle)]
        routes.append(Route(source.box, target.box, tuple(points), arrow.implied))
    return routes


def _frames(scene: Scene, spots: tuple[Spot, ...]) -> list[Frame]:
    frames = []
    for band in scene.bands:
        members = [spot for spot in spots if spot.box is not None and spot.box.band == band]
        left = min(spot.x for spot in members)
        right = max(spot.x + spot.width for spot in members)
        frames.append(Frame(band_name(band), left - 14, right - left + 28))
    return frames
