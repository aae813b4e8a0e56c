"""Small data folders for the tests of the readers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

from scoreline.engine.data import Sources, parse_sources
from scoreline.engine.schema import FieldType, Schema
from scoreline.engine.yaml_reading import load_yaml
from scoreline.grammar.source import Source

TEXT, NUMBER, BOOL = FieldType("text"), FieldType("number"), FieldType("bool")
DATE, TIMESTAMP, LIST = FieldType("date"), FieldType("timestamp"), FieldType("list")

VISITS = Schema(events={"visit": {"page": TEXT, "seconds": NUMBER}})


def visit(id_: object, **more: object) -> dict[str, object]:
    """An event that is complete."""
    return {"id": id_, "type": "visit", "timestamp": "2026-03-01T10:00:00Z", "contact_id": "ann", **more}


def lines(*records: object) -> str:
    """JSON, one document a line; texts are taken as they are."""
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in records)


def folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        raw = content.encode() if isinstance(content, str) else content
        file.write_bytes(gzip.compress(raw) if name.endswith(".gz") and isinstance(content, str) else raw)
    return path


def sources(text: str) -> Sources:
    """A `sources:` section that is right."""
    node, findings = load_yaml(Source("ruleset.yaml", text))
    assert not findings
    found, findings = parse_sources(node)
    assert not findings
    return found
