"""Parts of the sample: quarters, segments and stages, each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...grammar.late_methods import dataclass
from ..instants import Zone, local_date
from .areas import Estimate, area
from .rates import rate

if TYPE_CHECKING:
    from numpy import bool_
    from numpy.typing import NDArray

    from .sample import Sample

UNKNOWN, OTHERS = "unknown", "all others"
"""Names that come last."""
FEWEST = 5
"""Won and lost cases below which an area says nothing."""


@dataclass(frozen=True)
class Slice:
    """One part: its cases, the rate of won ones, and the area (None where too few were won or lost)."""

    name: str
    cases: int
    won: int
    rate: Estimate
    area: Estimate | None


@dataclass(frozen=True)
class Rung:
    """Those at a stage when they were scored (`name` None: at none), and those at it or beyond."""

    name: str | None
    label: str | None
    cases: int
    won: int
    rate: Estimate
    beyond: int
    beyond_won: int
    precision: Estimate
    recall: float


def quarters(sample: Sample, zone: Zone) -> tuple[Slice, ...]:
    """The cases by the quarter in which they were scored."""
    names = {at: _quarter(at, zone) for at in sample.instants}
    return slices(sample, [names[int(at)] for at in sample.at])


def _quarter(at: int, zone: Zone) -> str:
    day = local_date(at, zone)
    return f"{day.year} Q{(day.month + 2) // 3}"


def slices(sample: Sample, names: Sequence[str]) -> tuple[Slice, ...]:
    """The cases by a name for each of them, in order of names."""
    known, code = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
    found = [_slice(sample, str(name), code == number) for number, name in enumerate(known)]
    return tuple(sorted(found, key=lambda part: part.name in (UNKNOWN, OTHERS)))


def _slice(sample: Sample, name: str, inside: NDArray[bool_]) -> Slice:
    won, cluster = sample.won[inside], sample.cluster[inside]
    hits = int(won.sum())
    share = rate(won, cluster)
    assert share is not None
    found = area(sample.points[inside], won, cluster) if min(hits, len(won) - hits) >= FEWEST else None
    return Slice(name, len(won), hits, share, found.estimate if found else None)


def rungs(sample: Sample, ladder: Sequence[tuple[str, str | None]]) -> tuple[Rung, ...]:
    """The stages as the model set them, the highest first: who was there is a forecast, too."""
    names = [name for name, _ in ladder]
    place = np.array([names.index(stage) if stage in names else -1 for stage in sample.stages])
    wins = max(int(sample.won.sum()), 1)
    found = []
    for number, (name, label) in reversed(list(enumerate([(None, None), *ladder], start=-1))):
        here, beyond = place == number, place >= number
        share, precision = (
            rate(sample.won[here], sample.cluster[here]),
            rate(sample.won[beyond], sample.cluster[beyond]),
        )
        hits = int(sample.won[beyond].sum())
        if share is not None and precision is not None:
            won = int(sample.won[here].sum())
            found.append(
                Rung(name, label, int(here.sum()), won, share, int(beyond.sum()), hits, precision, hits / wins)
            )
    return tuple(found)
