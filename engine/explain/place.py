"""Where someone stands, since when, and what tipped it, as the beginning of a sentence."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..instants import local_date
from ..interpreter import Evaluation, Row
from ..interpreter.ladders import DISQUALIFIED
from ..model import Const, Line, Points, Score, Times, lines
from . import words
from .causes import points_by_line
from .describe import head_text
from .report import Arrival, Cause, Disqualified, Ladder
from .telling import telling

NAMED = 2
"""So many people are named."""


def place(
    evaluation: Evaluation, row: Row, ladder: Ladder | None, disqualified: Disqualified | None, arrival: Arrival | None
) -> str:
    """Where a lead or an account stands: `acme reached MQA (Marketing qualified) on 12 March 2026, when …`."""
    now = _standing(ladder, disqualified)
    until = f", until {words.calendar_day(disqualified.until[:10])}" if disqualified and disqualified.until else ""
    if arrival is None:
        return f"{row.entity.id} is {now}{until}"
    if arrival.known == "longer":
        return f"{row.entity.id} has been {now} for at least {_length(evaluation, arrival)}{until}"
    if arrival.known == "start":
        return f"{row.entity.id} has been {now} since the data begin ({words.calendar_day(arrival.since)}){until}"
    tipped = _tipped(evaluation, row, arrival.causes, _rises(ladder, disqualified, arrival))
    move = _move(ladder, disqualified, arrival)
    return f"{row.entity.id} {move} on {words.calendar_day(arrival.since)}{tipped}{until}"


def _standing(ladder: Ladder | None, disqualified: Disqualified | None) -> str:
    if disqualified is not None:
        return f"disqualified as {words.quoted(disqualified.reason)}"
    return f"at {_named(ladder)}" if ladder is not None and ladder.stage is not None else "below the first stage"


def _named(ladder: Ladder) -> str:
    return f"{ladder.stage} ({ladder.label})" if ladder.label else str(ladder.stage)


def _length(evaluation: Evaluation, arrival: Arrival) -> str:
    today = local_date(evaluation.as_of, evaluation.zone)
    return words.plural((today - datetime.date.fromisoformat(arrival.since)).days, "day")


# --- the move -------------------------------------------------------------------------------------------------------


def _move(ladder: Ladder | None, disqualified: Disqualified | None, arrival: Arrival) -> str:
    """What happened on the day."""
    if disqualified is not None:
        return f"was {_standing(ladder, disqualified)}"
    if ladder is None or ladder.stage is None:
        ended = arrival.before == DISQUALIFIED
        return "came back from disqualification, to no stage," if ended else f"fell from {arrival.before} to no stage"
    if arrival.before == DISQUALIFIED:
        return f"came back to {_named(ladder)}"
    if arrival.before is None or _rises(ladder, disqualified, arrival):
        return f"reached {_named(ladder)}"
    return f"fell from {arrival.before} to {_named(ladder)}"


def _rises(ladder: Ladder | None, disqualified: Disqualified | None, arrival: Arrival) -> bool:
    if disqualified is not None or ladder is None or ladder.stage is None:
        return False
    names = [step.name for step in ladder.steps]
    return arrival.before not in names or names.index(ladder.stage) > names.index(arrival.before)


# --- what tipped it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tense:
    """How it is said that something faded, ran out, became too old …: of what has been, or of what will be."""

    had_faded: str = "had faded"
    ran_out: str = "ran out"
    became: str = "became"
    came: str = "came"
    joined: str = "joined or left"
    faded: str = "faded"
    passed: str = "passed"
    held: str = "no longer held"


PAST = Tense()
SOON = Tense("will have faded", "runs out", "will be", "comes", "joins or leaves", "fades", "pass", "will not hold")


def coming(evaluation: Evaluation, row: Row, causes: Sequence[Cause], rises: bool) -> str:
    """What will weigh most of what moves someone in that direction: `, when 3 events will be too old for …`."""
    return _tipped(evaluation, row, causes, rises, SOON)


def _tipped(evaluation: Evaluation, row: Row, causes: Sequence[Cause], rises: bool, tense: Tense = PAST) -> str:
    """What weighed most of what moved in that direction."""
    fitting = [cause for cause in causes if cause.points is None or (cause.points > 0) == rises]
    found = next(iter(fitting or causes), None)
    if found is None:
        return ""
    who = _who(evaluation, row, found.who)
    line = None if found.points is None else _line(evaluation, found.line)
    if line is None:
        return f", {_plainly(found, who, tense)}"
    return f", {_by_line(evaluation, row, found, *line, who, tense)}"


def _by_line(evaluation: Evaluation, row: Row, cause: Cause, score: Score, line: Line, who: str, tense: Tense) -> str:
    """What moved the points of a line; what an account loses is not lost by whoever's event it was."""
    name = words.quoted(line.label) if line.label else line.id if line.has_written_id else head_text(line)
    points, of = cause.points or 0.0, f" of {who}" if who and score.level == "lead" else ""
    if cause.kind == "decay":
        return f"when {name}{of} {tense.had_faded} by {words.gain(abs(points))[1:]}"
    given = _given(line)
    if cause.kind == "left" and given * points <= 0 and (given or points < 0):
        if _still_gives(evaluation, row, cause, score):
            return f"when {_events(cause)}{of} {tense.became} too old for {name} ({words.gain(points)})"
        return f"when {name}{of} {tense.ran_out} ({words.gain(points)})"
    if who and points > 0 and cause.kind != "left":
        return f"when {who} earned {words.gain(points)} for {name}"
    if points < 0 < given:
        return f"when {name}{of} {tense.held} ({words.gain(points)})"
    return f"with {words.gain(points)} for {name}{of}"


