"""What a day tells the next one: daily runs over a store that remembers are runs that work the days before out anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.instants import UTC_ZONE, Zone, day_end, local_date
from scoreline.engine.model import Model
from scoreline.engine.plan import plan as make_plan
from scoreline.engine.records import Contact, Event, Population
from scoreline.engine.results import Outcome
from scoreline.engine.runners import recalling, run_plan
from scoreline.engine.store import About, OfRun, append
from scoreline.engine.store.memory import Memory, known_day

from . import records
from .models import TYPES, model_of
from .test_days_before import remembering


def daily(model: Model, people: Population, at: int, store: Path, history: bool = False) -> tuple[Outcome, int]:
    """A run over a store: its results, and how many memories it has afterwards."""
    data = Dataset.from_population(people, model.schema)
    plan = make_plan(model, history=history)
    known = known_day(plan, data, store, "0", at) if plan.days is not None else None
    with run_plan(plan, data, at, known=known) as made:
        memory = Memory.of(made, "0")
        append(store, OfRun(made, data), About(model, "0", at, "test"), (), [] if memory is None else [memory.keep])
        outcome = made.outcome()
    data.connection.close()
    return outcome, 0 if known is None else 1


def alone(model: Model, people: Population, at: int, history: bool = False) -> Outcome:
    data = Dataset.from_population(people, model.schema)
    with run_plan(make_plan(model, history=history), data, at) as made:
        outcome = made.outcome()
    data.connection.close()
    return outcome


# --- by hand --------------------------------------------------------------------------------------------------------

RULES = """\
stages for lead:
    cool: view within 3 days stays while view within 20 days
    warm: view at least 2 times within 3 days for at least 2 days
"""


@pytest.fixture
def model() -> Model:
    return model_of(RULES, "UTC")


def view(day: int, who: str = "ann", account: str | None = None, received: int | None = None) -> Event:
    arrived = None if received is None else end(received) - 1
    return Event(f"{who} {day} {account}", "view", end(day) - 1, who, account, {}, arrived)


def end(day: int) -> int:
    """The end of a day of March."""
    return day_end(date(2026, 3, 1) + timedelta(days=day - 1), UTC_ZONE)


ANN, BEN, CAY = (Contact(name, account) for name, account in (("ann", "acme"), ("ben", "acme"), ("cay", "birch")))


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Of how many contacts how many days were worked out, each time that some were, where a day was known."""
    found: list[tuple[int, int]] = []
    fill = recalling.fill_tables

    def noting(plan, cursor, days, instants, *more):  # type: ignore[no-untyped-def]
        (contacts,) = cursor.execute("SELECT count(DISTINCT id) FROM contacts").fetchone()
        cursor.fetchall()
        found.append((contacts, len(days)))
        fill(plan, cursor, days, instants, *more)

    monkeypatch.setattr(recalling, "fill_tables", noting)
    return found


def test_the_next_day_begins_where_this_one_ended(
    model: Model, tmp_path: Path, worked_out: list[tuple[int, int]]
) -> None:
    people = Population((), (ANN, BEN, CAY), [view(day, who) for day in (1, 2, 9) for who in ("ann", "cay")])
    for day in (3, 4, 8, 8, 30):
        outcome, known = daily(model, people, end(day), tmp_path / "s.duckdb")
        assert outcome == alone(model, people, end(day)) and known == (day > 3)
    assert worked_out == [(3, 3), (3, 3), (3, 21)]  # 5 to 7, twice, for 8 was known the first time; 9 to 29


def test_only_whoever_has_other_data_is_worked_out_anew(
    model: Model, tmp_path: Path, worked_out: list[tuple[int, int]]
) -> None:
    first = Population((), (ANN, BEN, CAY), [view(1), view(1, "cay")])
    late = replace(first, events=[*first.events, view(2)])
    known_later = replace(late, events=[*late.events, view(3, "cay", received=6)])
    moved = replace(known_later, contacts=(ANN, BEN, Contact("cay", "acme")))
    steps = ((first, []), (late, [(2, 4)]), (known_later, []), (moved, [(3, 6)]))
    for day, (people, expected) in enumerate(steps, 4):
        worked_out.clear()
        outcome, _ = daily(model, people, end(day), tmp_path / "s.duckdb")
        assert outcome == alone(model, people, end(day)) and worked_out == expected


