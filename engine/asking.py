"""Who asks about one lead or account: the data around it, and why it is what it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .compiled import Compiled
from .memory import anchored, remembers
from .room import roomy
from .rows import compares_all
from .surroundings import Surroundings, around

if TYPE_CHECKING:
    from ..grammar.nodes import Level
    from .data import Dataset
    from .explain import Explanation
    from .explain.build import Early


def surroundings(
    ruleset: Compiled, data: str, opened: Callable[[], Dataset], allowed: tuple[object, ...], now: int
) -> Surroundings:
    """Data of which somebody asks about one id: where they were read before, without reading all of them again.

    `opened` reads them, and raises DataError by what is `allowed`; `now` is in nanoseconds since 1970.
    """
    if not Path(data).is_dir() or compares_all(*ruleset.model.order):
        return opened()
    from .data.sources import Sources
    from .nearby import Folder, Nearby
    from .unchanged import Files

    model = ruleset.model
    sources = ruleset.manifest.sources or Sources()
    files = Files(Path(data), sources)
    folder = Folder(files, model.schema, model.timezone, allowed)
    known = folder.checked()
    if known is not None:
        return Nearby(known, model.schema, opened)
    stamp = files.stamp()
    dataset = opened()
    folder.keep(dataset, stamp, now)
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
    early: Early | None = None,
) -> Explanation:
    """Why one lead or account has its scores and its stage at an instant. See `Ruleset.explain`.

    `early` is told what is known before it is looked for what would have to happen next.
    """
    from .explain import explain
    from .explain.arrival import affordable

    model = ruleset.model
    keeps_days, compares, others = remembers(model), compares_all(*model.order), None
    if keeps_days:
        model = anchored(model, data.oldest_event(), as_of)
    if compares and not since:
        from .everybody import of_all_others  # rules that compare with nobody need no planner

        others = of_all_others(data.whole(), model, entity, as_of)
    population = around(data, model, entity) if others is None else others.beside
    planned = since is not False and not keeps_days and not compares
    if since is False or others is not None:
        days = 0
    elif since and not planned:
        days = sys.maxsize
    else:
        days = affordable(population, planned)

    def work() -> Explanation:
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
            others=others.compared if others is not None else (),
            early=early,
        )

    return roomy(work)
