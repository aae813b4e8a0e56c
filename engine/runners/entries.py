"""The entries of a plan's contributions with their names: whose they are, of which score, line and kind."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from ..data.sql import column, with_join
from ..plan.steps import Plan
from ..sql.queries import table

Within = Callable[[str], list[exp.Expr]]
"""What rows of the results under an alias must have in common with an entry beside their owner."""


def named_entries(plan: Plan, columns: list[exp.Expr], within: Within = lambda alias: []) -> exp.Select:
    """These columns of the contributions `c`, their entries `n`, and the leads `l` or accounts `a` they are of."""
    listed = [
        exp.Tuple(expressions=[exp.Literal.number(number), *(_text(part) for part in entry)])
        for number, entry in enumerate(plan.entries or [("", "", None, "")])
    ]
    names = [exp.to_identifier(name, quoted=True) for name in ("entry", "level", "score", "line", "kind")]
    entries = exp.Values(expressions=listed, alias=exp.TableAlias(this=exp.to_identifier("n"), columns=names))
    made = exp.Select(expressions=columns).from_(_as("contributions", "c"), copy=False)
    made = with_join(made, entries, column("entry", "n").eq(column("entry", "c")))
    is_lead = column("level", "n").eq(exp.Literal.string("lead"))
    for alias, level, test in (("l", "lead", is_lead), ("a", "account", exp.Not(this=is_lead.copy()))):
        owner = column("key", alias).eq(column("key", "c"))
        mine = exp.and_(test, owner, *within(alias), copy=False)
        made = with_join(made, _as(f"{level}_results", alias), mine, "LEFT")
    return made


def owner_id() -> exp.Expr:
    """The id of the lead or the account that an entry is of."""
    return exp.Coalesce(this=column("id", "l"), expressions=[column("id", "a")])


def _as(name: str, alias: str) -> exp.Expr:
    return exp.alias_(table(name), alias, table=True, copy=False)


def _text(value: str | None) -> exp.Expr:
    return exp.Null() if value is None else exp.Literal.string(value)
