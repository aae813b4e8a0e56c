"""What a sound ruleset says and this version does not compute: runs must say so, never pass over it."""

from __future__ import annotations

from ..grammar.diagnostics import Diagnostic, finding
from .model import Model


def uncomputed(model: Model) -> list[Diagnostic]:
    """A finding (P103) for each ladder whose stages need the past.

    >>> from .schema import Schema
    >>> uncomputed(Model("empty", "1", "UTC", Schema(), ()))
    []
    """
    found = []
    for level in ("lead", "account"):
        ladder = model.stages(level)
        names = [stage.name for stage in ladder.stages if stage.stays_while is not None] if ladder else []
        if ladder and names:
            shown = " and ".join(f"`{name}`" for name in names)
            found.append(
                finding(
                    "P103",
                    f"`stays while` is not computed yet: {shown} of {level}s shows who meets its entry condition now",
                    ladder.span,
                    label="needs the days before",
                    hint="whoever only stays at it is shown at the stage below",
                )
            )
    return found
