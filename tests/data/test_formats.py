"""The same records in every format are the same data; `sources:` says where things stand in others."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from scoreline.engine.data import Dataset, read
from scoreline.engine.instants import Zone
from scoreline.engine.records import Population
from scoreline.engine.schema import Schema

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP, VISITS, folder, lines, sources, visit

SCHEMA = Schema(
    account={"employees": NUMBER, "target": BOOL, "technologies": LIST},
    contact={"title": TEXT, "since": DATE, "seen": TIMESTAMP},
    events={"visit": {"page": TEXT, "seconds": NUMBER}, "intent": {"topic": TEXT}},
)

RECORDS: dict[str, list[dict[str, object]]] = {
    "accounts": [
        {"id": "acme", "employees": 800, "target": True, "technologies": ["crm", "erp"]},
        {"id": "zeta", "employees": None, "target": False, "technologies": []},
    ],
    "contacts": [
        {
            "id": "ann",
            "account_id": "acme",
            "title": 'Vice "VP" President,\nSales',
            "since": "2025-01-31",
            "seen": None,
        },
        {"id": "bob", "account_id": None, "title": None, "since": None, "seen": "2026-02-01T10:00:00+01:00"},
    ],
    "events": [
        {**visit("e1", page="pricing", seconds=41.5), "account_id": None, "topic": None},
        {**visit("e2", page=None, seconds=None), "account_id": "zeta", "topic": None},
        {"id": "e3", "type": "intent", "timestamp": "2026-02-26 09:30:00.25", "contact_id": None}
        | {"account_id": "acme", "page": None, "seconds": None, "topic": "crm"},
    ],
}

EXPECTED = read(RECORDS, SCHEMA).population()


def as_lines(records: list[dict[str, object]]) -> bytes:
    return lines(*records).encode()


def as_array(records: list[dict[str, object]]) -> bytes:
    return json.dumps(records, indent=2).encode()


def as_csv(records: list[dict[str, object]]) -> bytes:
    def cell(value: object) -> object:
        return json.dumps(value) if isinstance(value, list) else value

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows({key: cell(value) for key, value in record.items()} for record in records)
    return out.getvalue().encode()


def as_parquet(records: list[dict[str, object]]) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(records), out)
    return bytes(out.getvalue())


WRITERS: dict[str, Callable[[list[dict[str, object]]], bytes]] = {
    "ndjson": as_lines,
    "jsonl": as_lines,
    "json": as_array,
    "csv": as_csv,
    "parquet": as_parquet,
}


def gzipped(raw: bytes) -> bytes:
    return gzip.compress(raw)


def zstandard(raw: bytes) -> bytes:
    return bytes(pa.compress(raw, codec="zstd", asbytes=True))


def _population(dataset: Dataset) -> Population:
    assert dataset.findings == []
    assert list(dataset.rejects) == []
    return dataset.population()


@pytest.mark.parametrize("ending", WRITERS)
def test_formats(ending: str, tmp_path: Path) -> None:
    files = {f"{kind}.{ending}": WRITERS[ending](records) for kind, records in RECORDS.items()}
    assert _population(read(folder(tmp_path, files), SCHEMA)) == EXPECTED


@pytest.mark.parametrize("ending", ["ndjson", "json", "csv"])
@pytest.mark.parametrize(("packing", "pack"), [(".gz", gzipped), (".zst", zstandard)])
def test_packed(ending: str, packing: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    files = {f"{kind}.{ending}{packing}": pack(WRITERS[ending](records)) for kind, records in RECORDS.items()}
    assert _population(read(folder(tmp_path, files), SCHEMA)) == EXPECTED


def test_kinds_mixed_in_folders(tmp_path: Path) -> None:
    """Each event in a file of its own, in another format, some in folders of folders."""
    first, second, third = ([event] for event in RECORDS["events"])
    files = {
        "events/a.ndjson.gz": gzipped(as_lines(first)),
        "events/2026/b.csv": as_csv(second),
        "events/2026/[c]*.json": as_array(third),
        "events/.hidden.csv": b"junk",
        "events/_SUCCESS": b"",
        "accounts/one.parquet": as_parquet(RECORDS["accounts"][:1]),
        "accounts/two.json": as_lines(RECORDS["accounts"][1:]),
        "contacts.jsonl": as_lines(RECORDS["contacts"]),
    }
    assert _population(read(folder(tmp_path / "odd [name]*", files), SCHEMA)) == EXPECTED


def test_one_json_file(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps(RECORDS, indent=1))
    assert _population(read(tmp_path / "data.json", SCHEMA)) == EXPECTED
    (tmp_path / "data.json.gz").write_bytes(gzipped(json.dumps(RECORDS).encode()))
    assert _population(read(str(tmp_path / "data.json.gz"), SCHEMA)) == EXPECTED


def test_only_events_are_obligatory(tmp_path: Path) -> None:
    events = read(folder(tmp_path, {"events.csv": as_csv(RECORDS["events"])}), SCHEMA).population()
    assert (list(events.accounts), list(events.contacts), len(events.events)) == ([], [], 3)


def test_json_of_many_layouts(tmp_path: Path) -> None:
    """Blank lines, line ends of other systems, a byte order mark, one object over several lines."""
    expected = [each["id"] for each in RECORDS["events"]]
    texts = {
        "blank": b"\n\n" + as_lines(RECORDS["events"]).replace(b"\n", b"\n \t\n"),
        "windows": as_lines(RECORDS["events"]).replace(b"\n", b"\r\n"),
        "mark": b"\xef\xbb\xbf" + as_lines(RECORDS["events"]),
        "no end": as_lines(RECORDS["events"]).rstrip(),
    }
    for name, raw in texts.items():
        found = _population(read(folder(tmp_path / name, {"events.ndjson": raw}), SCHEMA))
        assert [each.id for each in found.events] == expected, name
    one = {"events.json": json.dumps(RECORDS["events"][0], indent=2)}
    assert len(read(folder(tmp_path / "one", one), SCHEMA).population().events) == 1


def test_csv_of_many_layouts(tmp_path: Path) -> None:
    """A byte order mark, other delimiters, blank lines, Windows line ends, spaces around names."""
    plain = "id,type,timestamp,contact_id,page\ne1,visit,2026-03-01,ann,a\ne2,visit,2026-03-01,ann,b\n"
    texts = {
        "mark": "\ufeff" + plain,
        "semicolons": plain.replace(",", ";"),
        "tabs": plain.replace(",", "\t"),
        "bars": plain.replace(",", "|"),
        "windows": plain.replace("\n", "\r\n"),
        "blank": plain.replace("\n", "\n\n"),
        "no end": plain.rstrip(),
        "names": plain.replace("type,", " type ,"),
        "quotes": '"' + plain.replace(",", '","').replace("\n", '"\n"').removesuffix('"'),
    }
    for name, text in texts.items():
        found = _population(read(folder(tmp_path / name, {"events.csv": text}), VISITS))
        assert [(each.id, each.properties) for each in found.events] == [
            ("e1", {"page": "a"}),
            ("e2", {"page": "b"}),
        ], name
    folder(tmp_path / "tsv", {"events.tsv": plain.replace(",", "\t")})
    assert len(_population(read(tmp_path / "tsv", VISITS)).events) == 2


def test_the_zone_reads_local_times() -> None:
    event = visit("e1") | {"timestamp": "2026-07-01T12:00"}
    (found,) = read({"events": [event]}, VISITS, zone=Zone.named("Europe/Berlin")).population().events
    (utc,) = read({"events": [event]}, VISITS).population().events
    assert utc.at - found.at == 2 * 3_600_000_000


# ── where properties stand ───────────────────────────────────────────────────────────────────────────────────────


def _page(event: dict[str, object], name: str = "page") -> object:
    (found,) = read({"events": [event]}, Schema(events={"visit": {name: TEXT}})).population().events
    return found.properties.get(name)


def test_properties_stand_inside_or_outside() -> None:
    assert _page(visit(1, page="out")) == "out"
    assert _page(visit(1, properties={"page": "in"})) == "in"
    assert _page(visit(1, properties={"page": "in"}, page="out")) == "in"
    assert _page(visit(1, properties={"page": None}, page="out")) == "out"
    assert _page(visit(1, properties="in")) is None


def test_nested_properties_are_read_with_dots() -> None:
    assert _page(visit(1, page={"title": "in"}), "page.title") == "in"
    assert _page(visit(1, properties={"page": {"title": "in"}}), "page.title") == "in"
    assert _page(visit(1, **{"page.title": "flat"}), "page.title") == "flat"
    assert _page(visit(1, page={"odd.key/~": {"": "deep"}}), "page.`odd.key/~`.``") == "deep"
    assert _page(visit(1, page={"": "deep"}), "page.title") is None


def test_an_event_s_own_keys_are_no_properties() -> None:
    event = visit(1, properties={"timestamp": "inside"})
    assert _page(event, "timestamp") == "inside"
    assert _page(visit(1), "type") is None


def test_one_name_of_two_kinds() -> None:
    schema = Schema(events={"visit": {"score": NUMBER}, "call": {"score": TEXT}})
    events = [visit(1, score=5), visit(2, score="x"), visit(3, score="x") | {"type": "call"}]
    found = read({"events": events}, schema)
    assert [each.properties for each in found.population().events] == [{"score": 5.0}, {}, {"score": "x"}]
    assert [each.code for each in found.findings] == ["D201"]


def test_unknown_event_types_are_kept() -> None:
    found = read({"events": [visit(1, page="a") | {"type": "other"}]}, VISITS)
    (event,) = found.population().events
    assert (event.type, event.properties) == ("other", {})
    assert [(each.code, each.severity) for each in found.findings] == [("D203", "info")]


def test_a_misspelt_event_type_is_guessed() -> None:
    found = read({"events": [visit(1) | {"type": "Visits"}]}, VISITS)
    assert [(each.severity, each.hint) for each in found.findings] == [
        ("warning", "did you mean `visit`, of which there are none?")
    ]


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nested_json_under_other_names(tmp_path: Path) -> None:
    """The layout of GH Archive."""
    record = {
        "id": "9",
        "type": "WatchEvent",
        "created_at": "2015-01-01T00:00:00Z",
        "actor": {"id": "u_1"},
        "org": {"login": "acme"},
        "payload": {"action": "started"},
    }
    files = {"2015-01-01-0.slim.jsonl.gz": lines(record), "SOURCE.md": "# not data"}
    mapped = sources(
        "events: {files: '*.jsonl.gz', id: id, type: type, timestamp: created_at, contact_id: actor.id,"
        " account_id: org.login, properties: {action: payload.action}}"
    )
    schema = Schema(events={"WatchEvent": {"action": TEXT, "payload.action": TEXT}})
    (event,) = _population(read(folder(tmp_path, files), schema, mapped)).events
    assert (event.id, event.contact_id, event.account_id) == ("9", "u_1", "acme")
    assert event.properties == {"action": "started", "payload.action": "started"}


def test_csv_without_header_and_ids(tmp_path: Path) -> None:
    """The layout of Bombora's weekly files."""
    files = {"weeks/1.csv": "Acme;acme.com;crm;83\n;zeta.com;erp;5\n", "weeks/2.csv": "Acme;acme.com;crm;83\n"}
    mapped = sources(
        "events: {files: 'weeks/*.csv', columns: ['', domain, topic, score], id: row, type: \"'intent'\","
        " timestamp: '\"2015-07-19\"', account_id: domain, properties: {week: \"'29'\"}}"
    )
    schema = Schema(events={"intent": {"topic": TEXT, "score": NUMBER, "week": NUMBER}})
    found = _population(read(folder(tmp_path, files), schema, mapped)).events
    assert [(each.id, each.account_id, each.properties) for each in found] == [
        ("weeks/1.csv:1", "acme.com", {"topic": "crm", "score": 83.0, "week": 29.0}),
        ("weeks/1.csv:2", "zeta.com", {"topic": "erp", "score": 5.0, "week": 29.0}),
        ("weeks/2.csv:1", "acme.com", {"topic": "crm", "score": 83.0, "week": 29.0}),
    ]


