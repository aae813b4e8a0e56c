"""Where the readers of scenario files put what is wrong, in words that are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import Span
from ..suggest import did_you_mean, listing
from ..yaml_tree import YamlList, YamlMap, YamlNode, YamlText


class Findings:
    """Collects findings; each method gives None where something was wrong."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []

    def add(self, code: str, message: str, span: Span, label: str = "", hint: str = "") -> None:
        self.items.append(finding(code, message, span, label=label, hint=hint))

    def unknown(self, message: str, span: Span, name: str, known: Iterable[str], hint: str = "") -> None:
        """A name that nothing defines, with the nearest one that something does."""
        names = list(known)
        self.add("X102", message, span, "unknown", did_you_mean(name, names, hint or listing(names)))

    def mapping(self, node: YamlNode, what: str, example: str) -> YamlMap | None:
        if isinstance(node, YamlMap):
            return node
        self.add("X101", f"{what} is written as names with values", node.span, "not a mapping", f"write `{example}`")
        return None

    def sequence(self, node: YamlNode | None, what: str, example: str) -> tuple[YamlNode, ...]:
        """The items of a list; nothing at all is an empty one."""
        if node is None or (isinstance(node, YamlText) and node.is_null):
            return ()
        if isinstance(node, YamlList):
            return node.items
        self.add("X101", f"{what} are a list", node.span, "not a list", f"write `{example}`")
        return ()

    def text(self, node: YamlNode | None, what: str) -> str | None:
        """A single text; None, without a finding, where there is nothing."""
        if node is None or (isinstance(node, YamlText) and node.is_null):
            return None
        if isinstance(node, YamlText):
            return node.value.strip() or None
        self.add("X101", f"{what} is a single value", node.span, "not a single value")
        return None

    def known_keys(self, node: YamlMap, known: Iterable[str], where: str) -> None:
        names = list(known)
        for key in node:
            if key not in names:
                hint = did_you_mean(key, names, listing(names))
                self.add("X101", f"{where} has no key `{key}`", node.keys[key], "unknown", hint)


def entries(node: YamlMap) -> Iterator[tuple[str, YamlNode, Span]]:
    """The keys of a mapping with their values and the places of the keys."""
    for key, value in node.items.items():
        yield key, value, node.keys[key]
