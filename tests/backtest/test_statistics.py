"""Areas, rates and curves against brute force and against scikit-learn; what must not change them does not.

Others' statistics are imported where they are asked: they take a second, in each process that collects tests.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreline.engine.backtest.areas import Estimate, area, covariance, difference
from scoreline.engine.backtest.bands import bands
from scoreline.engine.backtest.chance import p_value
from scoreline.engine.backtest.curves import average_precision, cuts, thinned
from scoreline.engine.backtest.lines import holm
from scoreline.engine.backtest.rates import lift, rate, wilson

LEAN = settings(max_examples=20, deadline=None)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points with many ties, outcomes of both kinds, and clusters."""
    count = draw(st.integers(4, 40))
    points = draw(st.lists(st.integers(-3, 6), min_size=count, max_size=count))
    won = draw(st.lists(st.booleans(), min_size=count, max_size=count).filter(lambda v: 0 < sum(v) < len(v)))
    cluster = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    return np.array(points, dtype=float), np.array(won), np.array(cluster)


def brute_area(points: np.ndarray, won: np.ndarray) -> float:
    pairs = [(a > b) + 0.5 * (a == b) for a in points[won] for b in points[~won]]
    return float(np.mean(pairs))


def brute_variance(points: np.ndarray, won: np.ndarray, cluster: np.ndarray) -> float:
    """Obuchowski's sums, written out case by case."""
    value = brute_area(points, won)
    parts: dict[int, float] = {}
    for x, is_won, group in zip(points, won, cluster, strict=True):
        others = points[~won] if is_won else points[won]
        above = np.mean([(x > y) + 0.5 * (x == y) for y in others])
        share = (above if is_won else 1 - above) - value
        parts[int(group)] = parts.get(int(group), 0.0) + share / (won.sum() if is_won else (~won).sum())
    count = len(parts)
    return sum(part**2 for part in parts.values()) * count / (count - 1) if count > 1 else 0.0


