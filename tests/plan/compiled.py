"""Models from the text of rules, over one small schema."""

from __future__ import annotations

from scoreline.engine.checker.check import check
from scoreline.engine.manifest import read_manifest
from scoreline.engine.model import Model
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

MANIFEST = """
scoreline: 1
name: small
version: 1.0.0
timezone: UTC
files: []
schema:
  contact: {role: text}
  account: {target: bool}
  events:
    page_view: {page: text}
    webinar: {title: text, minutes: number}
"""
VISITED = "signal visited(name) = page_view where page like name\n"


def model_of(rules: str) -> Model:
    """The checked model of some rules; they must be sound."""
    manifest, _ = read_manifest(Source("ruleset.yaml", MANIFEST), "small")
    assert manifest is not None
    file, findings = parse(Source("small.rules", VISITED + rules))
    checked = check([file], manifest)
    assert checked.model is not None, [item.message for item in (*findings, *checked.findings)]
    return checked.model
