"""The `sources:` of ruleset.yaml: which files hold which records, and where in them each value stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import PurePosixPath

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span
from ..suggest import did_you_mean, listing
from ..yaml_tree import YamlList, YamlMap, YamlNode, YamlText
from .layout import KINDS, ROLES, RecordKind
from .paths import Path, split_path


@dataclass(frozen=True)
class Constant:
    """The same text in every record: `type: "'page_view'"`."""

    text: str


@dataclass(frozen=True)
class RowNumber:
    """`id: row`: the file's name and the number of the record in it."""


Binding = Path | Constant | RowNumber

CLOCKS = {"unix_s": 1_000_000, "unix_ms": 1_000, "unix_us": 1}
"""In what numbers since 1970 can count, each with its microseconds."""


_FIRST, _LAST = 315_532_800_000_000, 4_102_444_800_000_000
"""The years 1980 to 2100, in microseconds: of an instant in them no two clocks give the same number."""


def clock_of(number: str) -> str | None:
    """In what a number is likely to count, if it is an instant.

    >>> [clock_of(number) for number in ("1772366400", "1772366400123.0", "12", "soon")]
    ['unix_s', 'unix_ms', None, None]
    """
    try:
        value = float(number)
    except ValueError:
        return None
    return next((name for name, unit in CLOCKS.items() if _FIRST <= value * unit < _LAST), None)


def say_clock(number: str) -> str:
    """How such numbers are read; nothing where it is hard to tell."""
    clock = clock_of(number)
    return f"numbers that count from 1970 are read with `timestamps: {clock}` in `sources:`" if clock else ""


@dataclass(frozen=True)
class SourceMap:
    """One source of records of one kind.

    Without `files` it is the usual place (`events.csv`, `events/…`). `columns` are the names of the columns of a
    CSV without a header line; an empty name skips its column. `keys` say where id, type and the like stand, `fields`
    the same for fields and properties; what is not named stands where it usually does. `unique` promises that no other
    record of the kind has the id of one of these (and its `valid_from`): then nobody has to look. `timestamps` is one
    of CLOCKS where numbers are instants, too. `places` are those where paths are named.
    """

    kind: RecordKind
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    delimiter: str | None = None
    keys: Mapping[str, Binding] = field(default_factory=dict)
    fields: Mapping[str, Path | Constant] = field(default_factory=dict)
    unique: bool = False
    timestamps: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    places: Mapping[Path, Span] = field(default_factory=dict, compare=False, repr=False)

    @property
    def numbers_rows(self) -> bool:
        """Whether the records get their ids from where they stand."""
        return isinstance(self.keys.get("id"), RowNumber)


@dataclass(frozen=True)
class Sources:
    """All sources, by kind of record; kinds that are not named stand in their usual place."""

    maps: Mapping[RecordKind, tuple[SourceMap, ...]] = field(default_factory=dict)

    def of(self, kind: RecordKind) -> tuple[SourceMap, ...]:
        """The sources of one kind of record."""
        return self.maps.get(kind) or (SourceMap(kind),)


def parse_sources(node: YamlNode | None) -> tuple[Sources, list[Diagnostic]]:
    """What `sources:` says; findings have code D110."""
    findings: list[Diagnostic] = []
    if node is None or (isinstance(node, YamlText) and node.is_null):
        return Sources(), findings
    if not isinstance(node, YamlMap):
        return Sources(), [_wrong("`sources` maps accounts, contacts and events to their files", node.span)]
    maps: dict[RecordKind, tuple[SourceMap, ...]] = {}
    for name, item in node.items.items():
        kind = next((each for each in KINDS if each == name), None)
        if kind is None:
            findings.append(_unknown(name, KINDS, node.keys.get(name, node.span), "a kind of record"))
        else:
            maps[kind] = tuple(_parse_each(kind, item, findings))
    return Sources(maps), findings


def _parse_each(kind: RecordKind, node: YamlNode, findings: list[Diagnostic]) -> Iterator[SourceMap]:
    for item in node.items if isinstance(node, YamlList) else (node,):
        if isinstance(item, YamlMap):
            yield _SourceReader(kind, item, findings).source()
        elif isinstance(item, YamlText) and item.value:
            yield SourceMap(kind, files=_patterns(item, findings), span=item.span)
        else:
            findings.append(_wrong(f"a source of {kind} is a mapping", item.span, "write `{files: '*.csv', id: …}`"))


