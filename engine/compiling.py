"""A ruleset from disk to the checked model: a folder with `ruleset.yaml`, a single `.rules` file, or one that ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.nodes import File
from ..grammar.source import Source, Span
from .checker.attempts import names_in_broken_lines
from .checker.check import Checked, Written, check
from .layers import Texts, read_folder, read_single_file
from .lints.catalogue import lint
from .manifest import Manifest
from .model import Model
from .places import MANIFEST, find, shipped
from .schema import Schema

__all__ = ["Compiled", "RulesetError", "compile_at", "find", "shipped"]


class RulesetError(Exception):
    """A ruleset that cannot be used: `diagnostics` say why, `sources` hold the texts that they point into.

    >>> import scoreline
    >>> try:
    ...     scoreline.load("by-example", params={"mqa_treshold": 70})
    ... except scoreline.RulesetError as error:
    ...     print(error.diagnostics[0].hint)
    did you mean `mqa_threshold`?
    """

    def __init__(self, diagnostics: list[Diagnostic], sources: Mapping[str, Source] | None = None) -> None:
        self.diagnostics = diagnostics
        self.sources = dict(sources or {})
        errors = [item for item in diagnostics if item.is_error]
        first = errors[0] if errors else None
        place = f"{first.span!r}: " if first and first.span.line else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{place}{first.code} {first.message}{more}" if first else "the ruleset cannot be used")


@dataclass(frozen=True)
class Compiled:
    """A sound ruleset: its manifest, its nodes, its model, and what is doubtful about it.

    `files` are its own, without those of the rulesets that it builds on; `written` is what it says together with them.
    """

    path: Path
    manifest: Manifest
    files: tuple[File, ...]
    model: Model
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    written: Written = field(default_factory=Written, repr=False)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def fingerprint(self) -> str:
        """`sha256:…` of what the rules mean, params included."""
        return self.model.fingerprint

    @property
    def is_single_file(self) -> bool:
        """Whether it is one file of rules, whose schema is inferred from the data."""
        return self.path.suffix == ".rules"


# --- the way in ---------------------------------------------------------------------


def compile_at(
    path: str | Path, *, params: Mapping[str, object] | None = None, inferred: Schema | None = None
) -> tuple[Compiled | None, list[Diagnostic], dict[str, Source]]:
    """The ruleset if it is sound, all findings, and the texts that they point into.

    `inferred` is the schema that data have shown, for a single file of rules; without it fields are taken as they are
    named, and a finding (R110) says what could not be checked.
    """
    place, missing = find(path)
    if place is None:
        return None, missing, {}
    texts = read_single_file(place, inferred) if place.is_file() else read_folder(place)
    if texts.manifest is None:
        return None, texts.findings, texts.sources
    overrides = {name: _as_text(value) for name, value in (params or {}).items()}
    root = place if place.is_dir() else None
    has_data = inferred is not None or not texts.manifest.schema.inferred
    checked = check(
        texts.files,
        texts.manifest,
        bases=texts.bases,
        root=root,
        roots=texts.roots,
        params=overrides,
        has_data=has_data,
        unread=names_in_broken_lines(texts.sources.values(), texts.findings),
        complete=texts.complete and texts.manifest.complete,
    )
    findings = [*texts.findings, *checked.findings, *_unchecked(place, checked, has_data)]
    if checked.model is None or any(item.is_error for item in findings):
        return None, _sorted(findings, texts.sources), texts.sources
    ruleset = Compiled(
        place, texts.manifest, tuple(texts.files), checked.model, sources=texts.sources, written=checked.written
    )
    findings = _sorted(findings + _lints(ruleset, checked, texts), texts.sources)
    if any(item.is_error for item in findings):
        return None, findings, texts.sources
    return replace(ruleset, diagnostics=tuple(findings)), findings, texts.sources


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sorted(findings: list[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Each finding once: those without a place, then by file, the manifest first and the others as they are read."""
    order = {path: number for number, path in enumerate(["", *sources])}
    unread = len(order)
    return sorted(dict.fromkeys(findings), key=lambda item: (order.get(item.span.path, unread), *item.sort_key()))


def _lints(ruleset: Compiled, checked: Checked, texts: Texts) -> list[Diagnostic]:
    manifest = ruleset.sources.get(MANIFEST)
    bases = [file for files in texts.bases for file in files]
    return lint(ruleset.model, checked.usage, ruleset.files, ruleset.manifest.lints, manifest, bases)


def _unchecked(place: Path, checked: Checked, has_data: bool) -> list[Diagnostic]:
    if has_data or not checked.unseen:
        return []
    names = ", ".join(f"`{name}`" for name in checked.unseen[:8])
    return [
        finding(
            "R110",
            f"without data these names could not be checked: {names}",
            Span(place.name, 1, 1, 1, 1),
            hint="add `--data`, or make the ruleset a folder whose `ruleset.yaml` has a schema",
        )
    ]
