"""Lines: whether one holds, what it is worth, and the events it stands on, as columns of leads or accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from ...grammar.late_methods import dataclass
from ..model import (
    AgeWindow,
    And,
    AtMost,
    Bound,
    CalendarWindow,
    Const,
    Cooldown,
    Decay,
    Default,
    Each,
    EventAggregate,
    Expr,
    Happened,
    InstantWindow,
    LeadAggregate,
    Line,
    PeriodAggregate,
    Points,
    Selection,
    Times,
)
from ..model import Coverage as CoverageOfLeads
from .decays import LookUp, units, worth
from .errors import PlanError, refuse
from .flows import conjuncts
from .places import Place
from .rollups import Rollups
from .rowsets import (
    Bounding,
    Capped,
    Cooled,
    EventSet,
    Grouped,
    Limited,
    Output,
    Pieces,
    Rows,
    Valued,
    for_each_lead,
    keyed,
)
from .scalars import Column, Ref, both, call, event, integer, is_known, leaves, only_if, rewrite
from .selections import Selections
from .values import Values, compare


@dataclass(frozen=True)
class Entry:
    """One entry of a score's account: its units (missing: not listed) and the conditions under which it counts."""

    line: str | None
    kind: str
    points: Expr
    events: Expr | None = None
    first: Expr | None = None
    last: Expr | None = None
    when: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Adjust:
    """A multiplier or a `set` that waits for its group: the factor or the value in units, missing: no effect."""

    line: str
    kind: str
    value: Expr
    when: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Item:
    """What a line or block of a score makes: whether it holds, its total, its entries, what it leaves to its group;
    and of `each` lines over events the valued rows, for bounds per period further up."""

    holds: Expr
    total: Expr = field(default_factory=lambda: integer(0))
    entries: tuple[Entry, ...] = ()
    adjusts: tuple[Adjust, ...] = ()
    pieces: tuple[ItemPieces, ...] = ()

    def only_when(self, condition: Expr) -> Item:
        """The same where a condition holds, else nothing."""
        return Item(
            both(condition, self.holds),
            only_if(condition, self.total, integer(0)),
            tuple(replace(entry, when=(*entry.when, condition)) for entry in self.entries),
            tuple(replace(adjust, when=(*adjust.when, condition)) for adjust in self.adjusts),
            tuple(replace(pieces, when=(*pieces.when, condition)) for pieces in self.pieces),
        )


@dataclass(frozen=True)
class ItemPieces:
    """The valued rows of a line or of a bounded group, after their own bounds, and the conditions under which they
    count."""

    rows: Pieces
    when: tuple[Expr, ...] = ()


