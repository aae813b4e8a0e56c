"""What a rule asks of the events of an entity: whether and how often they happened, and numbers over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from ...grammar.nodes import Level
from ..instants import DAY
from ..model import (
    LONGEST,
    And,
    Arith,
    Compare,
    Default,
    EventAggregate,
    EventAttr,
    Expr,
    Happened,
    Often,
    PeriodAggregate,
    Selection,
)
from ..rounding import LIMIT, to_units
from .adapter import AS_OF
from .errors import refuse
from .places import Place
from .rowsets import Counter, Output, Portioned, Rows, Special, keyed
from .scalars import Call, Ref, call, event, integer, number, only_if
from .values import Values, compare, compare_count


class Selections:
    """Turns questions about events into outputs of sets of rows, and formulas over these."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._book = values.book

    def ask(self, rows: Rows, output: Output, hint: str, row: Level) -> Ref:
        """The column of an output as a row of a level reads it: a lead reads that of its account."""
        made = self._book.output(keyed(rows, output, row), output, hint)
        return made if made.level == row else Ref(level=made.level, name=made.name, via="account", kind=made.kind)

    def count(self, selection: Selection, place: Place) -> Ref:
        """How many events are selected; missing for none."""
        return self._ask(selection, Output("count"), "count", place)

    def newest(self, selection: Selection, place: Place) -> Ref:
        """The instant of the newest selected event."""
        return self._ask(selection, Output("newest"), "newest", place)

    def oldest(self, selection: Selection, place: Place) -> Ref:
        """The instant of the oldest selected event."""
        return self._ask(selection, Output("oldest"), "oldest", place)

    def happened(self, expr: Expr, place: Place) -> Expr:
        """`Happened`: anything is selected, or as often as said."""
        assert isinstance(expr, Happened)
        often = expr.often
        if often is None:
            return compare(">", Default(item=self.count(expr.selection, place), fallback=integer(0)), integer(0))
        inside = place.selecting(expr.selection.scope)
        counter = self.counter(often, inside)
        if counter.is_within:
            rows = Portioned(self.rows(expr.selection, place), counter)
            found = self.ask(rows, Output("count"), f"{expr.selection.label} portions", place.row)
            return compare(">", Default(item=found, fallback=integer(0)), integer(0))
        if counter.distinct is None:
            found = self.count(expr.selection, place)
        else:
            output = Output("distinct", item=counter.distinct)
            found = self._ask(expr.selection, output, f"{often.unit}", place)
        return compare_count(often.op, found, self._values.owner_value(often.count, place))

    def counter(self, often: Often, inside: Place) -> Counter:
        """What is counted, and the number to compare with, as rows of events read them."""
        by = None if often.group is None else self.group_of(often.group, inside)
        length = None if often.stretch is None else self._values.length(often.stretch, inside)
        return Counter(
            self._distinct(often, inside), often.op, self._values.owner_value(often.count, inside), by, length
        )

    def rows(self, selection: Selection, place: Place) -> Rows:
        """The events that a selection means in a row of an entity, or those of its newest portion."""
        events = self._values.event_set(selection, place)
        if selection.portion is None:
            return events
        return Portioned(events, self.counter(selection.portion, place.selecting(selection.scope)))

    def aggregate(self, expr: Expr, place: Place) -> Expr:
        """`EventAggregate`: a number or a value over the selected events."""
        assert isinstance(expr, EventAggregate)
        if expr.function == "days_since":
            age = call("subtract", AS_OF, self.newest(expr.selection, place))
            return call("number", call("div", age, integer(DAY)), kind="number")
        if expr.function == "count" and expr.what is None:
            count = Default(item=self.count(expr.selection, place), fallback=integer(0), kind="timestamp")
            return call("number", count, kind="number")
        assert expr.what is not None
        inside = place.selecting(expr.selection.scope)
        rows = self.rows(expr.selection, place)
        what = self._values.value(expr.what, inside)
        if expr.function in ("newest", "earliest"):
            value: Special = "newest_value" if expr.function == "newest" else "earliest_value"
            return self.ask(rows, Output(value, item=what, kind=what.kind), expr.function, place.row)
        key = self._values.group_key(expr.what, inside)
        return summarize(expr, lambda output: self.ask(rows, output, expr.function, place.row), what, key)

    def per_period(self, expr: Expr, place: Place) -> Expr:
        """`PeriodAggregate`: a function over the counts of rolling periods, those without events included."""
        assert isinstance(expr, PeriodAggregate)
        inside = place.selecting(expr.selection.scope)
        bound = self._values.owner_value(expr.periods, inside)
        counter = Counter(None, "<", bound)
        rows = self.rows(expr.selection, place)
        self._values.events.age  # noqa: B018 -- the periods read it

        def part(function: str) -> Expr:
            output = Output("periods", function=function, unit=expr.unit, counter=counter)
            return Default(item=self.ask(rows, output, f"per_period_{function}", place.row), fallback=integer(0))

        periods = call("whole", self._values.owner_value(expr.periods, place))
        made = _over_periods(expr, part, periods)
        some = And(items=(compare(">=", periods, integer(1)), compare("<=", periods, integer(LONGEST // expr.unit))))
        return only_if(some, made, number(0.0) if expr.function == "sum" else None)

    def _ask(self, selection: Selection, output: Output, what: str, place: Place) -> Ref:
        hint = f"{selection.label} {what}" if selection.label else what
        return self.ask(self.rows(selection, place), output, hint, place.row)

    def group_of(self, expr: Expr, inside: Place) -> Expr:
        """The value that groups events: a calendar period is a number, a contact its key."""
        periods = {"date": "day", "week": "week", "month": "month"}
        if isinstance(expr, EventAttr) and expr.name in periods:
            return self._values.events.period(periods[expr.name])
        if isinstance(expr, EventAttr) and expr.name == "contact":
            return event("lead")
        return self._values.group_key(expr, inside)

    def _distinct(self, often: Often, inside: Place) -> Expr | None:
        match often.unit:
            case "times":
                return None
            case "contacts":
                return event("lead")
            case "sessions":
                return self._values.events.session
        return self._values.events.period(often.unit.removesuffix("s"))


def summarize(expr: Expr, ask: Callable[[Output], Expr], what: Expr, key: Expr, function: str | None = None) -> Expr:
    """A function of the values of a set of rows: the same for events and for leads. Points are summed and compared as
    the units that they are."""
    function = function or getattr(expr, "function", "")
    of_points = what.args[0] if is_points(what) else None
    units = call("units", what) if of_points is None else _within_limit(of_points)
    match function:
        case "count":
            return call("number", _or_zero(ask(Output("count", item=what))), kind="number")
        case "distinct":
            return call("number", _or_zero(ask(Output("distinct", item=key))), kind="number")
        case "sum":
            return call("points", _or_zero(ask(Output("sum", item=units))), kind="number")
        case "avg":
            return call("mean", ask(Output("sum", item=units)), ask(Output("count", item=units)), kind="number")
        case "median":
            return ask(Output("median", item=units, kind="number"))
        case "min" | "max" if what.kind == "text":
            return ask(Output("smallest" if function == "min" else "largest", item=what, by=(key,), kind="text"))
        case "min" | "max" if of_points is not None:
            return call("points", ask(Output("min" if function == "min" else "max", item=of_points)), kind="number")
        case "min" | "max":
            return ask(Output("min" if function == "min" else "max", item=what, kind=what.kind))
        case "most_common":
            return ask(Output("most_common", item=what, by=(key,), kind=what.kind))
    raise refuse(f"`{function}`", expr)


def is_points(what: Expr) -> TypeGuard[Call]:
    """Whether a number is one of points, whose units are at hand."""
    return isinstance(what, Call) and what.name == "points"


def _within_limit(units: Expr) -> Expr:
    """Units as they are rounded from as many points: missing beyond the limit, and exact up to it."""
    return only_if(Compare(op="<=", left=call("size", units), right=integer(to_units(LIMIT))), units)


def _or_zero(count: Expr) -> Expr:
    return Default(item=count, fallback=integer(0), kind="timestamp")


def _over_periods(expr: PeriodAggregate, part: Callable[[str], Expr], periods: Expr) -> Expr:
    """Counts are whole, so that sums and squares are exact; one division, one root."""
    match expr.function:
        case "sum":
            return call("number", part("sum"), kind="number")
        case "avg":
            return Arith(
                op="/",
                left=call("number", part("sum"), kind="number"),
                right=call("number", periods, kind="number"),
                kind="number",
            )
        case "max":
            return call("number", part("max"), kind="number")
        case "min":
            some_empty = Compare(op="<", left=part("known"), right=periods)
            return call("number", only_if(some_empty, integer(0), part("min")), kind="number")
        case "median":
            return Arith(op="/", left=call("number", part("middle"), kind="number"), right=number(2.0), kind="number")
        case "stddev":
            total = part("sum")
            squares = call("product", periods, part("squares"))
            radicand = call("subtract", squares, call("product", total, total))
            root = call("root", call("number", radicand, kind="number"), kind="number")
            return Arith(op="/", left=root, right=call("number", periods, kind="number"), kind="number")
    raise refuse(f"`{expr.function}` of counts per period", expr)
