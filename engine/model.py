"""The checked model: what a sound ruleset means, with every name resolved, every type known, every param filled in.

The checker makes it; the graph, the interpreter, the planner, the lints and the explanations read it. Nothing in
it depends on data or on an instant. Signals are gone: a selection is a test on single events. `origin` is the
syntax node that a person wrote, for messages and explanations; it does not take part in comparison, so that equal
selections are equal objects wherever they stand.

Rows. An expression is evaluated for a row of one level: `lead` (a contact with its account), `account`, or `event`
(an event together with the lead or account for which it was selected: its owner). Inside an event test or
`points` of an `each` line:

- `Prop` and `EventAttr` read the event,
- `Field('contact', …)` and `Field('account', …)` read the event's own contact and account, as they are at `as_of`,
- `Result` reads the owner (level of the rule), or the owner's account where a lead rule says so.

In a lead row, `Field('contact', …)` is that contact, `Field('account', …)` and `Result('account', …)` its account;
in an account row only `Field('account', …)` and `Result('account', …)` occur, except inside `LeadSet.where`,
`LeadSet.by` and the `what` of a lead aggregate, which are evaluated for each lead of the account.

Truth is two-valued: an expression of type bool gives True, False or (fields and cases only) None for missing;
where a condition is needed, None counts as False. Comparisons, tests and logic never give None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from ..grammar.nodes import Level, Node
from ..grammar.source import NOWHERE, Span
from .records import Value
from .schema import Kind, Schema

Period = Literal["day", "week", "month"]
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]

MICROS: Mapping[str, int] = {
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
    "month": 30 * 86_400_000_000,
    "year": 365 * 86_400_000_000,
}


@dataclass(frozen=True, kw_only=True)
class Expr:
    """A value of a row. `kind` is its type, `origin` the text it came from."""

    kind: Kind = "bool"
    origin: Node | None = field(default=None, compare=False, repr=False)

    def children(self) -> Iterator[Expr]:
        """The expressions directly below this one, those inside selections and lead sets included."""
        for spec in fields(self):
            yield from _expressions(getattr(self, spec.name))

    def walk(self) -> Iterator[Expr]:
        """This expression and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


def _expressions(value: object) -> Iterator[Expr]:
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, Part):
        for spec in fields(value):
            yield from _expressions(getattr(value, spec.name))


@dataclass(frozen=True)
class Part:
    """A piece of the model that is no expression itself but holds some."""


# --- values of a row ----------------------------------------------------------------


@dataclass(frozen=True)
class Const(Expr):
    """A literal, or a param with the value of this run (then `param` is its name)."""

    value: Value
    param: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Field(Expr):
    """A field of the contact or the account, after derivation; `id` and the contact's `account_id` too."""

    level: Literal["contact", "account"]
    name: str


@dataclass(frozen=True)
class Prop(Expr):
    """A property of the event; missing where its type has none of that name and kind."""

    name: str


@dataclass(frozen=True)
class EventAttr(Expr):
    """What every event has. `age` whole days; `contact`, `id`, `type` texts (ids compare exactly); `hour` 0–23,
    `weekday` 1–7, `month` 1–12 (numbers), and `date` in the ruleset's timezone; `week` is the date of its Monday."""

    name: Literal["age", "contact", "id", "type", "hour", "weekday", "date", "week", "month", "session"]


@dataclass(frozen=True)
class Result(Expr):
    """What rules made of an entity: a score (clamped, units / 10000.0), a measure, a grade's label, the stage's
    name, or the reason of disqualification. `level` says whose: in a lead row 'account' is its account's."""

    level: Level
    what: Literal["score", "measure", "grade", "stage", "disqualified"]
    name: str


@dataclass(frozen=True)
class Cases(Expr):
    """The value of the first condition that holds; else `otherwise`; else missing."""

    items: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr | None = None


# --- logic and comparison -----------------------------------------------------------


@dataclass(frozen=True)
class Not(Expr):
    item: Expr


