"""At which stage a lead or account was at the ends of days, as a plan has it; and what the people of an account score.

A plan tells sooner what many people score than going through them, and tells of many days almost as soon as of one.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...grammar.nodes import Level
from ..data.bare_engine import engine
from ..history.days import days
from ..instants import ONE_DAY, Zone, local_date
from ..interpreter.ladders import DISQUALIFIED
from ..interpreter.steady import Steady
from ..model import Model
from ..plan.errors import PlanError
from ..plan.pace import DAYS, Pace, pace
from ..records import Population

if TYPE_CHECKING:
    from concurrent.futures import Future

    import duckdb

    from ..history.standings import Stages
    from ..runners.script import Played, Script

Days = tuple[datetime.date, "Played"]
"""Days up to some other, from the first one on, as they were worked out."""

AT_ONCE = 400
"""How many days a plan works out before it is asked for those before them."""


class Followed:
    """A lead or account of a population, followed through some days at once; with the scores of leads where `scored`.
    Close it."""

    def __init__(self, model: Model, population: Population, level: Level, id: str, scored: bool = False) -> None:
        self._model, self._population, self._level, self._id = model, population, level, id
        self._zone = Zone.named(model.timezone)
        self._scored = scored
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._last = datetime.date.max
        self._now: Played | None = None
        self._days: Played | None = None
        self._coming: tuple[datetime.date, Future[Days]] | None = None

    def begin(self, as_of: int) -> bool:
        """Work out an instant; whether any plan can."""
        self._last = local_date(as_of, self._zone) - ONE_DAY
        with suppress(PlanError):
            self._now = self._played(self._script(pace([as_of])), [as_of])
        return self._now is not None

    def look_back(self, first: datetime.date, last: datetime.date) -> None:
        """Begin with what `stages` is going to be asked for, while somebody looks at the instant."""
        from concurrent.futures import ThreadPoolExecutor  # takes time to load, and few need it

        with suppress(PlanError):
            script, beside = self._script(DAYS), ThreadPoolExecutor(1)
            self._coming = last, beside.submit(self._days_of, script, first, last)
            beside.shutdown(wait=False)

    def stages(self, first: datetime.date, last: datetime.date) -> tuple[Stages, datetime.date]:
        """The stages up to the last day, and since which day they are worked out: the first one, or a later one. Raises
        PlanError."""
        self._forget_days()
        if self._coming is not None and self._coming[0] == last:
            first, self._days = self._come()
        else:
            first, self._days = self._days_of(self._script(DAYS), first, last)
        told = self._days.results(self._level, id=self._id)
        return {local_date(at, self._zone): _standing(row) for at, row in told}, first

    def _days_of(self, script: Script, first: datetime.date, last: datetime.date) -> Days:
        """The last of these days, as many as are worked out at once."""
        first = max(first, last - min(AT_ONCE, script.most(self._population)) * ONE_DAY)
        after = min(last + ONE_DAY, self._last) if self._scored else last  # what is scored then is asked for, too
        return first, self._played(script, days(self._zone, first, after))

    def tell(self, evaluation: Steady, at: int) -> None:
        """Let the evaluation of an instant know what leads score then, if that was worked out."""
        played = next((each for each in (self._now, self._days) if each is not None and at in each.instants), None)
        if not self._scored or played is None:
            return
        names, leads = [score.name for score in self._model.scores("lead")], evaluation.world.leads
        for _, row in played.results("lead", at=at):
            lead = leads.get(row["id"])
            if lead is not None:
                for name in names:
                    evaluation.know_score(name, lead, row[name])

    def close(self) -> None:
        """Give back what is held of the days."""
        if self._coming is not None:
            _, self._days = self._come()
        self._forget_days()
        if self._now is not None:
            self._now.close()
        if self._connection is not None:
            self._connection.close()

    def _come(self) -> Days:
        """What was begun, when it is done; nobody waits for it again, not even if it failed."""
        assert self._coming is not None
        (_, coming), self._coming = self._coming, None
        return coming.result()

    def _forget_days(self) -> None:
        if self._days is not None:
            self._days.close()
        self._days = None

    def _script(self, many: Pace) -> Script:
        from ..history.scripts import script
        from ..history.standings import only_stages

        only = dict(only_stages(self._level))
        if self._scored:
            only["lead"] = {*only["lead"], "id", *(score.name for score in self._model.scores("lead"))}
        return script(self._model, self._population, many, only)

    def _played(self, script: Script, instants: Sequence[int]) -> Played:
        from ..runners.script import Played, hold

        if self._connection is None:
            self._connection = engine.connect()
            hold(script, self._connection, self._model.schema, self._population)
        return Played(script, self._connection, instants, self._zone)


def _standing(row: Mapping[str, Any]) -> str | None:
    return DISQUALIFIED if row.get("disqualified") is not None else row.get("stage")
