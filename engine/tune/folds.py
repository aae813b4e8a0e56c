"""Which cases are learnt from, and which are then predicted: in time where there is time, and never the same account.

- With dates: windows that grow. The cases are cut into blocks of time; a block is predicted by what was known before it
  began, so only cases count whose outcome was known by then. Where one account has cases in several blocks, accounts
  are dealt into groups as well, and none is predicted by what was learnt from itself.
- Without: accounts are dealt into folds with the same share of won in each, several times over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...grammar.late_methods import dataclass

if TYPE_CHECKING:
    from ..backtest.sample import Sample

Cases = NDArray[np.int64]

BLOCKS = 5
"""Blocks of time, the first of which is only learnt from; folds, where there are no dates."""
REPEATS = 4
GROUPS = 3
FEWEST = 8
"""With fewer won or fewer lost cases nothing is learnt from them."""


@dataclass(frozen=True)
class Fold:
    """Cases to learn from, and cases to predict."""

    learn: Cases
    test: Cases


@dataclass(frozen=True)
class Folds:
    """All folds; `in_time`: each learns from the past only. `why_not` says why they are not, where they could be."""

    items: tuple[Fold, ...]
    in_time: bool
    why_not: str = ""


def folds(sample: Sample, reach: int) -> Folds:
    """The folds of a sample; `reach` is how long after a case its outcome is known."""
    if sample.design == "undated":
        return Folds(tuple(dealt(sample.won, sample.cluster, REPEATS)), False, "the outcomes have no dates")
    found = tuple(_windows(sample, reach))
    if found:
        return Folds(found, True)
    return Folds(tuple(dealt(sample.won, sample.cluster, REPEATS)), False, "too few outcomes were known before others")


def dealt(won: NDArray[np.bool_], cluster: NDArray[np.int64], times: int) -> list[Fold]:
    """Accounts dealt into folds, as many that were ever won in each; always in the same way."""
    from sklearn.model_selection import StratifiedKFold

    accounts, of_case = np.unique(cluster, return_inverse=True)
    ever_won = np.bincount(of_case, won) > 0
    count = min(BLOCKS, int(ever_won.sum()), int((~ever_won).sum()))
    if count < 2:
        return []
    found = []
    for time in range(times):
        dealer = StratifiedKFold(count, shuffle=True, random_state=time)
        for _, dealt_out in dealer.split(accounts, ever_won):
            is_test = np.isin(of_case, dealt_out)
            fold = Fold(np.flatnonzero(~is_test), np.flatnonzero(is_test))
            if _has_both(won[fold.learn], 1) and _has_both(won[fold.test], 1):
                found.append(fold)
    return found


def _windows(sample: Sample, reach: int) -> Iterator[Fold]:
    block = _blocks(sample)
    group = _groups(sample, block)
    for number in range(1, int(block.max()) + 1):
        begins = int(sample.at[block == number].min())
        known = sample.at + reach <= begins
        for dealt_to in range(int(group.max()) + 1):
            learn = np.flatnonzero(known & ((group != dealt_to) | (group.max() == 0)))
            test = np.flatnonzero((block == number) & (group == dealt_to))
            if _has_both(sample.won[learn], FEWEST) and _has_both(sample.won[test], 1):
                yield Fold(learn, test)


def _blocks(sample: Sample) -> Cases:
    """The block of time of each case: equally many in each, and never one instant in two."""
    _, place = np.unique(sample.at, return_inverse=True)
    before = np.concatenate([[0], np.cumsum(np.bincount(place))[:-1]])
    of_instant = np.minimum(before * BLOCKS // len(sample), BLOCKS - 1)
    _, number = np.unique(of_instant[place], return_inverse=True)
    return np.asarray(number, dtype=np.int64)


def _groups(sample: Sample, block: Cases) -> Cases:
    """The group of each account; one for all where no account has cases in two blocks."""
    pairs = np.unique(np.stack([sample.cluster, block]), axis=1).shape[1]
    if pairs == sample.clusters:
        return np.zeros(len(sample), dtype=np.int64)
    order = np.random.default_rng(0).permutation(sample.clusters)
    return np.asarray(order[sample.cluster] % GROUPS, dtype=np.int64)


def _has_both(won: NDArray[np.bool_], count: int) -> bool:
    return bool(won.sum() >= count and (~won).sum() >= count)
