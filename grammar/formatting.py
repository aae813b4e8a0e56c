"""A file of rules in its canonical form, given only if it says exactly what it said before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from . import nodes as n
from .diagnostics import Diagnostic, finding
from .parser import parse
from .printer import print_file
from .source import Source, Span

_HOLDERS = ("before", "behind", "after")


def formatted(source: Source) -> tuple[str | None, list[Diagnostic]]:
    """The canonical text of a file; None with what is wrong where it cannot be read, or would not say the same.

    >>> formatted(Source("a.rules", "visited   =>+5 # paid once"))
    ('visited => +5  # paid once\\n', [])
    """
    file, findings = parse(source)
    if findings:
        return None, findings
    text = print_file(file)
    again, wrong = parse(Source(source.path, text))
    if wrong or again != file or comments_of(again) != comments_of(file):
        return None, [_unfaithful(source)]
    return text, []


def comments_of(node: n.Node) -> Counter[str]:
    """The comments in a node and all below it, and how often each stands there."""
    return Counter(comment for part in node.walk() for comment in _comments(part))


def _comments(node: n.Node) -> Iterator[str]:
    if isinstance(node, n.Commented):
        yield from node.comments
    for name in _HOLDERS if isinstance(node, n.Body) else ("after",):
        yield from (comment for comment in getattr(node, name, ()) if comment not in (None, n.BLANK))


def _unfaithful(source: Source) -> Diagnostic:
    """A mistake of the formatter's, which must never reach a file."""
    message = "the formatter would change what this file says, so it is left as it is"
    hint = "this is a mistake in Scoreline: please report it with the file"
    return finding("S137", message, Span(source.path, 1, 1, 1, 1), hint=hint)
