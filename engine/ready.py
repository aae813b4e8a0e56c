"""What was planned before is not planned again: plans with their statements are kept in the user's cache folder.

An entry belongs to what the rules mean, to what a plan says in their words, and to this very code; data and instants do
not matter. Plans of rules that remember the days before have others inside, and are made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from ..grammar.late_methods import dataclass
from .memory import remembers
from .model import Model
from .plan.steps import Plan
from .recall import is_switched_off, this_code
from .runners.embedded import plan_for
from .shelf import Shelf
from .sql.prepared import Prepared, for_any_instant

if TYPE_CHECKING:
    import duckdb

PLANS = Shelf("plans")
T = TypeVar("T")


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


def kept_or_made(
    asked: tuple[Model, *tuple[object, ...]],
    build: Callable[[Any], T],
    make: Callable[[], T],
    tell: Callable[[T], object],
) -> T:
    """What was made before of a model and what else is asked, which `build` makes of the tree that `tell` told of it;
    or what is made now, and kept."""
    if is_switched_off():
        return make()
    key = _key(*asked)
    known = PLANS.recall(key, build)
    if known is None:
        known = make()
        PLANS.keep(key, tell(known))
    return known


def _key(model: Model, *of_plan: object) -> str:
    """The fingerprint does not tell what plans say in words, nor in which order results stand."""
    order = [(type(item).__name__, getattr(item, "level", ""), getattr(item, "name", "")) for item in model.order]
    words = [line.text for line in model.ignored]
    asked = (this_code(), version("sqlglot"), model.fingerprint, order, words, *of_plan)
    return hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()


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
