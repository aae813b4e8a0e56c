"""From stage to stage: how many came to each, how many of them went on, and how long that took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..data import Dataset
from ..data.sql import column, rows, table
from ..history import days, replay
from ..instants import ONE_DAY, Zone, local_date
from ..model import Model
from .areas import Estimate
from .outcomes import Since
from .question import DAY
from .rates import wilson

if TYPE_CHECKING:
    from ...grammar.nodes import Level

MOST_INSTANTS = 40
"""How many instants the stages are looked at; more would take longer and say little more."""


@dataclass(frozen=True)
class Flow:
    """One step: those who came to a stage (or beyond), and how many of them went on to the next, or were won.

    `in_time` is the share that went on within the horizon, of the `observed` whose horizon was over when the data end.
    `days` is the median of those who went on; steps are seen to `resolution` days.
    """

    stage: str
    label: str | None
    to: str
    came: int
    went_on: int
    observed: int
    in_time: Estimate | None
    days: float | None


@dataclass(frozen=True)
class Waterfall:
    """All steps of a ladder, the lowest first. Who was there already at the first look is in no count of days."""

    first: int
    last: int
    resolution: int
    horizon: int
    flows: tuple[Flow, ...]


def waterfall(
    model: Model, dataset: Dataset, level: Level, first: int, last: int, horizon: int, won: Since
) -> Waterfall | None:
    """How the stages were passed between two instants; None without a ladder."""
    ladder = model.stages(level)
    if ladder is None or last <= first:
        return None
    zone = Zone.named(model.timezone)
    begin, end = local_date(first, zone), local_date(last, zone) - ONE_DAY
    step = max(1, -(-((end - begin).days + 1) // MOST_INSTANTS))
    instants = [at for at in days(zone, begin, end, step) if at <= last]
    if len(instants) < 2:
        return None
    names = [stage.name for stage in ladder.stages]
    reached = _reached(model, dataset, level, instants, names)
    ends = [*reached, {id_: at for id_, at in won.items() if at is not None and at <= last}]
    labels = [stage.label for stage in ladder.stages]
    flows = [
        _flow(names[place], labels[place], [*names, "won"][place + 1], ends[place], ends[place + 1], instants, horizon)
        for place in range(len(names))
    ]
    return Waterfall(instants[0], instants[-1], step, horizon, tuple(flows))


def _reached(
    model: Model, dataset: Dataset, level: Level, instants: Sequence[int], names: Sequence[str]
) -> list[dict[str, int]]:
    """For each stage: when everybody was first seen at it or beyond."""
    found: list[dict[str, int]] = [{} for _ in names]
    with replay(model, dataset, instants) as replayed:
        history = table(f"{level}_history")
        query = exp.select(column("id"), column("stage"), exp.Min(this=column("at"))).from_(history)
        query = query.group_by(column("id"), column("stage"))
        for id_, stage, at in rows(replayed.connection, query):
            if stage in names:
                for place in range(names.index(str(stage)) + 1):
                    before = found[place].get(str(id_))
                    found[place][str(id_)] = int(str(at)) if before is None else min(before, int(str(at)))
    return found


def _flow(
    stage: str,
    label: str | None,
    to: str,
    came: Mapping[str, int],
    ends: Mapping[str, int],
    instants: Sequence[int],
    horizon: int,
) -> Flow:
    """One step. Who is at the next stage when first seen at this one went on at once."""
    went = {id_: ends[id_] - at for id_, at in came.items() if id_ in ends and ends[id_] >= at}
    observed = [id_ for id_, at in came.items() if at + horizon <= instants[-1]]
    quick = sum(1 for id_ in observed if id_ in went and went[id_] <= horizon)
    seen = sorted(gone / DAY for id_, gone in went.items() if came[id_] > instants[0])
    middle = (seen[(len(seen) - 1) // 2] + seen[len(seen) // 2]) / 2 if seen else None
    share = wilson(quick / len(observed), len(observed)) if observed else None
    return Flow(stage, label, to, len(came), len(went), len(observed), share, middle)
