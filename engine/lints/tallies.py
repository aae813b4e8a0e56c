"""What is counted of a selection: the common ground of `visited`, `visited at least 3 times` and `count(visited)`."""

from __future__ import annotations

from ...grammar.late_methods import dataclass
from ..model import Comparison, Const, EventAggregate, Expr, Happened, Length, Often, Selection


@dataclass(frozen=True)
class Tally:
    """A number of times, days, weeks, sessions or contacts; of the fullest group or stretch where there are any."""

    selection: Selection
    unit: str = "times"
    group: Expr | None = None
    stretch: Length | None = None

    @property
    def is_plain(self) -> bool:
        """Counted over all that is selected, not group by group."""
        return self.group is None and self.stretch is None

    @property
    def counts(self) -> tuple[object, ...]:
        """What it counts of its events."""
        return self.unit, self.group, self.stretch


def fixed(expr: Expr | None) -> float | None:
    """The number that an expression always is; params are not fixed: they are there to be tuned."""
    match expr:
        case Const(value=bool()):
            return None
        case Const(value=float() | int() as value, param=None):
            return float(value)
    return None


def times(often: Often | None) -> tuple[Comparison, float] | None:
    """The comparison that an `often` makes; without one: at least once; None if its count is not fixed."""
    if often is None:
        return ">=", 1.0
    count = fixed(often.count)
    return None if count is None else (often.op, count)


def tally_of(expr: Expr) -> Tally | None:
    """What a condition or a number counts, if it counts events."""
    match expr:
        case Happened(selection=selection, often=None):
            return Tally(selection)
        case Happened(selection=selection, often=Often() as often):
            return Tally(selection, often.unit, often.group, often.stretch)
        case EventAggregate(function="count", selection=selection):
            return Tally(selection)
    return None
