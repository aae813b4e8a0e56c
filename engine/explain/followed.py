"""At which stage a lead or account was at the ends of days, as a plan has it; and what the people of an account score.

A plan that works out many days at once tells sooner what many people score than going through them, and tells of all
these days as soon as of one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ...grammar.nodes import Level
from ..instants import ONE_DAY, Zone, local_date
from ..interpreter.steady import Steady
from ..model import Model

if TYPE_CHECKING:
    from ..data import Dataset
    from ..history import Replayed
    from ..history.standings import Stages

AT_ONCE = 400
"""How many days a plan works out before it is asked for those before them."""


class Followed:
    """A lead or account, followed through some days at once; with the scores of leads where `scored`. Close it."""

    def __init__(self, model: Model, data: Dataset, level: Level, id: str, scored: bool = False) -> None:
        self._model, self._data, self._level, self._id = model, data, level, id
        self._zone = Zone.named(model.timezone)
        self._scored = scored
        self._held: Replayed | None = None
        self._first = datetime.date.max

    def begin(self, first: datetime.date, as_of: int) -> bool:
        """Work out an instant, with the days before it from the first one on, or as many as are at once; whether any
        plan can."""
        from ..plan.errors import PlanError

        today = local_date(as_of, self._zone)
        with suppress(PlanError):
            self._work_out(max(first, today - AT_ONCE * ONE_DAY), today - ONE_DAY, (as_of,))
        return self._held is not None

    def stages(self, first: datetime.date, last: datetime.date) -> tuple[Stages, datetime.date]:
        """The stages up to the last day, and since which day they are worked out: the first one, or a later one. Raises
        PlanError."""
        from ..history.standings import stages_by_day

        if self._held is None or last < self._first:
            after = last + ONE_DAY if self._scored else last  # what somebody scored then is asked for, too
            self._work_out(max(first, last - AT_ONCE * ONE_DAY), after)
        assert self._held is not None
        return stages_by_day(self._held, self._level, self._id).get(self._id, {}), self._first

    def tell(self, evaluation: Steady, at: int) -> None:
        """Let the evaluation of an instant know what leads score then, if that was worked out."""
        if not self._scored or self._held is None or at not in self._held.instants:
            return
        titled = [each.title if each.role == "score" else None for each in self._held.results["lead"]]
        leads = evaluation.world.leads
        for _, *row in self._held.connection.execute('SELECT * FROM lead_history WHERE "at" = ?', [at]).fetchall():
            lead = leads.get(row[0])
            if lead is not None:
                for title, units in zip(titled, row, strict=True):
                    if title is not None:
                        evaluation.know_score(title, lead, units)

    def close(self) -> None:
        """Give back what is held of the days."""
        if self._held is not None:
            self._held.close()

    def _work_out(self, first: datetime.date, last: datetime.date, more: Sequence[int] = ()) -> None:
        from ..history import days
        from ..history.replaying import replay
        from ..history.standings import only_stages

        self.close()
        self._held, self._first = None, first
        only = dict(only_stages(self._level))
        if self._scored:
            only["lead"] = {*only["lead"], "id", *(score.name for score in self._model.scores("lead"))}
        self._held = replay(self._model, self._data, [*days(self._zone, first, last), *more], only=only)
