"""The things that a ruleset is made of, each with its facets: what can be told apart of it, as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Node
from ...grammar.source import NOWHERE, Span
from ..model import Block, Line, Part
from ..reads import Key

What = Literal[
    "line",
    "group",
    "block",
    "score",
    "measure",
    "grade",
    "ladder",
    "reasons",
    "stage",
    "derived field",
    "param",
    "list",
    "table",
    "signal",
    "ignore line",
    "field",
    "event type",
    "setting",
]

VOCABULARY: tuple[What, ...] = ("param", "list", "table", "signal")
COSMETIC = frozenset({"label", "id", "name"})
"""Facets that change no result: what is shown, and how lines are called."""

Said = str | tuple[str, ...]
"""What a facet says: a text, or values that come and go one by one."""


@dataclass(frozen=True, eq=False)
class Thing:
    """One thing.

    `key` tells it from others of its kind, `where` is the score or section in which it stands, `text` what is written.
    `meaning` is its normal form, `node` its place in the graph, `part` and `written` are what it is made from.
    """

    what: What
    name: str
    key: tuple[str, ...]
    facets: Mapping[str, Said] = field(default_factory=dict)
    where: str = ""
    text: str = ""
    meaning: str = ""
    node: Key | None = None
    part: Part | None = None
    written: tuple[Node, ...] = ()
    place: Span = NOWHERE

    @property
    def is_vocabulary(self) -> bool:
        """Whether it only gives a name to something that rules use."""
        return self.what in VOCABULARY


@dataclass(frozen=True, eq=False)
class Item(Thing):
    """A line or a block of a score. `parent` is the block around it, or the score."""

    parent: Thing | None = None
    id: str = ""
    has_written_id: bool = False
    model: Line | Block | None = None

    def path(self) -> Iterator[Thing]:
        """The score and the blocks around it, from outside."""
        if isinstance(self.parent, Item):
            yield from self.parent.path()
        if self.parent is not None:
            yield self.parent
