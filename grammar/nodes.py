"""The syntax tree of the rule language: frozen dataclasses with spans.

Nodes say what was written, not what it means: whether `visited` is a signal, a measure or a field is the
checker's to decide. Spans and comments do not take part in comparison, so that text which was printed and
parsed again gives equal nodes. The whole language is here; what the engine cannot compute yet is refused
by the checker, never by a missing node.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Literal

from .source import NOWHERE, Span

Level = Literal["lead", "account"]
Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
Quantity = Literal["at least", "at most", "exactly", "more than", "fewer than"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """What every node has: the place where it stands."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def children(self) -> Iterator[Node]:
        """The nodes directly below this one, in written order."""
        for spec in fields(self):
            value = getattr(self, spec.name)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Node):
                    yield item

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in written order."""
        yield self
        for child in self.children():
            yield from child.walk()


class Expr(Node):
    """Anything that has a value or a truth: conditions, numbers, texts, selections."""


# --- values -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number(Expr):
    """`20`, `0.5`."""

    value: Decimal


@dataclass(frozen=True)
class Text(Expr):
    """`'pricing'`; where an event type is expected, a type whose name is no plain name."""

    value: str


@dataclass(frozen=True)
class Bool(Expr):
    """`true`, `false`."""

    value: bool


@dataclass(frozen=True)
class Moment(Expr):
    """A date or an instant as written: `2026-01-01`, `2026-01-01T07:00Z`."""

    text: str


@dataclass(frozen=True)
class Name(Expr):
    """`visited`, `contact.role`, `account.match.industry`: the parts between the dots, backquotes removed."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call(Expr):
    """`visited('pricing' where seconds > 20)`, `size(account.employees)`, `round(x)`, `account.surging('crm')`.

    A signal, a table or a function: the checker knows which.
    """

    name: Name
    args: tuple[Expr, ...] = ()
    where: Expr | None = None


