"""`run` scores what it is given, shows what was asked for, and says what it did."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline import __version__
from scoreline.engine.ruleset import shipped

Call = Callable[..., Any]
AS_OF = ("--as-of", "2026-03-01")


def scored(scoreline: Call, starter: Path, *more: object) -> dict[str, Any]:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--format", "json", *more)
    assert done.code == 0, done.err
    document: dict[str, Any] = json.loads(done.out)
    return document


def test_results_are_a_document_on_stdout_and_the_rest_is_not(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--format", "json")
    document = json.loads(done.out)
    assert document["as_of"] == "2026-03-01T22:59:59.999999Z"
    assert document["ruleset"]["name"] == "starter"
    assert document["accounts"][0]["id"] == "alder-works"
    assert "contributions" not in document
    assert "starter 0.1.0 as of 2026-03-01 (Europe/Berlin)" in done.err
    assert "6 accounts, 11 contacts, 29 events" in done.err
    assert f"scoreline explain {starter} " in done.err


def test_without_data_it_takes_those_of_the_ruleset(scoreline: Call, starter: Path) -> None:
    named = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--format", "csv")
    unnamed = scoreline("run", starter, *AS_OF, "--format", "csv")
    assert unnamed.out == named.out and unnamed.code == 0
    assert f"data: the ruleset's own, {starter / 'data'}" in unnamed.err and "data:" not in named.err
    assert "--data" in named.err.splitlines()[-1] and "--data" not in unnamed.err.splitlines()[-1]


def test_contributions_add_up_to_the_scores(scoreline: Call, starter: Path) -> None:
    document = scored(scoreline, starter, "--contributions")
    scores = {
        (level, item["id"], name): value
        for level, items in (("lead", document["leads"]), ("account", document["accounts"]))
        for item in items
        for name, value in item["scores"].items()
    }
    sums = dict.fromkeys(scores, 0.0)
    for entry in document["contributions"]:
        sums[entry["level"], entry["id"], entry["score"]] += entry["points"]
    assert {key: round(value, 4) for key, value in sums.items()} == scores


def test_both_engines_give_the_same(scoreline: Call, starter: Path) -> None:
    more = ("--contributions", "--engine")
    assert scored(scoreline, starter, *more, "duckdb") == scored(scoreline, starter, *more, "interpreter")


def test_a_param_can_be_set_for_one_run(scoreline: Call, starter: Path) -> None:
    def stages(*more: object) -> dict[str, str]:
        return {item["id"]: item["stage"] for item in scored(scoreline, starter, *more)["accounts"]}

    assert stages()["alder-works"] == "MQA"
    assert stages("--set", "ready_for_sales=90")["alder-works"] == "MEA"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("ready_for_sale=70", "did you mean `ready_for_sales`?"),
        ("ready_for_sales", "write `--set"),
        ("ready_for_sales=200", "30"),
        ("ready_for_sales=high", "number"),
    ],
)
def test_a_param_that_cannot_be_set_is_refused(scoreline: Call, starter: Path, setting: str, words: str) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--set", setting)
    assert done.code == 2 and done.out == ""
    assert words in done.err and "internal error" not in done.err


def test_wrong_rules_are_not_wrong_usage_whatever_is_set(scoreline: Call, starter: Path) -> None:
    (starter / "companies.rules").write_text("score readiness of account:\n  nonsense => +1\n", encoding="utf-8")
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--set", "ready_for_sales=70")
    assert done.code == 1


def test_the_next_step_reads_and_sets_the_same(scoreline: Call, starter: Path) -> None:
    words = ("--set", "ready_for_sales=50", "--max-rejected", "7.5")
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, *words)
    step = done.err.partition("\nNext\n")[2].strip()
    assert step.endswith(" --as-of 2026-03-01 --set ready_for_sales=50 --max-rejected 7.5")
    explained = scoreline(*step.split()[1:])
    assert explained.code == 0 and "--set ready_for_sales=50" in explained.out


def test_the_help_names_every_ruleset_that_ships(scoreline: Call) -> None:
    words = " ".join(scoreline("run", "--help").out.split())
    assert f"({', '.join(shipped())})" in words


def test_a_choice_never_changes_a_result(scoreline: Call, starter: Path) -> None:
    whole = scored(scoreline, starter, "--contributions")
    some = scored(scoreline, starter, "--contributions", "--only", "account", "--stage", "MQA")
    assert some["leads"] == []
    assert some["accounts"] == [item for item in whole["accounts"] if item["stage"] == "MQA"]
    ids = {item["id"] for item in some["accounts"]}
    wanted = [item for item in whole["contributions"] if item["level"] == "account" and item["id"] in ids]
    assert some["contributions"] == wanted


def test_the_best_come_first_with_top(scoreline: Call, starter: Path) -> None:
    document = scored(scoreline, starter, "--top", "2")
    assert [item["id"] for item in document["accounts"]] == ["dunes-freight", "alder-works"]  # SQA, then MQA
    assert len(document["leads"]) == 2


def test_an_unknown_stage_is_refused(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--stage", "MQ")
    assert done.code == 2 and "did you mean `MQA`?" in done.err


def test_the_table_shows_both_levels(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF)
    assert done.out.index("Accounts") < done.out.index("Leads")
    assert "alder-works" in done.out and "unsubscribed" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_a_level_of_which_rules_say_nothing_is_only_shown_when_asked_for(
    scoreline: Call, starter: Path, tmp_path: Path
) -> None:
    (tmp_path / "ruleset.yaml").write_text("scoreline: 1\nname: people\ntimezone: UTC\nfiles: [people.rules]\n")
    (tmp_path / "people.rules").write_text("score here for lead:\n    there: always => +1\n")
    words = ("run", tmp_path, "--data", starter / "data", *AS_OF, "--top", "1")
    done, accounts = scoreline(*words), scoreline(*words, "--only", "account")
    assert done.out.startswith("Leads\n") and "Accounts" not in done.out
    assert f"scoreline explain {tmp_path} alder-1 " in done.err
    assert accounts.out.startswith("Accounts\n") and f"scoreline explain {tmp_path} alder-works " in accounts.err


def test_csv_on_stdout_is_one_table(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--format", "csv", "--only", "lead")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == 11 and rows[0]["id"] == "alder-1" and rows[0]["engagement"] == "50"


def test_ndjson_has_a_line_for_each(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--format", "ndjson")
    levels = [json.loads(line)["level"] for line in done.out.splitlines()]
    assert levels == ["account"] * 6 + ["lead"] * 11


def test_files_are_written_and_named(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    done = scoreline(
        *("run", starter, "--data", starter / "data", *AS_OF, "--out", out, "--format", "parquet", "--contributions")
    )
    assert done.code == 0 and done.out == ""
    names = ["accounts.parquet", "contributions.parquet", "leads.parquet", "run.json"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert all(str(out / name) in done.err for name in names)
    assert json.loads((out / "run.json").read_text())["data"]["events"] == 29


def test_csv_on_stdout_has_no_place_for_contributions(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--format", "csv", "--contributions")
    assert done.code == 2 and done.out == "" and "add `--out DIR`" in done.err


def test_run_json_says_how_the_results_came_about(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--set", "ready_for_sales=50", "--only", "account", "--stage", "MQA", "--top", "3")
    data = f"{starter}/./data"
    assert scoreline("run", starter, "--data", data, *AS_OF, *words, "--contributions", "--out", out).code == 0
    said = json.loads((out / "run.json").read_text())
    assert said["scoreline"] == __version__ and said["source"] == data
    assert said["params"] == {"ready_for_sales": 50} and said["set"] == {"ready_for_sales": "50"}
    assert said["filters"] == {"only": "account", "stage": "MQA", "top": 3}
    assert said["files"] == ["leads.csv", "accounts.csv", "contributions.csv"]
    assert scoreline("run", starter, "--data", data, *AS_OF, "--out", out).code == 0
    assert sorted(path.name for path in out.iterdir()) == ["accounts.csv", "leads.csv", "run.json"]


# --- instants -------------------------------------------------------------------------------------------------------


def test_latest_is_the_newest_event(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", "--as-of", "latest", "--format", "json")
    assert json.loads(done.out)["as_of"] == "2026-02-27T10:20:00Z"


def test_now_is_the_default_and_old_data_are_pointed_out(
    scoreline: Call, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_777_000_000_123_456_789)
    done = scoreline("run", starter, "--data", starter / "data", "--format", "json")
    assert json.loads(done.out)["as_of"] == "2026-04-24T03:06:40.123456Z"
    assert "nothing happened in the 30 days before" in done.err and "--as-of latest" in done.err
    monkeypatch.setattr("time.time_ns", lambda: 1_772_500_000_000_000_000)
    assert "nothing happened" not in scoreline("run", starter, "--data", starter / "data").err


def test_an_instant_that_is_none_is_refused(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", "--as-of", "yesterday")
    assert done.code == 2 and "`yesterday` is no instant" in done.err


# --- data that are not as they should be ----------------------------------------------------------------------------


def broken(starter: Path, lines: list[str]) -> Path:
    events = starter / "data" / "events.ndjson"
    events.write_text(events.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
    return starter / "data"


def test_a_record_that_cannot_be_read_is_set_aside(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    data = broken(starter, ['{"id": "x1", "type": "page_view"', ""])
    done = scoreline("run", starter, "--data", data, *AS_OF, "--out", tmp_path / "out", "--format", "json")
    assert done.code == 0
    assert "1 rejected" in done.err
    (entry,) = map(json.loads, (tmp_path / "out" / "rejected.ndjson").read_text().splitlines())
    assert entry["line"] == 30 and entry["reason"]
    assert json.loads((tmp_path / "out" / "results.json").read_text())["data"]["rejected"] == 1
    assert "each is in rejected.ndjson" in done.err and "add `--out DIR`" not in done.err


@pytest.mark.parametrize(("limit", "code"), [("90", 0), ("1", 1)])
def test_without_a_folder_the_first_of_them_are_listed(
    scoreline: Call, starter: Path, monkeypatch: pytest.MonkeyPatch, limit: str, code: int
) -> None:
    data = broken(starter, ["{broken"] * 7)
    monkeypatch.chdir(starter)
    done = scoreline("run", ".", "--data", "data", *AS_OF, "--max-rejected", limit)
    assert done.code == code
    listed = [line.split(": ")[0].strip() for line in done.err.splitlines() if line.startswith("  events.ndjson:")]
    assert listed == [f"events.ndjson:{line}" for line in range(30, 35)]
    assert "add `--out DIR` to get them all in rejected.ndjson" in done.err
    assert "cannot be read (the first 5)\n" in done.err
    assert "is in rejected.ndjson" not in done.err and not list(starter.rglob("rejected.ndjson"))
    told = scoreline("validate", ".", "--data", data)
    assert "`scoreline run … --out DIR` writes them all" in told.out + told.err
    assert "is in rejected.ndjson" not in told.out + told.err


def test_who_asks_about_one_account_gets_a_line_about_the_data(scoreline: Call, starter: Path) -> None:
    words = ("--data", broken(starter, ["{broken"] * 7), "--max-rejected", "90")
    done = scoreline("explain", starter, "alder-works", *AS_OF, *words, "--depth", "1")
    assert done.code == 0
    assert done.err.splitlines()[0] == "warning: 7 of 36 events cannot be read and were set aside"
    assert "scoreline validate … --data …" in done.err and "events.ndjson:30" not in done.err


def test_accounts_that_cannot_be_read_are_written_too(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    accounts = next((starter / "data").glob("accounts.*"))
    accounts.rename(accounts.with_name("accounts.ndjson"))
    (starter / "data" / "accounts.ndjson").write_text('{"id": "alder-works"}\n{broken\n', encoding="utf-8")
    words = ("--max-rejected", "90", "--out", tmp_path / "out")
    assert scoreline("run", starter, "--data", starter / "data", *AS_OF, *words).code == 0
    (entry,) = map(json.loads, (tmp_path / "out" / "rejected.ndjson").read_text().splitlines())
    assert entry["kind"] == "accounts" and entry["line"] == 2


def test_a_run_that_failed_does_not_bar_the_next_one(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    events = (starter / "data" / "events.ndjson").read_bytes()
    data = broken(starter, ["{broken"])
    words = ("run", starter, "--data", data, *AS_OF, "--strict", "--out", tmp_path / "out")
    assert scoreline(*words).code == 1
    (data / "events.ndjson").write_bytes(events)
    assert scoreline(*words).code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["accounts.csv", "leads.csv", "run.json"]


@pytest.mark.parametrize("more", [("--strict",), ("--max-rejected", "1")])
def test_too_many_of_them_are_a_failure(scoreline: Call, starter: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    data = broken(starter, ["{broken"])
    done = scoreline("run", starter, "--data", data, *AS_OF, *more, "--out", tmp_path / "out")
    assert done.code == 1 and done.out == ""
    assert "internal error" not in done.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["rejected.ndjson"]


@pytest.mark.parametrize("kind", ["missing", "empty folder", "binary", "empty file", "no permission", "folder as file"])
def test_data_that_are_none_are_said_to_be_none(scoreline: Call, starter: Path, tmp_path: Path, kind: str) -> None:
    data = tmp_path / "data"
    if kind == "empty folder":
        data.mkdir()
    elif kind == "folder as file":
        (data / "events.ndjson" / "deeper").mkdir(parents=True)
    elif kind != "missing":
        data.mkdir()
        (data / "events.ndjson").write_bytes(b"\x00\xff\xfe\x80" * 100 if kind == "binary" else b"")
    done = scoreline("run", starter, "--data", data, *AS_OF)
    assert done.code in (0, 1, 2) if kind in ("empty file", "no permission") else done.code in (1, 2), done.err
    assert "internal error" not in done.err and "Traceback" not in done.err


def test_one_line_is_a_ruleset(scoreline: Call, tmp_path: Path) -> None:
    rules = tmp_path / "one.rules"
    rules.write_text("contact.role == 'economic_buyer' and visited('pricing') => +20\n", encoding="utf-8")
    data = tmp_path / "data.json"
    visit = {"id": 1, "type": "page_view", "timestamp": "2026-02-26T09:30:00Z", "contact_id": "ann", "page": "pricing"}
    data.write_text(json.dumps({"contacts": [{"id": "ann", "role": "economic_buyer"}], "events": [visit]}))
    done = scoreline("run", rules, "--data", data, *AS_OF, "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["leads"][0]["scores"] == {"points": 20}


# --- rules that cannot be computed --------------------------------------------------------------------------------


def test_what_the_engine_refuses_is_an_error_with_its_place(
    scoreline: Call, starter: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    from scoreline.engine import plan
    from scoreline.engine.plan.errors import refuse
    from scoreline.grammar.source import Span

    def refused(*_: object, **__: object) -> None:
        raise refuse("this", Span("companies.rules", 5, 1, 5, 10))

    monkeypatch.setattr(plan, "plan", refused)
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF)
    assert done.code == 1 and done.out == ""
    assert "P102" in done.err and "companies.rules:5:1" in done.err and "--engine interpreter" in done.err


def test_a_profile_says_what_each_step_took(scoreline: Call, starter: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--profile")
    assert done.code == 0
    assert re.search(r"^lead_results +\d+ +\d\.\d{3} +\d+% +the results of each lead", done.err, re.MULTILINE), done.err
    assert re.search(r"^all steps +\d+\.\d{3} *$", done.err, re.MULTILINE)
    plain = scoreline("run", starter, "--data", starter / "data", *AS_OF, "--profile", "--engine", "interpreter")
    assert plain.out == done.out and "no steps to show" in plain.err


def test_a_day_that_is_to_come_is_pointed_out(scoreline: Call, starter: Path) -> None:
    told = scoreline("run", starter, "--as-of", "2999-01-01")
    assert told.code == 0 and "warning: 2999-01-01 is in the future" in told.err
    assert "future" not in scoreline("run", starter, *AS_OF).err
