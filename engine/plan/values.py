"""Expressions of the model, rewritten so that they read columns: fields, properties, results, selections, roll-ups."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ...grammar.nodes import Level
from ..fold import fold
from ..model import (
    AgeWindow,
    And,
    CalendarWindow,
    Cases,
    Compare,
    Comparison,
    Const,
    Coverage,
    Default,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Function,
    Happened,
    HeldFor,
    InRange,
    InSet,
    InStageFor,
    InstantWindow,
    LeadAggregate,
    Length,
    Lookup,
    Missing,
    Near,
    OfType,
    Or,
    PeriodAggregate,
    Prop,
    Result,
    Selection,
    Standing,
    TableEntry,
    TextTest,
)
from .adapter import AS_OF, EventColumns
from .book import Book
from .places import Place
from .rowsets import Beside, EventSet, Output, besides
from .scalars import FALSE, Call, Ref, both, call, event, integer, leaves, only_if, rewrite
from .words import NO_WORDS, spaced


class Definitions(Protocol):
    """Where the results of other rules are found."""

    def result(self, result: Result) -> Ref: ...

    def field(self, field: Field, raw: bool) -> Expr: ...

    def disqualified(self, level: Level) -> Ref | None: ...


class Values:
    """Rewrites expressions for a place; asks the book for the columns that they need."""

    def __init__(self, book: Book, events: EventColumns, definitions: Definitions) -> None:
        self.book = book
        self.events = events
        self.definitions = definitions
        self.worked_out: dict[type[Expr], Callable[[Expr, Place], Expr]] = {}
        self._sets: dict[tuple[int, Place], tuple[Selection, EventSet]] = {}

    def value(self, expr: Expr, place: Place) -> Expr:
        """The expression over columns."""
        return rewrite(expr, lambda each: self._leaf(each, place))

    def owner_value(self, expr: Expr, place: Place) -> Expr:
        """A value of the entity that owns the rows of a place: a number that is the same for all its events."""
        made = self.value(expr, place.owner)
        if not place.of_events or isinstance(made, Const):
            return made
        return replace(self.book.formula(place.row, "value", made), via=place.to_owner())

    def of_owner(self, expr: Expr, place: Place) -> Expr:
        """A value of whoever selects; in `ignore` nobody does, and it is one of the event's own contact and account."""
        return self.value(expr, place) if place.raw else self.owner_value(expr, place)

    def moment(self, expr: Expr, place: Place) -> Expr:
        """An instant of whoever selects; of a date its first one."""
        if expr.kind != "date":
            return self.of_owner(expr, place)
        made = self.events.first_instant(self.value(expr, place if place.raw else place.owner))
        if place.raw or not place.of_events:
            return made
        return replace(self.book.formula(place.row, "first instant", made), via=place.to_owner())

    def group_key(self, expr: Expr, place: Place) -> Expr:
        """The value by which rows are grouped or told apart: texts without case, ids as they are."""
        value = self.value(expr, place)
        return value if expr.kind not in ("text", "list") or is_id(expr) else self.book.fold(value)

    def event_set(self, selection: Selection, place: Place) -> EventSet:
        """The events that a selection means in a row of an entity: a line asks for its own again and again."""
        known = self._sets.get((id(selection), place))
        if known is None:  # with the selection itself, whose id is nobody else's as long as it is there
            known = self._sets[id(selection), place] = selection, self._event_set(selection, place)
        return known[1]

    def _event_set(self, selection: Selection, place: Place) -> EventSet:
        inside = place.selecting(selection.scope)
        test = self.value(selection.test, inside)
        which = None
        if selection.which is not None:
            end, count = selection.which
            which = (end, integer(1) if count is None else self.owner_value(count, inside))
        reads_owner = any(isinstance(leaf, Ref) and leaf.via == "owner" for leaf in leaves((test, which)))
        follows_owner = any(mark.anchor.key == "lead" for mark in besides(test))
        key: Level = "lead" if selection.scope == "lead" or reads_owner or follows_owner else "account"
        return EventSet(key, selection.scope, test, which, self._left_out(selection.scope, place), place.raw)

    def length(self, length: Length, place: Place) -> Expr:
        """A duration of the owner in microseconds; missing where its number is missing or negative."""
        count = self.of_owner(length.count, place)
        if not isinstance(count, Const):
            return call("micros", count, integer(length.unit))
        return integer(micros(count.value, length.unit))

    # --- leaves -------------------------------------------------------------------------------------------------

    def _leaf(self, expr: Expr, place: Place) -> Expr | None:
        match expr:
            case Field():
                return self._field(expr, place)
            case Result():
                ref = self.definitions.result(expr)
                seen = replace(ref, via=place.to_result(expr.level))
                return call("points", seen, kind="number") if expr.what == "score" else seen
            case Prop():
                return self.events.prop(expr.name, expr.kind)
            case EventAttr():
                return self.events.attribute(expr)
            case OfType():
                return InSet(item=self.events.type, values=expr.types, exact=True)
            case AgeWindow() | InstantWindow() | CalendarWindow() | Near():
                return self._in_time(expr, place)
            case Compare() | InSet() | TextTest() | Lookup() | Function():
                return self._of_texts(expr, place)
            case HeldFor() | InStageFor() | Happened() | EventAggregate() | PeriodAggregate():
                return self._worked_out(expr, place)
            case LeadAggregate() | Coverage() | Standing():
                return self._worked_out(expr, place)
        return None

    def _worked_out(self, expr: Expr, place: Place) -> Expr:
        """What is worked out for a whole entity; in a row of its events it is a column of that entity."""
        made = self.worked_out[type(expr)](expr, place.owner)
        if not place.of_events or isinstance(made, Const):
            return made
        return replace(self.book.formula(place.row, "value", made), via=place.to_owner())

    def _field(self, field: Field, place: Place) -> Expr:
        level: Level = "lead" if field.level == "contact" else "account"
        value = self.definitions.field(field, place.raw)
        return replace(value, via=place.to_field(level)) if isinstance(value, Ref) else value

    def _left_out(self, scope: Level, place: Place) -> Ref | None:
        if scope == "lead" or place.raw:
            return None
        ref = self.definitions.disqualified("lead")
        return None if ref is None else replace(ref, via="contact")

    # --- texts --------------------------------------------------------------------------------------------------

    def _of_texts(self, expr: Expr, place: Place) -> Expr | None:
        if isinstance(expr, Function):
            return self._function(expr, place)
        if isinstance(expr, Lookup):
            return self._lookup(expr, place)
        if isinstance(expr, TextTest) and expr.op == "mentions":
            return self._mentions(expr, place)
        if isinstance(expr, TextTest):
            sought = tuple(self._folded(each, place) for each in expr.sought)
            return replace(expr, item=self._folded(expr.item, place), sought=sought)
        if isinstance(expr, Compare) and expr.left.kind == "text" and not expr.exact:
            sides = self._folded(expr.left, place), self._folded(expr.right, place)
            made = replace(expr, left=sides[0], right=sides[1], exact=True)
            return _where_it_may_be(made, *sides) if expr.op == "==" else made
        if isinstance(expr, InSet):
            return self._in_set(expr, place)
        return None

    def _mentions(self, test: TextTest, place: Place) -> Expr:
        """Whole words are a part of the words of the text; a phrase without words is in none."""
        item = self._folded(test.item, place)
        tests = [self._mentions_one(test, item, self._folded(each, place)) for each in test.sought]
        if test.every:
            return And(items=tuple(tests))
        return tests[0] if len(tests) == 1 else Or(items=tuple(tests))

    def _mentions_one(self, test: TextTest, item: Expr, sought: Expr) -> Expr:
        """A text that is looked through for one phrase alone is taken apart into words only where it has its letters.

        For several phrases all texts are, once: each pattern in a statement takes DuckDB 15 ms to prepare.
        """
        phrase = _phrase(self.book.words(sought))
        if phrase is None:
            return FALSE
        found = replace(test, op="contains", item=self.book.words(item), sought=(phrase,), every=False)
        if not isinstance(phrase, Const) or len(test.sought) > 1:
            return found
        longest = Const(value=max(str(phrase.value).split(), key=len), kind="text")
        found = replace(found, item=call("words", item, kind="text"))
        return only_if(replace(found, item=item, sought=(longest,)), found, FALSE)

    def _in_set(self, expr: InSet, place: Place) -> Expr:
        known = tuple(dict.fromkeys(value for value in expr.values if value is not None))
        if not known:
            return FALSE
        if expr.item.kind != "text" or expr.exact:
            return replace(expr, item=self.value(expr.item, place), values=known)
        folded = tuple(dict.fromkeys(fold(str(value)) for value in known))
        item = self._folded(expr.item, place)
        made = replace(expr, item=item, values=folded, exact=True)
        return _where_it_may_be(made, item, *(Const(value=value, kind="text") for value in folded))

    def _folded(self, expr: Expr, place: Place) -> Expr:
        return self.book.fold(self.value(expr, place))

    def _function(self, expr: Function, place: Place) -> Expr | None:
        match expr.name:
            case "lower":
                return self._folded(expr.args[0], place)
            case "domain":
                return call("domain", self._folded(expr.args[0], place), kind="text")
            case "days_since" | "days_until":
                return self._days(expr.name == "days_since", self.value(expr.args[0], place))
            case "count":
                return call("list_size", self.value(expr.args[0], place), kind="number")
        return None

    def _days(self, since: bool, then: Expr) -> Expr:
        if then.kind == "date":
            now: Expr = self.book.instant("today")
            days = call("days_between", *((then, now) if since else (now, then)))
        else:
            apart = call("subtract", *((AS_OF, then) if since else (then, AS_OF)))
            days = call("floor_div", apart, integer(86_400_000_000))
        return call("number", days, kind="number")

    def _lookup(self, lookup: Lookup, place: Place) -> Expr:
        keys = [self._folded(arg, place) if arg.kind == "text" else self.value(arg, place) for arg in lookup.args]
        items = [(_matches(entry, keys), _constant(entry.value, lookup)) for entry in lookup.table.entries]
        default = None if lookup.table.default is None else _constant(lookup.table.default, lookup)
        return Cases(items=tuple(items), otherwise=default, kind=lookup.kind)

    # --- time ---------------------------------------------------------------------------------------------------

    def _in_time(self, test: Expr, place: Place) -> Expr:
        match test:
            case AgeWindow(low=low, high=high):
                tests = [compare(">=", self.events.age, self.length(low, place))] if low else []
                return both(*tests, *([compare("<", self.events.age, self.length(high, place))] if high else []))
            case InstantWindow(start=start, end=end):
                tests = [] if start is None else [compare(">=", event("at"), self.moment(start, place))]
                return both(*tests, *([] if end is None else [compare("<", event("at"), self.moment(end, place))]))
            case CalendarWindow(unit=unit, offset=offset):
                start_of = self.book.instant("start", unit, -offset)
                end_of = self.book.instant("end", unit, -offset)
                return both(compare(">=", event("at"), start_of), compare("<", event("at"), end_of))
            case Near():
                anchor = self.event_set(test.anchor, place.owner)
                if test.relation == "since":
                    return self._after_newest(anchor, place)
                length = None if test.length is None else self.length(test.length, place)
                return Beside(relation=test.relation, anchor=anchor, length=length, same_contact=test.same_contact)
        raise AssertionError(test)

    def _after_newest(self, anchor: EventSet, place: Place) -> Expr:
        """Later than the newest event of a set, which the owner of the row has as a column."""
        newest = self.book.output(anchor, Output("newest"), "counting_since")
        newest = replace(newest, via=place.to_result(newest.level))
        return Or(items=(Missing(item=newest), compare(">", event("at"), newest)))


