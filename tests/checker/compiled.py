"""Compiles rules of a test, in a folder with the manifest beside this file unless the test has its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreline.engine.compiling import Compiled, compile_at
from scoreline.engine.model import Definition, Model
from scoreline.engine.schema import FieldType, Schema
from scoreline.grammar.diagnostics import Diagnostic
from scoreline.grammar.source import Source, Span

MANIFEST = Path(__file__).with_name("ruleset.yaml").read_text(encoding="utf-8")
SIGNALS = """\
signal visited = page_view
signal visited(name) = page_view where page like name
signal attended(name) = webinar where title like name
signal surging(about) = intent where topic == about
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a ruleset."""

    ruleset: Compiled | None
    findings: list[Diagnostic]
    sources: dict[str, Source]

    def underlined(self, span: Span) -> str | None:
        """The text that a place covers; None for no place."""
        if span.path not in self.sources:
            return None
        lines = self.sources[span.path].lines[span.line - 1 : span.end_line]
        if len(lines) == 1:
            return lines[0][span.column - 1 : span.end_column - 1]
        return "\n".join([lines[0][span.column - 1 :], *lines[1:-1], lines[-1][: span.end_column - 1]]).rstrip()

    @property
    def model(self) -> Model:
        """The model of a sound ruleset."""
        assert self.ruleset is not None, [(item.code, item.message) for item in self.findings]
        return self.ruleset.model

    def only(self, kind: type[Any], name: str | None = None) -> Any:
        """The one definition of a kind (and a name)."""
        found = [item for item in self.model.order if isinstance(item, kind) and name in (None, _name(item))]
        assert len(found) == 1, found
        return found[0]


def _name(item: Definition) -> str | None:
    return getattr(item, "name", None) or getattr(item, "id", None)


def compiled(
    folder: Path,
    rules: str = "",
    *,
    manifest: str = MANIFEST,
    files: dict[str, str] | None = None,
    params: dict[str, object] | None = None,
) -> Outcome:
    """Write a ruleset into a folder, the signals above included, and compile it."""
    listed = "files: [signals.rules, rules.rules]" if manifest is MANIFEST else "files: [rules.rules]"
    texts = {"ruleset.yaml": manifest.replace("files: [rules.rules]", listed), "rules.rules": rules}
    if manifest is MANIFEST:
        texts["signals.rules"] = SIGNALS
    for name, text in {**texts, **(files or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Outcome(*compile_at(folder, params=params))


def compiled_alone(folder: Path, rules: str, seen: dict[str, Any] | None = None) -> Outcome:
    """Compile one file of rules, with the schema that data have shown (None: without data)."""
    path = folder / "one.rules"
    path.write_text(rules, encoding="utf-8")
    return Outcome(*compile_at(path, inferred=None if seen is None else _schema(seen)))


def _schema(seen: dict[str, Any]) -> Schema:
    return Schema(
        _fields(seen.get("contact", {})),
        _fields(seen.get("account", {})),
        {name: _fields(properties) for name, properties in seen.get("events", {}).items()},
        inferred=True,
    )


def _fields(kinds: dict[str, Any]) -> dict[str, FieldType]:
    return {name: FieldType(kind) for name, kind in kinds.items()}
