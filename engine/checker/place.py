"""Where an item of a score stands."""

from __future__ import annotations

from dataclasses import dataclass

from .. import model as m


@dataclass(frozen=True)
class Place:
    """The score and the blocks around an item.

    `decay` is the default of the block, `gates` are the conditions of the `when` blocks around, `is_first_of` is true
    right inside a `first of`, and `is_chosen` anywhere inside one.
    """

    score: str
    decay: m.Decay | None = None
    gates: tuple[m.Expr, ...] = ()
    is_first_of: bool = False
    is_chosen: bool = False
    depth: int = 0
