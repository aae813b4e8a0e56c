"""Rules that are read otherwise than they look.

Avoid: a point that parts thousands, a window that is meant for both sides of `or`.

    account.revenue >= 1.000 => +10
    visited or attended within 30 days => +5

Prefer: plain numbers, and brackets around what belongs together.

    account.revenue >= 1000 => +10
    (visited or attended) within 30 days => +5
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.printer import to_text
from ..model import Happened, Or
from .review import Review

THOUSAND = -3
"""The exponent of a number that is written with three decimals."""


def thousands(review: Review) -> Iterator[Diagnostic]:
    """L309: `1.000`, which is one: nobody writes the zeros of one."""
    for file in review.files:
        for node in _numbers(file):
            _, digits, exponent = node.value.as_tuple()
            if exponent == THOUSAND and abs(node.value) >= 1 and digits[-1] == 0:
                meant = int(node.value * 1000)
                yield finding(
                    "L309",
                    f"`{node.value}` is {node.value.normalize():f}, not {meant:,}",
                    node.span,
                    label="a point parts decimals",
                    hint=f"write `{meant}`, or `{node.value.normalize():f}` if that is meant",
                )


def _numbers(node: n.Node) -> Iterator[n.Number]:
    waiting: list[n.Node] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, n.Number):
            yield item
        waiting.extend(item.children())


def windows_of_the_last(review: Review) -> Iterator[Diagnostic]:
    """L310: `a or b within 30 days`, where only b has the window."""
    for _, steps in review.steps:
        for step in steps:
            if isinstance(step.item, Or) and isinstance(step.item.origin, n.Or):
                yield from _only_the_last(step.item, step.item.origin)


def _only_the_last(test: Or, written: n.Or) -> Iterator[Diagnostic]:
    *before, last = written.items
    if not all(isinstance(item, Happened) for item in test.items) or len(test.items) != len(written.items):
        return
    if not isinstance(last, n.Selection) or not (last.filters or last.often) or isinstance(last.source, n.Or):
        return
    if all(isinstance(item, n.Name | n.Call) for item in before):
        source = to_text(last.source)
        pieces = to_text(last).removeprefix(source).strip()
        both = " or ".join([*map(to_text, before), source])
        yield finding(
            "L310",
            f"`{pieces}` belongs to `{source}` alone",
            last.span,
            label="not to what stands before `or`",
            hint=f"write `({both}) {pieces}`, or put `{source} {pieces}` first if that is meant",
        )
