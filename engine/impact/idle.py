"""Changes that changed nothing: for nobody in these data does it matter which of the two versions counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from ...grammar.late_methods import dataclass
from ..model import Block, lines
from .changes import Change
from .deciding import Decided
from .difference import Difference
from .effect import Idle
from .things import Item, Thing

_SCORES_MOVED = "SELECT DISTINCT level, score FROM scores WHERE old IS DISTINCT FROM new"
_RESULTS_MOVED = "SELECT DISTINCT level, name FROM columns_"
_REASONS = """
SELECT DISTINCT level, unnest([old_reason, new_reason]) FROM entities WHERE old_reason IS DISTINCT FROM new_reason
"""
_LINES = """
SELECT line, count(DISTINCT (l.level, l.id)), count(DISTINCT (l.level, l.id)) FILTER (s.old IS DISTINCT FROM s.new)
FROM lines AS l LEFT JOIN scores AS s ON s.level = l.level AND s.id = l.id AND s.score = l.score
GROUP BY line
"""


@dataclass(frozen=True)
class Moved:
    """What moved at all: results by level and name, reasons of disqualification, and lines.

    `lines` has for each line whose points differ how many entities they differ for, and for how many of these the score
    does, too.
    """

    results: frozenset[tuple[str, str]]
    reasons: frozenset[tuple[str, str]]
    lines: dict[str, tuple[int, int]]


def moved(connection: duckdb.DuckDBPyConnection) -> Moved:
    """Ask the tables of two runs."""
    results = [*connection.execute(_SCORES_MOVED).fetchall(), *connection.execute(_RESULTS_MOVED).fetchall()]
    reasons = connection.execute(_REASONS).fetchall()
    counted = {line: (count, felt) for line, count, felt in connection.execute(_LINES).fetchall()}
    return Moved(frozenset(results), frozenset(reasons), counted)


def idle(found: Difference, seen: Moved, ladders: Decided) -> Iterator[Idle]:
    """The changes that changed nothing, in written order."""
    for change in found.changes:
        is_seen = _shows(change, seen) and not _moves_nobody(change.thing, ladders)
        if change.touched and not _is_new(change) and not is_seen:
            thing = change.thing
            yield Idle(thing.what, thing.name, thing.where, _swallowed(change, seen))


def _moves_nobody(thing: Thing, ladders: Decided) -> bool:
    """Whether a stage is another, and everybody is where the old ladder would have them, too."""
    is_rung = thing.what in ("stage", "ladder") and thing.node is not None and thing.node.kind == "stage"
    return is_rung and thing.node is not None and ladders.moves_nobody(thing.node.level or "lead")


def _is_new(change: Change) -> bool:
    """Results of its own that there were not, or are no longer: what they change can be seen anyway."""
    return change.kind != "changed" and change.thing.what in ("measure", "grade", "score", "ladder", "derived field")


def _shows(change: Change, seen: Moved) -> bool:
    if change.users and change.thing.is_vocabulary:
        return any(_moves(user, seen) for user in change.users)
    versions = [thing for thing in (change.was, change.now) if thing is not None]
    if change.thing.what in ("line", "group", "block", "score", "measure", "grade", "stage", "ladder"):
        return any(_moves(thing, seen) for thing in versions)
    levels = ((key.level or "", "stage" if key.kind == "stage" else key.name) for key in change.reaches)
    disqualifies = any(key.kind == "disqualify" for key in change.reaches) and bool(seen.reasons)
    return disqualifies or any(result in seen.results for result in levels)


def _moves(thing: Thing, seen: Moved) -> bool:
    """Whether anything that a rule gives differs for anybody."""
    node = thing.node
    if node is None:
        return False
    if node.kind == "disqualify":
        reason = getattr(thing.part, "reason", None)
        return (node.level, reason) in seen.reasons
    if isinstance(thing, Item):
        return any(seen.lines.get(line, (0, 0))[1] for line in _ids(thing))
    if node.kind == "derived":
        return True  # what a field was derived to is in no result: its readers show it
    return (node.level, "stage" if node.kind == "stage" else node.name) in seen.results


def _ids(item: Item) -> Iterable[str]:
    """The ids under which contributions speak of a line, or of a block and what is in it."""
    own = (item.id,) if item.id else ()
    return (*own, *(line.id for line in lines((item.model,)))) if isinstance(item.model, Block) else own


def _swallowed(change: Change, seen: Moved) -> int:
    """For how many the points of a line differ although no score of theirs does."""
    thing = change.thing
    if not isinstance(thing, Item):
        return 0
    return max((seen.lines.get(line, (0, 0))[0] for line in _ids(thing)), default=0)
