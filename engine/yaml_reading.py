"""Reads a document of YAML into a tree of texts."""

from __future__ import annotations

import yaml

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.source import Source, Span
from .yaml_tree import YamlList, YamlMap, YamlNode, YamlText

MAX_BYTES = 4_000_000
MAX_DEPTH = 40


class _Refused(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def load_yaml(source: Source) -> tuple[YamlNode | None, list[Diagnostic]]:
    """The tree of one YAML document; None with a finding (R103) if it cannot be read, without one if it is empty."""
    if len(source.text) > MAX_BYTES:
        message = f"`{source.path}` is larger than {MAX_BYTES // 1_000_000} MB"
        return None, [finding("R103", message, Span(source.path, 1, 1, 1, 1))]
    try:
        root = yaml.compose(source.text, Loader=yaml.BaseLoader)
        return (None if root is None else _convert(root, source.path, set(), 0)), []
    except _Refused as refused:
        return None, [refused.diagnostic]
    except yaml.MarkedYAMLError as error:
        return None, [_yaml_error(error, source)]
    except (yaml.YAMLError, RecursionError) as error:
        text = str(error).splitlines()[0] if isinstance(error, yaml.YAMLError) else "nested too deeply"
        return None, [finding("R103", f"`{source.path}` is not YAML: {text}", Span(source.path, 1, 1, 1, 1))]


def _yaml_error(error: yaml.MarkedYAMLError, source: Source) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = " ".join((error.problem or error.context or "cannot be read").split())
    return finding(
        "R103",
        f"`{source.path}` is not YAML: {problem}",
        Span(source.path, line, column, line, column + 1),
        label="the reader stopped here",
        hint="check the indentation (blanks, no tabs), and put a text with `:`, `#`, `[` or a quote in it into quotes",
    )


def _span(node: yaml.Node, path: str, last: Span | None = None) -> Span:
    """The place of a node; a block ends with its last item, not with what follows."""
    start, end = node.start_mark, node.end_mark
    if last is not None and isinstance(node, yaml.CollectionNode) and not node.flow_style:
        return Span(path, start.line + 1, start.column + 1, last.end_line, last.end_column)
    return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _convert(node: yaml.Node, path: str, seen: set[int], depth: int) -> YamlNode:
    if id(node) in seen:
        hint = "write the value out"
        raise _Refused(
            finding("R103", "anchors and aliases are not read here", _span(node, path), label="used again", hint=hint)
        )
    seen.add(id(node))
    if depth > MAX_DEPTH:
        message = f"this is nested more than {MAX_DEPTH} levels deep"
        raise _Refused(finding("R103", message, _span(node, path), label="too deep"))
    if isinstance(node, yaml.ScalarNode):
        return YamlText(node.value, _span(node, path), node.style is not None)
    if isinstance(node, yaml.SequenceNode):
        parts = tuple(_convert(item, path, seen, depth + 1) for item in node.value)
        return YamlList(parts, _span(node, path, parts[-1].span if parts else None))
    return _mapping(node, path, seen, depth)


def _mapping(node: yaml.Node, path: str, seen: set[int], depth: int) -> YamlMap:
    items: dict[str, YamlNode] = {}
    keys: dict[str, Span] = {}
    last: Span | None = None
    for key, value in node.value:
        name, place = _key(key, path)
        if name in items:
            message, hint = f"the key `{name}` stands here twice", "keep one of them"
            raise _Refused(finding("R103", message, place, label="the second one", hint=hint))
        items[name] = _convert(value, path, seen, depth + 1)
        keys[name] = place
        last = items[name].span
    return YamlMap(items, _span(node, path, last), keys)


def _key(node: yaml.Node, path: str) -> tuple[str, Span]:
    if not isinstance(node, yaml.ScalarNode):
        raise _Refused(finding("R103", "a key must be a plain text", _span(node, path), label="not a text"))
    return node.value, _span(node, path)
