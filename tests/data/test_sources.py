"""The `sources:` section: what it says, and each thing that can be wrong with it."""

from __future__ import annotations

import pytest

from scoreline.engine.data import Sources, parse_sources
from scoreline.engine.data.paths import join_path, split_path
from scoreline.engine.data.sources import Constant, RowNumber, SourceMap
from scoreline.engine.yaml_reading import load_yaml
from scoreline.grammar.source import Source

from .folders import sources


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


MISTAKES = [
    ("[a]", "`sources` maps accounts, contacts and events to their files", ""),
    ("event: {files: a.csv}", "`event` is not a kind of record", "did you mean `events`?"),
    ("events: {file: a.csv}", "`file` is not a key of a source", "did you mean `files`?"),
    ("events: {fields: {a: b}}", "`fields` is not a key of a source", "did you mean `files`?"),
    ("contacts: {received_at: a}", "`received_at` is not a key of a source", ""),
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
