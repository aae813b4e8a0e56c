"""What a value is, by the form in which it stands and the type that the schema gives it (decisions 50, 57, 73-76)."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from scoreline.engine.data import Dataset, read
from scoreline.engine.instants import parse_wall
from scoreline.engine.records import Contact, Value
from scoreline.engine.schema import FieldType, Schema
from scoreline.grammar.diagnostics import Diagnostic

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP, folder

ROLE = FieldType("text", ("Champion", "economic buyer"))
IMPOSSIBLE = object()

DAY = datetime.date(2026, 3, 1)
NOON = parse_wall("2026-03-01T12:00")

JSON = [
    (TEXT, "pricing", "pricing"),
    (TEXT, " \t pricing page\u00a0\n", "pricing page"),
    (TEXT, "", None),
    (TEXT, " \u3000 ", None),
    (TEXT, None, None),
    (TEXT, 'a "quoted" \\ text/', 'a "quoted" \\ text/'),
    (TEXT, "é \U0001f600", "é \U0001f600"),
    (TEXT, "null", "null"),
    (TEXT, 5, IMPOSSIBLE),
    (TEXT, True, IMPOSSIBLE),
    (TEXT, ["a"], IMPOSSIBLE),
    (TEXT, {"a": 1}, IMPOSSIBLE),
    (NUMBER, 5, 5.0),
    (NUMBER, -0.0, 0.0),
    (NUMBER, 0, 0.0),
    (NUMBER, 1e-320, 1e-320),
    (NUMBER, 0.1, 0.1),
    (NUMBER, 12345678901234567890123, 12345678901234567890123.0),
    (NUMBER, 2**63, float(2**63)),
    (NUMBER, math.inf, IMPOSSIBLE),
    (NUMBER, math.nan, IMPOSSIBLE),
    (NUMBER, "5", IMPOSSIBLE),
    (NUMBER, "", None),
    (NUMBER, True, IMPOSSIBLE),
    (BOOL, True, True),
    (BOOL, False, False),
    (BOOL, "true", IMPOSSIBLE),
    (BOOL, 1, IMPOSSIBLE),
    (DATE, "2026-03-01", DAY),
    (DATE, " 2026-03-01 ", DAY),
    (DATE, "2026-03-01T00:00:00", DAY),
    (DATE, "2026-03-01T00:00:00Z", IMPOSSIBLE),
    (DATE, "2026-03-01T10:00", IMPOSSIBLE),
    (DATE, "1.3.2026", IMPOSSIBLE),
    (DATE, 20260301, IMPOSSIBLE),
    (TIMESTAMP, "2026-03-01T12:00Z", NOON),
    (TIMESTAMP, "2026-03-01T12:00", NOON),
    (TIMESTAMP, "2026-03-01", NOON - 12 * 3_600_000_000),
    (TIMESTAMP, 1772366400, IMPOSSIBLE),
    (TIMESTAMP, "soon", IMPOSSIBLE),
    (LIST, ["a", " b ", "", None, "a"], ("a", "b", "a")),
    (LIST, [], ()),
    (LIST, ["a", 5], IMPOSSIBLE),
    (LIST, "a;b", IMPOSSIBLE),
    (LIST, ["a\\", 'q"'], ("a\\", 'q"')),
    (ROLE, "champion", "Champion"),
    (ROLE, " ECONOMIC BUYER ", "economic buyer"),
    (ROLE, "boss", IMPOSSIBLE),
    (ROLE, "", None),
]

CSV = [
    (TEXT, " pricing ", "pricing"),
    (TEXT, "5", "5"),
    (TEXT, "", None),
    (TEXT, "  ", None),
    (TEXT, 'say "hi", ok\nnext', 'say "hi", ok\nnext'),
    (NUMBER, " 5 ", 5.0),
    (NUMBER, "-1.5e3", -1500.0),
    (NUMBER, "-0", 0.0),
    (NUMBER, "007", IMPOSSIBLE),
    (NUMBER, "+5", IMPOSSIBLE),
    (NUMBER, "1,5", IMPOSSIBLE),
    (NUMBER, ".5", IMPOSSIBLE),
    (NUMBER, "1e999", IMPOSSIBLE),
    (NUMBER, "NaN", IMPOSSIBLE),
    (NUMBER, "0x10", IMPOSSIBLE),
    (BOOL, "TRUE", True),
    (BOOL, "Yes", True),
    (BOOL, "1", True),
    (BOOL, "no", False),
    (BOOL, "0", False),
    (BOOL, "false", False),
    (BOOL, "y", IMPOSSIBLE),
    (DATE, "2026-03-01", DAY),
    (DATE, "2026-02-30", IMPOSSIBLE),
    (TIMESTAMP, "2026-03-01 12:00:00 UTC", NOON),
    (TIMESTAMP, "12:00", IMPOSSIBLE),
    (LIST, "a; b ;;c", ("a", "b", "c")),
    (LIST, '["a", "b;c"]', ("a", "b;c")),
    (LIST, "[]", ()),
    (LIST, "", None),
    (LIST, "[a]", IMPOSSIBLE),
    (LIST, "[1]", IMPOSSIBLE),
    (ROLE, "CHAMPION", "Champion"),
    (ROLE, "boss", IMPOSSIBLE),
]

UTC = datetime.UTC
NATIVE = [
    (TEXT, pa.array([" a "]), "a"),
    (TEXT, pa.array([" "]), None),
    (TEXT, pa.array(["a"]).dictionary_encode(), "a"),
    (TEXT, pa.array([5]), IMPOSSIBLE),
    (NUMBER, pa.array([5], pa.int8()), 5.0),
    (NUMBER, pa.array([2**63], pa.uint64()), float(2**63)),
    (NUMBER, pa.array([-0.0]), 0.0),
    (NUMBER, pa.array([math.nan]), IMPOSSIBLE),
    (NUMBER, pa.array([math.inf]), IMPOSSIBLE),
    (NUMBER, pa.array(["5"]), IMPOSSIBLE),
    (NUMBER, pa.array([True]), IMPOSSIBLE),
    (BOOL, pa.array([True]), True),
    (BOOL, pa.array([1]), IMPOSSIBLE),
    (DATE, pa.array([DAY]), DAY),
    (DATE, pa.array([datetime.datetime(2026, 3, 1)]), DAY),
    (DATE, pa.array([datetime.datetime(2026, 3, 1, 1)]), IMPOSSIBLE),
    (DATE, pa.array(["2026-03-01"]), DAY),
    (TIMESTAMP, pa.array([datetime.datetime(2026, 3, 1, 12)]), NOON),
    (TIMESTAMP, pa.array([datetime.datetime(2026, 3, 1, 12, tzinfo=UTC)]), NOON),
    (TIMESTAMP, pa.array([1772366400_123456789], pa.timestamp("ns")), 1772366400_123456),
    (TIMESTAMP, pa.array([1772366400_123456789], pa.timestamp("ns", "UTC")), 1772366400_123456),
    (TIMESTAMP, pa.array([1772366400], pa.timestamp("s")), NOON),
    (TIMESTAMP, pa.array([DAY]), NOON - 12 * 3_600_000_000),
    (TIMESTAMP, pa.array([1772366400]), IMPOSSIBLE),
    (LIST, pa.array([["a", " ", None]]), ("a",)),
    (LIST, pa.array([[1]]), IMPOSSIBLE),
    (LIST, pa.array([[]], pa.list_(pa.string())), ()),
]


Case = tuple[FieldType, Any, object]


class Together:
    """Cases that are read as fields of one contact: those with impossible values apart from the others."""

    def __init__(self, cases: Sequence[Case], read_values: Callable[[dict[str, Any], Schema], Dataset]) -> None:
        self._fields = {name_of(number): case for number, case in enumerate(cases)}
        self._read_values = read_values
        self._read: dict[bool, tuple[Contact, list[Diagnostic]]] = {}

    def check(self, number: int) -> None:
        """The value of a case's field, and whether it was reported."""
        name = name_of(number)
        _, _, expected = self._fields[name]
        contact, findings = self._found(impossible=expected is IMPOSSIBLE)
        value: Value = contact.fields.get(name)
        impossible = [each for each in findings if each.code == "D201" and f"`{name}`" in each.message]
        assert (value, len(impossible)) == ((None, 1) if expected is IMPOSSIBLE else (expected, 0))
        assert type(value) is type(None if expected is IMPOSSIBLE else expected)
        if isinstance(value, float):
            assert math.copysign(1, value) == math.copysign(1, expected)  # type: ignore[arg-type]

    def _found(self, impossible: bool) -> tuple[Contact, list[Diagnostic]]:
        if impossible not in self._read:
            fields = {name: case for name, case in self._fields.items() if (case[2] is IMPOSSIBLE) == impossible}
            schema = Schema(contact={name: type_ for name, (type_, _, _) in fields.items()})
            dataset = self._read_values({name: given for name, (_, given, _) in fields.items()}, schema)
            (contact,) = dataset.population().contacts
            self._read[impossible] = contact, list(dataset.findings)
        return self._read[impossible]


