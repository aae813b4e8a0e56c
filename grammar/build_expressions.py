"""Nodes of expressions, built while lark parses: one method a rule of the grammar.

Lark calls them bottom-up with the tokens and the nodes of a rule, so that no tree is ever made and no depth of
nesting can exhaust the stack. What parses but cannot be meant is reported here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, wraps
from itertools import pairwise
from threading import local
from typing import Any, Literal

from . import nodes as n
from .diagnostics import Diagnostic, Fix, finding
from .late_methods import dataclass
from .source import Span

LONGEST_NUMBER = 30
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_PART = re.compile(r"`([^`]+)`|(\w+)")


@dataclass(frozen=True)
class Piece:
    """Something between a token and a node: what a rule found, for the rule above it."""

    kind: str
    value: Any
    span: Span


Child = Any  # a lark token (a str with a place), a node, or a Piece


def spanned(build: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the builder for the children of a rule: it gets their span first."""

    @wraps(build)
    def callback(self: Place, children: list[Child]) -> Any:
        return build(self, self.span(children), *children)

    return callback


class Place(local):
    """Where the line stands that is being parsed, and what was found in it; each thread has its own."""

    path: str = ""
    lines_above: int = 0
    before: tuple[str, ...] = ()
    behind: str | None = None
    inner: tuple[n.Remark, ...] = ()

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def span(self, children: Sequence[Child]) -> Span:
        """From the start of the first child to the end of the last."""
        first, last = children[0], children[-1]
        if isinstance(first, str):
            line, column = first.line + self.lines_above, first.column  # type: ignore[attr-defined]
        else:
            line, column = first.span.line, first.span.column
        if isinstance(last, str):
            return Span(self.path, line, column, last.end_line + self.lines_above, last.end_column)  # type: ignore[attr-defined]
        return Span(self.path, line, column, last.span.end_line, last.span.end_column)

    def report(
        self, code: str, message: str, span: Span, *, label: str = "", hint: str = "", fix: str | None = None
    ) -> None:
        """Note that a part of the line cannot be meant so; `fix` is what to write instead."""
        mend = None if fix is None else Fix(span, fix)
        self.diagnostics.append(finding(code, message, span, label=label, hint=hint, fix=mend))


@lru_cache(maxsize=4096)
def name_parts(text: str) -> tuple[str, ...]:
    """The parts of a name between its dots, backquotes removed."""
    if "`" in text:
        return tuple(quoted or plain for quoted, plain in _PART.findall(text))
    return tuple(text.split("."))


def unquoted(token: str) -> str:
    """What a text says: a doubled quote is one."""
    return token[1:-1].replace(token[0] * 2, token[0])


def expressions(children: Sequence[Child]) -> list[n.Expr]:
    """The expressions among the children of a rule."""
    return [child for child in children if isinstance(child, n.Expr)]


def words(token: str) -> str:
    """A key word of several words with one blank between them."""
    return " ".join(token.split())


def unit_of(token: str) -> n.Unit:
    """`days` is `day`."""
    return token.removesuffix("s")  # type: ignore[return-value]


