"""For which leads or accounts a condition holds, and since when."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from ...grammar.late_methods import dataclass
from ..data import Dataset
from ..graph import of_model, upstream
from ..links import key_of
from ..model import Const, Disqualification, Each, Line, Model, Points, Score
from ..reads import Key
from ..runners.embedded import Run, run
from ..sql.statements import text
from .condition import Condition

Since = Mapping[str, int | None]
"""The ids for which a condition holds; since when, where that is known (microseconds)."""

_VERSIONS = {
    "account": "SELECT id, valid_from, row_number() OVER (ORDER BY id, valid_from)::VARCHAR AS number FROM accounts",
    "lead": "SELECT id, valid_from, row_number() OVER (ORDER BY id, valid_from)::VARCHAR AS number FROM contacts",
}
_NUMBERED = {
    "account": "SELECT * REPLACE (row_number() OVER (ORDER BY id, valid_from)::VARCHAR AS id, "
    "NULL::BIGINT AS valid_from) FROM accounts",
    "lead": "SELECT * REPLACE (row_number() OVER (ORDER BY id, valid_from)::VARCHAR AS id, "
    "NULL::BIGINT AS valid_from) FROM contacts",
}
_TABLE = {"account": "accounts", "lead": "contacts"}
_HAS_VERSIONS = {
    "account": "SELECT count(valid_from) > 0 FROM accounts",
    "lead": "SELECT count(valid_from) > 0 FROM contacts",
}


@dataclass(frozen=True)
class Held:
    """What became of a condition: `since` for whom it holds, and whether the data say when (`is_dated`).

    `always` are those for which it held as soon as they were known: nothing of before is left to score.
    """

    since: Since
    is_dated: bool
    always: frozenset[str] = frozenset()


def held(condition: Condition, dataset: Dataset, as_of: int) -> Held:
    """For whom a condition holds at an instant: since the first event that it selects, or the first version.

    A condition on fields alone has no instant where the data have no versions of them (`valid_from`).
    """
    if condition.has_instant:
        return Held(_by_events(condition, dataset, as_of), True)
    if _is_of_own_fields(condition) and _has_versions(condition, dataset):
        return _by_versions(condition, dataset, as_of)
    return Held(dict.fromkeys(_holding(condition, dataset, as_of)), False)


# --- events -------------------------------------------------------------------------


def _by_events(condition: Condition, dataset: Dataset, as_of: int) -> Since:
    """The first event of any selection that can make the condition true, where it is true."""
    holds = Line(_line(condition), Points(Const(value=1.0, kind="number")), condition=condition.test)
    one = Points(Const(value=1.0, kind="number"))
    events = [
        Line(_line(condition, number), one, each=Each("event", selection))
        for number, selection in enumerate(condition.events)
    ]
    entries = _entries(condition, (holds, *events), dataset, as_of)
    found = {id_ for id_, line, _ in entries if line == holds.id}
    since: dict[str, int | None] = dict.fromkeys(found)
    for id_, line, first in entries:
        if line != holds.id and id_ in found and first is not None:
            before = since[id_]
            since[id_] = first if before is None else min(before, first)
    return {id_: first for id_, first in since.items() if first is not None}


def _holding(condition: Condition, dataset: Dataset, as_of: int) -> list[str]:
    holds = Line(_line(condition), Points(Const(value=1.0, kind="number")), condition=condition.test)
    return [id_ for id_, _, _ in _entries(condition, (holds,), dataset, as_of)]


def _line(condition: Condition, number: int | None = None) -> str:
    return condition.name if number is None else f"{condition.name} {number + 1}"


def _entries(
    condition: Condition, lines: tuple[Line, ...], dataset: Dataset, as_of: int
) -> list[tuple[str, str, int | None]]:
    """Of each line that fires: the id, the line, and the instant of its first event."""
    model = asking(condition, Score(condition.level, condition.name, lines))
    with run(model, dataset, as_of, contributions=True) as made:
        return [(row[0], row[1], row[2]) for row in _rows(made, condition)]


def _rows(made: Run, condition: Condition) -> list[tuple[str, str, int | None]]:
    rows = made.connection.execute(text(made.entries())).fetchall()
    return [(row[1], row[3], row[7]) for row in rows if row[2] == condition.name and row[0] == condition.level]


def asking(condition: Condition, score: Score) -> Model:
    """The model that works out only what the condition needs, and a score that asks for it.

    Nobody is disqualified there, unless the condition asks who is: an outcome counts whoever reported it.
    """
    model = condition.model
    needed = upstream(of_model(model), Key("measure", condition.level, condition.name))
    out = not condition.asks_who_is_disqualified()
    kept = [item for item in model.order if key_of(item) in needed and not (out and isinstance(item, Disqualification))]
    return replace(model, order=(*kept, score))


# --- versions of records ------------------------------------------------------------


def _is_of_own_fields(condition: Condition) -> bool:
    """Whether nothing but fields of the record itself decides."""
    needed = upstream(of_model(condition.model), Key("measure", condition.level, condition.name))
    return all(key.kind in ("field", "derived") and key.level == condition.level for key in needed)


def _has_versions(condition: Condition, dataset: Dataset) -> bool:
    return bool(dataset.connection.cursor().execute(_HAS_VERSIONS[condition.level]).fetchall()[0][0])


def _by_versions(condition: Condition, dataset: Dataset, as_of: int) -> Held:
    """The first version for which the condition holds: each is asked as if it were a record of its own."""
    cursor = dataset.connection.cursor()
    versions = {number: (id_, at) for id_, at, number in cursor.execute(_VERSIONS[condition.level]).fetchall()}
    first: dict[str, int | None] = {}
    for id_, at in versions.values():
        first[id_] = _earlier(first.get(id_, at), at)
    since: dict[str, int | None] = {}
    with duckdb.connect() as connection:
        numbered = Dataset.empty(dataset.schema, connection)
        _copy(cursor, numbered, condition)
        for number in _holding(condition, numbered, as_of):
            id_, at = versions[number]
            if at is None or at <= as_of:
                since[id_] = _earlier(since.get(id_, at), at)
    always = frozenset(id_ for id_, at in since.items() if at is None or at == first[id_])
    return Held({id_: at for id_, at in since.items() if id_ not in always}, True, always)


def _earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two; a version without an instant is valid from the beginning."""
    return None if one is None or other is None else min(one, other)


def _copy(cursor: duckdb.DuckDBPyConnection, target: Dataset, condition: Condition) -> None:
    with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        path = str(Path(folder) / "versions.parquet")
        cursor.sql(_NUMBERED[condition.level]).write_parquet(path)
        target.connection.read_parquet(path).insert_into(_TABLE[condition.level])
