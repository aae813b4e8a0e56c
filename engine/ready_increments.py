"""Plans over what has changed (see `plan/increments.py`), kept with their statements as those of whole runs are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .memory import remembers
from .model import Model
from .plan.increment import Increment, NotAdditive
from .planned import kept_or_made
from .ready import Ready, built, prepared, said_of
from .sql.prepared import Prepared, for_any_instant


@dataclass(frozen=True)
class ReadyIncrement:
    """What adds to a run before, its steps for any instant, and the plan of a whole run that can be added to; `again`
    are its steps that make events of what was carried and of what is new."""

    increment: Increment
    steps: tuple[Prepared, ...]
    whole: Ready
    again: tuple[Prepared, ...]


def ready_increment(model: Model, entries_of: Sequence[Level]) -> ReadyIncrement:
    """As it was made before if it was. Raises PlanError, and NotAdditive where new events cannot be added."""
    if remembers(model):
        raise NotAdditive("the rules remember the days before")  # said without planning them
    return kept_or_made(
        (model, "increment", tuple(entries_of)),
        lambda tree: _built(model, *tree),
        lambda: _made(model, entries_of),
        lambda made: (
            said_of(made.increment.plan),
            made.steps,
            said_of(made.whole.plan),
            made.whole.steps,
            made.again,
            made.increment.said,
        ),
    )


def _made(model: Model, entries_of: Sequence[Level]) -> ReadyIncrement:
    from .plan.increments import increment  # what was planned before needs no planner

    found = increment(model, entries_of)
    again = for_any_instant(replace(found.whole, steps=found.whole.again))
    return ReadyIncrement(found, for_any_instant(found.plan), prepared(found.whole), again)


def _built(
    model: Model,
    added: Mapping[str, Any],
    steps: tuple[Prepared, ...],
    whole: Mapping[str, Any],
    all_steps: tuple[Prepared, ...],
    again: tuple[Prepared, ...],
    said: Mapping[str, Any],
) -> ReadyIncrement:
    everybody = built(model, whole, all_steps)
    found = Increment(plan=built(model, added, steps).plan, whole=everybody.plan, **said)
    return ReadyIncrement(found, steps, everybody, again)
