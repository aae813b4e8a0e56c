"""Many scenarios in one run of an engine that is slow to start: everyone's ids are prefixed, so that nobody meets.

That is exact unless rules look into ids: then each scenario runs alone. Where rules look across accounts (`rank`,
`percentile`), it takes an engine that keeps populations apart. Where rules remember days, these begin with the oldest
event of all: so nobody is there before the first day of his own scenario.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from ..instants import Zone, day_start, local_date
from ..memory import first_day, remembers
from ..model import Compare, EventAttr, Expr, Field, InSet, Lookup, Matches, Model, Part, TextTest
from ..records import Account, Contact, Population
from ..results import Outcome
from ..rows import compares_all, walk
from .reading import Scenario

Engine = Callable[[Model, Population, int], Outcome]
R = TypeVar("R", Account, Contact)
_LOOKING = (Compare, InSet, TextTest, Matches, Lookup)


def outcomes(model: Model, scenarios: Sequence[Scenario], engine: Engine, apart: Engine | None = None) -> list[Outcome]:
    """The outcome of each scenario, with as few runs as possible.

    `apart` runs populations that were joined where an engine would compare all of them with each other.
    """
    among_all = apart if compares_all(*model.order, *model.ignored) else engine
    if among_all is None or looks_into_ids(model):
        return [engine(model, each.population, each.as_of) for each in scenarios]
    found: dict[int, Outcome] = {}
    together: dict[int, list[int]] = defaultdict(list)
    begun = _remembered if remembers(model) else _as_they_are
    for place, scenario in enumerate(scenarios):
        together[scenario.as_of].append(place)
    for as_of, places in together.items():
        run = among_all if len(places) > 1 else engine
        whole = run(model, joined([begun(model, scenarios[place]) for place in places]), as_of)
        for number, place in enumerate(places):
            found[place] = part(whole, prefix(number))
    return [found[place] for place in range(len(scenarios))]


def _as_they_are(model: Model, scenario: Scenario) -> Population:
    return scenario.population


def _remembered(model: Model, scenario: Scenario) -> Population:
    """The people of a scenario, from its own first day on."""
    people = scenario.population
    oldest = min((event.at for event in people.events), default=None)
    zone = Zone.named(model.timezone)
    first = min(first_day(model, oldest, scenario.as_of), local_date(scenario.as_of, zone))
    return known_from(people, day_start(first, zone))


def known_from(people: Population, start: int) -> Population:
    """The same people from an instant on: whoever was there by then comes then, as he was."""
    return replace(people, accounts=_known_from(people.accounts, start), contacts=_known_from(people.contacts, start))


def _known_from(records: Sequence[R], start: int) -> list[R]:
    later = [each for each in records if each.valid_from is not None and each.valid_from > start]
    dated = [each for each in records if each.valid_from is not None and each.valid_from <= start]
    newest = {each.id: each for each in sorted(dated, key=lambda each: each.valid_from or 0)}
    undated = {each.id: each for each in records if each.valid_from is None}
    return [replace(each, valid_from=start) for each in {**undated, **newest}.values()] + later


def looks_into_ids(model: Model) -> bool:
    """Whether results may hang on what an id is."""
    return any(isinstance(item, _LOOKING) and any(map(_is_id, item.walk())) for item in _parts(model))


def _parts(model: Model) -> Iterator[Expr | Part]:
    return (step.item for item in (*model.order, *model.ignored) for step in walk(item, "lead"))


def _is_id(item: Expr) -> bool:
    if isinstance(item, Field):
        return item.name in ("id", "account_id")
    return isinstance(item, EventAttr) and item.name in ("id", "contact")


DIGITS = 6


def prefix(number: int) -> str:
    """What goes before all ids of one population."""
    return f"{number:0{DIGITS}d}/"


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
