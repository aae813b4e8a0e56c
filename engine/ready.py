"""Plans of single runs with their statements, as they were made before if they were (see `planned.py`).

Plans of rules that remember the days before have others inside, and are made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..grammar.late_methods import dataclass
from .memory import remembers
from .model import Model
from .plan.steps import Plan
from .planned import kept_or_made
from .runners.embedded import plan_for
from .sql.prepared import Prepared, for_any_instant

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Ready:
    """A plan that can run; where it has `steps` they hold for any instant, and those of the plan itself may be gone."""

    plan: Plan
    steps: tuple[Prepared, ...] | None = None

    @cached_property
    def purposes(self) -> tuple[str, ...]:
        """What each step is for."""
        return tuple(step.purpose for step in (self.plan.steps if self.steps is None else self.steps))


def ready(
    model: Model,
    connection: duckdb.DuckDBPyConnection,
    contributions: bool,
    history: bool = False,
    screened: bool = False,
    recorded: bool = False,
) -> Ready:
    """The plan of a run over data, as it was made before if it was. Raises PlanError.

    `recorded`: everyone whom the data name has a record, and none of these is a version.
    """
    if history or remembers(model):
        return Ready(plan_for(model, connection, contributions, history=history, screened=screened))
    return kept_or_made(
        (model, contributions, screened, recorded),
        lambda tree: built(model, *tree),
        lambda: prepared(plan_for(model, connection, contributions, screened=screened, recorded=recorded)),
        lambda made: (said_of(made.plan), made.steps),
    )


def said_of(plan: Plan) -> dict[str, Any]:
    """What a plan says, but for its model and its steps."""
    said = {spec.name: getattr(plan, spec.name) for spec in fields(plan) if spec.name not in _NOT_SAID}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in said.items()}


_NOT_SAID = ("model", "steps", "again")


def prepared(plan: Plan) -> Ready:
    """A plan that was just made."""
    return Ready(plan, for_any_instant(plan))


def built(model: Model, said: Mapping[str, Any], steps: tuple[Prepared, ...]) -> Ready:
    """A plan of which this was told."""
    return Ready(Plan(model=model, steps=(), **said), steps)