@dataclass
class _SourceReader:
    kind: RecordKind
    node: YamlMap
    findings: list[Diagnostic]
    places: dict[Path, Span] = field(default_factory=dict)

    def source(self) -> SourceMap:
        inner, others = ("properties", "fields") if self.kind == "events" else ("fields", "properties")
        roles = [role.key for role in ROLES[self.kind]] + ["merged_into"] * (self.kind != "events")
        known = ("files", "columns", "delimiter", "unique", "timestamps", *roles, inner)
        for key in self.node:
            if key not in known:
                span, meant = self.node.keys.get(key, self.node.span), {others: inner}.get(key)
                self.findings.append(_unknown(key, known, span, f"a key of a source of {self.kind}", meant))
        keys = {key: self._binding(key, item) for key, item in self.node.items.items() if key in roles}
        return SourceMap(
            self.kind,
            _patterns(self.node.get("files"), self.findings),
            self._columns(),
            self._delimiter(),
            {key: binding for key, binding in keys.items() if binding is not None},
            self._inner(inner),
            self._unique(),
            self._timestamps(),
            self.node.span,
            self.places,
        )

    def _binding(self, key: str, node: YamlNode) -> Binding | None:
        """A dotted path, a quoted text, or `row` for the id."""
        if key == "id" and isinstance(node, YamlText) and node.value.strip() == "row":
            return RowNumber()
        return self._place(key, node)

    def _place(self, key: str, node: YamlNode) -> Path | Constant | None:
        if not isinstance(node, YamlText) or not node.value.strip():
            self.findings.append(_wrong(f"`{key}` is a path such as `actor.id`", node.span))
            return None
        text = node.value.strip()
        if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
            return Constant(text[1:-1])
        path = split_path(text)
        if path is None:
            hint = "keys are joined by dots; put an odd one into backquotes: payload.`odd.key`"
            self.findings.append(_wrong(f"`{text}` is not a path", node.span, hint))
        else:
            self.places.setdefault(path, node.span)
        return path

    def _inner(self, name: str) -> dict[str, Path | Constant]:
        node = self.node.get(name)
        if node is None:
            return {}
        if not isinstance(node, YamlMap):
            self.findings.append(_wrong(f"`{name}` maps names to paths", node.span, "write `{action: payload.action}`"))
            return {}
        found = {key: self._place(key, item) for key, item in node.items.items()}
        return {key: binding for key, binding in found.items() if binding is not None}

    def _unique(self) -> bool:
        node = self.node.get("unique")
        value = node.value.lower() if isinstance(node, YamlText) else ""
        if node is not None and value not in ("true", "false"):
            hint = "write `unique: true` where no two records have one id, or leave it out"
            self.findings.append(_wrong("`unique` is true or false", node.span, hint))
        return value == "true"

    def _timestamps(self) -> str | None:
        node = self.node.get("timestamps")
        value = node.value.strip().lower() if isinstance(node, YamlText) else ""
        if node is None or value in CLOCKS:
            return value or None
        hint = "instants as texts and in typed columns are read without it"
        self.findings.append(_wrong(f"`timestamps` is one of {', '.join(CLOCKS)}", node.span, hint))
        return None

    def _columns(self) -> tuple[str, ...]:
        node = self.node.get("columns")
        if node is None:
            return ()
        if not isinstance(node, YamlList) or not all(isinstance(item, YamlText) for item in node):
            self.findings.append(_wrong("`columns` is the list of the names of the columns", node.span))
            return ()
        names = tuple(item.value.strip() for item in node if isinstance(item, YamlText))
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            self.findings.append(_wrong(f"the column `{twice[0]}` is named twice", node.span))
            return ()
        return names

    def _delimiter(self) -> str | None:
        node = self.node.get("delimiter")
        if node is None:
            return None
        value = {"tab": "\t", "\\t": "\t"}.get(node.value, node.value) if isinstance(node, YamlText) else ""
        if len(value) == 1 and value not in '\r\n"':
            return value
        self.findings.append(
            _wrong("`delimiter` is one character", node.span, "write `delimiter: ';'` or `delimiter: tab`")
        )
        return None


def _patterns(node: YamlNode | None, findings: list[Diagnostic]) -> tuple[str, ...]:
    """File patterns, none of which leaves the data folder."""
    if node is None:
        return ()
    items = node.items if isinstance(node, YamlList) else (node,)
    found: list[str] = []
    for item in items:
        if not isinstance(item, YamlText) or not item.value.strip():
            findings.append(_wrong("`files` is a file pattern, or a list of them", item.span, "write `files: '*.csv'`"))
        elif _leaves(item.value.strip()):
            hint = "patterns are relative to the data folder: give the folder above with --data"
            findings.append(_wrong(f"`{item.value}` leaves the data folder", item.span, hint))
        else:
            found.append(item.value.strip())
    return tuple(found)


def _leaves(pattern: str) -> bool:
    plain = pattern.replace("\\", "/")
    return plain.startswith(("/", "~")) or ":" in plain.split("/")[0] or ".." in PurePosixPath(plain).parts


def _wrong(message: str, span: Span, hint: str = "") -> Diagnostic:
    return finding("D110", message, span, label="in `sources`", hint=hint)


def _unknown(name: str, known: tuple[str, ...], span: Span, what: str, meant: str | None = None) -> Diagnostic:
    meant = meant or next((each for each in known if each.startswith(f"{name}_")), None)  # `contact` for `contact_id`
    hint = f"did you mean `{meant}`?" if meant else did_you_mean(name, known, listing(known, most=len(known)))
    return finding("D110", f"`{name}` is not {what}", span, label="unknown", hint=hint)
