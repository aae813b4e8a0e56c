"""A ruleset from disk to the checked model: a folder with `ruleset.yaml`, a single `.rules` file, or one that ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.late_methods import dataclass
from ..grammar.source import Source, Span
from .compiled import Compiled, RulesetError
from .folder import noting
from .garbage import uncollected
from .places import MANIFEST, find, shipped
from .recall import Recall
from .schema import Schema

if TYPE_CHECKING:  # what parses and checks is loaded only where a ruleset was not compiled before
    from .buffers import Buffers
    from .checker.check import Checked
    from .layers import Texts

__all__ = ["Compiled", "Examined", "RulesetError", "compile_at", "examine", "find", "shipped"]


# --- the way in ---------------------------------------------------------------------


def compile_at(
    path: str | Path,
    *,
    params: Mapping[str, object] | None = None,
    inferred: Schema | None = None,
    linted: bool = True,
) -> tuple[Compiled | None, list[Diagnostic], dict[str, Source]]:
    """The ruleset if it is sound, all findings, and the texts that they point into.

    `inferred` is the schema that data have shown, for a single file of rules; without it fields are taken as they are
    named, and a finding (R110) says what could not be checked. Unless `linted`, what is allowed but doubtful is only
    looked for where it may be an error: whoever scores does not read it, and it takes a third of the time.
    """
    place, missing = find(path)
    if place is None:
        return None, missing, {}
    with uncollected():
        recall = Recall.of(place, _overrides(params), inferred)
        known = recall.compiled(linted) if recall is not None else None
        if known is not None:
            return known, list(known.diagnostics), dict(known.sources)
        with noting() as noted:
            examined = examine(place, params=params, inferred=inferred, linted=linted)
        if recall is not None and examined.compiled is not None:
            recall.keep(examined.compiled, noted)
    return examined.compiled, examined.findings, examined.texts.sources


@dataclass(frozen=True)
class Examined:
    """All that is known of a ruleset: its texts, its findings and, if it is sound, what it compiles to."""

    texts: Texts
    findings: list[Diagnostic]
    compiled: Compiled | None = None


def examine(
    place: Path,
    *,
    params: Mapping[str, object] | None = None,
    inferred: Schema | None = None,
    buffers: Buffers | None = None,
    linted: bool = True,
) -> Examined:
    """The ruleset in a folder or a file of rules; `buffers` hold texts that are not on disk yet."""
    from .buffers import ON_DISK
    from .checker.attempts import names_in_broken_lines
    from .checker.check import check
    from .layers import read_folder, read_single_file, standard_words

    buffers = buffers or ON_DISK
    texts = read_single_file(place, inferred, buffers) if place.is_file() else read_folder(place, buffers)
    if texts.manifest is None:
        return Examined(texts, texts.findings)
    root = place if place.is_dir() else None
    has_data = inferred is not None or not texts.manifest.schema.inferred
    checked = check(
        texts.files,
        texts.manifest,
        bases=texts.bases,
        root=root,
        roots=texts.roots,
        params=_overrides(params),
        has_data=has_data,
        unread=names_in_broken_lines(texts.sources.values(), texts.findings),
        complete=texts.complete and texts.manifest.complete,
        standard=standard_words if root is not None and texts.manifest.extends is None else frozenset,
    )
    findings = [*texts.findings, *checked.findings, *_unchecked(place, checked, has_data)]
    if checked.model is None or any(item.is_error for item in findings):
        return Examined(texts, _sorted(findings, texts.sources))
    linted = linted or "error" in texts.manifest.lints.values()
    ruleset = Compiled(
        place,
        texts.manifest,
        tuple(texts.files),
        checked.model,
        sources=texts.sources,
        written=checked.written,
        is_linted=linted,
    )
    findings = _sorted([*findings, *(_lints(ruleset, checked, texts) if linted else [])], texts.sources)
    if any(item.is_error for item in findings):
        return Examined(texts, findings)
    return Examined(texts, findings, replace(ruleset, diagnostics=tuple(findings)))


def _overrides(params: Mapping[str, object] | None) -> dict[str, str]:
    """The values of params as they would be written."""
    given = (params or {}).items()
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given}


def _sorted(findings: list[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Each finding once: those without a place, then by file, the manifest first and the others as they are read."""
    order = {path: number for number, path in enumerate(["", *sources])}
    unread = len(order)
    return sorted(dict.fromkeys(findings), key=lambda item: (order.get(item.span.path, unread), *item.sort_key()))


def _lints(ruleset: Compiled, checked: Checked, texts: Texts) -> list[Diagnostic]:
    from .lints.catalogue import lint

    manifest = ruleset.sources.get(MANIFEST)
    bases = [file for files in texts.bases for file in files]
    levels = ruleset.manifest.lints
    return lint(ruleset.model, checked.usage, ruleset.files, levels, manifest, bases, checked.links)


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
