"""Making recorded people unrecognisable: ids, names, addresses, sizes and times, as far as the outcome allows.

A text stays only where the outcome hangs on it, and of that only the words that it hangs on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from ..model import MICROS
from ..records import Account, Event, Population, Value
from ..schema import FieldType, Schema
from .reducing import KINDS, AnyRecord, Change, Holds, Kind, fewest, mapped, records, values_of, with_values

ACCOUNTS = ("acme", "birch", "cedar", "dune", "elm", "fjord", "grove", "heath", "iris", "juniper")
CONTACTS = (
    *("ann", "ben", "cay", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo", "mia", "ned", "ola", "pia"),
    *("quinn", "ron", "sue", "tom", "uma", "vic", "wes", "xia", "yan", "zoe"),
)
_WORD = re.compile(r"\s+")
Names = Mapping[str, str]


def named(population: Population) -> tuple[Population, Names, Names]:
    """The population with other ids, and what the old ids of accounts and contacts became.

    Whoever came before another by the id still does: ties go to the smaller one. Events lose their ids.
    """
    accounts = _new_names(_ids_of_accounts(population), ACCOUNTS, "account")
    contacts = _new_names(_ids_of_contacts(population), CONTACTS, "person")
    events = sorted(population.events, key=lambda each: (each.at, each.id))
    wide = len(str(len(events)))
    renamed = Population(
        [replace(each, id=accounts[each.id]) for each in population.accounts],
        [
            replace(each, id=contacts[each.id], account_id=_of(each.account_id, accounts))
            for each in population.contacts
        ],
        [
            replace(
                each,
                id=f"e{number:0{wide}}",
                contact_id=_of(each.contact_id, contacts),
                account_id=_of(each.account_id, accounts),
            )
            for number, each in enumerate(events, 1)
        ],
    )
    return renamed, accounts, contacts


def _ids_of_accounts(population: Population) -> set[str]:
    ids = {each.id for each in population.accounts} | {each.account_id or "" for each in population.contacts}
    return (ids | {each.account_id or "" for each in population.events}) - {""}


def _ids_of_contacts(population: Population) -> set[str]:
    return ({each.id for each in population.contacts} | {each.contact_id or "" for each in population.events}) - {""}


def _new_names(ids: set[str], names: tuple[str, ...], noun: str) -> dict[str, str]:
    """Names in the order of the ids; numbered ones where there are more people than names."""
    wide = len(str(len(ids)))
    chosen = names if len(ids) <= len(names) else [f"{noun}_{number:0{wide}}" for number in range(1, len(ids) + 1)]
    return dict(zip(sorted(ids), chosen, strict=False))


def _of(id_: str | None, names: Names) -> str | None:
    return None if id_ is None else names[id_]


# --- values -------------------------------------------------------------------------------------------------------


def veiled(population: Population, schema: Schema, holds: Holds) -> Population:
    """The population with other texts and rounder numbers, wherever the outcome stays the same."""
    for text in sorted({text for each in records(population) for text in _texts(each, schema)}):
        for other in _instead(text, holds, population, schema):
            changed = _replaced(population, schema, text, other)
            if holds(changed):
                population = changed
                break
    return _rounded(population, holds)


def _instead(text: str, holds: Holds, population: Population, schema: Schema) -> Iterator[str]:
    """What might stand in the place of a text, what says the least first."""
    if "@" in text:
        own = text.rpartition("@")[2]
        yield "someone@example.com"
        yield f"someone@{own}"
    elif re.fullmatch(r"[\w-]+(\.[\w-]+)+", text):
        yield "example.com"
    else:
        yield "some text"
    words = _WORD.split(text)
    if len(words) > 1:
        kept = fewest(words, lambda fewer: holds(_replaced(population, schema, text, " ".join(fewer) or "-")))
        if len(kept) < len(words):
            yield " ".join(kept) or "-"


def _texts(record: AnyRecord, schema: Schema) -> Iterator[str]:
    """The free texts of a record; members of an enumeration are words of the ruleset."""
    declared = _declared(record, schema)
    for name, value in values_of(record).items():
        if isinstance(value, str) and (name not in declared or declared[name].values is None):
            yield value


def _declared(record: AnyRecord, schema: Schema) -> Mapping[str, FieldType]:
    if isinstance(record, Event):
        return schema.events.get(record.type, {})
    return schema.account if isinstance(record, Account) else schema.contact


def _replaced(population: Population, schema: Schema, text: str, other: str) -> Population:
    """One text in all records at once: who had the same still has."""
    free = {id(each): {*_texts(each, schema)} for each in records(population)}

    def change(each: AnyRecord) -> AnyRecord:
        if text not in free[id(each)]:
            return each
        return with_values(each, {name: other if value == text else value for name, value in values_of(each).items()})

    return _everywhere(population, change)


def _rounded(population: Population, holds: Holds) -> Population:
    """Numbers to one digit, or two, where that changes nothing."""
    tries: tuple[tuple[int, Kind], ...] = tuple((digits, kind) for digits in (1, 2) for kind in KINDS)
    for digits, kind in tries:
        for name in sorted({name for each in getattr(population, kind) for name in values_of(each)}):
            changed = mapped(population, kind, partial(_with_rounded, name=name, digits=digits))
            if changed != population and holds(changed):
                population = changed
    return population


def _with_rounded(record: AnyRecord, name: str, digits: int) -> AnyRecord:
    values = values_of(record)
    return with_values(record, {**values, name: rounded(values[name], digits)}) if name in values else record


def rounded(value: Value, digits: int) -> Value:
    """A number with so many digits that say something; anything else as it is.

    >>> rounded(5321.0, 1), rounded(0.1234, 2), rounded("5321", 1)
    (5000.0, 0.12, '5321')
    """
    if not isinstance(value, float) or isinstance(value, bool) or not value:
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _everywhere(population: Population, change: Change) -> Population:
    for kind in KINDS:
        population = mapped(population, kind, change)
    return population


# --- times --------------------------------------------------------------------------------------------------------


def on_whole_days(population: Population, as_of: int, holds: Holds) -> Population:
    """Events at whole days before the instant, or else whole hours or minutes, as far as that changes nothing."""
    for unit in ("day", "hour", "minute"):
        everything = replace(population, events=[_back(each, as_of, MICROS[unit]) for each in population.events])
        if holds(everything):
            return everything
        for place in range(len(population.events)):
            events = list(population.events)
            events[place] = _back(events[place], as_of, MICROS[unit])
            changed = replace(population, events=events)
            if events[place] != population.events[place] and holds(changed):
                population = changed
    return population


def _back(event: Event, as_of: int, unit: int) -> Event:
    """The event at a whole number of units before the instant; it stays where it is already."""
    age = as_of - event.at
    if age % MICROS["minute"] == 0 and age % unit and unit != MICROS["day"]:
        return event
    whole = (age // unit) * unit
    return replace(event, at=as_of - whole, received_at=None)
