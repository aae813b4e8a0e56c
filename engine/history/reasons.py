"""Why somebody moved in a replay: what differs between the two instants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import column, table
from ..memory import remembers
from ..model import Model
from ..moves import Because, Move, Points, Reason, because, largest, of_result
from ..plan.steps import LEVELS, ResultColumn
from ..rows import compares
from ..runners.across import Counted, uncounted
from ..sql.statements import text
from .moves import ASKED, asked
from .part import replay_of
from .replayed import Replayed
from .replaying import replay

Key = tuple[int, str]
"""An instant and an id."""
State = Mapping[str, Any]

ENTRIES_AT_ONCE = 4_000_000
"""About so many points of lines are held at once."""
ENTRIES_OF_MOVED = 4_000_000
"""And so many where they are those of whoever moved: more instants at once would be worked out for more of them who
moved at others."""
ENTRIES_EACH = 6
"""About so many lines give points to one lead or account."""


def with_reasons(
    model: Model, moves: Sequence[Move], data: Dataset, held: Replayed | None = None, counted: Counted = uncounted
) -> list[Move]:
    """The moves of one level with their reasons: lines first, then scores and other results, then leads.

    They are those of a replay with contributions that is `held`. Without one the instants of these moves are worked out
    again, and for no more people than the results of whoever moved hang on; `counted` is told of the moves.
    """
    if held is not None:
        return _told(held, moves)
    found: dict[Key, Move] = {}
    counted("moves", 0, len(moves))
    for some in _slices(model, moves, data):
        with _again(model, some, data) as again:
            found |= {(move.at, move.id): move for move in _told(again, some)}
        counted("moves", len(found), len(moves))
    return [found[move.at, move.id] for move in moves]


def fits(data: Dataset, instants: Sequence[int]) -> bool:
    """Whether the points of all lines at all these instants can be held."""
    return len(instants) * sum(_counts(data)) * ENTRIES_EACH <= ENTRIES_AT_ONCE


def _again(model: Model, moves: Sequence[Move], data: Dataset) -> AbstractContextManager[Replayed]:
    """The instants of some moves of one level with the points of lines, for whoever moved."""
    instants = sorted({at for move in moves for at in (move.since, move.at)})
    level = moves[0].level
    if compares(model):
        return replay(model, data, instants, contributions=True, entries_of=(level,))
    return replay_of(model, data, level, {move.id for move in moves}, instants, contributions=True, entries_of=(level,))


def _slices(model: Model, moves: Sequence[Move], data: Dataset) -> Iterator[list[Move]]:
    """The moves by so many instants as fit; all at once where each slice would go through the days before again."""
    by_instant: dict[int, list[Move]] = defaultdict(list)
    for move in moves:
        by_instant[move.at].append(move)
    fit = _fitting(model, data)
    at_once = remembers(model)
    waiting: list[Move] = []
    count = 1
    for at in sorted(by_instant):
        if waiting and not at_once and not fit(len(waiting) + len(by_instant[at]), count + 1):
            yield waiting
            waiting, count = [], 1
        waiting = [*waiting, *by_instant[at]]
        count += 1
    if waiting:
        yield waiting


def _fitting(model: Model, data: Dataset) -> Callable[[int, int], bool]:
    """Whether the points of so many who moved can be held at so many instants."""
    contacts, accounts = _counts(data)
    if compares(model):
        return lambda moves, instants: instants * (contacts + accounts) * ENTRIES_EACH <= ENTRIES_AT_ONCE
    around = 1 + contacts // max(1, accounts)
    return lambda moves, instants: instants * moves * around * ENTRIES_EACH <= ENTRIES_OF_MOVED


def _counts(data: Dataset) -> tuple[int, int]:
    """How many contacts and how many accounts there are."""
    contacts, accounts = data.connection.cursor().execute(_HOW_MANY).fetchall()[0]
    return int(contacts), int(accounts)


def _told(replayed: Replayed, moves: Sequence[Move]) -> list[Move]:
    """With the reasons that a replay with contributions knows."""
    if not moves:
        return []
    level = moves[0].level
    asked(replayed.connection, list(moves))
    states = _states(replayed.connection, _STATES[level])
    lines = _lines(replayed.connection, level)
    leads = _leads(replayed) if level == "account" else {}
    scores = _scores(replayed)
    columns = [each for each in replayed.results[level] if each.role in ("score", "measure", "grade")]
    return [
        replace(
            move,
            reasons=(
                *_of_lines(move, lines),
                *_of_results(columns, states.get((move.since, move.id)), states.get((move.at, move.id))),
                *_of_leads(leads.get((move.since, move.id), {}), leads.get((move.at, move.id), {}), scores),
            ),
        )
        for move in moves
    ]


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(connection: duckdb.DuckDBPyConnection, level: Level) -> dict[Key, dict[tuple[str, str | None], Points]]:
    """The points of each line of a score, what a cap takes away taken away."""
    found: dict[Key, dict[tuple[str, str | None], Points]] = defaultdict(dict)
    for at, id_, score, line, *values in connection.execute(_LINES, [level]).fetchall():
        found[at, id_][score, line] = Points(*values)
    return found


def _of_lines(move: Move, lines: Mapping[Key, Mapping[tuple[str, str | None], Points]]) -> list[Reason]:
    before, after = lines.get((move.since, move.id), {}), lines.get((move.at, move.id), {})
    found = []
    for score, line in {**before, **after}:
        was, now = (each.get((score, line), Points()) for each in (before, after))
        if was.points != now.points:
            why: Because | None = because(move.since, was, now)
            found.append(Reason("line", line or score, was.points, now.points, "points", score, why))
    return sorted(found, key=lambda each: (-abs(each.now - each.was), each.name, each.of))


# --- results ----------------------------------------------------------------------------------------------------------


def _states(connection: duckdb.DuckDBPyConnection, query: str) -> dict[Key, State]:
    return {(state["at"], state["id"]): state for state in _dicts(connection, query)}


def _dicts(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    made = connection.execute(query)
    names = [column[0] for column in made.description]
    return [dict(zip(names, row, strict=True)) for row in made.fetchall()]


def _of_results(columns: Sequence[ResultColumn], was: State | None, now: State | None) -> list[Reason]:
    before, after = was or {}, now or {}
    found = [
        of_result(each, before.get(each.title), after.get(each.title))
        for each in columns
        if before.get(each.title) != after.get(each.title)
    ]
    reasons = before.get("disqualified"), after.get("disqualified")
    return [*found, *([Reason("disqualified", "", *reasons)] if reasons[0] != reasons[1] else [])]


# --- leads of accounts ------------------------------------------------------------------------------------------------


Scores = tuple[int | None, ...]
"""The scores of a lead, in the order of the results."""


def _scores(replayed: Replayed) -> list[str]:
    return [each.title for each in replayed.results["lead"] if each.role == "score"]


def _leads(replayed: Replayed) -> dict[Key, dict[str, Scores]]:
    """The scores of the leads of whoever is asked for, by instant and account."""
    found: dict[Key, dict[str, Scores]] = defaultdict(dict)
    columns = [column(name, "h") for name in ("at", "account_id", "id", *_scores(replayed))]
    asked_for = exp.select(*columns).from_(exp.alias_(table("lead_history"), "h", table=True))
    same = column("at", "a").eq(column("at", "h")), column("id", "a").eq(column("account_id", "h"))
    asked_for = asked_for.join(exp.alias_(table(ASKED), "a", table=True), on=exp.and_(*same), join_type="semi")
    for at, account, id_, *scores in replayed.connection.execute(text(asked_for)).fetchall():
        found[at, account][id_] = tuple(scores)
    return found


def _of_leads(before: Mapping[str, Scores], after: Mapping[str, Scores], titles: Sequence[str]) -> list[Reason]:
    """The leads whose scores changed most for the account: who was at another one before, or is there now, has none."""
    nobody = (None,) * len(titles)
    pairs = [(id_, before.get(id_, nobody), after.get(id_, nobody)) for id_ in {**before, **after}]
    return largest(
        Reason("lead", title, each_was, each_now, "points", id_)
        for id_, was, now in pairs
        if was != now
        for title, each_was, each_now in zip(titles, was, now, strict=True)
        if each_was != each_now
    )


_HOW_MANY = "SELECT (SELECT count(*) FROM contacts), (SELECT count(*) FROM accounts)"
_STATES = {level: f'SELECT * FROM {level}_history SEMI JOIN "{ASKED}" USING ("at", id)' for level in LEVELS}
# Only the line itself tells of its events.
_LINES = f"""
SELECT "at", id, score, line, sum(points)::BIGINT, max(events), min("first"), max("last")
FROM contribution_history SEMI JOIN "{ASKED}" USING ("at", id)
WHERE level = ?
GROUP BY "at", id, score, line
"""
