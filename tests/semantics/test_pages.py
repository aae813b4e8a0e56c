"""Every decision on the pages of this folder, on both engines; the numbers were worked out by hand from the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from scoreline.engine.compiling import Compiled, compile_at
from scoreline.engine.interpreter import interpret
from scoreline.engine.scenarios.engines import duckdb
from scoreline.engine.scenarios.reading import read_scenarios
from scoreline.engine.scenarios.running import Verdict, run
from scoreline.grammar.diagnostics import Diagnostic
from scoreline.grammar.source import Source, Span

from .reading import Decision, Page, Refusal, pages

pytestmark = pytest.mark.usefixtures("shared_cache")

PAGES = pages()
EACH = [pytest.param(page, each, id=f"{page.name}-{each.name}") for page in PAGES for each in page.decisions]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("semantics")


@pytest.mark.parametrize(("page", "decision"), [each for each in EACH if each.values[1].expect])  # type: ignore[union-attr]
def test_what_comes(page: Page, decision: Decision, folder: Path) -> None:
    found = came(page.name, folder)
    assert found.wrong == []
    assert found.verdicts[decision.name].failures == ()


@pytest.mark.parametrize(("page", "decision"), [each for each in EACH if each.values[1].refusals])  # type: ignore[union-attr]
def test_what_is_refused(page: Page, decision: Decision, tmp_path: Path) -> None:
    for number, refusal in enumerate(decision.refusals):
        assert findings(page, refusal, tmp_path / str(number)) == refusal.found


@pytest.mark.parametrize(("page", "decision"), EACH)
def test_every_decision_is_checked(page: Page, decision: Decision) -> None:
    assert bool(decision.rules) <= bool(decision.expect), "rules without anything expected"
    assert decision.expect or decision.refusals
    assert all(refusal.found for refusal in decision.refusals)


# --- how a page runs ----------------------------------------------------------------------------------------------


@dataclass
class Came:
    """What came of a page: the verdicts on its decisions by name, or what is wrong with its blocks."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@lru_cache
def came(name: str, folder: Path) -> Came:
    """All decisions of a page are one ruleset and run together, each with its own people."""
    page = next(page for page in PAGES if page.name == name)
    waiting = [each for each in page.decisions if each.expect]
    ruleset, found = compiled(page, waiting, folder / name)
    if ruleset is None:
        return Came(wrong=[shown(item) for item in found if item.is_error])
    source = Source(f"{name}.yaml", "scenarios:\n" + "".join(each.scenario() for each in waiting))
    scenarios, found = read_scenarios(source, ruleset.model)
    wrong = [f"{shown(item)}: {source.lines[item.span.line - 1]}" for item in found]
    return Came({each.scenario.name: each for each in run(ruleset.model, scenarios, interpret, duckdb)}, wrong)


def compiled(page: Page, decisions: list[Decision], folder: Path) -> tuple[Compiled | None, list[Diagnostic]]:
    """The rules of these decisions as one ruleset, each in a file of its own."""
    files = {each.file: each.rules for each in decisions if each.rules}
    write(page, files, folder)
    return compile_at(folder)[:2]


def findings(page: Page, refusal: Refusal, folder: Path) -> list[tuple[str, str]]:
    """The errors of these rules, and whatever else has a code that is expected."""
    write(page, {"rules.rules": refusal.rules}, folder)
    _, found, sources = compile_at(folder)
    codes = {code for code, _ in refusal.found}
    return [(item.code, underlined(sources, item.span)) for item in found if item.is_error or item.code in codes]


def write(page: Page, rules: dict[str, str], folder: Path) -> None:
    listed = ", ".join(["vocabulary.rules", *rules] if page.vocabulary else rules)
    manifest = f"{page.manifest}files: [{listed}]\n"
    vocabulary = {"vocabulary.rules": page.vocabulary} if page.vocabulary else {}
    for name, text in {"ruleset.yaml": manifest, **vocabulary, **rules, **page.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def underlined(sources: dict[str, Source], span: Span) -> str:
    """What a place covers of its first line."""
    line = sources[span.path].lines[span.line - 1]
    return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None].strip()


def shown(item: Diagnostic) -> str:
    return f"{item.span}: {item.code} {item.message}"
