"""Instants as numbers since 1970: read where a source says in what they count, else told how they could be."""

from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest

from scoreline.engine.data import DataError, Dataset, read
from scoreline.engine.schema import FieldType, Schema

from .folders import TIMESTAMP, lines, sources

SCHEMA = Schema(contact={"seen": TIMESTAMP}, events={"visit": {"until": TIMESTAMP, "page": FieldType("text")}})
AT = 1_772_366_400_123_456
COUNTS = {"unix_s": AT / 1e6, "unix_ms": AT // 1000, "unix_us": AT}


def records(number: float) -> list[dict[str, object]]:
    event = {"type": "visit", "contact_id": "ann", "page": "a", "until": number}
    return [{"id": f"e{n}", "timestamp": number + n, **event} for n in range(3)]


def written(folder: Path, form: str, number: float) -> Path:
    path = folder / f"events.{form}"
    if form == "ndjson":
        path.write_text(lines(*records(number)))
    elif form == "json":
        path.write_text(json.dumps(records(number)))
    else:
        getattr(polars.DataFrame(records(number)), f"write_{form}")(path)
    return folder


def instants(dataset: Dataset) -> list[tuple[int, object]]:
    return [(event.at, event.properties.get("until")) for event in dataset.population().events]


@pytest.mark.parametrize("form", ["ndjson", "json", "csv", "parquet"])
@pytest.mark.parametrize(("clock", "unit"), [("unix_s", 1_000_000), ("unix_ms", 1000), ("unix_us", 1)])
def test_a_source_says_in_what_numbers_count(tmp_path: Path, form: str, clock: str, unit: int) -> None:
    mapping = sources(f"events: {{timestamps: {clock}}}")
    found = read(written(tmp_path, form, COUNTS[clock]), SCHEMA, mapping)
    first = AT if clock != "unix_ms" else AT // 1000 * 1000
    assert instants(found) == [(first + n * unit, first) for n in range(3)]
    assert found.findings == []


def test_texts_stay_what_they_are_and_nonsense_is_none(tmp_path: Path) -> None:
    events = [{**event, "timestamp": at} for event, at in zip(records(0), ["2026-03-01", 1e300, True], strict=True)]
    (tmp_path / "events.ndjson").write_text(lines(*events))
    found = read(tmp_path, SCHEMA, sources("events: {timestamps: unix_s}"), max_rejected=1)
    assert instants(found) == [(1_772_323_200_000_000, 0)]
    assert [each.reason for each in found.rejects] == [
        "`timestamp` is not an instant: 1e300",
        "`timestamp` is not an instant: true",
    ]


@pytest.mark.parametrize(("clock", "number"), COUNTS.items())
def test_whoever_has_such_numbers_is_told(tmp_path: Path, clock: str, number: float) -> None:
    hint = f"numbers that count from 1970 are read with `timestamps: {clock}` in `sources:`"
    with pytest.raises(DataError) as stopped:
        read(written(tmp_path, "ndjson", number), SCHEMA)
    assert [(each.code, each.hint) for each in stopped.value.diagnostics] == [("D108", hint)]
    event = {**records(0)[0], "timestamp": "2026-03-01", "until": number}
    assert [each.hint for each in read({"events": [event]}, SCHEMA).findings] == [hint]


def test_the_newest_event_is_there_when_it_was_received() -> None:
    events = [{**event, "timestamp": "2026-03-01T10:00:00Z"} for event in records(0)]
    events[1]["received_at"] = "2026-03-01T12:00:00Z"
    events[2]["received_at"] = "2026-03-01T09:00:00Z"
    assert read({"events": events[:1]}, SCHEMA).newest_event() == 1_772_359_200_000_000
    assert read({"events": events}, SCHEMA).newest_event() == 1_772_366_400_000_000
