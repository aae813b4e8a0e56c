"""The `schema:` of a manifest: the fields of contacts and accounts, the event types and their properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ..grammar.late_methods import dataclass
from ..grammar.source import Span
from .fold import fold
from .schema import FieldType, Kind, Schema
from .suggest import did_you_mean, listing
from .yaml_tree import YamlList, YamlMap, YamlNode, YamlText

KINDS: Mapping[str, Kind] = {
    "text": "text",
    "number": "number",
    "bool": "bool",
    "date": "date",
    "timestamp": "timestamp",
    "list of text": "list",
}
#: Names that rules know already: a schema may not declare them.
RESERVED_FIELDS = ("id", "account_id", "stage", "disqualified", "lines", "not_lines")
RESERVED_PROPERTIES = ("id", "type", "timestamp", "contact_id", "account_id", "properties", "received_at")
_BY_OTHER_NAMES = {
    **dict.fromkeys(("string", "str", "varchar", "char"), "text"),
    **dict.fromkeys(("int", "integer", "float", "double", "decimal"), "number"),
    **dict.fromkeys(("boolean",), "bool"),
    **dict.fromkeys(("datetime", "time"), "timestamp"),
    **dict.fromkeys(("list", "array"), "list of text"),
}


class Wrong(Protocol):
    """Notes what is wrong with a manifest."""

    def __call__(self, message: str, span: Span, label: str = "", hint: str = "") -> None: ...


@dataclass
class SchemaReader:
    """Reads the section. `complete` is false once a part could not be read at all."""

    wrong: Wrong
    known_keys: Callable[[YamlMap, tuple[str, ...], str], None]
    complete: bool = True

    def read(self, node: YamlNode | None, key: Span) -> Schema:
        """The schema; empty where there is none."""
        if node is None:
            return Schema()
        if not isinstance(node, YamlMap):
            self._lost(
                "`schema` maps contact, account and events to their fields",
                key,
                "write `schema:` and below it `contact:`",
            )
            return Schema()
        self.known_keys(node, ("contact", "account", "events"), "the schema")
        contact, account = (
            self._fields(node.get(owner), node.keys.get(owner, key), RESERVED_FIELDS)
            for owner in ("contact", "account")
        )
        return Schema(contact, account, self._events(node.get("events"), node.keys.get("events", key)))

    def _lost(self, message: str, span: Span, hint: str) -> None:
        self.wrong(message, span, "not of that form", hint)
        self.complete = False

    def _events(self, node: YamlNode | None, key: Span) -> dict[str, Mapping[str, FieldType]]:
        if node is None or (isinstance(node, YamlText) and node.is_null):
            return {}
        if not isinstance(node, YamlMap):
            self._lost("`events` maps each event type to its properties", key, "write `page_view: {page: text}`")
            return {}
        return {name: self._fields(item, node.keys[name], RESERVED_PROPERTIES) for name, item in node.items.items()}

    def _fields(self, node: YamlNode | None, key: Span, reserved: tuple[str, ...]) -> dict[str, FieldType]:
        if node is None or (isinstance(node, YamlText) and node.is_null):
            return {}
        if not isinstance(node, YamlMap):
            self._lost("fields are written as `name: type`", key, "an event type without properties is `{}`")
            return {}
        found = {}
        for name, item in node.items.items():
            if name in reserved or not name.strip():
                hint = "leave it out of the schema, or give the field another name"
                self.wrong(f"`{name}` cannot be declared: it is there already", node.keys[name], "reserved", hint)
            else:
                found[name] = self._type(name, item, node.keys[name])
        return found

    # --- types --------------------------------------------------------------------------

    def _type(self, name: str, node: YamlNode, key: Span) -> FieldType:
        """The type of a field; unknown where it is wrong, so that its uses are not reported, too."""
        if isinstance(node, YamlList):
            return self._enumeration(node, key)
        if isinstance(node, YamlMap):
            return self._with_options(name, node, key)
        if node.value in KINDS:
            return FieldType(KINDS[node.value], span=key)
        if node.is_null:
            self.wrong(f"`{name}` has no type", key, "no type behind it", f"write `{name}: text`; {listing(KINDS)}")
        else:
            known = did_you_mean(node.value, KINDS, listing(KINDS))
            meant = _BY_OTHER_NAMES.get(node.value.lower())
            hint = f"write `{meant}`" if meant else known
            self.wrong(f"there is no type `{node.value}`", node.span, "not a type", hint)
        return FieldType("unknown", span=key)

    def _with_options(self, name: str, node: YamlMap, key: Span) -> FieldType:
        inner = node.get("type")
        if inner is None:
            hint = f"a nested field is written with a dot: `{name}.{next(iter(node), 'x')}: text`"
            self.wrong(f"`{name}` has no `type`", key, "no type here", hint)
            return FieldType("unknown", span=key)
        self.known_keys(node, ("type", "required"), f"the field `{name}`")
        if isinstance(inner, YamlMap):
            hint = f"write `{name}: text`, or `{name}: [champion, user]`"
            self.wrong(f"the type of `{name}` is a word or a list of texts", node.keys["type"], "neither", hint)
            return FieldType("unknown", span=key)
        declared = self._type(name, inner, key)
        return FieldType(declared.kind, declared.values, self._required(node), key)

    def _required(self, node: YamlMap) -> bool:
        item = node.get("required")
        if item is None:
            return False
        if isinstance(item, YamlText) and item.value.lower() in ("true", "false"):
            return item.value.lower() == "true"
        self.wrong("`required` is true or false", item.span, "neither", "write `required: true`")
        return False

    def _enumeration(self, node: YamlList, key: Span) -> FieldType:
        texts = [item for item in node if isinstance(item, YamlText)]
        if len(texts) != len(node.items) or not texts or not all(item.value.strip() for item in texts):
            hint = "write `[champion, user]`; a list of any texts is `list of text`"
            self.wrong("an enumeration is a list of texts", node.span, "not a list of texts", hint)
            return FieldType("unknown", span=key)
        seen: dict[str, str] = {}
        for item in texts:
            value = item.value.strip()
            if fold(value) in seen:
                message = f"`{value}` stands twice in this enumeration (case is ignored)"
                self.wrong(message, item.span, "the second one", "keep one of them")
            seen.setdefault(fold(value), value)
        return FieldType("text", tuple(seen.values()), span=key)
