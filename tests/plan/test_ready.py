"""Plans that were made before: the same results, no planner, and nothing kept that does not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from scoreline.engine import ready as plans
from scoreline.engine.data import Dataset
from scoreline.engine.history import replay
from scoreline.engine.model import Model
from scoreline.engine.records import Population
from scoreline.engine.results import Outcome
from scoreline.engine.ruleset import Ruleset, load
from scoreline.engine.runners.embedded import plan_for, run_plan
from scoreline.engine.scoring import open_data
from scoreline.engine.sql.prepared import for_any_instant

from .building import NOON
from .people import population
from .rest import models

DAY = 86_400_000_000
VISIT = {"id": "1", "type": "page_view", "page": "pricing", "contact_id": "ann"}
RULES = """score fit for lead:
    visited: page_view(where page == 'pricing') within 7 days => +2
    visits: each page_view => +1 max 3 fades over 20 days
score heat for account:
    hot: page_view this month => +4

ignore page_view where page == 'docs'
"""
DATA = {
    "contacts": [{"id": "ann", "account_id": "acme", "role": "economic_buyer"}],
    "events": [{**VISIT, "id": str(day), "timestamp": f"2026-02-{day:02}T09:00Z"} for day in range(1, 29)]
    + [{**VISIT, "id": "none", "page": "docs", "timestamp": "2026-02-03T09:00Z"}],
}


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(), population())
def test_statements_for_any_instant_give_what_those_of_one_give(model: Model, people: Population) -> None:
    data = Dataset.from_population(people, model.schema)
    plan = plan_for(model, data.connection)
    steps = for_any_instant(plan)
    for at in (NOON, NOON - 40 * DAY):
        with run_plan(plan, data, at) as one, run_plan(plan, data, at, steps=steps) as other:
            assert one.outcome() == other.outcome()


@pytest.fixture(autouse=True)
def kept(cache: Path) -> Path:
    """The folder where plans are kept in a test."""
    return cache / "plans"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Model]:
    """The models that are planned from now on."""
    found: list[Model] = []

    def noting(model: Model, *rest: Any, **more: Any) -> Any:
        found.append(model)
        return plan_for(model, *rest, **more)

    monkeypatch.setattr(plans, "plan_for", noting)
    return found


@pytest.fixture
def rules(tmp_path: Path) -> Ruleset:
    own = tmp_path / "own.rules"
    own.write_text(RULES)
    return load(own)


def scores(rules: Ruleset, as_of: str, contributions: bool = True) -> list[Any]:
    found = rules.score(DATA, as_of=as_of, contributions=contributions)
    return [list(table) for table in (found.leads, found.accounts, found.contributions)]


def rewritten(rules: Ruleset, text: str) -> Ruleset:
    rules.path.write_text(text)
    return load(rules.path)


def test_a_plan_is_made_once_for_all_instants(rules: Ruleset, made: list[Model], kept: Path) -> None:
    first, later = scores(rules, "2026-02-10"), scores(rules, "2026-03-01")
    assert len(made) == 1
    assert len(list(kept.iterdir())) == 1
    assert first != later
    assert later == scores(load(rules.path), "2026-03-01")
    assert len(made) == 1


def test_other_words_and_other_results_are_planned_anew(rules: Ruleset, made: list[Model]) -> None:
    scores(rules, "2026-03-01")
    scores(rewritten(rules, RULES + "# a remark changes nothing\n"), "2026-03-01")
    assert len(made) == 1
    scores(rules, "2026-03-01", contributions=False)
    assert len(made) == 2
    scores(rewritten(rules, RULES.replace("=> +2", "=> +3")), "2026-03-01")
    assert len(made) == 3


def test_a_model_made_out_of_another_has_a_plan_of_its_own(rules: Ruleset) -> None:
    """As a trial of other params has: the same names, other definitions."""
    other = rewritten(rules, RULES.replace("=> +2", "=> +3")).model
    derived = replace(rules.model, order=other.order)
    assert derived.fingerprint == other.fingerprint != rules.model.fingerprint
    dataset, at = open_data(rules, DATA), NOON - 33 * DAY

    def outcome(model: Model) -> Outcome:
        found = plans.ready(model, dataset.connection, contributions=True)
        with run_plan(found.plan, dataset, at, steps=found.steps) as made:
            return made.outcome()

    assert outcome(rules.model) != outcome(other) == outcome(derived) == outcome(derived)
    with replay(rules.model, dataset, [at]) as one, replay(derived, dataset, [at]) as trial:
        fits = [made.connection.execute("SELECT fit FROM lead_history").fetchall() for made in (one, trial)]
    assert fits[0] != fits[1]


def test_the_words_of_what_is_ignored_are_those_of_today(rules: Ruleset, made: list[Model]) -> None:
    for blanks in (" ", "  "):
        same = rewritten(rules, RULES.replace("page == 'docs'", f"page =={blanks}'docs'"))
        found = same.score(DATA, as_of="2026-03-01").counts.ignored_by
        assert list(found) == [line.text for line in same.model.ignored]


@pytest.mark.parametrize("damage", [b"", b"nothing of ours", None])
def test_what_is_damaged_is_planned_anew(rules: Ruleset, made: list[Model], kept: Path, damage: bytes | None) -> None:
    whole = scores(rules, "2026-03-01")
    (entry,) = kept.iterdir()
    content = entry.read_bytes()
    entry.write_bytes(content[:-1] + b"x" if damage is None else damage)
    assert scores(rules, "2026-03-01") == whole
    assert len(made) == 2
    assert len(entry.read_bytes()) == len(content)


def test_switched_off_nothing_is_kept(
    rules: Ruleset, made: list[Model], kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORELINE_CACHE", "off")
    assert scores(rules, "2026-03-01") == scores(rules, "2026-03-01")
    assert len(made) == 2
    assert not kept.exists()


def test_rules_that_remember_are_planned_anew(rules: Ruleset, made: list[Model], kept: Path) -> None:
    remembering = rewritten(rules, RULES + "stages for lead:\n    MQL: fit >= 5 for at least 3 days\n")
    assert scores(remembering, "2026-03-01") == scores(remembering, "2026-03-01")
    assert len(made) == 2
    assert not kept.exists()
