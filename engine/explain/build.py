"""The explanation of one lead or account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...grammar.nodes import Level
from ..instants import local_time
from ..interpreter.course import Course
from ..interpreter.evaluation import Evaluation
from ..interpreter.people import Event
from ..interpreter.rows import Row, lead_row
from ..interpreter.steady import Steady
from ..model import Model
from ..model import lines as rule_lines
from ..records import Population
from ..rounding import from_units
from ..suggest import did_you_mean
from .arrival import Recollection, arrive
from .report import Arrival, Explanation, Ignored, LeadShown
from .scores import explain_score
from .standing import explain_disqualification, explain_grade, explain_ladder, explain_measure
from .summary import summarise

if TYPE_CHECKING:
    from ..everybody import Everybody

LEADS = 10
"""How many leads of an account are explained in full, those with the highest scores first."""


Early = Callable[[Explanation], None]
"""Told of an explanation that lacks its `leads`, what was `ignored`, what is `next`, and perhaps its `arrival`, before
these are looked for."""


class UnknownId(LookupError):
    """No lead or account has that id; `hint` says what may have been meant."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def explain(
    model: Model,
    population: Population,
    as_of: int,
    id: str,
    level: Level | None = None,
    leads: int = LEADS,
    goal: str | None = None,
    ahead: bool = False,
    since: int = 0,
    planned: int = 0,
    others: Everybody | None = None,
    oldest: int | None = None,
    first: Early | None = None,
    early: Early | None = None,
) -> Explanation:
    """Why a lead or an account has the results that it has at an instant.

    Without `level` an account of that id is meant, else a lead. Of an account's leads the first `leads` by their
    scores are explained in full. With a `goal`, a stage or the id of a line, it says what would have to happen so that
    it is reached; with `ahead` the same of the next stage. `since` is how many days may be gone through to find out
    since when it is at its stage, and why, before a plan does so for as many as are `planned` (see `arrive`); `first`
    is told what is known before. What would have to happen takes longest, and what leads have: `early` is told what is
    known before these. Where the population is a part of the data, `others` knows what is compared of all others, and
    `oldest` is when the oldest event of all happened. Raises UnknownId and UnknownGoal, and PlanError where no plan can
    do what is asked of `others`.
    """
    back = planned if others is not None and others.deciding is None else 0
    past = Recollection.of(Course(model, population), as_of, others, oldest, back)
    evaluation = past.at(as_of)
    row = find(evaluation, id, level)
    if goal is not None:
        _check_goal(model, row.level, goal)
    with past.following(evaluation, row, planned) as past:
        found = _alone(evaluation, row, goal)
        if first is not None and (since or planned):
            first(found)
        is_followed = past.followed is not None
        if is_followed:  # while it works out the days before
            found = _with_leads(evaluation, row, found, leads)
        if since or planned:
            found = _come(found, evaluation, row, _arrival(past, evaluation, row, since, planned), goal)
    if early is not None:
        early(found)
    if not is_followed:
        found = _with_leads(evaluation, row, found, leads)
    if goal is None and not ahead:
        return found
    from .ahead import look_ahead  # takes time to load: somebody may have the first words meanwhile

    return replace(found, next=look_ahead(evaluation, population, row, goal))


def _arrival(past: Recollection, evaluation: Steady, row: Row, since: int, planned: int) -> Arrival | None:
    """How it came to where it is: by the rules alone that decide that, where these compare with nobody."""
    deciding = None if past.others is None else past.others.deciding
    if deciding is None:
        return arrive(past, evaluation, row, since, planned)
    alone = Recollection(Course(deciding, past.course.population), past.left, oldest=past.oldest)
    now = alone.at(evaluation.as_of)
    return arrive(alone, now, find(now, row.entity.id, row.level), since, planned)


