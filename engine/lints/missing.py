"""Effects that come about because something is not known.

Avoid: a negation that is also true where nothing is known of the field.

    contact.country != 'DE' => -10
    not account.target => -5

Prefer: say what is meant, one way or the other.

    contact.country is known and contact.country != 'DE' => -10
    account.target is missing or account.target == false => -5
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.nodes import Level
from ...grammar.source import Span
from ..model import (
    And,
    Compare,
    Disqualification,
    Expr,
    Field,
    Function,
    InRange,
    InSet,
    Matches,
    Missing,
    Not,
    Or,
    Score,
    TextTest,
)
from .facts import plain
from .lines import blocks, placed, title
from .review import Review
from .words import place, words


def missing(review: Review) -> Iterator[Diagnostic]:
    """L201: a line that holds where a field is missing, although it does not speak of that."""
    for definition in review.model.order:
        if isinstance(definition, Score):
            for at in placed(definition):
                if at.line.condition is not None:
                    yield from _line(review, at.conditions, title(at.line), definition.level, at.line.span)
            for block, gates in blocks(definition.items):
                if block.condition is not None:
                    yield from _line(review, (*gates, block.condition), "this block", definition.level, block.span)
        elif isinstance(definition, Disqualification):
            name = f"line `{definition.id}`" if definition.has_written_id else "this line"
            yield from _line(review, (definition.condition,), name, definition.level, definition.span)


def _line(review: Review, conditions: tuple[Expr, ...], name: str, row: Level, span: Span) -> Iterator[Diagnostic]:
    spoken_of = {test.item for part in conditions for test in part.walk() if isinstance(test, Missing)}
    seen: set[Field] = set()
    for test, field in _blind_tests(conditions[-1]):
        if field in seen or field in spoken_of or not _may_miss(review, field, row):
            continue
        if review.prover.impossible(*conditions, Missing(field)) is None:
            seen.add(field)
            yield _finding(test, field, name, span)


def _may_miss(review: Review, field: Field, row: Level) -> bool:
    declared = review.model.schema.fields(field.level).get(field.name)
    required = declared is not None and declared.required
    return not required and review.bounds.of(field, row).may_miss


def _blind_tests(expr: Expr, truth: bool = True) -> Iterator[tuple[Expr, Field]]:
    """Tests that a missing field passes: negated ones, and `!=`. Only tests of the row itself."""
    match expr:
        case Not(item=item):
            yield from _blind_tests(item, not truth)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _blind_tests(item, truth)
        case Compare(op="!=", left=left, right=right) if truth and plain(right):
            yield from ((expr, field) for field in _fields(left))
        case Compare(op=op, left=left, right=right) if not truth and op != "!=" and plain(right):
            yield from ((expr, field) for field in _fields(left))
        case InSet(item=item) | InRange(item=item) | TextTest(item=item) | Matches(item=item) if not truth:
            yield from ((expr, field) for field in _fields(item))
        case Field() if not truth:
            yield expr, expr


def _fields(expr: Expr) -> Iterator[Field]:
    """The field that a value comes from, if it is missing where the field is."""
    if isinstance(expr, Field):
        yield expr
    elif isinstance(expr, Function) and expr.name in ("domain", "lower", "days_since", "days_until", "count"):
        yield from _fields(expr.args[0])


def _finding(test: Expr, field: Field, name: str, span: Span) -> Diagnostic:
    known = words(field)
    return finding(
        "L201",
        f"{name} also holds where `{known}` is missing",
        place(test, span),
        label="true for whoever has no value here",
        hint=f"add `{known} is known and`, or say `{known} is missing or` if that is meant",
    )
