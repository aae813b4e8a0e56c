"""Lines, cases and stages that can never hold, whatever the data.

Avoid: conditions that exclude each other, empty windows, what an earlier line of `first of` has already taken.

    contact.role == 'champion' and contact.role == 'user' => +10
    first of:
        account.employees >= 500 => +15
        account.employees >= 5000 => +25

Prefer: the larger first, and one value at a time.

    contact.role in ['champion', 'user'] => +10
    first of:
        account.employees >= 5000 => +25
        account.employees >= 500 => +15
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, Related, finding
from ...grammar.nodes import Level
from ...grammar.source import Span
from ..model import (
    Block,
    Cases,
    Derived,
    Disqualification,
    Each,
    EventAggregate,
    Expr,
    Happened,
    IgnoreEvents,
    Line,
    Measure,
    Not,
    Part,
    PeriodAggregate,
    Points,
    Score,
    Selection,
    Stages,
)
from ..rows import walk
from .lines import head, holds, needs, title
from .prove import Claim, Clash
from .review import Review
from .tallies import fixed
from .words import called, place, words

NEAREST = 30
"""How many items before one are looked at, to see whether they always hold too."""


MOST_BIDS = 70
"""How many lines of one `best of` are compared with each other: a proof for each pair takes its time."""


def dead(review: Review) -> Iterator[Diagnostic]:
    """L103 and L106: what can never hold, and what something before it always takes."""
    for definition in review.model.order:
        match definition:
            case Score(items=items):
                yield from _items(review, items, ())
            case Disqualification(condition=condition, id=name, span=span):
                yield from _never(review, (condition,), f"`{name}` never disqualifies anyone", place(condition, span))
            case Stages(stages=stages):
                for stage in stages:
                    text = f"stage `{stage.name}` can never be reached"
                    yield from _never(review, (stage.condition,), text, place(stage.condition, stage.span))
            case Derived(value=value, span=span) | Measure(value=value, span=span):
                yield from _cases(review, value, span)
    yield from _ignored(review)


def _never(review: Review, conditions: tuple[Expr, ...], message: str, span: Span) -> Iterator[Diagnostic]:
    clash = review.prover.impossible(*conditions)
    if clash is not None:
        yield finding("L103", message, span, label=_because(clash), hint=_way_out(clash), related=_places(clash, span))
    else:
        for condition in conditions[-1:]:
            yield from _empty_selections(review, condition, span)


# --- lines and blocks ---------------------------------------------------------------


def _items(review: Review, items: tuple[Line | Block, ...], gates: tuple[Expr, ...]) -> Iterator[Diagnostic]:
    for item in items:
        if isinstance(item, Line):
            yield from _line(review, item, gates)
        elif item.kind == "when" and item.condition is not None:
            inner = (*gates, item.condition)
            found = list(
                _never(review, inner, "nothing in this block can ever count", place(item.condition, item.span))
            )
            yield from found or _items(review, item.items, inner)
        else:
            yield from _items(review, item.items, gates)
            if item.kind == "first":
                yield from _taken(review, item, gates)
            elif item.kind == "best":
                yield from _outbid(review, item)


def _line(review: Review, line: Line, gates: tuple[Expr, ...]) -> Iterator[Diagnostic]:
    message = f"{title(line)} can never fire"
    if line.condition is not None:
        yield from _never(review, (*gates, line.condition), message, head(line))
        return
    each = line.each
    clash = _each_clash(review, each) if each is not None else None
    if clash is not None:
        yield finding("L103", message, line.span, label=_because(clash), hint=_way_out(clash))


def _each_clash(review: Review, each: Each) -> Clash | None:
    if each.selection is not None:
        return review.prover.selects_nothing(each.selection)
    return review.prover.impossible(each.leads.where) if each.leads is not None and each.leads.where else None


def _taken(review: Review, block: Block, gates: tuple[Expr, ...]) -> Iterator[Diagnostic]:
    """Items of `first of` that hold only where an earlier one does, as far as the nearest ones tell."""
    alive: deque[tuple[Line | Block, Expr | None] | None] = deque(maxlen=NEAREST)
    for item in block.items:
        needed = (*gates, needs(item))
        if review.prover.impossible(*needed) is not None:
            alive.append(None)
            continue
        earlier = [before for before in alive if before is not None]
        free = tuple((condition, True) for condition in needed)
        taken = tuple((condition, False) for _, condition in earlier if condition is not None)
        if taken and review.prover.clash(*free, *taken) is not None:
            takers = [before for before, condition in earlier if _takes(review, condition, free)]
            yield _shadowed(item, takers or [before for before, _ in earlier])
        alive.append((item, holds(item)))


def _takes(review: Review, condition: Expr | None, free: tuple[Claim, ...]) -> bool:
    return condition is not None and review.prover.clash(*free, (condition, False)) is not None


def _shadowed(item: Line | Block, takers: list[Line | Block]) -> Diagnostic:
    what = title(item) if isinstance(item, Line) else "this block"
    return finding(
        "L106",
        f"{what} never counts: something before it in `first of` always holds too",
        item.span,
        label="holds only where an earlier item does",
        hint="put the narrower condition first",
        related=tuple(Related(taker.span, "this one is taken instead") for taker in takers[:3]),
    )


def _outbid(review: Review, block: Block) -> Iterator[Diagnostic]:
    """Lines of `best of` that another one beats wherever they hold."""
    bids = [(item, points) for item in block.items if isinstance(item, Line) and (points := _bid(item)) is not None]
    for index, (line, points) in enumerate(bids if len(bids) <= MOST_BIDS else ()):
        for other_index, (other, more) in enumerate(bids):
            wins = more > points or (more == points and other_index < index)
            if other is not line and wins and review.prover.implies(needs(line), needs(other)):
                yield finding(
                    "L106",
                    f"{title(line)} is never the best: another one holds too and gives as much or more",
                    line.span,
                    label="never wins",
                    hint="give it more points, or leave it out",
                    related=(Related(other.span, "this one wins"),),
                )
                break


def _bid(line: Line) -> float | None:
    """What a plain line bids: fixed points under a condition, without decay or bounds."""
    if line.condition is None or line.decay is not None or line.bounds or not isinstance(line.effect, Points):
        return None
    return fixed(line.effect.value)


# --- cases --------------------------------------------------------------------------


def _cases(review: Review, value: Expr, span: Span) -> Iterator[Diagnostic]:
    if not isinstance(value, Cases):
        yield from _empty_selections(review, value, span)
        return
    before: list[Expr] = []
    for condition, _ in value.items:
        where = place(condition, span)
        dead = list(_never(review, (condition,), "this case never applies", where))
        yield from dead
        nearest = before[-NEAREST:]
        if not dead and before and review.prover.clash((condition, True), *((item, False) for item in nearest)):
            yield finding(
                "L106",
                "this case never applies: the cases before it take all that it is for",
                where,
                label="holds only where an earlier case does",
                hint="put the narrower condition first",
                related=tuple(Related(place(item, span), "stands before it") for item in before[-3:]),
            )
        before.append(condition)


def _ignored(review: Review) -> Iterator[Diagnostic]:
    for item in review.model.ignored:
        test = item.test if isinstance(item, IgnoreEvents) else item.where
        yield from _never(review, (test,), "this line ignores nothing", item.span)


# --- selections ---------------------------------------------------------------------


def _empty_selections(review: Review, part: Expr | Part, span: Span) -> Iterator[Diagnostic]:
    """Selections inside a larger expression that can select nothing."""
    level: Level = "lead"
    for step in walk(part, level, span):
        if isinstance(step.item, Happened | EventAggregate | PeriodAggregate):
            selection: Selection = step.item.selection
            clash = review.prover.selects_nothing(selection)
            if clash is not None:
                message = f"`{called(selection)}` never selects an event"
                yield finding("L103", message, step.span, label=_because(clash), hint=_way_out(clash))


# --- reasons ------------------------------------------------------------------------


def _because(clash: Clash) -> str:
    if clash.first is not None and clash.second is not None:
        return f"`{_claim(clash.first)}` and `{_claim(clash.second)}` never hold together"
    return f"`{_claim(clash.second)}` never holds" if clash.second is not None else "never holds"


def _claim(claim: Claim) -> str:
    expr, truth = claim
    return words(expr) if truth else words(Not(expr))


def _way_out(clash: Clash) -> str:
    if clash.first is not None and clash.second is not None:
        return "take one of the two out, or join them with `or`"
    return "correct the condition, or take the line out"


def _places(clash: Clash, span: Span) -> tuple[Related, ...]:
    if clash.first is None or clash.second is None:
        return ()
    both = (clash.first[0], clash.second[0])
    return tuple(Related(place(expr, span), words(expr)) for expr in both if place(expr, span) != span)