def _still_gives(evaluation: Evaluation, row: Row, cause: Cause, score: Score) -> bool:
    """Whether the line of a cause gives or takes points after it, for any of those whom it is about."""
    every = (row, *(evaluation.row("lead", id) for id in cause.who))
    of_level = (each for each in every if each is not None and each.level == score.level)
    return any(points_by_line(evaluation, score, each).get(cause.line or "") for each in of_level)


def _given(line: Line) -> float:
    """What a line gives or takes where it holds: if the other way round, it holds no longer. 0: either."""
    value = line.effect.value.value if isinstance(line.effect.value, Const) else None
    if not isinstance(value, float):
        return 0.0
    match line.effect:
        case Points():
            return value
        case Times():
            return value - 1.0
    return 0.0


def _plainly(cause: Cause, who: str, tense: Tense) -> str:
    """What changed about a condition that gives no points."""
    of = f" of {who}" if who else ""
    match cause.kind:
        case "came":
            return f"when {_events(cause)}{of} {tense.came} in"
        case "left":
            return f"when {_events(cause)}{of} {tense.became} too old for {cause.what}"
        case "turned":
            return f"when {cause.what}{of} {tense.came} to count otherwise"
        case "there":
            return f"when {who or cause.what} {tense.joined}"
        case "decay":
            return f"as {cause.what}{of} {tense.faded}"
        case "field":
            return f"by a change of {cause.what}{of}"
        case "others":
            return f"by what changed about others: {cause.what}{of}"
        case _:
            return f"by the days that {tense.passed}: {cause.what}{of}"


def _events(cause: Cause) -> str:
    """The events by their type; several may be of several types."""
    if cause.events > 1:
        return f"{cause.events} events"
    named = str(cause.type)
    article, is_said = "an" if named[:1].lower() in "aeiou" else "a", named.lower().endswith("event")
    return f"{article} {named}" if is_said else f"{article} {named} event"


def _who(evaluation: Evaluation, row: Row, ids: Sequence[str]) -> str:
    """The people; what is told of a lead's own is told without its name."""
    if row.level == "lead":
        ids = [id for id in ids if id != row.entity.id]
    if len(ids) > NAMED:
        return f"{len(ids)} people"
    return " and ".join(_person(evaluation, id) for id in ids)


def _person(evaluation: Evaluation, id: str) -> str:
    """Somebody by their role, where one is known: `its technical buyer bob`."""
    lead = evaluation.world.leads.get(id)
    roles = [evaluation.field(lead, name) for name in telling(evaluation)] if lead is not None else []
    role = next((role for role in roles if isinstance(role, str)), None)
    return id if role is None else f"its {role.replace('_', ' ')} {id}"


def _line(evaluation: Evaluation, id: str | None) -> tuple[Score, Line] | None:
    levels: tuple[Level, ...] = ("account", "lead")
    scores = (score for level in levels for score in evaluation.model.scores(level))
    every = ((score, line) for score in scores for line in lines(score.items))
    return next((found for found in every if found[1].id == id), None)
