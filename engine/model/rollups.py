"""What is made of leads and of the population, and what needs the past."""

from __future__ import annotations

from typing import Literal

from ...grammar.late_methods import dataclass
from ..records import Value
from .base import Expr, Part
from .events import Length
from .values import Table


@dataclass(frozen=True)
class LeadSet(Part):
    """The contacts of an account that are not disqualified and pass `where`, then the top or bottom n by a key."""

    where: Expr | None = None
    end: Literal["top", "bottom"] | None = None
    count: Expr | None = None
    by: Expr | None = None


@dataclass(frozen=True)
class LeadAggregate(Expr):
    """`count`, `distinct`, `sum`, `avg`, `median`, `min`, `max`, `share`, `any`, `all` over leads.

    For share, any and all `what` is the condition after `leads where` (the set itself is then all leads).
    """

    function: str
    what: Expr | None
    leads: LeadSet


@dataclass(frozen=True)
class Coverage(Expr):
    """The share of the distinct listed values that `what` takes among the leads, weighted by a table if given.

    Weights (missing: 0) are rounded to 4 decimals; Σ present / Σ all, and missing if that sum is 0.
    """

    what: Expr
    leads: LeadSet
    values: tuple[Value, ...]
    weights: Table | None = None


@dataclass(frozen=True)
class Standing(Expr):
    """`rank` or `percentile` of a result among the population (decision 37)."""

    function: Literal["rank", "percentile"]
    what: Expr
    per: Expr | None


@dataclass(frozen=True)
class HeldFor(Expr):
    condition: Expr
    length: Length


@dataclass(frozen=True)
class InStageFor(Expr):
    stage: str
    length: Length
