"""Where an item of a score stands."""

from __future__ import annotations

from typing import Literal

from ...grammar.late_methods import dataclass
from .. import model as m


@dataclass(frozen=True)
class Place:
    """The score and the blocks around an item.

    `decay` is the default of the block, `gates` are the conditions of the `when` blocks around, `inside` is the kind of
    block right around, `chosen_by` the `first of` or `best of` anywhere around, and `since` what the blocks are
    `counting since`.
    """

    score: str
    decay: m.Decay | None = None
    gates: tuple[m.Expr, ...] = ()
    inside: Literal["", "first of", "best of"] = ""
    chosen_by: Literal["", "first of", "best of"] = ""
    since: tuple[m.Selection, ...] = ()
    depth: int = 0