@dataclass(frozen=True)
class ListOf(Expr):
    """`['gmail.com', 'yahoo.com']`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True)
class RangeOf(Expr):
    """`1..5`, `1000..`, `..100`; both ends included."""

    low: Expr | None
    high: Expr | None


# --- conditions and arithmetic --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Always(Expr):
    """`always`."""


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
class Compare(Expr):
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class In(Expr):
    """`x in list`, `x not in ['a', 'b']`, `x in 1..5`."""

    item: Expr
    container: Expr
    negated: bool = False


@dataclass(frozen=True)
class Known(Expr):
    """`x is known`, or `x is missing` where `negated`."""

    item: Expr
    negated: bool = False


@dataclass(frozen=True)
class TextTest(Expr):
    """`title contains 'chief'`, `page like 'docs/*'`, `title mentions roles`; `every` is `contains all [...]`."""

    op: Literal["contains", "starts with", "ends with", "like", "mentions"]
    item: Expr
    sought: Expr
    every: bool = False


@dataclass(frozen=True)
class Matches(Expr):
    """`title matches /\\bcfo\\b/i`."""

    item: Expr
    pattern: str
    ignore_case: bool = False


@dataclass(frozen=True)
class Arith(Expr):
    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Negative(Expr):
    item: Expr


@dataclass(frozen=True)
class Default(Expr):
    """`x default 0`: binds tighter than any operator."""

    item: Expr
    fallback: Expr


@dataclass(frozen=True)
class Conditional(Expr):
    """`a if cond else b`; without `else`: missing."""

    value: Expr
    condition: Expr
    other: Expr | None = None


@dataclass(frozen=True)
class SomeOf(Expr):
    """`at least 2 of (cond, cond, cond)`."""

    op: Literal["at least", "at most", "exactly"]
    count: Expr
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class AtLeastAs(Expr):
    """`rating at least B2` on a grade, `stage at least MQL` on a stage."""

    item: Expr
    value: str


@dataclass(frozen=True)
class DaysSince(Expr):
    """`days since contact.created`, `days since visited('pricing')`."""

    item: Expr


@dataclass(frozen=True)
class DaysUntil(Expr):
    """`days until account.renewal`."""

    item: Expr


# --- time -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Duration(Node):
    """`14 days`, `account.cycle days`, `1 week`."""

    count: Expr
    unit: Unit


class Window(Node):
    """A filter of events by their time."""


@dataclass(frozen=True)
class Within(Window):
    """`within 30 days`: age below the duration."""

    duration: Duration


@dataclass(frozen=True)
class BetweenAgo(Window):
    """`between 30 and 60 days ago`: low <= age < high, both in the unit of `high`."""

    low: Expr
    high: Duration


@dataclass(frozen=True)
class MoreThanAgo(Window):
    """`more than 60 days ago`."""

    duration: Duration


@dataclass(frozen=True)
class SinceMoment(Window):
    """`since 2026-01-01`."""

    moment: Expr


@dataclass(frozen=True)
class BeforeMoment(Window):
    """`before 2026-01-01`."""

    moment: Expr


@dataclass(frozen=True)
class BetweenMoments(Window):
    """`between 2026-01-01 and 2026-02-01`: the first belongs to it, the second does not."""

    low: Expr
    high: Expr


@dataclass(frozen=True)
class Calendar(Window):
    """`this month`, `last quarter`; `today` is this day."""

    which: Literal["this", "last"]
    unit: Unit


@dataclass(frozen=True)
class Sequence(Node):
    """`within 7 days after T`, `within 1 hour before T`, `ever after T`, `without T within 7 days`, `without T`."""

    relation: Literal["after", "before", "without"]
    anchor: Expr
    duration: Duration | None = None
    same_contact: bool = False


@dataclass(frozen=True)
class Which(Node):
    """`newest S`, `earliest S`, `newest 10 S`."""

    end: Literal["newest", "earliest"]
    count: Expr | None = None


@dataclass(frozen=True)
class Often(Node):
    """`at least 3 times`, `on at least 3 days`, `across at least 3 weeks`, `by at least 3 contacts`.

    `group` is a period, `session` or a property (`in one day`); `stretch` is `in any 7 days`.
    """

    op: Quantity
    count: Expr
    unit: Literal["times", "days", "weeks", "months", "sessions", "contacts"] = "times"
    group: Name | None = None
    stretch: Duration | None = None


@dataclass(frozen=True)
class Selection(Expr):
    """Events in time: a source (a name, a quoted type, a call, or an `or` of selections) and its pieces.

    A bare name or call without pieces stays a Name or a Call. Windows and sequences are filters and come
    first, in written order; then which; then how often.
    """

    source: Expr
    filters: tuple[Window | Sequence, ...] = ()
    which: Which | None = None
    often: Often | None = None


# --- aggregates ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leads(Node):
    """`leads where engagement >= 20`, `top 3 leads by engagement`; filtered first, then ranked."""

    where: Expr | None = None
    end: Literal["top", "bottom"] | None = None
    count: Expr | None = None
    by: Expr | None = None


@dataclass(frozen=True)
class Aggregate(Expr):
    """`count(S)`, `sum(minutes of S)`, `max(fit of leads)`, `coverage(role of leads where …, roles, weight)`.

    `function` is one of count, distinct, sum, avg, median, min, max, newest, earliest, most_common over
    events; count, distinct, sum, avg, median, min, max, share, any, all, coverage over leads.
    """

    function: str
    what: Expr | None
    of: Expr | Leads
    args: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class PerPeriod(Expr):
    """`avg(count of S per week over 12 weeks)`."""

    function: Literal["avg", "stddev", "max", "min", "sum", "median"]
    of: Expr
    unit: Unit
    over: Duration


@dataclass(frozen=True)
class Standing(Expr):
    """`rank(engagement)`, `percentile(engagement per industry)`."""

    function: Literal["rank", "percentile"]
    what: Expr
    per: Expr | None = None


# --- effects and modifiers ------------------------------------------------------------------------------------------


class Effect(Node):
    """What a line does when it holds."""


@dataclass(frozen=True)
class Points(Effect):
    """`+20`, `-10`, `+0.4 * fit`, `+(a if b else c)`."""

    value: Expr
    sign: Literal["+", "-"] = "+"


@dataclass(frozen=True)
class Times(Effect):
    """`*1.5`."""

    value: Expr


@dataclass(frozen=True)
class SetTo(Effect):
    """`set 50`."""

    value: Expr


@dataclass(frozen=True)
class Disqualify(Effect):
    """`disqualify 'competitor' for 180 days`."""

    reason: str
    lasting: Duration | None = None


class Modifier(Node):
    """What follows the effect."""


@dataclass(frozen=True)
class Bound(Modifier):
    """`max 15`, `min -10`, `max 10 per day`, `max 5 per asset`."""

    kind: Literal["max", "min"]
    value: Expr
    per: Name | None = None


@dataclass(frozen=True)
class AtMost(Modifier):
    """`at most 3 per day`, `at most 1 per asset`; `at most once per week` is 1 per week."""

    count: Expr
    per: Name


@dataclass(frozen=True)
class Cooldown(Modifier):
    """`at most once per 90 days`."""

    duration: Duration


@dataclass(frozen=True)
class Decay(Modifier):
    """`halves every 30 days`, `fades over 90 days`, `loses 25% every 30 days compounding to 2 after 14 days`."""

    kind: Literal["halves", "fades", "loses percent", "loses points"]
    period: Duration
    amount: Expr | None = None
    compounding: bool = False
    floor: Expr | None = None
    grace: Duration | None = None
    since: Expr | None = None


@dataclass(frozen=True)
class NoDecay(Modifier):
    """`no decay`: switches the block's default off."""


