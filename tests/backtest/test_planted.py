"""What is planted in the data is found, what is not is not, and nothing of the future is seen."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from scoreline.engine.backtest.areas import area
from scoreline.engine.backtest.backtest import Wishes, backtest
from scoreline.engine.backtest.document import document
from scoreline.engine.backtest.lines import line_findings
from scoreline.engine.backtest.outcomes import Held
from scoreline.engine.backtest.question import CannotTest, Question, asked_score
from scoreline.engine.backtest.report import Backtest
from scoreline.engine.backtest.sample import Outcomes, Sample, wanted
from scoreline.engine.backtest.scored import draw
from scoreline.engine.data import Dataset
from scoreline.engine.instants import format_instant
from scoreline.engine.interpreter import interpret
from scoreline.engine.ruleset import Ruleset

from . import planted
from .planted import DAY, UNTIL


def words(found: Backtest) -> dict[str, str]:
    return {line.id: line.word for line in found.lines}


def test_planted_lines_are_found_and_noise_is_called_noise(closed: Backtest) -> None:
    found = words(closed)
    assert {line for line, word in found.items() if word == "predictive"} == planted.PREDICTIVE
    assert {line for line, word in found.items() if word == "harmful"} == planted.HARMFUL
    assert {line for line, word in found.items() if word == "noise"} == planted.NOISE
    assert closed.signal.strength in ("weak", "fair", "good")


def test_the_score_loses_by_the_planted_lines_alone(closed: Backtest) -> None:
    losses = {line.id: line.loss for line in closed.lines if line.loss is not None}
    assert set(losses) == planted.PREDICTIVE | planted.NOISE | planted.HARMFUL
    assert all(losses[line].low > 0 for line in planted.PREDICTIVE)
    assert losses["complaint"].high < 0


def test_snapshots_find_them_too(snapshots: Backtest) -> None:
    found = words(snapshots)
    assert all(found[line] == "predictive" for line in planted.PREDICTIVE)
    assert not any(found[line] in ("predictive", "harmful") for line in planted.NOISE)
    assert snapshots.cases.design == "snapshots" and 0 < snapshots.cases.base < 0.4


def test_snapshots_begin_when_something_was_known(rules: Ruleset) -> None:
    data = planted.data(accounts=20)
    received = planted.BEGIN + 100 * DAY
    late = [{**event, "received_at": format_instant(received)} for event in data["events"]]
    question = Question("deal_won", horizon=30 * DAY)
    known, happened = (
        wanted(rules.model, each, Outcomes(Held({"a0000": UNTIL}, True), None, UNTIL), question).instants[0]
        for each in (planted.dataset(rules, {**data, "events": late}), planted.dataset(rules, data))
    )
    assert happened < received + 30 * DAY < known


def test_without_a_signal_it_says_so(rules: Ruleset) -> None:
    dataset = planted.dataset(rules, planted.data(seed=5, blind=True))
    found = backtest(rules, dataset, Question("deal_won", "deal_lost"), UNTIL, Wishes(thorough=False))
    assert found.signal.strength == "none" and found.area is not None and found.area.covers(0.5)
    assert not {"predictive", "harmful"} & set(words(found).values())


def test_few_outcomes_are_too_few(rules: Ruleset) -> None:
    dataset = planted.dataset(rules, planted.data(accounts=12))
    found = backtest(rules, dataset, Question("deal_won", "deal_lost"), UNTIL, Wishes(thorough=False))
    assert found.signal.strength == "too few" and found.signal.needed is not None and found.signal.needed > 50


# --- nothing of the future ----------------------------------------------------------


@pytest.mark.parametrize("lost", ["deal_lost", None])
def test_what_comes_after_the_outcome_changes_nothing(rules: Ruleset, lost: str | None) -> None:
    made = planted.data(accounts=60)
    ends = {item["account_id"]: item["timestamp"] for item in made["events"] if item["type"].startswith("deal_")}
    question, wishes = Question("deal_won", lost), Wishes(thorough=False)
    before = backtest(rules, planted.dataset(rules, made), question, UNTIL, wishes)
    chance = random.Random(3)
    winners = {item["account_id"] for item in made["events"] if item["type"] == "deal_won"}
    later = [
        {"id": f"late-{name}-{kind}", "type": kind, "account_id": name, "timestamp": at, "properties": {}}
        for name, at in ends.items()
        for kind in ("demo", "trial", "complaint", "deal_won", "deal_lost")
        if chance.random() < 0.7 and (lost is not None or name in winners)
    ]
    made = {**made, "events": [*made["events"], *later]}
    if lost is not None:  # an outcome at the very instant of the first is none: keep to what follows it
        made["events"] = [
            item for item in made["events"] if not item["id"].startswith("late") or "deal" not in item["id"]
        ]
    after = backtest(rules, planted.dataset(rules, made), question, UNTIL, wishes)
    assert document(after) == document(before)


def test_every_case_is_scored_before_its_outcome_as_the_interpreter_scores_it(rules: Ruleset, dataset: Dataset) -> None:
    sample, outcomes = drawn(rules, dataset, gap=3 * DAY)
    assert outcomes.lost is not None
    population = dataset.population()
    for place in range(0, len(sample), 40):
        at, id_ = int(sample.at[place]), sample.ids[place]
        first = outcomes.won.since.get(id_) or outcomes.lost.since[id_]
        assert first is not None and at <= first - 3 * DAY < at + 2 * DAY
        found = interpret(rules.model, population, at, dataset.counts)
        (entity,) = [item for item in found.accounts if item.id == id_]
        assert sample.points[place] == entity.scores["readiness"] / 10_000
        assert sample.stages[place] == entity.stage
        given = {
            item.line: item.points / 10_000 for item in found.contributions if item.id == id_ and item.kind == "line"
        }
        assert {line.id: line.points[place] for line in sample.lines if line.fired[place]}.keys() == given.keys()


def drawn(rules: Ruleset, dataset: Dataset, gap: int = 0) -> tuple[Sample, Outcomes]:
    from scoreline.engine.backtest.condition import conditions
    from scoreline.engine.backtest.outcomes import held

    texts = {"--won": "deal_won", "--lost": "deal_lost"}
    found = conditions(rules, "account", texts)
    won, lost = (held(found[name], dataset, UNTIL) for name in texts)
    outcomes = Outcomes(won, lost, UNTIL)
    return draw(
        rules, dataset, asked_score(rules, None), outcomes, Question("deal_won", "deal_lost", gap=gap)
    ), outcomes


# --- by chance ----------------------------------------------------------------------


def test_shuffled_outcomes_give_an_area_of_a_half_within_its_interval(rules: Ruleset, dataset: Dataset) -> None:
    sample, _ = drawn(rules, dataset)
    covered = false = 0
    rounds = 200
    chance = np.random.default_rng(11)
    for _ in range(rounds):
        won = chance.permutation(sample.won)
        found = area(sample.points, won, sample.cluster)
        assert found is not None
        covered += found.estimate.covers(0.5)
        lines = line_findings(_with(sample, won), found, {})
        false += any(line.word in ("predictive", "harmful") for line in lines)
    assert 0.9 <= covered / rounds <= 0.99
    assert false / rounds <= 0.08


def _with(sample: Sample, won: np.ndarray) -> Sample:
    from dataclasses import replace

    return replace(sample, won=won)


# --- two rulesets -------------------------------------------------------------------


def test_two_rulesets_are_compared_on_the_same_cases(rules: Ruleset, dataset: Dataset, tmp_path: Path) -> None:
    better = planted.ruleset(
        tmp_path / "better", planted.RULES.replace("complaint within 60 days => +20", "complaint within 60 days => -20")
    )
    question = Question("deal_won", "deal_lost")
    same = backtest(rules, dataset, question, UNTIL, Wishes(against=(rules, dataset), thorough=False)).comparison
    assert same is not None and same.difference.value == same.difference.low == same.difference.high == 0
    other = backtest(rules, dataset, question, UNTIL, Wishes(against=(better, dataset), thorough=False)).comparison
    assert other is not None and other.difference.low > 0 and other.cases == 240 and other.p_value < 0.01


def test_what_a_line_is_worth_is_what_the_rules_lose_without_it(
    closed: Backtest, rules: Ruleset, dataset: Dataset, tmp_path: Path
) -> None:
    without = "\n".join(line for line in planted.RULES.splitlines() if not line.strip().startswith("demo:"))
    other = planted.ruleset(tmp_path / "without", without)
    question = Question("deal_won", "deal_lost")
    found = backtest(rules, dataset, question, UNTIL, Wishes(against=(other, dataset), thorough=False)).comparison
    (demo,) = [line for line in closed.lines if line.id == "demo"]
    assert found is not None and demo.loss is not None
    assert found.difference.value == pytest.approx(-demo.loss.value)
    assert found.difference.low == pytest.approx(-demo.loss.high)


# --- other designs ------------------------------------------------------------------


def test_fields_without_dates_are_scored_once(rules: Ruleset, dataset: Dataset) -> None:
    found = backtest(rules, dataset, Question("account.status == 'Won'"), UNTIL)
    assert found.cases.design == "undated" and found.cases.cases == 240 and found.waterfall is None
    both = backtest(rules, dataset, Question("account.status == 'Won'", "account.status == 'Lost'"), UNTIL)
    assert both.cases.won_cases == found.cases.won_cases


def test_fields_with_versions_are_scored_before_they_change(rules: Ruleset) -> None:
    made = planted.data(accounts=60)
    ends = {item["account_id"]: item["timestamp"] for item in made["events"] if item["type"].startswith("deal_")}
    versions = [
        {**item, "status": status, **since}
        for item in made["accounts"]
        for status, since in (("Open", {}), (item["status"], {"valid_from": ends[item["id"]]}))
    ]
    made = {**made, "accounts": versions}
    dataset = planted.dataset(rules, made)
    by_events = backtest(rules, dataset, Question("deal_won", "deal_lost"), UNTIL, Wishes(thorough=False))
    by_fields = backtest(
        rules, dataset, Question("account.status == 'Won'", "account.status == 'Lost'"), UNTIL, Wishes(thorough=False)
    )
    assert by_fields.cases.design == "closed"
    assert (by_fields.area, by_fields.cuts) == (by_events.area, by_events.cuts)


def test_an_outcome_with_a_date_and_one_without_do_not_go_together(rules: Ruleset, dataset: Dataset) -> None:
    for won, lost in (("deal_won", "account.status == 'Lost'"), ("account.status == 'Won'", "deal_lost")):
        with pytest.raises(CannotTest, match="not when"):
            backtest(rules, dataset, Question(won, lost), UNTIL)


def test_what_nobody_has_is_no_outcome(rules: Ruleset, dataset: Dataset) -> None:
    with pytest.raises(CannotTest, match="holds for nobody"):
        backtest(rules, dataset, Question("deal_won and deal_lost"), UNTIL)


def test_a_horizon_beyond_the_data_is_refused(rules: Ruleset, dataset: Dataset) -> None:
    with pytest.raises(CannotTest, match="leaves no month"):
        backtest(rules, dataset, Question("deal_won", horizon=300 * DAY), UNTIL)


def test_snapshots_know_nobody_who_had_no_time_or_was_won(snapshots: Backtest) -> None:
    cases = snapshots.cases
    assert cases.last + 90 * DAY <= cases.until and cases.left_out["won before"] > 0


def test_advice_keeps_to_what_was_asked(closed: Backtest, snapshots: Backtest) -> None:
    capacity, precision = closed.advice
    assert capacity.cut is not None and capacity.cut.volume <= 50
    assert precision.cut is not None and precision.cut.precision >= 0.6
    lower = [cut for cut in closed.cuts if cut.threshold < capacity.cut.threshold]
    assert all(cut.volume > 50 for cut in lower)
    (at_a_time,) = snapshots.advice
    assert at_a_time.cut is not None and at_a_time.each_time <= 5


def test_sales_verdicts_have_reasons(rules: Ruleset, dataset: Dataset) -> None:
    wishes = Wishes(accepted="deal_won", rejected="deal_lost", reason="reason", thorough=False)
    found = backtest(rules, dataset, Question("deal_won", "deal_lost"), UNTIL, wishes).verdicts
    assert found is not None and found.accepted + found.rejected_count == 240
    assert {item.reason for item in found.reasons} == {"price", "timing"}
    assert sum(item.count for item in found.reasons) == found.rejected_count
    assert [item.points for item in found.rejected] == sorted((item.points for item in found.rejected), reverse=True)
    with pytest.raises(CannotTest, match="no property `why`"):
        backtest(
            rules, dataset, Question("deal_won"), UNTIL, Wishes(accepted="deal_won", rejected="deal_lost", reason="why")
        )
