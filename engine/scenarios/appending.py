"""A scenario put at the end of a file of scenarios; all that stands there, comments included, stays as it is."""

from __future__ import annotations

import textwrap

from ...grammar.source import Source
from ..yaml_reading import load_yaml
from ..yaml_tree import YamlList, YamlMap

HEAD = "scenarios:\n"


def appended(before: str, scenario: str) -> str | None:
    """The text of a file with one more scenario, as `scenario_text` writes it; None where there is no place for it.

    >>> print(appended("scenarios:\\n- name: one\\n", "  - name: two\\n"), end="")
    scenarios:
    - name: one
    <BLANKLINE>
    - name: two
    """
    if not before.strip():
        return HEAD + scenario
    indent = _indent(before)
    if indent is None:
        return None
    item = textwrap.indent(textwrap.dedent(scenario), " " * indent)
    gap = "\n" if before.rstrip().endswith(HEAD.strip()) else "\n\n"
    return before.rstrip() + gap + item


def _indent(text: str) -> int | None:
    """How far the dashes of the scenarios are indented, if these are the last thing in the file, each on a line."""
    tree, _ = load_yaml(Source("scenarios", text))
    if not isinstance(tree, YamlMap) or not tree.items or list(tree.items)[-1] != "scenarios":
        return None
    scenarios = tree.items["scenarios"]
    if not isinstance(scenarios, YamlList) or not scenarios.items:
        return 2 if text.rstrip().endswith(HEAD.strip()) else None
    line = text.split("\n")[scenarios.items[0].span.line - 1]
    return len(line) - len(line.lstrip()) if line.lstrip().startswith("- ") else None
