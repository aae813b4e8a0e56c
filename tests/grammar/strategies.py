"""Random rules of the whole language for hypothesis: any tree that some text parses to.

What no text can say is left out: a selection of nothing but another's filters (brackets around filters are only
grammar), and windows of `ignore` that would belong to the anchor before them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from scoreline.grammar import nodes as n
from scoreline.grammar.phrases import captures

T = TypeVar("T")

_WORDS = """
    role page fit engagement visited attended x größe _private a1
    score day days week max min status stage stages list param table signal ignore derive measure grade group when
    first best remove each lead leads account contact in not and or is like of per within newest earliest top bottom
    at exactly last this today since before times once always true otherwise counting halves loses fades set to
    disqualify every default matches contains if else for by on no with file key value column date month
"""
WORDS = _WORDS.split()  # most of them are key words somewhere
ODD_WORDS = ["Open Opportunity", "a.b", "42", "it's", "né-à", "#1", "(x)"]
TEXTS = ["pricing", "*", "it's", 'say "x"', "both ' and \"", "# no comment", "(", "=> +20", "", "docs/*", " x "]
NUMBERS = [Decimal(text) for text in ("0", "1", "2", "3", "0.10", "0.0001", "1e3", "12345678901234567890.0001")]
MOMENTS = ["2026-01-01", "2024-02-29T07:00Z", "2026-12-31T23:59:59.5+01:00"]
LABELS = ["A", "B2", "1", "1A", "A+", "MQL", "times", "3times", "or", "not", "Open deal"]
PATTERNS = [r"\b", "cfo", "|", "(a|b)", "[^x]", "/", r"\d+", "'", '"', "#", " and ", r"\\", "$", "(", ","]
UNITS = ["second", "minute", "hour", "day", "week", "month", "year"]
QUANTITIES = ["at least", "at most", "exactly", "more than", "fewer than"]
COUNTED = ["times", "days", "weeks", "months", "sessions", "contacts"]
AGGREGATES = ["sum", "avg", "median", "min", "max", "distinct", "newest", "coverage", "any"]
TEXT_TESTS = ["contains", "starts with", "ends with", "like", "mentions"]

any_text = st.text(st.characters(blacklist_characters="\n\0", blacklist_categories=["Cs"]), max_size=12)
any_comment = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, blacklist_characters="\x7f\x85"), max_size=12
)


class Maker:
    """Makes random nodes by drawing from hypothesis; `depth` bounds how deep expressions and blocks nest."""

    def __init__(self, draw: st.DrawFn, depth: int) -> None:
        self.draw = draw
        self.depth = depth

    # --- choices ----------------------------------------------------------------------------------------------

    def one(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def of(self, *makers: Callable[[], Any]) -> Any:
        return self.one(makers)()

    def maybe(self, make: Callable[[], T]) -> T | None:
        return make() if self.draw(st.booleans()) else None

    def some(self, make: Callable[[], T], least: int = 1, most: int = 3) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.draw(st.integers(least, most))))

    def yes(self) -> bool:
        return self.draw(st.booleans())

    # --- the smallest things ------------------------------------------------------------------------------------

    def word(self) -> str:
        return self.one(WORDS) if self.draw(st.integers(0, 5)) else self.one(ODD_WORDS)

    def name(self) -> n.Name:
        return n.Name(self.some(self.word, 1, 3))

    def string(self) -> str:
        return self.one(TEXTS) if self.yes() else self.draw(any_text)

    def text(self) -> n.Text:
        return n.Text(self.string())

    def number(self) -> n.Number:
        return n.Number(
            self.one(NUMBERS) if self.yes() else self.draw(st.decimals(0, 10**9, places=4, allow_nan=False))
        )

    def negative(self) -> n.Negative:
        return n.Negative(self.of(self.number, self.name))

    def moment(self) -> n.Moment:
        return n.Moment(self.one(MOMENTS))

    def truth(self) -> n.Bool:
        return n.Bool(self.yes())

    def label(self) -> str:
        return self.one(LABELS) if self.yes() else self.string()

    def end_of_range(self) -> n.Expr:
        return self.of(self.number, self.negative, self.moment, self.name)

    def range_of(self) -> n.RangeOf:
        low, high = self.maybe(self.end_of_range), self.maybe(self.end_of_range)
        return n.RangeOf(low, high if low or high else self.number())

    def list_of(self) -> n.ListOf:
        items = (self.number, self.negative, self.text, self.truth, self.moment, self.name)
        return n.ListOf(self.some(lambda: self.of(*items), 0, 4))

    # --- expressions --------------------------------------------------------------------------------------------

    def expr(self) -> n.Expr:
        """Any expression; a leaf where it is deep enough."""
        if self.depth <= 0 or not self.draw(st.integers(0, 3)):
            return self.of(self.name, self.name, self.number, self.text, self.truth, self.moment, n.Always)
        self.depth -= 1
        node: n.Expr = self.of(*self.compound())
        self.depth += 1
        return node

    def compound(self) -> list[Callable[[], n.Expr]]:
        e = self.expr
        return [
            self.call,
            self.selection,
            self.selection,
            self.selection,
            self.aggregate,
            lambda: n.Not(e()),
            lambda: n.And(self.some(e, 2, 3)),
            lambda: n.Or(self.some(e, 2, 3)),
            lambda: n.Compare(self.one(["==", "!=", "<", "<=", ">", ">="]), e(), e()),
            lambda: n.In(e(), self.of(self.list_of, self.name, self.range_of), self.yes()),
            lambda: n.Known(e(), self.yes()),
            lambda: n.TextTest(self.one(TEXT_TESTS), e(), self.of(e, self.list_of)),
            lambda: n.TextTest("contains", e(), self.of(self.list_of, self.name, self.text), True),
            lambda: n.Matches(e(), "".join(self.some(lambda: self.one(PATTERNS), 1, 5)), self.yes()),
            lambda: n.Arith(self.one("+-*/"), e(), e()),
            lambda: n.Negative(e()),
            lambda: n.Default(e(), self.of(e, self.negative)),
            lambda: n.Conditional(e(), e(), self.maybe(e)),
            lambda: n.SomeOf(self.one(["at least", "at most", "exactly"]), self.count(), self.some(e)),
            lambda: n.AtLeastAs(self.name(), self.label()),
            lambda: n.DaysSince(e()),
            lambda: n.DaysUntil(e()),
            lambda: n.HeldFor(e(), self.duration()),
            lambda: n.InStage(self.label(), self.duration()),
            lambda: n.PerPeriod(self.one(["avg", "stddev", "max"]), e(), self.one(UNITS), self.duration()),
            lambda: n.Standing(self.one(["rank", "percentile"]), e(), self.maybe(self.name)),
        ]

    def count(self) -> n.Expr:
        return self.of(self.number, self.name, self.expr)

    def call(self) -> n.Call:
        function = lambda: n.Name((self.one(["max", "min", "round", "domain"]),))  # noqa: E731
        args = self.some(lambda: self.of(self.expr, self.expr, self.list_of), 0, 3)
        return n.Call(self.of(self.name, function), args, self.maybe(self.expr))

    def leads(self) -> n.Leads:
        where = self.maybe(self.expr)
        if self.yes():
            return n.Leads(where)
        return n.Leads(where, self.one(["top", "bottom"]), self.count(), self.maybe(self.expr))

    def aggregate(self) -> n.Aggregate:
        over_leads = lambda: n.Aggregate(self.one(["count", "any", "all", "share", "sum"]), None, self.leads())  # noqa: E731
        count = lambda: n.Aggregate("count", None, self.expr())  # noqa: E731
        return self.of(over_leads, count, self.aggregate_of)

    def aggregate_of(self) -> n.Aggregate:
        function = self.one(AGGREGATES)
        args = () if function == "newest" else self.some(lambda: self.of(self.expr, self.list_of), 0, 2)
        return n.Aggregate(function, self.expr(), self.of(self.leads, self.name, self.expr), args)

    # --- selections ---------------------------------------------------------------------------------------------

    def selection(self) -> n.Selection:
        source = self.of(self.name, self.name, self.text, self.call, self.expr)
        if isinstance(source, n.Selection) and source.which is None and source.often is None:
            source = source.source
        which, often = self.maybe(self.which), self.maybe(self.often)
        filters = self.some(self.filter, 0 if which or often else 1, 3)
        return n.Selection(source, filters, which, often)

    def which(self) -> n.Which:
        return n.Which(self.one(["newest", "earliest"]), self.maybe(lambda: self.of(self.number, self.name)))

    def duration(self) -> n.Duration:
        return n.Duration(self.count(), self.one(UNITS))

    def instant(self) -> n.Expr:
        return self.of(self.moment, self.name, self.expr)

    def filter(self) -> n.Window | n.Sequence:
        return self.of(
            lambda: n.Within(self.duration()),
            lambda: n.BetweenAgo(self.count(), self.duration()),
            lambda: n.MoreThanAgo(self.duration()),
            lambda: n.SinceMoment(self.instant()),
            lambda: n.BeforeMoment(self.instant()),
            lambda: n.BetweenMoments(self.instant(), self.instant()),
            lambda: n.Calendar(self.one(["this", "last"]), self.one(["day", "week", "month", "quarter", "year"])),
            self.sequence,
            self.sequence,
        )

    def sequence(self) -> n.Sequence:
        relation = self.one(["after", "before", "without"])
        return n.Sequence(relation, self.of(self.name, self.expr), self.maybe(self.duration), self.yes())

    def often(self) -> n.Often:
        often = n.Often(self.one(QUANTITIES), self.count(), self.one(COUNTED))
        if self.yes():
            return often
        group = self.maybe(self.name)
        return n.Often(often.op, often.count, often.unit, group, None if group else self.duration())

    # --- lines --------------------------------------------------------------------------------------------------

    def comments(self, at_end: bool = False) -> tuple[str, ...]:
        rows: list[str] = []
        for row in self.some(lambda: self.of(lambda: n.BLANK, self.comment), 0, 3):
            if row != n.BLANK or rows[-1:] != [n.BLANK]:
                rows.append(row)
        return tuple(rows[:-1] if at_end and rows[-1:] == [n.BLANK] else rows)

    def comment(self) -> str:
        return self.draw(any_comment).rstrip()

    def noted(self) -> dict[str, Any]:
        return {"before": self.comments(), "behind": self.maybe(self.comment)}

    def effect(self) -> n.Effect:
        return self.of(
            lambda: n.Points(self.number(), self.one("+-")),
            lambda: n.Points(self.expr(), self.one("+-")),
            lambda: n.Times(self.expr()),
            lambda: n.SetTo(self.operand()),
            lambda: n.Disqualify(self.string(), self.maybe(self.duration)),
        )

    def operand(self) -> n.Expr:
        return self.of(self.number, self.negative, self.name, self.expr)

    def bound(self) -> n.Bound:
        return n.Bound(self.one(["max", "min"]), self.operand(), self.maybe(self.name))

    def limit(self) -> n.AtMost | n.Cooldown:
        return self.of(lambda: n.AtMost(self.count(), self.name()), lambda: n.Cooldown(self.duration()))

    def decay(self) -> n.Decay:
        kind = self.one(["halves", "fades", "loses percent", "loses points"])
        amount = self.count() if kind.startswith("loses") else None
        compounding = kind == "loses percent" and self.yes()
        floor, grace, since = self.maybe(self.operand), self.maybe(self.duration), self.maybe(self.expr)
        return n.Decay(kind, self.duration(), amount, compounding, floor, grace, since)

    def modifiers(self) -> tuple[n.Modifier, ...]:
        return self.some(self.limit, 0, 1) + self.some(lambda: self.of(self.bound, self.decay, n.NoDecay), 0, 2)

    def each(self) -> n.Each:
        unit = self.one(["event", "day", "week", "month", "value", "lead"])
        if unit == "lead":
            return n.Each("lead", n.Leads(self.maybe(self.expr)))
        of = self.of(self.name, self.selection, self.expr)
        if unit == "event":
            return n.Each("event", of)
        while isinstance(of, n.Selection) and of.often is not None:
            of = of.source  # how often belongs to the group
        return n.Each(unit, of, self.name() if unit == "value" else None, self.maybe(self.often))

    def line(self) -> n.Line:
        head = self.of(self.expr, self.each)
        return n.Line(
            head, self.effect(), self.modifiers(), self.maybe(self.word), self.maybe(self.string), **self.noted()
        )

    def otherwise(self) -> n.Otherwise:
        return n.Otherwise(
            self.effect(), self.modifiers(), self.maybe(self.word), self.maybe(self.string), **self.noted()
        )

    def item(self, blocks: int = 2) -> n.Item:
        def body() -> n.Body:
            return self.body(blocks - 1)

        makers: list[Callable[[], n.Item]] = [self.line, self.line, self.otherwise]
        makers.append(lambda: n.Remove(self.word(), **self.noted()))
        if blocks:
            makers += [
                lambda: n.Group(self.word(), self.some(self.bound, 0, 1), body(), **self.noted()),
                lambda: n.FirstOf(body(), **self.noted()),
                lambda: n.BestOf(body(), **self.noted()),
                lambda: n.When(self.expr(), body(), **self.noted()),
            ]
        return self.of(*makers)

    def body(self, blocks: int = 2) -> n.Body:
        decay, counting = self.maybe(self.decay), self.maybe(lambda: self.of(self.name, self.selection, self.expr))
        before = self.comments() if decay or counting else ()
        items = self.some(lambda: self.item(blocks), 1, 2)
        return n.Body(items, decay, counting, before=before, after=self.comments(at_end=True))

    # --- statements ---------------------------------------------------------------------------------------------

    def level(self) -> n.Level:
        return self.one(["lead", "account"])

    def param(self) -> n.ParamDef:
        negative = lambda: n.Negative(self.number())  # noqa: E731
        value = self.of(self.number, negative, self.text, self.truth, self.moment)
        return n.ParamDef(self.word(), value, self.maybe(self.range_of), **self.noted())

    def list_def(self) -> n.ListDef:
        file = lambda: n.FromFile(self.string(), self.maybe(self.word))  # noqa: E731
        return n.ListDef(self.word(), self.of(self.list_of, file), **self.noted())

    def table(self) -> n.TableDef:
        file = lambda: n.FromFile(self.string(), None, self.some(self.word, 1, 2), self.word())  # noqa: E731
        content = self.of(lambda: self.some(self.entry, 0, 3), file)
        return n.TableDef(self.word(), content, self.maybe(self.table_value), **self.noted())

    def entry(self) -> n.TableEntry:
        keys = self.some(lambda: self.of(self.text, self.number, self.negative, self.range_of), 1, 2)
        return n.TableEntry(keys, self.table_value())

    def table_value(self) -> n.Expr:
        return self.of(self.operand, self.text)

    def sources(self) -> tuple[n.Expr, ...]:
        return self.some(lambda: self.of(self.name, self.text, self.call))

    def signal(self) -> n.SignalDef:
        params = self.maybe(lambda: self.some(self.word, 0, 2))
        return n.SignalDef(self.word(), params, self.sources(), self.maybe(self.expr), **self.noted())

    def ignore(self) -> n.IgnoreEvents | n.IgnoreContacts:
        if self.yes():
            return n.IgnoreContacts(self.expr(), **self.noted())
        filters: list[Any] = []
        for piece in self.some(self.filter, 0, 2):
            if not filters or not captures(filters[-1], piece):
                filters.append(piece)
        sources, where = self.sources(), self.maybe(self.expr)
        if sources == (n.Name(("contact",)),) and where is not None and not filters:
            sources = (n.Text("contact"),)
        return n.IgnoreEvents(sources, where, tuple(filters), **self.noted())

    def cases(self) -> n.Cases:
        case = lambda: n.Case(self.maybe(self.expr), self.expr(), **self.noted())  # noqa: E731
        return n.Cases(self.some(case), after=self.comments(at_end=True))

    def derive(self) -> n.DeriveDef:
        return n.DeriveDef(self.level(), self.name(), self.of(self.expr, self.cases), **self.noted())

    def measure(self) -> n.MeasureDef:
        return n.MeasureDef(self.word(), self.level(), self.of(self.expr, self.cases), **self.noted())

    def score(self) -> n.ScoreDef:
        bounds = self.some(self.bound, 0, 1)
        return n.ScoreDef(self.word(), self.level(), self.maybe(self.range_of), bounds, self.body(), **self.noted())

    def grade(self) -> n.GradeDef:
        cut = lambda: n.Cut(self.label(), self.maybe(self.operand))  # noqa: E731
        axis = lambda: n.Axis(self.expr(), self.some(cut), **self.noted())  # noqa: E731
        return n.GradeDef(self.word(), self.level(), self.some(axis, 1, 2), after=self.comments(True), **self.noted())

    def stages(self) -> n.StagesDef:
        def stage() -> n.StageDef:
            return n.StageDef(self.label(), self.expr(), self.maybe(self.string), self.maybe(self.expr), **self.noted())

        def step() -> n.StageDef | n.RemoveStage:
            return self.of(stage, stage, lambda: n.RemoveStage(self.label(), **self.noted()))

        return n.StagesDef(self.level(), self.yes(), self.some(step), after=self.comments(True), **self.noted())

    def statement(self) -> n.Statement:
        makers = [self.param, self.list_def, self.table, self.signal, self.ignore, self.derive, self.measure]
        makers += [self.score, self.score, self.grade, self.stages, lambda: n.LooseItem(self.item())]
        return self.of(*makers)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> n.Expr:
    """Any condition or value."""
    return Maker(draw, depth).expr()


@st.composite
def files(draw: st.DrawFn, depth: int = 2) -> n.File:
    """Any file of rules, with comments."""
    make = Maker(draw, depth)
    return n.File(make.some(make.statement, 0, 3), after=make.comments(at_end=True))
