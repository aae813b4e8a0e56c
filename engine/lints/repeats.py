"""Lines of one score that say the same thing twice.

Avoid: one fact that counts twice because two people wrote it down.

    contact.role == 'champion' => +10
    contact.role in ['champion'] => +5

Prefer: one line for one fact.

    contact.role == 'champion' => +15
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from typing import NamedTuple

from ...grammar.diagnostics import Diagnostic, Related, finding
from ..fold import fold
from ..model import And, Const, Expr, Field, InSet, Line, OfType, Prop, Result, Score, SetTo
from .lines import Placed, placed, title
from .prove import Prover
from .review import Review

MOST_PAIRS = 5_000
"""How many pairs of lines about the same things are compared, all of 100 lines: each proof takes its time."""


def repeats(review: Review) -> Iterator[Diagnostic]:
    """L105: two lines that hold for exactly the same entities and have the same kind of effect."""
    for score in review.model.order:
        if isinstance(score, Score):
            alike: dict[tuple[object, ...], list[_Said]] = {}
            for at in placed(score):
                if not at.is_chosen:
                    said = _Said(at.line, And(at.conditions))
                    alike.setdefault((_subjects(at), *_manner(at)), []).append(said)
            for lines in alike.values():
                for first, second in islice(combinations(lines, 2), MOST_PAIRS):
                    if first.line.each is not None or _are_same(first.holds, second.holds, review.prover):
                        yield _finding(first.line, second.line)


class _Said(NamedTuple):
    """A line, and all that must hold for it."""

    line: Line
    holds: Expr


def _subjects(at: Placed) -> frozenset[object]:
    """What a line speaks of, its texts included: lines that speak of different things are not compared."""
    parts = [*at.conditions, *_each_parts(at.line)]
    return frozenset(subject for part in parts for leaf in part.walk() for subject in _named(leaf))


def _named(leaf: Expr) -> Iterator[object]:
    match leaf:
        case Field() | Prop() | Result():
            yield leaf
        case OfType(types=names):
            yield from names
        case Const(value=str(text)):
            yield fold(text)
        case InSet(values=values):
            yield from (fold(value) for value in values if isinstance(value, str))


def _each_parts(line: Line) -> Iterator[Expr]:
    if line.each is not None and line.each.selection is not None:
        yield line.each.selection.test
    elif line.each is not None and line.each.leads is not None and line.each.leads.where is not None:
        yield line.each.leads.where


def _manner(at: Placed) -> tuple[object, ...]:
    """What two lines must have in common beside their conditions, where only their points may differ."""
    line = at.line
    gates = at.gates if line.each is not None else None
    return type(line.effect), line.decay, line.bounds, line.at_most, line.each, gates


def _are_same(one: Expr, two: Expr, prover: Prover) -> bool:
    """Both conditions hold together, and neither always nor never."""
    if prover.impossible(one) or prover.always(one):
        return False
    return prover.implies(one, two) and prover.implies(two, one)


def _finding(first: Line, second: Line) -> Diagnostic:
    last_wins = isinstance(second.effect, SetTo)
    return finding(
        "L105",
        f"{title(second)} holds exactly where {title(first) if first.has_written_id else 'another line'} does",
        second.span,
        label="wins always" if last_wins else "counts the same thing again",
        hint="keep one of them" if last_wins else "put the points of both on one line",
        related=(Related(first.span, "the first one"),),
    )
