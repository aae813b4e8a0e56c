"""`scoreline replay`: what it shows, writes, keeps and refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .conftest import Call

MORNING = 1_772_262_000_000_000
"""2026-02-28T07:00Z."""
DAYS = ("--from", "2026-02-26", "--to", "2026-02-27")
SPAN = ("--from", "2026-02-20", "--to", "2026-02-27")


@pytest.fixture
def replayed(scoreline: Call, starter: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """`replayed("--top", 3)`: a replay of the starter's data."""
    monkeypatch.setattr("time.time_ns", lambda: MORNING * 1000)
    return lambda *words: scoreline("replay", starter, "--data", starter / "data", *words)


def test_what_a_manager_reads(replayed: Call) -> None:
    done = replayed(*SPAN)
    assert done.code == 0, done.err
    head, instants, *_ = done.out.splitlines()
    assert head == "starter 0.1.0 from 2026-02-20 to 2026-02-27"
    assert instants == "8 instants, every day; Europe/Berlin."
    assert "~ `coral-labs`  AD → MEA  2026-02-27" in done.out
    assert "- engaged 0 → 1" in done.out
    assert max(map(len, done.out.splitlines())) <= 100
    assert "scoreline explain" in done.err


def test_moves_for_programs_are_those_between_runs(replayed: Call, scoreline: Call, starter: Path) -> None:
    told = json.loads(replayed(*SPAN, "--every", "5 days", "--format", "json").out)
    days = [each["as_of"][:10] for each in told["instants"]]
    assert days == ["2026-02-22", "2026-02-27"]
    stages: list[dict[str, Any]] = []
    for day in days:
        run = json.loads(scoreline("run", starter, "--data", starter / "data", "--as-of", day, "--format", "json").out)
        stages.append({each["id"]: each["stage"] for each in run["accounts"]})
    for each, counts in zip(stages, told["instants"], strict=True):
        assert counts["no_stage"] == list(each.values()).count(None)
        assert all(count == list(each.values()).count(stage) for stage, count in counts["stages"].items())
    moved = {
        (days[number], id_, stages[number - 1][id_], stages[number][id_])
        for number in range(1, len(days))
        for id_ in stages[number]
        if stages[number][id_] != stages[number - 1][id_]
    }
    assert {(each["as_of"][:10], each["id"], each["was"], each["now"]) for each in told["moves"]} == moved
    assert moved


def test_reasons_are_left_out_where_nobody_asks_for_them(replayed: Call, tmp_path: Path) -> None:
    asked = (*SPAN, "--format", "json")
    full, short = (json.loads(replayed(*asked, *more).out) for more in ((), ("--no-reasons",)))
    assert any(move["reasons"] for move in full["moves"])
    assert short == {**full, "moves": [{**move, "reasons": []} for move in full["moves"]]}
    page = replayed(*SPAN, "--no-reasons").out
    assert "~ `coral-labs`  AD → MEA  2026-02-27" in page and "engaged" not in page
    assert "differs" not in page  # nor is it said that there are none
    assert replayed(*SPAN, "--no-reasons", "--out", tmp_path / "out").code == 0
    count = "SELECT (SELECT count(*) FROM read_parquet($moves)), (SELECT count(*) FROM read_parquet($reasons))"
    files = {name: str(tmp_path / "out" / f"{name}.parquet") for name in ("moves", "reasons")}
    moves, reasons = duckdb.execute(count, files).fetchall()[0]
    assert moves >= len(full["moves"]) > 0 == reasons


