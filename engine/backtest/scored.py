"""Everybody scored at the instants of a sample, by replay, and turned into cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..compiled import Compiled
from ..data import Dataset
from ..data.sql import Sql, column, is_null, rows, run, table
from ..history import Replayed, replay
from ..history.part import replay_of
from ..model import Effect, Model, Points, Score, lines
from ..model import Line as RuleLine
from ..rounding import UNITS
from ..rows import compares
from ..sql.statements import temporary
from .question import CannotTest, Question, cone
from .sample import Line, Outcomes, Sample, Wanted, batches, wanted

INSTANTS_AT_ONCE = 16
"""How many of the instants at which somebody alone is scored are worked out together."""
ROWS_AT_ONCE = 2_000_000
"""How many results of leads and accounts are held together: some hundred megabytes."""

_WANTED = 'CREATE TEMP TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS id, unnest(?::BIGINT[]) AS "at"'
_CHOSEN = """
CREATE TEMP TABLE chosen AS SELECT unnest(?::BIGINT[]) AS number, unnest(?::BIGINT[]) AS "at",
    unnest(?::VARCHAR[]) AS id, unnest(?::VARCHAR[]) AS account_id
"""
_CODES = """
CREATE TEMP TABLE codes AS SELECT unnest(?::BIGINT[]) AS code, unnest(?::VARCHAR[]) AS level,
    unnest(?::VARCHAR[]) AS score, unnest(?::VARCHAR[]) AS line
