"""A name that is not there: the hint says what there is, and never that there is nothing where there is something."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Call


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("run", "--stage", "XX"), "there is no stage `XX`", "known here: `AD`, `MEA`, `MQA`, `SQA`, `disqualified`"),
        (("replay", "--stage", "XX", "--to", "latest"), "there is no stage `XX`", "known here: `AD`, `MEA`"),
        (("explain", "coral"), "there is no lead or account `coral` at", "did you mean `coral-1`?"),
        (("explain", "nobody at all"), "there is no lead or account `nobody at all` at", "known here: `alder-1`"),
        (("compare", "alder-works", "alder-1"), "`alder-1` is a lead, where accounts", "name one of the accounts"),
    ],
)
def test_the_hint_says_what_there_is(
    scoreline: Call, starter: Path, words: tuple[str, ...], said: str, hint: str
) -> None:
    command, *more = words
    instant = () if command == "replay" else ("--as-of", "latest")
    done = scoreline(command, starter, *more, *instant)
    assert done.code == 2
    assert said in done.err
    assert hint in done.err


def test_a_word_that_is_neither_ruleset_nor_revision(scoreline: Call, starter: Path) -> None:
    done = scoreline("diff", starter.parent / "before", starter)
    assert done.code == 2
    assert "before` is no ruleset, and `" in done.err and "is in no git repository" in done.err


def test_the_example_of_a_setting_is_ones_own(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--as-of", "latest", "--set", "ready_for_sales")
    assert done.code == 2 and "write `--set ready_for_sales=70`" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "{mine}", "--data", ""), "`--data` is empty"),
        (("run", "{mine}", "--max-rejected", "nan"), "`nan` is no number"),
        (("init", "--demo-data", "--until", "2026-02-31", "new"), "`2026-02-31` is no day; write `2026-03-01`"),
        (("report", "{mine}", "--out", "/"), "`/` is the whole disk"),
        (("run", "/dev/null"), "`/dev/null` is no ruleset: it is neither a folder nor a file"),
        (("diff", "{mine}", "{mine}", "--data", "d", "--by", "contact.role"), "known here: `account.employees`"),
        (("moves", "--store", "{store}", "--since", "2026-02-02", "--until", "2026-02-01"), "is after `--until"),
        (("history", "x", "--store", "{store}", "--since", "today", "--until", "2026-02-01"), "is after `--until"),
    ],
)
def test_values_that_no_option_can_have(scoreline: Call, starter: Path, words: tuple[str, ...], said: str) -> None:
    store = starter.parent / "kept.duckdb"
    if "{store}" in words:
        scoreline("run", starter, "--as-of", "latest", "--store", store)
    done = scoreline(*(word.format(mine=starter, store=store) for word in words))
    assert (done.code, said in done.err) == (2, True)