def test_files_are_read_back(replayed: Call, scoreline: Call, starter: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = replayed(*SPAN, "--out", out, "--contributions")
    assert done.code == 0, done.err
    assert {path.name for path in out.iterdir()} == {
        *(f"{name}.parquet" for name in ("leads", "accounts", "contributions", "moves", "reasons")),
        "replay.json",
    }
    scoreline("run", starter, "--data", starter / "data", "--as-of", "2026-02-25", "--out", tmp_path / "run",
              "--format", "parquet", "--contributions")  # fmt: skip
    with duckdb.connect() as connection:
        for name in ("leads", "accounts", "contributions"):
            one = f"SELECT * FROM '{tmp_path / 'run' / name}.parquet'"
            day = "as_of = '2026-02-25T22:59:59.999999Z'"
            same = f"SELECT * EXCLUDE as_of FROM '{out / name}.parquet' WHERE {day}"
            for left, right in ((one, same), (same, one)):
                assert connection.execute(f"SELECT count(*) FROM ({left} EXCEPT ALL {right})").fetchall() == [(0,)]
            assert connection.execute(f"SELECT count(*) > 0 FROM ({same})").fetchall() == [(True,)]
        query = f"SELECT id, was, now FROM '{out / 'moves.parquet'}' WHERE level = 'account' ORDER BY as_of, id"
        assert ("coral-labs", "AD", "MEA") in connection.execute(query).fetchall()
        reasons = f"SELECT name, points FROM '{out / 'reasons.parquet'}' WHERE id = 'coral-labs' AND what = 'line'"
        assert {name for name, _ in connection.execute(reasons).fetchall()} == {"busiest"}
    again = replayed(*SPAN, "--out", out, "--format", "csv")
    assert again.code == 0
    assert {path.name for path in out.iterdir()} == {
        *(f"{name}.csv" for name in ("leads", "accounts", "moves", "reasons")),
        "replay.json",
    }
    rows = list(csv.DictReader((out / "accounts.csv").open(encoding="utf-8")))
    assert len(rows) == 8 * 6
    assert rows[0]["as_of"] == "2026-02-20T22:59:59.999999Z"


def test_moves_as_csv(replayed: Call) -> None:
    rows = list(csv.DictReader(io.StringIO(replayed(*DAYS, "--stage", "MEA", "--format", "csv").out)))
    assert [(each["id"], each["was"], each["now"]) for each in rows] == [("coral-labs", "AD", "MEA")]
    assert "engaged 0 → 1" in rows[0]["reasons"]


@pytest.mark.soak
def test_a_store_of_a_replay_is_that_of_daily_runs(
    replayed: Call, scoreline: Call, starter: Path, tmp_path: Path
) -> None:
    by_day, at_once = tmp_path / "days.duckdb", tmp_path / "replay.duckdb"
    scoreline("run", starter, "--data", starter / "data", "--as-of", DAYS[-1], "--store", by_day)
    assert "2 new" in replayed(*DAYS, "--store", at_once).err
    assert "1 new, 1 there already" in replayed(*DAYS, "--store", by_day).err
    asked = ("--since", "2026-02-20", "--format", "json")
    assert scoreline("moves", "--store", by_day, *asked).out == scoreline("moves", "--store", at_once, *asked).out


def test_what_is_not_given_is_said(replayed: Call) -> None:
    done = replayed("--every", "month", "--format", "json")
    assert "the day of the oldest event" in done.err
    assert json.loads(done.out)["instants"][-1]["as_of"] == "2026-02-27T22:59:59.999999Z"
    assert json.loads(done.out)["instants"][-2]["as_of"] == "2026-01-31T22:59:59.999999Z"


def test_only_moves_over_a_stage(replayed: Call) -> None:
    assert "Nobody moved to or from MQA or beyond." in replayed(*DAYS, "--stage", "MQA").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--from", "2026-03-02", "--to", "2026-03-01"), "the first day, 2026-03-02, is after the last, 2026-03-01"),
        (("--from", "1990-01-01", "--to", "2026-03-01"), "more than 3,700 instants"),
        (("--from", "soon", "--to", "2026-03-01"), "`--from soon` is no day"),
        ((*SPAN, "--every", "fortnight"), "`--every fortnight` is no length of days"),
        ((*SPAN, "--stage", "MQX"), "there is no stage `MQX`"),
        ((*SPAN, "--contributions"), "`--contributions` go into files or a store"),
    ],
)
def test_what_is_refused(replayed: Call, words: tuple[str, ...], message: str) -> None:
    done = replayed(*words)
    assert done.code == 2
    assert message in done.err
    assert done.out == ""


def test_nothing_is_overwritten(replayed: Call, tmp_path: Path) -> None:
    (tmp_path / "moves.parquet").write_text("mine", encoding="utf-8")
    done = replayed(*SPAN, "--out", tmp_path)
    assert done.code == 2
    assert "no earlier replay wrote it" in done.err
    assert (tmp_path / "moves.parquet").read_text(encoding="utf-8") == "mine"


LONG = """
score fit for lead:
    a: visit => +1
stages for lead:
    one: fit >= 1 stays while fit >= 0
"""


@pytest.mark.parametrize("command", ["run", "explain", "replay", "test"])
def test_too_many_days_to_remember(scoreline: Call, tmp_path: Path, command: str) -> None:
    rules = tmp_path / "long"
    (rules / "tests").mkdir(parents=True)
    (rules / "ruleset.yaml").write_text(
        "scoreline: 1\nname: long\nversion: 1.0.0\nfiles: [all.rules]\nschema: {events: {visit: {}}}\n",
        encoding="utf-8",
    )
    (rules / "all.rules").write_text(LONG, encoding="utf-8")
    (rules / "tests" / "one.yaml").write_text(
        "as_of: 2026-03-01\nscenarios:\n  - name: old\n    contacts: [{id: c}]\n"
        "    events: [{contact: c, type: visit, at: 2001-01-01}]\n    expect: {leads: {c: {fit: 1}}}\n",
        encoding="utf-8",
    )
    event = {"id": "e", "type": "visit", "contact_id": "c", "timestamp": "2001-01-01T00:00:00Z"}
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"contacts": [{"id": "c"}], "events": [event]}), encoding="utf-8")
    given = {
        "run": ("--data", data, "--as-of", "2026-03-01"),
        "explain": ("c", "--data", data, "--as-of", "2026-03-01"),
        "replay": ("--data", data, "--from", "2026-02-27", "--to", "2026-03-01"),
        "test": (),
    }
    done = scoreline(command, rules, *given[command])
    assert done.code == 1, done.err
    assert "remember the days before" in done.out + done.err
    assert "history_from: 2025-01-01" in done.out + done.err
    assert "internal error" not in done.err
