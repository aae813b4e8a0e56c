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

from .base import LONGEST, MICROS, Comparison, Expr, Part, Period
from .definitions import (
    Axis,
    Definition,
    Derived,
    Disqualification,
    Grade,
    IgnoreContacts,
    IgnoreEvents,
    Measure,
    Model,
    Score,
    Stage,
    Stages,
    lines,
)
from .effects import (
    AgeUnit,
    AtMost,
    Block,
    Bound,
    Cooldown,
    Decay,
    Each,
    Effect,
    Grouping,
    Line,
    Points,
    SetTo,
    Times,
)
from .events import (
    AgeWindow,
    CalendarWindow,
    EventAggregate,
    Happened,
    InstantWindow,
    Length,
    Near,
    Often,
    OfType,
    PeriodAggregate,
    Selection,
)
from .rollups import Coverage, HeldFor, InStageFor, LeadAggregate, LeadSet, Standing
from .values import (
    And,
    Arith,
    Cases,
    Compare,
    Conditional,
    Const,
    Default,
    EventAttr,
    Field,
    Function,
    InRange,
    InSet,
    Lookup,
    Matches,
    Missing,
    Not,
    Or,
    Prop,
    Result,
    SomeOf,
    Table,
    TableEntry,
    TextTest,
    Weighted,
)

__all__ = [
    "LONGEST",
    "MICROS",
    "AgeUnit",
    "AgeWindow",
    "And",
    "Arith",
    "AtMost",
    "Axis",
    "Block",
    "Bound",
    "CalendarWindow",
    "Cases",
    "Compare",
    "Comparison",
    "Conditional",
    "Const",
    "Cooldown",
    "Coverage",
    "Decay",
    "Default",
    "Definition",
    "Derived",
    "Disqualification",
    "Each",
    "Effect",
    "EventAggregate",
    "EventAttr",
    "Expr",
    "Field",
    "Function",
    "Grade",
    "Grouping",
    "Happened",
    "HeldFor",
    "IgnoreContacts",
    "IgnoreEvents",
    "InRange",
    "InSet",
    "InStageFor",
    "InstantWindow",
    "LeadAggregate",
    "LeadSet",
    "Length",
    "Line",
    "Lookup",
    "Matches",
    "Measure",
    "Missing",
    "Model",
    "Near",
    "Not",
    "OfType",
    "Often",
    "Or",
    "Part",
    "Period",
    "PeriodAggregate",
    "Points",
    "Prop",
    "Result",
    "Score",
    "Selection",
    "SetTo",
    "SomeOf",
    "Stage",
    "Stages",
    "Standing",
    "Table",
    "TableEntry",
    "TextTest",
    "Times",
    "Weighted",
    "lines",
]
