"""Whether a changed ladder decides anything: what it changed, and what scores did that both versions ask, is told apart
by scoring the new rules once more, with the old ladder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..links import key_of, linked
from ..memory import remembers
from ..model import Definition, Model, Stages
from ..order import ordered
from ..reads import Key
from ..scoring import score
from .difference import Difference
from .tables import LEVELS, store

_DECIDED = {
    "lead": """
        SELECT e.old_stage, e.new_stage FROM entities AS e JOIN lead_between_leads AS b USING (id)
        WHERE e.level = 'lead' AND e.in_new AND b.stage IS DISTINCT FROM e.new_stage GROUP BY ALL
    """,
    "account": """
        SELECT e.old_stage, e.new_stage FROM entities AS e JOIN account_between_accounts AS b USING (id)
        WHERE e.level = 'account' AND e.in_new AND b.stage IS DISTINCT FROM e.new_stage GROUP BY ALL
    """,
}
Way = tuple[str | None, str | None]


@dataclass(frozen=True)
class Decided:
    """Between which stages (before and now) a changed ladder has moved anybody, by level: for them the old ladder gives
    another stage under rules that are otherwise new. Of levels that are missing nothing is known."""

    ways: dict[Level, frozenset[Way]]

    def can_have(self, level: Level, was: str | None, now: str | None) -> bool:
        """Whether the ladder can have led from one stage to another."""
        return level not in self.ways or (was, now) in self.ways[level]

    def moves_nobody(self, level: Level) -> bool:
        """Whether it is known that nobody is at another stage by the ladder."""
        return level in self.ways and not self.ways[level]


def decided(connection: duckdb.DuckDBPyConnection, found: Difference, dataset: Dataset, as_of: int) -> Decided:
    """Ask the tables of two runs, and a run between them for each ladder of several changes.

    The dataset has all that both rulesets read.
    """
    ways: dict[Level, frozenset[Way]] = {}
    for level in LEVELS:
        between = _with_old_ladder(found, level) if _is_one_of_several(found, level) else None
        if between is not None:
            results = score(replace(found.new, model=between), dataset, as_of=as_of, contributions=False)
            store(connection, f"{level}_between", results)
            rows = connection.execute(_DECIDED[level]).fetchall()
            ways[level] = frozenset((was, now) for was, now in rows)
    return Decided(ways)


def _is_one_of_several(found: Difference, level: Level) -> bool:
    """Whether the ladder of a level is another, and so is something else."""
    sides = [side.model.stages(level) for side in (found.old, found.new)]
    touched = [change.thing for change in found.changes if change.touched]
    others = [thing for thing in touched if thing.node != Key("stage", level, "stage")]
    return None not in sides and sides[0] != sides[1] and bool(others)


def _with_old_ladder(found: Difference, level: Level) -> Model | None:
    """The new rules with the old ladder of a level; None where they lack what it reads, or stages are remembered."""
    old, new = found.old.model, found.new.model
    ladder = old.stages(level)
    if ladder is None or old.schema != new.schema or remembers(old) or remembers(new):
        return None
    definitions = list(_replaced(new, ladder))
    links = linked(definitions)
    known = {key_of(each) for each in definitions}
    asked = {key for key in links.sources[key_of(ladder)] if key.kind in ("derived", "measure", "score", "grade")}
    if not asked <= known:
        return None
    in_order, cycles = ordered(definitions, links)
    return None if cycles else replace(new, order=in_order)


def _replaced(model: Model, ladder: Stages) -> Iterator[Definition]:
    for each in model.order:
        yield ladder if isinstance(each, Stages) and each.level == ladder.level else each
