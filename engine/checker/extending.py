"""What a ruleset changes of the one that it builds on: lines, groups and stages by their name (decision 68)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from ...grammar import nodes as n
from ..fold import fold

Items = tuple[n.Item, ...]
_Block = TypeVar("_Block", n.ScoreDef, n.Group)


def extended(base: n.Statement, own: n.Statement) -> n.Statement:
    """A statement of a base with the one of its name that builds on it; most replace it."""
    if isinstance(base, n.ScoreDef) and isinstance(own, n.ScoreDef):
        return replace(_block(base, own), range=own.range or base.range)
    if isinstance(base, n.StagesDef) and isinstance(own, n.StagesDef):
        return replace(base, in_order=own.in_order or base.in_order, steps=_steps(base.steps, own.steps))
    return own


# --- scores and groups --------------------------------------------------------------


def _block(base: _Block, own: _Block) -> _Block:
    """A score or group with the changed items; bounds, a decay and `counting since` given again win."""
    decay, since = own.body.decay or base.body.decay, own.body.counting_since or base.body.counting_since
    body = replace(base.body, items=_items(base.body.items, own.body.items), decay=decay, counting_since=since)
    return replace(base, bounds=own.bounds or base.bounds, body=body)


def _items(base: Items, own: Items) -> Items:
    """The items of a block: first some are taken out, then others replaced in their place; new ones follow.

    What finds nothing to remove stays, for the checker to refuse; so does a name that comes a second time.
    """
    left: list[n.Item] = []
    changed: set[str] = set()
    for item in own:
        if isinstance(item, n.Remove):
            kept = _without(base, item.id)
            base, left = (base, [*left, item]) if kept is None else (kept, left)
    for item in own:
        name = name_of(item)
        if isinstance(item, n.Remove):
            continue
        found = None if name is None or name in changed else _with(base, name, item)
        if found is None:
            left.append(item)
        else:
            base = found
        changed |= {name} if name is not None else set()
    return (*base, *left)


def name_of(item: n.Item) -> str | None:
    """The written id of a line, or the name of a group."""
    if isinstance(item, n.Line | n.Otherwise):
        return item.id
    return item.name if isinstance(item, n.Group) else None


def _with(items: Items, name: str, own: n.Item) -> Items | None:
    """The items with the one of that name replaced, however deep it stands; None if there is none."""
    for index, item in enumerate(items):
        found: n.Item | None = None
        if name_of(item) == name:
            found = _block(item, own) if isinstance(item, n.Group) and isinstance(own, n.Group) else own
        elif (body := body_of(item)) is not None and (inner := _with(body.items, name, own)) is not None:
            found = _refilled(item, body, inner)
        if found is not None:
            return (*items[:index], *_unless_empty(found), *items[index + 1 :])
    return None


def _without(items: Items, name: str) -> Items | None:
    """The items without the one of that name, and without blocks that it leaves empty; None if there is none."""
    for index, item in enumerate(items):
        body = body_of(item)
        if name_of(item) == name:
            return (*items[:index], *items[index + 1 :])
        if body is not None and (inner := _without(body.items, name)) is not None:
            return (*items[:index], *_unless_empty(_refilled(item, body, inner)), *items[index + 1 :])
    return None


def body_of(item: n.Item) -> n.Body | None:
    """The inside of a block; None for a line."""
    return item.body if isinstance(item, n.Group | n.FirstOf | n.BestOf | n.When) else None


def _refilled(item: n.Item, body: n.Body, items: Items) -> n.Item:
    assert isinstance(item, n.Group | n.FirstOf | n.BestOf | n.When)
    return replace(item, body=replace(body, items=items))


def _unless_empty(item: n.Item) -> Iterable[n.Item]:
    body = body_of(item)
    return () if body is not None and not body.items else (item,)


# --- stages -------------------------------------------------------------------------

Steps = tuple[n.StageDef | n.RemoveStage, ...]


def _steps(base: Steps, own: Steps) -> Steps:
    """The stages: first some are taken out, then others replaced in their place; new ones follow."""
    removed = {fold(step.name) for step in own if isinstance(step, n.RemoveStage)}
    found = [step for step in base if fold(step.name) not in removed]
    known = {fold(step.name) for step in base}
    places = {fold(step.name): place for place, step in enumerate(found)}
    for step in own:
        if isinstance(step, n.StageDef) and (place := places.pop(fold(step.name), None)) is not None:
            found[place] = step
        elif isinstance(step, n.StageDef) or fold(step.name) not in known:
            found.append(step)
    return tuple(found)
