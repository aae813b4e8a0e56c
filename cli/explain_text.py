"""An explanation as plain text: the sentence first, then stage, scores, lines, leads and events."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from ..engine.explain import words
from ..engine.explain.lines import arithmetic
from ..engine.explain.report import (
    Adjustment,
    Block,
    Condition,
    EventShown,
    EventsShown,
    Explanation,
    Ignored,
    Input,
    Item,
    Ladder,
    LeadPart,
    LeadShown,
    Line,
    Measure,
    Piece,
    Score,
    Step,
)
from ..engine.explain.scores import span

INDENT = "  "
FEW = 5
"""How many pieces, leads or events are written out before the rest is summed up."""


def render_text(explanation: Explanation, width: int = 80, depth: int | None = None) -> str:
    """The explanation as text. `depth` 1 stops at the scores, 2 at their lines, 3 at events and leads; None is all."""
    deep = 4 if depth is None else depth
    rows = [(0, explanation.summary), (0, ""), *_body(explanation, deep)]
    return "\n".join(_wrapped(rows, width)) + "\n"


Row = tuple[int, str]


def _wrapped(rows: Iterable[Row], width: int) -> Iterator[str]:
    for indent, text in rows:
        start = INDENT * indent
        hanging = start + INDENT * 2
        yield from textwrap.wrap(text, max(width, 40), initial_indent=start, subsequent_indent=hanging) or [""]


def _deeper(rows: Iterable[Row], by: int = 1) -> Iterator[Row]:
    return ((indent + by, text) for indent, text in rows)


def _body(explanation: Explanation, depth: int) -> Iterator[Row]:
    yield from _disqualified(explanation)
    if explanation.ladder is not None:
        yield from _ladder(explanation.ladder, depth)
    for score in explanation.scores:
        yield from _score(score, depth)
        yield 0, ""
    yield from _grades(explanation)
    yield from _measures(explanation.measures, depth)
    yield from _leads(explanation.leads, depth)
    yield from _ignored(explanation.ignored)


def _disqualified(explanation: Explanation) -> Iterator[Row]:
    found = explanation.disqualified
    if found is not None:
        until = f", until {_day(found.until)}" if found.until else ""
        yield 0, f"disqualified as '{found.reason}'{until} by {found.line}"
        yield from _deeper(_condition(found.condition))
        yield 0, ""


# --- the ladder -----------------------------------------------------------------------------------------------------


def _ladder(ladder: Ladder, depth: int) -> Iterator[Row]:
    label = f' "{ladder.label}"' if ladder.label else ""
    order = ", in order" if ladder.in_order else ""
    yield 0, f"stage {ladder.stage or 'none'}{label}{order}"
    for step in ladder.steps:
        yield from _deeper(_step(step, depth))
    yield 0, ""


def _step(step: Step, depth: int) -> Iterator[Row]:
    yield 0, f"{_mark(step.holds)} {step.name}: {step.condition.text}"
    if step.holds:
        if depth >= 3:
            yield from _deeper(_condition(step.condition, whole=False), 2)
        return
    if step.condition.holds:
        yield 2, "an earlier stage is not held"
    for missing in step.unmet:
        yield from _deeper(_condition(missing), 2)


# --- conditions -----------------------------------------------------------------------------------------------------


def _condition(condition: Condition, whole: bool = True) -> Iterator[Row]:
    """A condition with what it has and needs; `whole` writes its own text too."""
    plain = condition.kind in ("test", "not")
    if whole or not condition.parts:
        state = _state(condition)
        yield 0, f"{_mark(condition.holds)} {condition.text}" + (f": {state}" if state else "")
        yield from _deeper(_evidence(condition), 2)
    if not plain:
        for part in condition.parts:
            yield from _deeper(_condition(part), 1 if whole else 0)


def _state(condition: Condition) -> str:
    """What there is, and what would do."""
    has = f"is {condition.has}" if condition.has else ""
    if condition.has and (condition.events is not None or condition.has.endswith(("hold", "holds"))):
        has = condition.has
    needs = f"it takes {condition.needs}" if condition.needs else ""
    return "; ".join(part for part in (has, needs) if part)


def _evidence(condition: Condition) -> Iterator[Row]:
    yield from _inputs(condition.inputs)
    if condition.events is not None:
        yield from _events(condition.events, 2)


def _inputs(inputs: Iterable[Input]) -> Iterator[Row]:
    for item in inputs:
        yield 0, f"{item.text} is {words.shown(item.value)}"
        yield from _deeper(_parts(item.leads))
        if item.events is not None:
            yield from _deeper(_events(item.events, 2))


def _parts(parts: tuple[LeadPart, ...]) -> Iterator[Row]:
    if parts:
        named = [part.id if part.value is True else f"{part.id} {words.shown(part.value)}" for part in parts[:FEW]]
        more = f" and {len(parts) - FEW} more" if len(parts) > FEW else ""
        yield 0, "leads: " + ", ".join(named) + more


def _events(events: EventsShown, most: int = FEW) -> Iterator[Row]:
    for event in events.newest[:most]:
        yield 0, _event(event)
    if events.count > most:
        yield 0, f"… {words.plural(events.count - most, 'event')} more, since {_day(events.first)}"


def _event(event: EventShown) -> str:
    who = f" by {event.contact}" if event.contact else ""
    details = f" ({event.details})" if event.details else ""
    return f"{_minute(event.at)}  {event.type}{who}{details}, {_ago(event.age)}"


# --- scores ---------------------------------------------------------------------------------------------------------


def _score(score: Score, depth: int) -> Iterator[Row]:
    between = span(score.low, score.high)
    yield 0, f"score {score.name} {words.number(score.total)}" + (f" ({between})" if between else "")
    if depth >= 2:
        for item in score.items:
            yield from _deeper(_item(item, depth))
        yield from _deeper(_adjustments(score.adjustments))
    yield 1, f"= {words.number(score.total)}"


def _item(item: Item, depth: int) -> Iterator[Row]:
    return _block(item, depth) if isinstance(item, Block) else _line(item, depth)


def _block(block: Block, depth: int) -> Iterator[Row]:
    note = f" ({block.note})" if block.note else ""
    if not block.holds and block.condition is not None:
        yield 0, f"{'0':>8}  {block.text}{note}"
        yield from _deeper(_condition(block.condition), 5)
        return
    yield 0, f"{_points(block.total)}  {block.text}{note}"
    for item in block.items:
        yield from _deeper(_item(item, depth))
    yield from _deeper(_adjustments(block.adjustments))


def _line(line: Line, depth: int) -> Iterator[Row]:
    """What a line gives, and why: its condition, then its arithmetic and its events."""
    label = f'  "{line.label}"' if line.label else ""
    yield 0, f"{_points(line.total) if line.holds else '0':>8}  {line.id}: {line.text} => {line.effect}{label}"
    if line.note:
        yield 5, line.note
    if not line.holds or not line.counts:
        if line.condition is not None and not line.holds and not line.note:
            yield from _deeper(_why_not(line.condition), 5)
        return
    if depth >= 3:
        yield from _deeper(_workings(line), 5)


def _why_not(condition: Condition) -> Iterator[Row]:
    for missing in condition.unmet():
        yield 0, f"{missing.text}: {_state(missing)}"


def _workings(line: Line) -> Iterator[Row]:
    yield from _inputs(line.inputs)
    if line.condition is not None and line.condition.text != "always":
        yield from _condition(line.condition, whole=line.condition.kind != "test" or bool(line.condition.has))
    counted = [piece for piece in line.pieces if piece.dropped is None]
    if line.condition is None:
        yield from _pieces(counted)
        yield from _dropped(line.pieces)
    elif counted and counted[0].factor is not None:
        yield 0, f"{_ago(counted[0].age, counted[0].unit)}: {arithmetic(counted[0])}"
    if line.cap:
        sum_ = words.number(line.points or 0.0)
        yield 0, f"{sum_} {words.signed(line.cap)} = {words.number(line.total)} ({', '.join(line.bounds)})"


def _pieces(pieces: list[Piece]) -> Iterator[Row]:
    """Those that give most, then the sum of the others."""
    ordered = sorted(pieces, key=lambda piece: (-abs(piece.points or 0.0), piece.at or "", piece.name))
    for piece in ordered[:FEW]:
        yield 0, _piece(piece)
    rest = ordered[FEW:]
    if rest:
        yield 0, f"{words.number(sum(piece.points or 0.0 for piece in rest))}  … {len(rest)} more"


def _piece(piece: Piece) -> str:
    events = piece.events
    what = piece.name
    if events is not None and events.count == 1:
        what = _event(events.newest[0])
    elif events is not None:
        what = f"{piece.name}: {words.plural(events.count, 'event')}, the newest {_ago(events.newest[0].age)}"
    return f"{arithmetic(piece)}  {what}"


def _dropped(pieces: Iterable[Piece]) -> Iterator[Row]:
    counts: dict[str, int] = {}
    for piece in pieces:
        if piece.dropped is not None:
            counts[piece.dropped] = counts.get(piece.dropped, 0) + 1
    for reason, count in counts.items():
        yield 0, f"{count} not counted: {reason}"


def _adjustments(adjustments: Iterable[Adjustment]) -> Iterator[Row]:
    for item in adjustments:
        name = f"{item.line}: " if item.line else "range "
        change = f"{words.number(item.before)} becomes {words.number(item.after)}"
        yield 0, f"{_points(item.difference)}  {name}{item.text} ({change})"


# --- the rest -------------------------------------------------------------------------------------------------------


def _grades(explanation: Explanation) -> Iterator[Row]:
    for grade in explanation.grades:
        yield 0, f"grade {grade.name} {grade.label or 'missing'}"
        for axis in grade.axes:
            cut = f", at least {words.number(axis.cut)}" if axis.cut is not None else ""
            yield 1, f"{axis.label or 'missing'}  {axis.text} is {words.shown(axis.value)}{cut}"
        yield 0, ""


def _measures(measures: tuple[Measure, ...], depth: int) -> Iterator[Row]:
    if not measures:
        return
    yield 0, "measures"
    for measure in measures:
        yield 1, f"{measure.name} is {words.shown(measure.value)}: {measure.text}"
        if depth >= 3:
            yield from _deeper((row for item in measure.inputs for row in _parts(item.leads)), 3)
    yield 0, ""


def _leads(leads: tuple[LeadShown, ...], depth: int) -> Iterator[Row]:
    if not leads:
        return
    out = sum(lead.disqualified is not None for lead in leads)
    yield 0, f"{words.plural(len(leads), 'lead')}" + (f", {out} of them disqualified" if out else "")
    for lead in leads:
        yield 1, _lead(lead)
        if depth >= 4 and lead.explanation is not None and lead.disqualified is None:
            for score in lead.explanation.scores:
                yield from _deeper(_only_what_counts(score), 2)
    yield 0, ""


def _lead(lead: LeadShown) -> str:
    if lead.disqualified is not None:
        left = f", its {words.plural(lead.events, 'event')} left out" if lead.events else ""
        return f"{lead.id}: disqualified as '{lead.disqualified}'{left}"
    scores = [f"{name} {words.number(value)}" for name, value in lead.scores.items()]
    grades = [f"{name} {label}" for name, label in lead.grades.items() if label is not None]
    stage = [f"at {lead.stage}"] if lead.stage else []
    return f"{lead.id}: " + ", ".join([*scores, *grades, *stage, words.plural(lead.events, "event")])


def _only_what_counts(score: Score) -> Iterator[Row]:
    """A lead's score below its account: the lines that gave something, with their events."""
    if not any(line.total for item in score.items for line in _lines(item)):
        return
    yield 0, f"{score.name} {words.number(score.total)}"
    for item in score.items:
        for line in _lines(item):
            if line.total:
                yield from _deeper(_line(line, 3))
    adjusted = [item for block in _blocks(score.items) for item in block.adjustments]
    yield from _deeper(_adjustments([*adjusted, *score.adjustments]))


def _lines(item: Item) -> Iterator[Line]:
    if isinstance(item, Line):
        yield item
    else:
        for inner in item.items:
            yield from _lines(inner)


def _blocks(items: Iterable[Item]) -> Iterator[Block]:
    for item in items:
        if isinstance(item, Block) and item.counts:
            yield from _blocks(item.items)
            yield item


def _ignored(ignored: tuple[Ignored, ...]) -> Iterator[Row]:
    if not ignored:
        return
    yield 0, "ignored"
    for item in ignored:
        who = f" of {', '.join(item.contacts)}" if item.contacts else ""
        yield 1, f"{words.plural(item.events, 'event')}{who}: {item.text}"


# --- words ----------------------------------------------------------------------------------------------------------


def _mark(holds: bool) -> str:
    return "✓" if holds else "✗"


def _points(value: float) -> str:
    return f"{words.signed(value) if value else '0':>8}"


def _ago(age: int | None, unit: str | None = "day") -> str:
    return (
        "just now" if not age and unit != "day" else "today" if not age else f"{words.plural(age, unit or 'day')} ago"
    )


def _day(at: str | None) -> str:
    return "" if at is None else at[:10]


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
