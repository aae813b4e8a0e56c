"""Runs a plan at many instants on DuckDB, as many of them at once as fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..data.sql import column
from ..garbage import uncollected
from ..instants import Zone
from ..plan.steps import AT_HAND, EVERY, INSTANT, NUMBER, Plan
from ..schema import Kind
from ..sql.literals import TYPES
from ..sql.prepared import Prepared, prepared
from ..sql.queries import table
from .embedded import drop, fill_table, instant_values, make_steps

BUDGET = 6_000_000
"""About so many rows of contacts and events are worked on at once."""

AT_HAND_AT_ONCE = 4
"""So many times as many instants are at hand: what is so at any of them is picked out of all that ever is so."""

EVENT = "event"
"""The step that has the events as they are at an instant; without it they are only counted."""

COUNTED = 3
"""So many rows of what is counted a contact has about, where events themselves are not looked at."""

RESULTS = ("lead_results", "account_results", "contributions")

Counted = Callable[[str, int, int], None]
"""Told of what is worked out, at how many instants it is, and at how many it will be."""


def uncounted(what: str, done: int, of: int) -> None:
    """Nobody is told."""


_FEW_INSTANTS = "SET SESSION nested_loop_join_threshold = 100"
"""What counts at so few instants is compared with each of them: to sort it first, as the engine would, takes longer."""

UNREAD = ("counts", "ignored")
"""Steps that only say what became of the data."""


@dataclass(frozen=True)
class Statements:
    """The statements of a plan over many instants: those that depend on none of them, after these those that depend on
    which are at hand, and after these those by instant."""

    once: tuple[Prepared, ...]
    at_hand: tuple[Prepared, ...]
    each: tuple[Prepared, ...]


def statements(plan: Plan, contributions: bool = False) -> Statements:
    """The statements of a plan, with those of contributions if these are asked for."""
    from ..plan.across import across  # what was lifted before needs no planner

    unread = UNREAD if contributions else (*UNREAD, "contributions")
    with uncollected():
        found = across(step for step in plan.steps if step.name not in unread)
        return Statements(*(tuple(map(prepared, part)) for part in (found.once, found.at_hand, found.each)))


class Across:
    """A plan that runs at many instants inside a cursor.

    While `collect` is called its results are there, with the column NUMBER that leads to the relation of the instants.
    """

    def __init__(self, plan: Plan, cursor: duckdb.DuckDBPyConnection, steps: Statements | None = None) -> None:
        self._plan = plan
        self._cursor = cursor
        self._steps = steps or statements(plan)
        self._results = [step.name for step in self._steps.each if step.name in RESULTS]

    def run(
        self,
        instants: Sequence[int],
        collect: Callable[[Sequence[int]], None],
        at_once: int | None = None,
        counted: Callable[[int, int], None] | None = None,
    ) -> None:
        """Works out the plan at these instants, given in ascending order; tells `collect` which of them are there, and
        `counted` how many are done of how many."""
        counted = counted or partial(uncounted, "")
        done = 0
        counted(done, len(instants))
        once, near, each = self._steps.once, self._steps.at_hand, self._steps.each
        shared = {step.name for step in once} & {name for step in (*near, *each) for name in step.reads}
        most = at_once or self._most()
        self._cursor.execute(_FEW_INSTANTS)
        fill_table(self._cursor, EVERY, ["as_of"], ["BIGINT"], [list(instants)])
        make_steps(self._cursor, once, shared)
        for some in _chunks(instants, AT_HAND_AT_ONCE * most):
            fill_table(self._cursor, AT_HAND, ["first", "last"], ["BIGINT"] * 2, [[some[0]], [some[-1]]])
            make_steps(self._cursor, near, [step.name for step in near])
            for chunk in _chunks(some, most):
                self._fill_instants(chunk)
                make_steps(self._cursor, each, RESULTS)
                collect(chunk)
                done += len(chunk)
                counted(done, len(instants))
                for name in (*self._results, INSTANT):
                    drop(self._cursor, name)
            for name in (AT_HAND, *(step.name for step in near)):
                drop(self._cursor, name)
        for name in (EVERY, *shared):
            drop(self._cursor, name)

    def _most(self) -> int:
        """How many instants are worked on at once."""
        queries = [f"SELECT count(*) FROM {name}" for name in ("contacts", "events")]
        contacts, events = (int(self._cursor.execute(query).fetchall()[0][0]) for query in queries)
        if not any(step.name == EVENT for step in self._steps.each):
            events = min(events, COUNTED * contacts)
        return max(1, BUDGET // max(1, contacts + events))

    def _fill_instants(self, instants: Sequence[int]) -> None:
        """The relation of the instants: one row each."""
        zone = Zone.named(self._plan.model.timezone)
        rows = [instant_values(self._plan, at, zone) for at in instants]
        kinds: dict[str, Kind] = {name: value.kind for name, value in rows[0].items()}
        values: list[object] = [list(range(len(rows))), *([row[name].value for row in rows] for name in kinds)]
        types = ["BIGINT", *(TYPES[kind] for kind in kinds.values())]
        fill_table(self._cursor, INSTANT, [NUMBER, *kinds], types, values)


def _chunks(instants: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(instants), size):
        yield instants[start : start + size]


def by_instant(alias: str) -> tuple[exp.Expr, exp.Expr]:
    """The relation of the instants under the alias `now`, and the test that it is that of another relation's rows."""
    return exp.alias_(table(INSTANT), "now", table=True), same_instant(alias, "now")


def same_instant(alias: str, other: str) -> exp.Expr:
    """Whether the rows of two relations are of one instant."""
    return column(NUMBER, alias).eq(column(NUMBER, other))


def named(name: str) -> exp.Identifier:
    """A name as it is."""
    return exp.to_identifier(name, quoted=True)
