"""Rules, the steps of their plan and the SQL of each, compared with files; `UPDATE_GOLDENS=1 pytest …` renews them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlglot

from scoreline.engine.plan import Plan, plan
from scoreline.engine.plan.steps import DecayStep
from scoreline.engine.sql import sql

from .compiled import model_of

GOLDENS = Path(__file__).with_name("goldens")


#: The steps before any rule, which only one golden shows.
BEFORE = ["contact_now", "account_now", "named_contact", "named_account", "account", "lead", "counts"]


def shown(made: Plan, everything: bool = True) -> str:
    """Each step with what it reads and its statement, in an order that a person can follow."""
    texts = {statement.step: statement.text for statement in sql(made)}
    parts = []
    for step in made.steps:
        if step.name in BEFORE and not everything:
            continue
        parts.append(f"-- {step.name}: {step.purpose}\n-- reads {', '.join(step.reads)}")
        if isinstance(step, DecayStep):
            parts.append(
                "".join(f"--   {column.name}: {column.decay.kind} {column.points}\n" for column in step.columns)
            )
        else:
            parts.append(sqlglot.transpile(texts[step.name], read="duckdb", write="duckdb", pretty=True)[0] + "\n")
    return "\n".join(parts)


@pytest.mark.parametrize("rules", sorted(GOLDENS.glob("*.rules")), ids=lambda path: path.stem)
def test_steps_and_sql(rules: Path) -> None:
    made = shown(plan(model_of(rules.read_text(encoding="utf-8"))), everything=rules.stem == "ignore")
    golden = rules.with_suffix(".sql")
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


def test_the_same_rules_give_the_same_plan() -> None:
    text = (GOLDENS / "rollup.rules").read_text(encoding="utf-8")
    assert shown(plan(model_of(text))) == shown(plan(model_of(text)))


def test_event_types_that_no_rule_asks_for_are_not_read() -> None:
    made = plan(model_of("signal_less: page_view => +5"))
    event = next(statement.text for statement in sql(made) if statement.step == "event")
    assert "webinar" not in event and "minutes" not in event and "page_view" in event


def test_equal_selections_are_one() -> None:
    rules = "a: visited('x') => +5\nb: visited('x') and contact.role == 'buyer' => +6\nc: not visited('x') => +7\n"
    text = "\n".join(statement.text for statement in sql(plan(model_of(rules))))
    assert text.count("\"page_folded\" = 'x'") == 1
