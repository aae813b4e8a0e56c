"""The extension for VS Code: its grammar has the words of the language, its snippets are rules, its parts are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scoreline.grammar.formatting import formatted
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "editors" / "vscode"
#: Terminals that are no words: names, numbers and the like.
OPEN = {"NAME", "TEXT", "NUMBER", "MIXED", "MOMENT", "PATTERN"}


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


GRAMMAR = load("syntaxes/scoreline.tmLanguage.json")
SNIPPETS = load("snippets/scoreline.json")


def matches(node: Any) -> Iterator[dict[str, Any]]:
    """All rules of a TextMate grammar that have a pattern."""
    if isinstance(node, dict):
        if "match" in node:
            yield node
        for child in node.values():
            yield from matches(child)
    elif isinstance(node, list):
        for child in node:
            yield from matches(child)


def words_in(pattern: str) -> set[str]:
    """The words that a regular expression matches as they stand, without what it only looks at."""
    before = ""
    while before != pattern:
        before = pattern
        pattern = re.sub(r"\(\?<?[=!](?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", " ", pattern)
    pattern = re.sub(r"(\w)\?", r"\1", re.sub(r"\\[a-zA-Z]", " ", pattern.replace("(?:", "(")))
    return set(re.findall(r"[a-z]+", pattern))


def words_of_the_language() -> set[str]:
    text = (ROOT / "grammar" / "rules.lark").read_text("utf-8")
    found: set[str] = set()
    for name, body in re.findall(r"^([A-Z_]+)(?:\.\d+)?: (.*(?:\n +\|.*)*)", text, re.MULTILINE):
        if not name.startswith("_") and name not in OPEN:
            found |= words_in(re.sub(r"\b[A-Z_]+\b", " ", body))
    return found


def test_the_grammar_has_the_words_of_the_language_and_no_others() -> None:
    patterns = [
        rule["match"]
        for rule in matches([GRAMMAR["repository"][part] for part in ("words", "given", "patterns")])
        if "keyword" in json.dumps(rule) or "constant" in json.dumps(rule)
    ]
    assert {word for pattern in patterns for word in words_in(pattern)} == words_of_the_language() | {"contact"}


@pytest.mark.parametrize("rule", list(matches(GRAMMAR)), ids=lambda rule: rule["match"][:30])
def test_every_pattern_compiles_and_its_captures_exist(rule: dict[str, Any]) -> None:
    pattern = re.compile(rule["match"])
    assert all(int(group) <= pattern.groups for group in rule.get("captures", {}))
    names = [rule.get("name", ""), *(each["name"] for each in rule.get("captures", {}).values())]
    assert all(name.endswith(".scoreline") for name in names if name)


def test_all_included_parts_exist() -> None:
    used = {part["include"].removeprefix("#") for part in GRAMMAR["patterns"]}
    assert used == set(GRAMMAR["repository"])


def test_what_ships_is_coloured_throughout() -> None:
    """Every word of every ruleset is a key word, a name or in a text; no sign is left over."""
    rules = [re.compile(rule["match"]) for rule in matches(GRAMMAR)]
    for path in sorted(ROOT.glob("rulesets/**/*.rules")):
        for line in path.read_text("utf-8").splitlines():
            rest = line
            for rule in rules:
                rest = rule.sub(lambda found: " " * len(found[0]), rest)
            assert re.fullmatch(r"[\w\s.,:(){}\[\]%]*", rest), (path, line, rest)


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_rules_in_form(name: str) -> None:
    text = "\n".join(SNIPPETS[name]["body"])
    text = re.sub(r"\$\{\d+\|([^,|]*)[^|]*\|\}", r"\1", text)
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text).replace("$0", "").rstrip() + "\n"
    assert parse(Source("snippet.rules", text))[1] == []
    assert formatted(Source("snippet.rules", text)) == (text, [])


def test_what_the_extension_names_is_there() -> None:
    package = load("package.json")
    contributes = package["contributes"]
    named = [package["main"], *(item["configuration"] for item in contributes["languages"])]
    named += [item["path"] for item in contributes["grammars"] + contributes["snippets"]]
    assert [name for name in named if not (FOLDER / name).is_file()] == []
    assert contributes["grammars"][0]["scopeName"] == GRAMMAR["scopeName"]
    assert load("language-configuration.json")["comments"]["lineComment"] == "#"
    client = (FOLDER / "extension.js").read_text("utf-8")
    asked = set(re.findall(r'getConfiguration\("scoreline"\)\.get\("(\w+)"\)', client))
    assert {f"scoreline.{name}" for name in asked} == set(contributes["configuration"]["properties"])
    assert re.findall(r'registerCommand\("([\w.]+)"', client) == [item["command"] for item in contributes["commands"]]
