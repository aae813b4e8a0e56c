"""A ruleset in a folder, and its results on both engines, which must be the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import scoreline

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
    planned = ruleset.score(data, as_of=as_of, engine="duckdb")
    reference = ruleset.score(data, as_of=as_of, engine="interpreter")
    for ours, theirs in zip(planned.tables, reference.tables, strict=True):
        assert list(ours) == list(theirs)
    assert planned.counts == reference.counts
    return planned


def rows(results: Any, *names: str) -> dict[str, Any]:
    """By id, the columns of these names; one name gives plain values."""
    every = [*results.leads, *results.accounts]
    if len(names) == 1:
        return {row["id"]: row[names[0]] for row in every if names[0] in row}
    return {row["id"]: tuple(row[name] for name in names) for row in every if names[0] in row}
