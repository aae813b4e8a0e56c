"""The `sources:` section: what it says, and each thing that can be wrong with it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoreline.engine.data import DataError, Sources, parse_sources, read
from scoreline.engine.data.paths import join_path, split_path
from scoreline.engine.data.sources import Constant, RowNumber, SourceMap
from scoreline.engine.schema import Schema
from scoreline.engine.yaml_reading import load_yaml
from scoreline.grammar.source import Source

from .folders import TEXT, VISITS, folder, lines, sources, visit


def test_everything_that_can_be_said() -> None:
    found = sources("""
        events:
          - files: ['a/*.csv', b.csv]
            columns: [one, '', three]
            delimiter: tab
            id: row
            type: "'page view'"
            timestamp: time.created
            contact_id: actor.`odd.key`
            account_id: account
            received_at: received
            properties: {page: url, kind: "'web'"}
          - files: c.ndjson
        contacts: contacts-*.csv
        accounts: {id: key, valid_from: since, unique: true, timestamps: unix_ms, fields: {industry: branch}}
    """)
    first, second = found.of("events")
    assert first == SourceMap(
        "events",
        ("a/*.csv", "b.csv"),
        ("one", "", "three"),
        "\t",
        {
            "id": RowNumber(),
            "type": Constant("page view"),
            "timestamp": ("time", "created"),
            "contact_id": ("actor", "odd.key"),
            "account_id": ("account",),
            "received_at": ("received",),
        },
        {"page": ("url",), "kind": Constant("web")},
    )
    assert second == SourceMap("events", ("c.ndjson",))
    assert found.of("contacts") == (SourceMap("contacts", ("contacts-*.csv",)),)
    assert found.of("accounts")[0].fields == {"industry": ("branch",)}
    assert found.of("accounts")[0].unique and not second.unique
    assert (found.of("accounts")[0].timestamps, second.timestamps) == ("unix_ms", None)


def test_kinds_that_are_not_named_stand_in_their_usual_place() -> None:
    assert sources("events: {files: a.csv}").of("contacts") == (SourceMap("contacts"),)
    assert parse_sources(None) == (Sources(), [])
    assert sources("") == Sources()


EVERY_KEY = (
    "known here: `account_id`, `columns`, `delimiter`, `fields`, `files`, `id`, `merged_into`, `timestamps`, "
    "`unique`, `valid_from`"
)

MISTAKES = [
    ("[a]", "`sources` maps accounts, contacts and events to their files", ""),
    ("event: {files: a.csv}", "`event` is not a kind of record", "did you mean `events`?"),
    ("events: {file: a.csv}", "`file` is not a key of a source of events", "did you mean `files`?"),
    ("events: {fields: {a: b}}", "`fields` is not a key of a source of events", "did you mean `properties`?"),
    ("contacts: {properties: {}}", "`properties` is not a key of a source of contacts", "did you mean `fields`?"),
    ("contacts: {received_at: a}", "`received_at` is not a key of a source of contacts", EVERY_KEY),
    ("events: {contact: a}", "`contact` is not a key of a source of events", "did you mean `contact_id`?"),
    ("events: {files: ../a.csv}", "`../a.csv` leaves the data folder", "patterns are relative to the data folder"),
    ("events: {files: /etc/*}", "`/etc/*` leaves the data folder", ""),
    ("events: {files: 'a/../../b'}", "`a/../../b` leaves the data folder", ""),
    ("events: {files: 'C:/a'}", "`C:/a` leaves the data folder", ""),
    ("events: {files: ['']}", "`files` is a file pattern, or a list of them", ""),
    ("events: {id: [a]}", "`id` is a path such as `actor.id`", ""),
    ("events: {type: ''}", "`type` is a path such as `actor.id`", ""),
    ("events: {contact_id: a..b}", "`a..b` is not a path", "keys are joined by dots"),
    ("events: {contact_id: 'a.`b'}", "`a.`b` is not a path", ""),
    ("events: {properties: [a]}", "`properties` maps names to paths", "write `{action: payload.action}`"),
    ("events: {columns: a}", "`columns` is the list of the names of the columns", ""),
    ("events: {columns: [a, b, a]}", "the column `a` is named twice", ""),
    ("events: {unique: perhaps}", "`unique` is true or false", "write `unique: true`"),
    ("events: {timestamps: unix}", "`timestamps` is one of unix_s, unix_ms, unix_us", "instants as texts"),
    ("events: {delimiter: ';;'}", "`delimiter` is one character", "write `delimiter: ';'`"),
    ("events: [[a]]", "a source of events is a mapping", "write `{files: '*.csv', id: …}`"),
]


@pytest.mark.parametrize(("text", "message", "hint"), MISTAKES)
def test_mistakes(text: str, message: str, hint: str) -> None:
    node, findings = load_yaml(Source("ruleset.yaml", text))
    assert not findings
    _, (finding,) = parse_sources(node)
    assert (finding.code, finding.message) == ("D110", message)
    assert finding.hint.startswith(hint)
    assert finding.span.path == "ruleset.yaml"


PATHS = [
    ("a", ("a",)),
    ("a.b c.d", ("a", "b c", "d")),
    ("`a.b`.c", ("a.b", "c")),
    ("a.``", ("a", "")),
    ("", None),
    (".a", None),
    ("a.", None),
    ("a`b`", None),
    ("`a", None),
]


@pytest.mark.parametrize(("text", "path"), PATHS)
def test_paths(text: str, path: tuple[str, ...] | None) -> None:
    assert split_path(text) == path
    if path is not None:
        assert split_path(join_path(path)) == path


HEADER = "id,type,timestamp,contact_id,page,received\n"
EVENTS = HEADER + "1,visit,2026-03-01,ann,a,2026-03-02\n"
DEEP = visit(1, actor={"login": None})

MISSPELT: list[tuple[str, str, dict[str, str], str, str]] = [
    (
        "a key of a CSV",
        "events: {received_at: recieved}",
        {"events.csv": EVENTS},
        "`events.csv` has no column `recieved`",
        "did you mean `received`?",
    ),
    (
        "a key that nothing is like",
        "events: {account_id: organisation}",
        {"events.csv": EVENTS},
        "`events.csv` has no column `organisation`",
        "it has `id`, `type`, `timestamp`, `contact_id`, `page`, `received`",
    ),
    (
        "a property",
        "events: {properties: {page: pgae}}",
        {"events.csv": EVENTS},
        "`events.csv` has no column `pgae`",
        "did you mean `page`?",
    ),
    (
        "what no line of JSON has",
        "events: {contact_id: actor.lgoin}",
        {"events.ndjson": lines(DEEP)},
        "no record of `events.ndjson` has `actor.lgoin`",
        "did you mean `actor.login`?",
    ),
    (
        "no file of several",
        "events: {received_at: recieved}",
        {"events/1.csv": EVENTS, "events/2.csv": HEADER},
        "none of the 2 files of events has a column `recieved`: `events/1.csv` …",
        "did you mean `received`?",
    ),
    (
        "a list without records beside one with some",
        "events: {received_at: recieved}",
        {"events/1.json": "[]", "events/2.json": f"[{lines(visit(1, received=None))}]"},
        "none of the 2 files of events has `recieved`: `events/1.json` …",
        "did you mean `received`?",
    ),
]


@pytest.mark.parametrize(
    ("written", "files", "message", "hint"), [each[1:] for each in MISSPELT], ids=[each[0] for each in MISSPELT]
)
def test_what_is_mapped_and_no_record_has(
    written: str, files: dict[str, str], message: str, hint: str, tmp_path: Path
) -> None:
    """A column is there or not; a key of JSON may be rare."""
    data = folder(tmp_path, files)
    if "column" in message:
        with pytest.raises(DataError) as caught:
            read(data, VISITS, sources(written))
        (found,) = caught.value.diagnostics
    else:
        (found,) = [each for each in read(data, VISITS, sources(written), max_rejected=1).findings if each.hint == hint]
    assert (found.code, found.message, found.hint) == ("D105" if "column" in message else "D206", message, hint)
    assert found.span.line == 1 and found.span.column > 1


def test_what_is_set_aside_is_told_with_what_is_missing(tmp_path: Path) -> None:
    """Nobody can be found for events whose contact is looked for in the wrong place."""
    written = sources("events: {contact_id: actor.lgoin}")
    events = {"events.ndjson": lines({"id": 1, "type": "visit", "timestamp": "2026-03-01", "actor": {"login": "a"}})}
    with pytest.raises(DataError) as caught:
        read(folder(tmp_path, events), VISITS, written)
    assert [each.code for each in caught.value.diagnostics] == ["D108", "D206"]


def test_parquet_and_frames_too(tmp_path: Path) -> None:
    rows = pa.Table.from_pylist([visit(1, page="a")])
    with pytest.raises(DataError, match="`events` has no column `pgae`"):
        read({"events": rows}, VISITS, sources("events: {properties: {page: pgae}}"))
    pq.write_table(rows, tmp_path / "events.parquet")
    with pytest.raises(DataError, match=r"`events.parquet` has no column `recieved`"):
        read(tmp_path, VISITS, sources("events: {received_at: recieved}"))


LATE = lines(*map(visit, range(1500)), visit(-1, received="2026-03-02"))
EARLIER = EVENTS.replace("received", "came")

FINE: list[tuple[str, str, dict[str, str]]] = [
    ("a key that only a late record has", "received", {"events.ndjson": LATE}),
    ("a key that is null throughout", "received", {"events.ndjson": lines(visit(1, received=None))}),
    ("a column without a value", "received", {"events.csv": HEADER + "1,visit,2026-03-01,ann,a,\n"}),
    ("one file of several has it", "received", {"events/1.csv": EARLIER, "events/2.csv": EVENTS}),
    ("no record of a type that has it", "received", {"events.ndjson": lines(visit(1, received=1))}),
    ("no records", "recieved", {"events.ndjson": "\n"}),
    ("an empty file", "recieved", {"events.csv": ""}),
]


@pytest.mark.parametrize(("place", "files"), [each[1:] for each in FINE], ids=[each[0] for each in FINE])
def test_what_a_record_can_have(place: str, files: dict[str, str], tmp_path: Path) -> None:
    schema = Schema(events={"visit": {"page": TEXT}, "sign_up": {"plan": TEXT}})
    written = f"events: {{received_at: {place}, properties: {{plan: payload.plan}}}}"
    if any(name.endswith(".csv") for name in files):
        written = f"events: {{received_at: {place}}}"
    read(folder(tmp_path, files), schema, sources(written), max_rejected=1)


def test_properties_that_nobody_reads_are_not_looked_for() -> None:
    narrow = Schema(events={"visit": {}})
    wrong = sources("events: {properties: {page: pgae}}")
    assert read({"events": [visit(1)]}, VISITS, wrong, only=narrow).counts.read == 1
