"""The first steps of a plan over what has changed: who there is, and what is ignored of them, is known of a run before.

events_new ──▶ event_new       what is counted on top of what was found before
events_asked ──▶ event         all events of those who are worked out anew, where counts are not enough; or else,
                               where that is known of all events, those that were carried and those that are new
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .book import Book
from .carried import Told, asked_of, events_at_instant
from .increment import CARRIED_NEW, COUNTS, EVENTS_NEW, EVENTS_READ, KEPT, NEW, TOUCHED
from .population import IGNORED_BY_CONTACT, Ignored, Population, ignored_in_all, same_names
from .reach import Reach
from .renaming import renamed
from .scalars import TRUE, call, event
from .steps import LEVELS, Carried, Query, Source, Step, Union

EVENTS_ASKED = "events_asked"
"""The table of the data with all events of those who are worked out anew."""

EVENT_NEW = "event_new"
ASKED = " asked"
IGNORED = "ignored"


class Arriving(Population):
    """Makes the steps of the events and the counts of the data; `asked` says for each relation of events how far back
    they are read, and which columns. What is `carried` of all other events is not read again."""

    def __init__(
        self,
        book: Book,
        ignored: Ignored,
        fields: Iterable[str],
        asked: Mapping[str, tuple[Reach, list[str]]],
        carried: Carried,
        told: Told,
    ) -> None:
        super().__init__(book, ignored, {}, fields, [], by_contact=True)
        self._asked = asked
        self.carried = carried
        self._told = told

    def build(self) -> list[Step]:
        made = self._from_carried() if self.carried else [step for name in self._asked for step in self._made(name)]
        self.steps = []
        self._counts()
        return [replace(step, part="data") for step in (*made, *self.steps)]

    def _counts(self) -> None:
        """How many events there were, and how many have come."""
        super()._counts()
        counted = self.steps[-1].relation
        names = counted.names
        new = renamed(counted, lambda name, alias, is_source: EVENTS_READ if name == "events" else name)
        assert isinstance(new, Query)
        both = Union((Query(same_names(names), Source(f"{KEPT}{COUNTS}")), new))
        total = Query(tuple((name, call("sum", event(name))) for name in names), Source(both))
        self.steps[-1] = replace(self.steps[-1], relation=total)

    def _made(self, relation: str) -> list[Step]:
        """The steps that make one relation of events, with names of their own."""
        self.steps = []
        self._reach, self._names = self._asked[relation]
        self._events()
        is_new = relation == EVENT_NEW
        data = EVENTS_NEW if is_new else EVENTS_ASKED
        names = {step.name: f"{step.name}{NEW if is_new else ASKED}" for step in self.steps}
        names |= {"event": relation, "events": data}
        names |= {level: TOUCHED[level] for level in LEVELS if is_new}
        made = [_named(step, names) for step in self.steps if is_new or not step.name.startswith(IGNORED)]
        return [each for step in made for each in (self._ignored_in_all(step) if is_new else (step,))]

    def _from_carried(self) -> list[Step]:
        """The steps that make both relations of what is carried."""
        reach, names = self._asked[EVENT_NEW]
        self._asked = {**self._asked, EVENT_NEW: (reach, list(self.carried.names))}
        made = [replace(step, name=CARRIED_NEW) if step.name == EVENT_NEW else step for step in self._made(EVENT_NEW)]
        purpose = made[-1].purpose
        if names:
            new = events_at_instant(self._book, self.carried, names, TRUE, only_new=True)
            made.append(Step(EVENT_NEW, new, purpose))
        reach, names = self._asked["event"]
        if names:
            near = asked_of(reach, self._told)
            made.append(Step("event", events_at_instant(self._book, self.carried, names, near), purpose))
        return made

    def _ignored_in_all(self, step: Step) -> tuple[Step, ...]:
        """What is ignored of the new events together with what is kept of it."""
        if step.name == f"{IGNORED}{NEW}":
            return (replace(step, name=IGNORED, relation=ignored_in_all(IGNORED_BY_CONTACT)),)
        if step.name != f"{IGNORED_BY_CONTACT}{NEW}":
            return (step,)
        names = ("reason", "lead", "n")
        parts = (Query(same_names(names), Source(name)) for name in (f"{KEPT}{IGNORED_BY_CONTACT}", step.name))
        return step, replace(
            step, name=IGNORED_BY_CONTACT, relation=Query(same_names(names), Source(Union(tuple(parts))))
        )


def _named(step: Step, names: Mapping[str, str]) -> Step:
    relation = renamed(step.relation, lambda name, alias, is_source: names.get(name, name))
    return replace(step, name=names[step.name], relation=relation)
