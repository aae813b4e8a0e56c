"""The comments that explain a statement or a line."""

from __future__ import annotations

from ...grammar import nodes as n

_RULER = ("---", "===")
_FOR_TOOLS = ("allow ", "expect ")


def explanation(node: n.Commented, above: bool = False) -> str:
    """The comments right above and behind; with `above` also those that a blank line parts from it.

    Rulers between parts of a file, and comments that speak to `scoreline validate`, explain nothing.
    """
    found: list[str] = []
    for comment in reversed(node.before):
        if comment == n.BLANK and not above:
            break
        found.insert(0, comment)
    said = [*found, *(remark.text for remark in node.inner), *([node.behind] if node.behind else [])]
    return " ".join(text.strip() for text in said if text != n.BLANK and not text.startswith((*_RULER, *_FOR_TOOLS)))
