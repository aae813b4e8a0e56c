"""One line in words and numbers: its condition, its pieces, its arithmetic."""

from __future__ import annotations

from dataclasses import replace

from ..instants import HOUR, age_in, local_time
from ..interpreter.evaluation import Evaluation
from ..interpreter.lines import LineWork, events_of
from ..interpreter.pieces import Piece as WorkedPiece
from ..interpreter.pieces import aging_instant
from ..interpreter.rows import Row
from ..model import AtMost, Const, Decay, Each, EventAttr, Points, Times
from ..model import Line as Rule
from ..rounding import from_units
from . import words
from .conditions import explain_condition
from .describe import decay_text, effect_text, head_text, selection_text
from .evidence import events_shown, inputs_of
from .report import Input, Line, Piece


def explain_line(
    evaluation: Evaluation, work: LineWork, row: Row, counts: bool = True, note: str | None = None
) -> Line:
    """A line as it was worked out."""
    rule = work.line
    events = events_of(evaluation, work, row) if work.held else None
    return Line(
        rule.id,
        rule.has_written_id,
        rule.label,
        head_text(rule),
        _effect(evaluation, rule, row),
        work.held,
        counts,
        None if work.points is None else from_units(work.points),
        from_units(work.cap),
        from_units(work.total) if counts else 0.0,
        tuple(words.bound(item.bound, item.limit) for item in work.bounded),
        None if rule.condition is None else explain_condition(evaluation, rule.condition, row),
        _inputs(evaluation, work, row),
        tuple(_piece(evaluation, rule, piece, row) for piece in work.pieces),
        None if events is None else events_shown(evaluation, events),
        note or _note(evaluation, work),
        f"{rule.span.path}:{rule.span.line}" if rule.span.line else None,
    )


def untried(evaluation: Evaluation, rule: Rule, row: Row, note: str) -> Line:
    """A line that was not looked at, because another had already been taken."""
    return explain_line(evaluation, LineWork(rule, False), row, counts=False, note=note)


def _effect(evaluation: Evaluation, rule: Rule, row: Row) -> str:
    """What the line gives, with all its modifiers, as it is written."""
    parts = [effect_text(rule)]
    for limit in rule.at_most:
        count = evaluation.number(limit.count, row) if isinstance(limit, AtMost) else None
        parts.append(words.limit(limit, count))
    parts += [words.bound(item, evaluation.number(item.value, row) or 0.0) for item in rule.bounds]
    if rule.decay is not None:
        parts.append(decay_text(rule))
    return " ".join(parts)


def _inputs(evaluation: Evaluation, work: LineWork, row: Row) -> tuple[Input, ...]:
    """What the points of a line that pays once were computed from."""
    value = work.line.effect.value
    if not work.held or work.line.each is not None or (isinstance(value, Const) and value.param is None):
        return ()
    return inputs_of(evaluation, value, row)


def _note(evaluation: Evaluation, work: LineWork) -> str | None:
    """Why a line gave nothing, where its condition does not say so."""
    rule = work.line
    if not work.held:
        if rule.each is None:
            return None
        return "nothing to count" if not work.pieces else "nothing that counts"
    if isinstance(rule.effect, Points):
        return "its points are missing" if work.points is None else None
    if work.value is None:
        return "its value is missing"
    if isinstance(rule.effect, Times) and work.value < 0:
        return f"a factor below 0 ({words.number(work.value)}) does nothing"
    return None


# --- pieces -------------------------------------------------------------------------------------------------------


def _piece(evaluation: Evaluation, rule: Rule, piece: WorkedPiece, row: Row) -> Piece:
    shown = rule.each is not None
    made = Piece(
        _name(evaluation, rule.each, piece),
        None if piece.units is None else from_units(piece.units),
        piece.points,
        at=None if piece.at is None else local_time(piece.at, evaluation.zone),
        lead=None if piece.lead is None else piece.lead.id,
        events=events_shown(evaluation, piece.events) if shown and piece.events else None,
        dropped=_dropped(evaluation, piece, row),
        hours=None if piece.at is None else age_in(piece.at, evaluation.as_of, HOUR),
    )
    return made if rule.decay is None else _aged(evaluation, rule.decay, piece, made, shown, row)


def _aged(evaluation: Evaluation, decay: Decay, piece: WorkedPiece, made: Piece, of_events: bool, row: Row) -> Piece:
    """The piece with what its decay did: by its own age, or by that of the newest event of `since`."""
    decayed = piece.decay
    if decayed is None:
        return made
    since, hours = None, made.hours
    if of_events and decay.ages_by is not None:
        at = aging_instant(evaluation, decay, row)
        since = selection_text(decay.ages_by)
        hours = None if at is None else age_in(at, evaluation.as_of, HOUR)
    return replace(
        made,
        factor=decayed.factor,
        age=decayed.age,
        unit=decay.unit,
        hours=hours,
        lost=decayed.lost,
        least=decay.floor if decayed.floored else None,
        since=since,
    )


def _name(evaluation: Evaluation, each: Each | None, piece: WorkedPiece) -> str:
    """How a piece is called: the event's type, the day, the value, the lead."""
    if each is None:
        return "once"
    if piece.lead is not None:
        return piece.lead.id
    event = piece.events[-1]
    if each.unit == "event":
        return event.type
    if isinstance(each.prop, EventAttr) and each.prop.name == "session":
        return "a session"
    if each.unit == "value" and each.prop is not None:
        return words.shown(evaluation.value(each.prop, piece.row), each.prop.kind)
    day = evaluation.value(EventAttr("date", kind="date"), piece.row)
    return f"{'' if each.unit == 'day' else each.unit + ' of '}{words.plain(day)}"


def _dropped(evaluation: Evaluation, piece: WorkedPiece, row: Row) -> str | None:
    if piece.dropped is None:
        return None
    count = evaluation.number(piece.dropped.count, row) if isinstance(piece.dropped, AtMost) else None
    return words.limit(piece.dropped, count)


def arithmetic(piece: Piece) -> str:
    """How the points of a piece came about: `15 × 0.571429 = 8.5714`.

    >>> arithmetic(Piece("intent", 8.5714, 15.0, 4 / 7, 9, "day"))
    '15 × 0.571429 = 8.5714'
    >>> arithmetic(Piece("intent", -12.0, -15.0, lost=3.0)), arithmetic(Piece("intent", 2.0, 15.0, 0.1, least=2.0))
    ('-(15 − 3) = -12', '15 × 0.1, to 2 = 2')
    """
    if piece.points is None or piece.before is None:
        return "missing"
    if (piece.factor is None and piece.lost is None) or piece.before == piece.points:
        return words.number(piece.points)
    return f"{_worked(piece, piece.before)} = {words.number(piece.points)}"


def _worked(piece: Piece, before: float) -> str:
    end = "" if piece.least is None else f", to {words.number(piece.least)}"
    if piece.factor is not None:
        return f"{words.number(before)} × {words.factor(piece.factor)}{end}"
    lost = f"{words.number(abs(before))} − {words.number(min(piece.lost or 0.0, abs(before)))}"
    return f"-({lost}){end}" if before < 0 else f"{lost}{end}"
