"""The scenario files of a ruleset: `tests/*.yaml` in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...grammar.diagnostics import Diagnostic
from ...grammar.late_methods import dataclass
from ...grammar.source import Source
from ..folder import read_text
from ..model import Model
from .reading import Scenario, read_scenarios

FOLDER = "tests"


@dataclass(frozen=True)
class ScenarioFile:
    """One file, by its path inside the ruleset, and the sound scenarios in it."""

    path: str
    scenarios: tuple[Scenario, ...]


def load_scenarios(
    folder: Path, model: Model, *, match_by_domain: bool = False
) -> tuple[list[ScenarioFile], list[Diagnostic], Mapping[str, Source]]:
    """All scenario files in the order of their names, what is wrong in them, and their texts.

    `match_by_domain` gives contacts without an account the one that has the domain of their e-mail address.
    """
    files: list[ScenarioFile] = []
    findings: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    for path in _paths(folder):
        shown = f"{FOLDER}/{path.name}"
        source, unreadable = read_text(path, shown)
        findings += unreadable
        if source is None:
            continue
        sources[shown] = source
        scenarios, wrong = read_scenarios(source, model)
        findings += wrong
        if match_by_domain:
            from ..data.matching import matched  # the readers are heavy, and most rulesets match nobody

            scenarios = [replace(each, population=matched(each.population)) for each in scenarios]
        files.append(ScenarioFile(shown, tuple(scenarios)))
    return files, findings, sources


def _paths(folder: Path) -> list[Path]:
    inside = folder / FOLDER
    if not inside.is_dir():
        return []
    return sorted(path for path in inside.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())
