"""What a sound ruleset says and this version does not compute: runs must say so, never pass over it."""

from __future__ import annotations

from collections.abc import Iterator

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.nodes import Level
from ..grammar.printer import to_text
from ..grammar.source import Span
from .model import Expr, HeldFor, InStageFor, Model
from .rows import walk


def uncomputed(model: Model) -> list[Diagnostic]:
    """A finding (P103) for each ladder with stages that are kept, and for each condition that needs the days before.

    >>> from .schema import Schema
    >>> uncomputed(Model("empty", "1", "UTC", Schema(), ()))
    []
    """
    return [*_kept(model, "lead"), *_kept(model, "account"), *dict.fromkeys(_remembering(model))]


def _kept(model: Model, level: Level) -> Iterator[Diagnostic]:
    """`stays while`: the stage is shown by its entry condition."""
    ladder = model.stages(level)
    names = [stage.name for stage in ladder.stages if stage.stays_while is not None] if ladder else []
    if ladder and names:
        shown = " and ".join(f"`{name}`" for name in names)
        yield finding(
            "P103",
            f"`stays while` is not computed yet: {shown} of {level}s shows who meets its entry condition now",
            ladder.span,
            label="needs the days before",
            hint="whoever only stays at it is shown at the stage below",
        )


def _remembering(model: Model) -> Iterator[Diagnostic]:
    """`for at least …` and `in stage … more than`: they count as false, wherever they stand."""
    for definition in (*model.order, *model.ignored):
        for step in walk(definition, "lead"):
            if isinstance(step.item, HeldFor | InStageFor):
                yield _false(step.item, step.span)


def _false(condition: Expr, span: Span) -> Diagnostic:
    text = to_text(condition.origin) if condition.origin is not None else "a condition on the days before"
    return finding(
        "P103",
        f"`{text}` is not computed yet, and counts as false",
        span,
        label="needs the days before",
        hint="for now ask for what events show: `S more than 7 days ago`, `days since S`",
    )
