"""Where lines and blocks stand: what moved between scores and groups, and what changed its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .changes import Facet
from .matching import Pairs
from .meaning import turns
from .things import Item, Thing

WHOLES = ("score", "group", "block", "ladder", "reasons")
"""Things that have parts in an order."""


def place_facets(was: Thing, now: Thing, pairs: Pairs) -> Iterator[Facet]:
    """That an item stands in another score or block than before."""
    if not isinstance(was, Item) or not isinstance(now, Item) or was.parent is None:
        return
    if pairs.get(was.parent) is not now.parent:
        before, after = _path(was), _path(now)
        yield Facet("place", before, after if after != before else f"another one: {after}")


def _path(item: Item) -> str:
    return " › ".join(_block_name(thing) for thing in item.path())


def _block_name(thing: Thing) -> str:
    return f"group {thing.name}" if thing.what == "group" else thing.name


def order_facets(was: Thing, now: Thing, pairs: Pairs, old: Sequence[Thing], new: Sequence[Thing]) -> Iterator[Facet]:
    """That the parts of something stand in another order, where the order counts."""
    if now.what not in WHOLES:
        return
    parts = {pairs[item]: item for item in old if item in pairs and _is_part(item, was) and _is_part(pairs[item], now)}
    for common in _in_order(now, [item for item in new if item in parts]):
        before = [item for item in parts if item in common]
        if before != common:
            yield Facet("order", _names(parts[item] for item in before), _names(common))


def _is_part(item: Thing, whole: Thing) -> bool:
    if whole.what == "ladder":
        return item.what == "stage" and item.key[0] == whole.key[0]
    if whole.what == "reasons":
        node = item.node if item.what == "line" else None
        return node is not None and (node.kind, node.level) == ("disqualify", whole.key[0])
    return isinstance(item, Item) and item.parent is whole


def _in_order(whole: Thing, parts: Sequence[Thing]) -> Iterator[list[Thing]]:
    """The parts whose order counts, apart where it does not count between them: what is added up may come in any."""
    if whole.what in ("ladder", "reasons") or whole.name in ("first of", "best of"):
        yield list(parts)
        return
    models = {id(item.model): item for item in parts if isinstance(item, Item) and item.model is not None}
    for turn in turns(item.model for item in parts if isinstance(item, Item) and item.model is not None):
        yield [models[id(model)] for model in turn]


def _names(items: Iterable[Thing]) -> str:
    return ", ".join(item.name for item in items)