def test_rows_are_numbered_as_they_stand(tmp_path: Path) -> None:
    """In order, also where the engine reads in parallel, and the same when a file had to be read exactly."""
    many = "".join(f"{number},{'x' * (number % 50)}\n" for number in range(200_000))
    mapped = sources("{events: {columns: [contact_id, page], id: row, type: \"'visit'\", timestamp: \"'2026-01-01'\"}}")
    quick = read(folder(tmp_path / "quick", {"events.csv": many}), VISITS, mapped)
    numbers = "SELECT count(*) FROM events WHERE id = 'events.csv:' || (CAST(contact_id AS INT) + 1)"
    assert quick.connection.execute(numbers).fetchall() == [(200_000,)]
    exact = read(folder(tmp_path / "exact", {"events.csv": many + "too,many,cells\n"}), VISITS, mapped)
    assert exact.connection.execute(numbers).fetchall() == [(200_000,)]
    assert [each.line for each in exact.rejects] == [200_001]


def test_several_sources(tmp_path: Path) -> None:
    files = {
        "web.ndjson": lines({"uid": 1, "at": "2026-01-01", "who": "ann", "url": "pricing"}),
        "calls.csv": "call,time,person\n7,2026-01-02,bob\n",
    }
    mapped = sources("""
        events:
          - {files: web.ndjson, id: uid, type: "'visit'", timestamp: at, contact_id: who, properties: {page: url}}
          - {files: calls.csv, id: call, type: "'call'", timestamp: time, contact_id: person}
    """)
    found = _population(read(folder(tmp_path, files), Schema(events={**VISITS.events, "call": {}}), mapped)).events
    assert [(each.id, each.type, each.contact_id) for each in found] == [("1", "visit", "ann"), ("7", "call", "bob")]


