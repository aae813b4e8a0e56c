"""The texts of a ruleset and of those that it builds on: its manifest, its files of rules, and its bases."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from dataclasses import field, replace
from pathlib import Path

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.late_methods import dataclass
from ..grammar.nodes import File, SignalDef
from ..grammar.source import Source, Span
from .buffers import ON_DISK, Buffers
from .folder import FAILURES, inside, is_there
from .manifest import Manifest, read_manifest
from .places import MANIFEST, rulesets_folder, shipped
from .schema import Schema
from .suggest import did_you_mean

STANDARD = "standard"
DEEPEST = 10
"""How many rulesets can build on each other."""


@dataclass
class Texts:
    """The texts of a ruleset, its nodes, and what was wrong with reading them.

    `bases` are the files of the rulesets that it builds on, the first one first, and `roots` the folders that these
    may read from, by the path of the file; `complete` unless a file is missing. `buffers` is where texts come from.
    """

    buffers: Buffers = ON_DISK
    sources: dict[str, Source] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    bases: list[list[File]] = field(default_factory=list)
    roots: dict[str, Path] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    manifest: Manifest | None = None
    complete: bool = True


@dataclass(frozen=True)
class _Place:
    """Where a ruleset of a chain lies, and what goes before the paths of its files where a person sees them."""

    folder: Path
    prefix: str = ""

    def shown(self, path: str) -> str:
        return self.prefix + path


# --- a single file, a folder --------------------------------------------------------


def read_single_file(place: Path, inferred: Schema | None, buffers: Buffers = ON_DISK) -> Texts:
    """One file of rules, on the standard vocabulary; its schema is what data have shown."""
    texts = Texts(buffers)
    standard = _standard(texts)
    file = _read_rules(place, place.name, texts)
    if file is not None:
        texts.files.append(file)
        seen = replace(inferred or Schema(), inferred=True)
        texts.manifest = Manifest(name=place.stem, schema=seen.upon(standard.schema), span=file.span)
    return texts


def read_folder(folder: Path, buffers: Buffers = ON_DISK) -> Texts:
    """A ruleset with all that it builds on."""
    texts = Texts(buffers)
    place = _Place(folder)
    manifest = _manifest(place, texts)
    if manifest is None:
        return texts
    texts.files = _files(place, manifest, texts)
    texts.manifest = _upon_bases(place, manifest, (folder.resolve(),), texts)
    _can_match(texts.manifest, texts)
    return texts


def _can_match(manifest: Manifest, texts: Texts) -> None:
    """Matching by e-mail domain needs an address and a domain."""
    if manifest.match_accounts is None or not (texts.complete and manifest.complete):
        return
    from .data.matching import lacking  # the readers are heavy, and most manifests need none

    for name in lacking(manifest.schema):
        message = f"`match_accounts: email_domain` needs `{name}`, and the schema declares no such text"
        hint = f"add `{name.partition('.')[2]}: text` to `{name.partition('.')[0]}:` in the schema"
        texts.findings.append(finding("R104", message, manifest.match_accounts, label="nothing to compare", hint=hint))


def _manifest(place: _Place, texts: Texts) -> Manifest | None:
    source, findings = texts.buffers.read(place.folder / MANIFEST, place.shown(MANIFEST))
    texts.findings += findings
    if source is None:
        return None
    texts.sources[source.path] = source
    manifest, findings = read_manifest(source, place.folder.resolve().name)
    texts.findings += findings
    return manifest


def _read_rules(path: Path, shown: str, texts: Texts, span: Span | None = None) -> File | None:
    source, findings = texts.buffers.read(path, shown, span)
    texts.findings += findings
    if source is None:
        return None
    texts.sources[shown] = source
    file, findings = texts.buffers.parse(source)
    texts.findings += findings
    texts.complete &= bool(file.statements) or not any(item.code == "S130" for item in findings)
    return file


def _files(place: _Place, manifest: Manifest, texts: Texts) -> list[File]:
    """The files that a manifest names, in its order."""
    found: list[File] = []
    listed: dict[Path, str] = {}
    for name, span in manifest.files:
        path = _inside(place.folder, name, span, texts)
        if path in listed:
            message = f"`{name}` is the file `{listed[path]}` once more"
            texts.findings.append(finding("R104", message, span, label="the second time", hint="keep one of them"))
            continue
        file = _read_rules(path, place.shown(name), texts, span) if path is not None else None
        if path is not None and file is not None:
            found.append(file)
            listed[path] = name
        texts.complete &= file is not None
    if not place.prefix:
        _unlisted(place.folder, manifest, listed, texts)
    return found


def _inside(folder: Path, shown: str, span: Span, texts: Texts) -> Path | None:
    path = inside(folder, shown)
    if path == "outside":
        hint = "a ruleset reads only what is in its own folder"
        message = f"`{shown}` lies outside of the ruleset's folder"
        texts.findings.append(finding("R105", message, span, label="outside", hint=hint))
    elif path == "missing" and any(item.name == shown and item.is_dir() for item in folder.iterdir()):
        hint = "name the files in it: `files: [rules/lead.rules]`"
        texts.findings.append(finding("R102", f"`{shown}` is a folder", span, label="no file", hint=hint))
    elif path == "missing":
        others = [item.name for item in folder.glob("*.rules") if item.name != shown]  # a link may lead nowhere
        hint = did_you_mean(shown, sorted(others), empty="there is no file of rules in the ruleset's folder")
        texts.findings.append(finding("R102", f"there is no file `{shown}`", span, label="not found", hint=hint))
    return path if isinstance(path, Path) else None


def _unlisted(folder: Path, manifest: Manifest, listed: Collection[Path], texts: Texts) -> None:
    """A file of rules that the manifest does not name is never read: that is seldom meant."""
    if not manifest.files or not texts.complete:
        return
    for path in sorted(folder.resolve().glob("*.rules")):
        if path.resolve() not in listed:
            message, hint = f"`{path.name}` is not in `files`, so it is never read", "add it to `files`, or remove it"
            place = manifest.files_span
            texts.findings.append(finding("R111", message, place, label="not named here", hint=hint))


def standard_words() -> frozenset[str]:
    """What the standard vocabulary defines."""
    texts = Texts()
    _standard(texts)
    nodes = (node for files in texts.bases for file in files for node in file.statements)
    return frozenset(node.name for node in nodes if isinstance(node, SignalDef))


# --- what it builds on --------------------------------------------------------------


def _upon_bases(place: _Place, manifest: Manifest, chain: tuple[Path, ...], texts: Texts) -> Manifest:
    """The manifest with what its bases say; their files come before its own, the farthest first."""
    if manifest.extends is None:
        return manifest
    name, span = manifest.extends
    if name == STANDARD:
        return manifest.upon(_standard(texts))
    found = _find_base(place, name, span, chain)
    if isinstance(found, Diagnostic):
        texts.findings.append(found)
        texts.complete = False
        return manifest
    base = _manifest(found, texts)
    if base is None:
        texts.complete = False
        return manifest
    base = _upon_bases(found, base, (*chain, found.folder.resolve()), texts)
    files = _files(found, base, texts)
    texts.bases.append(files)
    texts.roots.update(dict.fromkeys((file.span.path for file in files), found.folder))
    return manifest.upon(base)


def _find_base(place: _Place, name: str, span: Span, chain: tuple[Path, ...]) -> _Place | Diagnostic:
    """The folder of a base, by its path from the ruleset's folder or the name of one that ships."""
    try:
        folder = place.folder / name
        if Path(name).is_absolute():
            hint = "write its path from this folder: `extends: ../abm`"
            return finding("R105", f"`extends: {name}` is no path from here", span, label="absolute", hint=hint)
        if is_there(folder / MANIFEST):
            found = _Place(folder, posixpath.normpath(place.shown(Path(name).as_posix())) + "/")
        elif name in shipped():
            found = _Place(shipped()[name], f"{name}/")
        else:
            return _no_base(folder, name, span)
        return _too_far(found, span, chain) or found
    except FAILURES:
        return _no_base(place.folder / name, name, span)


