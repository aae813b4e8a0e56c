"""Who asks about one lead or account: the data around it, and why it is what it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .compiled import Compiled
from .memory import anchored, remembers
from .room import roomy
from .rows import compares
from .surroundings import Surroundings, around

if TYPE_CHECKING:
    from ..grammar.nodes import Level
    from .data import Dataset
    from .everybody import Everybody
    from .explain import Explanation
    from .explain.build import Early
    from .model import Model
    from .records import Population


def surroundings(
    ruleset: Compiled,
    data: str,
    opened: Callable[[], Dataset],
    allowed: tuple[object, ...],
    now: int,
    later: Callable[[Callable[[], None]], object],
) -> Surroundings:
    """Data of which somebody asks about one id: where they were read before, without reading all of them again.

    `opened` reads them, and raises DataError by what is `allowed`; `now` is in nanoseconds since 1970. `later` is given
    what can be done once the answer is told.
    """
    if not Path(data).is_dir():
        return opened()
    from .data.sources import Sources
    from .nearby import Folder, Nearby
    from .unchanged import Files, Unchanged

    model = ruleset.model
    sources = ruleset.manifest.sources or Sources()
    files = Files(Path(data), sources)
    asked = (*allowed, ruleset.manifest.match_accounts is not None)
    folder = Folder(files, model.schema, model.timezone, asked)
    known = folder.checked()
    if known is not None:
        return Nearby(known, folder, opened, Unchanged(files, known.stamp, folder.asked, now))
    stamp = files.stamp()
    dataset = opened()
    if stamp is not None:
        dataset.unchanged = Unchanged(files, stamp, folder.asked, now)
    later(partial(folder.keep, dataset, stamp, now))
    return dataset


def explained(
    ruleset: Compiled,
    entity: str,
    data: Surroundings,
    as_of: int,
    *,
    level: Level | None = None,
    goal: str | None = None,
    ahead: bool = False,
    since: bool | None = None,
    first: Early | None = None,
    early: Early | None = None,
) -> Explanation:
    """Why one lead or account has its scores and its stage at an instant. See `Ruleset.explain`.

    `first` is told what is known before it is looked for since when it is so, `early` before it is looked for what
    would have to happen next.
    """
    from .explain import explain

    model = anchored(ruleset.model, data.oldest_event, as_of)

    def found(population: Population, others: Everybody | None) -> Explanation:
        days, planned = _how_far(model, population, since, others)
        return explain(
            model,
            population,
            as_of,
            entity,
            level,
            goal=goal,
            ahead=ahead,
            since=days,
            planned=planned,
            others=others,
            oldest=data.oldest_event(),
            first=first,
            early=early,
        )

    def work() -> Explanation:
        if compares(model):
            from .everybody import Everybody, are_few  # rules that compare with nobody need no planner
            from .plan.errors import PlanError

            if not are_few(data):
                others = Everybody(model, data, entity, level)
                with suppress(PlanError):
                    return found(others.beside, others)
        return found(around(data, model, entity), None)

    return roomy(work)


def _how_far(model: Model, population: Population, since: bool | None, others: Everybody | None) -> tuple[int, int]:
    """How many days may be gone through one by one to find out since when somebody is at a stage, and how many days
    back a plan may look then."""
    from .explain.arrival import affordable

    if since is False:
        return 0, 0
    if others is not None and others.deciding is None:  # each day needs everybody
        from .everybody import affordable as of_everybody

        return 0, sys.maxsize if since else of_everybody(others.data)
    deciding = model if others is None or others.deciding is None else others.deciding
    planned = not remembers(deciding) and not compares(deciding)
    return (sys.maxsize if since and not planned else affordable(population, planned)), sys.maxsize * planned
