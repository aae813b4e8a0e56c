"""Nobody is predicted by what was learnt from itself, or from what was not known yet."""

from __future__ import annotations

import numpy as np
import pytest

from scoreline.engine.backtest.sample import Design, Sample
from scoreline.engine.tune.folds import FEWEST, REPEATS, dealt, folds
from scoreline.engine.tune.held_out import gain, held_out

DAY = 86_400_000_000


def sample(design: Design, times: int, accounts: int = 200, seed: int = 5) -> Sample:
    """Everybody at so many instants, 30 days apart; about a third is won."""
    dice = np.random.default_rng(seed)
    count = accounts * times
    at = np.repeat(np.arange(times) * 30 * DAY, accounts)
    return Sample(
        design=design,
        level="account",
        score="chance",
        until=times * 30 * DAY,
        ids=tuple(f"a{number % accounts}" for number in range(count)),
        at=at,
        won=dice.random(count) < 0.3,
        cluster=np.tile(np.arange(accounts), times),
        points=dice.random(count),
        stages=(None,) * count,
        lines=(),
    )


def test_windows_learn_from_the_past_of_others_only() -> None:
    cases, reach = sample("snapshots", 9), 45 * DAY
    found = folds(cases, reach)
    assert found.in_time and len(found.items) >= 6
    tested = np.concatenate([fold.test for fold in found.items])
    assert len(np.unique(tested)) == len(tested)
    for fold in found.items:
        assert (cases.at[fold.learn] + reach).max() <= cases.at[fold.test].min()
        assert not set(cases.cluster[fold.learn]) & set(cases.cluster[fold.test])
        assert cases.won[fold.learn].sum() >= FEWEST


def test_later_windows_have_more_to_learn_from() -> None:
    """Where each account has one case, nobody need be kept apart: a window a block."""
    cases = sample("closed", 8)
    once = np.arange(len(cases)) % 8 == cases.cluster % 8
    few = Sample(**{**cases.__dict__, "cluster": np.arange(len(cases))})
    found = folds(few, 0)
    sizes = [len(fold.learn) for fold in found.items]
    assert once.any() and found.in_time and sizes == sorted(sizes) and len(sizes) >= 3


def test_what_reaches_too_far_is_dealt_without_time_and_says_so() -> None:
    found = folds(sample("snapshots", 3), 90 * DAY)
    assert not found.in_time and found.why_not == "too few outcomes were known before others"
    assert len(found.items) == 5 * REPEATS


@pytest.mark.parametrize("times", [1, 4])
def test_accounts_are_dealt_whole_and_each_once_a_time(times: int) -> None:
    cases = sample("undated", times)
    found = dealt(cases.won, cases.cluster, 2)
    for fold in found:
        assert not set(cases.cluster[fold.learn]) & set(cases.cluster[fold.test])
    tested = np.concatenate([fold.test for fold in found])
    assert np.bincount(tested).tolist() == [2] * len(cases)
    again = dealt(cases.won, cases.cluster, 2)
    assert all((one.test == other.test).all() for one, other in zip(found, again, strict=True))


def test_the_interval_of_no_gain_covers_nothing_in_most_worlds() -> None:
    """Two scores that are as good as each other differ by luck only: their intervals say so 19 times in 20."""
    missed = 0
    for seed in range(60):
        dice = np.random.default_rng(seed)
        won = dice.random(150) < 0.4
        cluster = np.arange(150)
        found = dealt(won, cluster, 1)
        one, other = won + dice.normal(0, 1.5, 150), won + dice.normal(0, 1.5, 150)
        sides = [
            held_out(found, [score[fold.test] for fold in found], [score[fold.test] for fold in found], won, cluster)
            for score in (one, other)
        ]
        missed += not gain(sides[0], sides[1]).area.covers(0.0)
    assert missed <= 8