# --- lines and blocks -------------------------------------------------------------------------------------------------


BLANK = "\n"
"""Stands among comments where a blank line was written."""


@dataclass(frozen=True, kw_only=True)
class Commented(Node):
    """A node that owns comments: those on the lines before it and the one behind it, without the `#`.

    Among those before it BLANK stands for a blank line. The span of a node that opens a block is its head's;
    `named` is the place of the name or id that it gives to something.
    """

    before: tuple[str, ...] = field(default=(), compare=False, repr=False)
    behind: str | None = field(default=None, compare=False, repr=False)
    named: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def place(self) -> Span:
        """Where to point when the thing itself is meant: at its name, if it has one."""
        return self.named if self.named.line else self.span


@dataclass(frozen=True)
class Each(Node):
    """`each S`, `each day with S at least 7 times`, `each asset of S`, `each lead where …`.

    `unit` is "event", "day", "week", "month", "value" (then `prop` is the property) or "lead" (then `of` is
    Leads). `often` belongs to the groups; an `each S` has none.
    """

    unit: Literal["event", "day", "week", "month", "value", "lead"]
    of: Expr | Leads
    prop: Name | None = None
    often: Often | None = None


class Item(Commented):
    """What stands inside a score or a group."""


@dataclass(frozen=True)
class Line(Item):
    """`id: condition => effect modifiers "label"`."""

    head: Expr | Each
    effect: Effect
    modifiers: tuple[Modifier, ...] = ()
    id: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Otherwise(Item):
    """The last line of `first of`: `otherwise => effect`."""

    effect: Effect
    modifiers: tuple[Modifier, ...] = ()
    id: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Remove(Item):
    """`remove id`: takes a line of the base ruleset out."""

    id: str


@dataclass(frozen=True)
class Body(Node):
    """The inside of a block: its default decay and `counting since`, then its items.

    `before` are the comments of the first two, `after` those at the block's end.
    """

    items: tuple[Item, ...]
    decay: Decay | None = None
    counting_since: Expr | None = None
    before: tuple[str, ...] = field(default=(), compare=False, repr=False)
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Group(Item):
    """`group content max 25:`."""

    name: str
    bounds: tuple[Bound, ...]
    body: Body


@dataclass(frozen=True)
class FirstOf(Item):
    """`first of:`."""

    body: Body


@dataclass(frozen=True)
class BestOf(Item):
    """`best of:`."""

    body: Body


@dataclass(frozen=True)
class When(Item):
    """`when account.region == 'EMEA':`."""

    condition: Expr
    body: Body


# --- statements -------------------------------------------------------------------------------------------------------


class Statement(Commented):
    """What stands at the top of a file."""


@dataclass(frozen=True)
class ParamDef(Statement):
    """`param mqa_threshold = 65 in 40..90`; the value is a Number, Text, Bool, Moment or Negative number."""

    name: str
    value: Expr
    range: RangeOf | None = None