def _no_base(folder: Path, name: str, span: Span) -> Diagnostic:
    message = f"there is no ruleset `{name}` to build on"
    hint = f"a base is a folder with a `{MANIFEST}`, or one that ships, such as `abm`"
    if folder.suffix == ".rules":
        message = f"`{name}` is a single file of rules, and nothing can build on it"
    return finding("R101", message, span, label="not found", hint=did_you_mean(name, [STANDARD, *shipped()], hint))


def _too_far(found: _Place, span: Span, chain: tuple[Path, ...]) -> Diagnostic | None:
    """A circle of rulesets, or a chain of too many."""
    folder = found.folder.resolve()
    if folder in chain:
        path = " → ".join(item.name for item in (*chain[chain.index(folder) :], folder))
        hint = "let one of them build on nothing, or on `standard`"
        return finding("R112", f"rulesets build on each other in a circle: {path}", span, label="a circle", hint=hint)
    if len(chain) >= DEEPEST:
        message, hint = f"more than {DEEPEST} rulesets build on each other", "put some of them together"
        return finding("G106", message, span, label="too long a chain", hint=hint)
    return None


def _standard(texts: Texts) -> Manifest:
    """Read the standard vocabulary as the first base; its manifest."""
    folder = rulesets_folder()
    source, findings = texts.buffers.read(folder / "standard.yaml", "standard.yaml")
    texts.findings += findings
    file = _read_rules(folder / "standard.rules", "standard.rules", texts)
    manifest, findings = read_manifest(source, STANDARD) if source is not None else (None, [])
    texts.findings += findings
    if file is not None:
        texts.bases.append([file])
    # What it leaves out says nothing: a time zone is the ruleset's own.
    return manifest or Manifest(STANDARD)
