"""The checker: files of rules and a schema in, a model and findings out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic
from .. import model as m
from ..graph import ordered
from ..instants import Zone
from ..lints.usage import Usage, What
from ..manifest import Manifest
from ..schema import FieldType, Kind, Schema
from . import aggregates, conditions, events, values  # noqa: F401  (they register their resolvers)
from .book import Book
from .declarations import Declarations, Declarer, gather
from .definitions import Definer, numbered
from .scope import Refused, Scope


@dataclass(frozen=True)
class Checked:
    """A model, unless an error stands; what is wrong or doubtful; what is declared and used; and, for a schema that was
    inferred, the fields that nothing has shown yet."""

    model: m.Model | None
    findings: list[Diagnostic]
    usage: Usage
    unseen: tuple[str, ...] = ()


def check(
    files: Sequence[n.File],
    manifest: Manifest,
    *,
    base: Sequence[n.File] = (),
    root: Path | None = None,
    params: Mapping[str, str] | None = None,
    has_data: bool = True,
) -> Checked:
    """Check the files of one ruleset against its manifest.

    `base` are the files of the vocabulary that it extends, `root` the folder that lists may be read from (None: no
    files), `params` texts that override params for this run. `has_data` is false where a schema was inferred without
    any data. The model is None if there is an error.
    """
    book = Book(manifest.schema, Zone.named(manifest.timezone), has_data)
    declared = gather(files, base, manifest.schema.events)
    declare_schema(book, manifest)
    definer = Definer(book)
    book.infer_kind = definer.kind_of
    Declarer(book, declared, root, params or {}).run()
    for item in declared.statements:
        definer.define(item)
    _check_unused_signals(book, declared)
    in_order, cycles = ordered(numbered(definer.found))
    findings = _sorted([*book.findings, *cycles])
    unseen = tuple(sorted(f"{owner}.{name}" for owner, name in book.guessed if not owner.startswith("event ")))
    if any(item.is_error for item in findings):
        return Checked(None, findings, book.usage, unseen)
    model = m.Model(
        name=manifest.name,
        version=manifest.version,
        timezone=manifest.timezone,
        schema=full_schema(book),
        order=in_order,
        ignored=tuple(definer.ignored),
        params={name: value.value for name, value in book.params.items()},
        session_gap=manifest.session_gap,
    )
    return Checked(replace(model, fingerprint=fingerprint(model)), findings, book.usage, unseen)


def _sorted(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    return sorted(findings, key=lambda item: item.sort_key())


def declare_schema(book: Book, manifest: Manifest) -> None:
    """Note what the manifest itself declares (not the vocabulary it extends), to find what nothing uses."""
    schema, own = manifest.schema, manifest.span.path
    whats: list[tuple[What, str, FieldType]] = [
        *(("contact field", name, declared) for name, declared in schema.contact.items()),
        *(("account field", name, declared) for name, declared in schema.account.items()),
        *(
            ("property", f"{event_type}.{name}", declared)
            for event_type, properties in schema.events.items()
            for name, declared in properties.items()
        ),
    ]
    for what, name, declared in whats:
        if declared.span.path == own and not schema.inferred:
            book.usage.declare(what, name, declared.span)


def _check_unused_signals(book: Book, declared: Declarations) -> None:
    """A signal that nothing calls is read as well, so that its mistakes are found; its parameters fit anything."""
    for item in declared.of(n.SignalDef):
        assert isinstance(item, n.SignalDef)
        if ("signal", item.name) in book.usage.used or not declared.is_own(item):
            continue
        args = tuple(values.Anything() for _ in item.params or ())
        used = set(book.usage.used)
        try:
            events.expand(item, args, Scope(book, "lead"))
        except Refused:
            continue
        finally:
            book.usage.used |= used


def full_schema(book: Book) -> Schema:
    """The schema with what is derived or was guessed, so that every field of the model has a type."""
    contact, account = dict(book.schema.contact), dict(book.schema.account)
    events_seen = {name: dict(properties) for name, properties in book.schema.events.items()}
    for level, name in book.derived:
        target = contact if level == "contact" else account
        target.setdefault(name, FieldType(_known(book.kind_of("derived", level, name))))
    for (owner, name), kind in book.guessed.items():
        if owner.startswith("event "):
            events_seen.setdefault(owner.removeprefix("event "), {}).setdefault(name, FieldType(_known(kind)))
        else:
            (contact if owner == "contact" else account).setdefault(name, FieldType(_known(kind)))
    for what, name in book.usage.used:
        if what == "event type":
            events_seen.setdefault(name, {})
    return Schema(contact, account, events_seen, book.schema.inferred)


def _known(kind: Kind) -> Kind:
    return "text" if kind == "unknown" else kind


def fingerprint(model: m.Model) -> str:
    """`sha256:…` of what a model means: the same for equal rules however they are laid out.

    Places, comments and the order of files do not take part; lists, tables, params and the schema do.
    """
    meaning = repr(
        (model.timezone, model.session_gap, model.schema, model.ignored, model.order, sorted(model.params.items()))
    )
    return "sha256:" + hashlib.sha256(meaning.encode()).hexdigest()