@dataclass(frozen=True)
class FromFile(Node):
    """`file 'lists/x.csv' column domain`, `file 'x.csv' key a, b value v`."""

    path: str
    column: str | None = None
    keys: tuple[str, ...] = ()
    value: str | None = None


@dataclass(frozen=True)
class ListDef(Statement):
    """`list roles = [...]`, `list competitors = file 'lists/competitors.csv'`."""

    name: str
    content: ListOf | FromFile


@dataclass(frozen=True)
class TableEntry(Node):
    """`economic_buyer: 3`, `'Head of IT': 4`, `51..75: 10`, `(vp, emea): 3`.

    One or two keys, each a Text, a Number (or Negative) or a RangeOf.
    """

    keys: tuple[Expr, ...]
    value: Expr


@dataclass(frozen=True)
class TableDef(Statement):
    """`table points = {c_level: 15, vp: 12} default 0`."""

    name: str
    content: tuple[TableEntry, ...] | FromFile
    default: Expr | None = None


@dataclass(frozen=True)
class SignalDef(Statement):
    """`signal visited(name) = page_view where page like name`.

    `params` is None for `signal visited = …` (no brackets) and the names otherwise. Each source is a Name or
    Text (a type or a signal) or a Call of a signal.
    """

    name: str
    params: tuple[str, ...] | None
    sources: tuple[Expr, ...]
    where: Expr | None = None


@dataclass(frozen=True)
class IgnoreEvents(Statement):
    """`ignore page_view where user_agent matches /bot/i`, `ignore click within 5 seconds after email_delivered`."""

    sources: tuple[Expr, ...]
    where: Expr | None = None
    filters: tuple[Window | Sequence, ...] = ()


@dataclass(frozen=True)
class IgnoreContacts(Statement):
    """`ignore contact where email ends with '@ourselves.com'`."""

    where: Expr


@dataclass(frozen=True)
class Case(Commented):
    """`cond => value`; without a condition: `otherwise => value`."""

    condition: Expr | None
    value: Expr


@dataclass(frozen=True)
class Cases(Node):
    """A block of cases; the first that holds counts."""

    items: tuple[Case, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class DeriveDef(Statement):
    """`derive contact.role:` with cases, or `derive account.big = employees >= 1000`; the field without its level."""

    level: Level
    field: Name
    value: Expr | Cases


@dataclass(frozen=True)
class MeasureDef(Statement):
    """`measure engaged for account = count(leads where engagement >= 20)`, or a block of cases."""

    name: str
    level: Level
    value: Expr | Cases


@dataclass(frozen=True)
class ScoreDef(Statement):
    """`score readiness for account 0..100:`; `bounds` are those per period in its head."""

    name: str
    level: Level
    range: RangeOf | None
    bounds: tuple[Bound, ...]
    body: Body


@dataclass(frozen=True)
class Cut(Node):
    """`A >= 75`; the last may have no cut."""

    label: str
    cut: Expr | None


@dataclass(frozen=True)
class Axis(Commented):
    """`fit: A >= 75, B >= 50, C >= 25, D`."""

    value: Expr
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class GradeDef(Statement):
    """`grade rating for lead:` with its axes."""

    name: str
    level: Level
    axes: tuple[Axis, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class HeldFor(Expr):
    """`cond for at least 7 days`, in a stage's condition."""

    condition: Expr
    duration: Duration


@dataclass(frozen=True)
class InStage(Expr):
    """`in stage MQL more than 30 days`."""

    stage: str
    duration: Duration


@dataclass(frozen=True)
class StageDef(Commented):
    """`MQA "Marketing qualified": cond stays while cond`."""

    name: str
    condition: Expr
    label: str | None = None
    stays_while: Expr | None = None


@dataclass(frozen=True)
class StagesDef(Statement):
    """`stages for account, in order:`."""

    level: Level
    in_order: bool
    stages: tuple[StageDef, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class LooseItem(Statement):
    """A line or a block outside any score: it belongs to `score points for lead`. Its comments are the item's."""

    item: Item


@dataclass(frozen=True)
class File(Node):
    """One file of rules; `after` are the comments at its end."""

    statements: tuple[Statement, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)
