"""The rulesets that ship: sound, covered line by line, and sensible on data."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

import scoreline
from scoreline.engine.data import Dataset
from scoreline.engine.demo import generate
from scoreline.engine.interpreter import interpret
from scoreline.engine.narrowing import narrowed
from scoreline.engine.ruleset import shipped
from scoreline.engine.scenarios.coverage import coverage
from scoreline.engine.scenarios.files import load_scenarios
from scoreline.engine.scenarios.running import run
from scoreline.engine.scoring import open_data

pytestmark = pytest.mark.usefixtures("shared_cache")

NAMES = ("abm", "abm-emea", "b2b-opportunities", "by-example", "open-source", "starter", "tour")
FOLDER = Path(__file__).parents[2] / "rulesets"


def test_these_are_all() -> None:
    assert tuple(sorted(shipped())) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_finding(name: str) -> None:
    """Nothing to say against them, not even for information."""
    found = scoreline.load(name).diagnostics
    assert [f"{item.code} {item.message} {item.span}" for item in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_scenarios_hold_and_cover_every_line(name: str) -> None:
    """On the interpreter; `tests/parity` and `scoreline test` compare the engines."""
    ruleset = scoreline.load(name)
    files, findings, _ = load_scenarios(ruleset.path, ruleset.model)
    assert findings == []
    verdicts = [verdict for file in files for verdict in run(ruleset.model, file.scenarios, interpret, interpret)]
    assert [(verdict.scenario.name, verdict.failures) for verdict in verdicts if not verdict.passed] == []
    fired = [verdict.fired for verdict in verdicts]
    assert [line.line for line in coverage(ruleset.model, fired, ruleset.files) if not line.fired] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is_for(name: str) -> None:
    readme = (FOLDER / name / "README.md").read_text("utf-8")
    assert readme.startswith("# ") and len(readme) > 400


@pytest.mark.parametrize("name", ["abm", "b2b-opportunities", "open-source", "starter", "tour"])
def test_every_line_has_an_id_and_a_label(name: str) -> None:
    model = scoreline.load(name).model
    every = [*(line for level in ("lead", "account") for line in coverage(model, []) if line.level == level)]
    assert not [line.line for line in every if "." in line.line]


# --- open-source: real events -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hours() -> list[dict[str, Any]]:
    results = scoreline.load("open-source").score(FOLDER / "open-source" / "data", as_of="latest", contributions=False)
    return list(results.accounts)


def test_open_source_scores_the_hours_that_ship(hours: list[dict[str, Any]]) -> None:
    """Few organisations are worth a call, some have a team at work, most have one person or only onlookers."""
    stages = Counter(row["stage"] for row in hours)
    assert sum(stages.values()) == 1414
    assert 3 <= stages["qualified"] <= 20 < stages["team"] < 80
    assert stages["active"] > 500 and stages["seen"] > 500 and stages[None] < 20
    best = max((row for row in hours if row["disqualified"] is None), key=lambda row: row["readiness"])
    assert best["id"] == "KSP-CKAN"


def test_both_engines_agree_on_the_hours_that_ship(hours: list[dict[str, Any]]) -> None:
    data = FOLDER / "open-source" / "data"
    assert list(scoreline.load("open-source").score(data, as_of="latest", engine="interpreter").accounts) == hours


# --- b2b-opportunities: a table without events ----------------------------------------------------------------------


def test_opportunities_are_scored_without_events_or_dates() -> None:
    """On any day the same; the outcome is there for backtests and read by no rule."""
    rules = scoreline.load("b2b-opportunities")
    data = FOLDER / "b2b-opportunities" / "data"
    rows = list(rules.score(data, as_of="2026-03-01", contributions=False).accounts)
    assert rows == list(rules.score(data, as_of="1999-01-01", contributions=False).accounts)
    assert rows == list(rules.score(data, as_of="2026-03-01", engine="interpreter").accounts)
    assert len(rows) == 255 and {row["stage"] for row in rows} == {"pipeline", "best_case", "commit"}
    assert 0 <= min(row["chance"] for row in rows) < 20 and 80 < max(row["chance"] for row in rows) <= 100
    read = narrowed(rules.model).account
    assert "status" not in read and "competitors" in read


# --- abm: the generated data make a funnel ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, until=datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC), accounts=500)
    return folder


@pytest.fixture(scope="module")
def dataset(demo: Path) -> Dataset:
    return open_data(scoreline.load("abm"), demo, only_read=True)


def test_the_stages_make_a_funnel(dataset: Dataset) -> None:
    rows = list(scoreline.load("abm").score(dataset, as_of="latest", contributions=False).accounts)
    share = {stage: count / len(rows) for stage, count in Counter(row["stage"] for row in rows).items()}
    assert share["TA"] + share[None] > 0.5
    assert 0.05 < share["AD"] < 0.25 and 0.05 < share["MEA"] < 0.15
    assert 0.02 < share["MQA"] < 0.08
    assert 0.005 < share["SQA"] < 0.05


def test_readiness_tells_who_will_win(demo: Path, dataset: Dataset) -> None:
    """Ten weeks before the end: those who later won stood above those who lost, and far above the rest."""
    truth = {line.split(",")[0]: line.split(",") for line in (demo / "truth.csv").read_text("utf-8").splitlines()[1:]}
    rows = scoreline.load("abm").score(dataset, as_of="2025-12-20", contributions=False).accounts
    readiness: dict[str, list[float]] = {"won": [], "lost": [], "": []}
    for row in rows:
        _, _, _, closes, outcome = truth[row["id"]]
        if outcome == "" or (outcome in readiness and "2025-12-10" <= closes <= "2026-01-25"):
            readiness[outcome].append(row["readiness"])
    assert len(readiness["won"]) >= 3 and len(readiness["lost"]) >= 3
    assert mean(readiness["won"]) > mean(readiness["lost"]) > mean(readiness[""]) + 10