def test_an_older_event_moves_the_first_day(model: Model, tmp_path: Path, worked_out: list[tuple[int, int]]) -> None:
    people = Population((), (ANN,), [view(2)])
    daily(model, people, end(4), tmp_path / "s.duckdb")
    older = replace(people, events=[view(1, "cay"), *people.events])
    assert daily(model, older, end(5), tmp_path / "s.duckdb")[0] == alone(model, older, end(5))
    assert worked_out == []  # all days, as without a store


def test_the_same_day_again_leaves_the_file_as_it_is(model: Model, tmp_path: Path) -> None:
    store = tmp_path / "s.duckdb"
    people = Population((), (ANN,), [view(2)])
    for day in (4, 5, 5):
        daily(model, people, end(day), store, history=True)
    before = store.read_bytes()
    daily(model, people, end(5), store)  # which asks for less
    assert store.read_bytes() == before
    assert daily(model, people, end(6), store, history=True)[0] == alone(model, people, end(6), history=True)


# --- whatever happens -------------------------------------------------------------------------------------------------


def test_any_daily_runs_are_runs_that_remember_nothing(tmp_path: Path) -> None:
    assert check(3, tmp_path / "s.duckdb", steps=4) >= 2


@pytest.mark.soak
def test_daily_runs_for_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = sum(check(seed, tmp_path / f"{seed}.duckdb") for seed in range(100, 112))
    with capsys.disabled():
        print(f"\n12 rulesets that remember, each run on seven days: {known} runs began with what was known")
    assert known > 40


def check(seed: int, store: Path, steps: int = 7) -> int:
    """Daily runs over data that change; gives how many of them began with what the store knew."""
    chances, model = remembering(seed)
    zone = Zone.named(model.timezone)
    history = chances.random() < 0.4
    people = crowds(chances, zone)
    today = local_date(records.NOON, zone) - timedelta(days=8)
    begun = 0
    for now in islice(changing(people, chances), steps):
        at = day_end(today, zone) - chances.choice((0, 0, 0, 0, 1))
        outcome, known = daily(model, now, at, store, history)
        assert outcome == alone(model, now, at, history), (seed, today)
        begun += known
        today += timedelta(days=chances.choice((0, 1, 1, 1, 1, 3)))
    return begun


def crowds(chances: random.Random, zone: Zone) -> Population:
    """Three crowds that have nothing to do with each other, so that one can change and not the others."""
    found = [records.population(records.crowd(chances), zone, TYPES) for _ in range(3)]
    accounts = [replace(each, id=f"{each.id}.{place}") for place, one in enumerate(found) for each in one.accounts]
    contacts = [
        replace(each, id=f"{each.id}.{place}", account_id=_of(each.account_id, place))
        for place, one in enumerate(found)
        for each in one.contacts
    ]
    events = [
        replace(
            each,
            id=f"{each.id}.{place}",
            contact_id=_of(each.contact_id, place),
            account_id=_of(each.account_id, place),
        )
        for place, one in enumerate(found)
        for each in one.events
    ]
    return Population(accounts, contacts, events)


def _of(id_: str | None, place: int) -> str | None:
    return None if id_ is None else f"{id_}.{place}"


def changing(people: Population, chances: random.Random) -> Iterator[Population]:
    """The data on seven days: some events come late, some contacts are not known at first, some change."""
    late = {each.id: chances.choice((0,) * 12 + (2, 5)) for each in people.events}
    new = {each.id: chances.choice((0,) * 9 + (4,)) for each in people.contacts}
    for step in range(7):
        if step in (3, 6):
            place = chances.randrange(len(people.contacts))
            one, other = people.contacts[place], chances.choice(people.contacts)
            contacts = list(people.contacts)
            contacts[place] = replace(one, fields=other.fields, account_id=chances.choice((one, other)).account_id)
            people = replace(people, contacts=contacts)
        yield replace(
            people,
            contacts=[each for each in people.contacts if new[each.id] <= step],
            events=[each for each in people.events if late[each.id] <= step],
        )
