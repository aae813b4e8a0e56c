"""What an account asks of its leads, and where an entity stands among all of its level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...grammar.nodes import Level
from ..fold import fold
from ..model import (
    Arith,
    Cases,
    Compare,
    Const,
    Coverage,
    Default,
    Expr,
    LeadAggregate,
    LeadSet,
    Missing,
    Standing,
    Table,
)
from ..rounding import to_units
from .errors import refuse
from .places import LEAD, Place
from .rowsets import LeadRows, Output
from .scalars import Over, Ref, both, call, integer, is_known, number, only_if
from .selections import is_points, summarize
from .values import Values, compare


class Rollups:
    """Turns questions about leads into columns of leads and outputs over them."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._book = values.book

    def rows(self, leads: LeadSet, place: Place) -> LeadRows:
        """The leads that a set means in a row of an account."""
        if place.row != "account":
            raise refuse("a roll-up of leads in a rule for leads", leads.where or leads.by)
        where = None if leads.where is None else self.lead_column(leads.where, "where")
        by = None if leads.by is None else self.lead_column(leads.by, "by")
        count = None if leads.count is None else self._values.value(leads.count, place)
        if count is not None and not isinstance(count, Const):
            count = replace(self._book.formula("account", "n", count), via="account")
        return LeadRows(self._values.definitions.disqualified("lead"), where, leads.end, count, by)

    def lead_column(self, expr: Expr, hint: str) -> Expr:
        """An expression of each lead as a column."""
        made = self._values.value(expr, LEAD)
        return made if isinstance(made, Const) else self._book.formula("lead", hint, made)

    def aggregate(self, expr: Expr, place: Place) -> Expr:
        """`LeadAggregate`: a number or a value over the leads of the account."""
        assert isinstance(expr, LeadAggregate)
        rows = self.rows(expr.leads, place)

        def ask(output: Output) -> Expr:
            return self._book.output(rows, output, f"{expr.function}_of_leads")

        if expr.what is None:
            return call("number", _or_zero(ask(Output("count"))), kind="number")
        if expr.function in _IN_UNITS and is_points(value := self._values.value(expr.what, LEAD)):
            return summarize(expr, ask, value, value)
        what = self.lead_column(expr.what, "what")
        if expr.function in ("share", "any", "all"):
            return _quantify(expr.function, ask(Output("count", item=only_if(what, integer(1)))), ask(Output("count")))
        key = what
        if expr.what.kind == "text":
            key = self._values.group_key(expr.what, LEAD)
            key = key if isinstance(key, (Ref, Const)) else self._book.formula("lead", "key", key)
        return summarize(expr, ask, what, key)

    def coverage(self, expr: Expr, place: Place) -> Expr:
        """`Coverage`: the weight of the listed values that some lead has, out of the weight of all."""
        assert isinstance(expr, Coverage)
        rows = self.rows(expr.leads, place)
        weights = {value: weight_of(value, expr.weights) for value in _distinct(expr.values)}
        whole = sum(weights.values())
        if whole == 0:
            return Const(value=None, kind="number")
        what = self._values.group_key(expr.what, LEAD)
        present: Expr = integer(0)
        for values in _chunks([*weights]):
            items = tuple(
                (Compare(op="==", left=what, right=Const(value=value, kind=what.kind), exact=True), integer(1 << bit))
                for bit, value in enumerate(values)
            )
            listed = Cases(items=items, otherwise=None, kind="timestamp")
            own = self._book.formula("lead", "covers", listed if rows.where is None else only_if(rows.where, listed))
            found = _or_zero(self._book.output(rows, Output("bits", item=own), "covered"))
            for bit, value in enumerate(values):
                there = compare(">", call("common_bits", found, integer(1 << bit)), integer(0))
                present = call("add", present, only_if(there, integer(weights[value]), integer(0)))
        return Arith(op="/", left=call("number", present, kind="number"), right=number(float(whole)), kind="number")

    def standing(self, expr: Expr, place: Place) -> Expr:
        """`Standing`: rank or percentile among those of the level that are not disqualified and have a value."""
        assert isinstance(expr, Standing)
        level: Level = place.row
        value = self._book.formula(level, "value", self._values.value(expr.what, place))
        known: Expr = is_known(value)
        partition: tuple[Expr, ...] = ()
        if expr.per is not None:
            per = self._book.formula(level, "per", self._values.group_key(expr.per, place))
            known, partition = both(known, is_known(per)), (per,)
        out = self._values.definitions.disqualified(level)
        known = known if out is None else both(known, Missing(item=out))
        among = self._book.formula(level, "counts", known, kind="bool")
        self._book.ranked.add(among.name)
        partition = (among, *partition)
        position = Over(
            item=call("rank"), partition=partition, order=((value, expr.function == "rank"),), kind="timestamp"
        )
        if expr.function == "rank":
            return only_if(among, call("number", position, kind="number"))
        smaller = call("multiply", call("subtract", position, integer(1)), integer(100))
        of = Over(item=call("count"), partition=partition, kind="timestamp")
        return only_if(
            among,
            Arith(
                op="/",
                left=call("number", smaller, kind="number"),
                right=call("number", of, kind="number"),
                kind="number",
            ),
        )


_IN_UNITS = ("sum", "avg", "min", "max")
"""Functions of points that are worked out from their units."""

_BITS = 60
"""Listed values that one number says are there."""


def _chunks(values: Sequence[str | float]) -> Iterator[Sequence[str | float]]:
    return (values[start : start + _BITS] for start in range(0, len(values), _BITS))


def weight_of(value: object, table: Table | None) -> int:
    """The weight of a listed value in units; 1 without a table, 0 where the table has none."""
    if table is None:
        return 1
    for entry in table.entries:
        if _holds(entry.keys[0], value):
            return _units(entry.value)
    return 0 if table.default is None else _units(table.default)


def _holds(key: object, value: object) -> bool:
    if isinstance(key, tuple):
        low, high = key
        return isinstance(value, (int, float)) and (low is None or low <= value) and (high is None or value <= high)
    return (fold(key) if isinstance(key, str) else key) == value


def _units(weight: object) -> int:
    return (to_units(weight) or 0) if isinstance(weight, float) else 0


def _distinct(values: tuple[object, ...]) -> list[str | float]:
    known = (fold(value) if isinstance(value, str) else value for value in values)
    return list(dict.fromkeys(value for value in known if isinstance(value, (str, float))))


def _quantify(function: str, holds: Expr, everyone: Expr) -> Expr:
    holds, everyone = _or_zero(holds), _or_zero(everyone)
    if function == "any":
        return compare(">", holds, integer(0))
    if function == "all":
        return both(compare(">", everyone, integer(0)), Compare(op="==", left=holds, right=everyone))
    share = Arith(
        op="/", left=call("number", holds, kind="number"), right=call("number", everyone, kind="number"), kind="number"
    )
    return only_if(compare(">", everyone, integer(0)), share)


def _or_zero(count: Expr) -> Expr:
    return Default(item=count, fallback=integer(0), kind="timestamp")