def test_contacts_under_another_key(tmp_path: Path) -> None:
    files = {"contacts-1.csv": "contact_id,job\n1,CFO\n", "contacts-2.csv": "contact_id,job\n2,CEO\n"}
    files["events.ndjson"] = ""
    mapped = sources("contacts: {files: 'contacts*.csv', id: contact_id, fields: {title: job}}")
    dataset = read(folder(tmp_path, files), SCHEMA, mapped)
    assert [(each.id, each.fields) for each in dataset.population().contacts] == [
        ("1", {"title": "CFO"}),
        ("2", {"title": "CEO"}),
    ]


def test_json_in_a_cell(tmp_path: Path) -> None:
    """Exports of warehouses have the properties as one column of JSON."""
    text = 'id,type,timestamp,contact_id,properties\n1,visit,2026-01-01,ann,"{""page"": ""a"", ""seconds"": 4}"\n'
    (event,) = _population(read(folder(tmp_path / "csv", {"events.csv": text}), VISITS)).events
    assert event.properties == {"page": "a", "seconds": 4.0}
    table = pa_csv.read_csv(io.BytesIO(text.encode()))
    folder(tmp_path / "parquet", {})
    (tmp_path / "parquet").mkdir(exist_ok=True)
    pq.write_table(table, tmp_path / "parquet" / "events.parquet")
    (event,) = _population(read(tmp_path / "parquet", VISITS)).events
    assert event.properties == {"page": "a", "seconds": 4.0}