class Effects:
    """Makes the parts of single lines; with `evidence` also how many events they stand on, and when these were."""

    def __init__(self, values: Values, selections: Selections, rollups: Rollups, evidence: bool) -> None:
        self._values = values
        self._selections = selections
        self._rollups = rollups
        self._is_evidenced = evidence
        self._book = values.book
        self._lines = 0

    def line(self, line: Line, place: Place) -> Item:
        """The part of a line."""
        try:
            if not isinstance(line.effect, Points):
                return self._adjusting(line, place)
            if line.each is None:
                return self._once(line, line.effect, place)
            if line.each.unit == "lead":
                return self._each_lead(line, line.each, line.effect, place)
            return self._each(line, line.each, line.effect, place)
        except PlanError as error:
            raise _placed(error, line) from None

    # --- lines that hold or do not -----------------------------------------------------------------------------

    def _holds(self, line: Line, place: Place) -> Expr:
        assert line.condition is not None
        return self._column(place, f"{line.id} holds", self._values.value(line.condition, place))

    def _adjusting(self, line: Line, place: Place) -> Item:
        assert not isinstance(line.effect, Points)
        holds = self._holds(line, place)
        value = units(self._values.value(line.effect.value, place))
        kind = "multiplier" if isinstance(line.effect, Times) else "set"
        return Item(holds, adjusts=(Adjust(line.id, kind, value, (holds,)),))

    def _once(self, line: Line, effect: Points, place: Place) -> Item:
        holds = self._holds(line, place)
        points = self._values.value(effect.value, place)
        if line.decay is not None and line.decay.ages_by is None:
            raise refuse("a decay without the events by which it ages", effect.value)
        value = worth(points, line.decay, self._look_up(line.decay, place), always_aged=False)
        found = self._column(place, f"{line.id} points", only_if(holds, value))
        assert line.condition is not None
        return self._bounded(line, holds, found, self._evidence(line.condition, place), place)

    def _look_up(self, decay: Decay | None, place: Place) -> LookUp | None:
        """The look-up of a decay in a row. Points shrink with age, so that those at the newest event of a selection are
        the largest over all of its events: an aggregate like others, in the same scan."""
        if decay is None:
            return None
        age = self._values.events.whole_age(decay.unit)
        if decay.ages_by is None:
            return lambda points: self._book.factor(decay, points, age)
        rows = self._selections.rows(decay.ages_by, place.owner)

        def at_newest(points: float | None) -> Expr:
            item = self._book.factor(decay, points, age)
            rising = decay.kind == "loses points" if points is None else points < 0
            output = Output("min" if rising else "max", item=item, kind=item.kind)
            found = self._book.output(keyed(rows, output, place.owner.row), output, "decayed")
            return replace(found, via=place.to_result(found.level))

        return at_newest

    def _evidence(self, condition: Expr, place: Place) -> tuple[Expr, Expr, Expr] | None:
        found = list(selections_of(condition)) if self._is_evidenced else []
        if len(found) != 1:
            return None
        asked = self._selections
        count = Default(item=asked.count(found[0], place), fallback=integer(0), kind="timestamp")
        return count, asked.oldest(found[0], place), asked.newest(found[0], place)

    # --- each ---------------------------------------------------------------------------------------------------

    def _each(self, line: Line, each: Each, effect: Points, place: Place) -> Item:
        assert each.selection is not None
        inside = place.selecting(each.selection.scope)
        points = self._values.value(_in_group(effect.value, each), inside)
        rows = self._limited(line, each, points, inside)
        always_aged = line.decay is None or line.decay.ages_by is None
        value = worth(points, line.decay, self._look_up(line.decay, inside), always_aged)
        rows = keyed(rows, value, place.row)
        count = self._ask(rows, Output("count"), f"{line.id} n", place)
        total = self._total(rows, value, count, line, place)
        evidence = self._of_each(line, each, rows, count, place) if self._is_evidenced else None
        holds = self._column(place, f"{line.id} holds", compare(">", count, integer(0)))
        self._lines += 1
        valued = Valued(rows, value, self._lines)
        part = self._bounded(line, holds, total, evidence, place, self.per_period(line.bounds, valued, place, line.id))
        return replace(part, pieces=(ItemPieces(self.capped(line.bounds, valued, place)),))

    def _of_each(self, line: Line, each: Each, rows: Rows, count: Ref, place: Place) -> tuple[Expr, Expr, Expr]:
        """The evidence of an `each` line: of groups that of all their events."""
        grouped = each.unit != "event"
        size = (
            self._ask(rows, Output("sum", item=event("group_size")), f"{line.id} events", place) if grouped else count
        )
        first = Output("min", item=event("group_first")) if grouped else Output("oldest")
        return (
            Default(item=size, fallback=integer(0), kind="timestamp"),
            self._ask(rows, first, f"{line.id} first", place),
            self._ask(rows, Output("newest"), f"{line.id} last", place),
        )

    def _total(self, rows: Rows, value: Expr, count: Ref, line: Line, place: Place) -> Expr:
        if not list(leaves(value)):
            some = compare(">", count, integer(0))
            return self._column(place, f"{line.id} points", only_if(some, call("multiply", count, value)))
        return self._ask(rows, Output("sum", item=value), f"{line.id} points", place)

    def _limited(self, line: Line, each: Each, points: Expr, inside: Place) -> Rows:
        assert each.selection is not None
        rows = self._grouped(each, self._values.event_set(each.selection, inside.owner), inside)
        for cooldown in (item for item in line.at_most if isinstance(item, Cooldown)):
            walked = self._grouped(each, self._values.event_set(without_windows(each.selection), inside.owner), inside)
            if walked.key != rows.key:  # a window may read the lead, and the walk has none
                rows, walked = for_each_lead(rows), for_each_lead(walked)
            rows = Cooled(rows, walked, cooldown.length)
        for limit in (item for item in line.at_most if isinstance(item, AtMost)):
            count = self._values.owner_value(limit.count, inside)
            raw = None if not list(leaves(points)) else points
            rows = Limited(rows, count, (self._period(limit, inside),), raw)
        return rows

    def _grouped(self, each: Each, rows: EventSet, inside: Place) -> Rows:
        if each.unit == "event":
            return rows
        often = None if each.often is None else self._selections.counter(each.often, inside)
        if each.unit == "value":
            assert each.prop is not None
            value = self._values.value(each.prop, inside)
            return Grouped(rows, self._values.group_key(each.prop, inside), value, often)
        return Grouped(rows, self._values.events.period(each.unit), None, often)

    def _period(self, limit: AtMost | Bound, inside: Place) -> Expr:
        """What `per` means for a row of events."""
        if limit.per == "contact":
            return event("lead")
        if limit.per == "value":
            assert limit.prop is not None
            return self._values.group_key(limit.prop, inside)
        assert limit.per is not None
        return self._values.events.period(limit.per)

    def _each_lead(self, line: Line, each: Each, effect: Points, place: Place) -> Item:
        assert each.leads is not None
        if line.at_most or line.decay or any(bound.per for bound in line.bounds):
            raise refuse("`at most`, a decay or a bound per period on `each lead`", effect.value)
        rows = self._rollups.rows(each.leads, place)
        points = units(self._rollups.lead_column(effect.value, f"{line.id} each"))
        count = self._ask(rows, Output("count"), f"{line.id} n", place)
        total = self._total(rows, points, count, line, place)
        holds = self._column(place, f"{line.id} holds", compare(">", count, integer(0)))
        return self._bounded(line, holds, total, None, place)

    # --- bounds -------------------------------------------------------------------------------------------------

    def per_period(self, bounds: tuple[Bound, ...], rows: Pieces, place: Place, hint: str) -> Expr | None:
        """What the bounds per period of a line or block change in the sum of its rows; None without such bounds.

        The bounds of one period act on the sum of each; where there are several periods, one sees what the other left.
        """
        periods = [bound for bound in bounds if bound.per is not None]
        if not periods:
            return None
        keys = {self._period(bound, place.selecting(place.row)) for bound in periods}
        if len(keys) == 1:
            limits = tuple(Bounding(bound.kind, self._limit(bound, place)) for bound in periods)
            rows = keyed(rows, limits, place.row)
            output = Output("bounded", item=event("kept"), by=(*keys,), bounds=limits)
            return self._ask(rows, output, f"{hint} bounded", place)
        left = self.kept(self.capped(tuple(periods), rows, place), place, hint)
        return call("subtract", left, self.kept(rows, place, hint))

    def capped(self, bounds: tuple[Bound, ...], rows: Pieces, place: Place) -> Pieces:
        """The rows after these bounds: those per period as written, then the others."""
        for bound in sorted(bounds, key=lambda bound: bound.per is None):
            by = None if bound.per is None else self._period(bound, place.selecting(place.row))
            rows = Capped(rows, bound.kind, self._limit(bound, place), by)
        return rows

    def kept(self, rows: Pieces, place: Place, hint: str) -> Expr:
        """The sum of what is left of the rows."""
        output = Output("sum", item=event("kept"))
        found = self._ask(rows, output, f"{hint} kept", place)
        return Default(item=found, fallback=integer(0), kind="timestamp")

    def _limit(self, bound: Bound, place: Place) -> Expr:
        """The value of a bound in units, as the rows of its owner read it."""
        value = units(self._values.value(bound.value, place))
        return value if isinstance(value, Const) else replace(self._column(place, "bound", value), via="owner")

    def within(self, bounds: tuple[Bound, ...], total: Expr, place: Place) -> Expr:
        """A total within the bounds that are not per period; a missing bound does not bound."""
        for bound in bounds:
            if bound.per is None:
                value = units(self._values.value(bound.value, place))
                total = call("least" if bound.kind == "max" else "greatest", total, value)
        return total

    def _bounded(
        self,
        line: Line,
        holds: Expr,
        points: Expr,
        evidence: tuple[Expr, Expr, Expr] | None,
        place: Place,
        change: Expr | None = None,
    ) -> Item:
        """The part of a line with its cap; a line whose points are missing has neither."""
        events, first, last = evidence or (None, None, None)
        entry = Entry(line.id, "line", points, events, first, last, (holds,))
        if not line.bounds:
            return Item(holds, Default(item=points, fallback=integer(0), kind="timestamp"), (entry,))
        total = points
        if change is not None:
            total = call("add", points, Default(item=change, fallback=integer(0), kind="timestamp"))
        total = only_if(is_known(points), self.within(line.bounds, total, place))
        bounded = self._column(place, f"{line.id} total", total)
        cap = Entry(line.id, "cap", difference(bounded, points), when=(holds,))
        return Item(holds, Default(item=bounded, fallback=integer(0), kind="timestamp"), (entry, cap))

    def _ask(self, rows: Rows, output: Output, hint: str, place: Place) -> Ref:
        return self._selections.ask(rows, output, hint, place.row)

    def _column(self, place: Place, hint: str, expr: Expr) -> Ref:
        return self._book.formula(place.row, hint, expr)


