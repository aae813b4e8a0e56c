"""`ruleset.yaml`: the name, version, files and settings of a ruleset, and the schema of its data."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from ..grammar.codes import CODES
from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.late_methods import dataclass
from ..grammar.source import NOWHERE, Source, Span
from .instants import parse_date
from .model import MICROS
from .schema import Schema
from .schema_section import SchemaReader
from .suggest import did_you_mean, listing
from .yaml_tree import YamlList, YamlMap, YamlText

if TYPE_CHECKING:
    from .data.sources import Sources

LANGUAGE_VERSION = "1"
DEFAULT_SESSION_GAP = 30 * MICROS["minute"]
SEVERITIES = ("error", "warning", "info", "off")
_INHERITED = ("timezone", "sources", "session_gap", "match_accounts", "history_from")
_KEYS = (
    *("scoreline", "name", "version", "owner", "description", "timezone", "files", "schema", "extends"),
    *("sources", "match_accounts", "session_gap", "history_from", "lints"),
)


@dataclass(frozen=True)
class Manifest:
    """What `ruleset.yaml` says.

    `session_gap` is in microseconds, `match_accounts` is where matching by e-mail domain is asked for, `given` are the
    keys that it has; `complete` is false where parts could not be read.
    """

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
    history_from: datetime.date | None = None
    match_accounts: Span | None = None
    lints: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    span: Span = NOWHERE
    files_span: Span = NOWHERE
    complete: bool = True

    def upon(self, base: Manifest) -> Manifest:
        """The manifest as it builds on another: what it does not say itself is said by the base (decision 68)."""
        inherited = {key: getattr(base, key) for key in _INHERITED if key not in self.given}
        return replace(
            self,
            schema=self.schema.upon(base.schema),
            lints={**base.lints, **self.lints},
            given=self.given | base.given,
            complete=self.complete and base.complete,
            **inherited,
        )


def read_manifest(source: Source, name: str) -> tuple[Manifest | None, list[Diagnostic]]:
    """The manifest in a source; `name` is the ruleset's name if it gives none. Findings have codes R103 and R104."""
    from .yaml_reading import load_yaml  # a manifest that was compiled before is not read again

    tree, findings = load_yaml(source)
    if findings:
        return None, findings
    if not isinstance(tree, YamlMap):
        place = Span(source.path, 1, 1, 1, 2)
        message = "the manifest is empty" if tree is None else "the manifest is no mapping"
        return None, [finding("R104", message, place, hint="begin with `scoreline: 1`, `name:` and `files:`")]
    reader = _Reader(source, tree)
    manifest = reader.manifest(name)
    return manifest, reader.findings


