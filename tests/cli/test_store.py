"""`run --store`, `moves` and `history`."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scoreline.cli.init_command import command as init
from scoreline.engine.instants import Zone, day_end
from scoreline.engine.ruleset import load
from scoreline.engine.runners import run
from scoreline.engine.scoring import open_data
from scoreline.engine.store import About, OfRun, append

Call = Callable[..., Any]

#: 2026-02-28T05:00Z.
MORNING = 1_772_254_800_000_000_000


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `init` writes, as of the ends of 25 to 27 February, in a store."""
    folder = tmp_path_factory.mktemp("three days")
    init.main([str(folder / "starter")], standalone_mode=False)
    rules = load(folder / "starter")
    dataset = open_data(rules, folder / "starter" / "data", only_read=True, also=[("account", "industry")])
    for day in (25, 26, 27):
        with run(rules.model, dataset, day_end(date(2026, 2, day), Zone.named("Europe/Berlin"))) as made:
            append(folder / "scores.duckdb", OfRun(made, dataset), About(rules.model, "0", 0, "data"))
    return folder / "scores.duckdb"


@pytest.fixture
def store(three_days: Path, tmp_path: Path) -> Path:
    """The same, to be written to."""
    shutil.copy(three_days, tmp_path / "scores.duckdb")
    return tmp_path / "scores.duckdb"


def test_without_an_instant_it_is_the_end_of_yesterday(
    scoreline: Call, starter: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: MORNING + 86_400_000_000_000)
    words = ("run", starter, "--data", starter / "data", "--store", store)
    done = scoreline(*words)
    assert "as of 2026-02-28 (Europe/Berlin)" in done.err and "no stage moves" in done.err
    assert "explain" in done.err and "--as-of 2026-02-28" in done.err
    assert "scoreline moves --store" in done.err
    monkeypatch.setattr("time.time_ns", lambda: MORNING + 90_000_000_000_000)
    assert "nothing has changed" in scoreline(*words).err


