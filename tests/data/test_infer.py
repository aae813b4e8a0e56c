"""A schema from the data: a field has a type only if all its known values have it (decision 74)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from scoreline.engine.data import DataError, infer_schema, read
from scoreline.engine.schema import FieldType

from .folders import folder, lines, sources, visit


def _kinds(fields: Mapping[str, FieldType]) -> dict[str, str]:
    return {name: each.kind for name, each in fields.items()}


def _json(*values: object) -> str | None:
    """The kind of a field with these values."""
    contacts = [{"id": number, "field": value} for number, value in enumerate(values)]
    found = infer_schema({"contacts": contacts, "events": []}).contact.get("field")
    return found and found.kind


JSON = [
    ([1, 2.5, None], "number"),
    ([True, False], "bool"),
    (["a", "", None], "text"),
    (["2026-01-01", "2026-02-01"], "date"),
    (["2026-01-01", "2026-02-01T10:00"], "timestamp"),
    (["2026-01-01T00:00", "2026-02-01T00:00"], "timestamp"),
    (["2026-01-01", "soon"], "text"),
    ([["a"], [], None], "list"),
    ([1, "a"], "text"),
    ([1, True], "text"),
    (["1", "2"], "text"),
    (["true"], "text"),
    ([[1]], None),
    ([{"a": 1}], None),
    ([None, "", " "], None),
    ([], None),
]


@pytest.mark.parametrize(("values", "kind"), JSON)
def test_json(values: list[object], kind: str | None) -> None:
    assert _json(*values) == kind


CSV = [
    (["1", "2.5", ""], "number"),
    (["1", "0"], "number"),
    (["007", "1"], "text"),
    (["true", "FALSE"], "bool"),
    (["yes", "no"], "text"),
    (["2026-01-01", ""], "date"),
    (["2026-01-01 10:00:00 UTC"], "timestamp"),
    (["2026-01-01", "x"], "text"),
    (["a;b", "c"], "text"),
    (["", " "], None),
]


@pytest.mark.parametrize(("cells", "kind"), CSV)
def test_csv(cells: list[str], kind: str | None, tmp_path: Path) -> None:
    rows = "".join(f"{number},{cell}\n" for number, cell in enumerate(cells))
    found = infer_schema(folder(tmp_path, {"contacts.csv": "id,field\n" + rows, "events.csv": ""})).contact.get("field")
    assert (found and found.kind) == kind


def test_typed_tables() -> None:
    table = pa.table(
        {
            "id": ["a"],
            "number": pa.array([1], pa.int32()),
            "bool": [True],
            "text": ["x"],
            "day": pa.array([19000], pa.date32()),
            "at": pa.array([1], pa.timestamp("us")),
            "list": [["a"]],
            "more": [{"inner": 5, "none": {"deep": "x"}}],
            "numbers": [[1]],
            "since": ["2026-01-01"],
        }
    )
    assert _kinds(infer_schema({"accounts": table, "events": []}).account) == {
        "number": "number",
        "bool": "bool",
        "text": "text",
        "day": "date",
        "at": "timestamp",
        "list": "list",
        "more.inner": "number",
        "more.none.deep": "text",
        "since": "date",
    }


def test_each_event_type_has_its_own_properties() -> None:
    events = [
        visit(1, page="a", properties={"seconds": 4, "more": {"depth": 1, "odd.key": True}}),
        visit(2, page="b") | {"type": "call", "minutes": 3},
        visit(3) | {"type": "nothing"},
    ]
    schema = infer_schema({"events": events})
    assert schema.inferred
    assert {name: _kinds(properties) for name, properties in schema.events.items()} == {
        "visit": {"page": "text", "seconds": "number", "more.depth": "number", "more.`odd.key`": "bool"},
        "call": {"page": "text", "minutes": "number"},
        "nothing": {},
    }


def test_an_event_s_own_keys_are_no_properties(tmp_path: Path) -> None:
    event = {"uid": 1, "type": "visit", "at": "2026-01-01", "who": {"id": "ann"}, "url": "a", "more": 1}
    mapped = sources("events: {id: uid, timestamp: at, contact_id: who.id, properties: {page: url}}")
    schema = infer_schema(folder(tmp_path, {"events.ndjson": lines(event)}), mapped)
    assert _kinds(schema.events["visit"]) == {"page": "text", "more": "number"}


def test_what_is_inferred_can_be_read(tmp_path: Path) -> None:
    """Every value of fields that are not mixed comes back; nothing is impossible."""
    files = {
        "events.csv": "id,type,timestamp,contact_id,page,seconds\n"
        "1,visit,2026-01-01,ann,a,4\n2,call,2026-01-01,ann,,5\n",
        "contacts.ndjson": lines({"id": "ann", "a": {"b": [1], "c": ["x"], "d": 1}, "e": "2026-01-01"}),
    }
    data = folder(tmp_path, files)
    dataset = read(data, infer_schema(data))
    assert dataset.findings == []
    population = dataset.population()
    assert [each.properties for each in population.events] == [{"page": "a", "seconds": 4.0}, {"seconds": 5.0}]
    assert set(population.contacts[0].fields) == {"a.c", "a.d", "e"}


def test_names_that_differ_only_in_case() -> None:
    """The spelling that most values have is kept: a table cannot hold both."""
    events = [visit(1, Page="a"), visit(2, page="b"), visit(3, page="c"), visit(4, PAGE="d") | {"type": "call"}]
    schema = infer_schema({"events": events})
    assert {name: set(properties) for name, properties in schema.events.items()} == {"visit": {"page"}, "call": set()}
    assert len(read({"events": events}, schema).population().events) == 4


def test_many_fields() -> None:
    contact = {"id": 1} | {f"field {number}": number for number in range(130)}
    schema = infer_schema({"contacts": [contact], "events": []})
    assert len(schema.contact) == 130


def test_data_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no events"):
        infer_schema(tmp_path)
