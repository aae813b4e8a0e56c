"""Which thing of the old ruleset is which of the new one: by name and id, then by text, then by likeness."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Iterable, Sequence

from .things import Item, Thing, What

LIKE = 0.6
"""How much of two texts must be the same for them to be versions of one line."""

MOST_COMPARED = 100_000
"""How many pairs of texts are compared for their likeness."""

Pairs = dict[Thing, Thing]
"""Things of the old ruleset with those of the new one."""


def match(old: Sequence[Thing], new: Sequence[Thing]) -> Pairs:
    """Each thing of the old ruleset that is still there, in whatever form, with what it is now."""
    pairs: Pairs = {}
    _by(pairs, old, new, _name)
    lines = _only(old, "line"), _only(new, "line")
    for key in (_text_in_score, _text, _meaning_in_score, _condition_in_score):
        _by(pairs, lines[0], lines[1], key)
    _by_likeness(pairs, lines[0], lines[1], _may_be_one_line)
    ignored = _only(old, "ignore line"), _only(new, "ignore line")
    _by(pairs, ignored[0], ignored[1], _text)
    _by_likeness(pairs, ignored[0], ignored[1], lambda _one, _other: True)
    _blocks(pairs, old, new)
    return pairs


def _only(things: Iterable[Thing], what: What) -> list[Thing]:
    return [item for item in things if item.what == what]


# --- by a key -----------------------------------------------------------------------


def _name(thing: Thing) -> Hashable:
    """The written name; None for what has none of its own."""
    if isinstance(thing, Item):
        return (thing.what, thing.id) if thing.has_written_id else None
    return (thing.what, *thing.key) if thing.key else None


def _text_in_score(thing: Thing) -> Hashable:
    return (thing.where, thing.text)


def _text(thing: Thing) -> Hashable:
    return thing.text


def _meaning_in_score(thing: Thing) -> Hashable:
    return (thing.where, thing.meaning)


def _condition_in_score(thing: Thing) -> Hashable:
    """Of lines without an id only: two that have one, and not the same, are two lines."""
    return None if isinstance(thing, Item) and thing.has_written_id else (thing.where, thing.facets["condition"])


def _by(pairs: Pairs, old: Iterable[Thing], new: Iterable[Thing], key: Callable[[Thing], Hashable]) -> None:
    """Pair what is left by a key; of several with one key the first with the first, and so on."""
    taken = set(pairs.values())
    waiting: dict[Hashable, list[Thing]] = {}
    for thing in new:
        if thing not in taken and (found := key(thing)) is not None:
            waiting.setdefault(found, []).append(thing)
    for thing in old:
        if thing not in pairs and (found := key(thing)) is not None and waiting.get(found):
            pairs[thing] = waiting[found].pop(0)


# --- by likeness --------------------------------------------------------------------


def _may_be_one_line(old: Thing, new: Thing) -> bool:
    """Two lines that both have an id, and not the same one, are two lines; likeness counts inside of one score."""
    assert isinstance(old, Item) and isinstance(new, Item)
    return old.where == new.where and not (old.has_written_id and new.has_written_id)


def _by_likeness(pairs: Pairs, old: Sequence[Thing], new: Sequence[Thing], may: Callable[[Thing, Thing], bool]) -> None:
    """Pair what is left where the texts are alike, the most alike first; of very many none are compared."""
    taken = set(pairs.values())
    left = [[item for item in old if item not in pairs], [item for item in new if item not in taken]]
    if len(left[0]) * len(left[1]) > MOST_COMPARED:
        return
    found = [
        (_likeness(was, now), -place, was, now) for place, was in enumerate(left[0]) for now in left[1] if may(was, now)
    ]
    for likeness, _, was, now in sorted(found, key=lambda item: item[:2], reverse=True):
        if likeness >= LIKE and was not in pairs and now not in taken:
            pairs[was] = now
            taken.add(now)


def _likeness(old: Thing, new: Thing) -> float:
    matcher = difflib.SequenceMatcher(None, _words(old), _words(new), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= LIKE else 0.0


def _words(thing: Thing) -> list[str]:
    return thing.text.replace("(", " ( ").replace(")", " ) ").split()


# --- blocks -------------------------------------------------------------------------


def _blocks(pairs: Pairs, old: Iterable[Thing], new: Iterable[Thing]) -> None:
    """Blocks have no names, or new ones: each is the one with which it shares most of its lines, inner ones first."""
    left = [item for item in old if isinstance(item, Item) and item.what != "line" and item not in pairs]
    taken = set(pairs.values())
    free = [item for item in new if isinstance(item, Item) and item.what != "line" and item not in taken]
    for was in reversed(left):
        inside = {pairs[item] for item in _members(old, was) if item in pairs}
        shared = {now: len(inside & set(_members(new, now))) for now in free if _alike(was, now)}
        best = max(shared, key=lambda now: (shared[now], now.text == was.text), default=None)
        if best is not None and shared[best]:
            pairs[was] = best
            free.remove(best)


def _alike(was: Item, now: Item) -> bool:
    kinds = [type(item.model) if item.what == "group" else item.text.split()[0] for item in (was, now)]
    return was.where == now.where and kinds[0] == kinds[1]


def _members(things: Iterable[Thing], block: Thing) -> list[Thing]:
    """The lines and blocks right inside of a block."""
    return [item for item in things if isinstance(item, Item) and item.parent is block]
