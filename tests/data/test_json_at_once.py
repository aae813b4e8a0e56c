"""Lines of JSON taken in by the engine's own reader give what the reader gives that looks at every record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from scoreline.engine.data import Dataset, read, reader
from scoreline.engine.data.cells import typed
from scoreline.engine.data.files import DataFile
from scoreline.engine.data.glance import Glance, glance
from scoreline.engine.data.json_columns import JsonColumns
from scoreline.engine.data.lookup import cell, with_texts
from scoreline.engine.data.plain import PlainText, can_be_plain
from scoreline.engine.data.sql import column, rows, select
from scoreline.engine.data.texts import share_zone
from scoreline.engine.instants import UTC_ZONE, Zone
from scoreline.engine.schema import FieldType, Schema

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP, folder, lines, sources

TEXTS = r"""
    "pricing" "Big" "~big" "big\u2003" "" "~" "zo\u00eb" "a\nb" "\"" "caf\u00e9~\ud83d\ude00" "5" "-5" "7.0" "1e5" "1e"
    "3f2e-77" "-" "0007" "2026-03-01" "2026-03-01T10:00:00+02:00" "2026-03-01T10:00:00Z" "true" "False" "null" "nan"
    "-INF" "infinity_pool" "[a]" "{x}" "[]" "2026-03-01T10:00:00.5" "now" "x"
"""
OTHERS = """
    5 -5 0 -0 7.0 1.50 1e5 1E-3 1e999 -1e999 12345678901234567890123 0.1e1 true false null NaN Infinity -Infinity
    [] ["a","b"] [1] {"x":1} {}
"""
VALUES = [value.replace("~", " ") for value in (*TEXTS.split(), *OTHERS.split())]
TYPES: dict[str, FieldType] = {
    "text": TEXT,
    "member": FieldType("text", ("big", "pricing")),
    "number": NUMBER,
    "bool": BOOL,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "list": LIST,
}
SCHEMA = Schema(events={"visit": TYPES, "call": {"text": TEXT, "number": TEXT}})


class Both:
    """Reads with a glance and without, and compares; `glances` says what the glances at events came to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.glances: list[bool] = []

    def look(self, *arguments: Any, **options: Any) -> Glance | None:
        found = glance(*arguments, **options)
        self.glances.append(found is not None)
        return found

    def read(self, path: Path, mapping: str = "") -> Dataset:
        options: dict[str, Any] = {"zone": Zone.named("Europe/Berlin"), "max_rejected": 1.0}
        self.monkeypatch.setattr(reader, "glance", self.look)
        quickly = read(path, SCHEMA, sources(mapping), **options)
        self.monkeypatch.setattr(reader, "glance", lambda *_, **options: None)
        closely = read(path, SCHEMA, sources(mapping), **options)
        assert repr(quickly.population()) == repr(closely.population())
        assert (quickly.findings, quickly.counts) == (closely.findings, closely.counts)
        return quickly


