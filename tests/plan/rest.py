"""Random models of what rulesets as text cannot say yet: the whole of the model, so that both engines agree on it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from scoreline.engine.model import (
    AgeWindow,
    AtMost,
    Block,
    Bound,
    CalendarWindow,
    Cooldown,
    Decay,
    Disqualification,
    Each,
    EventAggregate,
    Expr,
    Happened,
    IgnoreContacts,
    IgnoreEvents,
    LeadAggregate,
    LeadSet,
    Length,
    Line,
    Measure,
    Model,
    Near,
    Often,
    PeriodAggregate,
    Selection,
    SetTo,
    Standing,
    Times,
)
from scoreline.grammar.nodes import Level

from .building import (
    DAY,
    HOUR,
    attr,
    compare,
    days,
    from_field,
    happened,
    line,
    model,
    number,
    prop,
    role,
    score,
    score_of,
    select,
    text,
)

counts = st.sampled_from([1.0, 2.0, 2.5, 3.0, 0.0])
units = st.sampled_from(["day", "week", "month", "quarter", "year"])
lengths = st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.0, -1.0])
comparisons = st.sampled_from([">=", "<=", "==", ">", "<"])


@st.composite
def decays(draw: st.DrawFn, ages_by: Selection | None = None) -> Decay | None:
    kind = draw(st.sampled_from([None, "halves", "fades", "loses percent", "loses points"]))
    if kind is None:
        return None
    return Decay(
        kind,  # type: ignore[arg-type]
        draw(st.sampled_from(["day", "hour", "minute"])),
        draw(st.sampled_from([2.0, 5.0, 36.0])),
        draw(st.sampled_from([1.0, 25.0])) if kind.startswith("loses") else None,
        kind == "loses percent" and draw(st.booleans()),
        draw(st.sampled_from([None, 1.5])),
        draw(st.sampled_from([0, 3])),
        ages_by,
    )


class Parts:
    """Draws the parts of a model for a level."""

    def __init__(self, draw: st.DrawFn, level: Level) -> None:
        self.draw = draw
        self.level = level

    def chance(self, of: int = 3) -> bool:
        return self.draw(st.integers(1, of)) == 1

    def selection(self, deep: bool = True, which: bool = True) -> Selection:
        scope: Level = "account" if self.level == "account" or self.chance(4) else "lead"
        tests: list[Expr] = []
        if self.chance():
            tests.append(compare(prop("page"), "==", text("A")))
        if deep and self.chance():
            tests.append(self.near(scope))
        if self.chance(4):
            tests.append(AgeWindow(low=None, high=self.length()))
        if self.chance(5):
            tests.append(CalendarWindow(unit=self.draw(units), offset=self.draw(st.sampled_from([0, -1]))))
        if self.chance(8):
            tests.append(compare(attr("session"), "==", text("contact c1 s1")))
        made = select(
            *tests,
            scope=scope,
            type=self.draw(st.sampled_from(["view", "view", "talk"])),
            within=self.draw(st.sampled_from([None, 3.0, 7.0])),
        )
        if which and self.chance():
            end = self.draw(st.sampled_from(["newest", "earliest"]))
            made = replace(made, which=(end, self.draw(st.sampled_from([None, number(2), number(2.5), number(None)]))))
            if self.chance():
                made = replace(made, which=(end, self.length().count))
        return made

    def length(self) -> Length:
        """A fixed one, or a field of the account or, in a lead's rule, of the contact."""
        fields = ["size", "score"] if self.level == "lead" else ["size"]
        return self.draw(st.one_of(lengths.map(days), st.sampled_from(fields).map(from_field)))

    def near(self, scope: Level) -> Near:
        anchor = replace(self.selection(deep=False), scope=scope)
        if scope == "lead" and self.chance(5):
            anchor = replace(anchor, scope="account")
        relation = self.draw(st.sampled_from(["after", "before", "without", "since"]))
        if relation == "since":
            return Near(relation=relation, anchor=anchor)
        length = self.length() if self.chance(2) else None
        same = scope == "account" and self.chance(3)
        return Near(relation=relation, anchor=anchor, length=length, same_contact=same)

    def often(self) -> Often:
        unit = self.draw(st.sampled_from(["times", "days", "weeks", "months", "contacts", "sessions"]))
        made = Often(self.draw(comparisons), number(self.draw(counts)), unit)
        how = self.draw(st.integers(1, 3))
        if how == 1:
            group = self.draw(
                st.sampled_from([attr("date"), attr("week"), attr("month"), attr("session"), prop("page")])
            )
            return replace(made, group=group)
        return replace(made, stretch=self.length()) if how == 2 else made

    def number(self) -> Expr:
        function = self.draw(st.sampled_from(["avg", "stddev", "max", "min", "sum", "median"]))
        chosen = self.draw(st.integers(1, 6))
        if chosen == 1:
            return PeriodAggregate(
                function=function,
                selection=self.selection(),
                unit=DAY,
                periods=number(self.draw(counts)),
                kind="number",
            )
        if chosen == 2:
            what = prop("seconds")
            name = self.draw(
                st.sampled_from(["sum", "avg", "median", "min", "max", "newest", "earliest", "most_common"])
            )
            return EventAggregate(function=name, what=what, selection=self.selection(), kind="number")
        if chosen == 3:
            return EventAggregate(function="days_since", what=None, selection=self.selection(), kind="number")
        if chosen == 4:
            name = self.draw(st.sampled_from(["distinct", "count"]))
            what = self.draw(st.sampled_from([prop("page"), attr("session")]))
            return EventAggregate(function=name, what=what, selection=self.selection(), kind="number")
        if chosen == 5 and self.level == "account":
            ends = LeadSet(end=self.draw(st.sampled_from(["top", "bottom"])), count=number(2), by=lead_score())
            name = self.draw(st.sampled_from(["sum", "median", "min"]))
            return LeadAggregate(function=name, what=lead_score(), leads=ends, kind="number")
        return EventAggregate(function="count", what=None, selection=self.selection(), kind="number")

    def condition(self) -> Expr:
        if self.chance(2):
            return Happened(selection=self.selection(), often=self.often() if self.chance(2) else None)
        return compare(self.number(), self.draw(comparisons), self.draw(counts))

    def bounds(self, per: bool) -> tuple[Bound, ...]:
        made = []
        if per and self.chance(2):
            period = self.draw(st.sampled_from(["day", "week", "month", "contact", "value"]))
            what = prop("page") if period == "value" else None
            made.append(Bound(self.draw(st.sampled_from(["max", "min"])), number(self.draw(counts)), period, what))
        if self.chance(4):
            made.append(Bound(self.draw(st.sampled_from(["max", "min"])), number(self.draw(counts))))
        return tuple(made)

    def each(self, id: str, per: bool = True) -> Line:
        unit = self.draw(st.sampled_from(["event", "event", "day", "week", "month", "value"]))
        selection = self.selection()
        often = self.often() if unit != "event" and self.chance() else None
        if often is not None:
            selection = replace(selection, which=None) if self.chance(2) else selection
        by = self.draw(st.sampled_from([prop("page"), attr("session")])) if unit == "value" else None
        each = Each(unit, selection, by, often)
        value = self.draw(st.sampled_from([number(2), number(-1.5), prop("seconds")])) if unit == "event" else number(2)
        limits: list[AtMost | Cooldown] = []
        if self.chance():
            limits.append(Cooldown(self.draw(st.sampled_from([HOUR, DAY, 3 * DAY]))))
        if self.chance():
            period = self.draw(st.sampled_from(["day", "week", "contact", "value"]))
            what = prop("page") if period == "value" else None
            limits.insert(0, AtMost(number(self.draw(counts)), period, what))
        return line(
            id,
            value,
            each=each,
            at_most=tuple(limits),
            bounds=self.bounds(per),
            decay=self.draw(decays(self.ages_by())),
        )

    def ages_by(self) -> Selection | None:
        """What the events of an `each` line age by, where that is not themselves."""
        return self.selection() if self.chance(4) else None

    def once(self, id: str) -> Line:
        value = (
            self.draw(st.sampled_from([number(5), number(-2), number(0.00005), number(2e9)]))
            if self.chance()
            else self.number()
        )
        selection = self.selection()
        often = self.often() if self.chance() else None
        portion = often if often is not None and (often.group is not None or often.stretch is not None) else None
        decay = self.draw(decays(replace(selection, portion=portion))) if self.chance(2) else None
        condition = happened(selection, often=often) if decay is not None else self.condition()
        return line(id, value, condition, bounds=self.bounds(False), decay=decay)

    def adjusting(self, id: str) -> Line:
        effect = self.draw(
            st.sampled_from([Times(number(1.5)), Times(number(-1)), Times(self.number()), SetTo(number(4))])
        )
        if self.chance():
            effect = SetTo(self.number())
        return Line(id, effect, condition=self.condition())

    def items(self, name: str, depth: int = 1) -> tuple[Line | Block, ...]:
        made: list[Line | Block] = []
        for index in range(self.draw(st.integers(1, 3))):
            id = f"{name}_{index}"
            chosen = self.draw(st.integers(1, 8))
            if chosen <= 3:
                made.append(self.each(id))
            elif chosen <= 5:
                made.append(self.once(id))
            elif chosen == 6:
                made.append(self.adjusting(id))
            elif depth:
                made.append(self.block(id, depth - 1))
        return tuple(made)

    def block(self, id: str, depth: int) -> Block:
        kind = self.draw(st.sampled_from(["group", "first", "best", "when", "pool"]))
        if kind == "pool":
            lines = tuple(self.each(f"{id}_{index}") for index in range(2))
            inner = Block("group", lines, f"{id}_inner", bounds=self.bounds(True))
            return Block("group", (inner, *lines[:1]), id, bounds=(Bound("max", number(3), "day"), *self.bounds(True)))
        items = self.items(id, depth)
        if kind == "best":
            items = tuple(self.once(f"{id}_{index}") for index in range(3))
        condition = self.condition() if kind == "when" else None
        name = id if kind == "group" else None
        return Block(kind, items, name, condition, self.bounds(False) if kind == "group" else ())


