"""Whatever the rules are, an explanation adds up: items to their blocks, blocks to the score, entries to the same."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import HealthCheck, given, settings

from scoreline.engine.explain.build import explain_row
from scoreline.engine.explain.report import Block, Item, Line, Score
from scoreline.engine.instants import Zone
from scoreline.engine.interpreter import Evaluation
from scoreline.engine.interpreter.outcome import entries
from scoreline.engine.interpreter.rows import account_row, lead_row
from scoreline.engine.rounding import to_units

from . import records
from .models import TYPES, model_of
from .rulesets import ruleset_texts

Records = dict[str, list[dict[str, object]]]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(ruleset_texts(), records.data(), records.instants, records.zones)
def test_every_explanation_adds_up(text: str, data: Records, at: int, zone: str) -> None:
    model = model_of(text, zone)
    evaluation = Evaluation(model, records.population(data, Zone.named(zone), TYPES), at)
    world = evaluation.world
    for row in [*map(lead_row, world.leads.values()), *map(account_row, world.accounts.values())]:
        for score in explain_row(evaluation, row, leads=0).scores:
            _score_adds_up(score)
            (rule,) = (rule for rule in model.scores(row.level) if rule.name == score.name)
            found = entries(evaluation, evaluation.work(rule, row))
            assert _units(score.total) == evaluation.score(rule, row) == sum(entry.points for entry in found)


def _score_adds_up(score: Score) -> None:
    total = _sum(score.items)
    assert _units(score.raw) == total
    assert _units(score.total) == total + sum(_units(item.difference) for item in score.adjustments)


def _sum(items: Iterable[Item]) -> int:
    return sum(_item(item) for item in items)


def _item(item: Item) -> int:
    """What an item adds, after its parts were added up."""
    if isinstance(item, Line):
        if item.counts:
            assert _units(item.total) == _units(item.points or 0.0) + _units(item.cap)
            counted = [piece.points for piece in item.pieces if piece.dropped is None and piece.points is not None]
            assert _units(item.points or 0.0) == sum(map(_units, counted))
        return _units(item.total)
    assert isinstance(item, Block)
    total = _sum(item.items)
    if item.counts and item.holds:
        assert _units(item.raw) == total
        assert _units(item.total) == total + sum(_units(adjustment.difference) for adjustment in item.adjustments)
    return _units(item.total)


def _units(points: float) -> int:
    found = to_units(points)
    assert found is not None
    return found