@pytest.fixture(params=[1_000, 1])
def both(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Both:
    """Where Python sees all records, and where it sees only the first."""
    monkeypatch.setattr("scoreline.engine.data.samples._FIRST", request.param)
    return Both(monkeypatch)


def event(number: int, more: str, type_: str = "visit", id_: str = "") -> str:
    owner = '"contact_id": "ann"' if "contact_id" not in more else '"account_id": "acme"'
    start = f'"id": {id_ or number}, "type": "{type_}", "timestamp": "2026-03-01T10:00:00Z", {owner}'
    return f"{{{start}, {more}}}"


def taken(path: Path, columns: JsonColumns, types: Sequence[FieldType | str]) -> list[tuple[object, ...]]:
    """Of each value of the key `it`: whether it is in doubt, what it is as each type, and whether it is there."""
    connection = duckdb.connect()
    share_zone(connection, UTC_ZONE)
    prepared = columns.prepare({"it": [("it",)]})
    form = prepared.forms["it"]
    place = cell("it", form)
    plain = form if isinstance(form, PlainText) else None
    values = [
        form.as_identity(place) if isinstance(each, str) else typed(form, place, each, UTC_ZONE) for each in types
    ]
    doubt = (plain.doubt(column("it")) if plain else None) or exp.false()
    return rows(connection, select(doubt, *values, form.is_there(place), source=with_texts(prepared)))


@pytest.mark.parametrize("is_tidy", [True, False])
@pytest.mark.parametrize(
    "types",
    [(TEXT,), (TYPES["member"], TEXT), ("identity",), (DATE,), (TIMESTAMP, DATE), ("identity", TEXT)],
)
def test_what_is_taken_as_a_text_is_one_or_is_in_doubt(
    tmp_path: Path, types: tuple[FieldType | str, ...], is_tidy: bool
) -> None:
    file = tmp_path / "it.ndjson"
    file.write_text(lines(*(f'{{"it": {value}}}' for value in VALUES)))
    files = (DataFile(file, "it.ndjson", "lines"),)
    readings = frozenset((each, None) if isinstance(each, str) else (each.kind, each.values) for each in types)
    assert can_be_plain(readings)
    plain = taken(file, JsonColumns(files, {"it": PlainText(readings, is_tidy)}), types)
    exact = taken(file, JsonColumns(files), types)
    sure = 0
    for value, (in_doubt, *found), (_, *expected) in zip(VALUES, plain, exact, strict=True):
        is_fault = DATE in types and found == [None] * len(types) + [True]  # then everything is read in another way
        if not in_doubt and not is_fault:
            assert found == expected, value
            sure += 1
    assert sure > 1


@pytest.mark.parametrize("value", ['"e1"', "5", "7.5", "true", '" e1"', '"5"', "12345678901234567890123"])
def test_values_as_ids(tmp_path: Path, both: Both, value: str) -> None:
    records = [event(1, '"x": 1', id_=value), event(2, f'"contact_id": {value}'), event(3, '"text": "a"', "call")]
    both.read(folder(tmp_path, {"events.ndjson": lines(*records)}))
    assert both.glances[-1] == (value not in ("true",))


@pytest.mark.parametrize("inside", ['"none"', "[]", "null", "{}", '{"text": "a", "text": "b"}', "3"])
def test_something_else_in_the_place_of_properties(tmp_path: Path, both: Both, inside: str) -> None:
    records = [event(1, '"properties": {"text": "a", "number": 5}'), event(2, f'"properties": {inside}')]
    both.read(folder(tmp_path, {"events.ndjson": lines(*records)}))


MAPPED = """
    events:
      contact_id: actor.id
      account_id: actor
      properties: {text: payload.a.b, member: payload.a, number: payload.A.b, bool: payload.n, date: "'2026-01-01'"}
"""


def test_places_inside_of_each_other(tmp_path: Path, both: Both) -> None:
    """`actor` is wanted as a whole and in part; keys of `payload` differ only in case."""
    more = ['"actor": {"id": "ann"}, "payload": {"a": {"b": "x"}, "A": {"b": 5}, "n": true}', '"actor": "acme"']
    found = both.read(
        folder(tmp_path, {"events.ndjson": lines(*(event(n, each) for n, each in enumerate(more)))}), MAPPED
    )
    properties = found.population().events[0].properties
    assert (properties["text"], properties["number"], properties["bool"]) == ("x", 5.0, True)


def test_what_the_first_records_do_not_show(tmp_path: Path, both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """They look like texts without blanks; further down stand a number in the place of one, and blanks."""
    monkeypatch.setattr("scoreline.engine.data.samples._FIRST", 2)
    records = [event(n, '"text": "a", "member": "big"') for n in range(4)]
    records += [event(4, '"text": 7, "member": " big "'), event(5, '"text": " b"')]
    found = both.read(folder(tmp_path, {"events.ndjson": lines(*records)}))
    assert [event.properties.get("text") for event in found.population().events] == [*"aaaa", None, "b"]
    assert [finding.code for finding in found.findings] == ["D201"]


@pytest.mark.parametrize("late", ['{"text": "b", "number": 5}', "{}", "null", "7"])
def test_objects_that_the_first_records_do_not_have(
    tmp_path: Path, both: Both, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Nothing is looked for inside `properties` as long as no record has any; one that does is read as it should be."""
    monkeypatch.setattr("scoreline.engine.data.samples._FIRST", 2)
    records = [event(n, '"text": "a"') for n in range(4)] + [event(4, f'"text": "a", "properties": {late}')]
    found = both.read(folder(tmp_path, {"events.ndjson": lines(*records)}))
    assert len(found.population().events) == 5
    assert both.glances[-1]


def test_many_records_of_a_program() -> None:
    many = 1_200  # more than a look at the first ones shows
    records = [
        {"id": f"e{n}", "type": "visit", "timestamp": "2026-03-01T10:00:00Z", "contact_id": "ann", "number": n}
        for n in range(many)
    ]
    dataset = read({"events": records}, SCHEMA)
    assert dataset.counts.read == many
    total = exp.select(exp.Sum(this=column(SCHEMA.event_columns()["number", "number"]))).from_("events")
    assert rows(dataset.connection, total) == [(many * (many - 1) / 2,)]
