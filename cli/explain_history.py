"""The page of `scoreline explain --history`: since when, what tipped it, and what comes if nothing more happens."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..engine.explain.words import calendar_day
from ..engine.rounding import round_to
from .pages import Block, Code, Drawn, Grid, Head, Page, Point, Points, Prose, Said, listed, said
from .reports import plural
from .trend import bars

if TYPE_CHECKING:
    from ..engine.chronicle.history import Forecast, History, Move
    from ..engine.chronicle.seen import Day
    from ..engine.explain.report import Cause

MOST_CAUSES = 5
MOST_LINES = 3
MOST_MOVES = 40


def page(history: History, origin: str) -> Page:
    """The page: where it stands, the moves, the scores over time, what comes next."""
    return tuple(_blocks(history, origin))


def _blocks(history: History, origin: str) -> Iterator[Block]:
    yield Head(said(f"{history.level} ", Code(history.id), " over time"), 1)
    yield Prose(said(origin))
    yield Prose(_standing(history))
    if history.left_out:
        names = listed(((Code(name),) for name in history.left_out), 4)
        before = f" before {calendar_day(history.left_out_before)}" if history.left_out_before else ""
        why = "since they compare with everybody and would need everybody's history"
        yield Prose(said(*names, f": left out{before}, {why}"))
    yield from _moves(history)
    yield from _scores(history)
    yield from _ahead(history)


def _has_untold_stages(history: History) -> bool:
    """Whether nothing is known of its stages, on no day."""
    return f"stage of {history.level}s" in history.left_out and history.left_out_before is None


def _standing(history: History) -> Said:
    if _has_untold_stages(history):
        return said(f"Its first event was on {calendar_day(history.first)}.")
    place = ("at ", Code(history.stage)) if history.stage else ("below the first stage",)
    verb_, since = "is ", ""
    if history.since:
        verb_, since = "has been ", f" since {calendar_day(history.since)}"
    elif history.moves and history.moves[-1].already:
        verb_, since = "has been ", f" since {calendar_day(history.moves[-1].day)} or longer"
    first = f"; its first event was on {calendar_day(history.first)}"
    return said(f"It {verb_}", *place, since, first, _next(history.forecast.moves), ".")


def _next(moves: Sequence[Move]) -> str:
    if not moves:
        return ""
    return f"; if nothing more happens it {verb(moves[0])} on {calendar_day(moves[0].day)}"


# --- moves ----------------------------------------------------------------------------------------------------------


def _moves(history: History) -> Iterator[Block]:
    if _has_untold_stages(history):
        return
    yield Head(said("Stages"))
    if not history.moves:
        since = calendar_day(history.left_out_before) if history.left_out_before else "its first event"
        yield Prose(said(f"It has been at no stage since {since}."))
        return
    hidden = len(history.moves) - MOST_MOVES
    if hidden > 0:
        yield Prose(said(f"{plural(hidden, 'earlier move')}: `--format json` has all of them."))
    yield Points(tuple(map(point, history.moves[-MOST_MOVES:])))


def point(move: Move) -> Point:
    """A move with what tipped it."""
    told = ((name, number(before), number(now)) for name, (before, now) in move.scores.items())
    scores = listed(said(Code(name), f" {before} → {now}") for name, before, now in told if before != now)
    moved = [(line, points) for line, points in move.lines.items() if abs(points) >= 1][:MOST_LINES]
    lines = listed(said(Code(line), f" {signed(points)}") for line, points in moved)
    made = ("; ", *scores, *((" (", *lines, ")") if lines else ())) if scores else ()
    causes = tuple(Point(cause(each)) for each in move.causes[:MOST_CAUSES])
    rest = len(move.causes) - len(causes)
    below = (*causes, Point(said(f"and {rest} more"))) if rest else causes
    return Point(said(f"{calendar_day(move.day)}: {verb(move)}", *made), below)


def verb(move: Move) -> str:
    """What the move is in words.

    >>> from scoreline.engine.chronicle.history import Move
    >>> verb(Move("2026-03-01", None, "MQA", {}, {}, ())), verb(Move("2026-03-01", "MQA", None, {}, {}, ()))
    ('enters MQA', 'leaves MQA')
    >>> verb(Move("2026-03-01", None, "MQA", {}, {}, (), already=True))
    'was already at MQA on the first day that is told'
    """
    if move.already:
        return f"was already at {move.after} on the first day that is told"
    if move.before is None:
        return f"enters {move.after}"
    return f"leaves {move.before}" if move.after is None else f"moves from {move.before} to {move.after}"


def cause(found: Cause) -> Said:
    """One thing that changed, with the points that its line gained or lost."""
    who = listed(((Code(name),) for name in found.who), 3)
    by = said(" by ", *who) if who else ()
    what = Code(found.what)
    match found.kind:
        case "came":
            text = said(f"{plural(found.events, 'new event')} of ", what, *by)
        case "left":
            text = said(what, *by, f" is no longer in the window ({plural(found.events, 'event')})")
        case "turned":
            text = said(what, *by, f" counts otherwise now ({plural(found.events, 'earlier event')})")
        case "decay":
            text = said("decay of ", what, *(said(" of ", *who) if who else ()))
        case "field":
            text = said(what, *(said(" of ", *who) if who else ()))
        case "days":
            text = said(what, *(said(" for ", *who) if who else ()), " by the days that passed")
        case "others":
            text = said(what, *(said(" of ", *who) if who else ()), " by what changed about others")
        case _:
            text = said("lead ", *who, " is new or gone")
    line = "" if found.line is None or found.line == found.what else f" for {found.line}"
    return text if found.points is None else (*text, f" ({signed(found.points)}{line})")


# --- scores ---------------------------------------------------------------------------------------------------------


def _scores(history: History) -> Iterator[Block]:
    names = list(history.days[-1].scores)
    if not names:
        return
    yield Head(said("Scores"))
    width = max(map(len, names))
    last = history.as_of[:10]
    told = {name: _told(history, name) for name in names}
    drawn = [f"{name:{width}}  {bars(series(told[name], name, last), 48)}" for name in names]
    yield Drawn(tuple(drawn), "the course of each score from the first event to now")
    yield Grid(
        ("score", "first", "highest", "on", "now"),
        tuple(_course(history.days, name) for name in names),
        frozenset({1, 2, 4}),
    )


def _told(history: History, name: str) -> Sequence[Day]:
    """The days of which a score is told."""
    if name in history.days[0].scores or history.left_out_before is None:
        return history.days
    return [day for day in history.days if day.day >= history.left_out_before]


def _course(days: Sequence[Day], name: str) -> tuple[Said, ...]:
    known = [(day.scores[name], day.day) for day in days if name in day.scores]
    best, on = max(known, key=lambda pair: pair[0])
    return (
        said(Code(name)),
        said(number(known[0][0])),
        said(number(best)),
        said(calendar_day(on)),
        said(number(known[-1][0])),
    )


def series(days: Sequence[Day], name: str, last: str) -> list[int]:
    """The score at the end of each day up to the last one, in hundredths."""
    known = {day.day: round(100 * day.scores.get(name, 0.0)) for day in days}
    first = datetime.date.fromisoformat(days[0].day)
    found: list[int] = []
    for number_ in range((datetime.date.fromisoformat(last) - first).days + 1):
        day = (first + datetime.timedelta(days=number_)).isoformat()
        found.append(known.get(day, found[-1] if found else 0))
    return found


# --- what comes next ------------------------------------------------------------------------------------------------


def _ahead(history: History) -> Iterator[Block]:
    forecast: Forecast = history.forecast
    yield Head(said("If nothing more happens"))
    if forecast.moves:
        yield Points(tuple(map(point, forecast.moves)))
    elif not _has_untold_stages(history):
        yield Prose(said(f"Its stage stays as it is, up to {calendar_day(forecast.until)}."))
    if forecast.lapses:
        rows = (
            (said(calendar_day(item.day)), said(Code(item.line)), said(number(item.points))) for item in forecast.lapses
        )
        yield Grid(("gives nothing from", "line", "points now"), tuple(rows), frozenset({2}))


# --- words ----------------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """At most two decimals; a half is rounded away from zero, as everywhere.

    >>> number(41.5), number(20.0), number(0.3333), number(0.625), number(0.875)
    ('41.5', '20', '0.33', '0.63', '0.88')
    """
    return f"{shown(value):.2f}".rstrip("0").rstrip(".")


def shown(value: float) -> float:
    """A value as it is shown, so that what is shown of several adds up."""
    return round_to(value, 2) or 0.0


def signed(value: float) -> str:
    """With its sign."""
    return f"−{number(-value)}" if value < 0 else f"+{number(value)}"