def test_results_are_shown_as_without_a_store(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    store = tmp_path / "new.duckdb"
    words = ("run", starter, "--data", starter / "data", "--as-of", "2026-02-27", "--format", "json")
    plain = json.loads(scoreline(*words, "--contributions").out)
    few = json.loads(scoreline(*words, "--store", store).out)
    assert few == {key: value for key, value in plain.items() if key != "contributions"}
    asked = scoreline(*words, "--store", store, "--contributions")
    assert json.loads(asked.out) == plain
    assert "in the place of others" in asked.err  # now with the lines of leads
    wanted = {each["id"]: each for each in plain["accounts"]}
    with duckdb.connect(str(store), read_only=True) as connection:
        assert connection.execute("SELECT lines FROM snapshots").fetchall() == [("lead,account",)]
        assert connection.execute("SELECT count(*) > 0 FROM lead_entry_now").fetchall() == [(True,)]
        rows = connection.execute("SELECT id, readiness::VARCHAR, engaged, stage FROM accounts ORDER BY id").fetchall()
    assert [row[0] for row in rows] == sorted(wanted)
    for id_, readiness, engaged, stage in rows:
        assert float(readiness) == wanted[id_]["scores"]["readiness"]
        assert (engaged, stage) == (wanted[id_]["measures"]["engaged"], wanted[id_]["stage"])


def test_what_is_asked_for_in_sql(three_days: Path) -> None:
    with duckdb.connect(str(three_days), read_only=True) as connection:
        times = connection.execute("SELECT count(DISTINCT as_of::VARCHAR) FROM account_history").fetchall()
        assert times == [(3,)]
        stages = "SELECT stage FROM account_history WHERE id = 'coral-labs' ORDER BY as_of"
        assert connection.execute(stages).fetchall() == [("AD",), ("AD",), ("MEA",)]


def test_moves_with_their_reasons(scoreline: Call, starter: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: MORNING)
    done = scoreline("moves", "--store", store, "--since", "yesterday", "--format", "json")
    told = json.loads(done.out)
    assert told["snapshots"] == ["2026-02-27T22:59:59.999999Z"]
    (move,) = told["moves"]
    assert (move["id"], move["was"], move["now"], move["change"]) == ("coral-labs", "AD", "MEA", "up")
    lines = {each["name"]: (each["was"], each["now"]) for each in move["reasons"] if each["what"] == "line"}
    assert lines == {"busiest": (4.1013, 6.0625)}
    assert {"what": "measure", "name": "engaged", "of": None, "was": 0, "now": 1, "because": None} in move["reasons"]
    assert scoreline("moves", "--store", store, "--since", "today", "--format", "json").code == 0
    assert json.loads(scoreline("moves", "--store", store, "--stage", "MEA", "--format", "json").out)["counts"] == {
        "new": 1,
        "lost": 0,
        "up": 0,
        "down": 0,
        "other": 0,
    }


def test_a_time_without_snapshots(scoreline: Call, store: Path) -> None:
    done = scoreline("moves", "--store", store, "--since", "2026-05-01")
    assert done.code == 0 and "No snapshot lies in this time: the newest is of 2026-02-27." in done.out
    assert f"scoreline moves --store {store} --since 2026-02-25" in done.err and "ID" not in done.err


def test_rules_without_stages_say_so(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    rules = starter / "people.rules"
    rules.write_text(rules.read_text(encoding="utf-8").partition("stages for lead")[0], encoding="utf-8")
    kept = tmp_path / "stageless.duckdb"
    assert scoreline("run", starter, "--data", starter / "data", "--as-of", "2026-02-27", "--store", kept).code == 0
    done = scoreline("moves", "--store", kept, "--level", "lead")
    assert "Nobody moves: these rules have no stages of leads." in done.out and "Next" not in done.err


def test_moves_by_a_field_of_the_account(scoreline: Call, store: Path) -> None:
    for by in ("account.industry", "industry"):
        done = scoreline("moves", "--store", store, "--by", by, "--format", "csv")
        (row,) = csv.DictReader(io.StringIO(done.out))
        assert (row["id"], row["segment"], row["now"]) == ("coral-labs", "software", "MEA")
    done = scoreline("moves", "--store", store, "--by", "account.industry", "--format", "markdown")
    assert "| software | 0 | 0 | 1 |" in done.out and "## software" in done.out
    done = scoreline("moves", "--store", store, "--by", "account.industri")
    assert (done.code, "did you mean `account.industry`?" in done.err) == (2, True)


def test_other_rules_are_a_reason(scoreline: Call, starter: Path, store: Path) -> None:
    words = ("run", starter, "--data", starter / "data", "--as-of", "2026-02-27", "--store", store)
    assert scoreline(*words, "--set", "ready_for_sales=40").code == 0
    done = scoreline("moves", "--store", store, "--since", "2026-02-27")
    assert "the rules, or their params, changed" in done.out


def test_the_history_of_one(scoreline: Call, store: Path) -> None:
    told = json.loads(scoreline("history", "coral-labs", "--store", store, "--format", "json").out)
    assert [each["stage"] for each in told["snapshots"]] == ["AD", "AD", "MEA"]
    assert [each["scores"]["readiness"] for each in told["snapshots"]][1:] == [40.1013, 42.0625]
    assert [move["now"] for move in told["moves"]] == ["MEA"]
    done = scoreline("history", "coral-labs", "--store", store, "--last", "1")
    assert "At MEA since 2026-02-27" in done.out and "… and 2 before them" in done.out
    assert f"scoreline moves --store {store} --since 2026-02-27\n" in done.err and "--as-of 2026-02-27" in done.err
    assert "At MQA since 2026-02-25 or before" in scoreline("history", "alder-works", "--store", store).out
    done = scoreline("history", "coral-labs", "--store", store, "--since", "2030-01-01")
    assert done.code == 0 and "No snapshot lies in this time" in done.out
    rows = list(csv.DictReader(io.StringIO(scoreline("history", "coral-1", "--store", store, "--format", "csv").out)))
    assert [row["stage"] for row in rows] == ["interested"] * 3
    done = scoreline("history", "nobody", "--store", store)
    assert done.code == 2 and re.search(r"known here: (`[\w-]+`(, )?){5} and \d+ more", done.err), done.err
    done = scoreline("history", "coral-lab", "--store", store)
    assert (done.code, "did you mean `coral-labs`?" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("moves", "--since", "soon"), "is no day"),
        (("moves", "--stage", "MQ"), "did you mean `MQA`?"),
        (("run", "--engine", "interpreter"), "comes from DuckDB"),
        (("run", "--keep-events", "--memory-limit", "1GB"), "leave out `--memory-limit`"),
    ],
)
def test_wrong_usage(scoreline: Call, starter: Path, store: Path, words: tuple[str, ...], said: str) -> None:
    own = (starter, "--data", starter / "data") if words[0] == "run" else ()
    done = scoreline(words[0], *own, *words[1:], "--store", store)
    assert done.code == 2 and said in done.err


