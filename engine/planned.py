"""What was planned before is not planned again: plans with their statements are kept in the user's cache folder.

An entry belongs to what the rules mean, to what a plan says in their words, and to this very code; data and instants do
not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar

from .model import Model
from .recall import is_switched_off, this_code
from .shelf import Shelf

PLANS = Shelf("plans")
T = TypeVar("T")


def kept_or_made(
    asked: tuple[Model, *tuple[object, ...]],
    build: Callable[[Any], T],
    make: Callable[[], T],
    tell: Callable[[T], object],
) -> T:
    """What was made before of a model and what else is asked, which `build` makes of the tree that `tell` told of it;
    or what is made now, and kept."""
    if is_switched_off():
        return make()
    key = _key(*asked)
    known = PLANS.recall(key, build)
    if known is None:
        known = make()
        PLANS.keep(key, tell(known))
    return known


def _key(model: Model, *of_plan: object) -> str:
    """The fingerprint does not tell what plans say in words, nor in which order results stand."""
    order = [(type(item).__name__, getattr(item, "level", ""), getattr(item, "name", "")) for item in model.order]
    words = [line.text for line in model.ignored]
    asked = (this_code(), version("sqlglot"), model.fingerprint, order, words, *of_plan)
    return hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()
