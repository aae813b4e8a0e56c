"""The effect of a difference on data: two runs, their tables side by side, and the answers to all questions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import duckdb

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..compiling import Compiled
from ..data import Dataset
from ..frames import Results
from ..reads import Key
from ..scoring import score
from . import asking
from .deciding import Decided, decided
from .difference import Difference
from .effect import Blame, Effect
from .idle import idle, moved
from .qualified import Target, qualified, target
from .reach import Reach
from .segments import check, segmented
from .tables import LEVELS, compare, store
from .things import Item, Thing

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Question:
    """What is asked of the data beside what is always answered.

    `stage` is the one whose gains and losses are counted, `by` what they are told apart by, and `most` how many of the
    largest movers of a level are named (None: all).
    """

    stage: str | None = None
    by: str | None = None
    most: int | None = 10


def aim(found: Difference, asked: Question) -> Target | None:
    """Whose gains and losses are asked for; needs no data. Raises NoSuch for a stage or a field that is not there."""
    wanted = target(found.old, found.new, asked.stage)
    if wanted is not None and asked.by is not None:
        check(found.new, wanted, asked.by)
    return wanted


def effect(
    found: Difference,
    old_data: Dataset,
    new_data: Dataset,
    as_of: int,
    question: Question | None = None,
    progress: Progress = lambda _said: None,
) -> Effect:
    """Score the data with both rulesets, and say what is different.

    The two datasets may be one. Raises PlanError for rules that no engine computes, and NoSuch (a ValueError) for a
    stage or a field that is not there.
    """
    asked = question or Question()
    wanted = aim(found, asked)
    with duckdb.connect() as connection:
        sides = (("old", found.old, old_data), ("new", found.new, new_data))
        before, after = (_scored(*side, as_of, connection, progress) for side in sides)
        progress("comparing …")
        compare(connection, before, after, found.renamed)
        ladders = decided(connection, found, new_data, as_of) if old_data is new_data else Decided({})
        answer = _answers(connection, found, asked, as_of, old_data is new_data, ladders)
        if wanted is None:
            return answer
        if asked.by is not None:
            segmented(connection, new_data, wanted, asked.by, as_of)
        return replace(answer, qualified=qualified(connection, wanted, asked.by))


def _scored(
    side: str, ruleset: Compiled, data: Dataset, as_of: int, connection: duckdb.DuckDBPyConnection, progress: Progress
) -> Results:
    """Run one ruleset and store its tables; the columns are what is asked of the results later."""
    progress(f"scoring with the {side} rules …")
    results = score(ruleset, data, as_of=as_of)
    store(connection, side, results)
    return results


def _answers(
    connection: duckdb.DuckDBPyConnection,
    found: Difference,
    asked: Question,
    as_of: int,
    one_reading: bool,
    ladders: Decided,
) -> Effect:
    changed = changed_lines(found)
    reasons = _Reasons(found, ladders)
    leads = _leading(found)
    ways = asking.transitions(connection, changed, leads)
    return Effect(
        as_of=as_of,
        one_reading=one_reading,
        present=asking.counts(connection, "present"),
        moved=asking.counts(connection, "moved"),
        stage_changes=asking.counts(connection, "stage_changes"),
        transitions=tuple(replace(item, because=tuple(reasons.of(item.level, item.was, item.now))) for item in ways),
        shifts=asking.shifts(connection),
        movers=tuple(
            replace(item, because=tuple(reasons.of(item.level, *item.stage))) if item.stage else item
            for item in asking.movers(connection, changed, leads, asked.most)
        ),
        qualified=None,
        idle=tuple(idle(found, moved(connection), ladders)),
        largest_move=asking.largest_move(connection),
        lines=asking.lines(connection, changed),
    )


def changed_lines(found: Difference) -> frozenset[str]:
    """The ids of lines and groups that are others now, were taken out, or mean something else by what they use."""
    things = [change.thing for change in found.changes if change.touched]
    things += [item.now for item in found.affected]
    return frozenset(thing.id for thing in things if isinstance(thing, Item) and thing.id)


def _leading(found: Difference) -> asking.Leads:
    """Whether what a line gives can reach some results of a level, by the graphs of both rulesets."""
    reach = Reach(found.old.model, found.new.model)

    @functools.cache
    def results(level: Level, score: str) -> frozenset[tuple[Level | None, str]]:
        return frozenset((key.level, key.name) for key in reach.of({Key("score", level, score)}))

    def leads(blame: Blame, level: Level, names: Collection[str]) -> bool:
        reached = results(blame.level, blame.score)
        return any((level, name) in reached for name in names)

    return leads


class _Reasons:
    """The changes of stages and disqualifications, which no line of a score shows."""

    def __init__(self, found: Difference, ladders: Decided) -> None:
        self._found = found
        self._decided = ladders
        written = [side.model.stages(level) for side in (found.old, found.new) for level in LEVELS]
        self._in_order = {ladder.level for ladder in written if ladder is not None and ladder.in_order}

    def of(self, level: Level, was: str | None, now: str | None) -> Iterator[str]:
        """The names of the changes that can by themselves have led from one stage to another; not of stages by which
        nobody is elsewhere."""
        for change in self._found.changes:
            things = [change.thing, *(change.users if change.thing.is_vocabulary else ())]
            if change.touched and any(self._decides(thing, level, was, now) for thing in things):
                yield f"{change.thing.what} {change.thing.name}"

    def _decides(self, thing: Thing, level: Level, was: str | None, now: str | None) -> bool:
        if thing.node is None or thing.node.level != level:
            return False
        if thing.node.kind == "disqualify":
            return "disqualified" in (was, now)
        if not self._decided.can_have(level, was, now):
            return False
        if thing.what == "ladder":
            return True
        return thing.what == "stage" and (level in self._in_order or thing.key[1] in (was, now))
