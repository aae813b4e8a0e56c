"""The scorecard: bounds hold, without evidence nothing moves, and the line to the odds is the best one."""

from __future__ import annotations

import numpy as np

from scoreline.engine.tune.scorecard import Floats, Freedom, calibrated, fit, losses, rounded

COUNT = 400


def world(seed: int = 3) -> tuple[Freedom, Floats, np.ndarray]:
    """Two signs, of which the first means something."""
    dice = np.random.default_rng(seed)
    gives = (dice.random((COUNT, 2)) < 0.5).astype(float)
    won = dice.random(COUNT) < 1 / (1 + np.exp(1 - 2 * gives[:, 0]))
    now, low, high = np.array([10.0, 10.0]), np.zeros(2), np.array([30.0, 30.0])
    freedom = Freedom(gives, now, low, high, high - low)
    return freedom, gives @ now, won


def test_the_line_to_the_odds_is_where_nothing_fits_better() -> None:
    freedom, score, won = world()
    a, b = calibrated(score, won)
    best = losses(a + b * score, won).sum()
    for more_a, more_b in ((0.01, 0), (-0.01, 0), (0, 0.001), (0, -0.001)):
        assert losses(a + more_a + (b + more_b) * score, won).sum() > best
    assert b > 0 and calibrated(-score, won)[1] == 0
    assert freedom.score(score, freedom.now).tolist() == score.tolist()


def test_a_score_without_a_mistake_stays_finite() -> None:
    won = np.arange(20) >= 10
    a, b = calibrated(np.arange(20.0), won)
    assert np.isfinite([a, b]).all() and b > 0


def test_values_keep_their_range_and_stay_without_evidence() -> None:
    freedom, score, won = world()
    free = fit(score, freedom, won, 1.0).values
    held = fit(score, freedom, won, 1e6).values
    assert (free >= freedom.low).all() and (free <= freedom.high).all()
    assert free[0] / max(free[1], 0.1) > 2
    assert np.abs(held - freedom.now).max() < 0.1


def test_only_changes_that_are_worth_it_are_kept() -> None:
    freedom, score, won = world()
    steps = np.array([5.0, 5.0])
    found = rounded(np.array([21.0, 10.4]), freedom, steps, score, won)
    assert found.tolist() == [20.0, 10.0]
    noise = np.random.default_rng(0).permutation(won)
    assert rounded(np.array([12.0, 9.0]), freedom, np.ones(2), score, noise).tolist() == [10.0, 10.0]
