"""The tour has what its table says: a rule and a scenario for each way of scoring, the same on both engines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scoreline
from scoreline.engine.interpreter import interpret
from scoreline.engine.ruleset import shipped
from scoreline.engine.scenarios.batches import joined
from scoreline.engine.scenarios.engines import duckdb
from scoreline.engine.scenarios.files import load_scenarios
from scoreline.engine.scenarios.reading import Names, Scenario
from scoreline.engine.scenarios.running import disagreements

HOME = shipped()["tour"]
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<where>[^|]+) \| (?P<scenario>[^|]+) \|$", re.MULTILINE)
TABLE = [each.groups() for each in ROW.finditer(Path(HOME / "README.md").read_text("utf-8"))][1:]


@pytest.fixture(scope="module")
def ruleset() -> scoreline.Ruleset:
    return scoreline.load("tour")


@pytest.fixture(scope="module")
def scenarios(ruleset: scoreline.Ruleset) -> list[Scenario]:
    files, findings, _ = load_scenarios(ruleset.path, ruleset.model)
    assert findings == []
    return [each for file in files for each in file.scenarios]


def test_the_table_names_what_is_there(ruleset: scoreline.Ruleset) -> None:
    names: set[str] = {"ignore", "vocabulary.rules"}
    for level in ("lead", "account"):
        all_names = Names.of(ruleset.model, level)
        names |= {*all_names.all(), *all_names.lines, *all_names.stages}
    assert len(TABLE) >= 28
    assert [name for _, where, _ in TABLE for name in re.findall(r"`([^`]+)`", where) if name not in names] == []


def test_each_row_has_its_scenario_and_each_scenario_its_row(scenarios: list[Scenario]) -> None:
    rows = {scenario for _, _, scenario in TABLE}
    assert [row for row in rows if not any(each.name.startswith(row) for each in scenarios)] == []
    assert [each.name for each in scenarios if not each.name.startswith((*rows, "with sales"))] == []


def test_both_engines_agree(ruleset: scoreline.Ruleset, scenarios: list[Scenario]) -> None:
    """Everybody of all scenarios in one run; `scoreline test tour` runs each by itself."""
    people = joined([each.population for each in scenarios])
    (as_of,) = {each.as_of for each in scenarios}
    ours, theirs = (engine(ruleset.model, people, as_of) for engine in (interpret, duckdb))
    assert list(disagreements(ours, theirs)) == []
