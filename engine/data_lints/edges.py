"""Params that have been tuned as far as their range lets them go.

Avoid: a threshold at the end of its range: the best value may lie beyond it.

    param mqa_threshold = 90 in 40..90

Prefer: room on both sides.

    param mqa_threshold = 90 in 40..100
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar import nodes as n
from ...grammar.diagnostics import Diagnostic, finding
from ..lints.words import number
from .observed import Observed

NATURAL = (0.0, 1.0, 100.0)
"""Ends that nothing lies beyond: switched off, once, all of it."""


def params_at_the_edge(observed: Observed) -> Iterator[Diagnostic]:
    """L610: a param whose value is an end of its range, unless that is where such values end."""
    for file in observed.ruleset.files:
        for statement in file.statements:
            if isinstance(statement, n.ParamDef) and statement.range is not None:
                yield from _param(observed, statement, statement.range)


def _param(observed: Observed, param: n.ParamDef, range_: n.RangeOf) -> Iterator[Diagnostic]:
    value = observed.model.params.get(param.name)
    for end, name in ((range_.low, "lower"), (range_.high, "upper")):
        limit = float(end.value) if isinstance(end, n.Number) else None
        if limit is not None and limit not in NATURAL and value == limit:
            yield finding(
                "L610",
                f"`{param.name}` is {number(limit)}, the {name} end of its range",
                param.range.span if param.range else param.span,
                label="no room on this side",
                hint="a better value may lie beyond: widen the range, or leave it if that is where it has to end",
            )
