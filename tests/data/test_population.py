"""Between tables and plain objects, whole and in part."""

from __future__ import annotations

import datetime

import pytest

from scoreline.engine.data import DataError, Dataset, read
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.schema import Schema

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP

SCHEMA = Schema(
    account={"size": NUMBER},
    contact={"title": TEXT, "active": BOOL, "since": DATE, "seen": TIMESTAMP, "tags": LIST},
    events={"visit": {"page": TEXT, "score": NUMBER}, "call": {"score": TEXT}},
)
FIELDS = {"title": "CFO", "active": False, "since": datetime.date(2026, 1, 1), "seen": -5, "tags": ("a", "b")}
POPULATION = Population(
    [Account("acme", {"size": 1.5}), Account("acme", {}, valid_from=7), Account("zeta")],
    [Contact("ann", "acme", FIELDS), Contact("bob", None), Contact("cid", "zeta", {"tags": ()}, valid_from=3)],
    [
        Event("e1", "visit", 1, "ann", None, {"page": "a", "score": 2.0}),
        Event("e2", "call", 2, None, "acme", {"score": "x"}, received_at=9),
        Event("e3", "other", 3, "bob", "acme"),
        Event("e4", "visit", 4, "cid", None),
        Event("e5", "visit", 5, "bob", None),
        Event("e6", "visit", 6, None, "zeta"),
    ],
)
DATASET = Dataset.from_population(POPULATION, SCHEMA)


def _ids(population: Population) -> tuple[list[str], list[str], list[str]]:
    kinds = (population.accounts, population.contacts, population.events)
    accounts, contacts, events = ([each.id for each in kind] for kind in kinds)  # type: ignore[attr-defined]
    return accounts, contacts, events


def _around(entity: str) -> tuple[list[str], list[str], list[str]]:
    found = DATASET.around(entity)
    assert found is not None
    return _ids(found)


def test_there_and_back() -> None:
    assert DATASET.population() == POPULATION
    assert DATASET.counts.read == 6
    assert DATASET.newest_event() == 9  # it was received late
    assert list(DATASET.rejects) == []


def test_nothing_at_all() -> None:
    empty = Dataset.from_population(Population(), SCHEMA)
    assert empty.population() == Population([], [], [])
    assert empty.newest_event() is None


def test_an_account_with_all_that_its_results_depend_on() -> None:
    """Its contacts, and bob, who has an event there, with all their events."""
    assert _around("acme") == (
        ["acme", "acme"],
        ["ann", "bob"],
        ["e1", "e2", "e3", "e5"],
    )


def test_a_contact_with_its_account() -> None:
    assert _around("cid") == (["zeta"], ["cid"], ["e4", "e6"])
    assert _around("bob") == ([], ["bob"], ["e3", "e5"])


def test_an_id_that_does_not_exist_has_nobody_near() -> None:
    assert DATASET.around("nothing") is None


def test_columns_of_the_tables() -> None:
    connection = DATASET.connection
    columns = {
        table: [(name, type_) for name, type_, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
        for table in ("accounts", "contacts", "events")
    }
    assert columns == {
        "accounts": [("id", "VARCHAR"), ("valid_from", "BIGINT"), ("size", "DOUBLE")],
        "contacts": [
            *(("id", "VARCHAR"), ("account_id", "VARCHAR"), ("valid_from", "BIGINT"), ("title", "VARCHAR")),
            *(("active", "BOOLEAN"), ("since", "DATE"), ("seen", "BIGINT"), ("tags", "VARCHAR[]")),
        ],
        "events": [
            *(("id", "VARCHAR"), ("type", "VARCHAR"), ("at", "BIGINT"), ("contact_id", "VARCHAR")),
            *(("account_id", "VARCHAR"), ("received_at", "BIGINT"), ("page text", "VARCHAR")),
            *(("score number", "DOUBLE"), ("score text", "VARCHAR")),
        ],
    }


def test_reading_gives_the_same_columns_as_storing() -> None:
    read_ones = read({"events": []}, SCHEMA).connection
    for table in ("accounts", "contacts", "events"):
        assert (
            read_ones.execute(f"DESCRIBE {table}").fetchall()
            == DATASET.connection.execute(f"DESCRIBE {table}").fetchall()
        )
    tables = read_ones.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()
    assert tables == [("accounts",), ("contacts",), ("events",), ("rejected records",)]


def test_names_that_differ_only_in_case_are_refused() -> None:
    schema = Schema(contact={"Title": TEXT, "title": TEXT})
    for attempt in (lambda: read({"events": []}, schema), lambda: Dataset.from_population(Population(), schema)):
        with pytest.raises(DataError, match=r"D109 `Title` and `title` of contacts differ only in case"):
            attempt()
    events = Schema(events={"visit": {"Page": TEXT}, "call": {"page": TEXT}})
    with pytest.raises(DataError, match=r"D109 `Page text` and `page text` of events differ only in case"):
        read({"events": []}, events)
    both = Schema(events={"visit": {"page": TEXT}, "call": {"page": NUMBER}})
    assert read({"events": []}, both).newest_event() is None
