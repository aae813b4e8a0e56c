"""Runs a plan at many instants on DuckDB, as many of them at once as fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..data.sql import column
from ..garbage import uncollected
from ..instants import Zone
from ..plan.steps import AT_HAND, EVERY, INSTANT, NUMBER, DecayStep, Plan, Step
from ..sql.prepared import Prepared, prepared
from ..sql.queries import table
from .amounts import BUDGET, EVENT, rows_at_instant
from .filling import instants_columns, instants_values
from .making import drop, fill_table, make_steps

STRETCH = 100
"""At most so many instants are followed from one to the next, before that begins anew: all that is followed is held."""

LITTLE = 6_000_000
"""With at most so many rows of contacts and events, times instants, more are followed: what is held is little then."""

AT_HAND_AT_ONCE = 30
"""About so many instants are at hand: what is so at any of them is picked out of all that is so in the stretch."""

RESULTS = ("lead_results", "account_results", "contributions")

Counted = Callable[[str, int, int], None]
"""Told of what is worked out, at how many instants it is, and at how many it will be."""


def uncounted(what: str, done: int, of: int) -> None:
    """Nobody is told."""


FEW_INSTANTS = "SET SESSION nested_loop_join_threshold = 100"
"""What counts at so few instants is compared with each of them: to sort it first, as the engine would, takes longer."""

UNREAD = ("counts", "ignored")
"""Steps that only say what became of the data."""


Part = tuple[Prepared, ...]
"""Statements that run one after the other."""


@dataclass(frozen=True)
class Statements:
    """The statements of a plan over many instants, as `plan.across.Lifted` has the steps."""

    once: Part
    spanning: Part
    at_hand: Part
    each: Part

    @property
    def parts(self) -> tuple[Part, Part, Part, Part]:
        """Those of each kind."""
        return self.once, self.spanning, self.at_hand, self.each

    @property
    def only_count(self) -> bool:
        """Whether events themselves are not looked at, at the single instants."""
        return all(step.name != EVENT for step in self.each)


def statements(plan: Plan, contributions: bool = False) -> Statements:
    """The statements of a plan, with those of contributions if these are asked for."""
    from ..plan.across import across  # what was lifted before needs no planner

    unread = UNREAD if contributions else (*UNREAD, "contributions")
    with uncollected():
        found = across(_needed([step for step in plan.steps if step.name not in unread]))
        parts = (found.once, found.spanning, found.at_hand, found.each)
        return Statements(*(tuple(map(prepared, part)) for part in parts))


def _needed(steps: Sequence[Step | DecayStep]) -> list[Step | DecayStep]:
    """The steps that results are made of."""
    found: list[Step | DecayStep] = []
    read = {*RESULTS}
    for step in reversed(steps):
        if step.name in read:
            read.update(step.reads)
            found.append(step)
    return found[::-1]


class Across:
    """A plan that runs at many instants inside a cursor.

    While `collect` is called its results are there, with the column NUMBER that leads to the relation of the instants.
    """

    def __init__(self, plan: Plan, cursor: duckdb.DuckDBPyConnection, steps: Statements | None = None) -> None:
        self._plan = plan
        self._cursor = cursor
        self._steps = steps or statements(plan)

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
        done, rows = 0, self._rows()
        counted(done, len(instants))
        self._cursor.execute(FEW_INSTANTS)
        once, spanning, at_hand, each = self._steps.parts
        with self._made(once, (*spanning, *at_hand, *each)):
            for chunk in self._at_once(instants, at_once or max(1, BUDGET // rows), max(STRETCH, LITTLE // rows)):
                with self._instants(chunk), self._made(each, (), RESULTS):
                    collect(chunk)
                done += len(chunk)
                counted(done, len(instants))

    def _at_once(self, instants: Sequence[int], most: int, longest: int) -> Iterator[Sequence[int]]:
        """The instants that are worked on at once, so many at `most`, while what they have in common with those around
        them is there; `longest` is how many are followed from one to the next."""
        _, spanning, at_hand, each = self._steps.parts
        for stretch in _evenly(instants, longest):
            with self._table(EVERY, ["as_of"], ["BIGINT"], [list(stretch)]), self._made(spanning, (*at_hand, *each)):
                for some in _chunks(stretch, max(1, AT_HAND_AT_ONCE // most) * most):
                    bounds = [[some[0]], [some[-1]]]
                    with self._table(AT_HAND, ["first", "last"], ["BIGINT"] * 2, bounds), self._made(at_hand, each):
                        yield from _chunks(some, most)

    @contextmanager
    def _made(self, steps: Part, readers: Part, kept: Collection[str] = ()) -> Iterator[None]:
        """The tables of some steps that their readers need, or that are kept, for so long."""
        names = {step.name for step in steps} & {*kept, *(name for step in readers for name in step.reads)}
        make_steps(self._cursor, steps, names)
        yield
        for name in names:
            drop(self._cursor, name)

    @contextmanager
    def _table(
        self, name: str, columns: Sequence[str], types: Sequence[str], values: Sequence[object]
    ) -> Iterator[None]:
        """A table of these columns, for so long."""
        fill_table(self._cursor, name, columns, types, values)
        yield
        drop(self._cursor, name)

    def _rows(self) -> int:
        """About how many rows of contacts and events are worked on at one instant, at least one."""
        queries = [f"SELECT count(*) FROM {name}" for name in ("contacts", "events")]
        contacts, events = (int(self._cursor.execute(query).fetchall()[0][0]) for query in queries)
        return rows_at_instant(contacts, events, self._steps.only_count)

    def _instants(self, instants: Sequence[int]) -> AbstractContextManager[None]:
        """The relation of the instants, for so long: one row each."""
        values = instants_values(self._plan.instant, instants, Zone.named(self._plan.model.timezone))
        names, types = zip(*instants_columns(self._plan.instant), strict=True)
        return self._table(INSTANT, names, types, values)


def _chunks(instants: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(instants), size):
        yield instants[start : start + size]


def _evenly(instants: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """At most so many instants at once, and about as many each time."""
    parts = max(1, math.ceil(len(instants) / most))
    return _chunks(instants, max(1, math.ceil(len(instants) / parts)))


def by_instant(alias: str) -> tuple[exp.Expr, exp.Expr]:
    """The relation of the instants under the alias `now`, and the test that it is that of another relation's rows."""
    return exp.alias_(table(INSTANT), "now", table=True), same_instant(alias, "now")


def same_instant(alias: str, other: str) -> exp.Expr:
    """Whether the rows of two relations are of one instant."""
    return column(NUMBER, alias).eq(column(NUMBER, other))


def named(name: str) -> exp.Identifier:
    """A name as it is."""
    return exp.to_identifier(name, quoted=True)
