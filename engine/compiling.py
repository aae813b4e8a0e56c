"""A ruleset from disk to the checked model: a folder with `ruleset.yaml`, a single `.rules` file, or one that ships."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.nodes import File
from ..grammar.parser import parse
from ..grammar.source import Source, Span
from .checker.attempts import names_in_broken_lines
from .checker.check import Checked, check
from .folder import FAILURES, inside, read_text, reason
from .lints.catalogue import lint
from .manifest import Manifest, read_manifest
from .model import Model
from .schema import FieldType, Schema
from .suggest import did_you_mean, listing

MANIFEST = "ruleset.yaml"
STANDARD = "standard"


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
    """A sound ruleset: its manifest, its nodes, its model, and what is doubtful about it."""

    path: Path
    manifest: Manifest
    files: tuple[File, ...]
    model: Model
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)

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


@dataclass
class _Texts:
    """The texts of a ruleset, its nodes, and what was wrong with reading them; `complete` unless a file is missing."""

    sources: dict[str, Source] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    base: list[File] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    manifest: Manifest | None = None
    complete: bool = True


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
    texts = _single_file(place, inferred) if place.is_file() else _folder(place)
    if texts.manifest is None:
        return None, texts.findings, texts.sources
    overrides = {name: _as_text(value) for name, value in (params or {}).items()}
    root = place if place.is_dir() else None
    has_data = inferred is not None or not texts.manifest.schema.inferred
    checked = check(
        texts.files,
        texts.manifest,
        base=texts.base,
        root=root,
        params=overrides,
        has_data=has_data,
        unread=names_in_broken_lines(texts.sources.values(), texts.findings),
        complete=texts.complete and texts.manifest.complete,
    )
    findings = [*texts.findings, *checked.findings, *_unchecked(place, checked, has_data)]
    if checked.model is None or any(item.is_error for item in findings):
        return None, _sorted(findings, texts.sources), texts.sources
    ruleset = Compiled(place, texts.manifest, tuple(texts.files), checked.model, sources=texts.sources)
    findings = _sorted(findings + _lints(ruleset, checked), texts.sources)
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


def _lints(ruleset: Compiled, checked: Checked) -> list[Diagnostic]:
    manifest = ruleset.sources.get(MANIFEST)
    return lint(ruleset.model, checked.usage, ruleset.files, ruleset.manifest.lints, manifest)


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


# --- finding it ---------------------------------------------------------------------


def shipped() -> dict[str, Path]:
    """The rulesets that ship, by name."""
    folder = Path(str(resources.files(__package__.rpartition(".")[0]) / "rulesets"))
    return {item.parent.name: item.parent for item in sorted(folder.glob(f"*/{MANIFEST}"))}


def find(path: str | Path) -> tuple[Path | None, list[Diagnostic]]:
    """The folder or file of a ruleset by its path or its shipped name; else the finding that it is not there."""
    place = Path(path)
    try:
        if place.is_dir() and (place / MANIFEST).is_file():
            return place, []
        if place.is_file() and place.suffix == ".rules":
            return place, []
        if str(path) in shipped():
            return shipped()[str(path)], []
        return None, [_not_found(place)]
    except FAILURES as error:
        return None, [finding("R107", f"`{path}` cannot be read: {reason(error)}")]


def _not_found(place: Path) -> Diagnostic:
    if place.name == MANIFEST and place.is_file():
        return finding("R101", f"`{place}` is the manifest of a ruleset", hint=f"name its folder: `{place.parent}`")
    if place.is_dir():
        rules = sorted(item.name for item in place.glob("*.rules"))
        hint = (
            f"add one, or name a file: `{place / rules[0]}`"
            if rules
            else "add one (`scoreline init DIR` writes a small ruleset)"
        )
        return finding("R101", f"the folder `{place}` has no `{MANIFEST}`", hint=hint)
    if place.is_file():
        return finding(
            "R101",
            f"`{place}` is no ruleset",
            hint="a ruleset is a folder with a `ruleset.yaml`, or a file that ends in `.rules`",
        )
    near = [str(item) for item in sorted(place.parent.iterdir())[:500]] if place.parent.is_dir() else []
    return finding(
        "R101",
        f"there is no ruleset `{place}`",
        hint=did_you_mean(
            str(place), [*shipped(), *near], f"rulesets that ship: {listing(shipped()).removeprefix('known here: ')}"
        ),
    )


# --- reading it ---------------------------------------------------------------------


def _read_rules(path: Path, shown: str, texts: _Texts, span: Span | None = None) -> File | None:
    source, findings = read_text(path, shown, span)
    texts.findings += findings
    if source is None:
        return None
    texts.sources[shown] = source
    file, findings = parse(source)
    texts.findings += findings
    texts.complete &= bool(file.statements) or not any(item.code == "S130" for item in findings)
    return file


def _single_file(place: Path, inferred: Schema | None) -> _Texts:
    texts = _Texts()
    standard = _standard(texts)
    file = _read_rules(place, place.name, texts)
    if file is not None:
        texts.files.append(file)
        schema = _joined(standard, inferred or Schema(), inferred=True)
        texts.manifest = Manifest(name=place.stem, schema=schema, span=file.span)
    return texts


def _folder(place: Path) -> _Texts:
    texts = _Texts()
    source, texts.findings = read_text(place / MANIFEST, MANIFEST)
    if source is None:
        return texts
    texts.sources[MANIFEST] = source
    manifest, findings = read_manifest(source, place.resolve().name)
    texts.findings += findings
    if manifest is None:
        return texts
    texts.manifest = _extended(manifest, texts)
    listed: dict[Path, str] = {}
    for shown, span in manifest.files:
        path = _inside(place, shown, span, texts)
        if path in listed:
            message = f"`{shown}` is the file `{listed[path]}` once more"
            texts.findings.append(finding("R104", message, span, label="the second time", hint="keep one of them"))
            continue
        file = _read_rules(path, shown, texts, span) if path is not None else None
        if path is not None and file is not None:
            texts.files.append(file)
            listed[path] = shown
        texts.complete &= file is not None
    _unlisted(place, manifest, listed, texts)
    return texts


def _inside(place: Path, shown: str, span: Span, texts: _Texts) -> Path | None:
    path = inside(place, shown)
    if path == "outside":
        hint = "a ruleset reads only what is in its own folder"
        message = f"`{shown}` lies outside of the ruleset's folder"
        texts.findings.append(finding("R105", message, span, label="outside", hint=hint))
    elif path == "missing":
        hint = did_you_mean(shown, sorted(item.name for item in place.glob("*.rules")))
        texts.findings.append(finding("R102", f"there is no file `{shown}`", span, label="not found", hint=hint))
    return path if isinstance(path, Path) else None


def _unlisted(place: Path, manifest: Manifest, listed: Collection[Path], texts: _Texts) -> None:
    """A file of rules that the manifest does not name is never read: that is seldom meant."""
    if not manifest.files or not texts.complete:
        return
    for path in sorted(place.resolve().glob("*.rules")):
        if path.resolve() not in listed:
            texts.findings.append(
                finding(
                    "R111",
                    f"`{path.name}` is not in `files`, so it is never read",
                    manifest.files_span,
                    label="not named here",
                    hint="add it to `files`, or remove it",
                )
            )


def _extended(manifest: Manifest, texts: _Texts) -> Manifest:
    """The manifest with the schema of the vocabulary that it extends; other bases come with a later version."""
    if manifest.extends is None:
        return manifest
    name, span = manifest.extends
    if name != STANDARD:
        texts.findings.append(
            finding(
                "P101",
                f"`extends: {name}` cannot be computed yet",
                span,
                label="comes with a later version",
                hint="`extends: standard` is there already",
            )
        )
        texts.complete = False
        return manifest
    return replace(manifest, schema=_joined(_standard(texts), manifest.schema, inferred=False))


def _standard(texts: _Texts) -> Schema:
    """Read the standard vocabulary as the base; its schema."""
    folder = Path(str(resources.files(__package__.rpartition(".")[0]) / "rulesets"))
    source, findings = read_text(folder / "standard.yaml", "standard.yaml")
    texts.findings += findings
    file = _read_rules(folder / "standard.rules", "standard.rules", texts)
    manifest, findings = read_manifest(source, STANDARD) if source is not None else (None, [])
    texts.findings += findings
    if file is not None:
        texts.base.append(file)
    return manifest.schema if manifest is not None else Schema()


def _joined(base: Schema, own: Schema, inferred: bool) -> Schema:
    """The fields of both; what the ruleset's own schema says goes before, event type by event type."""
    events: dict[str, dict[str, FieldType]] = {name: dict(properties) for name, properties in base.events.items()}
    for name, properties in own.events.items():
        known = events.get(name, {})
        events[name] = {
            **known,
            **{key: value for key, value in properties.items() if not inferred or key not in known},
        }
    return Schema({**base.contact, **own.contact}, {**base.account, **own.account}, events, inferred)