class UnknownGoal(LookupError):
    """There is no stage and no line of that name; `hint` says what may have been meant."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _check_goal(model: Model, level: Level, goal: str) -> None:
    """Raises UnknownGoal where a level has neither a stage nor a line of that name."""
    ladder = model.stages(level)
    stages = [stage.name for stage in ladder.stages] if ladder else []
    lines = [line.id for score in model.scores(level) for line in rule_lines(score.items)]
    if goal not in (*stages, *lines):
        known = f"known stages: {', '.join(stages)}" if stages else f"{level}s have no stages in this ruleset"
        raise UnknownGoal(
            f"there is no stage or line `{goal}` of {level}s", did_you_mean(goal, [*stages, *lines], known)
        )


def find(evaluation: Evaluation, id: str, level: Level | None = None) -> Row:
    """The row of an id; raises UnknownId."""
    levels: tuple[Level, ...] = ("account", "lead") if level is None else (level,)
    for each in levels:
        row = evaluation.row(each, id)
        if row is not None:
            return row
    what = "lead or account" if level is None else level
    line = next((line for lead, line in evaluation.left.contacts.items() if lead.id == id), None)
    if line is not None and "lead" in levels:
        raise UnknownId(f"`{id}` is left out by `ignore {line.text}`", "nothing of an ignored contact counts")
    if level is not None and evaluation.row("account" if level == "lead" else "lead", id) is not None:
        other = "an account" if level == "lead" else "a lead"
        raise UnknownId(f"`{id}` is {other}, where {level}s are asked for", f"name one of the {level}s")
    world = evaluation.world
    known = [each for one in levels for each in (world.accounts if one == "account" else world.leads)]
    cut = next((each for each in sorted(known) if id and each.startswith(id)), None)
    hint = f"did you mean `{cut}`?" if cut else did_you_mean(id, known, empty="the data have none at all")
    raise UnknownId(f"there is no {what} `{id}` at that instant", hint)


def explain_row(
    evaluation: Evaluation, row: Row, leads: int = LEADS, arrival: Arrival | None = None, goal: str | None = None
) -> Explanation:
    """The explanation of one row, with that of its leads; `arrival` is how it came to its stage, if known, `goal` the
    stage of which its summary says what is missing, if not the next one."""
    found = _alone(evaluation, row, goal)
    if arrival is not None:
        found = _come(found, evaluation, row, arrival, goal)
    return _with_leads(evaluation, row, found, leads)


def _come(
    found: Explanation, evaluation: Evaluation, row: Row, arrival: Arrival | None, goal: str | None
) -> Explanation:
    """An explanation with how it came to its stage."""
    said = summarise(evaluation, row, found.ladder, found.disqualified, found.scores, arrival, goal)
    return replace(found, summary=said, arrival=arrival)


def _alone(evaluation: Evaluation, row: Row, goal: str | None) -> Explanation:
    model = evaluation.model
    scores = tuple(explain_score(evaluation, score, row) for score in model.scores(row.level))
    ladder, disqualified = explain_ladder(evaluation, row), explain_disqualification(evaluation, row)
    return Explanation(
        summarise(evaluation, row, ladder, disqualified, scores, None, goal),
        row.level,
        row.entity.id,
        row.account.id if row.level == "lead" and row.account is not None else None,
        local_time(evaluation.as_of, evaluation.zone),
        evaluation.zone.name,
        len(evaluation.events_of(row.entity).events),
        ladder,
        disqualified,
        scores,
        tuple(explain_grade(evaluation, grade, row) for grade in model.grades(row.level)),
        tuple(explain_measure(evaluation, measure, row) for measure in model.measures(row.level)),
        (),
        (),
    )


def _with_leads(evaluation: Evaluation, row: Row, found: Explanation, leads: int) -> Explanation:
    return replace(found, leads=_leads(evaluation, row, leads), ignored=_ignored(evaluation, row))


# --- the leads of an account ----------------------------------------------------------------------------------------


def _leads(evaluation: Evaluation, row: Row, most: int) -> tuple[LeadShown, ...]:
    """All leads, those with the highest scores first and the disqualified last; the first of them in full."""
    if row.level != "account" or row.account is None:
        return ()
    shown = [_lead(evaluation, lead_row(lead)) for lead in row.account.leads]
    shown.sort(key=lambda lead: (lead.disqualified is not None, -sum(lead.scores.values()), lead.id))
    return tuple(_in_full(evaluation, lead) if place < most else lead for place, lead in enumerate(shown))


def _lead(evaluation: Evaluation, row: Row) -> LeadShown:
    model = evaluation.model
    return LeadShown(
        row.entity.id,
        {score.name: from_units(evaluation.score(score, row)) for score in model.scores("lead")},
        {grade.name: evaluation.grade(grade, row) for grade in model.grades("lead")},
        evaluation.stage(row),
        evaluation.disqualified(row.entity),
        len(evaluation.world.timeline(row.entity).events),
    )


def _in_full(evaluation: Evaluation, lead: LeadShown) -> LeadShown:
    row = evaluation.row("lead", lead.id)
    return lead if row is None else replace(lead, explanation=explain_row(evaluation, row))


# --- what was ignored -----------------------------------------------------------------------------------------------


def _ignored(evaluation: Evaluation, row: Row) -> tuple[Ignored, ...]:
    """What each `ignore` line left out of this lead or account, in the order of the rules."""
    left = evaluation.left
    events = Counter(line.text for event, line in left.events.items() if _belongs(event, row))
    contacts: dict[str, list[str]] = {}
    for lead, line in left.contacts.items():
        if row.level == "account" and lead.account is not None and lead.account.id == row.entity.id:
            contacts.setdefault(line.text, []).append(lead.id)
    texts = dict.fromkeys(line.text for line in evaluation.model.ignored)
    return tuple(
        Ignored(text, events[text], tuple(sorted(contacts.get(text, ()))))
        for text in texts
        if events[text] or text in contacts
    )


def _belongs(event: Event, row: Row) -> bool:
    entity = event.lead if row.level == "lead" else event.account
    return entity is not None and entity.id == row.entity.id
