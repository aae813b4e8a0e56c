"""`plan` says how a ruleset is computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

Call = Callable[..., Any]

RULESET = """scoreline: 1
name: small
version: 1.0.0
files: [all.rules]
schema:
  contact: {role: [buyer, user]}
  events:
    visit: {page: text, seconds: number}
    mail: {}
    news: {}
"""
RULES = """param often = 3
score interest for lead:
    buyer: contact.role == 'buyer' => +5
    prices: visit(where page == 'pricing') within 30 days => +20
    docs: visit(where page starts with 'docs') within 90 days => +5
    long: visit(where seconds > 60) within 90 days => +5
    back: visit within 14 days and visit between 14 and 90 days ago => +3
    fresh: each visit within 7 days => +2 halves every 7 days
    answered: mail => +4
    daily: each day with visit within 30 days => +1
    often: visit at least often times within 60 days => +5
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (tmp_path / "small" / "all.rules").write_text(RULES, encoding="utf-8")
    return tmp_path / "small"


def planned(scoreline: Call, *words: object) -> Any:
    done = scoreline("plan", *words, "--format", "json")
    assert done.code == 0 and done.err == ""
    return json.loads(done.out)


def test_people_see_what_is_read_how_it_is_counted_and_each_step(
    scoreline: Call, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = scoreline("plan", small)
    assert done.code == 0
    said = " ".join(done.out.split())
    assert "events younger than 90 days: visit" in said
    assert "events of any age: mail" in said
    assert "events that are never read: news" in said
    assert "events, 2 of 2 properties: page, seconds" in said
    assert "counted by kind and age" in said and "type, page, the outcomes of other tests" in said
    assert "all.rules:10 interest.daily `each day`: groups of events → lead_set_1" in said
    assert "lead_set_1 for daily_n: a set of its own 1 selection, 1 column, for interest.daily; reads event" in said
    assert max(len(line) for line in done.out.splitlines()) <= 80
    assert done.err.endswith(f"scoreline plan {small} --sql\n  scoreline run {small} --data DATA --profile\n")


def test_a_replay_has_a_plan_of_its_own(scoreline: Call, small: Path) -> None:
    """What is followed from one day to the next is worked out once; on three days nothing is."""
    daily, three = planned(scoreline, small, "--days", 180), planned(scoreline, small, "--days", 3)
    assert (daily["counts"]["followed"], three["counts"]["followed"]) == (4, 0)
    steps = {step["name"]: step for step in daily["steps"]}
    assert [name for name in steps if "spells" in name] == ["lead_spells_1"]
    assert [steps[name]["once"] for name in ("kind", "lead_spells_1", "lead_found_1", "lead_results")] == [
        True,
        True,
        False,
        False,
    ]
    assert not any(step["once"] for step in planned(scoreline, small)["steps"])
    said = " ".join(scoreline("plan", small, "--days", 180).out.split())
    assert "4 sums and counts followed from one instant to the next" in said
    assert "lead_spells_1 sums and counts, from when until when once for all instants; reads" in said
    sql = scoreline("plan", small, "--days", 180, "--sql", "--step", "lead_turns_1").out
    assert '"instants" are all' in sql and "ASOF INNER JOIN" in sql


def test_dialects_without_asof_joins_get_plain_ones(scoreline: Call, small: Path) -> None:
    """Both find the first instant that is not before."""
    asked = ("plan", small, "--days", 180, "--sql", "--step", "lead_turns_1")
    asof, plain = scoreline(*asked).out, scoreline(*asked, "--dialect", "postgres").out
    assert "ASOF" not in plain and plain.count("NOT EXISTS") == asof.count("ASOF") == 2
    made = []
    for script in (asof, plain):
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE instants AS SELECT unnest([10, 20, 30]) AS as_of")
            connection.execute(
                """CREATE TABLE lead_struck_1 AS
                SELECT i AS hit, 3 * i AS "from when", 5 * i AS "until when" FROM range(12) AS t(i)"""
            )
            connection.execute(script)
            made.append(connection.execute("FROM lead_turns_1 ORDER BY ALL").fetchall())
    assert made[0] == made[1] and len(made[0]) == 18


def test_programs_get_all_of_it(scoreline: Call, small: Path) -> None:
    found = planned(scoreline, small)
    assert found["ruleset"]["name"] == "small" and found["contributions"] is False
    assert found["reads"]["events"] == {"mail": None, "visit": 90.0} and found["reads"]["never_asked_for"] == ["news"]
    counted = {rule["name"]: rule["counted"] for rule in found["rules"]}
    summed = dict.fromkeys(("prices", "docs", "long", "fresh", "answered", "often"), "summed")
    assert counted == {"buyer": "fields", "back": "kind", "daily": "set", **summed}
    daily = next(rule for rule in found["rules"] if rule["name"] == "daily")
    assert (daily["file"], daily["line"], daily["steps"]) == ("all.rules", 10, ["lead_set_1"])
    own = next(step for step in found["steps"] if step["name"] == "lead_set_1")
    assert own["rules"] == ["interest.daily"] and own["role"] == "set" and "sql" not in own


def test_the_statements_make_the_tables_of_the_steps_one_after_the_other(scoreline: Call, small: Path) -> None:
    """They run: only the data, the instant and the worth of points by age are put there before."""
    steps = planned(scoreline, small, "--sql", "--contributions")["steps"]
    with duckdb.connect() as engine:
        engine.execute("create table instant as select 0::bigint as as_of")
        engine.execute("create table accounts (id text, valid_from bigint)")
        engine.execute('create table contacts (id text, account_id text, valid_from bigint, "role" text)')
        engine.execute(
            'create table events (id text, type text, "at" bigint, received_at bigint, contact_id text,'
            ' account_id text, "page text" text, "seconds number" double)'
        )
        engine.execute("insert into events values ('e', 'visit', -1, null, 'ann', 'acme', 'pricing', 9)")
        for step in steps:
            tree = sqlglot.parse_one(step["sql"], dialect="duckdb")
            if isinstance(tree, exp.Create):
                assert tree.this.name == step["name"]
                engine.execute(step["sql"])
            else:
                assert step["role"] == "decay" and engine.execute(step["sql"]).fetchall() == [(0,)]
                engine.execute(f"create table {step['name']} as select 0 as decay, 0 as age, 20000 as units")
        assert engine.execute("select id, interest_sum from lead_results").fetchall() == [("ann", 220_000 + 10_000)]


def test_sql_is_a_script_with_a_comment_before_each_statement(scoreline: Call, small: Path) -> None:
    done = scoreline("plan", small, "--sql")
    names = [step["name"] for step in planned(scoreline, small)["steps"]]
    assert [line[3:].split(":")[0] for line in done.out.splitlines() if line.startswith("-- ")][2:3] == names[:1]
    for name in names:
        assert f"\n-- {name}: " in done.out
    assert done.out.count("CREATE TEMPORARY TABLE") == sum(not name.startswith("worth") for name in names)
    assert "-- Scoreline works this table out (decay, age, units)" in done.out
    assert '-- "interest_sum" is interest\nCREATE TEMPORARY TABLE "lead_results"' in done.out


def test_one_step_is_shown_alone(scoreline: Call, small: Path) -> None:
    assert scoreline("plan", small, "--step", "lead_set_1").out.startswith("    1  lead_set_1  for daily_n")
    script = scoreline("plan", small, "--step", "lead_set_1", "--sql").out
    assert script.count("CREATE") == 1 and 'CREATE TEMPORARY TABLE "lead_set_1"' in script
    (only,) = planned(scoreline, small, "--step", "lead_set_1")["steps"]
    assert only["name"] == "lead_set_1"


def test_a_step_that_is_not_there_is_wrong_usage(scoreline: Call, small: Path) -> None:
    done = scoreline("plan", small, "--step", "lead_set_9")
    assert done.code == 2 and "did you mean `lead_set_1`" in done.err


def test_contributions_are_a_step_more(scoreline: Call, small: Path) -> None:
    assert scoreline("plan", small, "--step", "contributions").code == 2
    assert scoreline("plan", small, "--step", "contributions", "--contributions").code == 0


def test_a_param_changes_the_plan(scoreline: Call, small: Path) -> None:
    one, other = scoreline("plan", small, "--sql").out, scoreline("plan", small, "--sql", "--set", "often=4").out
    assert one != other and len(one) == len(other)
    assert scoreline("plan", small, "--set", "oftener=4").code == 2


def test_dialects_without_maps_get_tests(scoreline: Call) -> None:
    """Both say by the type of an event how old it may be."""
    asked = ("plan", "abm", "--days", 180, "--sql", "--step", "event_asked")
    mapped, tested = scoreline(*asked).out, scoreline(*asked, "--dialect", "postgres").out
    assert "MAP {" in mapped and "MAP" not in tested
    assert tested.count("WHEN 'webinar'") == mapped.count("'webinar':") == 1


def test_another_dialect_is_a_translation_and_says_so(scoreline: Call, small: Path) -> None:
    done = scoreline("plan", small, "--sql", "--dialect", "snowflake", "--step", "lead_set_1")
    assert done.code == 0 and "only DuckDB runs these plans" in done.out


def test_what_a_dialect_cannot_say_is_refused_with_the_step(scoreline: Call) -> None:
    done = scoreline("plan", "abm", "--sql", "--dialect", "bigquery")
    assert done.code == 2 and "bigquery: step `" in done.err and "` cannot be said: " in done.err


def test_a_single_file_of_rules_learns_from_data_what_there_is(scoreline: Call, tmp_path: Path) -> None:
    rules, data = tmp_path / "one.rules", tmp_path / "data"
    rules.write_text("x: visit within 3 days => +1\n", encoding="utf-8")
    data.mkdir()
    (data / "events.ndjson").write_text(
        '{"id": "1", "type": "visit", "timestamp": "2026-03-01T09:00Z", "contact_id": "ann"}\n'
        '{"id": "2", "type": "mail", "timestamp": "2026-03-01T09:00Z", "contact_id": "ann"}\n',
        encoding="utf-8",
    )
    assert scoreline("plan", rules).code == 1
    done = scoreline("plan", rules, "--data", data)
    assert done.code == 0 and "events younger than 3 days: visit" in done.out
    never = " ".join(done.out.split()).partition("events that are never read: ")[2].partition(" events, ")[0]
    assert "mail" in never.split(", ") and "visit" not in never.split(", ")
    assert done.err.endswith(f"scoreline run {rules} --data {data} --profile\n")


def test_what_no_rule_asks_for_is_read_where_ignore_looks_around(scoreline: Call, small: Path) -> None:
    assert planned(scoreline, small)["reads"]["all_once"] is False
    rules = small / "all.rules"
    rules.write_text(f"ignore news within 1 hour after mail\n{RULES}", encoding="utf-8")
    found = planned(scoreline, small)["reads"]
    assert found["all_once"] is True and found["never_asked_for"] == ["news"]
    said = scoreline("plan", small).out
    assert "events that no rule asks for: news" in said and "never read" not in said and "all events once" in said
