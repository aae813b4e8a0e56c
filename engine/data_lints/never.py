"""Lines that fire for nobody, with the part of their condition that does not hold.

Avoid: a line that looks like a rule and is none, since one part of it never comes true.

    contact.role == 'economic buyer' and visited('pricing') => +20     # the data say `economic_buyer`

Prefer: what the data have, or no line.

    contact.role == 'economic_buyer' and visited('pricing') => +20
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.nodes import Level
from ...grammar.printer import to_text
from ..lints.lines import Placed, placed, title
from ..lints.words import words
from ..model import And, Block, Expr, Field, Happened, Points, Prop, Selection
from ..reads import types_of
from ..rows import walk
from .asked import Attribute, own_expressions
from .observed import FEWEST, Observed, scores
from .wording import counted


def never_fires(observed: Observed) -> Iterator[Diagnostic]:
    """L604: a line with points that fires for nobody, unless what it reads is missing and told of already."""
    silent = [
        at
        for score in scores(observed.model)
        if observed.sizes[score.level] >= FEWEST
        for at in placed(score)
        if isinstance(at.line.effect, Points) and not observed.fired(score, at.line.id) and not _lacks(observed, at)
    ]
    parts = {at.line.id: _parts(at) for at in silent}
    holding: dict[Level, Iterator[int]] = {}
    for level in ("lead", "account"):
        asked = [part for at in silent if at.score.level == level for part in parts[at.line.id]]
        holding[level] = iter(observed.holding(level, asked))
    for at in silent:
        found = [(part, next(holding[at.score.level])) for part in parts[at.line.id]]
        yield _finding(observed, at, found)


def _parts(at: Placed) -> list[Expr]:
    """The conditions that must hold together for a line to fire, each for itself."""
    found = [*at.gates, *(block.condition for block in _chosen(at) if block.condition is not None)]
    if at.line.condition is not None:
        found.append(at.line.condition)
    elif at.line.each is not None and at.line.each.selection is not None:
        found.append(Happened(at.line.each.selection, origin=at.line.each.selection.test.origin))
    return [part for condition in found for part in _conjuncts(condition)]


def _chosen(at: Placed) -> Iterator[Block]:
    return (block for block in at.path if block.kind in ("first", "best"))


def _conjuncts(condition: Expr) -> Iterator[Expr]:
    if isinstance(condition, And):
        for item in condition.items:
            yield from _conjuncts(item)
    else:
        yield condition


def _finding(observed: Observed, at: Placed, parts: list[tuple[Expr, int]]) -> Diagnostic:
    everyone = counted(observed.sizes[at.score.level], at.score.level)
    return finding(
        "L604",
        f"{title(at.line)} fires for none of {everyone}",
        at.line.span,
        label="gives nobody any points in these data",
        hint=_reason(observed, at, parts),
    )


def _reason(observed: Observed, at: Placed, parts: list[tuple[Expr, int]]) -> str:
    """Which part of the condition is in the way."""
    level = at.score.level
    population = observed.sizes[level]
    never = [f"`{_said(part)}`" for part, count in parts if not count]
    if len(parts) > 1 and never:
        rest = [f"`{_said(part)}` for {count:,}" for part, count in parts if count]
        return f"{' and '.join(never)} holds for none" + (f", {', '.join(rest)}" if rest else "")
    if len(parts) > 1 and all(count < population for _, count in parts):
        each = ", ".join(f"`{_said(part)}` for {count:,}" for part, count in parts)
        return f"its parts hold ({each}), but never for the same {level}"
    if at.is_chosen and parts and all(count for _, count in parts):
        return "its condition holds, but an item before it in the block is always taken"
    found = [name for name in _selected(at) if name in observed.events]
    events = ", ".join(f"{observed.events[name]:,} `{name}`" for name in found)
    if found and level == "lead" and not any(observed.of_contacts[name] for name in found):
        return f"there are events ({events}), and none of them names a contact: only account rules see them"
    if found:
        return f"there are events ({events}), and none that the line counts as of this instant"
    return "compare what it asks for with the data, or wait until there are such cases"


def _selected(at: Placed) -> list[str]:
    steps = walk(at.line, at.score.level)
    found = (name for step in steps if isinstance(step.item, Selection) for name in types_of(step.item.test))
    return list(dict.fromkeys(found))


def _said(part: Expr) -> str:
    """A condition as it is written, if that is short."""
    written = to_text(part.origin) if part.origin is not None else words(part)
    return written if len(written) <= 60 else written[:59] + "…"


def _lacks(observed: Observed, at: Placed) -> bool:
    """Whether the line reads an event type or an attribute that the data do not have at all."""
    for step in walk(at.line, at.score.level):
        match step.item:
            case Selection(test=test):
                types = tuple(dict.fromkeys(types_of(test)))
                if types and not any(name in observed.events for name in types):
                    return True
                if any(_unknown_property(observed, item, types) for item in own_expressions(test)):
                    return True
            case Field(level=level, name=name):
                if _unknown(observed, Attribute(level, name)):
                    return True
    return False


def _unknown_property(observed: Observed, item: Expr, types: tuple[str, ...]) -> bool:
    return isinstance(item, Prop) and any(
        _unknown(observed, attribute)
        for attribute in observed.asked.attributes
        if attribute.owner == "event" and attribute.name == item.name and set(attribute.types) <= set(types)
    )


def _unknown(observed: Observed, attribute: Attribute) -> bool:
    return attribute in observed.missing
