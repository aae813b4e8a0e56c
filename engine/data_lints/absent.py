"""Fields, properties and event types that rules read and the data do not have.

Avoid: rules on what nobody fills: they are never true, and nobody is told.

    contact.department == 'finance' => +10        # the export calls it `dept`

Prefer: say in `sources:` where the value stands, or take the rule out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import NOWHERE, Span
from ..model import Derived
from .asked import Attribute, Use
from .observed import FEWEST, Observed
from .wording import counted, percent, rules

MOSTLY = 0.9
"""From this share on a value is mostly missing."""


def absent_values(observed: Observed) -> Iterator[Diagnostic]:
    """L601: a field or property that no record knows, or one whole table without a record."""
    for owner, group in groupby(sorted(_not_derived(observed), key=_owner), key=_owner):
        found = list(group)
        records = observed.known(found[0][0]).records
        if owner != "event" and not records:
            names = ", ".join(f"`{attribute.name}`" for attribute, _ in found[:5]) + (" …" if len(found) > 5 else "")
            yield finding(
                "L601",
                f"there are no {owner}s in the data, and rules read {names} of them",
                _first(found[0][1]),
                label="missing for everybody",
                hint=f"add a file `{owner}s.csv` (or .ndjson, .parquet) to the data",
            )
        else:
            yield from (_absent(observed, *each) for each in found if _is_absent(observed, each[0]))


def _is_absent(observed: Observed, attribute: Attribute) -> bool:
    known = observed.known(attribute)
    return known.records > 0 and known.known == 0


def _absent(observed: Observed, attribute: Attribute, use: Use) -> Diagnostic:
    records = counted(observed.known(attribute).records, _record(attribute))
    return finding(
        "L601",
        f"none of {records} has a value for `{attribute.name}`",
        _first(use),
        label=f"read by {rules(use.places)}, never known",
        hint=f"fill `{attribute.name}`, or say in `sources:` under which name the data have it",
    )


def absent_links(observed: Observed) -> Iterator[Diagnostic]:
    """L601: rules that go from people to accounts or back, and nobody belongs to one."""
    links, people = observed.asked.links, observed.linked
    if links and people.records and not people.known:
        yield finding(
            "L601",
            f"none of {counted(people.records, 'contact')} belongs to an account",
            next((place for place in links if place != NOWHERE), NOWHERE),
            label=f"read by {rules(links)}, and no contact has an `account_id`",
            hint="say in `sources:` which column it is, such as `contacts: {account_id: company_id}`; or "
            "`match_accounts: email_domain`",
        )


def absent_events(observed: Observed) -> Iterator[Diagnostic]:
    """L602: event types that rules wait for and that never come; those that may be misspelt are told elsewhere."""
    if observed.model.schema.inferred or not observed.events:
        return
    told = "\n".join(item.hint for item in observed.dataset.findings if item.code == "D203")
    for name, places in _waited_for(observed).items():
        if f"`{name}`" not in told:
            yield finding(
                "L602",
                f"there is no event of type `{name}` in the data",
                next((place for place in places if place != NOWHERE), NOWHERE),
                label=f"read by {rules(places)}, never there",
                hint="check how the data name it, or leave it if such events are still to come",
            )


def _waited_for(observed: Observed) -> dict[str, list[Span]]:
    """The types without events, each with the selections that find nothing without it: no other type helps them."""
    found: dict[str, list[Span]] = {}
    for types, place in observed.asked.selections:
        if not any(name in observed.events for name in types):
            for name in types:
                found.setdefault(name, []).append(place)
    return found


def mostly_missing(observed: Observed) -> Iterator[Diagnostic]:
    """L603: a value that rules need and that nine of ten records do not know."""
    for attribute, use in _not_derived(observed):
        known = observed.known(attribute)
        if known.records < FEWEST or not known.known or use.spoken_of or _is_a_mark(observed, attribute):
            continue
        if known.missing >= MOSTLY * known.records:
            yield finding(
                "L603",
                f"`{attribute.words}` is missing for {percent(known.missing, known.records)} of "
                f"{counted(known.records, _record(attribute))}",
                _first(use),
                label=f"read by {rules(use.places)}, known for {known.known:,}",
                hint="fill it, derive it from another field, or do not lean on it",
            )


def _is_a_mark(observed: Observed, attribute: Attribute) -> bool:
    """A truth value of which only one is ever written: who has none is simply not marked."""
    if attribute.owner == "event":
        return False
    declared = observed.model.schema.fields(attribute.owner).get(attribute.name)
    return declared is not None and declared.kind == "bool" and observed.known(attribute).different == 1


def _not_derived(observed: Observed) -> Iterator[tuple[Attribute, Use]]:
    """What rules read and do not work out themselves."""
    derived = {(item.level, item.name) for item in observed.model.order if isinstance(item, Derived)}
    for attribute, use in observed.asked.attributes.items():
        if (attribute.owner, attribute.name) not in derived and use.places:
            yield attribute, use


def _owner(item: tuple[Attribute, Use]) -> str:
    return item[0].owner


def _record(attribute: Attribute) -> str:
    return f"`{attribute.types[0]}` event" if len(attribute.types) == 1 else attribute.owner


def _first(use: Use) -> Span:
    return next((place for place in use.places if place != NOWHERE), NOWHERE)
