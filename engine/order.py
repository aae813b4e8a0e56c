"""The order in which definitions are worked out, and the circles that leave none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from ..grammar.diagnostics import Diagnostic, Related, finding
from .links import Links, key_of, linked
from .model import Definition
from .reads import Key


def ordered(
    definitions: Sequence[Definition], links: Links | None = None
) -> tuple[tuple[Definition, ...], list[Diagnostic]]:
    """The definitions so that each comes after all that it reads, in file order where that is free.

    With a finding for each cycle; the order is then only as good as it can be. `links` are those of the definitions,
    where they are known.
    """
    positions: dict[Key, int] = {}
    for position, definition in enumerate(definitions):
        positions.setdefault(key_of(definition), position)
    links = links or linked(definitions)
    reading = {key: [source for source in links.sources[key] if source in positions] for key in positions}
    cycles = [_finding(links, cycle) for cycle in _cut_cycles(reading)]
    rank = {key: place for place, key in enumerate(_sorted(reading, positions))}
    return tuple(sorted(definitions, key=lambda item: rank[key_of(item)])), cycles


def _sorted(reading: dict[Key, list[Key]], positions: dict[Key, int]) -> Iterator[Key]:
    """Each key after all that it reads, of those that are free the first in the file; none that is in a circle."""
    readers: dict[Key, list[Key]] = {key: [] for key in reading}
    for key, sources in reading.items():
        for source in sources:
            readers[source].append(key)
    waiting = {key: len(sources) for key, sources in reading.items()}
    free = [(positions[key], key) for key, count in waiting.items() if not count]
    heapify(free)
    while free:
        _, key = heappop(free)
        yield key
        for reader in readers[key]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(free, (positions[reader], reader))


# --- cycles ---------------------------------------------------------------------------------------------------------


def _cut_cycles(reading: dict[Key, list[Key]]) -> Iterator[list[Key]]:
    """A set of cycles that share no read, each in the direction of reading; afterwards there are none."""
    in_order = {key: place for place, key in enumerate(reading)}
    free = set(_sorted(reading, in_order))
    for start in (key for key in reading if key not in free):
        while cycle := _shortest_cycle(reading, start, free):
            yield cycle
            for reader, source in _pairs(cycle):
                reading[reader].remove(source)


def _shortest_cycle(reading: dict[Key, list[Key]], start: Key, free: set[Key]) -> list[Key] | None:
    """The shortest cycle through a key, not over what is free: each key reads the next, and the last one the first."""
    came_from: dict[Key, Key] = {}
    waiting = [start]
    for key in waiting:  # it grows: the nearest first
        for source in reading[key]:
            if source == start:
                way = [key]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if source not in came_from and source not in free:
                came_from[source] = key
                waiting.append(source)
    return None


def _pairs(cycle: list[Key]) -> Iterator[tuple[Key, Key]]:
    """The links of a cycle: (what reads, what is read)."""
    return zip(cycle, [*cycle[1:], cycle[0]], strict=True)


def _finding(links: Links, cycle: list[Key]) -> Diagnostic:
    path = " → ".join(key.words for key in [*cycle, cycle[0]])
    steps = [(reader, source, links.sources[reader][source]) for reader, source in _pairs(cycle)]
    return finding(
        "G101",
        f"{cycle[0].words} needs itself: {path}",
        links.span_of(cycle[0]),
        label="cannot be worked out before itself",
        hint=_way_out(len(cycle), any(link.implied for _, _, link in steps)),
        related=tuple(Related(link.span, _step(reader, source, link.implied)) for reader, source, link in steps),
    )


def _step(reader: Key, source: Key, implied: bool) -> str:
    if not implied:
        return f"{reader.words} reads {source.words} here"
    if reader.kind == "stage":
        return f"{reader.words} needs {source.words}: whoever is disqualified is at no other stage"
    return f"{reader.words} leaves out whom {source.words} disqualifies"


def _way_out(length: int, implied: bool) -> str:
    if length == 1:
        return "a result cannot build on its own value: put what it needs into a score or measure of its own"
    if implied:
        return "let the disqualification read fields and the lead's own events only, or roll up before it"
    return "move what both need into a measure of its own, or take one of these reads out"


# --- levels ---------------------------------------------------------------------------------------------------------


def level_changes(in_order: Sequence[Definition], links: Links) -> dict[Key, int]:
    """For each definition the largest number of changes of level on a way to it: lead → account → lead is two."""
    found: dict[Key, int] = {}
    for key in map(key_of, in_order):
        before = [(found[source], source.level != key.level) for source in links.sources[key] if source in found]
        found[key] = max((changes + changed for changes, changed in before), default=0)
    return found
