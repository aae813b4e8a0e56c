"""The entries of a plan's contributions with their names: whose they are, of which score, line and kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import column, with_join
from ..plan.steps import LEVELS, Plan
from ..sql.queries import table

Within = Callable[[str], list[exp.Expr]]
"""What rows of the results under an alias must have in common with an entry beside their owner."""
Beside = Callable[[exp.Select], exp.Select]
"""Joins something else with the contributions `c`."""


def named_entries(
    plan: Plan,
    columns: Sequence[exp.Expr],
    order: Sequence[str] = (),
    within: Within = lambda alias: [],
    beside: Beside = lambda part: part,
) -> exp.Select:
    """These columns of the contributions `c`, their entries `n`, and the leads or accounts `o` they are of; those of
    leads first, each in an `order` of columns of the contributions, if there is one.

    Leads and accounts are looked up apart, and by numbers they are put in order: to sort by texts takes twice as long.
    """
    levels = [level for level in LEVELS if any(entry[0] == level for entry in plan.entries)]
    parts = [_of_level(plan, level, columns, order, within, beside) for level in levels or LEVELS[:1]]
    whole = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, dialect="duckdb", copy=False)
    shown = [column(each.alias_or_name, "e") for each in columns]
    made = exp.Select(expressions=shown).from_(exp.alias_(exp.Subquery(this=whole), "e", table=True), copy=False)
    return made.order_by(*(column(name, "e") for name in (_LEVEL, *order)), copy=False) if order else made


def _of_level(
    plan: Plan, level: Level, columns: Sequence[exp.Expr], order: Sequence[str], within: Within, beside: Beside
) -> exp.Select:
    listed = [
        exp.Tuple(expressions=[exp.Literal.number(number), *(_text(part) for part in entry)])
        for number, entry in enumerate(plan.entries or [("", "", None, "")])
        if not plan.entries or entry[0] == level
    ]
    names = [exp.to_identifier(name, quoted=True) for name in ("entry", "level", "score", "line", "kind")]
    entries = exp.Values(expressions=listed, alias=exp.TableAlias(this=exp.to_identifier("n"), columns=names))
    place = exp.alias_(exp.Literal.number(LEVELS.index(level)), _LEVEL, quoted=True)
    by = [column(name, "c") for name in order]
    made = exp.Select(expressions=[*(each.copy() for each in columns), place, *by])
    made = made.from_(_as("contributions", "c"), copy=False)
    made = with_join(made, entries, column("entry", "n").eq(column("entry", "c")))
    owner = exp.and_(column("key", "o").eq(column("key", "c")), *within("o"), copy=False)
    return beside(with_join(made, _as(f"{level}_results", "o"), owner))


_LEVEL = "number of the level"


def owner_id() -> exp.Expr:
    """The id of the lead or the account that an entry is of."""
    return column("id", "o")


def _as(name: str, alias: str) -> exp.Expr:
    return exp.alias_(table(name), alias, table=True, copy=False)


def _text(value: str | None) -> exp.Expr:
    return exp.cast(exp.Null(), "TEXT", dialect="duckdb") if value is None else exp.Literal.string(value)