def test_no_store(scoreline: Call, starter: Path, store: Path) -> None:
    store.unlink()
    done = scoreline("moves", "--store", store)
    assert done.code == 2 and "there is no store" in done.err and "run RULESET" in done.err
    done = scoreline("run", starter, "--data", starter / "data", "--store", store.parent / "none" / "s.duckdb")
    assert done.code == 2 and "there is no folder" in done.err
    store.write_text("mine")
    done = scoreline("run", starter, "--data", starter / "data", "--store", store)
    assert done.code == 2 and "no DuckDB file" in done.err and store.read_text() == "mine"


def test_events_that_are_kept_are_not_read_again(scoreline: Call, starter: Path, store: Path) -> None:
    (starter / "data" / "events").mkdir()
    (starter / "data" / "events.ndjson").rename(starter / "data" / "events" / "february.ndjson")
    words = ("run", starter, "--data", starter / "data", "--as-of", "2026-02-28", "--store", store, "--format", "json")
    first, again = scoreline(*words, "--keep-events"), scoreline(*words, "--keep-events")
    assert (first.code, again.code, again.out) == (0, 0, first.out)
    assert "29 events" in again.err and "nothing has changed" in again.err
    with duckdb.connect(str(store), read_only=True) as connection:
        query = "SELECT count(*), max(name) FROM typed_files WHERE name LIKE 'events/%'"
        assert connection.execute(query).fetchall() == [(1, "events/february.ndjson")]
        assert connection.execute("SELECT count(*) FROM typed_events").fetchall() == [(29,)]


def test_events_that_cannot_be_kept_say_why(scoreline: Call, starter: Path, store: Path) -> None:
    words = ("run", starter, "--data", starter / "data", "--as-of", "2026-02-28", "--store", store, "--keep-events")
    events = starter / "data" / "events.ndjson"
    assert "not kept" not in scoreline(*words).err
    events.write_text(events.read_text() + events.read_text().splitlines()[0] + "\n")
    assert "the events are not kept, so the next run reads all of them: some cannot be read" in scoreline(*words).err
    duckdb.sql(f"COPY (FROM read_json_auto('{events}')) TO '{events.with_suffix('.parquet')}'")
    events.unlink()
    assert (
        "the next run reads all of them: Parquet and single documents are read where they lie" in scoreline(*words).err
    )


HOLDER = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_waiting_for_another_run(scoreline: Call, store: Path) -> None:
    words = [sys.executable, "-c", HOLDER, str(store)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        begun = time.monotonic()
        done = scoreline("moves", "--store", store, "--store-wait", "1.5")  # a first look may take long
        assert time.monotonic() - begun >= 1.5
        other.kill()
    assert done.code == 1 and "which another run has …" in done.err and "after 1.5 seconds" in done.err
    assert scoreline("moves", "--store", store, "--store-wait", "0").code == 0
