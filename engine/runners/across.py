"""Runs a plan at many instants on DuckDB: as many at once as fit, and all of them into tables by instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..instants import Zone
from ..plan.across import NUMBER, Lifted, across
from ..plan.compile import LEVELS
from ..plan.steps import INSTANT, DecayStep, Plan, ResultColumn
from ..schema import Kind
from ..sql.literals import TYPES
from ..sql.queries import table
from ..sql.statements import create, text
from .embedded import fill, fill_table, instant_values, last_readers

BUDGET = 6_000_000
"""About so many rows of contacts and events are worked on at once."""

UNREAD = ("counts", "ignored")
"""Steps that only say what became of the data."""

ENTRIES = ("level", "id", "score", "line", "kind", "points", "events", "first", "last")


class Across:
    """A plan that runs at many instants inside a cursor; its results are added to tables `…_history`."""

    def __init__(self, plan: Plan, cursor: duckdb.DuckDBPyConnection, contributions: bool) -> None:
        self._plan = plan
        self._cursor = cursor
        self._contributions = contributions and plan.contributions is not None
        steps = [step for step in plan.steps if step.name not in UNREAD]
        if not self._contributions:
            steps = [step for step in steps if step.part != "contributions"]
        self._lifted: Lifted = across(tuple(steps))

    def run(self, instants: Sequence[int]) -> None:
        """Adds the results at these instants, given in ascending order."""
        for chunk in _chunks(instants, self._at_once()):
            self._run(chunk)

    def _at_once(self) -> int:
        """How many instants are worked on at once."""
        counts = [f"SELECT count(*) FROM {name}" for name in ("contacts", "events")]
        rows = sum(int(self._cursor.execute(query).fetchall()[0][0]) for query in counts)
        return max(1, BUDGET // max(1, rows))

    def _run(self, instants: Sequence[int]) -> None:
        self._fill_instants(instants)
        steps = list(self._lifted.steps)
        last = last_readers(steps)
        for position, step in enumerate(steps):
            if isinstance(step, DecayStep):
                fill(self._cursor, step)
            else:
                self._cursor.execute(text(create(step)))
            for name in last.get(position, ()):
                self._drop(name)
        for level in LEVELS:
            self._add(f"{level}_history", self._entities(level))
        if self._contributions:
            self._add("contribution_history", self._entries())
        kept = {step.name for step in steps} - {name for names in last.values() for name in names}
        for name in (*kept, INSTANT):
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._cursor.execute(text(exp.Drop(tables=[table(name)], kind="TABLE")))

    def _fill_instants(self, instants: Sequence[int]) -> None:
        """The relation of the instants: one row each."""
        zone = Zone.named(self._plan.model.timezone)
        rows = [instant_values(self._plan, at, zone) for at in instants]
        kinds: dict[str, Kind] = {name: value.kind for name, value in rows[0].items()}
        values: list[object] = [list(range(len(rows))), *([row[name].value for row in rows] for name in kinds)]
        types = ["BIGINT", *(TYPES[kind] for kind in kinds.values())]
        fill_table(self._cursor, INSTANT, [NUMBER, *kinds], types, values)

    # --- tables by instant ----------------------------------------------------------------------------------------

    def _add(self, name: str, query: exp.Select) -> None:
        """Adds rows to a table, which is made with the first of them."""
        known = self._cursor.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]).fetchall()
        if known:
            self._cursor.execute(text(exp.Insert(this=table(name), expression=query)))
            return
        temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
        self._cursor.execute(text(exp.Create(this=table(name), kind="TABLE", expression=query, properties=temporary)))

    def _entities(self, level: Level) -> exp.Select:
        """The results of a level by instant."""
        return (
            exp.Select(expressions=[_at(), *(_titled(column) for column in self._plan.results[level])])
            .from_(exp.alias_(table(f"{level}_results"), "r", table=True))
            .join(_instants(), on=_same_instant("r"))
        )

    def _entries(self) -> exp.Select:
        """The entries by instant, with the names of their scores and lines, and the ids of their owners."""
        listed = [
            exp.Tuple(expressions=[exp.Literal.number(number), *(_text(part) for part in entry)])
            for number, entry in enumerate(self._plan.entries or [("", "", None, "")])
        ]
        names = ("entry", "level", "score", "line", "kind")
        alias = exp.TableAlias(this=_name("n"), columns=[_name(name) for name in names])
        own_id = exp.Coalesce(this=_column("id", "l"), expressions=[_column("id", "a")])
        found = {"id": own_id, **{name: _column(name, "n") for name in names[1:]}}
        columns = [exp.alias_(found.get(name, _column(name, "c")), _name(name)) for name in ENTRIES]
        made = exp.Select(expressions=[_at(), *columns]).from_(exp.alias_(table("contributions"), "c", table=True))
        made = made.join(_instants(), on=_same_instant("c"))
        same_entry = _column("entry", "n").eq(_column("entry", "c"))
        made = made.join(exp.Values(expressions=listed, alias=alias), on=same_entry)
        is_lead = _column("level", "n").eq(exp.Literal.string("lead"))
        for alias_name, level, test in (("l", "lead", is_lead), ("a", "account", exp.Not(this=is_lead.copy()))):
            same = _column("key", alias_name).eq(_column("key", "c"))
            here = _column(NUMBER, alias_name).eq(_column(NUMBER, "c"))
            other = exp.alias_(table(f"{level}_results"), alias_name, table=True)
            made = made.join(other, on=exp.and_(test, same, here), join_type="left")
        return made


def _chunks(instants: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(instants), size):
        yield instants[start : start + size]


def _at() -> exp.Expr:
    return exp.alias_(_column("as_of", "now"), _name("at"))


def _instants() -> exp.Expr:
    return exp.alias_(table(INSTANT), "now", table=True)


def _same_instant(alias: str) -> exp.Expr:
    return _column(NUMBER, alias).eq(_column(NUMBER, "now"))


def _titled(column: ResultColumn) -> exp.Expr:
    return exp.alias_(_column(column.name, "r"), _name(column.title))


def _text(value: str | None) -> exp.Expr:
    return exp.Null() if value is None else exp.Literal.string(value)


def _column(name: str, of: str) -> exp.Column:
    return exp.column(_name(name), table=of)


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
