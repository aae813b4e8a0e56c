"""The cases of a sample scored with other params: by the engine, with every cap, clamp and threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

import numpy as np

from ...grammar.late_methods import dataclass
from ..backtest.question import cone
from ..backtest.sample import Sample
from ..backtest.scored import results_at
from ..checker.check import check
from ..compiled import Compiled
from ..data import Dataset
from ..layers import Texts, read_folder, read_single_file
from ..links import key_of
from ..model import Definition, Model, Score
from ..rounding import UNITS
from .scorecard import Floats
from .variants import moves, together

Candidate = Mapping[str, float]
"""Values of some params; the others are as they are."""
Key = tuple[tuple[str, float], ...]
TOGETHER = 24
"""How many candidates are worked out in one run."""


@dataclass
class Rescoring:
    """Scores with candidates. `settings` are params that are set for all of them (`--set`).

    What was worked out once is kept. Candidates are worked out together, in a model in which the results that differ
    stand several times (see `variants`).
    """

    ruleset: Compiled
    dataset: Dataset
    score: Score
    sample: Sample
    settings: Mapping[str, str] = field(default_factory=dict)
    _known: dict[Key, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        place = self.ruleset.path
        schema = self.ruleset.manifest.schema
        self._texts: Texts = read_single_file(place, schema) if place.is_file() else read_folder(place)
        self._cone = cone(self.ruleset, self.score)
        self._items = self._inside(self.ruleset.model)
        self._known[()] = self.sample.points

    def model(self, candidate: Candidate) -> Model:
        """The rules with these values. Raises ValueError where they are not sound with them."""
        ruleset, texts = self.ruleset, self._texts
        checked = check(
            texts.files,
            ruleset.manifest,
            bases=texts.bases,
            root=ruleset.path if ruleset.path.is_dir() else None,
            roots=texts.roots,
            params={**self.settings, **{name: shown(value) for name, value in candidate.items()}},
        )
        if checked.model is None:
            said = next((item.message for item in checked.findings if item.is_error), "")
            setting = ", ".join(f"{name} = {shown(value)}" for name, value in candidate.items())
            raise ValueError(f"with {setting} the rules are not sound: {said}")
        return checked.model

    def changes(self, candidate: Candidate) -> list[Definition]:
        """The definitions that a candidate changes, of those that the score is made of."""
        return [item for item in self._inside(self.model(candidate)) if item not in self._items]

    def score_of(self, candidate: Candidate) -> Floats:
        """The score of every case with one candidate."""
        return self.scores([candidate])[0]

    def scores(self, candidates: Sequence[Candidate]) -> list[Floats]:
        """The score of every case with each of the candidates."""
        keys = [self._key(candidate) for candidate in candidates]
        waiting: dict[Key, list[Definition]] = {}
        for key in dict.fromkeys(keys):
            if key in self._known:
                continue
            items = self._inside(self.model(dict(key)))
            changed = [item for item in items if item not in self._items]
            if not changed:
                self._known[key] = self.sample.points
            elif moves(items, changed):
                self._known[key] = self._run(items, [self.score.name])[0]
            else:
                waiting[key] = items
        self._run_together(waiting)
        return [self._known[key] for key in keys]

    def _run_together(self, waiting: Mapping[Key, Sequence[Definition]]) -> None:
        keys = list(waiting)
        for begin in range(0, len(keys), TOGETHER):
            some = {str(number): key for number, key in enumerate(keys[begin : begin + TOGETHER])}
            order = together(self._items, {suffix: waiting[key] for suffix, key in some.items()})
            found = self._run(order, [f"{self.score.name} {suffix}" for suffix in some])
            self._known.update(zip(some.values(), found, strict=True))

    def _key(self, candidate: Candidate) -> Key:
        params = self.ruleset.model.params
        return tuple(sorted((name, value) for name, value in candidate.items() if params.get(name) != value))

    def _inside(self, model: Model) -> list[Definition]:
        return [item for item in model.order if key_of(item) in self._cone]

    def _run(self, order: Sequence[Definition], names: Sequence[str]) -> list[Floats]:
        """Scores of that name, with nothing worked out that they do not need."""
        model = replace(self.ruleset.model, order=tuple(order))
        found = results_at(model, self.dataset, self.sample, tuple(names))
        return [np.array([unit or 0 for unit in found[name]], dtype=np.float64) / UNITS for name in names]


def shown(value: float) -> str:
    """A value as it is written in rules.

    >>> shown(12.0), shown(0.35), shown(0.1 + 0.2)
    ('12', '0.35', '0.3')
    """
    return f"{round(value, 9):.9f}".rstrip("0").rstrip(".") or "0"
