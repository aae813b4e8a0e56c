"""The models that others have published: sound, with the numbers of their sources on both engines, and listed."""

from __future__ import annotations

import re

import pytest

import scoreline
from scoreline.engine.places import published
from scoreline.engine.scenarios.coverage import coverage
from scoreline.engine.scenarios.engines import duckdb, reference
from scoreline.engine.scenarios.files import load_scenarios
from scoreline.engine.scenarios.running import run
from scoreline.grammar.layout import Line, read_layout
from scoreline.grammar.source import Source

MODELS = published()
README = (next(iter(MODELS.values())).parent / "README.md").read_text("utf-8")


def test_there_are_more_than_twelve() -> None:
    assert len(MODELS) > 12


@pytest.mark.parametrize("name", MODELS)
def test_the_numbers_of_the_source(name: str) -> None:
    """No finding, every scenario on both engines, and every line in one of them."""
    ruleset = scoreline.load(name)
    assert [f"{item.code} {item.message} {item.span}" for item in ruleset.diagnostics] == []
    files, findings, _ = load_scenarios(ruleset.path, ruleset.model)
    assert findings == []
    scenarios = [scenario for file in files for scenario in file.scenarios]
    verdicts = list(run(ruleset.model, scenarios, reference, duckdb))
    assert verdicts and [(verdict.scenario.name, verdict.failures) for verdict in verdicts if not verdict.passed] == []
    missed = [line.line for line in coverage(ruleset.model, [verdict.fired for verdict in verdicts]) if not line.fired]
    assert missed == []


@pytest.mark.parametrize("name", MODELS)
def test_the_source_is_named(name: str) -> None:
    manifest = (MODELS[name] / "ruleset.yaml").read_text("utf-8")
    head = manifest.partition("scoreline: 1")[0]
    links = re.findall(r"https?://\S+", head)
    assert head.startswith("# Source: ") and links
    assert links[0] in README


def test_the_list_names_each_with_its_lines() -> None:
    """The table counts the rules of each, and each has its part on what cannot be said."""
    rows = dict(re.findall(r"^\| \[`([a-z-]+)`\].*\| (\d+) \|$", README, re.MULTILINE))
    assert {f"published/{name}" for name in rows} == set(MODELS)
    assert {name: int(lines) for name, lines in rows.items()} == {name: _lines(name) for name in rows}
    assert re.findall(r"^\*\*`([a-z-]+)`\*\*", README, re.MULTILINE) == sorted(rows)


def _lines(name: str) -> int:
    """How many lines of rules, however many rows they take."""
    texts = [path.read_text("utf-8") for path in MODELS[f"published/{name}"].glob("*.rules")]
    return sum(_counted(read_layout(Source("model.rules", text)).lines) for text in texts)


def _counted(lines: list[Line]) -> int:
    return sum(1 + _counted(line.inside) for line in lines)
