"""What a lint looks at: the checked model, what the ruleset declares and uses, and its files as written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cached_property

from ...grammar.late_methods import dataclass
from ...grammar.nodes import File
from ..links import Links, key_of, linked
from ..model import Definition, Model
from ..rows import Step, walk
from .bounds import Bounds
from .prove import Prover
from .usage import Usage


@dataclass(frozen=True)
class Review:
    """One ruleset under review; what several lints need is worked out once."""

    model: Model
    usage: Usage = field(default_factory=Usage)
    files: Sequence[File] = ()
    known_links: Links | None = None

    @cached_property
    def bounds(self) -> Bounds:
        """The intervals of scores, measures and expressions."""
        return Bounds(self.model)

    @cached_property
    def links(self) -> Links:
        """Which definition reads what."""
        return self.known_links or linked(self.model.order)

    @cached_property
    def steps(self) -> Sequence[tuple[Definition, Sequence[Step]]]:
        """Each definition with everything in it."""
        return [(item, list(walk(item, key_of(item).level or "lead"))) for item in self.model.order]

    @cached_property
    def prover(self) -> Prover:
        """Proofs about conditions."""
        return Prover(self.model.schema)