def is_id(expr: Expr) -> bool:
    """An id, which compares and groups as it is."""
    if isinstance(expr, EventAttr):
        return expr.name in ("contact", "id", "type", "session")
    return isinstance(expr, Field) and expr.name in ("id", "account_id")


def compare(op: Comparison, left: Expr, right: Expr) -> Expr:
    """A comparison of whole numbers; with a bound that is known to be missing it is false."""
    return FALSE if isinstance(right, Const) and right.value is None else Compare(op=op, left=left, right=right)


def compare_count(op: Comparison, count: Expr, bound: Expr) -> Expr:
    """Compares a count, missing for none, with a number, which may have decimals."""
    counted = Default(item=count, fallback=integer(0), kind="timestamp")
    if isinstance(bound, Const):
        value = bound.value
        if value is None or (isinstance(value, float) and value == math.floor(value) and abs(value) < 1e15):
            return compare(op, counted, integer(None if value is None else int(value)))
    return Compare(op=op, left=call("number", counted, kind="number"), right=bound)


def micros(count: object, unit: int) -> int | None:
    """The length of a duration with a constant number; far beyond any age it stops growing."""
    if count is None or not isinstance(count, (int, float)) or count < 0:
        return None
    length = count * float(unit)
    return None if math.isinf(length) else math.floor(min(length, 9e18) + 0.5)


