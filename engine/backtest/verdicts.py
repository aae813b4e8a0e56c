"""What sales said of those who were handed over: acceptance by line, and who was rejected, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...grammar.late_methods import dataclass
from ..compiled import Compiled
from ..data import Dataset
from ..model import EventAggregate, Expr, Measure, Prop, Score
from ..runners.embedded import run
from ..schema import Kind
from ..sql.statements import text
from .areas import Estimate, area
from .condition import Condition
from .lines import LineFinding, line_findings
from .outcomes import Held, asking
from .question import NoSuch, Question
from .rates import rate
from .sample import Outcomes, Sample
from .scored import draw
from .slices import Rung, rungs

if TYPE_CHECKING:
    from ...grammar.nodes import Level

SHOWN = 50


@dataclass(frozen=True)
class Rejected:
    """One that sales rejected: its stage and score just before, and the reason that they gave."""

    id: str
    at: int
    stage: str | None
    points: float
    reason: str | None


@dataclass(frozen=True)
class Reason:
    """How often a reason was given, and how many of these were at the highest stages when they were rejected."""

    reason: str | None
    count: int


@dataclass(frozen=True)
class SalesVerdicts:
    """The verdicts of sales on those who were scored just before.

    `share` is how many were accepted; `lines` say of each line whether the accepted or the rejected have its points
    ("won" is accepted here); `rungs` the same of stages. `rejected` are the first of them, those with the most points.
    """

    accepted: int
    rejected_count: int
    share: Estimate
    area: Estimate | None
    lines: tuple[LineFinding, ...]
    rungs: tuple[Rung, ...]
    reasons: tuple[Reason, ...]
    rejected: tuple[Rejected, ...]


def sales_verdicts(
    ruleset: Compiled,
    dataset: Dataset,
    score: Score,
    found: tuple[Held, Held],
    reasons: Mapping[str, str | None],
    until: int,
    question: Question,
) -> SalesVerdicts:
    """Scores everybody before the first verdict. Raises CannotTest where nobody has one."""
    sample = draw(ruleset, dataset, score, Outcomes(*found, until), question)
    whole = area(sample.points, sample.won, sample.cluster)
    share = rate(sample.won, sample.cluster)
    assert share is not None
    rejected = _rejected(sample, reasons)
    counts: dict[str | None, int] = {}
    for item in rejected:
        counts[item.reason] = counts.get(item.reason, 0) + 1
    return SalesVerdicts(
        accepted=int(sample.won.sum()),
        rejected_count=len(rejected),
        share=share,
        area=whole.estimate if whole else None,
        lines=line_findings(sample, whole, {}),
        rungs=rungs(sample, ladder_of(ruleset, score.level)),
        reasons=tuple(Reason(*item) for item in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))),
        rejected=tuple(rejected[:SHOWN]),
    )


def ladder_of(ruleset: Compiled, level: Level) -> list[tuple[str, str | None]]:
    """The stages of a level with their labels, the lowest first."""
    ladder = ruleset.model.stages(level)
    return [(stage.name, stage.label) for stage in ladder.stages] if ladder else []


def _rejected(sample: Sample, reasons: Mapping[str, str | None]) -> list[Rejected]:
    places = [int(place) for place in np.flatnonzero(~sample.won)]
    found = [
        Rejected(
            sample.ids[place],
            int(sample.at[place]),
            sample.stages[place],
            float(sample.points[place]),
            reasons.get(sample.ids[place]),
        )
        for place in places
    ]
    return sorted(found, key=lambda item: (-item.points, item.id))


# --- the reason ---------------------------------------------------------------------


def check_reason(condition: Condition, prop: str) -> None:
    """Raises NoSuch where the events of a rejection have no such property."""
    if len(condition.events) != 1:
        raise NoSuch(f"`{condition.text}` does not name one kind of event", "a reason is a property of its events")
    if not _kinds(condition, prop):
        known = sorted({name for of in condition.read_types() for name in condition.model.schema.events.get(of, {})})
        raise NoSuch(
            f"the events of `{condition.text}` have no property `{prop}`",
            f"they have {', '.join(f'`{name}`' for name in known)}" if known else "declare it in `schema:`",
        )


def reasons_of(condition: Condition, prop: str, dataset: Dataset, as_of: int) -> dict[str, str | None]:
    """The value of a property of the first event that each rejection selects. See `check_reason`."""
    (selection,) = condition.events
    kinds = _kinds(condition, prop)
    value: Expr = EventAggregate("earliest", Prop(prop, kind=kinds[0]), selection, kind=kinds[0])
    model = asking(condition, Score(condition.level, condition.name, ()))
    asked = replace(model, order=(*model.order, Measure(condition.level, "reason?", value)))
    with run(asked, dataset, as_of, contributions=False) as made:
        query = made.entities(condition.level, ["id", "reason?"])
        rows = made.connection.execute(text(query)).fetchall()
    return {str(id_): None if value is None else str(value) for id_, value in rows}


def _kinds(condition: Condition, prop: str) -> list[Kind]:
    events = condition.model.schema.events
    found = (events[of][prop].kind for of in sorted(condition.read_types()) if prop in events.get(of, {}))
    return list(dict.fromkeys(found))