@LEAN
@given(cases())
def test_areas_are_those_of_all_pairs(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    from sklearn.metrics import roc_auc_score

    points, won, cluster = data
    found = area(points, won, cluster)
    assert found is not None
    assert found.value == pytest.approx(brute_area(points, won))
    assert found.value == pytest.approx(roc_auc_score(won, points))
    assert found.variance == pytest.approx(brute_variance(points, won, cluster))
    estimate = found.estimate
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@LEAN
@given(cases(), st.randoms(use_true_random=False))
def test_what_keeps_the_order_keeps_the_area(data: tuple[np.ndarray, np.ndarray, np.ndarray], luck: object) -> None:
    points, won, cluster = data
    found, other = area(points, won, cluster), area(3 * np.exp(points) + 1, won, cluster)
    assert found is not None and other is not None
    assert (other.value, other.variance) == pytest.approx((found.value, found.variance))
    reverse = area(-points, won, cluster)
    assert reverse is not None and reverse.value == pytest.approx(1 - found.value)
    assert reverse.variance == pytest.approx(found.variance)
    order = np.arange(len(points))
    luck.shuffle(order)  # type: ignore[attr-defined]
    again = area(points[order], won[order], cluster[order])
    assert again is not None and again.estimate.low == pytest.approx(found.estimate.low)
    same, chance = difference(found, other)
    assert (same.value, same.low, same.high) == pytest.approx((0, 0, 0), abs=1e-9) and chance > 0.99
    assert covariance(found, other) == pytest.approx(found.variance)


def test_delong_is_what_textbooks_say() -> None:
    """Without clusters: the variance of the placements of both groups, each over its number."""
    chance = np.random.default_rng(2)
    won = chance.random(80) < 0.3
    points = chance.normal(size=80) + won
    found = area(points, won, np.arange(80))
    placed = [np.mean([(x > y) + 0.5 * (x == y) for y in points[~won]]) for x in points[won]]
    others = [np.mean([(x > y) + 0.5 * (x == y) for x in points[won]]) for y in points[~won]]
    textbook = np.var(placed, ddof=1) / len(placed) + np.var(others, ddof=1) / len(others)
    assert found is not None and found.variance == pytest.approx(textbook, rel=0.05)


def test_a_perfect_score_is_not_sure_to_be_perfect() -> None:
    won = np.arange(40) < 10
    found = area(won * 1.0, won, np.arange(40))
    assert found is not None and found.estimate.value == 1 and 0.85 < found.estimate.low < 1


def test_intervals_of_clustered_cases_hold_what_they_promise() -> None:
    """Six cases of an account are alike: intervals that took them for independent would cover only three of four."""
    chance = np.random.default_rng(4)
    covered = naive = 0
    for _ in range(200):
        group = np.repeat(np.arange(60), 6)
        won = chance.normal(size=360) * 0.7 + chance.normal(size=60)[group] > 1.2
        points = chance.normal(size=60)[group] + chance.normal(size=360) * 0.3
        found, single = area(points, won, group), area(points, won, np.arange(360))
        assert found is not None and single is not None
        covered += found.estimate.covers(0.5)
        naive += single.estimate.covers(0.5)
    assert covered > 0.9 * 200 > naive


# --- curves -------------------------------------------------------------------------


@LEAN
@given(cases())
def test_curves_are_those_of_scikit_learn(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    from sklearn.metrics import average_precision_score, roc_curve

    points, won, cluster = data
    found = cuts(points, won)
    alarms, recall, thresholds = roc_curve(won, points, drop_intermediate=False)
    assert [cut.threshold for cut in found] == list(thresholds[1:])
    assert [cut.recall for cut in found] == pytest.approx(list(recall[1:]))
    assert [cut.alarms for cut in found] == pytest.approx(list(alarms[1:]))
    for cut in found:
        above = points >= cut.threshold
        assert (cut.volume, cut.won) == (above.sum(), won[above].sum())
        assert cut.precision == pytest.approx(won[above].mean())
    mean = average_precision(points, won, cluster)
    assert mean.value == pytest.approx(average_precision_score(won, points))
    assert mean.low <= mean.value <= mean.high
    few = thinned(found, 3)
    assert len(few) <= 3 or len(found) <= 3
    assert (few[0], few[-1]) == (found[0], found[-1])


@LEAN
@given(cases())
def test_tenths_hold_every_case_once_and_keep_ties_together(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    points, won, cluster = data
    found = bands(points, won, cluster)
    assert sum(band.cases for band in found) == len(points) and sum(band.won for band in found) == won.sum()
    assert all(one.low > other.high for one, other in pairwise(found))
    assert sum(band.lift * band.cases for band in found) == pytest.approx(len(points))


# --- rates --------------------------------------------------------------------------


def test_wilson_is_what_textbooks_say() -> None:
    found = wilson(0.1, 50)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0435, 0.2136)
    assert wilson(0.0, 0) == Estimate(0.0, 0.0, 1.0)


def test_cases_of_one_account_tell_less() -> None:
    won = np.repeat(np.array([True, False, False, False, True, False]), 20)
    single = rate(won, np.arange(120))
    clustered = rate(won, np.repeat(np.arange(6), 20))
    assert single is not None and clustered is not None
    assert clustered.low < single.low < single.high < clustered.high


def test_a_lift_is_a_ratio_of_rates() -> None:
    fired, won = np.array([True, True, False, False] * 10), np.array([True, False, False, False] * 10)
    found = lift(fired, won, np.arange(40))
    assert found is not None and found.value == pytest.approx(2.0) and found.low < 2 < found.high
    nobody = lift(fired, ~fired, np.arange(40))
    assert nobody is not None and nobody.value == nobody.low == 0 and 0 < nobody.high < 1
    assert lift(np.zeros(40, dtype=bool), won, np.arange(40)) is None


def test_chance_is_that_of_mann_and_whitney_where_cases_are_independent() -> None:
    from scipy.stats import mannwhitneyu

    chance = np.random.default_rng(9)
    won = chance.random(200) < 0.4
    points = np.round(chance.normal(size=200) + 0.3 * won, 1)
    theirs = mannwhitneyu(points[won], points[~won], use_continuity=False, method="asymptotic").pvalue
    assert p_value(points, points > -9, won, np.arange(200)) == pytest.approx(theirs, rel=1e-6)


def test_lines_that_hardly_anybody_has_are_not_made_much_of() -> None:
    """One of a thousand has the line, and one of ten is won: that is no proof."""
    won = np.arange(1000) < 100
    fired = np.arange(1000) == 0
    assert p_value(fired * 5.0, fired, won, np.arange(1000)) == pytest.approx(0.1)


@LEAN
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_makes_anything_likelier_to_be_true(values: list[float]) -> None:
    found = holm(values)
    assert all(math.isclose(new, old) or new > old for new, old in zip(found, values, strict=True) if new is not None)
    ordered = sorted(range(len(values)), key=lambda place: values[place])
    assert [found[place] for place in ordered] == sorted(value for value in found if value is not None)
