"""Atoms: what can be counted together in one pass, because only the kind and the age of an event decide.

A set of events is an atom's if its test asks for nothing but the event itself and its age within constant bounds.
Many lines are functions of one atom; those are summed where the atoms are counted, without a column for each.
"""

from __future__ import annotations

from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Expr, Part
from .flows import conjuncts
from .reach import EVER, at_least, below
from .rowsets import EventSet, Output, Rows, besides
from .scalars import Column, Factor, Ref, leaves

Found = Literal["n", "first", "last", "sum", "min", "max"]
"""What is known of an atom that was found: how many events, the oldest and newest instant, and over what each is worth
the sum, the smallest and the largest."""

_FOUND: dict[str, Found] = {
    "count": "n",
    "oldest": "first",
    "newest": "last",
    "sum": "sum",
    "min": "min",
    "max": "max",
}


@dataclass(frozen=True)
class Lane(Part):
    """Atoms that are counted side by side: for leads or accounts, without whose events, by which unit of decays."""

    key: Level
    without: Ref | None
    unit: Literal["", "minute", "hour", "day"]


@dataclass(frozen=True)
class Atom(Part):
    """Events that pass all tests, of an age from `low` to below `high` microseconds; `worth` says what each counts."""

    lane: Lane
    tests: tuple[Expr, ...]
    low: int
    high: int | None
    worth: Factor | None

    @property
    def window(self) -> int:
        """For how long an event counts, in microseconds."""
        return (EVER if self.high is None else self.high) - self.low


def atom_of(rows: Rows | None, output: Output | None) -> tuple[Atom, Found] | None:
    """The atom that an output of a set of rows stands on, and what it asks of it; None if it takes more than that."""
    if not isinstance(rows, EventSet) or output is None:
        return None
    if not output.is_plain or output.counter or output.by:
        return None
    worth = output.item
    if output.what in ("sum", "min", "max"):
        if not isinstance(worth, Factor) or worth.kind != "timestamp" or not isinstance(worth.age, Column):
            return None
    elif worth is not None:
        return None
    assert worth is None or isinstance(worth, Factor)
    found = only_events(rows, worth)
    return None if found is None else (found, _FOUND[output.what])


def only_events(rows: EventSet, worth: Factor | None) -> Atom | None:
    """The atom that a set of events is, if its test asks for nothing but the events themselves and their age."""
    if rows.which is not None or rows.raw or rows.key != rows.scope:
        return None
    tests: list[Expr] = []
    low, highs = 0, list[int]()
    for test in conjuncts(rows.test):
        since, until = at_least(test), below(test)
        if since is not None:
            low = max(low, since)
        elif until is not None:
            highs.append(until)
        elif _is_of_the_event(test):
            tests.append(test)
        else:
            return None
    lane = Lane(rows.key, rows.without, "" if worth is None else worth.unit)
    return Atom(lane, tuple(tests), low, min(highs, default=None), worth)


def _is_of_the_event(test: Expr) -> bool:
    """Whether a test reads nothing but columns that an event has from the beginning."""
    if any(True for _ in besides(test)):
        return False
    return all(isinstance(leaf, Column) and leaf.table == "e" and leaf.name != "session" for leaf in leaves(test))
