"""The columns of results in a store: one for each score, measure and grade that any ruleset kept in it ever had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data.layout import SQL_TYPES, spelling
from ..data.sql import call, cast, column, run
from ..schema import Kind
from .changes import AT, GONE, Relation
from .trees import inside

LEVELS: tuple[Level, ...] = ("lead", "account")
Part = Literal["lead", "account", "account_field"]
"""What has columns of its own: the results of both levels, and the fields of accounts."""
PARTS: tuple[Part, ...] = ("lead", "account", "account_field")
OWN: Mapping[Part, tuple[str, ...]] = {
    "lead": ("account_id", "stage", "disqualified"),
    "account": ("stage", "disqualified"),
    "account_field": (),
}
"""Columns that every ruleset has."""

ENTRY_VALUES = ("points", "events", "first", "last")
_RESERVED = ("id", "entity", "account_id", "stage", "disqualified", AT, GONE, "as_of")


class Titled(Protocol):
    """A column that comes in: a result, or a field."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def role(self) -> str:
        """What it is."""

    @property
    def kind(self) -> Kind:
        """What its values are."""


@dataclass(frozen=True)
class KeptColumn:
    """A result or a field, and the column that holds it. Scores are whole units of 1/10000 points."""

    level: Part
    role: str
    title: str
    kind: Kind
    name: str

    @property
    def sql_type(self) -> str:
        return "BIGINT" if self.role == "score" else SQL_TYPES[self.kind]

    def is_of(self, result: Titled) -> bool:
        return (self.role, self.title, self.kind) == (result.role, result.title, result.kind)


def known_columns(cursor: duckdb.DuckDBPyConnection) -> dict[Part, list[KeptColumn]]:
    """All columns of each part, the oldest first."""
    query = "SELECT level, role, title, kind, name FROM store.result_columns ORDER BY rowid"
    found: dict[Part, list[KeptColumn]] = {part: [] for part in PARTS}
    for row in cursor.execute(query).fetchall():
        made = KeptColumn(*row)
        found[made.level].append(made)
    return found


def level_of(part: Part) -> Level:
    """Whose columns they are."""
    return "lead" if part == "lead" else "account"


def relation_of(level: Part, columns: Iterable[KeptColumn]) -> Relation:
    """The results of a level as a relation that is kept."""
    return Relation(level, ("entity",), (*OWN[level], *(each.name for each in columns)))


def entries_of(level: Level) -> Relation:
    """The contributions of a level as a relation that is kept."""
    return Relation(f"{level}_entry", ("entity", "entry"), ENTRY_VALUES)


def fitting(
    cursor: duckdb.DuckDBPyConnection, level: Part, results: Sequence[Titled], known: list[KeptColumn]
) -> dict[str, str]:
    """The titles of these results by the column of the store; a column that is not known comes to those that are."""
    titles = {name: name for name in OWN[level] if any(result.title == name for result in results)}
    for result in results:
        if result.role in ("score", "measure", "grade", "field"):
            there = next((each for each in known if each.is_of(result)), None)
            if there is None:
                there = _add(cursor, level, result, known)
                known.append(there)
            titles[there.name] = result.title
    return titles


def _add(cursor: duckdb.DuckDBPyConnection, level: Part, result: Titled, known: Sequence[KeptColumn]) -> KeptColumn:
    """One more column in both tables of a level; what was kept before has nothing in it."""
    taken = {spelling(name) for name in (*_RESERVED, *(each.name for each in known))}
    made = KeptColumn(level, result.role, result.title, result.kind, _free(result, taken))
    relation = relation_of(level, known)
    for table in (relation.now, relation.changes):
        definition = exp.ColumnDef(
            this=exp.to_identifier(made.name, quoted=True), kind=exp.DataType.build(made.sql_type, dialect="duckdb")
        )
        run(cursor, exp.Alter(this=table, kind="TABLE", actions=[definition]))
    values = [made.level, made.role, made.title, made.kind, made.name]
    cursor.execute("INSERT INTO store.result_columns VALUES (?, ?, ?, ?, ?)", values).fetchall()
    return made


def _free(result: Titled, taken: Collection[str]) -> str:
    """The title itself wherever that is no other column's name."""
    tries = [result.title, f"{result.title} ({result.role})", f"{result.title} ({result.role}, {result.kind})"]
    tries += [f"{tries[-1]} {number}" for number in range(2, len(taken) + 3)]
    return next(name for name in tries if spelling(name) not in taken)


# --- for people ------------------------------------------------------------------------------------------------------


def make_views(cursor: duckdb.DuckDBPyConnection) -> None:
    """Views for whoever asks the store in SQL: `leads`, `accounts`, and their histories.

    Names in them have no catalog, so that they hold however the file is opened.
    """
    every = known_columns(cursor)
    for level in LEVELS:
        known = every[level]
        relation = relation_of(level, known)
        shown = {each.name: _shown(each) for each in known}
        values = [shown.get(name, _of_row(name)) for name in relation.values]
        _view(cursor, f"{level}s", relation.now, [_id(), *values])
        when = _named(call("make_timestamptz", column(AT, "r")), "as_of")
        _view(cursor, f"{level}_history", relation.changes, [_id(), when, _of_row(GONE), *values])


def _view(cursor: duckdb.DuckDBPyConnection, name: str, source: exp.Table, values: Sequence[exp.Expr]) -> None:
    bare = exp.Table(this=source.this.copy(), alias=exp.TableAlias(this=exp.to_identifier("r")))
    query = exp.select(*values).from_(bare).join("entities AS e", on="e.entity = r.entity")
    query = query.where(exp.column("level", "e").eq(exp.Literal.string(name.split("_")[0].removesuffix("s"))))
    with inside(cursor):
        run(cursor, exp.Create(this=exp.to_table(name), kind="VIEW", replace=True, expression=query))


def _id() -> exp.Expr:
    return exp.column("id", "e")


def _of_row(name: str) -> exp.Expr:
    return exp.column(exp.to_identifier(name, quoted=True), "r")


def _shown(each: KeptColumn) -> exp.Expr:
    """Scores as points with four decimals, instants as such."""
    value = _of_row(each.name)
    if each.role == "score":
        one = exp.cast(exp.Literal.string("0.0001"), "DECIMAL(4, 4)")
        exact = exp.Mul(this=exp.cast(value, "DECIMAL(18, 0)"), expression=one)
        return _named(cast(exact, "DECIMAL(18, 4)"), each.name)
    return _named(call("make_timestamptz", value), each.name) if each.kind == "timestamp" else value


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, exp.to_identifier(name, quoted=True))
