"""Frames of Arrow, pandas and polars, mixed with dicts."""

from __future__ import annotations

import datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from scoreline.engine.data import DataError, read
from scoreline.engine.records import Population
from scoreline.engine.schema import Schema

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP, VISITS, visit

SCHEMA = Schema(
    contact={"title": TEXT, "age": NUMBER, "active": BOOL, "since": DATE, "seen": TIMESTAMP, "tags": LIST},
    events=VISITS.events,
)
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
COLUMNS: dict[str, list[object]] = {
    "id": [1, 2],
    "account_id": [7, None],
    "title": [" CFO ", None],
    "age": [41.5, None],
    "active": [True, None],
    "since": [datetime.date(2026, 3, 1), None],
    "seen": [NOON, None],
    "tags": [["a", "b"], None],
}
EVENTS = [visit("e1", page="pricing", seconds=4)]
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
EXPECTED = read({"contacts": ROWS, "events": EVENTS}, SCHEMA).population()


def _read(contacts: object) -> Population:
    dataset = read({"contacts": contacts, "events": EVENTS}, SCHEMA)
    assert dataset.findings == []
    return dataset.population()


def test_dicts_as_expected() -> None:
    ann, bob = EXPECTED.contacts
    assert (ann.id, ann.account_id, bob.fields) == ("1", "7", {})
    assert ann.fields == {
        "title": "CFO",
        "age": 41.5,
        "active": True,
        "since": datetime.date(2026, 3, 1),
        "seen": 1772366400000000,
        "tags": ("a", "b"),
    }


@pytest.mark.parametrize(
    "frame",
    [
        pa.table(COLUMNS),
        pl.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS).lazy(),
        pd.DataFrame(COLUMNS),
        pd.DataFrame(COLUMNS, dtype=object),
        pd.DataFrame(COLUMNS).convert_dtypes(),
        pd.DataFrame(COLUMNS, index=["x", "y"]),
        pa.RecordBatchReader.from_batches(pa.table(COLUMNS).schema, pa.table(COLUMNS).to_batches()),
    ],
    ids=["arrow", "polars", "lazy", "pandas", "objects", "nullable", "index", "reader"],
)
def test_frames(frame: object) -> None:
    assert _read(frame) == EXPECTED


def test_mixed_objects_of_pandas() -> None:
    """In a column of Python objects each value is what it is."""
    frame = pd.DataFrame({"id": ["a", 7, 7.5], "title": ["CFO", 5, float("nan")], "age": [1, "2", None]}, dtype=object)
    dataset = read({"contacts": frame, "events": []}, SCHEMA)
    assert [(each.id, each.fields) for each in dataset.population().contacts] == [
        ("7", {}),
        ("7.5", {}),
        ("a", {"title": "CFO", "age": 1.0}),
    ]
    assert [each.message for each in dataset.findings if each.code == "D201"] == [
        '`age` of contacts: 1 value cannot be read as a number, such as `"2"`',
        "`title` of contacts: 1 value cannot be read as a text, such as `5`",
    ]


def test_pandas_writes_missing_numbers_as_nan() -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "account_id": [7, float("nan")], "age": [float("nan"), 2.0]})
    dataset = read({"contacts": frame, "events": EVENTS}, SCHEMA)
    assert dataset.findings == []
    assert [(each.account_id, each.fields) for each in dataset.population().contacts] == [
        ("7", {}),
        (None, {"age": 2.0}),
    ]


def test_nested_properties_in_frames() -> None:
    events = [visit("e1", properties={"page": "a", "seconds": 4}), visit("e2", properties=None)]
    for frame in (pa.Table.from_pylist(events), pl.DataFrame(events), pd.DataFrame(events)):
        found = read({"events": frame}, VISITS).population().events
        assert [each.properties for each in found] == [{"page": "a", "seconds": 4.0}, {}]


def test_rejected_rows_of_frames() -> None:
    frame = pa.table({"id": ["a", None], "title": ["CFO", "CEO"]})
    dataset = read({"contacts": frame, "events": EVENTS}, SCHEMA, max_rejected=1)
    (reject,) = dataset.rejects
    assert (reject.kind, reject.file, reject.line, reject.reason) == ("contacts", "contacts", 2, "no `id`")
    assert '"title":"CEO"' in reject.raw


def test_frames_without_what_is_needed() -> None:
    with pytest.raises(DataError, match=r"D105 `events` has no column `timestamp`"):
        read({"events": pa.table({"id": [1], "type": ["visit"], "contact_id": ["a"]})}, VISITS)


def test_records_of_any_iterable() -> None:
    assert len(read({"events": (each for each in EVENTS)}, VISITS).population().events) == 1
    assert list(read({"events": [], "contacts": ()}, VISITS).population().contacts) == []
