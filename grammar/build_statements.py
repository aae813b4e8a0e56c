"""Nodes of lines, blocks and statements, built while lark parses: one method a rule of the grammar.

A line that opens a block is a Head: it knows what stands inside and how to make the node once that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from . import nodes as n
from .build_expressions import Child, Expressions, Piece, expressions, name_parts, spanned, unquoted, words
from .late_methods import dataclass
from .source import Span

Holds = Literal["item", "case", "axis", "stage"]


@dataclass(frozen=True)
class Inside:
    """What stands inside a block, as parsed."""

    nodes: tuple[Any, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    decay: n.Decay | None = None
    counting_since: n.Expr | None = None
    behind: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True)
class Head:
    """A line that opens a block, waiting for what stands inside."""

    span: Span
    holds: Holds
    close: Callable[[Inside], Any]


@dataclass(frozen=True)
class CountingSince:
    """`counting since S`, at the top of a block."""

    selection: n.Expr
    span: Span


class Statements(Expressions):
    """The rules of everything that is a line of its own."""

    # --- lines ------------------------------------------------------------------------------------------------

    @spanned
    def line(self, span: Span, *children: Child) -> n.Line:
        line_id, rest, notes = self._id(children)
        head, _arrow, effect, *tail = rest
        modifiers, label = self._tail(tail)
        self.no_else(head)
        if isinstance(head, Piece):
            head, limits = head.value
            modifiers = (*limits, *modifiers)
        modifiers = tuple(sorted(modifiers, key=_is_no_limit))  # `at most` filters come first, however it is written
        return n.Line(head, effect, modifiers, line_id, label, span=span, **notes)

    @spanned
    def otherwise_line(self, span: Span, *children: Child) -> n.Otherwise:
        line_id, rest, notes = self._id(children)
        _otherwise, _arrow, effect, *tail = rest
        modifiers, label = self._tail(tail)
        return n.Otherwise(effect, modifiers, line_id, label, span=span, **notes)

    def _id(self, children: Sequence[Child]) -> tuple[str | None, Sequence[Child], dict[str, Any]]:
        """The id of a line, the rest of its children, and what belongs to the line."""
        first = children[0]
        if isinstance(first, Piece) and first.kind == "id":
            return first.value, children[1:], self._notes(first)
        return None, children, self._notes()

    @staticmethod
    def _tail(children: list[Child]) -> tuple[tuple[n.Modifier, ...], str | None]:
        if children and isinstance(children[-1], n.Text):
            return tuple(children[:-1]), children[-1].value
        return tuple(children), None

    @spanned
    def line_id(self, _span: Span, token: str, _colon: str) -> Piece:
        return Piece("id", self.word(token, "the id of a line"), self.span([token]))

    def no_else(self, head: Child) -> None:
        """`else => +5`, which reads as a line with the condition `else`."""
        if head == n.Name(("else",)):
            hint = "write `otherwise`, as the last line of a block `first of:`"
            self.report("S114", "rules have no `else`", head.span, hint=hint, fix="otherwise")

    def word(self, token: Child, what: str) -> str:
        """A name that may have no dots: of a line, a score, a list."""
        parts = name_parts(token)
        if len(parts) > 1:
            hint = f"write `{'_'.join(parts)}`"
            self.report("S127", f"{what} has no dots", self.span([token]), hint=hint, fix="_".join(parts))
        return ".".join(parts)

    @spanned
    def remove(self, span: Span, _remove: str, name: str) -> n.Remove:
        return n.Remove(self.word(name, "the id of a line"), span=span, **self._notes(name))

    @spanned
    def limited(self, span: Span, *children: Child) -> Piece:
        """A selection behind `each`, where `at most 1 per asset` may stand among its pieces."""
        limits = [child for child in children if isinstance(child, n.AtMost | n.Cooldown)]
        rest = [child for child in children if not isinstance(child, n.AtMost | n.Cooldown)]
        return Piece("limited", (rest[0] if len(rest) == 1 else self.selection(rest), limits), span)

    @spanned
    def each_event(self, span: Span, _each: str, counted: Child) -> Child:
        of, limits = self._limits(counted)
        return self._each(n.Each("event", of, span=span), limits)

    @spanned
    def each_period(self, span: Span, _each: str, unit: str, counted: Child) -> Child:
        of, limits = self._limits(counted)
        of, often = self._without_often(of)
        return self._each(n.Each(unit.split()[0], of, None, often, span=span), limits)  # type: ignore[arg-type]

    @spanned
    def each_value(self, span: Span, _each: str, prop: n.Name, _of: str, counted: Child) -> Child:
        of, limits = self._limits(counted)
        of, often = self._without_often(of)
        return self._each(n.Each("value", of, prop, often, span=span), limits)

    @staticmethod
    def _limits(counted: Child) -> tuple[n.Expr, list[n.Modifier]]:
        return counted.value if isinstance(counted, Piece) else (counted, [])

    @staticmethod
    def _each(each: n.Each, limits: list[n.Modifier]) -> Child:
        return Piece("limited", (each, limits), each.span) if limits else each

    @spanned
    def each_lead(self, span: Span, _each: str, lead: str, *rest: Child) -> n.Each:
        where = rest[1] if rest else None
        return n.Each("lead", n.Leads(where, span=self.span([lead, *rest])), span=span)

    @staticmethod
    def _without_often(of: n.Expr) -> tuple[n.Expr, n.Often | None]:
        """How often belongs to the group (`each day with S at least 7 times`), not to the selection."""
        if not isinstance(of, n.Selection) or of.often is None:
            return of, None
        if of.filters or of.which:
            return replace(of, often=None), of.often
        return of.source, of.often

    # --- effects and modifiers ----------------------------------------------------------------------------------

    @spanned
    def points(self, span: Span, sign: str, value: n.Expr, *rest: Child) -> n.Points:
        if not rest:
            return n.Points(value, str(sign), span=span)  # type: ignore[arg-type]
        total: n.Expr = n.Negative(value, span=self.span([sign, value]))  # -5 + x is (-5) + x, not -(5 + x)
        for op, item in zip(rest[::2], rest[1::2], strict=True):
            total = n.Arith(str(op), total, item, span=self.span([sign, item]))  # type: ignore[arg-type]
        return n.Points(total, span=span)

    @spanned
    def times(self, span: Span, _star: str, value: n.Expr) -> n.Times:
        return n.Times(value, span=span)

    @spanned
    def set_to(self, span: Span, _set: str, value: n.Expr) -> n.SetTo:
        return n.SetTo(value, span=span)

    @spanned
    def disqualify(self, span: Span, _word: str, reason: n.Text, *lasting: Child) -> n.Disqualify:
        return n.Disqualify(reason.value, lasting[1] if lasting else None, span=span)

    @spanned
    def bound(self, span: Span, kind: str, value: n.Expr, *per: Child) -> n.Bound:
        return n.Bound(str(kind), value, per[1] if per else None, span=span)  # type: ignore[arg-type]

    @spanned
    def at_most(self, span: Span, _at_most: str, count: Child, _per: str, per: n.Name) -> n.AtMost:
        if isinstance(count, str):
            number = Decimal(1 if count == "once" else 2)
            return n.AtMost(n.Number(number, span=self.span([count])), per, span=span)
        return n.AtMost(self.counted(count), per, span=span)

    @spanned
    def cooldown(self, span: Span, _at_most: str, count: Child, _per: str, duration: n.Duration) -> n.Cooldown:
        if count != "once" and count != n.Number(Decimal(1)):
            hint = "write `at most once per 90 days`; calendar periods take more: `at most 3 per week`"
            self.report("S133", "only one event can count per stretch of time", self.span([count]), hint=hint)
        return n.Cooldown(duration, span=span)

    @spanned
    def no_decay(self, span: Span, _token: str) -> n.NoDecay:
        return n.NoDecay(span=span)

    @spanned
    def halves(self, span: Span, _halves: str, _every: str, period: n.Duration, *pieces: Child) -> n.Decay:
        return self._decay("halves", period, None, pieces, span)

    @spanned
    def fades(self, span: Span, _fades: str, _over: str, period: n.Duration, *pieces: Child) -> n.Decay:
        return self._decay("fades", period, None, pieces, span)

    @spanned
    def loses_percent(
        self, span: Span, _loses: str, amount: n.Expr, _percent: str, _every: str, period: n.Duration, *pieces: Child
    ) -> n.Decay:
        return self._decay("loses percent", period, amount, pieces, span)

    @spanned
    def loses_points(
        self, span: Span, _loses: str, amount: n.Expr, _points: str, _every: str, period: n.Duration, *pieces: Child
    ) -> n.Decay:
        return self._decay("loses points", period, amount, pieces, span)

    def _decay(
        self, kind: Any, period: n.Duration, amount: n.Expr | None, pieces: Sequence[Child], span: Span
    ) -> n.Decay:
        said: dict[str, Any] = {}
        for piece in pieces:
            word = "compounding" if isinstance(piece, str) else piece.kind
            if word in said:
                self.report("S122", f"this decay says `{word}` twice", self.span([piece]), hint="keep one of them")
            said.setdefault(word, True if isinstance(piece, str) else piece.value)
        compounding = said.get("compounding", False)
        return n.Decay(
            kind, period, amount, compounding, said.get("to"), said.get("after"), said.get("since"), span=span
        )

    @spanned
    def floor(self, span: Span, _to: str, value: n.Expr) -> Piece:
        return Piece("to", value, span)

    @spanned
    def grace(self, span: Span, _after: str, duration: n.Duration) -> Piece:
        return Piece("after", duration, span)

    @spanned
    def aging(self, span: Span, _since: str, selection: n.Expr) -> Piece:
        return Piece("since", selection, span)

    # --- blocks inside a score ----------------------------------------------------------------------------------

    @spanned
    def counting_since(self, span: Span, _words: str, selection: n.Expr) -> CountingSince:
        return CountingSince(selection, span)

    @staticmethod
    def body(inside: Inside) -> n.Body:
        """The inside of a score or a group."""
        span = inside.nodes[0].span.to(inside.nodes[-1].span) if inside.nodes else Span()
        return n.Body(
            inside.nodes,
            inside.decay,
            inside.counting_since,
            before=inside.before,
            behind=inside.behind,
            after=inside.after,
            span=span,
        )

    @spanned
    def group(self, span: Span, _group: str, name: str, *children: Child) -> Head:
        bounds = tuple(child for child in children if isinstance(child, n.Bound))
        called = self.word(name, "the name of a group")
        notes = self._notes(name)
        return Head(span, "item", lambda inside: n.Group(called, bounds, self.body(inside), span=span, **notes))

    @spanned
    def first_of(self, span: Span, *_words: str) -> Head:
        notes = self._notes()
        return Head(span, "item", lambda inside: n.FirstOf(self.body(inside), span=span, **notes))

    @spanned
    def best_of(self, span: Span, *_words: str) -> Head:
        notes = self._notes()
        return Head(span, "item", lambda inside: n.BestOf(self.body(inside), span=span, **notes))

    @spanned
    def when(self, span: Span, _when: str, condition: n.Expr, _colon: str) -> Head:
        notes = self._notes()
        return Head(span, "item", lambda inside: n.When(condition, self.body(inside), span=span, **notes))

    def _notes(self, name: Child = None) -> dict[str, Any]:
        """The comments of this line, and the place of the name that it gives to something."""
        named = self.span([name]) if name else Span()
        return {"before": self.before, "behind": self.behind, "inner": self.inner, "named": named}

    # --- statements -----------------------------------------------------------------------------------------------

    @spanned
    def param_def(self, span: Span, _param: str, name: str, _is: str, value: n.Expr, *rest: Child) -> n.ParamDef:
        allowed = rest[1] if rest else None
        return n.ParamDef(self.word(name, "the name of a param"), value, allowed, span=span, **self._notes(name))

    @spanned
    def list_def(self, span: Span, _list: str, name: str, _is: str, content: Child) -> n.ListDef:
        return n.ListDef(self.word(name, "the name of a list"), content, span=span, **self._notes(name))

    @spanned
    def table_def(self, span: Span, _table: str, name: str, _is: str, *rest: Child) -> n.TableDef:
        default = rest[-1] if len(rest) > 1 and rest[-2] == "default" else None
        content = rest[0] if isinstance(rest[0], n.FromFile) else tuple(c for c in rest if isinstance(c, n.TableEntry))
        return n.TableDef(self.word(name, "the name of a table"), content, default, span=span, **self._notes(name))

    @spanned
    def file(self, span: Span, _file: str, path: n.Text, *rest: Child) -> n.FromFile:
        columns = [child.value for child in rest if isinstance(child, Piece)]
        if "column" in rest:
            return n.FromFile(path.value, columns[0], span=span)
        if "key" in rest:
            return n.FromFile(path.value, None, tuple(columns[:-1]), columns[-1], span=span)
        return n.FromFile(path.value, span=span)

    @spanned
    def column(self, span: Span, token: str) -> Piece:
        return Piece("column", unquoted(token) if token[0] in "'\"" else ".".join(name_parts(token)), span)

    @spanned
    def entry(self, span: Span, *children: Child) -> n.TableEntry:
        *keys, value = expressions(children)
        return n.TableEntry(tuple(keys), value, span=span)

    @spanned
    def bare_key(self, span: Span, token: str) -> n.Text:
        return n.Text(".".join(name_parts(token)), span=span)

    @spanned
    def parameters(self, span: Span, *children: str) -> Piece:
        names = tuple(self.word(child, "a parameter") for child in children if child not in "(,)")
        return Piece("parameters", names, span)

    @spanned
    def signal_def(self, span: Span, _signal: str, name: str, *children: Child) -> n.SignalDef:
        params = children[0].value if isinstance(children[0], Piece) else None
        where = children[-1] if len(children) > 1 and children[-2] == "where" else None
        sources = tuple(expressions(children[:-1] if where is not None else children))
        called = self.word(name, "the name of a signal")
        return n.SignalDef(called, params, sources, where, span=span, **self._notes(name))

    @spanned
    def ignore_def(self, span: Span, _ignore: str, *children: Child) -> n.IgnoreEvents | n.IgnoreContacts:
        where = None
        if "where" in children:
            at = children.index("where")
            where = children[at + 1]
            children = (*children[:at], *children[at + 2 :])
        sources = tuple(expressions(children))
        filters: list[n.Window | n.Sequence] = []
        for child in children:
            if isinstance(child, Piece):
                filters += child.value
            elif isinstance(child, n.Window | n.Sequence):
                filters.append(child)
        if sources == (n.Name(("contact",)),) and where is not None and not filters:
            return n.IgnoreContacts(where, span=span, **self._notes())
        return n.IgnoreEvents(sources, where, tuple(filters), span=span, **self._notes())

    @spanned
    def derive_def(self, span: Span, _derive: str, name: str, *rest: Child) -> n.DeriveDef | Head:
        parts = name_parts(name)
        level: n.Level = "account" if parts[0] == "account" else "lead"
        place = self.span([name])
        if parts[0] not in ("contact", "account") or len(parts) < 2:
            hint = f"write `contact.{parts[-1]}` or `account.{parts[-1]}`"
            self.report("S127", f"`{name}` does not say whose field is derived", place, hint=hint)
            parts = ("contact", *parts)
        target = n.Name(parts[1:], span=place)
        notes = self._notes(name)
        if len(rest) > 1:
            return n.DeriveDef(level, target, rest[1], span=span, **notes)
        return Head(span, "case", lambda inside: n.DeriveDef(level, target, self._cases(inside), span=span, **notes))

    @spanned
    def measure_def(
        self, span: Span, _measure: str, name: str, _for: str, level: str, *rest: Child
    ) -> n.MeasureDef | Head:
        called, whose = self.word(name, "the name of a measure"), _level(level)
        notes = self._notes(name)
        if len(rest) > 1:
            return n.MeasureDef(called, whose, rest[1], span=span, **notes)
        return Head(span, "case", lambda inside: n.MeasureDef(called, whose, self._cases(inside), span=span, **notes))

    @staticmethod
    def _cases(inside: Inside) -> n.Cases:
        span = inside.nodes[0].span.to(inside.nodes[-1].span) if inside.nodes else Span()
        return n.Cases(inside.nodes, after=inside.after, span=span)

    @spanned
    def case(self, span: Span, *children: Child) -> n.Case:
        values = expressions(children)
        condition = values[0] if len(values) == 2 else None
        self.no_else(condition)
        return n.Case(condition, values[-1], span=span, **self._notes())

    @spanned
    def score_def(self, span: Span, _score: str, name: str, _for: str, level: str, *rest: Child) -> Head:
        called, whose = self.word(name, "the name of a score"), _level(level)
        allowed = next((child for child in rest if isinstance(child, n.RangeOf)), None)
        bounds = tuple(child for child in rest if isinstance(child, n.Bound))
        notes = self._notes(name)

        def close(inside: Inside) -> n.ScoreDef:
            return n.ScoreDef(called, whose, allowed, bounds, self.body(inside), span=span, **notes)

        return Head(span, "item", close)

    @spanned
    def grade_def(self, span: Span, _grade: str, name: str, _for: str, level: str, _colon: str) -> Head:
        called, whose = self.word(name, "the name of a grade"), _level(level)
        notes = self._notes(name)

        def close(inside: Inside) -> n.GradeDef:
            return n.GradeDef(called, whose, inside.nodes, after=inside.after, span=span, **notes)

        return Head(span, "axis", close)

    @spanned
    def axis(self, span: Span, value: n.Expr, *children: Child) -> n.Axis:
        cuts = tuple(child for child in children if isinstance(child, n.Cut))
        return n.Axis(value, cuts, span=span, **self._notes())

    @spanned
    def cut(self, span: Span, label: Piece, *rest: Child) -> n.Cut:
        if rest and rest[0] != ">=":
            message = f"a cut is written with `>=`, not `{rest[0]}`"
            hint = f"write `{label.value} >= …`: each label takes what is at least its cut"
            self.report("S135", message, self.span(rest[:1]), hint=hint, fix=">=")
        return n.Cut(label.value, rest[1] if rest else None, span=span)

    @spanned
    def stages_def(self, span: Span, _stages: str, _for: str, level: str, *rest: Child) -> Head:
        whose, in_order = _level(level), len(rest) > 1
        notes = self._notes()

        def close(inside: Inside) -> n.StagesDef:
            return n.StagesDef(whose, in_order, inside.nodes, after=inside.after, span=span, **notes)

        return Head(span, "stage", close)

    @spanned
    def remove_stage(self, span: Span, _remove: str, name: Piece) -> n.RemoveStage:
        return n.RemoveStage(name.value, span=span, **self._notes(name))

    @spanned
    def rung(self, span: Span, name: Piece, *rest: Child) -> n.StageDef:
        label = rest[0].value if isinstance(rest[0], n.Text) else None
        condition, *stays = expressions(rest[1:] if label is not None else rest)
        return n.StageDef(name.value, condition, label, stays[0] if stays else None, span=span, **self._notes(name))


def _level(token: str) -> n.Level:
    return "account" if words(token) == "account" else "lead"


def _is_no_limit(modifier: n.Modifier) -> bool:
    return not isinstance(modifier, n.AtMost | n.Cooldown)
