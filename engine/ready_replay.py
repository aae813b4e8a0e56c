"""Plans over many instants (see `plan/across.py`), kept with their statements as those of single runs are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .memory import remembers
from .model import Model
from .plan.pace import Pace
from .plan.steps import LEVELS, Plan
from .planned import kept_or_made
from .ready import built, said_of
from .runners.across import Part, Statements, statements

if TYPE_CHECKING:
    from .plan.compile import Physical, Titles


@dataclass(frozen=True)
class ReadyReplay:
    """A plan and its statements over any instants; the steps of the plan itself may be gone."""

    plan: Plan
    steps: Statements


def ready_replay(
    model: Model,
    versioned: bool,
    many: Pace,
    contributions: bool = False,
    physical: Physical = "auto",
    only: Titles | None = None,
    entries_of: Collection[Level] = LEVELS,
) -> ReadyReplay:
    """The plan as it was made before if it was. Raises PlanError."""

    def made() -> ReadyReplay:
        from .plan import plan as make_plan  # a replay that was planned before needs no planner

        found = make_plan(
            model, contributions, physical, versioned=versioned, many=many, only=only, entries_of=entries_of
        )
        return ReadyReplay(found, statements(found, contributions))

    if remembers(model):
        return made()
    titles = None if only is None else [sorted(only[level]) for level in LEVELS]
    return kept_or_made(
        (model, "replay", versioned, many, contributions, physical, titles, sorted(entries_of)),
        lambda tree: _built(model, *tree),
        made,
        lambda found: (said_of(found.plan), *found.steps.parts),
    )


def _built(model: Model, said: Mapping[str, Any], *parts: Part) -> ReadyReplay:
    return ReadyReplay(built(model, said, ()).plan, Statements(*parts))
