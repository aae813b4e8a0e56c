"""Scoring small data with a few rules, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline import Results
from scoreline.engine.scoring import open_data

from .reading import AS_OF, MANIFEST

Scored = Callable[..., Results]


@pytest.fixture
def scored(tmp_path: Path, shared_cache: Path) -> Scored:
    """`scored(rules, data)`: the results, which are the same on both engines.

    Data are a mapping of records, or of files' names and texts, which are written into a folder.
    """

    def score(rules: str, data: Mapping[str, Any], *, as_of: str = AS_OF, manifest: str = MANIFEST) -> Results:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        (folder / "ruleset.yaml").write_text(f"{manifest}files: [rules.rules]\n", "utf-8")
        (folder / "rules.rules").write_text(rules, "utf-8")
        ruleset = scoreline.load(folder)
        dataset = open_data(ruleset, _given(data, tmp_path / "data"), only_read=True)
        made = ruleset.score(dataset, as_of=as_of)
        reference = ruleset.score(dataset, as_of=as_of, engine="interpreter")
        assert [list(table) for table in made.tables] == [list(table) for table in reference.tables]
        assert made.counts == reference.counts
        return made

    return score


def _given(data: Mapping[str, Any], folder: Path) -> Any:
    if not any("." in name for name in data):
        return data
    folder.mkdir()
    for name, text in data.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def leads(results: Results, *names: str) -> dict[str, tuple[Any, ...]]:
    """Some columns of the leads, by id."""
    return {row["id"]: tuple(row[name] for name in names) for row in results.leads}