def name_of(number: int) -> str:
    return f"field_{number}"


def each(cases: Sequence[Case]) -> pytest.MarkDecorator:
    ids = [f"{case[0].kind} {_shown(case[1])}" for case in cases]
    return pytest.mark.parametrize("number", range(len(cases)), ids=ids)


def _shown(given: object) -> str:
    """A value, or an array with its type, the same in every process."""
    return f"{given.type} {given.to_pylist()!r}" if isinstance(given, pa.Array) else repr(given)


def dicts(values: dict[str, Any], schema: Schema) -> Dataset:
    return read({"contacts": [{"id": "ann", **values}], "events": []}, schema)


def json_lines(values: dict[str, Any], schema: Schema) -> Dataset:
    record = json.dumps({"id": "ann", **values}, ensure_ascii=False)
    return of_files({"contacts.ndjson": record, "events.ndjson": ""}, schema)


def csv_file(values: dict[str, Any], schema: Schema) -> Dataset:
    out = io.StringIO()
    csv.writer(out).writerows([["id", *values], ["ann", *values.values()]])
    return of_files({"contacts.csv": out.getvalue(), "events.csv": ""}, schema)


def of_files(files: dict[str, str], schema: Schema) -> Dataset:
    with tempfile.TemporaryDirectory() as place:
        return read(folder(Path(place), files), schema)


