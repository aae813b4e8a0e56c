"""What a ruleset remembers from day to day: the stages that are kept or asked for, and how long conditions have held.

Both engines replay the local days before the instant for it (decisions 38, 39 and 132 to 137), and only for the
definitions that it hangs on. A ruleset that remembers nothing is worked out at its instant alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .instants import Zone, local_date
from .links import upstream
from .model import Definition, Expr, HeldFor, InStageFor, Measure, Model, Part, Stages
from .model.base import inside
from .rows import walk


@dataclass(frozen=True)
class Run:
    """A condition of a level of which a rule asks for how long it has held. Equal conditions are one."""

    level: Level
    condition: Expr


@dataclass(frozen=True)
class Remembered:
    """What the days before must tell: the ladders, the runs, and the definitions that both hang on, in order."""

    ladders: tuple[Stages, ...] = ()
    runs: tuple[Run, ...] = ()
    needed: tuple[Definition, ...] = ()


def remembers(model: Model) -> bool:
    """Whether results depend on the days before the instant.

    >>> from .schema import Schema
    >>> remembers(Model("empty", "1", "UTC", Schema(), ()))
    False
    """
    asked = not model.classes.isdisjoint({HeldFor, InStageFor})
    return asked or any(isinstance(item, Stages) and _keeps(item) for item in model.order)


def remembered(model: Model, every_ladder: bool = False) -> Remembered:
    """What must be known of the days before; with `every_ladder` also stages that no rule asks for."""
    runs = tuple(dict.fromkeys(_runs(model)))
    asked = {level for level in _LEVELS if every_ladder} | set(_asked(model))
    ladders = tuple(item for item in model.order if isinstance(item, Stages) and (item.level in asked or _keeps(item)))
    return Remembered(ladders, runs, _needed(model, ladders, runs))


def first_day(model: Model, oldest: int | None, as_of: int) -> datetime.date:
    """The first day that is remembered; `oldest` is the instant of the oldest event of all the data."""
    if model.history_from is not None:
        return model.history_from
    return local_date(as_of if oldest is None else oldest, Zone.named(model.timezone))


def anchored(model: Model, oldest: Callable[[], int | None], as_of: int) -> Model:
    """The model with its first day written down, so that a part of the data is remembered as the whole is; as it is
    if it remembers nothing."""
    return replace(model, history_from=first_day(model, oldest(), as_of)) if remembers(model) else model


LONGEST = 3_700
"""So many days before are worked out at most: ten years."""


class TooLong(ValueError):
    """The days before begin too long ago."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        super().__init__(
            f"the rules remember the days before, and from {first} to {last} there are more than {LONGEST}"
        )
        self.hint = "write `history_from: 2025-01-01` (the first day that counts) into ruleset.yaml"


def check_length(first: datetime.date, last: datetime.date) -> None:
    """Refuse more days before than are worked out. Raises TooLong."""
    if (last - first).days > LONGEST:
        raise TooLong(first, last)


def days_before(first: datetime.date, as_of: int, zone: Zone) -> Iterator[datetime.date]:
    """The local days from the first one to the day before that of the instant. Raises TooLong.

    >>> [day.day for day in days_before(datetime.date(1970, 1, 1), 2 * 86_400_000_000, Zone.named("UTC"))]
    [1, 2]
    """
    last = local_date(as_of, zone)
    check_length(first, last)
    return map(datetime.date.fromordinal, range(first.toordinal(), last.toordinal()))


_LEVELS: tuple[Level, ...] = ("lead", "account")


def _keeps(ladder: Stages) -> bool:
    return any(stage.stays_while is not None for stage in ladder.stages)


def _runs(model: Model) -> Iterator[Run]:
    for definition in model.order:
        for step in walk(definition, _level(definition)):
            if isinstance(step.item, HeldFor):
                yield Run(step.level, step.item.condition)


def held_conditions(items: Iterable[Expr | Part]) -> Iterator[Expr]:
    """The conditions of which rules ask for how long they have held, in the order of the model."""
    for item in items:
        if isinstance(item, HeldFor):
            yield item.condition
        yield from held_conditions(inside(item))


def _asked(model: Model) -> Iterator[Level]:
    for definition in model.order:
        for step in walk(definition, _level(definition)):
            if isinstance(step.item, InStageFor):
                yield step.level


def _level(definition: Definition) -> Level:
    return "account" if definition.level == "account" else "lead"


# --- what it hangs on -----------------------------------------------------------------------------------------------


def _needed(model: Model, ladders: tuple[Stages, ...], runs: tuple[Run, ...]) -> tuple[Definition, ...]:
    """The ladders and all that they and the conditions read, directly or not."""
    probes = [Measure(run.level, f"for at least {number}", run.condition) for number, run in enumerate(runs)]
    found = upstream([*model.order, *probes], [*ladders, *probes])
    return found[: len(found) - len(probes)]