"""
_GAVE = {
    ("account", "account"): """
        SELECT n.number, c.code, sum(h.points)::BIGINT AS points, bool_or(h.kind = 'line') AS fired
        FROM contribution_history AS h JOIN codes AS c USING (level, score, line)
        JOIN chosen AS n ON n."at" = h."at" AND n.id = h.id
        WHERE h.level = 'account' AND h.kind IN ('line', 'cap') GROUP BY ALL""",
    ("account", "lead"): """
        SELECT n.number, c.code, sum(h.points)::BIGINT AS points, bool_or(h.kind = 'line') AS fired
        FROM contribution_history AS h JOIN codes AS c USING (level, score, line)
        JOIN counting AS l ON l."at" = h."at" AND l.id = h.id
        JOIN chosen AS n ON n."at" = h."at" AND n.id = l.account_id
        WHERE h.level = 'lead' AND h.kind IN ('line', 'cap') GROUP BY ALL""",
    ("lead", "lead"): """
        SELECT n.number, c.code, sum(h.points)::BIGINT AS points, bool_or(h.kind = 'line') AS fired
        FROM contribution_history AS h JOIN codes AS c USING (level, score, line)
        JOIN chosen AS n ON n."at" = h."at" AND n.id = h.id
        WHERE h.level = 'lead' AND h.kind IN ('line', 'cap') GROUP BY ALL""",
    ("lead", "account"): """
        SELECT n.number, c.code, sum(h.points)::BIGINT AS points, bool_or(h.kind = 'line') AS fired
        FROM contribution_history AS h JOIN codes AS c USING (level, score, line)
        JOIN chosen AS n ON n."at" = h."at" AND n.account_id = h.id
        WHERE h.level = 'account' AND h.kind IN ('line', 'cap') GROUP BY ALL""",
}


@dataclass(frozen=True)
class _Case:
    """One lead or account at one instant."""

    at: int
    id: str
    account: str | None
    units: int
    stage: str | None
    won: bool


@dataclass
class _Collected:
    """The cases so far, what each line gave in them, and who is none."""

    cases: list[_Case] = field(default_factory=list)
    gave: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


def draw(ruleset: Compiled, dataset: Dataset, score: Score, outcomes: Outcomes, question: Question) -> Sample:
    """Scores everybody at the instants that the design asks for, with what each line gave. Raises CannotTest where that
    leaves nobody."""
    asked = wanted(ruleset.model, dataset, outcomes, question)
    known = [(item, line) for item in _scores(ruleset, score) for line in lines(item.items) if _adds(line.effect)]
    found = _Collected(left_out=dict(asked.left_out))
    cases = None if asked.cases is None else {id_: at for id_, (at, _) in asked.cases.items()}
    for replayed in _replayed(ruleset.model, dataset, score.level, asked.instants, cases, contributions=True):
        _collect(replayed, score, outcomes, asked, known, found)
    if not found.cases:
        raise CannotTest("nobody is left to test with", _why_nobody(found.left_out))
    return _sample(score, outcomes, known, found)


def results_at(model: Model, dataset: Dataset, sample: Sample, names: tuple[str, ...]) -> dict[str, list[Any]]:
    """More results of the cases of a sample, by another ruleset perhaps: columns by the names of scores or measures.

    Someone whom these rules do not know at that instant has None everywhere.
    """
    found: dict[str, list[Any]] = {name: [None] * len(sample) for name in names}
    places = {(int(at), id_): place for place, (at, id_) in enumerate(zip(sample.at, sample.ids, strict=True))}
    asked = {id_: at for at, id_ in places} if sample.design == "closed" else None
    for replayed in _replayed(model, dataset, sample.level, sample.instants, asked):
        inside = set(replayed.instants)
        cases = [(id_, at) for at, id_ in places if at in inside]
        for at, id_, *values in _history(replayed, sample.level, names, cases):
            for name, value in zip(names, values, strict=True):
                found[name][places[at, id_]] = value
    return found


def _replayed(
    model: Model,
    dataset: Dataset,
    level: Level,
    instants: Sequence[int],
    asked: Mapping[str, int] | None,
    contributions: bool = False,
) -> Iterator[Replayed]:
    """The results at all instants, a portion at a time; where each id is asked for at its own, of these alone."""
    if asked is None or compares(model):
        for portion in batches(instants, _portion(dataset)):
            with replay(model, dataset, portion, contributions) as replayed:
                yield replayed
        return
    for portion in batches(instants, INSTANTS_AT_ONCE):
        inside = set(portion)
        ids = [id_ for id_, at in asked.items() if at in inside]
        with replay_of(model, dataset, level, ids, portion, contributions) as replayed:
            yield replayed


def _scores(ruleset: Compiled, score: Score) -> Iterator[Score]:
    """The score and those that it reads, directly or not, the score itself first."""
    keys = cone(ruleset, score)
    yield score
    for item in ruleset.model.order:
        if isinstance(item, Score) and item is not score and ("score", item.level, item.name) in keys:
            yield item


def _adds(effect: Effect) -> bool:
    return isinstance(effect, Points)


def _portion(dataset: Dataset) -> int:
    """How many instants are worked out at once."""
    counted = "SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM accounts) + 1"
    entities = int(dataset.connection.cursor().execute(counted).fetchall()[0][0])
    return max(1, ROWS_AT_ONCE // entities)


def _why_nobody(left_out: Mapping[str, int]) -> str:
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items())
    return f"left out: {reasons}" if reasons else "do the conditions hold for anybody?"


# --- one portion --------------------------------------------------------------------


def _collect(
    replayed: Replayed,
    score: Score,
    outcomes: Outcomes,
    wanted: Wanted,
    known: list[tuple[Score, RuleLine]],
    found: _Collected,
) -> None:
    connection, begin = replayed.connection, len(found.cases)
    inside = set(replayed.instants)
    cases = wanted.cases
    asked = None if cases is None else [(id_, at) for id_, (at, _) in cases.items() if at in inside]
    names = ("account_id" if score.level == "lead" else "id", score.name, "stage", "disqualified")
    for at, id_, account, units, stage, out in _history(replayed, score.level, names, asked):
        won = _label(id_, at, outcomes, wanted)
        if isinstance(won, str):
            found.leave_out(won)
        elif out is not None:
            found.leave_out("disqualified, won later" if won else "disqualified")
        else:
            found.cases.append(_Case(at, id_, account, units, stage, won))
    new = found.cases[begin:]
    connection.execute(
        _CHOSEN,
        [
            list(range(begin, begin + len(new))),
            [case.at for case in new],
            [case.id for case in new],
            [case.account for case in new],
        ],
    )
    numbers = [list(range(len(known))), *_names(known)]
    connection.execute(_CODES, numbers)
    _keep_counting(replayed)
    for level in dict.fromkeys(item.level for item, _ in known):
        rows_of = connection.execute(_GAVE[score.level, level]).fetchnumpy()
        found.gave.append(tuple(rows_of[name] for name in ("number", "code", "points", "fired")))


def _keep_counting(replayed: Replayed) -> None:
    """The table of the leads whose points count for their account: those that are not disqualified."""
    query = exp.select(column("at"), column("id"), column("account_id")).from_(table("lead_history"))
    if "disqualified" in {item.title for item in replayed.results["lead"]}:
        query = query.where(is_null(column("disqualified")))
    run(replayed.connection, temporary(table("counting"), query))


def _names(known: list[tuple[Score, RuleLine]]) -> list[list[str]]:
    return [
        [item.level for item, _ in known],
        [item.name for item, _ in known],
        [line.id for _, line in known],
    ]


def _history(
    replayed: Replayed, level: Level, names: Sequence[str], asked: list[tuple[str, int]] | None
) -> list[tuple[Any, ...]]:
    """Instant, id and these columns, of everybody or of those who are asked for, in order of time and id.

    Rules without stages, or that disqualify nobody, have no column for them: there it is missing.
    """
    connection, known = replayed.connection, {item.title for item in replayed.results[level]}
    columns: list[Sql] = [column(name, "h") if name in known else exp.null() for name in names]
    query = exp.select(column("at", "h"), column("id", "h"), *columns)
    query = query.from_(exp.alias_(table(f"{level}_history"), "h", table=True))
    if asked is not None:
        connection.execute(_WANTED, [[id_ for id_, _ in asked], [at for _, at in asked]])
        same = [column(name, "w").eq(column(name, "h")) for name in ("at", "id")]
        query = query.join(exp.alias_(table("wanted"), "w", table=True), on=exp.and_(*same))
    return rows(connection, query.order_by(column("at", "h"), column("id", "h")))


def _label(id_: str, at: int, outcomes: Outcomes, wanted: Wanted) -> bool | str:
    """Whether a case is won, or why it is none."""
    if wanted.cases is not None:
        return wanted.cases[id_][1]
    if outcomes.design == "undated":
        return id_ in outcomes.won.since
    if id_ in outcomes.won.always:
        return "won before"
    since = outcomes.won.since.get(id_)
    if since is None or since > at + wanted.within:
        return False
    if since <= at:
        return "won before"
    return True if since > at + wanted.after else "won within the gap"


# --- columns ------------------------------------------------------------------------


def _sample(score: Score, outcomes: Outcomes, known: list[tuple[Score, RuleLine]], found: _Collected) -> Sample:
    cases = found.cases
    _, cluster = np.unique([case.account or case.id for case in cases], return_inverse=True)
    points = np.zeros((len(known), len(cases)))
    fired = np.zeros((len(known), len(cases)), dtype=bool)
    for number, code, given, did in found.gave:
        points[code, number] = given / UNITS
        fired[code, number] = did
    columns = [
        Line(
            item.level,
            item.name,
            line.id,
            line.label,
            line.text,
            item.name == score.name and item.level == score.level,
            points[place],
            fired[place],
        )
        for place, (item, line) in enumerate(known)
    ]
    return Sample(
        design=outcomes.design,
        level=score.level,
        score=score.name,
        until=outcomes.until,
        ids=tuple(case.id for case in cases),
        at=np.array([case.at for case in cases], dtype=np.int64),
        won=np.array([case.won for case in cases], dtype=bool),
        cluster=cluster.astype(np.int64),
        points=np.array([case.units for case in cases], dtype=np.float64) / UNITS,
        stages=tuple(case.stage for case in cases),
        lines=tuple(columns),
        left_out=found.left_out,
    )
