"""A difference and its effect as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..compiling import Compiled
from ..instants import format_instant
from ..reads import Key
from .changes import Change, Facet
from .difference import Difference
from .effect import Blame, Effect, Mover, Qualified, Shift, Spread, Transition
from .things import Item, Thing
from .verdict import Verdict


def document(found: Difference, said: Verdict, effect: Effect | None) -> dict[str, Any]:
    """The whole as one object; `effect` is null where no data were given."""
    return {
        "old": _ruleset(found.old),
        "new": _ruleset(found.new),
        "verdict": said.word,
        "reasons": list(said.reasons),
        "changes": [_change(change) for change in found.changes],
        "affected": [_named(item.now) for item in found.affected],
        "can_change": names(found.reaches),
        "cannot_change": [key.words for key in found.untouched],
        "effect": None if effect is None else _effect(effect),
    }


def names(keys: Iterable[Key]) -> list[str]:
    """The readable names of results, in order."""
    return sorted(key.words for key in keys)


def points(value: Decimal | float | None) -> float | int | None:
    """Points as JSON has them, with at most 4 decimals."""
    if value is None:
        return None
    number = round(float(value), 4)
    return int(number) if number.is_integer() else number


def _ruleset(ruleset: Compiled) -> dict[str, str]:
    return {"name": ruleset.name, "version": ruleset.version, "fingerprint": ruleset.fingerprint}


def _named(thing: Thing) -> dict[str, Any]:
    place = {"path": thing.place.path, "line": thing.place.line} if thing.place.line else {"path": None, "line": None}
    return {"what": thing.what, "name": thing.name, "where": thing.where or None, **place}


def _change(change: Change) -> dict[str, Any]:
    return {
        "change": change.kind,
        **_named(change.thing),
        "cosmetic": change.is_cosmetic,
        "was": change.was.text or None if change.was else None,
        "now": change.now.text or None if change.now else None,
        "facets": [_facet(facet) for facet in change.facets],
        "used_by": [_user(user) for user in change.users],
        "can_change": names(change.reaches),
    }


def _facet(facet: Facet) -> dict[str, Any]:
    if facet.gone or facet.come:
        return {"facet": facet.name, "gone": list(facet.gone), "come": list(facet.come)}
    return {"facet": facet.name, "was": facet.was, "now": facet.now}


def _user(user: Thing) -> dict[str, Any]:
    return {"what": user.what, "name": user.id if isinstance(user, Item) and user.id else user.name}


# --- the effect ---------------------------------------------------------------------


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "as_of": format_instant(effect.as_of),
        "one_reading": effect.one_reading,
        "present": dict(effect.present),
        "moved": dict(effect.moved),
        "stage_changes": dict(effect.stage_changes),
        "largest_move": points(effect.largest_move),
        "qualified": None if effect.qualified is None else _qualified(effect.qualified),
        "transitions": [_transition(item) for item in effect.transitions],
        "scores": [_shift(item) for item in effect.shifts],
        "movers": [_mover(item) for item in effect.movers],
        "lines": [_blame(item) for item in effect.lines],
        "idle": [
            {"what": item.what, "name": item.name, "where": item.where or None, "swallowed": item.swallowed}
            for item in effect.idle
        ],
    }


def _qualified(found: Qualified) -> dict[str, Any]:
    segments = [
        {"value": item.value, "old": item.old, "new": item.new, "gained": item.gained, "lost": item.lost}
        for item in found.segments
    ]
    return {
        "level": found.level,
        "stage": found.stage,
        "old": found.old,
        "new": found.new,
        "gained": found.gained,
        "lost": found.lost,
        "gained_ids": list(found.gained_ids),
        "lost_ids": list(found.lost_ids),
        "by": found.by,
        "segments": segments,
    }


def _transition(item: Transition) -> dict[str, Any]:
    return {
        "level": item.level,
        "from": item.was,
        "to": item.now,
        "count": item.count,
        "because": list(item.because),
        "lines": [_blame(blame) for blame in item.lines],
    }


def _blame(item: Blame) -> dict[str, Any]:
    return {
        "level": item.level,
        "score": item.score,
        "line": item.line,
        "entities": item.entities,
        "points": points(item.points),
        "changed": item.is_changed,
    }


def _shift(item: Shift) -> dict[str, Any]:
    return {
        "level": item.level,
        "score": item.score,
        "entities": item.entities,
        "rose": item.rose,
        "fell": item.fell,
        "most_up": points(item.most_up),
        "most_down": points(item.most_down),
        "old": _spread(item.old),
        "new": _spread(item.new),
    }


def _spread(item: Spread) -> Mapping[str, Any]:
    return {
        "mean": points(item.mean),
        "p10": points(item.low),
        "median": points(item.median),
        "p90": points(item.high),
    }


def _mover(item: Mover) -> dict[str, Any]:
    scores = {name: {"from": points(old), "to": points(new)} for name, (old, new) in item.scores.items()}
    stage = None if item.stage is None else {"from": item.stage[0], "to": item.stage[1]}
    behind = [_blame(blame) for blame in item.lines]
    return {
        "level": item.level,
        "id": item.id,
        "move": points(item.move),
        "scores": scores,
        "stage": stage,
        "because": list(item.because),
        "lines": behind,
    }
