"""The field by which rules tell people apart."""

from __future__ import annotations

from ..interpreter.evaluation import Evaluation
from ..model import Coverage, Field, Model
from ..rows import walk


def telling(evaluation: Evaluation) -> tuple[str, ...]:
    """The field by which rules tell the people of an account apart: that of which a committee must have each value."""
    found: tuple[str, ...] = evaluation.lasting.remembered(
        evaluation.model, "telling", lambda: _telling(evaluation.model)
    )
    return found


def _telling(model: Model) -> tuple[str, ...]:
    parts = [step.item for item in model.order for step in walk(item, "lead")]
    named = [part.what.name for part in parts if isinstance(part, Coverage) and isinstance(part.what, Field)]
    declared = ["role"] if "role" in model.schema.contact else []
    return tuple(dict.fromkeys([*named, *declared]))[:1]
