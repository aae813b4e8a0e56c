"""The checker: files of rules and a schema in, a model and findings out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic
from ...grammar.late_methods import dataclass
from .. import model as m
from ..compiled import Written
from ..instants import Zone
from ..links import Links, linked
from ..lints.usage import Usage, What
from ..manifest import Manifest
from ..order import ordered
from ..schema import FieldType, Kind, Schema
from . import rungs, standings, texts  # noqa: F401  (they register their resolvers)
from .book import Book
from .chains import refuse_endless
from .declarations import Declarer, Folders
from .definitions import Definer, kind_of
from .gathering import Declarations, gather
from .kinds import Kinds

MOST_PASSES = 5
"""How often a schema without data is read: each time with the kinds that the rules showed the time before."""


@dataclass(frozen=True)
class Checked:
    """A model, unless an error stands; what is wrong or doubtful; what is declared and used; for a schema that was
    inferred, the names that nothing has shown yet; what was written; and which definition reads what."""

    model: m.Model | None
    findings: list[Diagnostic]
    usage: Usage
    unseen: tuple[str, ...] = ()
    written: Written = field(default_factory=Written, repr=False)
    links: Links | None = field(default=None, repr=False)


@dataclass
class _Reading:
    """Everything that is given, and one reading of it."""

    manifest: Manifest
    declared: Declarations
    folders: Folders
    params: Mapping[str, str]
    has_data: bool
    unread: Collection[str]
    complete: bool
    standard: Callable[[], Collection[str]]
    guessed: dict[tuple[str, str], Kind] = field(default_factory=dict)

    def read(self) -> tuple[Book, Definer]:
        """Declare and define everything."""
        book = Book(
            self.manifest.schema,
            Zone.named(self.manifest.timezone),
            Kinds(lambda key: kind_of(key, book)),
            self.has_data,
            self.complete,
            set(self.unread),
            dict(self.guessed),
            standard=self.standard,
        )
        declare_schema(book, self.manifest)
        Declarer(book, self.declared, self.folders, self.params).run()
        refuse_endless(book)
        definer = Definer(book)
        for item in self.declared.statements:
            if self.declared.is_own(item) or not isinstance(item, n.SignalDef):
                definer.define(item)
        return book, definer


def check(
    files: Sequence[n.File],
    manifest: Manifest,
    *,
    bases: Sequence[Sequence[n.File]] = (),
    root: Path | None = None,
    roots: Mapping[str, Path] | None = None,
    params: Mapping[str, str] | None = None,
    has_data: bool = True,
    unread: Collection[str] = (),
    complete: bool = True,
    standard: Callable[[], Collection[str]] = frozenset,
) -> Checked:
    """Check the files of one ruleset against its manifest.

    `bases` are the files of the rulesets that it builds on, the first one first. `root` is the folder that lists may be
    read from (None: no files), `roots` those of the bases by the path of the file that asks. `params` are texts that
    override params for this run. `has_data` is false where a schema was inferred without any data. `unread` are names
    that lines seem to define which could not be read, and `complete` is false where whole files could not: names that
    might be defined there are not reported. `standard` gives the words of the standard vocabulary to a ruleset that
    could build on it. The model is None if there is an error.
    """
    declared = gather(files, bases, manifest.schema.events)
    folders = Folders(root, roots or {})
    reading = _Reading(manifest, declared, folders, params or {}, has_data, unread, complete, standard)
    book, definer = _settled(reading)
    definitions = definer.numbered()
    links = linked(definitions)
    in_order, cycles = ordered(definitions, links)
    findings = sorted([*book.findings, *cycles], key=Diagnostic.sort_key)
    if any(item.is_error for item in findings):
        return Checked(None, findings, book.usage, _unseen(book))
    model = m.Model(
        name=manifest.name,
        version=manifest.version,
        timezone=manifest.timezone,
        schema=full_schema(book),
        order=in_order,
        ignored=tuple(definer.ignored),
        params={name: value.value for name, value in book.params.items()},
        session_gap=manifest.session_gap,
        history_from=manifest.history_from,
    )
    return Checked(model, findings, book.usage, _unseen(book), _written(declared, book), links)


def _written(declared: Declarations, book: Book) -> Written:
    lists = {name: found.values for name, found in book.lists.items()}
    return Written(tuple(declared.statements), lists, {name: found.table for name, found in book.tables.items()})


def _settled(reading: _Reading) -> tuple[Book, Definer]:
    """Read the rules; where they name fields that nothing declares, again until the kinds of these are known."""
    book, definer = reading.read()
    for _ in range(MOST_PASSES):
        if book.guessed == reading.guessed:
            break
        reading.guessed = dict(book.guessed)
        book, definer = reading.read()
    if "unknown" in book.guessed.values():  # what no use gives a kind is a text, so that the model and its schema agree
        reading.guessed = {key: _known(kind) for key, kind in book.guessed.items()}
        book, definer = reading.read()
    return book, definer


def _unseen(book: Book) -> tuple[str, ...]:
    """The fields, event types and properties that rules name and neither data nor a schema have shown."""
    types = {name for what, name in book.usage.used if what == "event type"} - set(book.schema.events)
    names = {f"{owner.removeprefix('event ')}.{name}" for owner, name in book.guessed}
    return tuple(sorted(types | {name for name in names if name.partition(".")[0] not in types}))


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


def full_schema(book: Book) -> Schema:
    """The schema with what is derived or was guessed, so that every field of the model has a type."""
    contact, account = dict(book.schema.contact), dict(book.schema.account)
    events = {name: dict(properties) for name, properties in book.schema.events.items()}
    for level, name in book.derived:
        target = contact if level == "contact" else account
        target.setdefault(name, FieldType(_known(book.kinds.of(("derived", level, name)))))
    for (owner, name), kind in book.guessed.items():
        if owner.startswith("event "):
            events.setdefault(owner.removeprefix("event "), {}).setdefault(name, FieldType(_known(kind)))
        else:
            (contact if owner == "contact" else account).setdefault(name, FieldType(_known(kind)))
    for what, name in book.usage.used:
        if what == "event type":
            events.setdefault(name, {})
    return Schema(contact, account, events, book.schema.inferred)


def _known(kind: Kind) -> Kind:
    return "text" if kind == "unknown" else kind
