"""The whole of a backtest: what the sample is, how well the score separates, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from ...grammar.late_methods import dataclass
from ..compiled import Compiled
from .advice import Advice
from .areas import Estimate
from .bands import Band, Calibration
from .curves import Cut
from .lines import LineFinding
from .sample import Design
from .signal import Signal
from .slices import Rung, Slice
from .verdicts import SalesVerdicts
from .waterfall import Waterfall

if TYPE_CHECKING:
    from ...grammar.diagnostics import Diagnostic
    from ...grammar.nodes import Level

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Cases:
    """What the sample is: how it was drawn, from when to when, and who is no case.

    `accounts` are the clusters: cases of one of them are not independent. `instants` is how many times somebody was
    scored. `horizon`, `gap` (microseconds) and `every` are those of the question, where the design has any.
    """

    design: Design
    level: Level
    won: str
    lost: str | None
    cases: int
    accounts: int
    won_cases: int
    first: int
    last: int
    until: int
    instants: int
    horizon: int | None
    gap: int
    every: str | None
    left_out: Mapping[str, int]

    @property
    def base(self) -> float:
        """The share of won cases."""
        return self.won_cases / self.cases


@dataclass(frozen=True)
class Comparison:
    """The same cases under other rules: both areas, and the difference (other less this) with its interval.

    `left_out` are cases that the other rules disqualify or do not know.
    """

    name: str
    version: str
    score: str
    cases: int
    left_out: int
    area: Estimate
    other: Estimate
    difference: Estimate
    p_value: float


@dataclass(frozen=True)
class Backtest:
    """Everything that a backtest found. `area` is None where nobody was won, or nobody lost."""

    ruleset: Compiled
    score: str
    cases: Cases
    signal: Signal
    area: Estimate | None
    average_precision: Estimate | None
    cuts: tuple[Cut, ...]
    bands: tuple[Band, ...]
    calibration: Calibration | None
    rungs: tuple[Rung, ...]
    quarters: tuple[Slice, ...]
    lines: tuple[LineFinding, ...]
    advice: tuple[Advice, ...] = ()
    by: str | None = None
    segments: tuple[Slice, ...] = ()
    waterfall: Waterfall | None = None
    comparison: Comparison | None = None
    verdicts: SalesVerdicts | None = None
    allowed: tuple[Diagnostic, ...] = field(default=())
    doubts: tuple[Diagnostic, ...] = field(default=())
