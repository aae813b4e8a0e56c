"""Parquet files whose records are in order are read where they lie; all others are taken in, with the same results."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars
import pytest

from scoreline.engine.data import read
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
