"""The part of the data on which the results of one lead or account can depend, so that one id is explained at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .model import Model
from .records import Population
from .rows import compares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..grammar.diagnostics import Diagnostic
    from .data import Dataset
    from .unchanged import Unchanged


class Surroundings(Protocol):
    """Data of which somebody asks about one id: all that were read, or files that were read before."""

    @property
    def findings(self) -> Sequence[Diagnostic]: ...

    @property
    def unchanged(self) -> Unchanged | None: ...

    def count_events(self) -> int: ...

    def newest_event(self) -> int | None: ...

    def oldest_event(self) -> int | None: ...

    def whole(self) -> Dataset: ...

    def around(self, entity: str) -> Population | None: ...


def around(data: Surroundings, model: Model, entity: str) -> Population:
    """The records of an id and of everyone that its results can depend on; where there is no such id, those that
    look like it, of which nothing but their ids is told.

    A lead brings its account, an account its contacts and whoever else has an event there, and these their own
    accounts, until nobody is missing. Rules that compare with the whole population need it whole.
    """
    return data.whole().population() if compares(model) else near(data, entity)


def near(data: Surroundings, entity: str) -> Population:
    """The same for rules that compare with nobody, or where what they compare is known otherwise."""
    found = data.around(entity)
    return data.whole().alike(entity) if found is None else found
