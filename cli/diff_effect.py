"""What a change does to leads and accounts, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from .pages import Block, Code, Folded, Grid, Head, Point, Points, Prose, Said, listed, said
from .reports import plural

if TYPE_CHECKING:
    from ..engine.impact.effect import Blame, Effect, Mover, Qualified, Shift, Transition
    from ..grammar.nodes import Level

MOST_TRANSITIONS = 12
MOST_IDS = 10
LEVELS: tuple[Level, ...] = ("account", "lead")


def headline(effect: Effect) -> Iterator[Block]:
    """The effect in two sentences."""
    present = _people(effect.present["account"], effect.present["lead"])
    reading = "" if effect.one_reading else "; read twice, for the two rulesets read them differently"
    yield Prose(said(f"In these data ({present}{reading}) {_moved(effect)}."))
    found = effect.qualified
    if found is not None:
        name = f"{found.level.capitalize()}s at {found.stage} or beyond"
        text = f"{name}: {found.old:,} → {found.new:,} ({found.gained:,} gained, {found.lost:,} lost)."
        yield Prose(said(text), "doubt" if found.gained or found.lost else "plain")


def blocks(effect: Effect, timezone: str) -> Iterator[Block]:
    """The effect in detail, the most important first."""
    from ..engine.instants import Zone, said_instant

    if any(effect.moved.values()) or effect.idle:
        yield Head(said(f"Effect as of {said_instant(effect.as_of, Zone.named(timezone))}"))
    if effect.qualified is not None:
        yield from _qualified(effect.qualified)
    yield from _transitions(effect.transitions)
    yield from _idle(effect)
    yield from _shifts(effect.shifts)
    yield from _movers(effect)


def _people(accounts: int, leads: int) -> str:
    return f"{plural(accounts, 'account')}, {plural(leads, 'lead')}"


def _moved(effect: Effect) -> str:
    """`12 accounts and 3 leads get other results, 2 of them another stage`."""
    moved = [plural(effect.moved[level], level) for level in LEVELS if effect.moved[level]]
    if not moved:
        return "nothing changes for anybody"
    stages = sum(effect.stage_changes.values()) or "none"
    verb = "gets" if sum(effect.moved.values()) == 1 else "get"
    return f"{' and '.join(moved)} {verb} other results, {stages} of them another stage"


# --- the qualified ------------------------------------------------------------------


def _qualified(found: Qualified) -> Iterator[Block]:
    """Who came and who went, by segment."""
    for word, ids, count in (("Gained", found.gained_ids, found.gained), ("Lost", found.lost_ids, found.lost)):
        if ids:
            yield Prose(said(f"{word}: ", *listed((said(Code(id_)) for id_ in ids), MOST_IDS, count), "."))
    shown = [item for item in found.segments if item.gained or item.lost]
    if found.by is not None and shown:
        rows = tuple(
            (
                said(Code(item.value) if item.value is not None else "(missing)"),
                *_numbers(item.old, item.new, item.gained, item.lost),
            )
            for item in shown
        )
        columns = (found.by, "before", "after", "gained", "lost")
        yield Grid(columns, rows, frozenset({1, 2, 3, 4}))


def _numbers(*values: int) -> tuple[Said, ...]:
    return tuple(said(f"{value:,}") for value in values)


# --- stages -------------------------------------------------------------------------


def _transitions(found: tuple[Transition, ...]) -> Iterator[Block]:
    if not found:
        return
    yield Head(said("Who changes stage"))
    yield Points(tuple(_transition(item) for item in found[:MOST_TRANSITIONS]))
    if len(found) > MOST_TRANSITIONS:
        yield Prose(said(f"… and {plural(len(found) - MOST_TRANSITIONS, 'rarer way', 'rarer ways')}."))


def _transition(item: Transition) -> Point:
    stages = (said(Code(stage)) if stage else said("no stage") for stage in (item.was, item.now))
    was, now = stages
    below = _causes(item)
    below += [Point(_blame(blame)) for blame in item.lines]
    return Point(said(f"{plural(item.count, item.level)}: ", *was, " → ", *now), tuple(below))


def _causes(item: Transition | Mover) -> list[Point]:
    """The changes of stages that move somebody by themselves."""
    return [Point(said(f"by the {each.partition(' ')[0]} ", Code(each.partition(" ")[2]))) for each in item.because]


def _blame(blame: Blame) -> Said:
    changed = " (changed)" if blame.is_changed else ""
    return said(
        Code(blame.line),
        changed,
        f" in {blame.score} of {blame.level}s: {_signed(blame.points)} for {blame.entities:,}",
    )


def _signed(value: Decimal) -> str:
    return f"{_plain(value)}" if value <= 0 else f"+{_plain(value)}"


def _plain(value: Decimal | float | None) -> str:
    """Points for people: two decimals are enough where nothing is added up."""
    if value is None:
        return "–"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


# --- what changed nothing -----------------------------------------------------------


def _idle(effect: Effect) -> Iterator[Block]:
    if not effect.idle:
        return
    yield Head(said("Changed, and changes nothing here"))
    points = []
    for item in effect.idle:
        where = f" in {item.where}" if item.what in ("line", "group", "block") else ""
        why = (
            f": other points for {item.swallowed:,}, and no score moves (caps and ranges take it)"
            if item.swallowed
            else ": nobody in these data gets anything else by it"
        )
        points.append(Point(said(f"{item.what} ", Code(item.name), f"{where}{why}")))
    yield Points(tuple(points))


# --- scores and movers --------------------------------------------------------------


def _shifts(found: tuple[Shift, ...]) -> Iterator[Block]:
    shown = [item for item in found if item.rose or item.fell]
    if not shown:
        return
    columns = ("score", "rose", "fell", "mean", "median", "top 10 %")
    rows = tuple(
        (
            said(f"{item.score} ({item.level})"),
            *_numbers(item.rose, item.fell),
            _pair(item.old.mean, item.new.mean),
            _pair(item.old.median, item.new.median),
            _pair(item.old.high, item.new.high),
        )
        for item in shown
    )
    yield Folded(said("How scores shift"), (Grid(columns, rows, frozenset({1, 2})),))


def _pair(old: float, new: float) -> Said:
    before, after = _plain(old), _plain(new)
    return said(before) if before == after else said(f"{before} → {after}")


def _movers(effect: Effect) -> Iterator[Block]:
    for level in LEVELS:
        shown = [item for item in effect.movers if item.level == level]
        if shown:
            title = said(f"The largest movers among {level}s ({len(shown):,} of {effect.moved[level]:,})")
            yield Folded(title, (Points(tuple(map(_mover, shown))),))


def _mover(item: Mover) -> Point:
    scores = [said(f"{name} {_plain(old)} → {_plain(new)}") for name, (old, new) in _by_size(item)]
    pieces: list[str] = [Code(item.id)]
    for number, score in enumerate(scores):
        pieces += [": " if not number else ", ", *score]
    if item.stage is not None:
        was, now = (said(Code(stage)) if stage else said("no stage") for stage in item.stage)
        pieces += [", stage " if scores else ": stage ", *was, " → ", *now]
    elif not scores:
        pieces.append(": measures or grades alone")
    below = [*_causes(item), *(Point(_blame_of_one(blame)) for blame in item.lines[:3])]
    return Point(said(*pieces), tuple(below))


def _blame_of_one(blame: Blame) -> Said:
    changed = " (changed)" if blame.is_changed else ""
    return said(Code(blame.line), changed, f" in {blame.score} of {blame.level}s: {_signed(blame.points)}")


def _by_size(item: Mover) -> list[tuple[str, tuple[Decimal | None, Decimal | None]]]:
    """The scores of a mover, the one that moved farthest first."""

    def size(pair: tuple[str, tuple[Decimal | None, Decimal | None]]) -> Decimal:
        old, new = pair[1]
        return -abs((new or Decimal(0)) - (old or Decimal(0)))

    return sorted(item.scores.items(), key=size)
