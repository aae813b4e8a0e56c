"""What would have to happen next, in words and numbers: the steps that were found, and what they would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...grammar.nodes import Level
from ..interpreter.evaluation import Evaluation
from ..interpreter.lines import LineWork
from ..interpreter.rows import Row
from ..interpreter.scores import ItemWork
from ..memory import remembers
from ..model import And, Block, Compare, Expr, Happened, LeadAggregate, LeadSet, Model, Or, SomeOf
from ..model import Line as Rule
from ..records import Population
from ..rounding import from_units
from ..rows import compares, walk
from ..steps import Outlook, Step, Steps, goals_of, outlook
from ..steps.obstacles import Reason
from ..steps.reaching import LARGEST
from . import words
from .asked import asked, lacking
from .conditions import explain_condition, limit_text
from .describe import head_text, text_of
from .report import Doing, Gain, Moved, Next, Obstacle, StepSet
from .telling import telling

GAINS = 4
"""How many lines of a set are named."""
WORK = 100_000
"""How many events are gone through, in all trials together, where nobody asked what is next."""
ASKED = 600_000
"""The same where somebody did."""
FEWEST, TRIALS = 150, 600
"""With fewer trials hardly anything is found, and more are hardly ever needed."""
FEW = 40
"""So many may do where each takes long."""


def look_ahead(evaluation: Evaluation, population: Population, row: Row, goal: str | None = None) -> Next | None:
    """What would have to happen so that a stage is reached or a line fires; without a goal: the next stage.

    Where only a fact stands between someone and the next stage, the one after it is looked at, too.
    """
    if goal is not None:
        return _explain_next(
            evaluation, population, row, goal, max(FEWEST, trials(evaluation.model, population, ASKED))
        )
    found = None
    for name in _above(evaluation, row):
        found = _explain_next(evaluation, population, row, name, trials(evaluation.model, population, WORK))
        if not found.complete or found.sets or found.helps or any(each.why != "fact" for each in found.obstacles):
            break
    return found


def _above(evaluation: Evaluation, row: Row) -> list[str]:
    """The stages above the present one, the nearest first; none for those who are disqualified."""
    ladder, current = evaluation.model.stages(row.level), evaluation.stage(row)
    names = [stage.name for stage in ladder.stages] if ladder is not None else []
    if current is None:
        return names
    return names[names.index(current) + 1 :] if current in names else []


def trials(model: Model, population: Population, work: int) -> int:
    """How many trials of a population may be made for so much work.

    A trial takes over what it cannot change, so that the fewest may always be made; but where each works out everybody,
    or each day, anew, there are none if they would be too few.
    """
    found = min(TRIALS, work // max(1, len(population.events)))
    if found < FEWEST and (compares(model) or remembers(model)):
        return found if found >= FEW else 0
    return max(FEWEST, found)


def _explain_next(evaluation: Evaluation, population: Population, row: Row, goal: str, most: int) -> Next:
    if not most:
        return Next(goal, False, (), (), (), LARGEST, 0, False)
    goals = stage_goals(evaluation, row, goal)
    if goals is None:
        goals = line_goals(evaluation.model, row.level, goal)
    found = outlook(evaluation, population, row, goals, most)
    return Next(
        goal,
        not found.goals,
        tuple(_set(evaluation, found, row, steps) for steps in found.sets),
        tuple(_set(evaluation, found, row, steps) for steps in found.helps),
        tuple(_obstacle(evaluation, expr, row, why) for expr, why in found.obstacles),
        LARGEST,
        found.trials,
        found.complete,
    )


# --- goals ------------------------------------------------------------------------------------------------------------


def stage_goals(evaluation: Evaluation, row: Row, name: str) -> list[Expr] | None:
    """What must hold for a stage; None where there is no such stage."""
    ladder = evaluation.model.stages(row.level)
    if ladder is None or all(stage.name != name for stage in ladder.stages):
        return None
    return goals_of(evaluation, row, name)


def line_goals(model: Model, level: Level, id: str) -> list[Expr]:
    """What must hold so that a line fires."""
    for score in model.scores(level):
        for line, under in _lines(score.items):
            if line.id == id:
                return [*under, _fires(line)]
    raise KeyError(id)


def _lines(items: Sequence[Rule | Block], under: tuple[Expr, ...] = ()) -> Iterator[tuple[Rule, tuple[Expr, ...]]]:
    for item in items:
        if isinstance(item, Rule):
            yield item, under
        else:
            yield from _lines(item.items, under if item.condition is None else (*under, item.condition))


def _fires(line: Rule) -> Expr:
    """The condition of a line; of one that pays for each of something that there is one."""
    if line.condition is not None:
        return line.condition
    assert line.each is not None
    if line.each.selection is not None:
        return Happened(line.each.selection, line.each.often)
    leads = line.each.leads or LeadSet()
    return LeadAggregate("any", leads.where or And(()), LeadSet())


# --- a set of steps ---------------------------------------------------------------------------------------------------


def _set(before: Evaluation, found: Outlook, row: Row, steps: Steps) -> StepSet:
    after = found.after(steps)
    there = after.row(row.level, row.entity.id)
    assert there is not None
    gains = sorted(
        _gains(before, after, steps, row), key=lambda gain: (-abs(gain.points), gain.level, gain.id, gain.line)
    )
    return StepSet(
        tuple(_doing(after, step) for step in steps),
        tuple(_moved(before, row, after, there, goal) for goal in found.goals),
        tuple(gains[:GAINS]),
        after.stage(there),
    )


def _doing(after: Evaluation, step: Step) -> Doing:
    lead = None if step.contact_id is None else after.world.leads.get(step.contact_id)
    names = telling(after) if step.newcomer is None else tuple(name for name, _ in step.newcomer.fields)
    values = {name: words.plain(after.field(lead, name)) for name in names} if lead is not None else {}
    known = {name: value for name, value in values.items() if value is not None}
    properties = {name: words.plain(value) for name, value in step.properties}
    return Doing(step.contact_id, step.newcomer is not None, known, step.type, properties)


def _moved(before: Evaluation, row: Row, after: Evaluation, there: Row, goal: Expr) -> Moved:
    if isinstance(goal, Or | SomeOf):
        goal = next(_telling_parts(before, row, after, there, goal), goal)
    now, then = explain_condition(before, goal, row), explain_condition(after, goal, there)
    if isinstance(goal, Compare) and goal.left.kind == "number":
        values = before.number(goal.left, row), after.number(goal.left, there)
        limit = after.number(goal.right, there)
        needs = None if limit is None else limit_text(goal.op, limit)
        name = text_of(goal.left)
        return Moved(name, name, *values, needs, then.holds)
    return Moved(
        now.text,
        asked(before, goal, row),
        now.has,
        then.has or ("holds" if then.holds else "does not hold"),
        now.needs,
        then.holds,
    )


def _telling_parts(before: Evaluation, row: Row, after: Evaluation, there: Row, goal: Or | SomeOf) -> Iterator[Expr]:
    """Those that say more than the whole: what holds now and did not, then a number that has changed."""
    yield from (part for part in goal.items if after.holds(part, there) and not before.holds(part, row))
    numbers = (part for part in goal.items if isinstance(part, Compare) and part.left.kind == "number")
    yield from (part for part in numbers if before.number(part.left, row) != after.number(part.left, there))


def _gains(before: Evaluation, after: Evaluation, steps: Steps, row: Row) -> Iterator[Gain]:
    """What lines give more or less: of the one who is explained, and of those who do something."""
    spots: list[tuple[Level, str]] = [(row.level, row.entity.id)]
    spots += [("lead", step.contact_id) for step in steps if step.contact_id is not None]
    for level, id in dict.fromkeys(spots):
        old, new = before.row(level, id), after.row(level, id)
        for score in after.model.scores(level) if new is not None else ():
            assert new is not None
            was = {} if old is None else {work.line.id: work.total for work in _worked(before.work(score, old).items)}
            for work in _worked(after.work(score, new).items):
                points = work.total - was.get(work.line.id, 0)
                if points and (old is not None or _moves(work)):
                    line = work.line
                    yield Gain(level, id, score.name, line.id, line.label, head_text(line), from_units(points))


def _moves(work: LineWork) -> bool:
    """Whether a line gives something because of events: of someone new, what they are is no gain."""
    parts = [step.item for step in walk(work.line, "lead")]
    return any(isinstance(part, Happened) or (isinstance(part, Rule) and part.each is not None) for part in parts)


def _worked(items: Sequence[ItemWork]) -> Iterator[LineWork]:
    for item in items:
        if isinstance(item, LineWork):
            yield item
        else:
            yield from _worked(item.items)


def _obstacle(evaluation: Evaluation, expr: Expr, row: Row, why: Reason) -> Obstacle:
    condition = explain_condition(evaluation, expr, row)
    return Obstacle(condition.text, lacking(evaluation, expr, condition, row), condition.has, condition.needs, why)
