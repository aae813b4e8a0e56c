"""Between which numbers a value always lies, whatever the data: intervals of expressions and of whole scores.

An interval may be wider than the truth, never narrower. Params count with the value of this run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from ...grammar.nodes import Level
from ..model import (
    Arith,
    Cases,
    Conditional,
    Const,
    Coverage,
    Default,
    Definition,
    Derived,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Function,
    LeadAggregate,
    Lookup,
    Measure,
    Model,
    PeriodAggregate,
    Result,
    Score,
    Standing,
    Table,
    Weighted,
)
from .intervals import ANY, Interval, aggregated, arithmetic, exactly, function, hull
from .totals import most_events, most_leads, score

ROWS: tuple[Level, ...] = ("lead", "account")
ATTRIBUTES = {"age": (0, inf), "hour": (0, 23), "weekday": (1, 7), "month": (1, 12)}


class Bounds:
    """The intervals of one ruleset's values; each score and measure is worked out once."""

    def __init__(self, model: Model) -> None:
        self._scores = {(item.level, item.name): item for item in model.order if isinstance(item, Score)}
        self._measures = {(item.level, item.name): item for item in model.order if isinstance(item, Measure)}
        self._derived = {(item.level, item.name): item for item in model.order if isinstance(item, Derived)}
        self._found: dict[tuple[str, str, str], Interval] = {}
        self._may_miss: dict[tuple[str, str, Level], bool] = {}
        self._waiting: Sequence[Definition] = model.order

    def of(self, expr: Expr, row: Level) -> Interval:
        """The interval of a number in a row of that level."""
        match expr:
            case Const(value=value):
                return exactly(value)
            case Result(what="score" | "measure" as what):
                found = self.result(what, expr.level, expr.name)
                return replace(found, may_miss=found.may_miss or expr.level != row)
            case Field():
                return replace(ANY, may_miss=self._field_may_miss(expr, row))
            case EventAttr(name=name) if name in ATTRIBUTES:
                return Interval(*ATTRIBUTES[name], may_miss=False)
            case Arith(op=op, left=left, right=right):
                return arithmetic(op, self.of(left, row), self.of(right, row))
            case Function(name=name, args=args):
                return function(name, [self.of(arg, row) for arg in args])
            case Default() | Conditional() | Cases() | Weighted() | Lookup():
                return self._chosen(expr, row)
        return self._aggregate(expr, row)

    def result(self, what: str, level: Level, name: str) -> Interval:
        """The interval of a score or a measure, for an entity of its own level."""
        self._prepare()
        key = (what, level, name)
        if key not in self._found:
            rule = (self._scores if what == "score" else self._measures).get((level, name))
            if isinstance(rule, Score):
                self._found[key] = score(rule, lambda expr: self.of(expr, level))
            else:
                self._found[key] = self.of(rule.value, level) if isinstance(rule, Measure) else ANY
        return self._found[key]

    def _prepare(self) -> None:
        """Work out each definition after what it reads, so that a chain of them is never followed to its end."""
        waiting, self._waiting = self._waiting, ()
        for item in waiting:
            match item:
                case Derived(level=owner, name=name):
                    for row in ROWS:
                        self._field_may_miss(Field(owner, name), row)
                case Score(level=level, name=name):
                    self.result("score", level, name)
                case Measure(level=level, name=name):
                    self.result("measure", level, name)

    def _field_may_miss(self, field: Field, row: Level) -> bool:
        """A derived field whose rules always give a value is never missing, if there is somebody to have it."""
        rule = self._derived.get((field.level, field.name))
        if rule is None or (field.level == "account" and row == "lead"):
            return field.name != "id"
        self._prepare()
        key = (field.level, field.name, row)
        if key not in self._may_miss:
            self._may_miss[key] = self.of(rule.value, row).may_miss
        return self._may_miss[key]

    def _chosen(self, expr: Expr, row: Level) -> Interval:
        """Of expressions that pick one of several values, or mix them."""
        match expr:
            case Default(item=item, fallback=fallback):
                first, second = self.of(item, row), self.of(fallback, row)
                return replace(hull([first, second]), may_miss=second.may_miss) if first.may_miss else first
            case Conditional(value=value, other=other):
                return self._one_of([value, other], row)
            case Cases(items=items, otherwise=otherwise):
                return self._one_of([*(value for _, value in items), otherwise], row)
            case Weighted(terms=terms) if all(self.of(weight, row).low >= 0 for _, weight in terms):
                inputs = [self.of(value, row) for value, _ in terms]
                return replace(hull(inputs), may_miss=all(item.may_miss for item in inputs))
            case Lookup(table=table):
                return _entries(table)
        return ANY

    def _one_of(self, values: Iterable[Expr | None], row: Level) -> Interval:
        known = list(values)
        found = hull(self.of(value, row) for value in known if value is not None)
        return replace(found, may_miss=found.may_miss or None in known)

    def _aggregate(self, expr: Expr, row: Level) -> Interval:
        match expr:
            case EventAggregate(function="count" | "distinct", selection=selection):
                return Interval(0, most_events(selection), may_miss=False)
            case EventAggregate(function="days_since") | PeriodAggregate():
                return Interval(0, inf)
            case EventAggregate(function=name, what=Expr() as what, selection=selection):
                return aggregated(name, self.of(what, row), most_events(selection))
            case LeadAggregate(function="count" | "distinct", leads=leads):
                return Interval(0, most_leads(leads), may_miss=False)
            case LeadAggregate(function="share"):
                return Interval(0, 1)
            case Coverage(weights=table):
                return Interval(0, 1, may_miss=table is not None) if table is None or _entries(table).low >= 0 else ANY
            case LeadAggregate(function=name, what=Expr() as what, leads=leads):
                return aggregated(name, self.of(what, "lead"), most_leads(leads))
            case Standing(function=name):
                return Interval(1, inf) if name == "rank" else Interval(0, 100)
        return ANY


def _entries(table: Table) -> Interval:
    """The values of a table; without a default a key may find nothing."""
    values = [entry.value for entry in table.entries] + ([] if table.default is None else [table.default])
    found = hull(exactly(value) for value in values)
    return replace(found, may_miss=found.may_miss or table.default is None)
