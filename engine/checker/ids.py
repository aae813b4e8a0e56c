"""The ids of lines and groups: written ones are unique, others are made from the text (decision 65)."""

from __future__ import annotations

import re
from dataclasses import field

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..fold import fold
from .scope import Scope

LONGEST = 48


@dataclass
class Ids:
    """The ids that are taken, in one ruleset."""

    written: dict[str, Span] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    def claim(self, name: str, node: n.Item, scope: Scope) -> str:
        """A written id; a second one of that name is noted."""
        first = self.written.setdefault(name, node.place)
        if first is not node.place:
            scope.note(
                "T131",
                f"the id `{name}` is taken",
                node.place,
                "the second of that name",
                "give one of the two another id",
                (Related(first, "the first one"),),
            )
        return name

    def make(self, score: str, text: str) -> str:
        """An id from the canonical text of a condition, with _2, _3 on a clash."""
        plain = re.sub(r"\W+", "_", fold(text)).strip("_")
        base = f"{score}.{plain}"[:LONGEST].rstrip("_.")
        made, number = base, 1
        while made in self.made:
            number += 1
            made = f"{base}_{number}"
        self.made.add(made)
        return made
