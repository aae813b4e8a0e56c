"""What everybody has is worked out once for all who ask: it is kept as long as the files of the data are the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine import everybody
from scoreline.engine.asking import explained, surroundings
from scoreline.engine.chronicle.history import history
from scoreline.engine.data import Dataset
from scoreline.engine.history import replaying
from scoreline.engine.instants import DAY, format_instant
from scoreline.engine.records import Account, Population
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.scoring import open_data

from .acme import AS_OF
from .test_everybody import REMEMBERING, population, rules_of

LATER = AS_OF + DAY
FAR = 10**19
"""When all files are old, in nanoseconds."""

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def replays(monkeypatch: pytest.MonkeyPatch, cache: Path) -> list[int]:
    """How many instants each replay has worked out; all data count as many."""
    monkeypatch.setattr(everybody, "FEW", -1)
    found: list[int] = []
    run = replaying.replay

    def replay(model: Any, data: Any, instants: Any, **how: Any) -> Any:
        found.append(len(instants))
        return run(model, data, instants, **how)

    monkeypatch.setattr(replaying, "replay", replay)
    return found


def written(folder: Path, records: Population) -> Path:
    """Records as files of JSON."""
    folder.mkdir()
    accounts = ({"id": each.id, **each.fields} for each in records.accounts)
    contacts = ({"id": each.id, "account_id": each.account_id, **each.fields} for each in records.contacts)
    events = (
        {
            "id": each.id,
            "type": each.type,
            "timestamp": format_instant(each.at),
            "contact_id": each.contact_id,
            "account_id": each.account_id,
        }
        for each in records.events
    )
    for name, rows in (("accounts", accounts), ("contacts", contacts), ("events", events)):
        (folder / f"{name}.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def asking(rules: Ruleset, data: Path) -> Ask:
    """Explains ids, each as by a process of its own."""

    def ask(id: str, as_of: int = AS_OF, **how: Any) -> dict[str, Any]:
        after: list[Callable[[], None]] = []

        def opened() -> Dataset:
            return open_data(rules, str(data))

        found = surroundings(rules, str(data), opened, (), FAR, after.append)
        told = explained(rules, id, found, as_of, **how).to_dict()
        for each in after:
            each()
        return told

    return ask


def anew(rules: Ruleset, records: Population, id: str, **how: Any) -> dict[str, Any]:
    """The explanation by data of which nothing is kept."""
    return explained(rules, id, Dataset.from_population(records, rules.model.schema), AS_OF, **how).to_dict()


@pytest.mark.parametrize("stages", [None, REMEMBERING], ids=["now", "remembering"])
def test_nothing_is_worked_out_twice(tmp_path: Path, replays: list[int], stages: str | None) -> None:
    rules, records = rules_of(tmp_path, stages), population(0, 9)
    ask = asking(rules, written(tmp_path / "data", records))
    asked = [("a3", {}), ("a8", {}), ("a3", {"since": False})]
    ask("a3")
    ask("a3", since=False)
    before = len(replays)
    told = [ask(id, **how) for id, how in asked]
    assert before and len(replays) == before
    assert told == [anew(rules, records, id, **how) for id, how in asked]


def test_a_history_takes_over_what_was_worked_out_to_explain(tmp_path: Path, replays: list[int]) -> None:
    rules, records = rules_of(tmp_path, None), population(0)
    data = written(tmp_path / "data", records)
    asking(rules, data)("a3")
    assert replays == [31]
    for _ in range(2):
        found = surroundings(rules, str(data), lambda: open_data(rules, str(data)), (), FAR, lambda _: None)
        told = history(rules.model, found, "a8", AS_OF)
    assert replays == [31, 90]
    assert told == history(rules.model, Dataset.from_population(records, rules.model.schema), "a8", AS_OF)


def test_it_belongs_to_rules_files_and_instant(tmp_path: Path, replays: list[int]) -> None:
    rules, data = rules_of(tmp_path, None), written(tmp_path / "data", population(0, 9))
    ask = asking(rules, data)
    ask("a3", since=False)
    ask("a3", since=False)
    assert replays == [1]
    ask("a3", LATER, since=False)
    assert replays == [1, 1]
    with (data / "events.ndjson").open("a") as file:
        file.write('{"id": "more", "type": "visit", "timestamp": "2026-02-20T10:00:00Z", "contact_id": "c1"}\n')
    ask("a3", since=False)
    assert len(replays) == 3
    other = tmp_path / "other"
    other.mkdir()
    asking(rules_of(other, "stages for account:\n    A: place <= 3\n"), data)("a3", since=False)
    assert len(replays) == 4


def test_what_is_damaged_is_worked_out_anew(tmp_path: Path, replays: list[int], cache: Path) -> None:
    rules, records = rules_of(tmp_path, None), population(0, 9)
    ask = asking(rules, written(tmp_path / "data", records))
    first = ask("a3", since=False)
    (kept,) = (cache / "everybody").iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    assert ask("a3", since=False) == first and replays == [1, 1]


def test_what_is_kept_has_no_ids(tmp_path: Path, replays: list[int], cache: Path) -> None:
    records = population(0, 9)
    records.accounts.append(Account("a-telling-name", {"size": 4.0}))
    asking(rules_of(tmp_path, None), written(tmp_path / "data", records))("a3")
    (kept,) = (cache / "everybody").iterdir()
    assert b"telling" not in kept.read_bytes() and kept.stat().st_mode & 0o077 == 0


def test_nothing_is_kept_where_that_is_switched_off(
    tmp_path: Path, replays: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORELINE_CACHE", "off")
    ask = asking(rules_of(tmp_path, None), written(tmp_path / "data", population(0, 9)))
    ask("a3", since=False)
    ask("a3", since=False)
    assert replays == [1, 1]