@dataclass(frozen=True)
class And(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Or(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class SomeOf(Expr):
    """How many of the conditions hold: `op` is one of >=, <=, ==; a missing count gives False."""

    op: Comparison
    count: Expr
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Compare(Expr):
    """Both sides have the same kind. False if a side is missing, but `!=` is true if exactly one is.

    Texts compare folded; where `exact` (ids) they compare as they are.
    """

    op: Comparison
    left: Expr
    right: Expr
    exact: bool = False


@dataclass(frozen=True)
class InSet(Expr):
    """`item` is one of the values; texts compare folded unless `exact`. `source` is the name of the list, if any."""

    item: Expr
    values: tuple[Value, ...]
    exact: bool = False
    source: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class InRange(Expr):
    """low <= item <= high; an open end is None; a missing bound gives False."""

    item: Expr
    low: Expr | None
    high: Expr | None


@dataclass(frozen=True)
class Missing(Expr):
    """`item is missing`."""

    item: Expr


@dataclass(frozen=True)
class TextTest(Expr):
    """Any (or `every`) of the texts is found in `item`, folded. A list has only `contains` (a value)."""

    op: Literal["contains", "starts with", "ends with", "like", "mentions"]
    item: Expr
    sought: tuple[Expr, ...]
    every: bool = False


@dataclass(frozen=True)
class Matches(Expr):
    """The RE2 pattern is found anywhere in the text as it is (`ignore_case`: with (?i))."""

    item: Expr
    pattern: str
    ignore_case: bool


# --- numbers and texts --------------------------------------------------------------


@dataclass(frozen=True)
class Arith(Expr):
    """Of numbers, in doubles; division by zero, NaN and infinity are missing."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Function(Expr):
    """A function of the table in `functions.py`: abs round floor ceil sqrt log min max domain lower count
    days_since days_until. `round` has one or two arguments; `count` counts a list; the last two take a date or
    a timestamp (decision 40)."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True)
class Default(Expr):
    """`item`, or `fallback` where it is missing."""

    item: Expr
    fallback: Expr


@dataclass(frozen=True)
class Conditional(Expr):
    """`value if condition else other`; without other: missing."""

    value: Expr
    condition: Expr
    other: Expr | None


@dataclass(frozen=True)
class Weighted(Expr):
    """The weighted average of the known inputs (decision 44): Σ value·weight / Σ weight, summed in written order."""

    terms: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class TableEntry(Part):
    """One row of a table; a key is a text or number (equal, texts folded) or a (low, high) pair with None for open."""

    keys: tuple[str | float | tuple[float | None, float | None], ...]
    value: float | str


@dataclass(frozen=True)
class Table(Part):
    """A look-up table; the first entry that matches counts; else `default`; None there is missing."""

    name: str
    entries: tuple[TableEntry, ...]
    default: float | str | None


@dataclass(frozen=True)
class Lookup(Expr):
    table: Table
    args: tuple[Expr, ...]


# --- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class OfType(Expr):
    """An event test: the event has one of these types (exact)."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Length(Part):
    """A duration: `count` × `unit` microseconds, rounded half away from zero. Missing or negative selects nothing."""

    count: Expr
    unit: int


@dataclass(frozen=True)
class AgeWindow(Expr):
    """An event test: low <= age < high, in exact microseconds before `as_of`; None is open."""

    low: Length | None
    high: Length | None


@dataclass(frozen=True)
class InstantWindow(Expr):
    """An event test: from <= at < until, in microseconds; None is open."""

    start: int | None
    end: int | None


@dataclass(frozen=True)
class CalendarWindow(Expr):
    """An event test: the local calendar period of `as_of` (offset 0) or the one before it (offset -1)."""

    unit: Literal["day", "week", "month", "quarter", "year"]
    offset: int


@dataclass(frozen=True)
class Near(Expr):
    """An event test: an anchor event t exists for the event s (never the same event).

    `after`: 0 <= s − t < length; `before`: 0 <= t − s < length; `without`: no t with 0 <= t − s < length, and
    s + length <= as_of; without a length `after` needs any t at or before s, `before` any at or after it,
    `without` has no t at or after s up to as_of. The anchor's own scope says whose events t are;
    `same_contact` narrows to the contact of s.
    """

    relation: Literal["after", "before", "without"]
    anchor: Selection
    length: Length | None
    same_contact: bool = False


@dataclass(frozen=True)
class Selection(Part):
    """Events of an owner that pass a test.

    `scope` is whose events: those of the lead itself, or those of the account: its own and its contacts',
    without the events of disqualified leads. In a lead row a selection of scope 'account' is over its account's.
    `which` keeps the newest or earliest n (None: one) of them; ties go to the smaller id.
    `label` is how a person would name it; `signals` are the names of the signals in it, for the graph.
    """

    scope: Level
    test: Expr
    which: tuple[Literal["newest", "earliest"], Expr | None] | None = None
    label: str = field(default="", compare=False)
    signals: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Often(Part):
    """`op` is >=, <=, ==, > or <; `unit` what is counted; `group` and `stretch` as in nodes.Often (decision 32, 90)."""

    op: Comparison
    count: Expr
    unit: Literal["times", "days", "weeks", "months", "sessions", "contacts"]
    group: Expr | None = None
    stretch: Length | None = None


@dataclass(frozen=True)
class Happened(Expr):
    """The selection selects anything, or as often as said. A missing count gives False."""

    selection: Selection
    often: Often | None = None


@dataclass(frozen=True)
class EventAggregate(Expr):
    """`count`, `distinct`, `sum`, `avg`, `median`, `min`, `max`, `newest`, `earliest`, `most_common`, `days_since`.

    `what` is evaluated for each event (None for count and days_since). Values of sum, avg and median are first
    rounded to 4 decimals (decision 54). `distinct` counts texts folded. `newest` and `earliest` skip events where
    `what` is missing. `days_since` are whole 24-hour days since the newest event.
    """

    function: str
    what: Expr | None
    selection: Selection


@dataclass(frozen=True)
class PeriodAggregate(Expr):
    """`avg(count of S per week over 12 weeks)` (decision 27)."""

    function: str
    selection: Selection
    unit: int
    periods: Expr


# --- leads --------------------------------------------------------------------------


@dataclass(frozen=True)
class LeadSet(Part):
    """The contacts of an account that are not disqualified and pass `where`, then the top or bottom n by a key."""

    where: Expr | None = None
    end: Literal["top", "bottom"] | None = None
    count: Expr | None = None
    by: Expr | None = None


@dataclass(frozen=True)
class LeadAggregate(Expr):
    """`count`, `distinct`, `sum`, `avg`, `median`, `min`, `max`, `share`, `any`, `all` over leads.

    For share, any and all `what` is the condition after `leads where` (the set itself is then all leads).
    """

    function: str
    what: Expr | None
    leads: LeadSet


@dataclass(frozen=True)
class Coverage(Expr):
    """The share of the distinct listed values that `what` takes among the leads, weighted by a table if given.

    Weights (missing: 0) are rounded to 4 decimals; Σ present / Σ all, and missing if that sum is 0.
    """

    what: Expr
    leads: LeadSet
    values: tuple[Value, ...]
    weights: Table | None = None


@dataclass(frozen=True)
class Standing(Expr):
    """`rank` or `percentile` of a result among the population (decision 37)."""

    function: Literal["rank", "percentile"]
    what: Expr
    per: Expr | None


# --- stages with a memory -----------------------------------------------------------


@dataclass(frozen=True)
class HeldFor(Expr):
    condition: Expr
    length: Length


@dataclass(frozen=True)
class InStageFor(Expr):
    stage: str
    length: Length


# --- effects ------------------------------------------------------------------------


@dataclass(frozen=True)
class Points(Part):
    """What a line adds. The value has its sign already (`-10` is a value of −10). Missing gives no contribution."""

    value: Expr


@dataclass(frozen=True)
class Times(Part):
    """The factor of a multiplier, rounded to 4 decimals; a missing or negative one has no effect."""

    value: Expr


@dataclass(frozen=True)
class SetTo(Part):
    value: Expr


Grouping = Period | Literal["contact", "value"]


@dataclass(frozen=True)
class Bound(Part):
    """`max 15`, `min -10`; with `per` for each calendar period, contact or value of `prop`."""

    kind: Literal["max", "min"]
    value: Expr
    per: Grouping | None = None
    prop: Expr | None = None


@dataclass(frozen=True)
class AtMost(Part):
    """How many events count per group: those worth most before decay, then the newest, then the smaller id."""

    count: Expr
    per: Grouping
    prop: Expr | None = None


@dataclass(frozen=True)
class Cooldown(Part):
    """Decision 5."""

    length: int


@dataclass(frozen=True)
class Decay(Part):
    """How points lose value with age.

    `period` is in units of `unit` ("day", "hour" or "minute": the unit in which the age is counted, whole ones,
    rounded down): points × the factor of `decay.py`. `amount` is the percentage or the points lost a period.
    `ages_by` is the selection whose newest event gives the age; None on an `each` line (each event or group has
    its own age).
    """

    kind: Literal["halves", "fades", "loses percent", "loses points"]
    unit: Literal["minute", "hour", "day"]
    period: float
    amount: float | None = None
    compounding: bool = False
    floor: float | None = None
    grace: int = 0
    ages_by: Selection | None = None


@dataclass(frozen=True)
class Each(Part):
    """What an `each` line runs over: events, or groups of them, or leads.

    A group is a local day, week or month, or a distinct known value of `prop` (texts folded); it is as old as its
    newest event, and counts if it has events, or as many as `often` says.
    """

    unit: Literal["event", "day", "week", "month", "value", "lead"]
    selection: Selection | None = None
    prop: Expr | None = None
    often: Often | None = None
    leads: LeadSet | None = None


@dataclass(frozen=True)
class Line(Part):
    """One rule: either `condition` or `each` is given. `at_most` are in written order, a Cooldown among them."""

    id: str
    effect: Points | Times | SetTo
    condition: Expr | None = None
    each: Each | None = None
    at_most: tuple[AtMost | Cooldown, ...] = ()
    bounds: tuple[Bound, ...] = ()
    decay: Decay | None = None
    label: str | None = field(default=None, compare=False)
    text: str = field(default="", compare=False)
    has_written_id: bool = field(default=True, compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Block(Part):
    """Items that belong together.

    - `group`: sums its items, then its multipliers, its last `set`, its bounds; `id` is the group's name.
    - `first`: only the first item that holds counts (an item holds as in decision 8; a block if one of its items does).
    - `best`: only the item with the largest total counts (decision 9).
    - `when`: its items count where `condition` holds.

    The decay by default and `counting since` of a block are already written into its lines and selections.
    """

    kind: Literal["group", "first", "best", "when"]
    items: tuple[Line | Block, ...]
    id: str | None = None
    condition: Expr | None = None
    bounds: tuple[Bound, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


# --- definitions --------------------------------------------------------------------


@dataclass(frozen=True)
class IgnoreEvents(Part):
    """Events of the data as read that are left out; its selections (anchors) see the data as read too."""

    test: Expr
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class IgnoreContacts(Part):
    """Contacts that are left out with all their events; fields as read, without derivation."""

    where: Expr
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Derived(Part):
    """A field that is computed where the data have no value for it."""

    level: Literal["contact", "account"]
    name: str
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Measure(Part):
    level: Level
    name: str
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Score(Part):
    """A score; `low` and `high` clamp it; `bounds` are those of its head per period (over all its lines)."""

    level: Level
    name: str
    items: tuple[Line | Block, ...]
    low: float | None = None
    high: float | None = None
    bounds: tuple[Bound, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Disqualification(Part):
    """A `disqualify` line, a node of its own: it holds if its condition does (enclosing `when` conditions are in it
    already), and, with `lasting`, while the age of the newest event of `ages_by` is below it. `score` is where it
    stood, `position` its rank in file order."""

    level: Level
    id: str
    reason: str
    condition: Expr
    lasting: Length | None = None
    ages_by: Selection | None = None
    score: str = field(default="", compare=False)
    position: int = 0
    label: str | None = field(default=None, compare=False)
    text: str = field(default="", compare=False)
    has_written_id: bool = field(default=True, compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Axis(Part):
    """Cuts fall from left to right: the first whose cut is at or below the value. `rest` takes what is left, missing
    included; without it such a value makes the whole grade missing."""

    value: Expr
    cuts: tuple[tuple[str, Expr], ...]
    rest: str | None = None


@dataclass(frozen=True)
class Grade(Part):
    level: Level
    name: str
    axes: tuple[Axis, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Stage(Part):
    name: str
    condition: Expr
    label: str | None = None
    stays_while: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Stages(Part):
    """A ladder: an entity is at the last stage whose condition holds (`in_order`: and all before it hold)."""

    level: Level
    stages: tuple[Stage, ...]
    in_order: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Definition = Derived | Measure | Score | Disqualification | Grade | Stages


@dataclass(frozen=True)
class Model:
    """A whole ruleset. `order` lists the definitions so that each comes after all that it reads (`graph.py` makes it);
    disqualifications of leads come before every definition that rolls leads up."""

    name: str
    version: str
    timezone: str
    schema: Schema
    order: tuple[Definition, ...]
    ignored: tuple[IgnoreEvents | IgnoreContacts, ...] = ()
    params: Mapping[str, Value] = field(default_factory=dict)
    session_gap: int = 30 * 60 * 1_000_000
    fingerprint: str = ""

    def scores(self, level: Level) -> list[Score]:
        """The scores of a level in the order of their computation."""
        return [item for item in self.order if isinstance(item, Score) and item.level == level]

    def measures(self, level: Level) -> list[Measure]:
        return [item for item in self.order if isinstance(item, Measure) and item.level == level]

    def grades(self, level: Level) -> list[Grade]:
        return [item for item in self.order if isinstance(item, Grade) and item.level == level]

    def stages(self, level: Level) -> Stages | None:
        """The ladder of a level, if it has one."""
        return next((item for item in self.order if isinstance(item, Stages) and item.level == level), None)

    def disqualifications(self, level: Level) -> list[Disqualification]:
        """In file order: the first that holds gives the reason."""
        found = [item for item in self.order if isinstance(item, Disqualification) and item.level == level]
        return sorted(found, key=lambda item: item.position)


def lines(items: tuple[Line | Block, ...]) -> Iterator[Line]:
    """All lines of a score or a block, in written order."""
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            yield from lines(item.items)
