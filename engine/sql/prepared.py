"""Steps as statements of the embedded engine that hold for any instant: what it decides is given when they run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ...grammar.late_methods import dataclass
from ..garbage import uncollected
from ..model import Const, Expr
from ..plan.fixed import at_instant
from ..plan.scalars import Given
from ..plan.steps import DecayColumn, DecayStep, Plan, Step
from .statements import create, select, text


@dataclass(frozen=True)
class Prepared:
    """A step and its statement, which makes its table; for a decay table it asks for the ages that occur.

    `asks` are the columns of the instant whose values the statement needs.
    """

    name: str
    purpose: str
    part: Literal["scores", "contributions", "data"]
    reads: tuple[str, ...]
    statement: str
    asks: tuple[str, ...] = ()
    decays: tuple[DecayColumn, ...] = ()
    long: bool = False

    @property
    def is_decay(self) -> bool:
        """Whether it is a decay table, which Python fills."""
        return bool(self.decays)

    def given(self, instant: Mapping[str, Const]) -> dict[str, object]:
        """What its statement needs of the instant."""
        return {name: instant[name].value for name in self.asks}


def prepared(step: Step | DecayStep, asks: tuple[str, ...] = ()) -> Prepared:
    """A step in which the relation of the instant is settled."""
    if isinstance(step, Step):
        return Prepared(step.name, step.purpose, step.part, step.reads, text(create(step)), asks)
    ages = select(step.ages)
    return Prepared(step.name, step.purpose, step.part, step.reads, ages, asks, step.columns, step.long)


def for_any_instant(plan: Plan) -> tuple[Prepared, ...]:
    """All steps of a plan."""
    with uncollected():
        return tuple(_for_any_instant(step, plan) for step in plan.steps)


def _for_any_instant(step: Step | DecayStep, plan: Plan) -> Prepared:
    givens = _Givens({"as_of": Given(name="as_of", kind="timestamp")})
    for column in plan.instant:
        givens[column.name] = Given(name=column.name, kind="date" if column.what == "today" else "timestamp")
    settled = at_instant(step, givens)
    return prepared(settled, tuple(givens.asked))


class _Givens(dict[str, Expr]):
    """What may be asked of the instant; remembers what was."""

    def __init__(self, known: dict[str, Expr]) -> None:
        super().__init__(known)
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> Expr:
        self.asked[name] = None
        return super().__getitem__(name)
