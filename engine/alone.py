"""The rules without what compares with everybody: those by which one lead or account can be followed alone."""

from __future__ import annotations

from dataclasses import replace

from .graph import build, downstream, key_of
from .model import Model
from .reads import Key
from .rows import compares, compares_all


def depending_on_everybody(model: Model) -> set[Key]:
    """The results that compare with the whole population, and all that read them."""
    graph = build(model.order, model.ignored)
    first = [key_of(item) for item in model.order if compares_all(item)]
    return {key for source in first for key in (source, *downstream(graph, source))}


def alone(model: Model) -> tuple[Model, tuple[Key, ...]]:
    """The model without these, and which of its definitions they are, in order."""
    if not compares(model):
        return model, ()
    unsure = depending_on_everybody(model)
    left_out = tuple(key for key in map(key_of, model.order) if key in unsure)
    return replace(model, order=tuple(item for item in model.order if key_of(item) not in unsure)), left_out
