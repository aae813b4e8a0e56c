from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.engine.backtest.backtest import Wishes, backtest
from scoreline.engine.backtest.question import Question
from scoreline.engine.backtest.report import Backtest
from scoreline.engine.data import Dataset
from scoreline.engine.ruleset import Ruleset

from . import planted


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return planted.ruleset(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="session")
def dataset(rules: Ruleset) -> Dataset:
    return planted.dataset(rules, planted.data())


@pytest.fixture(scope="session")
def closed(rules: Ruleset, dataset: Dataset) -> Backtest:
    """Those that were won or lost, with everything that can be asked."""
    wishes = Wishes(capacity=50, precision=0.6, by="account.industry")
    return backtest(rules, dataset, Question("deal_won", "deal_lost"), planted.UNTIL, wishes)


@pytest.fixture(scope="session")
def snapshots(rules: Ruleset, dataset: Dataset) -> Backtest:
    """Everybody at the end of each month."""
    return backtest(rules, dataset, Question("deal_won"), planted.UNTIL, Wishes(capacity=5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rules"
