"""An explanation as rows: what is said, how deep, and in which role. Text, colour and page are the renderers'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

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
    Known,
    Ladder,
    LeadPart,
    LeadShown,
    Line,
    Measure,
    Nearest,
    Piece,
    Score,
    Step,
)
from ..engine.explain.scores import span
from ..engine.interpreter.ladders import DISQUALIFIED
from .explain_next import next_rows
from .rows import BLANK, Role, Row, deeper

FEW = 5
"""How many pieces, leads or events are written out before the rest is summed up."""
MOST_LEADS = 20
"""How many leads of an account have a row; JSON has all."""
SETS = 3
"""How many sets of steps are shown beside everything else."""
UNDER = 5
"""How much deeper than its line stands what explains it: below the text, behind the column of points."""


def rows(explanation: Explanation, depth: int | None = None) -> Iterator[Row]:
    """All rows of an explanation: the sentence, then stage, scores, lines, leads and events.

    `depth` 1 stops at the scores, 2 at their lines, 3 at events and leads; None or 4 is everything.
    """
    deep = 4 if depth is None else depth
    yield Row(explanation.summary, "summary")
    for section in _sections(explanation, deep):
        found = list(section)
        if found:
            yield BLANK
            yield from found


def _sections(explanation: Explanation, depth: int) -> Iterator[Iterable[Row]]:
    yield _disqualified(explanation)
    if explanation.ladder is not None:
        yield _ladder(explanation.ladder, depth)
    if explanation.next is not None:
        yield next_rows(explanation.next, SETS if explanation.scores else None)
    for score in explanation.scores:
        yield _score(score, depth)
    yield _grades(explanation)
    yield _measures(explanation.measures, depth)
    yield _leads(explanation.leads, depth)
    yield _ignored(explanation.ignored)


# --- where someone stands -------------------------------------------------------------------------------------------


def _disqualified(explanation: Explanation) -> Iterator[Row]:
    found = explanation.disqualified
    if found is not None:
        until = f" until {_day(found.until)}" if found.until else ""
        yield Row(f"disqualified as '{found.reason}'{until}, by {found.line}", "head")
        yield from deeper(_condition(found.condition))


def _ladder(ladder: Ladder, depth: int) -> Iterator[Row]:
    label = f' "{ladder.label}"' if ladder.label else ""
    order = ", in order" if ladder.in_order else ""
    yield Row(f"stage {ladder.stage or 'none'}{label}{order}", "head")
    for step in ladder.steps:
        yield from deeper(_step(step, depth, ladder.stage == DISQUALIFIED))


def _step(step: Step, depth: int, disqualified: bool) -> Iterator[Row]:
    condition = step.condition
    state = f" — {_state(condition)}" if condition.kind in ("test", "not") and _state(condition) else ""
    yield Row(f"{step.name}: {condition.text}{state}", "met" if step.holds else "unmet")
    if depth >= 3:
        yield from deeper(_evidence(condition), 2)
    if condition.holds and not step.holds:
        yield Row("but it is disqualified" if disqualified else "but an earlier stage is not held", indent=2)
    if depth >= 2:
        for part in condition.parts:
            yield from deeper(_condition(part, depth >= 3), 2)
    if step.kept is not None:
        yield Row(f"it stays while {step.kept.text}", indent=2)
        if depth >= 2:
            yield from deeper(_condition(step.kept, depth >= 3), 2)


# --- conditions -----------------------------------------------------------------------------------------------------


def _condition(condition: Condition, evidence: bool = True) -> Iterator[Row]:
    """A condition with what it has and needs, and the conditions inside it."""
    state = _state(condition)
    yield Row(condition.text + (f" — {state}" if state else ""), "met" if condition.holds else "unmet")
    if evidence:
        yield from deeper(_evidence(condition), 2)
    for part in condition.parts:
        yield from deeper(_condition(part, evidence))


def _state(condition: Condition) -> str:
    """What there is, and what would do; or what was asked, where the text does not tell."""
    asked = f"{condition.asked} is asked" if condition.asked else ""
    needs = f"it takes {condition.needs}" if condition.needs else asked
    return ", ".join(part for part in (words.cut(condition.has or ""), needs) if part)


def _evidence(condition: Condition) -> Iterator[Row]:
    if condition.nearest is not None:
        yield Row(_nearest(condition.nearest))
    else:
        yield from _parts(condition.leads)
    if condition.events is not None:
        yield from _events(condition.events, 2)
    yield from _inputs(condition.inputs)


def _nearest(nearest: Nearest) -> str:
    return f"{nearest.id} comes nearest: " + "; ".join(f"{each.text} — {_state(each)}" for each in nearest.lacks)


def _inputs(inputs: Iterable[Input]) -> Iterator[Row]:
    for item in inputs:
        work = f" = {item.work}" if item.work else ""
        yield Row(f"{item.text} is {_value(item.value)}{work}")
        yield from deeper(_parts(item.leads))
        if item.events is not None:
            yield from deeper(_events(item.events, 2))


def _parts(parts: Sequence[LeadPart]) -> Iterator[Row]:
    if any(part.holds is not None for part in parts):
        held = [part.id for part in parts if part.holds]
        others = [part.id for part in parts if not part.holds]
        rest = f"; not for {len(others)} more" if held else f"; not for: {_few(others)}"
        yield Row(f"holds for: {_few(held) or 'none'}" + (rest if others else ""))
    elif parts:
        named = [part.id if part.value is True else f"{part.id} {_value(part.value)}" for part in parts]
        yield Row(f"leads: {_few(named)}")


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def _events(events: EventsShown, most: int = FEW) -> Iterator[Row]:
    for event in events.newest[:most]:
        yield Row(_event(event))
    rest = events.count - len(events.newest[:most])
    if rest:
        yield Row(f"… {words.plural(rest, 'event')} more, since {_day(events.first)}")


def _event(event: EventShown, ago: str | None = None) -> str:
    who = f" by {event.contact}" if event.contact else ""
    said = [f"{name} {_value(value)}" for name, value in event.properties.items() if name not in event.unread]
    details = f" ({', '.join(said)})" if said else ""
    when = ago or words.ago(event.age, hours=event.hours)
    return f"{event.at[:16].replace('T', ' ')}  {event.type}{who}{details}, {when}"


# --- scores ---------------------------------------------------------------------------------------------------------


def _score(score: Score, depth: int) -> Iterator[Row]:
    between = span(score.low, score.high)
    yield Row(f"score {score.name} {words.number(score.total)}" + (f", range {between}" if between else ""), "head")
    if depth >= 2:
        for item in score.items:
            yield from deeper(_item(item, depth))
        yield from deeper(_adjustments(score.adjustments))
        if not score.partly:
            yield Row(f"= {score.name}", "sum", 1, words.number(score.total))


def _item(item: Item, depth: int) -> Iterator[Row]:
    return _block(item, depth) if isinstance(item, Block) else _line(item, depth)


def _block(block: Block, depth: int) -> Iterator[Row]:
    note = f" — {block.note}" if block.note else ""
    if block.condition is not None and not block.condition.holds:
        yield Row(f"{block.text} — {_state(block.condition)}", "idle", 0, "·")
        return
    yield Row(f"{block.text}{note}", _role(block.total, block.holds), 0, _points(block.total, block.holds))
    for item in block.items:
        yield from deeper(_item(item, depth))
    yield from deeper(_adjustments(block.adjustments))


def _line(line: Line, depth: int) -> Iterator[Row]:
    """What a line gives, and why: its condition, its arithmetic and its events; or why it gives nothing."""
    fired = line.holds and line.counts
    title, why_not = _title(line), [] if fired else list(_why_not(line))
    if len(why_not) == 1 and why_not[0].startswith(title):
        title = why_not.pop()
    yield Row(title, _role(line.total, fired), 0, _points(line.total, fired), line.place)
    yield from (Row(text, indent=UNDER) for text in why_not)
    if fired and line.note:
        yield Row(f"{line.text} — {line.note}", indent=UNDER)
    elif fired and depth >= 3:
        yield from deeper(_workings(line), UNDER)


def _why_not(line: Line) -> Iterator[str]:
    """What stands in the way of a line: a better one, nothing to count, or conditions that do not hold."""
    if line.note:
        yield f"{line.text} — {line.note}"
    elif line.condition is not None:
        for item in line.condition.unmet():
            yield f"{item.text} — {_state(item)}"
            if item.nearest is not None:
                yield _nearest(item.nearest)


def _title(line: Line) -> str:
    """A line by the id and the label that someone gave it, or by what it says."""
    label = f'  "{line.label}"' if line.label else ""
    return f"{line.id if line.written_id else line.text}{label}"


def _workings(line: Line) -> Iterator[Row]:
    condition = line.condition
    said = f"{line.text} => {line.effect}" if line.written_id else f"=> {line.effect}"
    yield Row(said + (f" — {_state(condition)}" if condition is not None and _is_of_a_value(condition) else ""))
    yield from deeper(_inputs(line.inputs))
    if condition is None:
        yield from deeper(_pieces([piece for piece in line.pieces if piece.dropped is None]))
        yield from deeper(_dropped(line.pieces))
    else:
        yield from deeper(_evidence(condition))
        for part in condition.parts:
            yield from deeper(_condition(part))
        yield from deeper(_decayed(line.pieces))
    if line.cap:
        before, change = words.number(line.points or 0.0), words.signed(line.cap)
        sum_ = f"{before} {change[0]} {change[1:]} = {words.number(line.total)}"
        yield Row(f"{sum_} ({', '.join(line.bounds)})", indent=1)


def _is_of_a_value(condition: Condition) -> bool:
    """Whether what there is says more than that a condition holds, and is not shown by its events or leads."""
    shown = condition.parts or condition.events is not None or condition.leads
    said = condition.has in (None, "true") or str(condition.has) in condition.text
    return condition.kind == "test" and not shown and not said


def _decayed(pieces: Iterable[Piece]) -> Iterator[Row]:
    for piece in pieces:
        if piece.age is not None:
            since = f"{piece.since} " if piece.since else ""
            yield Row(f"{arithmetic(piece)}, {since}{_ago(piece, piece.age)}")


def _pieces(pieces: Sequence[Piece]) -> Iterator[Row]:
    """Those that give most, then the sum of the others."""
    newest_first = sorted(pieces, key=lambda piece: piece.at or "", reverse=True)
    ordered = sorted(newest_first, key=lambda piece: -abs(piece.points or 0.0))
    for piece in ordered[:FEW]:
        yield Row(_piece(piece))
    rest = ordered[FEW:]
    if rest:
        yield Row(f"{words.number(sum(piece.points or 0.0 for piece in rest))}  from {len(rest)} more")


def _piece(piece: Piece) -> str:
    events = piece.events
    name = piece.name if piece.lead else words.cut(piece.name)
    what = name
    if events is not None:
        newest = events.newest[0]
        its_own = piece.age is not None and piece.since is None
        ago = _ago(piece, piece.age or 0) if its_own else words.ago(newest.age, hours=newest.hours)
        many = f"{name}: {words.plural(events.count, 'event')}, the newest {ago}"
        what = _event(newest, ago) if events.count == 1 else many
    since = "" if piece.since is None else f", {piece.since} {_ago(piece, piece.age or 0)}"
    return f"{arithmetic(piece)}  {what}{since}"


def _dropped(pieces: Iterable[Piece]) -> Iterator[Row]:
    for reason, count in Counter(piece.dropped for piece in pieces if piece.dropped is not None).items():
        yield Row(f"{count} left out: {reason}")


def _adjustments(adjustments: Iterable[Adjustment]) -> Iterator[Row]:
    for item in adjustments:
        name = f"{item.line}: " if item.line else "range "
        change = f"{words.level(item.before)} becomes {words.level(item.after)}"
        yield Row(f"{name}{item.text}, {change}", _role(item.difference, True), 0, _points(item.difference, True))


def _role(points: float, fired: bool) -> Role:
    if not fired:
        return "idle"
    return "loss" if points < 0 else "gain"


def _points(value: float, fired: bool) -> str:
    if not fired:
        return "·"
    return words.signed(value) if value else "0"


# --- the rest -------------------------------------------------------------------------------------------------------


def _grades(explanation: Explanation) -> Iterator[Row]:
    for grade in explanation.grades:
        yield Row(f"grade {grade.name} {grade.label or 'missing'}", "head")
        for axis in grade.axes:
            cut = f", at least {words.number(axis.cut)}" if axis.cut is not None else ""
            yield Row(f"{axis.label or 'missing'}  {axis.text} is {_value(axis.value)}{cut}", indent=1)


def _measures(measures: Sequence[Measure], depth: int) -> Iterator[Row]:
    if measures:
        yield Row("measures", "head")
    for measure in measures:
        yield Row(f"{measure.name} is {_value(measure.value)}: {measure.text}", indent=1)
        if depth >= 3:
            for item in measure.inputs:
                yield from deeper(_parts(item.leads), 2)
                yield from deeper(_inputs([item] if item.work else []), 2)


def _leads(leads: Sequence[LeadShown], depth: int) -> Iterator[Row]:
    if leads:
        out = sum(lead.disqualified is not None for lead in leads)
        yield Row(words.plural(len(leads), "lead") + (f", {out} of them disqualified" if out else ""), "head")
    for lead in leads[:MOST_LEADS]:
        yield _lead(lead)
        if depth >= 4 and lead.explanation is not None and lead.disqualified is None:
            for score in lead.explanation.scores:
                yield from deeper(_only_what_counts(score), 2)
    if len(leads) > MOST_LEADS:
        yield Row(f"… and {words.plural(len(leads) - MOST_LEADS, 'lead')} more: --format json has all", "idle", 1)


def _lead(lead: LeadShown) -> Row:
    if lead.disqualified is not None:
        left = f", {words.plural(lead.events, 'event')} left out" if lead.events else ""
        return Row(f"{lead.id}: disqualified as '{lead.disqualified}'{left}", "idle", 1)
    scores = [f"{name} {words.number(value)}" for name, value in lead.scores.items()]
    grades = [f"{name} {label}" for name, label in lead.grades.items() if label is not None]
    stage = [f"at {lead.stage}"] if lead.stage else []
    return Row(f"{lead.id}: " + ", ".join([*scores, *grades, *stage, words.plural(lead.events, "event")]), "met", 1)


def _only_what_counts(score: Score) -> Iterator[Row]:
    """A lead's score below its account: the lines that gave something, with their events, and what was taken off."""
    gave = [line for item in score.items for line in _lines(item) if line.total]
    adjusted = [item for block in _blocks(score.items) for item in block.adjustments]
    if not gave and not adjusted and not score.adjustments:
        return
    for line in gave:
        yield from _line(line, 3)
    yield from _adjustments([*adjusted, *score.adjustments])
    yield Row(f"= {score.name}", "sum", 0, words.number(score.total))


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


def _ignored(ignored: Sequence[Ignored]) -> Iterator[Row]:
    if ignored:
        yield Row("ignored", "head")
    for item in ignored:
        who = f" of {', '.join(item.contacts)}" if item.contacts else ""
        yield Row(f"{words.plural(item.events, 'event')}{who}: {item.text}", indent=1)


# --- words ----------------------------------------------------------------------------------------------------------


def _ago(piece: Piece, age: int) -> str:
    """How old what decays is, in the unit in which its decay counts."""
    return words.ago(age, piece.unit or "day", piece.hours)


def _value(value: Known) -> str:
    """A value in few characters."""
    return words.cut(words.shown(value))


def _day(at: str | None) -> str:
    return "" if at is None else at[:10]
