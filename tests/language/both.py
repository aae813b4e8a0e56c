"""A ruleset in a folder, and its results on both engines, which must be the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import scoreline
from scoreline.engine.data import Dataset
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.scoring import open_data

AS_OF = "2026-03-01T12:00:00Z"
MANIFEST = """\
scoreline: 1
name: test
files: [rules.rules]
schema:
  contact: {role: [buyer, champion, user], title: text, segment: text, email: text, points: number, out: bool}
  account: {industry: text, region: text, employees: number}
  events:
    visit: {page: text, seconds: number}
    demo: {}
"""


def written(folder: Path, rules: str, manifest: str = MANIFEST, **files: str) -> Path:
    """The folder of a ruleset; `files` are more of them, with `__` for the dot of their name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ruleset.yaml").write_text(manifest, encoding="utf-8")
    for name, text in {"rules__rules": rules, **files}.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def scored(folder: Path, data: Any, as_of: str = AS_OF) -> Any:
    """The results of a ruleset, as both engines give them."""
    ruleset = scoreline.load(folder)
    dataset = opened(ruleset, data)
    planned = ruleset.score(dataset, as_of=as_of, engine="duckdb")
    reference = ruleset.score(dataset, as_of=as_of, engine="interpreter")
    for ours, theirs in zip(planned.tables, reference.tables, strict=True):
        assert list(ours) == list(theirs)
    assert planned.counts == reference.counts
    return planned


def opened(ruleset: Ruleset, data: Any) -> Dataset:
    """The data as typed tables. Equal records are read once for all tests whose rules read them in the same way."""
    if not isinstance(data, Mapping):
        return open_data(ruleset, data)
    way = (ruleset.model.schema, ruleset.model.timezone, ruleset.manifest.sources, ruleset.manifest.match_accounts)
    return _read(json.dumps(data), _Way(repr(way), ruleset))


class _Way:
    """How a ruleset reads records: its schema and all else that its manifest says of them."""

    def __init__(self, name: str, ruleset: Ruleset) -> None:
        self.name = name
        self.ruleset = ruleset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Way) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@lru_cache(maxsize=4)
def _read(data: str, way: _Way) -> Dataset:
    return open_data(way.ruleset, json.loads(data))


def rows(results: Any, *names: str) -> dict[str, Any]:
    """By id, the columns of these names; one name gives plain values."""
    every = [*results.leads, *results.accounts]
    if len(names) == 1:
        return {row["id"]: row[names[0]] for row in every if names[0] in row}
    return {row["id"]: tuple(row[name] for name in names) for row in every if names[0] in row}
