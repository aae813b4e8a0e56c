"""Planted truth is found, noise is left alone, and no suggestion leaves its range."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import numpy as np
import pytest

import scoreline
from scoreline.engine.backtest.question import CannotTest, Question
from scoreline.engine.compiling import compile_at
from scoreline.engine.scoring import open_data
from scoreline.engine.tune import folds
from scoreline.engine.tune.document import document
from scoreline.engine.tune.rewriting import apply, not_own, rewritten
from scoreline.engine.tune.tuning import Tuning, tune

from .worlds import MANIFEST, RULES, opportunities, ruleset, shuffled

WON = Question("account.status == 'Won'")


def tuned(folder: Path, accounts: list[dict[str, object]], only: tuple[str, ...] = (), won: Question = WON) -> Tuning:
    rules = scoreline.load(folder)
    return tune(rules, open_data(rules, {"accounts": accounts}), won, 0, only)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folds that are dealt once only."""
    monkeypatch.setattr(folds, "REPEATS", 1)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Tuning:
    """With a cache, as anyone has: no trial may recall what was planned for another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folds, "REPEATS", 2)
        patch.setenv("SCORELINE_CACHE", "on")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return tuned(ruleset(tmp_path_factory.mktemp("planted") / "deals"), opportunities())


def test_what_matters_rises_and_noise_falls(planted: Tuning) -> None:
    found = {item.tunable.name: item for item in planted.params}
    assert planted.pays and planted.now.area.high < 0.95
    now = {name: item.suggested for name, item in found.items()}
    assert now["strong_points"] / max(now["noise_points"], 1) >= 2
    assert now["strong_points"] > now["weak_points"] >= now["noise_points"]
    assert now["noise_points"] < 10
    assert now["from_size"] < 500


def test_nothing_leaves_its_range_or_its_steps(planted: Tuning) -> None:
    for item in planted.params:
        assert item.tunable.low <= item.suggested <= item.tunable.high
        assert item.suggested == round(item.suggested)


def test_what_decides_stages_only_has_no_part_in_the_score(planted: Tuning) -> None:
    roles = {item.tunable.name: item.tunable.role for item in planted.params}
    assert roles == {
        **dict.fromkeys(("strong_points", "weak_points", "noise_points", "bad_points"), "points"),
        "from_size": "shape",
        "good_from": "elsewhere",
    }
    assert "good_from" not in planted.suggested


def test_evidence_is_that_of_the_planted_odds(planted: Tuning) -> None:
    proof = {item.tunable.name: item.evidence for item in planted.params}
    odds = {name: each.odds for name, each in proof.items() if each is not None and each.odds is not None}
    assert set(odds) == {"strong_points", "weak_points", "noise_points", "bad_points"}
    assert odds["strong_points"].low > 2 and odds["noise_points"].covers(1.0) and odds["bad_points"].high < 0.8
    strong = proof["strong_points"]
    assert strong is not None and strong.in_won > strong.in_lost


def test_the_gain_on_cases_not_learnt_from_is_the_engine_s(planted: Tuning) -> None:
    assert planted.tuned is not None and planted.tuned.gain is not None and planted.summed is not None
    assert planted.tuned.gain.area.low > 0 and planted.tuned.gain.loss.value > 0
    assert planted.tuned.area.value > planted.now.area.value
    assert abs(planted.tuned.area.value - planted.summed.area.value) < 0.02
    assert not planted.folds.in_time and planted.folds.why_not == "the outcomes have no dates"


def test_the_change_is_a_diff_of_the_numbers_and_gives_what_was_tried(tmp_path: Path, planted: Tuning) -> None:
    folder = ruleset(tmp_path / "deals")
    rules = scoreline.load(folder)
    (item,) = rewritten(rules, planted.suggested)
    diff = item.diff("deals")
    assert diff[:2] == ["--- a/deals/deals.rules", "+++ b/deals/deals.rules"]
    changed = [line for line in diff[2:] if line.startswith(("+", "-"))]
    assert all("param " in line for line in changed) and len(changed) == 2 * len(planted.suggested)
    assert "  # what matters most" in item.after
    assert not_own(rules, planted.suggested) == []
    assert apply(rules, planted.suggested) == [folder / "deals.rules"]
    assert (folder / "deals.rules").read_text("utf-8") == item.after
    now, findings, _ = compile_at(folder)
    assert now is not None and not [each for each in findings if each.is_error]
    assert {name: now.model.params[name] for name in planted.suggested} == planted.suggested


def test_it_is_deterministic_and_one_param_can_be_asked_for(tmp_path: Path, quick: None) -> None:
    folder = ruleset(tmp_path / "deals")
    first, second = (tuned(folder, opportunities(120), ("strong_points",)) for _ in range(2))
    assert document(first) == document(second)
    assert [item.tunable.name for item in first.params] == ["strong_points"]
    with pytest.raises(CannotTest, match="there is no param `strong`"):
        tuned(folder, opportunities(120), ("strong",))


def test_shuffled_outcomes_do_not_pay(tmp_path: Path, quick: None) -> None:
    folder = ruleset(tmp_path / "deals")
    for seed in (2, 3):
        found = tuned(folder, shuffled(opportunities(160), seed))
        assert not found.pays
        assert found.now.area.covers(0.5) and found.tuned is not None and found.tuned.area.low < 0.5
        assert document(found)["diff"] == []


def test_without_params_the_lines_that_would_be_worth_one_are_named(tmp_path: Path, quick: None) -> None:
    fixed = RULES
    for name in ("strong", "weak", "noise", "bad"):
        fixed = fixed.replace(f"param {name}_points = 10 in 0..40", "").replace(f"{name}_points", "10")
    fixed = fixed.replace("  # what matters most", "").replace("param from_size = 500 in 100..900", "")
    found = tuned(ruleset(tmp_path / "deals", fixed.replace("from_size", "500").lstrip()), opportunities())
    assert found.tuned is None and not found.pays and found.suggested == {}
    named = {item.line: item for item in found.wishes}
    assert "noise" in named
    assert named["noise"].param.startswith("param noise_points = 10 in 0..")
    assert named["noise"].after == "noise: account.noise => +noise_points"
    assert named["noise"].would < 10


def test_too_few_outcomes_are_refused(tmp_path: Path, quick: None) -> None:
    with pytest.raises(CannotTest, match="too few to learn from"):
        tuned(ruleset(tmp_path / "deals"), opportunities(20))


def test_a_range_keeps_the_sign(tmp_path: Path, quick: None) -> None:
    """What the author says speaks for winning is never turned round, however the outcomes speak."""
    turned = [{**item, "status": "Lost" if item["status"] == "Won" else "Won"} for item in opportunities(160)]
    found = tuned(ruleset(tmp_path / "deals"), turned, ("strong_points", "weak_points"))
    assert all(item.suggested >= 0 for item in found.params)
    assert np.isfinite(found.now.loss)


def test_dated_outcomes_are_learnt_from_the_past(tmp_path: Path) -> None:
    """Points of an event in time, tried in windows: what came before each outcome, learnt from earlier outcomes."""
    manifest = MANIFEST[: MANIFEST.index("schema:")] + "schema:\n  events: {demo: {}, visit: {}, won: {}, lost: {}}\n"
    rules = (
        "param demo_points = 5 in 0..40\nparam visit_points = 20 in 0..40\n\nscore chance for account:\n"
        "    demo: demo within 60 days => +demo_points\n    visits: visit within 60 days => +visit_points\n"
    )
    dice, events = random.Random(4), []
    for number in range(200):
        day = datetime.datetime(2025, 3, 1, 12, tzinfo=datetime.UTC) + datetime.timedelta(days=number // 10 * 7)
        has = {name: dice.random() < 0.5 for name in ("demo", "visit")}
        won = dice.random() < (0.75 if has["demo"] else 0.25)
        said = [(name, 20) for name in has if has[name]] + [("won" if won else "lost", 0), ("demo", -5)]
        events += [
            {"id": f"{number}-{place}", "type": name, "timestamp": (day - datetime.timedelta(days=back)).isoformat(),
             "account_id": f"a{number}"}
            for place, (name, back) in enumerate(said)
        ]  # fmt: skip
    compiled = scoreline.load(ruleset(tmp_path / "deals", rules, manifest))
    dataset = open_data(compiled, {"accounts": [{"id": f"a{number}"} for number in range(200)], "events": events})
    until = dataset.newest_event()
    assert until is not None
    found = tune(compiled, dataset, Question("won", "lost"), until)
    assert found.folds.in_time and found.cases.design == "closed" and found.cases.cases == 200
    values = {item.tunable.name: item.suggested for item in found.params}
    assert found.pays and values["demo_points"] > values["visit_points"]
