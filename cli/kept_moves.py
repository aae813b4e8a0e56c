"""Stage moves, out of a store or of a replay, in words, and as programs read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..engine.rounding import UNITS
from .pages import Code, Point, Said, Strong, said

if TYPE_CHECKING:
    from ..engine.moves import Because, Move, Reason

Change = Literal["new", "lost", "up", "down", "other"]
USUAL = "MQA"
SHOWN = {"rules": 1, "disqualified": 1, "line": 3, "score": 2, "measure": 2, "grade": 1, "lead": 2}
"""How many reasons of each kind people are told; programs are told all."""
BECAUSE: dict[Because, str] = {"came": "an event came", "left": "left its window", "faded": "decay"}
CAUSES: dict[Because, str] = {"came": "event_came", "left": "left_window", "faded": "decay"}
_SIGNS: dict[Change, str] = {"new": "+", "lost": "−"}


def usual(ladder: Sequence[str]) -> str | None:
    """The stage that counts where nobody says which: MQA, or else the last one."""
    return USUAL if USUAL in ladder else next(reversed(ladder), None)


def change_of(move: Move, ladder: Sequence[str], stage: str | None) -> Change:
    """Whether somebody is new at a stage or beyond, has lost it, or has otherwise gone up or down the ladder."""
    ranks = {name: number for number, name in enumerate(ladder)}
    was, now = (-1 if name is None else ranks.get(name, -1) for name in (move.was, move.now))
    if stage is not None and (was < ranks[stage]) != (now < ranks[stage]):
        return "new" if now >= ranks[stage] else "lost"
    return "other" if was == now else "up" if now > was else "down"


def point(move: Move, change: Change, zone: str, shows_who: bool = True, has_reasons: bool = True) -> Point:
    """A move with its reasons as points below it, if anybody has looked for any."""
    from ..engine.store.reading import day_of

    way = f"{move.was or 'no stage'} → {move.now or 'no stage'}"
    who: Said = (Code(move.id), "  ") if shows_who else ()
    head = said(*who, Strong(way), f"  {day_of(move.at, zone)}")
    found = tuple(Point(words(reason)) for reason in most(move.reasons))
    below = found or (Point(said(NO_REASON)),) if has_reasons else ()
    return Point(head, below, _SIGNS.get(change, "~"))


NO_REASON = "no score, measure or line differs: events or fields in the stage's own condition do"


def most(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """The first reasons of each kind, without those that are too small to be seen."""
    told: Counter[str] = Counter()
    for reason in reasons:
        if reason.kind == "points" and shown(reason, reason.was) == shown(reason, reason.now):
            continue
        told[reason.what] += 1
        if told[reason.what] <= SHOWN[reason.what]:
            yield reason


def words(reason: Reason) -> Said:
    """One reason for people."""
    was, now = (shown(reason, value) for value in (reason.was, reason.now))
    if reason.what == "rules":
        how = f" ({reason.was} → {reason.now})" if reason.was != reason.now else ""
        return said("the rules", how or ", or their params,", " changed")
    if reason.what == "disqualified":
        return said("disqualified: ", Code(now)) if reason.now else said("no longer disqualified: ", Code(was))
    if reason.what == "line":
        more = reason.now - reason.was
        sign = "+" if more > 0 else "−"
        why = f" ({BECAUSE[reason.because]})" if reason.because else ""
        return said(f"{sign}{shown(reason, abs(more))} ", Code(reason.name), f" of {reason.of}: {was} → {now}{why}")
    if reason.what == "lead":
        return said("lead ", Code(reason.of), f": {reason.name} {was or 'none'} → {now or 'none'}")
    return said(f"{reason.name} {was or 'none'} → {now or 'none'}")


def shown(reason: Reason, value: Any) -> str:
    """A value of a reason; points with two decimals, which is enough to read."""
    if reason.kind == "points":
        return "" if value is None else f"{value / UNITS:,.2f}".rstrip("0").rstrip(".")
    if value is None or isinstance(value, str):
        return value or ""
    from ..engine.frames import Column
    from ..engine.writers import cell

    return cell(Column(reason.name, reason.kind), round(value, 4) if isinstance(value, float) else value)


def as_json(move: Move, change: Change) -> dict[str, Any]:
    """A move for programs: exact values, all reasons."""
    from ..engine.instants import format_instant

    return {
        "as_of": format_instant(move.at),
        "since": format_instant(move.since),
        "level": move.level,
        "id": move.id,
        "was": move.was,
        "now": move.now,
        "change": change,
        "segment": move.segment,
        "reasons": [_reason(each) for each in move.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    from ..engine.frames import Column
    from ..engine.writers import json_value

    column = Column(reason.name, reason.kind)
    made: dict[str, Any] = {"what": reason.what, "name": reason.name or None, "of": reason.of or None}
    made |= {"was": json_value(column, reason.was), "now": json_value(column, reason.now)}
    return {**made, "because": CAUSES[reason.because] if reason.because else None}


def plain(move: Move) -> list[str]:
    """The reasons that people are told, as plain texts."""
    return ["".join(words(reason)) for reason in most(move.reasons)]