def lead_score() -> Expr:
    return score_of("lead", "s")


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A score of leads, one of accounts, standings of both, perhaps something ignored and somebody disqualified."""
    lead, account = Parts(draw, "lead"), Parts(draw, "account")
    first = score(*lead.items("l"), low=draw(st.sampled_from([None, 0.0])), high=draw(st.sampled_from([None, 20.0])))
    order: list[object] = []
    if lead.chance(2):
        lasting = days(2) if lead.chance(2) else None
        chosen = select(type="talk")
        order.append(Disqualification("lead", "out", "gone", happened(chosen), lasting, chosen if lasting else None))
    order += [first, score(*account.items("a"), level="account", name="t")]
    if account.chance():
        order.append(Disqualification("account", "off", "off", account.condition()))
    for level, name in (("lead", "s"), ("account", "t")):
        for function in ("rank", "percentile"):
            per = role() if level == "lead" and function == "rank" else None
            what = score_of(level, name)  # type: ignore[arg-type]
            standing = Standing(function=function, what=what, per=per, kind="number")  # type: ignore[arg-type]
            order.append(Measure(level, f"{function}_{name}", standing))  # type: ignore[arg-type]
    ignored: list[IgnoreEvents | IgnoreContacts] = []
    if lead.chance():
        near = Near(relation="after", anchor=select(type="view"), length=days(draw(lengths)))
        ignored.append(IgnoreEvents(select(near, type="talk").test, "too soon"))
    if lead.chance(4):
        ignored.append(IgnoreContacts(compare(role(), "==", text("A")), "a"))
        ignored.append(IgnoreContacts(compare(role(), "==", text("user")), "users"))
    made = model(*order, zone=draw(st.sampled_from(["UTC", "Europe/Berlin"])), ignored=tuple(ignored))  # type: ignore[arg-type]
    return replace(made, session_gap=draw(st.sampled_from([HOUR // 2, 12 * HOUR, 2 * DAY])))
