"""The page of `scoreline compare`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .explain_history import cause, number, shown, signed
from .pages import Block, Code, Grid, Head, Page, Point, Points, Prose, Said, said

if TYPE_CHECKING:
    from ..engine.chronicle.compare import Comparison, ScorePoints, Side, Tested
    from ..engine.explain.report import Known

MOST_LINES = 20
MOST_CAUSES = 20


def page(found: Comparison) -> Page:
    """The page: where both stand, what the scores are made of, what holds on one side only, and why."""
    return tuple(_blocks(found))


def _blocks(found: Comparison) -> Iterator[Block]:
    left, right = titles(found)
    one = () if found.left.id != found.right.id else (Code(found.left.id), ": ")
    yield Head(said(f"{found.level} ", *one, Code(left), " and ", Code(right)), 1)
    yield Grid(
        ("", "ruleset", "as of", "stage"),
        tuple(
            (said(Code(title)), said(side.ruleset), said(side.as_of[:19].replace("T", " ")), _stage(side))
            for title, side in ((left, found.left), (right, found.right))
        ),
    )
    if found.is_same:
        yield Prose(said("Nothing differs: the same stage, scores, measures, grades and conditions."), "good")
        return
    for score in found.scores:
        yield from _score(score, left, right)
    values = (*found.measures, *found.grades)
    if values:
        yield Head(said("Measures and grades"))
        rows = ((said(Code(item.name)), said(known(item.left)), said(known(item.right))) for item in values)
        yield Grid(("", left, right), tuple(rows), frozenset({1, 2}))
    if found.conditions:
        yield Head(said("Conditions of stages that hold on one side only"))
        yield Points(tuple(_condition(item, left, right) for item in found.conditions))
    if found.causes:
        yield Head(said("What happened in between"))
        points = [Point(cause(each)) for each in found.causes[:MOST_CAUSES]]
        rest = len(found.causes) - len(points)
        yield Points((*points, Point(said(f"and {rest} more"))) if rest else tuple(points))


def titles(found: Comparison) -> tuple[str, str]:
    """What tells both sides apart: their ids, else their days or instants, else their rulesets."""
    left, right = found.left, found.right
    if left.id != right.id:
        return left.id, right.id
    if left.as_of != right.as_of:
        short = left.as_of[:10], right.as_of[:10]
        return short if short[0] != short[1] else (left.as_of[:19], right.as_of[:19])
    return (left.ruleset, right.ruleset) if left.ruleset != right.ruleset else ("left", "right")


def _stage(side: Side) -> Said:
    if side.disqualified is not None:
        return said("disqualified: ", side.disqualified)
    return said(Code(side.stage)) if side.stage is not None else said("none")


def _score(score: ScorePoints, left: str, right: str) -> Iterator[Block]:
    total = "" if score.left is None or score.right is None else f" ({_difference(score.left, score.right)})"
    yield Head(said(Code(score.score), f": {known(score.left)} and {known(score.right)}{total}"))
    rows = [
        (
            said(line.label or Code(line.line)),
            said(known(line.left)),
            said(known(line.right)),
            said(_difference(line.left, line.right)),
        )
        for line in score.lines[:MOST_LINES]
    ]
    rest = sum(line.difference for line in score.lines[MOST_LINES:]) + score.rest
    if round(rest, 4):
        rows.append((said("the rest, and the range of the score"), said(""), said(""), said(signed(rest))))
    yield Grid(("line", left, right, "difference"), tuple(rows), frozenset({1, 2, 3}))


def _difference(left: float | None, right: float | None) -> str:
    """By how much the right side has more, as both are shown."""
    return signed(shown(right or 0.0) - shown(left or 0.0))


def _condition(item: Tested, left: str, right: str) -> Point:
    sides = ((left, item.left, item.left_has), (right, item.right, item.right_has))
    below = tuple(
        Point(said(Code(title), ": ", _holds(holds), f" ({has})" if has else "")) for title, holds, has in sides
    )
    return Point(said(f"{item.stage}: ", Code(item.text)), below)


def _holds(holds: bool | None) -> str:
    return "is no condition there" if holds is None else "holds" if holds else "does not hold"


def known(value: Known) -> str:
    """A value as a person reads it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value)
    return value if isinstance(value, str) else number(value).replace("-", "−")
