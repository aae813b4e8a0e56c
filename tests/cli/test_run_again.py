"""Who runs again over Parquet files that have not changed: what was looked for in them once is not looked for again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars
import pytest

from scoreline.engine import ready, scoring, unchanged
from scoreline.engine.data import glance
from scoreline.engine.ruleset import load

Call = Callable[..., Any]

RULES = """
score readiness for account:
    count(view) >= 1 => +1
    any(leads where fit >= 1) => +2

score fit for lead:
    contact.role == 'buyer' => +3
"""
EVENTS: dict[str, list[object]] = {
    "id": ["e1", "e2", "e3"],
    "type": ["view", "view", "view"],
    "timestamp": ["2026-02-20T10:00:00Z", "2026-02-21T10:00:00Z", "2026-02-22T10:00:00Z"],
    "contact_id": ["ann", "ben", "ann"],
}
CONTACTS: dict[str, list[object]] = {
    "id": ["ann", "ben"],
    "account_id": ["acme", "acme"],
    "role": ["buyer", " user"],
}


def write(folder: Path, **changes: dict[str, list[object]]) -> Path:
    folder.mkdir(exist_ok=True)
    kinds = {"events": EVENTS, "contacts": CONTACTS, "accounts": {"id": ["acme"], "region": ["EMEA"]}, **changes}
    for name, columns in kinds.items():
        polars.DataFrame(columns).write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture
def data(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Parquet files, and a cache of their own."""
    monkeypatch.setattr(unchanged, "STILL_WRITTEN", 0)
    return write(tmp_path / "data")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that records are looked at to see whether they are in order."""
    found: list[str] = []
    for name in ("occurring", "has_repeats"):
        looking = getattr(glance, name)
        monkeypatch.setattr(glance, name, lambda *given, _n=name, _l=looking: found.append(_n) or _l(*given))
    return found


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The steps of each run."""
    found: list[list[str]] = []
    make = ready.ready

    def made(*given: Any, **how: Any) -> Any:
        plan = make(*given, **how)
        found.append([each.name for each in plan.steps or ()])
        return plan

    monkeypatch.setattr(ready, "ready", made)
    return found


@pytest.fixture
def run(scoreline: Call, tmp_path: Path, data: Path) -> Call:
    def call(rules: str = RULES, at: str = "2026-03-01") -> Any:
        (tmp_path / "some.rules").write_text(rules)
        done = scoreline("run", tmp_path / "some.rules", "--data", data, "--as-of", at, "--format", "json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    return call


def test_the_second_time_nothing_is_looked_for_again(run: Call, looks: list[str], plans: list[list[str]]) -> None:
    first = run()
    assert looks
    looks.clear()
    assert run() == first and not looks
    assert "named_contact" in plans[0] and "named_contact" not in plans[1]


def test_other_rules_and_other_days_ask_again_what_is_theirs(run: Call, looks: list[str], plans: Any) -> None:
    first = run()
    looks.clear()
    assert run(at="2026-02-21")["data"]["after_as_of"] == 1 and not looks
    assert run(RULES.replace("role", "title")) != first and looks
    assert all("named_contact" not in names for names in plans[1:])


@pytest.mark.parametrize(
    ("changed", "people"),
    [
        ({"events": {**EVENTS, "contact_id": ["ann", "ben", "eve"]}}, (3, 1)),
        ({"events": {**EVENTS, "contact_id": ["ann", "ben", " "], "account_id": [None, None, "solo"]}}, (2, 2)),
        ({"contacts": {**CONTACTS, "account_id": ["acme", "other"]}}, (2, 2)),
        ({"accounts": {"id": ["acme", "acme"], "region": ["EMEA", "APAC"]}}, (2, 1)),
    ],
)
def test_files_that_have_changed_are_looked_at(
    run: Call, data: Path, looks: list[str], changed: Any, people: tuple[int, int]
) -> None:
    run()
    run()
    looks.clear()
    write(data, **changed)
    found = run()
    assert looks and (found["data"]["contacts"], found["data"]["accounts"]) == people
    assert found == run()
    for path in data.iterdir():  # another inode, the same content: as if nothing was known
        path.write_bytes(path.read_bytes())
    assert found == run()


def test_only_a_run_that_sees_everyone_tells_that_all_have_records(
    run: Call, data: Path, plans: list[list[str]]
) -> None:
    without_ben = "ignore contact where role == 'user'\n"
    write(data, contacts={**CONTACTS, "id": ["ann", "bob"]})
    for _ in range(2):
        assert run(at="2026-02-20")["data"]["contacts"] == 2
        assert run()["data"]["contacts"] == 3  # ben came later, whom no record knows
    write(data)
    run(at="2026-02-20")
    run(without_ben + RULES)
    assert "named_contact" in plans[-1] and "named_contact" in plans[-2]
    write(data, contacts={**CONTACTS, "valid_from": ["2026-01-01", None]})
    assert run() == run()
    assert "named_contact" in plans[-1]


def test_of_json_too_it_is_known_that_all_have_records(run: Call, data: Path, plans: list[list[str]]) -> None:
    for path in data.iterdir():
        polars.read_parquet(path).write_ndjson(path.with_suffix(".ndjson"))
        path.unlink()
    assert run() == run() and "named_contact" in plans[0] and "named_contact" not in plans[1]
    with (data / "events.ndjson").open("a") as events:
        events.write('{"id": "e4", "type": "view", "timestamp": "2026-02-23", "contact_id": "eve"}\n')
    assert run()["data"]["contacts"] == 3
    assert run()["data"]["contacts"] == 3


def test_files_that_may_still_be_written_are_looked_at(
    run: Call, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "STILL_WRITTEN", 10**15)
    run()
    looks.clear()
    run()
    assert looks


def test_who_wants_no_cache_has_none(run: Call, looks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORELINE_CACHE", "off")
    first = run()
    looks.clear()
    assert run() == first and looks


def test_python_finds_what_a_command_has_found(run: Call, data: Path, tmp_path: Path, looks: list[str]) -> None:
    run()
    looks.clear()
    rules = load(tmp_path / "some.rules", data=data)
    assert scoring.open_data(rules, data, only_read=True).all_recorded and not looks
