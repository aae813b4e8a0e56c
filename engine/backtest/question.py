"""What a backtest is asked."""

from __future__ import annotations

import datetime
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..compiled import Compiled
from ..graph import of_model, upstream
from ..links import key_of
from ..model import Expr, Result, Score
from ..reads import Key
from ..suggest import did_you_mean, listing

DAY = 86_400_000_000
Every = Literal["day", "week", "month"]


class CannotTest(ValueError):
    """A question that the rules or the data cannot answer; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoSuch(CannotTest):
    """A name in a question that neither rules nor data have."""


@dataclass(frozen=True)
class Question:
    """The outcomes, and how the sample is drawn.

    `won` and `lost` are conditions of the rule language. `score` is `readiness`, `lead.engagement`, or None for the one
    that the ladder reads. `horizon` and `gap` are lengths in microseconds: without `lost` a case is won if the outcome
    comes later than the gap and within the horizon after it; with `lost` each account is scored that gap before its
    outcome. `every`, `first` and `last` say when snapshots are taken. `params` are those of this run.
    """

    won: str
    lost: str | None = None
    score: str | None = None
    horizon: int = 90 * DAY
    gap: int = 0
    every: Every = "month"
    first: datetime.date | None = None
    last: datetime.date | None = None
    params: dict[str, str] = field(default_factory=dict)


def asked_score(ruleset: Compiled, name: str | None) -> Score:
    """The score of that name, or the one that decides: what the highest stage with a score in it reads.

    Account scores go before lead scores. Raises CannotTest.
    """
    scores = [*ruleset.model.scores("account"), *ruleset.model.scores("lead")]
    if name is not None:
        return _named(name, scores)
    found = _of_ladder(ruleset) or (scores if len(scores) == 1 else [])
    if not found:
        hint = f"name one: `--score {_shown(scores[0])}`" if scores else "add a score to the rules"
        raise CannotTest("it is not clear which score is to be tested", hint)
    return found[0]


def _named(name: str, scores: list[Score]) -> Score:
    level, dot, bare = name.strip().rpartition(".")
    found = [item for item in scores if item.name == bare and level in ("", item.level) and (level or not dot)]
    if found:
        return found[0]
    known = [_shown(item) for item in scores]
    raise NoSuch(f"there is no score `{name}`", did_you_mean(name, known, listing(known)))


def _shown(score: Score) -> str:
    return score.name if score.level == "account" else f"lead.{score.name}"


def _of_ladder(ruleset: Compiled) -> list[Score]:
    """The scores that the highest stage reads by itself, of the highest that reads any; accounts before leads."""
    levels: tuple[Level, ...] = ("account", "lead")
    for level in levels:
        ladder = ruleset.model.stages(level)
        for stage in reversed(ladder.stages) if ladder else ():
            read = [name for item in stage.condition.walk() if (name := _own_score(item, level))]
            if read:
                return [item for name in read for item in ruleset.model.scores(level) if item.name == name]
    return []


def _own_score(item: Expr, level: str) -> str | None:
    """The score of that level that a piece of a condition reads."""
    return item.name if isinstance(item, Result) and (item.what, item.level) == ("score", level) else None


def cone(ruleset: Compiled, score: Score) -> set[Key]:
    """All that a score is made of: the nodes of the graph on which it depends, itself included."""
    graph = of_model(ruleset.model)
    return upstream(graph, key_of(score)) | {key_of(score)}