MOST_SOUGHT = 8
"""Up to so many texts are looked for in a text before its domain is worked out."""


def _where_it_may_be(test: Expr, item: Expr, *values: Expr) -> Expr:
    """Whether a text is one of some: domains are only worked out of those that have one of these in them."""
    whole = _text_of_domain(item)
    known = all(isinstance(value, Const) and value.value is not None for value in values)
    if whole is None or not known or len(values) > MOST_SOUGHT:
        return test
    return only_if(TextTest(op="contains", item=whole, sought=values, every=False), test, FALSE)


def _text_of_domain(item: Expr) -> Expr | None:
    """The text of which an expression is the domain."""
    if not isinstance(item, Call) or item.name not in ("fold", "domain"):
        return None
    return item.args[0] if item.name == "domain" else _text_of_domain(item.args[0])


def _phrase(words: Expr) -> Expr | None:
    """A phrase as `mentions` looks for it; None if it is known to have no words."""
    if isinstance(words, Call) and isinstance(words.args[0], Const):
        text = words.args[0].value
        made = NO_WORDS if text is None else spaced(str(text))
        return None if made == NO_WORDS else Const(value=made, kind="text")
    return call("phrase", words, kind="text")


def _constant(value: float | str, lookup: Lookup) -> Const:
    return Const(value=value, kind=lookup.kind)


def _matches(entry: TableEntry, keys: list[Expr]) -> Expr:
    return both(*(_matches_key(key, arg) for key, arg in zip(entry.keys, keys, strict=True)))


def _matches_key(key: str | float | tuple[float | None, float | None], arg: Expr) -> Expr:
    if isinstance(key, tuple):
        low, high = (None if end is None else Const(value=float(end), kind="number") for end in key)
        return InRange(item=arg, low=low, high=high)
    if isinstance(key, str):
        return Compare(op="==", left=arg, right=Const(value=fold(key), kind="text"), exact=True)
    return Compare(op="==", left=arg, right=Const(value=float(key), kind="number"))
