"""Compiles rules of a test against the schema beside it, and lints them."""

from __future__ import annotations

from pathlib import Path

from scoreline.engine.checker.check import check
from scoreline.engine.lints.catalogue import lint
from scoreline.engine.manifest import read_manifest
from scoreline.grammar.diagnostics import Diagnostic
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

MANIFEST = Path(__file__).with_name("ruleset.yaml").read_text(encoding="utf-8")
SIGNALS = """
signal visited = page_view
signal visited(name) = page_view where page like name
signal attended = webinar
signal attended(name) = webinar where title like name
signal downloaded = download
signal downloaded(name) = download where asset like name
"""


def findings(rules: str, manifest: str = MANIFEST) -> list[Diagnostic]:
    """What the lints say about sound rules, those about the signals above left out."""
    description, wrong = read_manifest(Source("ruleset.yaml", manifest), "under-review")
    words, wrong_words = parse(Source("signals.rules", SIGNALS))
    file, wrong_text = parse(Source("rules.rules", rules))
    assert description is not None and words is not None and file is not None, [*wrong, *wrong_words, *wrong_text]
    checked = check([words, file], description)
    errors = [item for item in (*wrong, *wrong_text, *checked.findings) if item.is_error]
    assert checked.model is not None and not errors, errors
    files = [words, file]
    found = lint(checked.model, checked.usage, files, manifest=Source("ruleset.yaml", manifest))
    return [item for item in found if item.span.path != "signals.rules"]
