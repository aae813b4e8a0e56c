"""`ruleset.yaml`: the name, version, files and settings of a ruleset, and the schema of its data."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from ..grammar.codes import CODES
from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.source import NOWHERE, Source, Span
from .model import MICROS
from .schema import FieldType, Kind, Schema
from .suggest import did_you_mean, listing
from .yaml_tree import YamlList, YamlMap, YamlNode, YamlText, load_yaml

if TYPE_CHECKING:
    from .data.sources import Sources

LANGUAGE_VERSION = "1"
DEFAULT_SESSION_GAP = 30 * MICROS["minute"]
_KINDS: tuple[Kind, ...] = ("text", "number", "bool", "date", "timestamp")
_KEYS = (
    *("scoreline", "name", "version", "owner", "description", "timezone", "files", "schema", "extends"),
    *("sources", "match_accounts", "session_gap", "history_from", "lints"),
)
#: Names that every record has: a schema may not declare them as fields.
RESERVED_FIELDS = ("id", "account_id", "stage", "disqualified", "lines", "not_lines")
RESERVED_PROPERTIES = ("id", "type", "timestamp", "contact_id", "account_id", "properties", "received_at")


@dataclass(frozen=True)
class Manifest:
    """What `ruleset.yaml` says. `session_gap` is in microseconds."""

    name: str
    version: str = "0"
    owner: str = ""
    description: str = ""
    timezone: str = "UTC"
    files: tuple[tuple[str, Span], ...] = ()
    schema: Schema = field(default_factory=Schema)
    extends: tuple[str, Span] | None = None
    sources: Sources | None = None
    session_gap: int = DEFAULT_SESSION_GAP
    lints: Mapping[str, str] = field(default_factory=dict)
    span: Span = NOWHERE


class _Reader:
    """Reads one manifest and collects what is wrong with it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []

    def wrong(self, message: str, span: Span, label: str = "", hint: str = "", code: str = "R104") -> None:
        self.findings.append(finding(code, message, span, label=label, hint=hint))

    def text(self, root: YamlMap, key: str, default: str) -> str:
        node = root.get(key)
        if node is None:
            return default
        if isinstance(node, YamlText) and not node.is_null:
            return node.value
        self.wrong(f"`{key}` is a text", node.span, "not a text")
        return default

    def known_keys(self, node: YamlMap, known: tuple[str, ...], where: str) -> None:
        for key in node:
            if key not in known:
                self.wrong(
                    f"{where} has no key `{key}`",
                    node.keys[key],
                    "unknown",
                    did_you_mean(key, known, listing(known, 20)),
                )

    # --- the parts ----------------------------------------------------------------------

    def manifest(self, root: YamlMap, name: str) -> Manifest:
        self.known_keys(root, _KEYS, "a manifest")
        self._language(root)
        return Manifest(
            name=self.text(root, "name", name),
            version=self.text(root, "version", "0"),
            owner=self.text(root, "owner", ""),
            description=self.text(root, "description", ""),
            timezone=self._timezone(root),
            files=self._files(root),
            schema=self._schema(root),
            extends=self._extends(root),
            sources=self._sources(root),
            session_gap=self._session_gap(root),
            lints=self._lints(root),
            span=root.span,
        )

    def _language(self, root: YamlMap) -> None:
        node = root.get("scoreline")
        if node is None:
            self.wrong(
                "the manifest does not say its version of the language",
                Span(self.source.path, 1, 1, 1, 2),
                hint=f"begin with `scoreline: {LANGUAGE_VERSION}`",
            )
        elif not isinstance(node, YamlText) or node.value != LANGUAGE_VERSION:
            self.wrong(
                "this version of the language is not known here",
                node.span,
                "not 1",
                "write `scoreline: 1`, or install a newer Scoreline",
            )
        for key in ("match_accounts", "history_from"):
            if key in root:
                self.wrong(
                    f"`{key}` is not computed yet",
                    root.keys[key],
                    "comes with a later version",
                    "leave it out for now",
                    "P101",
                )

    def _timezone(self, root: YamlMap) -> str:
        name = self.text(root, "timezone", "UTC")
        node = root.get("timezone")
        try:
            zoneinfo.ZoneInfo(name)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            hint = did_you_mean(name, zoneinfo.available_timezones(), "write a name such as `Europe/Berlin` or `UTC`")
            self.wrong(f"there is no time zone `{name}`", node.span if node else root.span, "unknown", hint)
            return "UTC"
        return name

    def _files(self, root: YamlMap) -> tuple[tuple[str, Span], ...]:
        node = root.get("files")
        if node is None:
            if "extends" not in root:
                self.wrong(
                    "the manifest names no files",
                    root.keys.get("name", root.span),
                    hint="add `files: [lead.rules, account.rules]`, in the order in which they are read",
                )
            return ()
        if not isinstance(node, YamlList):
            self.wrong("`files` is a list", node.span, "not a list", "write `files: [lead.rules]`")
            return ()
        found = [(item.value, item.span) for item in node if isinstance(item, YamlText)]
        for index, (path, span) in enumerate(found):
            if path in [earlier for earlier, _ in found[:index]]:
                self.wrong(f"`{path}` stands twice in `files`", span, "the second time", "keep one of them")
        return tuple(dict(found).items())

    def _extends(self, root: YamlMap) -> tuple[str, Span] | None:
        node = root.get("extends")
        if node is None:
            return None
        if not isinstance(node, YamlText):
            self.wrong("`extends` names one ruleset", node.span, "not a text")
            return None
        return node.value, node.span

    def _session_gap(self, root: YamlMap) -> int:
        node = root.get("session_gap")
        if node is None:
            return DEFAULT_SESSION_GAP
        value = node.value if isinstance(node, YamlText) else ""
        found = re.fullmatch(r"(\d{1,6}) (second|minute|hour|day)s?", value)
        if not found:
            self.wrong("`session_gap` is a duration", node.span, "not a duration", "write `session_gap: 30 minutes`")
            return DEFAULT_SESSION_GAP
        return int(found[1]) * MICROS[found[2]]

    def _lints(self, root: YamlMap) -> dict[str, str]:
        node = root.get("lints")
        if node is None:
            return {}
        if not isinstance(node, YamlMap):
            self.wrong("`lints` maps codes to severities", node.span, "not a mapping", "write `lints: {L304: error}`")
            return {}
        levels = {}
        for code, value in node.items.items():
            level = value.value if isinstance(value, YamlText) else ""
            if code not in CODES:
                self.wrong(f"there is no code `{code}`", node.keys[code], "unknown", did_you_mean(code, CODES))
            elif not code.startswith("L"):
                self.wrong(
                    f"`{code}` is no lint: only the severity of lints can be chosen", node.keys[code], "not a lint"
                )
            elif level not in ("error", "warning", "info", "off"):
                self.wrong(
                    f"`{code}` cannot be `{level}`", value.span, "not a severity", "one of error, warning, info, off"
                )
            else:
                levels[code] = level
        return levels

    def _sources(self, root: YamlMap) -> Sources | None:
        node = root.get("sources")
        if node is None:
            return None
        from .data.sources import parse_sources  # the readers are heavy, and most manifests need none

        sources, findings = parse_sources(node)
        self.findings += findings
        return sources

    # --- the schema ---------------------------------------------------------------------

    def _schema(self, root: YamlMap) -> Schema:
        node = root.get("schema")
        if node is None:
            return Schema()
        if not isinstance(node, YamlMap):
            self.wrong("`schema` maps contact, account and events to their fields", node.span, "not a mapping")
            return Schema()
        self.known_keys(node, ("contact", "account", "events"), "the schema")
        events = node.get("events")
        types: dict[str, Mapping[str, FieldType]] = {}
        if isinstance(events, YamlMap):
            types = {name: self._fields(item, RESERVED_PROPERTIES) for name, item in events.items.items()}
        elif events is not None:
            self.wrong(
                "`events` maps each event type to its properties",
                events.span,
                "not a mapping",
                "write `events: {page_view: {page: text}}`",
            )
        return Schema(
            contact=self._fields(node.get("contact"), RESERVED_FIELDS),
            account=self._fields(node.get("account"), RESERVED_FIELDS),
            events=types,
        )

    def _fields(self, node: YamlNode | None, reserved: tuple[str, ...]) -> dict[str, FieldType]:
        if node is None or (isinstance(node, YamlText) and node.is_null):
            return {}
        if not isinstance(node, YamlMap):
            self.wrong(
                "fields are written as `name: type`",
                node.span,
                "not a mapping",
                "an event type without properties is `{}`",
            )
            return {}
        found = {}
        for name, item in node.items.items():
            if name in reserved:
                self.wrong(
                    f"`{name}` is a name that every record has",
                    node.keys[name],
                    "reserved",
                    "leave it out of the schema, or give the field another name",
                )
                continue
            declared = self._type(item, node.keys[name])
            if declared is not None:
                found[name] = declared
        return found

    def _type(self, node: YamlNode, span: Span) -> FieldType | None:
        if isinstance(node, YamlList):
            return self._enumeration(node, span)
        if isinstance(node, YamlMap):
            self.known_keys(node, ("type", "required"), "a field")
            inner = node.get("type")
            declared = self._type(inner, span) if inner is not None else None
            if inner is None:
                self.wrong(
                    "a field needs a `type`", node.span, "no type here", "write `email: {type: text, required: true}`"
                )
            if declared is None:
                return None
            return FieldType(declared.kind, declared.values, self._flag(node, "required"), span)
        if node.value == "list of text":
            return FieldType("list", span=span)
        if node.value in _KINDS:
            return FieldType(_KINDS[_KINDS.index(node.value)], span=span)
        known = (*_KINDS, "list of text")
        self.wrong(
            f"there is no type `{node.value}`", node.span, "not a type", did_you_mean(node.value, known, listing(known))
        )
        return None

    def _enumeration(self, node: YamlList, span: Span) -> FieldType | None:
        values = [item.value.strip() for item in node if isinstance(item, YamlText)]
        if len(values) != len(node.items) or not values or "" in values:
            self.wrong(
                "an enumeration is a list of texts", node.span, "not a list of texts", "write `role: [champion, user]`"
            )
            return None
        folded = [value.lower() for value in values]
        for value, low in zip(values, folded, strict=True):
            if folded.count(low) > 1:
                self.wrong(
                    f"`{value}` stands twice in this enumeration (case is ignored)",
                    node.span,
                    "twice",
                    "keep one of them",
                )
                return None
        return FieldType("text", tuple(values), span=span)

    def _flag(self, node: YamlMap, key: str) -> bool:
        item = node.get(key)
        if item is None:
            return False
        if isinstance(item, YamlText) and item.value.lower() in ("true", "false"):
            return item.value.lower() == "true"
        self.wrong(f"`{key}` is true or false", item.span, "neither")
        return False


assert set(_KINDS) < set(get_args(Kind))


def read_manifest(source: Source, name: str) -> tuple[Manifest | None, list[Diagnostic]]:
    """The manifest in a source; `name` is the ruleset's name if it gives none. Findings have codes R103, R104, P101."""
    tree, findings = load_yaml(source)
    if findings:
        return None, findings
    if not isinstance(tree, YamlMap):
        place = Span(source.path, 1, 1, 1, 2)
        return None, [
            finding("R104", "the manifest is empty", place, hint="begin with `scoreline: 1`, `name:` and `files:`")
        ]
    reader = _Reader(source)
    manifest = reader.manifest(tree, name)
    return manifest, reader.findings
