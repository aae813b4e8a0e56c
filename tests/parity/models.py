"""The schema of random rulesets, small and full of ties and gaps, and their models."""

from __future__ import annotations

from scoreline.engine.checker.check import check
from scoreline.engine.manifest import read_manifest
from scoreline.engine.model import Model
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

MANIFEST = """
scoreline: 1
name: random
version: 1.0.0
timezone: {zone}
files: []
schema:
  contact:
    role: [buyer, champion, user]
    title: text
    score: number
    flag: bool
    born: date
    seen: timestamp
    tags: list of text
  account: {{industry: text, size: number, target: bool, renewal: date, tools: list of text}}
  events:
    view: {{page: text, seconds: number, hot: bool}}
    talk: {{title: text, minutes: number, page: text, session: text}}
    intent: {{topic: text, strength: number}}
"""

TYPES = {
    "view": {"page": "text", "seconds": "number", "hot": "bool"},
    "talk": {"title": "text", "minutes": "number", "page": "text", "session": "text"},
    "intent": {"topic": "text", "strength": "number"},
}


def model_of(text: str, zone: str) -> Model:
    """The checked model of a random ruleset; its errors are errors of the generator."""
    manifest, _ = read_manifest(Source("ruleset.yaml", MANIFEST.format(zone=zone)), "random")
    assert manifest is not None
    file, findings = parse(Source("random.rules", text))
    checked = check([file], manifest)
    errors = [item for item in [*findings, *checked.findings] if item.is_error]
    assert checked.model is not None and not errors, [(repr(item.span), item.message) for item in errors]
    return checked.model