def arrow(values: dict[str, Any], schema: Schema) -> Dataset:
    return read({"contacts": pa.table({"id": ["ann"], **values}), "events": []}, schema)


DICTS, JSON_LINES = Together(JSON, dicts), Together(JSON, json_lines)
CSV_FILES, TYPED_TABLES = Together(CSV, csv_file), Together(NATIVE, arrow)


@each(JSON)
def test_dicts(number: int) -> None:
    DICTS.check(number)


@each(JSON)
def test_json_lines(number: int) -> None:
    JSON_LINES.check(number)


@each(CSV)
def test_csv(number: int) -> None:
    CSV_FILES.check(number)


@each(NATIVE)
def test_typed_tables(number: int) -> None:
    TYPED_TABLES.check(number)


def _schema(type_: FieldType) -> Schema:
    return Schema(contact={"field": type_})


IDS = [
    ("ann", "ann"),
    (" Ann ", "Ann"),
    ("007", "007"),
    (7, "7"),
    (0, "0"),
    (-3, "-3"),
    (12345678901234567890123456789012345, "12345678901234567890123456789012345"),
    (2**64, str(2**64)),
    (7.0, "7"),
    (1.5, "1.5"),
    (-0.0, "0"),
    (True, None),
    ("", None),
    (None, None),
    ([1], None),
    (math.nan, None),
]


@pytest.mark.parametrize(("given", "expected"), IDS)
def test_ids(given: object, expected: str | None) -> None:
    dataset = read({"contacts": [{"id": given}], "events": []}, Schema(), max_rejected=1)
    assert [each.id for each in dataset.population().contacts] == ([expected] if expected else [])
    assert len(list(dataset.rejects)) == (0 if expected else 1)


NATIVE_IDS = [
    (pa.array([7], pa.int64()), "7"),
    (pa.array([7.0]), "7"),
    (pa.array([" 07 "]), "07"),
    (pa.array([12345678901234567890123456789012345], pa.decimal128(38, 0)), "12345678901234567890123456789012345"),
    (pa.array(["a"]).dictionary_encode(), "a"),
]


@pytest.mark.parametrize(("given", "expected"), NATIVE_IDS)
def test_ids_of_typed_tables(given: pa.Array, expected: str) -> None:
    dataset = read({"contacts": pa.table({"id": given}), "events": []}, Schema())
    assert [each.id for each in dataset.population().contacts] == [expected]


def test_impossible_values_are_counted_and_shown() -> None:
    contacts = [{"id": number, "field": "x" if number in (3, 5) else number} for number in range(9)]
    (finding,) = read({"contacts": contacts, "events": []}, _schema(NUMBER)).findings[:1]
    assert finding.code == "D201"
    assert finding.message == '`field` of contacts: 2 values cannot be read as a number, such as `"x"`'
    assert finding.span.line == 4


def test_a_value_next_to_a_member_of_a_list_is_told_with_it() -> None:
    roles = FieldType("text", ("economic_buyer", "user"))
    given = ["nobody", *["economic buyer"] * 3, "user"]
    contacts = [{"id": number, "field": role} for number, role in enumerate(given)]
    (finding,) = read({"contacts": contacts, "events": []}, _schema(roles)).findings[:1]
    assert finding.message.endswith('such as `"nobody"`') and finding.span.line == 1
    assert finding.hint == "`economic buyer` stands there 3 times: did you mean `economic_buyer`?"


def test_an_impossible_owner_is_missing() -> None:
    event = {"id": 1, "type": "visit", "timestamp": "2026-03-01", "contact_id": True, "account_id": "acme"}
    dataset = read({"events": [event]}, Schema())
    assert dataset.population().events[0].contact_id is None
    assert [each.message.split(":")[0] for each in dataset.findings] == ["`contact_id` of events"]
