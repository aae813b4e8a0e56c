"""Which results a change can reach, by the graphs of both rulesets; what is not reached is the same for everyone."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from ..graph import downstream, key_of, of_model
from ..model import Model
from ..reads import Key
from .meaning import meaning

RESULTS = ("score", "measure", "grade", "stage", "disqualify")


class Reach:
    """The graphs of the old and of the new ruleset."""

    def __init__(self, old: Model, new: Model) -> None:
        self._graphs: tuple[nx.DiGraph[Key], ...] = (of_model(old), of_model(new))
        self._meanings = [{key_of(item): meaning(item) for item in model.order} for model in (old, new)]
        before, after = (self.results(model) for model in (old, new))
        self.everything = frozenset({*before, *after})
        self._in_both = frozenset(key for key in before if key in after)

    @staticmethod
    def results(model: Model) -> dict[Key, None]:
        """What a run gives for each lead and account, in the order of the rules."""
        found = {key_of(item): None for item in model.order}
        return {key: None for key in found if key.kind in RESULTS}

    def means_something_else(self, key: Key) -> bool:
        """Whether a definition is not the same in both rulesets; what is no definition may always differ."""
        if not any(key in side for side in self._meanings):
            return True
        return self._meanings[0].get(key) != self._meanings[1].get(key)

    def changed(self) -> set[Key]:
        """The definitions that are not the same in both; disqualifications, which lines stand for, are left out."""
        keys = set(self._meanings[0]) | set(self._meanings[1])
        return {key for key in keys if key.kind != "disqualify" and self.means_something_else(key)}

    def of(self, touched: Iterable[Key]) -> frozenset[Key]:
        """The results of both rulesets that are made of these places of the graphs, directly or not.

        Who is disqualified is such a result, whatever the lines are called.
        """
        found: set[Key] = set()
        for key in touched:
            found.add(key)
            for graph in self._graphs:
                if key in graph:
                    found |= downstream(graph, key)
        return frozenset(key for key in found if key in self._in_both or key.kind == "disqualify")
