"""How a ruleset is laid out: ids, lists beside enumerations, levels, comparisons with the whole population.

Avoid: lines that no test and no diff can name; list values that the field never has.

    contact.role == 'champion' => +10

Prefer: a short id that stays when the line changes.

    champion: contact.role == 'champion' => +10
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, Fix, finding
from ...grammar.source import Span
from ..fold import fold
from ..model import Coverage, Disqualification, Expr, Field, InSet, Line, Score, Standing
from ..order import level_changes
from ..records import Value
from .lines import placed
from .review import Review
from .words import place, words

MOST_CHANGES = 4


def lines_without_id(review: Review) -> Iterator[Diagnostic]:
    """L501: lines whose id is made from their text, and changes with it."""
    written, made = set[str](), list[tuple[str, Span]]()
    for definition in review.model.order:
        lines: list[Line | Disqualification] = []
        if isinstance(definition, Score):
            lines = [at.line for at in placed(definition)]
        elif isinstance(definition, Disqualification):
            lines = [definition]
        for line in lines:
            if line.has_written_id:
                written.add(line.id)
            else:
                made.append((line.id, line.span))
    for name, span in made:
        yield finding(
            "L501",
            "this line has no id of its own",
            span,
            label=f"called `{name}` for now",
            hint="an id like `pricing_visit:` before it stays the same when the line changes",
            fix=_fix(name, span, written),
        )


def _fix(name: str, span: Span, taken: set[str]) -> Fix | None:
    """Writes the made id down, without the score before its dot, where it is free and a plain name."""
    short = name.split(".", 1)[-1]
    if short in taken or not re.fullmatch(r"[a-z][a-z0-9_]*", short):
        return None
    taken.add(short)
    return Fix(Span(span.path, span.line, span.column, span.line, span.column), f"{short}: ")


def lists_beyond_enumerations(review: Review) -> Iterator[Diagnostic]:
    """L502: a named list holds values that the enumeration it is compared with does not have (decision 67)."""
    for _, steps in review.steps:
        for step in steps:
            match step.item:
                case InSet(item=Field() as field, values=values, source=str(source)):
                    yield from _strangers(review, field, values, f"`{source}`", place(step.item, step.span))
                case Coverage(what=Field() as field, values=values):
                    yield from _strangers(review, field, values, "the list", place(step.item, step.span))


def _strangers(review: Review, field: Field, values: tuple[Value, ...], name: str, span: Span) -> Iterator[Diagnostic]:
    declared = review.model.schema.fields(field.level).get(field.name)
    if declared is None or declared.values is None:
        return
    known = {fold(value) for value in declared.values}
    strangers = [value for value in values if isinstance(value, str) and fold(value) not in known]
    if strangers:
        shown = ", ".join(f"`{value}`" for value in strangers[:3]) + (" …" if len(strangers) > 3 else "")
        yield finding(
            "L502",
            f"{name} holds {shown}, which `{words(field)}` never is",
            span,
            label="longer than the enumeration",
            hint="add the value to the enumeration in the schema, or take it off the list",
        )


def many_levels(review: Review) -> Iterator[Diagnostic]:
    """L503: results that go up and down between leads and accounts more than four times."""
    links = review.links
    changes = level_changes(review.model.order, links)
    for key, number in changes.items():
        if number > MOST_CHANGES and all(changes.get(source, 0) <= MOST_CHANGES for source in links.sources[key]):
            yield finding(
                "L503",
                f"{key.words} is {number} changes of level away from the data",
                links.span_of(key),
                label="lead → account → lead …",
                hint=f"each change is one more pass over all data; past {MOST_CHANGES} it is hard to follow",
            )


def standings(review: Review) -> Iterator[Diagnostic]:
    """L504: `rank` and `percentile`, with which one event can change everyone's result."""
    for _, steps in review.steps:
        for step in steps:
            if isinstance(step.item, Standing):
                yield _moves_all(step.item, step.span)


def _moves_all(expr: Expr, around: Span) -> Diagnostic:
    return finding(
        "L504",
        f"`{words(expr)}` compares with everybody",
        place(expr, around),
        label="one event can change everyone's result",
        hint="a fixed threshold can be worked out entity by entity",
    )
