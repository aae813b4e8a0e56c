"""Two rulesets on the same cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..compiled import Compiled
from ..data import Dataset
from ..rounding import UNITS
from .areas import area, difference
from .question import CannotTest, asked_score
from .report import Comparison
from .scored import results_at

if TYPE_CHECKING:
    from .sample import Sample


def compared(sample: Sample, other: Compiled, dataset: Dataset) -> Comparison:
    """Both areas over the cases that neither ruleset disqualifies, and their difference. Raises CannotTest."""
    names = [item.name for item in other.model.scores(sample.level)]
    score = sample.score if sample.score in names else asked_score(other, None).name
    if score not in names:
        raise CannotTest(f"`{other.name}` has no score of {sample.level}s", "compare with a ruleset that has one")
    found = results_at(other.model, dataset, sample, (score, "disqualified"))
    known = np.array(
        [units is not None and out is None for units, out in zip(found[score], found["disqualified"], strict=True)]
    )
    points = np.array([0 if units is None else units for units in found[score]], dtype=np.float64) / UNITS
    won, cluster = sample.won[known], sample.cluster[known]
    ours, theirs = (area(values[known], won, cluster) for values in (sample.points, points))
    if ours is None or theirs is None:
        raise CannotTest(f"no case is left that `{other.name}` scores, too")
    apart, p_value = difference(theirs, ours)
    return Comparison(
        name=other.name,
        version=other.version,
        score=score,
        cases=int(known.sum()),
        left_out=int((~known).sum()),
        area=ours.estimate,
        other=theirs.estimate,
        difference=apart,
        p_value=p_value,
    )
