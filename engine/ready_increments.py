"""Plans over what has changed (see `plan/increments.py`), kept with their statements as those of whole runs are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .freezing import FAILURES as NOT_FROZEN
from .freezing import freeze, thaw
from .memory import remembers
from .model import Model
from .plan.increments import Increment, NotAdditive, increment
from .plan.steps import Plan
from .ready import PLANS, Ready, key_of, said_of
from .recall import is_switched_off
from .sql.prepared import Prepared, for_any_instant


@dataclass(frozen=True)
class ReadyIncrement:
    """What adds to a run before, its steps for any instant, and the plan of a whole run that can be added to."""

    increment: Increment
    steps: tuple[Prepared, ...]
    whole: Ready


def ready_increment(model: Model, entries_of: Sequence[Level]) -> ReadyIncrement:
    """As it was made before if it was. Raises PlanError, and NotAdditive where new events cannot be added."""
    if remembers(model):
        raise NotAdditive("the rules remember the days before")  # said without planning them
    key = None if is_switched_off() else key_of(model, "increment", tuple(entries_of))
    known = None if key is None else _recalled(key, model)
    if known is not None:
        return known
    made = increment(model, entries_of)
    ready = ReadyIncrement(made, for_any_instant(made.plan), Ready(made.whole, for_any_instant(made.whole)))
    if key is not None:
        _keep(key, ready)
    return ready


def _keep(key: str, made: ReadyIncrement) -> None:
    plans = (said_of(made.increment.plan), made.steps, said_of(made.whole.plan), made.whole.steps)
    try:
        PLANS.put(key, freeze((*plans, made.increment.said)))
    except NOT_FROZEN:
        return  # too deep to be kept


def _recalled(key: str, model: Model) -> ReadyIncrement | None:
    kept = PLANS.get(key)
    if kept is None:
        return None
    try:
        added, steps, whole, all_steps, said = cast("tuple[Any, ...]", thaw(kept))
        found = Increment(plan=Plan(model=model, steps=(), **added), **said)
        return ReadyIncrement(found, steps, Ready(Plan(model=model, steps=(), **whole), all_steps))
    except NOT_FROZEN:
        return None
