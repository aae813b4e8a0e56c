"""Many scenarios in one run of an engine that is slow to start: everyone's ids are prefixed, so that nobody meets.

That is exact unless rules look across accounts (`rank`, `percentile`) or into ids: then each scenario runs alone. Where
rules remember days, only those run together whose first day is the same.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..memory import first_day, remembers
from ..model import Compare, EventAttr, Expr, Field, InSet, Lookup, Matches, Model, Part, Standing, TextTest
from ..records import Population
from ..results import Outcome
from ..rows import walk
from .reading import Scenario

Engine = Callable[[Model, Population, int], Outcome]
_LOOKING = (Compare, InSet, TextTest, Matches, Lookup)


def outcomes(model: Model, scenarios: Sequence[Scenario], engine: Engine) -> list[Outcome]:
    """The outcome of each scenario, with as few runs as possible."""
    if not can_share(model):
        return [engine(model, each.population, each.as_of) for each in scenarios]
    found: dict[int, Outcome] = {}
    together: dict[tuple[int, datetime.date | None], list[int]] = defaultdict(list)
    for place, scenario in enumerate(scenarios):
        together[scenario.as_of, _first_day(model, scenario)].append(place)
    for (as_of, _), places in together.items():
        whole = engine(model, joined([scenarios[place].population for place in places]), as_of)
        for number, place in enumerate(places):
            found[place] = part(whole, prefix(number))
    return [found[place] for place in range(len(scenarios))]


def _first_day(model: Model, scenario: Scenario) -> datetime.date | None:
    if not remembers(model):
        return None
    oldest = min((event.at for event in scenario.population.events), default=None)
    return first_day(model, oldest, scenario.as_of)


def can_share(model: Model) -> bool:
    """Can unrelated people be scored in one run without a change in anyone's results?"""
    parts = (*model.order, *model.ignored)
    return not any(_looks_further(step.item) for item in parts for step in walk(item, "lead"))


def _looks_further(item: Expr | Part) -> bool:
    if isinstance(item, Standing):
        return True
    return isinstance(item, _LOOKING) and any(_is_id(inner) for inner in item.walk())


def _is_id(item: Expr) -> bool:
    if isinstance(item, Field):
        return item.name in ("id", "account_id")
    return isinstance(item, EventAttr) and item.name in ("id", "contact")


def prefix(number: int) -> str:
    """What goes before all ids of one population."""
    return f"{number:06d}/"


def joined(populations: Sequence[Population]) -> Population:
    """One population of all, with prefixed ids."""
    accounts, contacts, events = [], [], []
    for number, each in enumerate(populations):
        start = prefix(number)
        accounts += [replace(item, id=start + item.id) for item in each.accounts]
        contacts += [
            replace(item, id=start + item.id, account_id=_own(start, item.account_id)) for item in each.contacts
        ]
        events += [
            replace(
                item,
                id=start + item.id,
                contact_id=_own(start, item.contact_id),
                account_id=_own(start, item.account_id),
            )
            for item in each.events
        ]
    return Population(accounts, contacts, events)


def _own(start: str, id_: str | None) -> str | None:
    return None if id_ is None else start + id_


def part(whole: Outcome, start: str) -> Outcome:
    """The results of one population, with its own ids; the counts are those of the whole."""
    size = len(start)
    leads = tuple(
        replace(item, id=item.id[size:], account_id=item.account_id and item.account_id[size:])
        for item in whole.leads
        if item.id.startswith(start)
    )
    accounts = tuple(replace(item, id=item.id[size:]) for item in whole.accounts if item.id.startswith(start))
    entries = tuple(replace(item, id=item.id[size:]) for item in whole.contributions if item.id.startswith(start))
    return Outcome(whole.as_of, whole.counts, leads, accounts, entries)
