"""Rules that read the outcome are caught, however they come by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.engine.backtest.backtest import Wishes, backtest
from scoreline.engine.backtest.condition import conditions
from scoreline.engine.backtest.peeking import Peeks, peeks
from scoreline.engine.backtest.question import CannotTest, Question, asked_score
from scoreline.engine.compiled import RulesetError
from scoreline.engine.ruleset import Ruleset, load

from . import planted

PLAIN = "score readiness for account 0..100:\n    demo: demo => +20\n"


def looked(folder: Path, rules: str, won: str = "deal_won", dated: bool = True) -> Peeks:
    ruleset = planted.ruleset(folder, rules)
    found = conditions(ruleset, "account", {"--won": won})
    return peeks(ruleset, asked_score(ruleset, "readiness"), found.values(), dated)


@pytest.mark.parametrize(
    "rules",
    [
        PLAIN + "    peek: deal_won => +50",
        PLAIN + "    peek: not deal_won => +50",
        PLAIN + "    when deal_won:\n        peek: demo => +50",
        PLAIN + "    group extra max 20:\n        peek: count(deal_won) >= 1 => +50",
        PLAIN + "    peek: each deal_won within 9 days => +50",
        PLAIN + "    peek: demo within 7 days before deal_won => +50",
        PLAIN + "    peek: days since deal_won < 9 => +50",
        PLAIN + "    peek: always => +5 * count(deal_won)",
        "signal closed = deal_won or deal_lost\n" + PLAIN + "    peek: closed => +50",
        "signal closed = deal_won or deal_lost\nsignal done = closed\n" + PLAIN + "    peek: done at least once => +50",
        "measure deals for account = count(deal_won)\n" + PLAIN + "    peek: deals >= 1 => +50",
        "score below for account:\n    peek: deal_won => +5\n" + PLAIN + "    part: always => +1 * below",
        "score below for lead:\n    peek: account.deal_won => +5\n"
        + PLAIN
        + "    part: always => +1 * max(below of leads)",
        "derive account.mood = 'good' if deal_won else 'bad'\n" + PLAIN + "    peek: account.mood == 'good' => +50",
    ],
)
def test_events_of_the_outcome_are_not_for_rules(folder: Path, rules: str) -> None:
    found = looked(folder, rules)
    assert [item.code for item in found.found] == ["L701"]
    (item,) = found.found
    assert item.is_error and "`deal_won` events" in item.message and item.span.path == "planted.rules" and item.hint


@pytest.mark.parametrize(
    "rules",
    [
        PLAIN + "    peek: account.status == 'Won' => +50",
        PLAIN + "    peek: account.status in ['Open', 'Won'] => +50",
        PLAIN + "    peek: account.status is known => disqualify 'over'",
        "derive account.late = account.status != 'Open'\n" + PLAIN + "    peek: account.late => +50",
    ],
)
def test_fields_of_the_outcome_are_not_for_rules(folder: Path, rules: str) -> None:
    found = looked(folder, rules, "account.status == 'Won'", dated=False)
    assert [item.code for item in found.found] == ["L701"] and "`account.status`" in found.found[0].message


def test_other_events_and_fields_are(folder: Path) -> None:
    assert looked(folder, planted.RULES).found == []
    assert looked(folder, planted.RULES, "account.status == 'Won'", dated=False).found == []


def test_a_line_that_takes_customers_out_gives_no_points(folder: Path) -> None:
    rules = PLAIN + "    customer: deal_won => disqualify 'customer'"
    assert looked(folder, rules).found == []
    assert looked(folder, rules, dated=False).found != []


def test_a_stage_is_only_warned_of(folder: Path) -> None:
    found = looked(folder, PLAIN + "stages for account:\n    done: deal_won\n")
    assert [item.severity for item in found.found] == ["warning"]


def test_what_the_score_does_not_read_may(folder: Path) -> None:
    assert looked(folder, "score other for account:\n    peek: deal_won => +5\n" + PLAIN).found == []


def test_a_comment_allows_it_and_says_why(folder: Path) -> None:
    found = looked(folder, PLAIN + "    peek: deal_won => +50  # allow L701 earlier deals only\n")
    assert found.found == [] and [item.hint for item in found.allowed] == ["earlier deals only"]


def test_such_a_comment_is_no_finding_by_itself(folder: Path) -> None:
    ruleset = planted.ruleset(folder, PLAIN + "    peek: deal_won => +50  # allow L701 earlier deals only\n")
    assert not [item for item in ruleset.diagnostics if item.code in ("L505", "L506")]


def test_a_backtest_ends_there(folder: Path) -> None:
    rules = planted.ruleset(folder, PLAIN + "    peek: deal_won => +50")
    with pytest.raises(RulesetError, match="L701"):
        backtest(
            rules, planted.dataset(rules, planted.data(40)), Question("deal_won"), planted.UNTIL, Wishes(thorough=False)
        )


# --- conditions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("deal_wn", "T101"),
        ("deal_won and", "S102"),
        ("account.color == 'red'", "T102"),
        ("count(deal_won)", "T111"),
        ("", "S102"),
    ],
)
def test_a_wrong_condition_is_shown_in_its_own_text(rules: Ruleset, text: str, code: str) -> None:
    with pytest.raises(RulesetError) as caught:
        conditions(rules, "account", {"--won": text})
    assert [item.code for item in caught.value.diagnostics] == [code]
    assert "--won" in caught.value.sources


def test_conditions_know_params_and_lists_of_the_rules() -> None:
    rules = load("abm")
    found = conditions(
        rules, "account", {"--won": "surging(where score >= surge) and account.industry in core_industries"}
    )
    assert found["--won"].has_instant and found["--won"].read_types() == {"intent"}
    assert not conditions(rules, "account", {"--won": "not deal_won"})["--won"].has_instant


@pytest.mark.parametrize(
    ("name", "level", "score"),
    [(None, "account", "readiness"), ("profile", "account", "profile"), ("lead.fit", "lead", "fit")],
)
def test_the_score_is_the_one_that_decides(name: str | None, level: str, score: str) -> None:
    found = asked_score(load("abm"), name)
    assert (found.level, found.name) == (level, score)


def test_a_score_that_is_not_there_is_refused() -> None:
    with pytest.raises(CannotTest, match="no score `readines`") as caught:
        asked_score(load("abm"), "readines")
    assert caught.value.hint == "did you mean `readiness`?"
