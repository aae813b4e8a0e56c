"""YAML as texts with their places: `NO`, `2.10` and `007` stay what they are, and nothing is constructed.

How it is read is in `yaml_reading`: whoever only knows the tree, as a manifest compiled before does, loads no reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from ..grammar.late_methods import dataclass
from ..grammar.source import Span


@dataclass(frozen=True)
class YamlText:
    """A scalar as written; `quoted` tells `''` from nothing at all."""

    value: str
    span: Span
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        """An empty value, `~` or `null`, without quotes."""
        return not self.quoted and self.value in ("", "~", "null")


@dataclass(frozen=True)
class YamlList:
    items: tuple[YamlNode, ...]
    span: Span

    def __iter__(self) -> Iterator[YamlNode]:
        return iter(self.items)


@dataclass(frozen=True)
class YamlMap:
    """A mapping; `keys` are the places of its keys."""

    items: Mapping[str, YamlNode]
    span: Span
    keys: Mapping[str, Span] = field(default_factory=dict)

    def __iter__(self) -> Iterator[str]:
        return iter(self.items)

    def get(self, key: str) -> YamlNode | None:
        """The value of a key, or None."""
        return self.items.get(key)


YamlNode = YamlText | YamlList | YamlMap