class _Reader:
    """Reads one manifest and collects what is wrong with it."""

    def __init__(self, source: Source, root: YamlMap) -> None:
        self.source = source
        self.root = root
        self.findings: list[Diagnostic] = []

    def wrong(self, message: str, span: Span, label: str = "", hint: str = "") -> None:
        self.findings.append(finding("R104", message, span, label=label, hint=hint))

    def known_keys(self, node: YamlMap, known: tuple[str, ...], where: str) -> None:
        for key in node:
            if key not in known:
                hint = did_you_mean(key, known, listing(known, len(known)))
                self.wrong(f"{where} has no key `{key}`", node.keys[key], "unknown", hint)

    def manifest(self, name: str) -> Manifest:
        self.known_keys(self.root, _KEYS, "a manifest")
        self._language()
        schema = SchemaReader(self.wrong, self.known_keys)
        return Manifest(
            name=self._text("name", name),
            version=self._text("version", "0"),
            owner=self._text("owner", ""),
            description=self._text("description", ""),
            timezone=self._timezone(),
            files=self._files(),
            schema=schema.read(self.root.get("schema"), self._place("schema")),
            extends=self._extends(),
            sources=self._sources(),
            session_gap=self._session_gap(),
            history_from=self._history_from(),
            match_accounts=self._match_accounts(),
            lints=self._lints(),
            given=frozenset(self.root.items),
            span=self.root.span,
            files_span=self._place("files"),
            complete=schema.complete,
        )

    # --- the parts ----------------------------------------------------------------------

    def _place(self, key: str) -> Span:
        """The place of a key; the start of the manifest where it has none."""
        return self.root.keys.get(key, Span(self.source.path, 1, 1, 1, 2))

    def _text(self, key: str, default: str) -> str:
        node = self.root.get(key)
        if node is None:
            return default
        if isinstance(node, YamlText) and not node.is_null and node.value.strip():
            return " ".join(node.value.split())
        self.wrong(f"`{key}` is a text", self._place(key), "no text behind it", f"write `{key}: …`, or leave it out")
        return default

    def _language(self) -> None:
        node = self.root.get("scoreline")
        if node is None:
            message, hint = "the manifest does not say its version of the language", "begin with `scoreline: 1`"
            self.wrong(message, self._place("scoreline"), "no `scoreline:`", hint)
        elif not isinstance(node, YamlText) or node.value != LANGUAGE_VERSION:
            message, hint = (
                "this version of the language is not known here",
                "write `scoreline: 1`, or install a newer one",
            )
            self.wrong(message, self._place("scoreline"), f"not {LANGUAGE_VERSION}", hint)

    def _timezone(self) -> str:
        name = self._text("timezone", "UTC")
        try:
            zoneinfo.ZoneInfo(name)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            zones = [zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"]  # not `EST`
            hint = did_you_mean(name, zones, "write a name such as `Europe/Berlin` or `UTC`")
            node = self.root.get("timezone")
            self.wrong(f"there is no time zone `{name}`", node.span if node else NOWHERE, "unknown", hint)
            return "UTC"
        return name

    def _files(self) -> tuple[tuple[str, Span], ...]:
        node = self.root.get("files")
        hint = "write `files: [lead.rules, account.rules]`, in the order in which they are read"
        if node is None or (isinstance(node, YamlList) and not node.items):
            if self.root.get("extends") is None:
                self.wrong("the manifest names no files", self._place("files"), "no rules to read", hint)
            return ()
        if not isinstance(node, YamlList):
            self.wrong("`files` is a list of file names", self._place("files"), "not a list", hint)
            return ()
        found: dict[str, Span] = {}
        for item in node:
            if not isinstance(item, YamlText) or not item.value.strip():
                self.wrong("`files` is a list of file names", item.span, "no file name", hint)
            elif item.value in found:
                self.wrong(f"`{item.value}` stands twice in `files`", item.span, "the second time", "keep one of them")
            else:
                found[item.value] = item.span
        return tuple(found.items())

    def _extends(self) -> tuple[str, Span] | None:
        node = self.root.get("extends")
        if node is None:
            return None
        if isinstance(node, YamlText) and node.value.strip() and not node.is_null:
            return node.value, node.span
        hint = "write `extends: standard`, or the path of another ruleset: `extends: ../abm`"
        self.wrong("`extends` names one ruleset", self._place("extends"), "no name", hint)
        return None

    def _session_gap(self) -> int:
        node = self.root.get("session_gap")
        if node is None:
            return DEFAULT_SESSION_GAP
        value = node.value if isinstance(node, YamlText) else ""
        found = re.fullmatch(r"([1-9]\d{0,5}) (second|minute|hour|day)s?", value, re.ASCII)
        if not found:
            message, hint = "`session_gap` is a length of time", "write `session_gap: 30 minutes`"
            self.wrong(message, node.span, "no length of time", hint)
            return DEFAULT_SESSION_GAP
        return int(found[1]) * MICROS[found[2]]

    def _history_from(self) -> datetime.date | None:
        node = self.root.get("history_from")
        if node is None:
            return None
        found = parse_date(node.value) if isinstance(node, YamlText) else None
        if found is None:
            self.wrong("`history_from` is a date", node.span, "no date", "write `history_from: 2025-01-01`")
        return found

    def _match_accounts(self) -> Span | None:
        node = self.root.get("match_accounts")
        if node is None:
            return None
        if not isinstance(node, YamlText) or node.value != "email_domain":
            message, hint = "accounts are matched by the domain of e-mails only", "write `match_accounts: email_domain`"
            self.wrong(message, node.span, "not known", hint)
        return node.span

    def _lints(self) -> dict[str, str]:
        node = self.root.get("lints")
        if node is None:
            return {}
        if not isinstance(node, YamlMap):
            message, hint = "`lints` maps codes to severities", "write `lints: {L304: error}`"
            self.wrong(message, self._place("lints"), "not of that form", hint)
            return {}
        levels = {}
        for code, value in node.items.items():
            level = value.value if isinstance(value, YamlText) else ""
            if code not in CODES:
                self.wrong(f"there is no code `{code}`", node.keys[code], "unknown", did_you_mean(code, _lint_codes()))
            elif not code.startswith("L"):
                message, hint = f"`{code}` is no lint", "only the severity of lints can be chosen"
                self.wrong(message, node.keys[code], "not a lint", hint)
            elif level not in SEVERITIES:
                message, hint = f"`{level}` is no severity", f"one of {', '.join(SEVERITIES)}"
                self.wrong(message, value.span, "not a severity", hint)
            else:
                levels[code] = level
        return levels

    def _sources(self) -> Sources | None:
        node = self.root.get("sources")
        if node is None:
            return None
        from .data.sources import parse_sources  # the readers are heavy, and most manifests need none

        sources, findings = parse_sources(node)
        self.findings += findings
        return sources


def _lint_codes() -> list[str]:
    return [code for code in CODES if code.startswith("L")]
