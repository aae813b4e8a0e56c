"""Scores that only fade: between two events they go one way, so that their two ends tell of all that lies between."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from ..model import Block, Bound, Line, Score
from ..model import lines as lines_of
from .pieces import Piece

Direction = Literal["falls", "rises"]


def direction(found: Collection[Direction]) -> Direction | None:
    """The one direction in which all that fades moves something; None where it is none, or both."""
    return next(iter(found)) if len(found) == 1 else None


def directions(pieces: Iterable[Piece]) -> set[Direction]:
    """How pieces that fade move what they are part of: points fall, and what was taken away comes back."""
    faded = (piece.points for piece in pieces if piece.decay is not None)
    return {"falls" if points > 0 else "rises" for points in faded if points}


def goes_with_its_lines(score: Score) -> bool:
    """Whether a score never falls where none of its lines does.

    `best of` may turn to pieces that a bound per day or contact treats otherwise, and so may one bound after another.
    """
    inner = list(blocks(score.items))
    apart = [*score.bounds, *(bound for block in inner for bound in block.bounds)]
    return (
        all(block.kind != "best" for block in inner)
        and not any(map(_is_per, apart))
        and all(sum(map(_is_per, line.bounds)) <= 1 for line in lines_of(score.items))
    )


def blocks(items: Sequence[Line | Block]) -> Iterator[Block]:
    """All blocks, inner ones included."""
    for item in items:
        if isinstance(item, Block):
            yield item
            yield from blocks(item.items)


def _is_per(bound: Bound) -> bool:
    return bound.per is not None


def is_above(op: str, holds: bool) -> bool:
    """Whether the left side of a comparison is the larger one."""
    return holds is (op in (">", ">="))