def difference(new: Expr, old: Expr) -> Expr:
    """An adjusting entry: new minus old, missing where nothing changes."""
    return call("null_if_zero", call("subtract", new, old))


def selections_of(expr: Expr) -> Iterator[Selection]:
    """The selections that a condition stands on: not those inside selections, nor those of leads."""
    if isinstance(expr, (Happened, EventAggregate, PeriodAggregate)):
        yield expr.selection
    elif not isinstance(expr, (LeadAggregate, CoverageOfLeads)):
        for child in expr.children():
            yield from selections_of(child)


def without_windows(selection: Selection) -> Selection:
    """The selection as a cooldown walks over it: filters, but no windows, and all of its events."""
    windows = (AgeWindow, InstantWindow, CalendarWindow)
    kept = tuple(item for item in conjuncts(selection.test) if not isinstance(item, windows))
    return replace(selection, test=And(items=kept), which=None)


def _in_group(points: Expr, each: Each) -> Expr:
    """The distinct value of a group stands for its property."""
    if each.unit != "value" or each.prop is None:
        return points
    value = Column(table="e", name="group_value", kind=each.prop.kind)
    return rewrite(points, lambda expr: value if expr == each.prop else None)


def _placed(error: PlanError, line: Line) -> PlanError:
    if error.diagnostic.span.line:
        return error
    return PlanError(replace(error.diagnostic, span=line.span))
