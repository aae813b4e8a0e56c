"""Whatever the rules say, checking them gives findings or a model, and never raises."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoreline.engine.checker.check import Checked, check
from scoreline.engine.manifest import Manifest, read_manifest
from scoreline.engine.schema import FieldType, Schema
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

from . import strategies
from .compiled import MANIFEST

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
GRAMMAR = runpy.run_path(str(Path(__file__).parents[1] / "grammar" / "strategies.py"))

CHECKS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
SOAK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=20_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ruleset")
    (path / "codes.csv").write_text("code\n001\n002\n", encoding="utf-8")
    return path


def manifest() -> Manifest:
    found, wrong = read_manifest(Source("ruleset.yaml", MANIFEST), "random")
    assert found is not None and not wrong
    return found


def holds_together(checked: Checked) -> None:
    """A model if and only if no finding is an error; every value of a model has a kind."""
    assert (checked.model is None) == any(item.is_error for item in checked.findings)
    if checked.model is not None:
        assert "kind='unknown'" not in repr(checked.model)


def checks_out(text: str, folder: Path) -> None:
    file, wrong = parse(Source("rules.rules", text))
    checked = check([file], manifest(), root=folder)
    if not wrong:
        holds_together(checked)


@CHECKS
@given(strategies.files)
def test_rules_of_known_names(folder: Path, text: str) -> None:
    checks_out(text, folder)


@pytest.mark.soak
@SOAK
@given(strategies.files)
def test_many_rules_of_known_names(folder: Path, text: str) -> None:
    checks_out(text, folder)


@CHECKS
@given(GRAMMAR["files"]())
def test_any_tree_that_the_language_has(folder: Path, file: object) -> None:
    holds_together(check([file], manifest(), root=folder))  # type: ignore[list-item]


@CHECKS
@given(strategies.values, st.sampled_from(["", "page_view", "contact", "account"]))
def test_one_rule_in_a_file_of_its_own(value: str, seen: str) -> None:
    """Fields that nothing declares get the kind of their use; whatever that is, the model agrees with its schema."""
    text = value.replace("contact.role", "contact.other").replace("minutes", "unheard")
    file, wrong = parse(Source("one.rules", f"signal visited = page_view\n{text} => +1\n"))
    schema = Schema(
        contact={"age": FieldType("number")} if seen == "contact" else {},
        account={"employees": FieldType("number")} if seen == "account" else {},
        events={"page_view": {"page": FieldType("text")}} if seen else {},
        inferred=True,
    )
    checked = check([file], Manifest("one", schema=schema), has_data=bool(seen))
    if not wrong:
        holds_together(checked)


KEYS = st.sampled_from(
    ["scoreline", "name", "files", "schema", "contact", "events", "type", "lints", "x", "timezone", ""]
)
SCALARS = st.sampled_from(
    ["1", "text", "number", "null", "~", "", "'", "[", "{", "&a", "*a", "!!int 3", "2026-01-01", "\t", "é💥"]
)
TREES = st.recursive(
    SCALARS | st.text(max_size=5),
    lambda tree: st.lists(tree, max_size=3) | st.dictionaries(KEYS, tree, max_size=4),
    max_leaves=12,
)


@CHECKS
@given(st.dictionaries(KEYS, TREES, max_size=6))
def test_any_manifest_that_is_a_tree(tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True)
    found, wrong = read_manifest(Source("ruleset.yaml", text), "random")
    assert found is not None or wrong


@CHECKS
@given(st.text(max_size=200) | st.lists(KEYS | SCALARS | st.sampled_from([": ", "\n", "  ", "- "])).map("".join))
def test_any_manifest_that_is_a_text(text: str) -> None:
    found, wrong = read_manifest(Source("ruleset.yaml", text), "random")
    assert found is not None or wrong


@CHECKS
@given(st.binary(max_size=200) | st.text('a,"\n\r;1.|é\0', max_size=60).map(str.encode))
def test_any_file_of_a_list_or_a_table(folder: Path, content: bytes) -> None:
    (folder / "any.csv").write_bytes(content)
    rules = "list a = file 'any.csv'\nlist b = file 'any.csv' column a\ntable c = file 'any.csv' key a value b\n"
    file, _ = parse(Source("rules.rules", rules))
    holds_together(check([file], manifest(), root=folder))