class Expressions(Place):
    """The rules of values, conditions, selections and aggregates."""

    # --- the smallest things ----------------------------------------------------------------------------------

    @spanned
    def name(self, span: Span, token: str) -> n.Name:
        return n.Name(name_parts(token), span=span)

    @spanned
    def text(self, span: Span, token: str) -> n.Text:
        return n.Text(unquoted(token), span=span)

    @spanned
    def number(self, span: Span, token: str) -> n.Number:
        if len(token) > LONGEST_NUMBER:
            self.report("S130", "this number is too long", span, hint=f"at most {LONGEST_NUMBER} digits are read")
            return n.Number(Decimal(0), span=span)
        return n.Number(Decimal(token), span=span)

    @spanned
    def truth(self, span: Span, token: str) -> n.Bool:
        return n.Bool(token == "true", span=span)

    @spanned
    def moment(self, span: Span, token: str) -> n.Moment:
        try:
            datetime.fromisoformat(token)
        except ValueError:
            hint = "write a date as `2026-01-31`, an instant as `2026-01-31T07:00Z`"
            self.report("S124", f"`{token}` is no date", span, label="no such day or time", hint=hint)
        return n.Moment(str(token), span=span)

    @spanned
    def minus(self, span: Span, _minus: str, item: n.Expr) -> n.Negative:
        return n.Negative(item, span=span)

    negative = minus

    @spanned
    def paren(self, span: Span, _open: str, value: n.Expr, _close: str) -> n.Expr:
        object.__setattr__(value, "span", span)  # the node is new and nobody's yet: brackets belong to its place
        return value

    @spanned
    def list_of(self, span: Span, *children: Child) -> n.ListOf:
        return n.ListOf(tuple(expressions(children)), span=span)

    @spanned
    def range_of(self, span: Span, *children: Child) -> n.RangeOf:
        low = None if isinstance(children[0], str) else children[0]
        high = None if isinstance(children[-1], str) else children[-1]
        return n.RangeOf(low, high, span=span)

    @spanned
    def duration(self, span: Span, count: n.Expr, unit: str) -> n.Duration:
        if count in (n.Name(("a",)), n.Name(("an",))) and not unit.endswith("s"):
            self.report("S119", f"`{count}` is no number", count.span, hint="write `1`", fix="1")
        return n.Duration(self.counted(count), unit_of(unit), span=span)

    @spanned
    def period(self, span: Span, child: Child) -> n.Duration:
        if isinstance(child, n.Duration):
            return child
        return n.Duration(n.Number(Decimal(1), span=span), unit_of(child), span=span)

    @spanned
    def label(self, span: Span, token: str) -> Piece:
        if token[0] in "'\"":
            return Piece("label", unquoted(token), span)
        return Piece("label", ".".join(name_parts(token)) if not token[0].isdigit() else str(token), span)

    def counted(self, count: n.Expr) -> n.Expr:
        """A number that says how many; `three` is not one."""
        if isinstance(count, n.Name) and str(count) in NUMBER_WORDS:
            digits = str(NUMBER_WORDS.index(str(count)))
            message, hint = f"`{count}` is a number in words", f"write `{digits}`"
            self.report("S119", message, count.span, label="read as a name here", hint=hint, fix=digits)
            return n.Number(Decimal(digits), span=count.span)
        return count

    # --- conditions and arithmetic ----------------------------------------------------------------------------

    @spanned
    def conditional(self, span: Span, value: n.Expr, _if: str, condition: n.Expr, *rest: Child) -> n.Conditional:
        return n.Conditional(value, condition, rest[1] if rest else None, span=span)

    @spanned
    def or_(self, span: Span, *children: Child) -> n.Or:
        return n.Or(tuple(expressions(children)), span=span)

    @spanned
    def and_(self, span: Span, *children: Child) -> n.And:
        return n.And(tuple(expressions(children)), span=span)

    @spanned
    def not_(self, span: Span, _not: str, item: n.Expr) -> n.Not:
        return n.Not(item, span=span)

    @spanned
    def compare(self, span: Span, left: n.Expr, op: str, right: n.Expr) -> n.Compare:
        for side in (left, right):
            if isinstance(side, n.Name) and str(side) in ("null", "NULL", "None", "nil"):
                hint = "write `is missing` or `is known` instead of comparing"
                self.report("S131", f"there is no value `{side}`", side.span, hint=hint)
        return n.Compare(str(op), left, right, span=span)  # type: ignore[arg-type]

    @spanned
    def in_(self, span: Span, item: n.Expr, *rest: Child) -> n.In:
        return n.In(item, rest[-1], negated=rest[0] == "not", span=span)

    @spanned
    def known(self, span: Span, item: n.Expr, _is: str, what: str) -> n.Known:
        return n.Known(item, negated=what == "missing", span=span)

    @spanned
    def text_test(self, span: Span, item: n.Expr, op: str, sought: n.Expr) -> n.TextTest:
        op = words(op)
        every = op == "contains all"
        return n.TextTest("contains" if every else op, item, sought, every, span=span)  # type: ignore[arg-type]

    @spanned
    def matches(self, span: Span, item: n.Expr, _matches: str, token: str) -> n.Matches:
        end = token.rindex("/")
        pattern, flags = token[1:end], token[end + 1 :]
        if flags not in ("", "i"):
            place = self.span([token])
            place = replace(place, column=place.end_column - len(flags))
            hint = "`i` (ignore case) is the only one; a `/` inside the pattern is written `\\/`"
            self.report("S132", f"a pattern has no flag `{flags}`", place, hint=hint, fix="i" if "i" in flags else "")
        return n.Matches(item, re.sub(r"\\(.)", _plain_slash, pattern), "i" in flags, span=span)

    @spanned
    def arith(self, span: Span, left: n.Expr, op: str, right: n.Expr) -> n.Arith:
        return n.Arith(str(op), left, right, span=span)  # type: ignore[arg-type]

    @spanned
    def default(self, span: Span, item: n.Expr, _default: str, fallback: n.Expr) -> n.Default:
        return n.Default(item, fallback, span=span)

    @spanned
    def always(self, span: Span, _always: str) -> n.Always:
        return n.Always(span=span)

    @spanned
    def some_of(self, span: Span, op: str, count: n.Expr, _of: str, *children: Child) -> n.SomeOf:
        return n.SomeOf(words(op), self.counted(count), tuple(expressions(children)), span=span)  # type: ignore[arg-type]

    @spanned
    def at_least_as(self, span: Span, item: n.Expr, _at_least: str, label: Piece) -> n.AtLeastAs:
        if not isinstance(item, n.Name):
            hint = f"write `at least {label.value} times`, `on at least … days`, `by at least … contacts`"
            self.report("S133", "only a grade or a stage is `at least` a label", label.span, hint=hint)
        return n.AtLeastAs(item, label.value, span=span)

    @spanned
    def held_for(self, span: Span, condition: n.Expr, _for: str, duration: n.Duration) -> n.HeldFor:
        return n.HeldFor(condition, duration, span=span)

    @spanned
    def in_stage(self, span: Span, _in: str, stage: Piece, _more: str, duration: n.Duration) -> n.InStage:
        return n.InStage(stage.value, duration, span=span)

    @spanned
    def days_since(self, span: Span, _since: str, item: n.Expr) -> n.DaysSince:
        return n.DaysSince(item, span=span)

    @spanned
    def days_until(self, span: Span, _until: str, item: n.Expr) -> n.DaysUntil:
        return n.DaysUntil(item, span=span)

    # --- calls and aggregates -----------------------------------------------------------------------------------

    @spanned
    def call(self, span: Span, name: n.Name, *children: Child) -> n.Expr:
        where = None
        if "where" in children:
            where = children[children.index("where") + 1]
            children = children[: children.index("where")]
        args = tuple(expressions(children))
        function = str(name)
        if function == "count" and len(args) == 1:
            if where is not None:
                hint = "filter inside the brackets of the signal: `count(visited(where …))`"
                self.report("S123", "`where` stands outside its selection", where.span, hint=hint)
            return n.Aggregate("count", None, args[0], span=span)
        if function in ("rank", "percentile") and len(args) == 1 and where is None:
            return n.Standing(function, args[0], span=span)  # type: ignore[arg-type]
        return n.Call(name, args, where, span=span)

    @spanned
    def aggregate(self, span: Span, function: Child, _open: str, *children: Child) -> n.Aggregate:
        values = [child for child in children if not isinstance(child, str)]
        what = values.pop(0) if "of" in children else None
        return n.Aggregate(str(function), what, values[0], tuple(values[1:]), span=span)

    @spanned
    def per_period(self, span: Span, function: n.Name, _open: str, what: n.Expr, *children: Child) -> n.PerPeriod:
        _of, of, _per, unit, _over, over, _close = children
        if str(function) not in ("avg", "stddev", "max", "min", "sum", "median") or what != n.Name(("count",)):
            hint = "write `avg(count of visited per week over 12 weeks)`; also stddev, max, min, sum, median"
            self.report("S134", "only a count of events can be taken per period", what.span, hint=hint)
            return n.PerPeriod("avg", of, unit_of(unit), over, span=span)
        return n.PerPeriod(str(function), of, unit_of(unit), over, span=span)  # type: ignore[arg-type]

    @spanned
    def standing(self, span: Span, function: n.Name, _open: str, what: n.Expr, *rest: Child) -> n.Standing:
        if str(function) not in ("rank", "percentile"):
            hint = "only `rank(x per field)` and `percentile(x per field)` compare within a field"
            self.report("S134", f"`{function}` has no `per`", function.span, hint=hint)
        return n.Standing(str(function), what, rest[1], span=span)  # type: ignore[arg-type]

    @spanned
    def leads(self, span: Span, first: str, *children: Child) -> n.Leads:
        after = {str(word): value for word, value in pairwise(children) if isinstance(word, str)}
        where, by = after.get("where"), after.get("by")
        if first == "leads":
            return n.Leads(where, span=span)
        end: Literal["top", "bottom"] = "top" if first == "top" else "bottom"
        return n.Leads(where, end, self.counted(children[0]), by, span=span)

    # --- selections ---------------------------------------------------------------------------------------------

    @spanned
    def selection(self, span: Span, *children: Child) -> n.Selection:
        which, source, *pieces = self._which(children)
        filters: list[n.Window | n.Sequence] = []
        often: n.Often | None = None
        for piece in pieces:
            if isinstance(piece, Piece):
                filters += piece.value
            elif not isinstance(piece, n.Often):
                filters.append(piece)
            elif often is None:
                often = piece
            else:
                hint = "one selection has one `how often`; join two of them with `and`"
                self.report("S122", "this selection says twice how often", piece.span, hint=hint)
        if isinstance(source, n.Selection) and source.which is None and source.often is None:
            # (S within 7 days after T) within 30 days: brackets that only say what binds to what
            filters = [*source.filters, *filters]
            source = source.source
        return n.Selection(source, tuple(filters), which, often, span=span)

    def _which(self, children: Sequence[Child]) -> list[Child]:
        """The children of a selection with its `newest 10` made a node."""
        first, *rest = children
        if not isinstance(first, str):
            return [None, *children]
        span = self.span([first])
        word, _, number = words(first).partition(" ")
        end: Literal["newest", "earliest"] = "newest" if word == "newest" else "earliest"
        if not number:
            return [n.Which(end, span=span), *rest]
        column = span.end_column - len(number)
        place = replace(span, line=span.end_line, column=column if span.line == span.end_line else span.column)
        count = n.Number(Decimal(number), span=place) if number[0].isdigit() else n.Name(name_parts(number), span=place)
        return [n.Which(end, self.counted(count), span=span), *rest]

    @spanned
    def anchor(self, span: Span, *children: Child) -> n.Expr:
        if len(children) == 1:
            return children[0]  # type: ignore[no-any-return]
        return self.selection(children)  # type: ignore[no-any-return]

    @spanned
    def within(self, span: Span, _within: str, duration: n.Duration) -> n.Within:
        return n.Within(duration, span=span)

    @spanned
    def between_ago(self, span: Span, _b: str, low: n.Expr, _and: str, high: n.Duration, _ago: str) -> n.BetweenAgo:
        return n.BetweenAgo(low, high, span=span)

    @spanned
    def between_moments(self, span: Span, _b: str, low: n.Expr, _and: str, high: n.Expr) -> n.BetweenMoments:
        return n.BetweenMoments(low, high, span=span)

    @spanned
    def more_than_ago(self, span: Span, _more: str, duration: n.Duration, _ago: str) -> n.MoreThanAgo:
        return n.MoreThanAgo(duration, span=span)

    @spanned
    def since_moment(self, span: Span, _since: str, moment: n.Expr) -> n.SinceMoment:
        return n.SinceMoment(moment, span=span)

    @spanned
    def before_moment(self, span: Span, _before: str, moment: n.Expr) -> n.BeforeMoment:
        return n.BeforeMoment(moment, span=span)

    @spanned
    def calendar(self, span: Span, token: str) -> n.Calendar:
        if token == "today":
            return n.Calendar("this", "day", span=span)
        which, unit = token.split()
        return n.Calendar(which, unit, span=span)  # type: ignore[arg-type]

    @spanned
    def within_before(self, span: Span, within: str, duration: n.Duration, before: str, moment: n.Moment) -> Piece:
        """`within 30 days before 2026-01-01` are two windows, not a sequence."""
        return Piece("windows", [self.within([within, duration]), self.before_moment([before, moment])], span)

    @spanned
    def sequence(self, span: Span, first: str, *rest: Child) -> n.Sequence:
        duration = rest[0] if first == "within" else None
        relation, anchor, *same = rest[1:] if first == "within" else rest
        return n.Sequence(str(relation), anchor, duration, same_contact=bool(same), span=span)  # type: ignore[arg-type]

    @spanned
    def without(self, span: Span, _without: str, anchor: n.Expr, *rest: Child) -> n.Sequence:
        duration = next((child for child in rest if isinstance(child, n.Duration)), None)
        same_contact = len(rest) in (1, 3)
        return n.Sequence("without", anchor, duration, same_contact=same_contact, span=span)

    @spanned
    def often(self, span: Span, *children: Child) -> n.Often:
        first, *rest = children
        spelled = first if first in ("on", "across", "by") else None
        op = words(rest.pop(0) if spelled else first)
        word = rest.pop(0)
        if isinstance(word, str):
            count: n.Expr = n.Number(Decimal(1 if word == "once" else 2), span=self.span([word]))
            unit = "times"
        else:
            count = self.counted(word)
            unit = f"{str(rest.pop(0)).rstrip('s')}s"
        if spelled and not self._counts(spelled, unit):
            hint = "write `on … days`, `across … weeks` (or days, months, sessions), `by … contacts`"
            self.report("S133", f"`{spelled}` does not go with `{unit}`", span, hint=hint)
            unit = "days"
        group = rest[0].value if rest and rest[0].kind == "one" else None
        stretch = rest[0].value if rest and rest[0].kind == "any" else None
        return n.Often(op, count, unit, group, stretch, span=span)  # type: ignore[arg-type]

    @staticmethod
    def _counts(word: str, unit: str) -> bool:
        units = {"on": ("days",), "across": ("days", "weeks", "months", "sessions"), "by": ("contacts",)}
        return unit in units[word]

    @spanned
    def in_one(self, span: Span, _in_one: str, name: n.Name) -> Piece:
        return Piece("one", name, span)

    @spanned
    def in_any(self, span: Span, _in_any: str, duration: n.Duration) -> Piece:
        return Piece("any", duration, span)


def _plain_slash(escape: re.Match[str]) -> str:
    return "/" if escape[1] == "/" else escape[0]
