"""Parquet files whose records are in order are read where they lie; all others are taken in, with the same results."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import polars
import pytest

from scoreline.engine.data import read, reader
from scoreline.engine.instants import Zone
from scoreline.engine.schema import FieldType, Schema

SCHEMA = Schema(
    contact={"role": FieldType("text", ("buyer", "user")), "title": FieldType("text")},
    events={"view": {"page": FieldType("text"), "seconds": FieldType("number")}, "open": {}},
)
VIEWS = {
    "id": ["e1", "e2", "e3"],
    "type": ["view", "view", "open"],
    "timestamp": ["2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z"],
    "contact_id": ["ann", "ben", "ann"],
    "page": ["pricing", None, None],
    "seconds": [4.5, 60.0, None],
}


def is_view(dataset: object, name: str) -> bool:
    connection = dataset.connection  # type: ignore[attr-defined]
    query = "SELECT count(*) FROM duckdb_views() WHERE view_name = ? AND NOT internal"
    return connection.execute(query, [name]).fetchall() == [(1,)]


def folder(path: Path, **changes: list[object]) -> Path:
    path.mkdir()
    polars.DataFrame({**VIEWS, **changes}).write_parquet(path / "events.parquet")
    return path


def test_records_in_order_are_read_where_they_lie(tmp_path: Path) -> None:
    dataset = read(folder(tmp_path / "d"), SCHEMA)
    assert is_view(dataset, "events")
    assert [event.properties for event in dataset.population().events] == [
        {"page": "pricing", "seconds": 4.5},
        {"seconds": 60.0},
        {},
    ]
    assert (dataset.counts.read, dataset.counts.rejected, dataset.counts.duplicates) == (3, 0, 0)


def test_outer_blanks_are_removed_where_there_are_any(tmp_path: Path) -> None:
    dataset = read(
        folder(tmp_path / "d", page=[" pricing\u00a0", " ", "zoë"], contact_id=["ann", " ben", "ann"]), SCHEMA
    )
    assert is_view(dataset, "events")
    events = dataset.population().events
    assert [event.properties.get("page") for event in events] == ["pricing", None, None]
    assert [event.contact_id for event in events] == ["ann", "ben", "ann"]


@pytest.mark.parametrize(
    ("changes", "rejected", "lost"),
    [
        ({"id": ["e1", None, "e3"]}, 1, 0),
        ({"id": ["e1", "e1", "e3"]}, 0, 1),
        ({"timestamp": ["2026-03-01T10:00:00Z", "soon", "2026-03-01T12:00:00Z"]}, 1, 0),
        ({"contact_id": ["ann", "ben", None]}, 1, 0),
    ],
)
def test_whatever_is_wrong_is_looked_at_record_by_record(
    tmp_path: Path, changes: dict[str, list[object]], rejected: int, lost: int
) -> None:
    dataset = read(folder(tmp_path / "d", **changes), SCHEMA, max_rejected=1)
    assert not is_view(dataset, "events")
    assert (dataset.counts.read, dataset.counts.rejected, dataset.counts.duplicates) == (3, rejected, lost)


def test_impossible_values_are_found(tmp_path: Path) -> None:
    dataset = read(folder(tmp_path / "d", seconds=[1.0, float("nan"), None]), SCHEMA)
    assert [finding.code for finding in dataset.findings] == ["D201"]
    assert not is_view(dataset, "events")


def test_files_of_different_columns_are_one_view(tmp_path: Path) -> None:
    path = tmp_path / "d"
    (path / "events").mkdir(parents=True)
    frame = polars.DataFrame(VIEWS)
    frame.head(2).write_parquet(path / "events" / "a.parquet")
    frame.tail(1).select("id", "type", "timestamp", "contact_id").write_parquet(path / "events" / "b.parquet")
    frame.with_columns(id=polars.lit("9") + polars.col("id"), page=polars.lit(" docs ")).head(1).drop(
        "seconds"
    ).write_parquet(path / "events" / "c.parquet")
    dataset = read(path, SCHEMA)
    assert is_view(dataset, "events")
    events = dataset.population().events
    assert [(event.id, event.properties) for event in events] == [
        ("9e1", {"page": "docs"}),
        ("e1", {"page": "pricing", "seconds": 4.5}),
        ("e2", {"seconds": 60.0}),
        ("e3", {}),
    ]


def test_a_view_reads_only_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    dataset = read(folder(tmp_path / "d"), SCHEMA)
    plan = duckdb.DuckDBPyConnection.execute(dataset.connection, 'EXPLAIN SELECT "page text" FROM events').fetchall()[
        0
    ][1]
    assert "seconds" not in plan


STRAYS: dict[str, tuple[dict[str, list[object]], list[object], bool]] = {
    "none": ({}, ["pricing", None, None], False),
    "one": ({"page": ["pricing", None, "docs"]}, ["pricing", None, None], True),
    "one of another property": ({"seconds": [4.5, 60.0, 0.0]}, ["pricing", None, None], True),
    "with blanks": ({"page": [" pricing ", None, " docs"]}, ["pricing", None, None], True),
    "a type with blanks": ({"type": ["view ", "view", "open"]}, ["pricing", None, None], True),
}


@pytest.mark.parametrize("name", STRAYS)
def test_properties_that_a_type_does_not_have_are_not_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, pages, is_tested = STRAYS[name]
    monkeypatch.setattr("scoreline.engine.data.glance._SMALL", 0)
    connection = read(folder(tmp_path / "d", **changes), SCHEMA).connection
    select = 'SELECT "page text", "seconds number" FROM events ORDER BY id'
    read_so = duckdb.DuckDBPyConnection.execute(connection, select).fetchall()
    assert read_so == [*zip(pages, [4.5, 60.0, None], strict=True)]
    ((made,),) = duckdb.DuckDBPyConnection.execute(
        connection, "SELECT sql FROM duckdb_views() WHERE view_name = 'events 0: typed values'"
    ).fetchall()
    assert ("'view'" in made) == is_tested


MOMENT = datetime.datetime(2026, 3, 1, 10, 0, 0, 123456)
TEXTS = ["a", "Zoë", "x\u0301", "two words", None]
COLUMNS: dict[str, tuple[polars.Series, FieldType]] = {
    "texts": (polars.Series(TEXTS), FieldType("text")),
    "blanks": (polars.Series(["a", " b", "c\u2003", "\t", ""]), FieldType("text")),
    "members": (polars.Series(["big", "small", "big", None, "small"]), FieldType("text", ("big", "small"))),
    "spelled": (polars.Series(["Big", "small", "big", None, "huge"]), FieldType("text", ("big", "small"))),
    "categories": (polars.Series(TEXTS, dtype=polars.Categorical), FieldType("text")),
    "doubles": (polars.Series([1.5, -0.0, 1e300, None, 0.1]), FieldType("number")),
    "nan": (polars.Series([1.5, float("nan"), 2.0, None, 0.1]), FieldType("number")),
    "infinite": (polars.Series([1.5, float("inf"), 2.0, None, 0.1]), FieldType("number")),
    "whole": (polars.Series([1, -5, 2**53 + 1, None, 0]), FieldType("number")),
    "small": (polars.Series([1, 5, 255, None, 0], dtype=polars.UInt8), FieldType("number")),
    "truth": (polars.Series([True, False, None, True, False]), FieldType("bool")),
    "truth as text": (polars.Series(["true", "no", None, "1", "maybe"]), FieldType("bool")),
    "days": (polars.Series([MOMENT.date(), None, datetime.date(1, 1, 1)] * 2)[:5], FieldType("date")),
    "days as moments": (polars.Series([MOMENT.date()] * 5), FieldType("timestamp")),
    "local": (polars.Series([MOMENT, None, MOMENT, MOMENT, MOMENT]), FieldType("timestamp")),
    "local nanoseconds": (polars.Series([MOMENT] * 5, dtype=polars.Datetime("ns")), FieldType("timestamp")),
    "instants": (polars.Series([MOMENT] * 5, dtype=polars.Datetime("us", "UTC")), FieldType("timestamp")),
    "lists": (polars.Series([["a", " b"], [], None, ["c"], [""]]), FieldType("list")),
    "numbers as texts": (polars.Series([1, 2, 3, None, 5]), FieldType("text")),
    "texts as numbers": (polars.Series(["1", "2", "3", None, "5"]), FieldType("number")),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_glance_and_a_close_look_see_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values, type_ = COLUMNS[name]
    contacts = polars.DataFrame({"id": ["a", "c", "b", "e", "d"], "account_id": [1, 2, None, 3, 4], "it": values})
    contacts.write_parquet(tmp_path / "contacts.parquet")
    polars.DataFrame(VIEWS).write_parquet(tmp_path / "events.parquet")
    schema = Schema(contact={"it": type_})
    glanced = read(tmp_path, schema, zone=Zone.named("Europe/Berlin"))
    monkeypatch.setattr(reader, "glance", lambda *_, **options: None)
    looked = read(tmp_path, schema, zone=Zone.named("Europe/Berlin"))
    assert glanced.population() == looked.population()
    assert repr(glanced.population()) == repr(looked.population())  # tells −0 from 0
    assert glanced.findings == looked.findings
    assert is_view(glanced, "contacts") != any("`it`" in finding.message for finding in glanced.findings)


@pytest.mark.parametrize(
    ("ids", "repeat"),
    [
        (["a", "b", "c"], False),
        (["c", "a", "b"], False),
        (["a ", "a", "b"], True),
        (["c", "a", "c"], True),
        ([3, 1, 2], False),
        ([3, 1, 3], True),
    ],
)
def test_repeated_ids_are_found_in_whatever_order(tmp_path: Path, ids: list[object], repeat: bool) -> None:
    dataset = read(folder(tmp_path / "d", id=ids), SCHEMA)
    assert is_view(dataset, "events") != repeat
    assert dataset.counts.duplicates == repeat


def test_versions_of_a_record_are_no_repeats(tmp_path: Path) -> None:
    since = [None, "2026-01-01", "2026-02-01"]
    polars.DataFrame({"id": ["a", "a", "a"], "valid_from": since}).write_parquet(tmp_path / "contacts.parquet")
    polars.DataFrame(VIEWS).write_parquet(tmp_path / "events.parquet")
    assert is_view(read(tmp_path, SCHEMA), "contacts")