def test_structs_of_parquet(tmp_path: Path) -> None:
    record = visit("e1", properties={"page": "a", "seconds": 4, "more": {"depth": "2"}})
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "events.parquet")
    schema = Schema(events={"visit": {"page": TEXT, "seconds": NUMBER, "more.depth": TEXT, "more.none": TEXT}})
    (event,) = _population(read(tmp_path, schema)).events
    assert event.properties == {"page": "a", "seconds": 4.0, "more.depth": "2"}


def test_parquet_files_of_different_columns(tmp_path: Path) -> None:
    folder(tmp_path, {"events/a.parquet": as_parquet([visit(1, page="a")])})
    folder(tmp_path, {"events/b.parquet": as_parquet([visit("2", seconds=4)])})
    found = _population(read(tmp_path, VISITS)).events
    assert [(each.id, each.properties) for each in found] == [("1", {"page": "a"}), ("2", {"seconds": 4.0})]


def test_many_quoted_line_ends(tmp_path: Path) -> None:
    """The engine's parallel reader agrees with Python's, row by row."""
    path = tmp_path / "events.csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "type", "timestamp", "contact_id", "page"])
        for number in range(60_000):
            page = ["plain", "a,b", "two\nlines", 'quo"te', "", "x" * (number % 90)][number % 6]
            writer.writerow([number, "visit", "2026-01-01", f"c{number}", page])
    dataset = read(tmp_path, VISITS)
    with path.open(newline="") as text:
        wanted = {row["id"]: row["page"] or None for row in csv.DictReader(text)}
    found = dataset.connection.execute('SELECT id, "page text" FROM events').fetchall()
    assert dict(found) == wanted


def test_a_connection_of_one_s_own() -> None:
    connection = duckdb.connect()
    dataset = read(RECORDS, SCHEMA, connection=connection)
    assert dataset.connection is connection
    assert connection.execute("SELECT count(*) FROM accounts").fetchall() == [(2,)]
