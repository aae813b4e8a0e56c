"""What is followed from one instant to the next is the same as what is counted at each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.history import Replayed, replay
from scoreline.engine.instants import DAY, HOUR
from scoreline.engine.model import Model
from scoreline.engine.plan import plan
from scoreline.engine.plan.compile import Physical
from scoreline.engine.plan.pace import ALWAYS, DAYS, MANY, Pace, pace
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.runners import across, run

from .models import model_of
from .records import NOON
from .test_replay import rows_at, rows_of_run

EVENTS = (
    "view",
    "view(where page == 'docs')",
    "view(where seconds > 20)",
    "talk",
    "(view or talk)",
    "intent(where topic in ['crm', 'erp'])",
)
WINDOWS = ("", " within 3 days", " within 30 hours", " within 9 days", " between 2 and 5 days ago", " within 60 days")
LINES = (
    "{events}{window} => {points:+}",
    "not {events}{window} => {points:+}",
    "{events}{window} at least {n} times => {points:+}",
    "{events}{window} at most {n} times => {points:+}",
    "each {events}{window} => {points:+} max 7",
    "contact.role == 'buyer' and {events}{window} => {points:+}",
    "count({events}{window}) > 1.5 * count(view within 4 days) => {points:+}",
    "{events}{window} on at least {n} days => {points:+}",
    "each day with {events}{window} => {points:+} max 9",
    "distinct(page of view{window}) >= {n} => {points:+}",
    "each {events} within 9 days => {points:+} halves every 3 days",
)
OF_ACCOUNTS = "{events}{window} by at least {n} contacts => {points:+}"


def lines(chances: random.Random, shapes: tuple[str, ...]) -> Iterator[str]:
    for shape in shapes:
        yield "    " + shape.format(
            events=chances.choice(EVENTS),
            window=chances.choice(WINDOWS),
            points=chances.choice((5, 2.5, -3)),
            n=chances.choice((2, 3)),
        )


def rules(chances: random.Random) -> str:
    ignored = chances.choice(("", "ignore talk within 1 day after intent\n", "ignore view where page == 'own'\n"))
    people = "\n".join(lines(chances, LINES))
    accounts = "\n".join(lines(chances, (*LINES[:5], OF_ACCOUNTS)))
    return f"{ignored}score s for lead:\n{people}\nscore t for account:\n{accounts}\n"


def people(chances: random.Random) -> Population:
    """Few people with many events, some of which came late, or never counted because they came too late."""

    def event(number: int) -> Event:
        at = NOON - chances.randrange(30 * DAY) // HOUR * HOUR
        late = chances.choice((None, None, at + chances.randrange(12 * DAY)))
        own: dict[str, dict[str, object]] = {
            "view": {"page": chances.choice(("docs", "Docs", "own", None)), "seconds": chances.choice((5.0, 30.0))},
            "talk": {},
            "intent": {"topic": chances.choice(("crm", "CRM", "erp", "hr"))},
        }
        kind = chances.choice(("view", "view", "talk", "intent"))
        who = chances.choice(("ann", "bob", "cyd", None))
        return Event(f"e{number}", kind, at, who, None if who else "acme", own[kind], received_at=late)

    contacts = [Contact("ann", "acme", {"role": "buyer"}), Contact("bob", "acme", {"role": "user"})]
    return Population([Account("acme")], contacts, [event(number) for number in range(90)])


def instants(chances: random.Random) -> list[int]:
    """Daily, more often, and with a gap; some before the first event, some after the last."""
    apart = chances.choice((DAY, 7 * HOUR, 3 * DAY))
    return sorted({NOON + 2 * DAY - apart * step for step in range(14) if step != 5} | {NOON - 1})


def spelt(made: Model, at_pace: Pace = DAYS) -> list[str]:
    """The steps of what is followed, as a replay plans it."""
    return [name for name in steps_of(made, at_pace) if "spells" in name]


def steps_of(made: Model, at_pace: Pace, physical: Physical = "auto") -> list[str]:
    found = plan(made, contributions=False, physical=physical, versioned=False, many=at_pace)
    names = [step.name for step in found.steps]
    assert len(names) == len({*names})
    return names


def compare(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chances = random.Random(seed)
    for name in ("STRETCH", "AT_HAND_AT_ONCE"):
        monkeypatch.setattr(across, name, (3, 100, 7)[seed % 3])
    monkeypatch.setattr(across, "LITTLE", 0)
    model, given = model_of(rules(chances), chances.choice(("UTC", "Europe/Berlin"))), people(chances)
    data, at = Dataset.from_population(given, model.schema), instants(chances)
    assert spelt(model, ALWAYS) == ["lead_spells_1", "account_spells_1"]
    assert {"lead_spelt_1", "lead_calm_1"} <= {*steps_of(model, ALWAYS)}
    with (
        replay(model, data, at, physical="in spells") as followed,
        replay(model, data, at, physical="by kind") as counted,
    ):
        for each in at:
            assert rows_at(followed, each) == rows_at(counted, each), (seed, each)
        for each in at[:: len(at) // 2]:
            with run(model, data, each, contributions=False) as made:
                assert rows_at(followed, each) == rows_of_run(made), (seed, each)


@pytest.mark.parametrize("seed", range(2))
def test_followed_and_counted_are_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(seed, monkeypatch)


@pytest.mark.soak
def test_followed_and_counted_are_the_same_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(300):
        compare(seed, monkeypatch)


def scores(replayed: Replayed) -> list[int]:
    return [score for (score,) in replayed.connection.execute('SELECT s FROM lead_history ORDER BY "at"').fetchall()]


def test_what_hangs_on_spells_alone_is_not_worked_out_at_each_instant() -> None:
    counted = "score s for lead:\n    view within 9 days => +1\n    contact.role == 'buyer' and talk => +2\n"
    of_accounts = "score t for account:\n    view => +1\n    always => +1 * max(s of leads)\n"
    later = "    each intent within 9 days => +1 halves every 3 days\n"
    alone = {*steps_of(model_of(counted + of_accounts, "UTC"), ALWAYS, "in spells")}
    assert "lead_spelt_1" in alone and not {"lead_calm_1", "account_spelt_1"} & alone
    assert {"lead_spelt_1", "lead_calm_1"} <= {*steps_of(model_of(counted + later, "UTC"), ALWAYS, "in spells")}


def test_a_window_ends_with_its_last_microsecond() -> None:
    """One event comes and leaves just in time; another is received after its window, where it never counts."""
    model = model_of("score s for lead:\n    each view within 3 days => +1\n    view at least 2 times => +10\n", "UTC")
    events = [Event("e1", "view", 10 * DAY, "ann"), Event("e2", "view", 0, "ann", received_at=4 * DAY)]
    data = Dataset.from_population(Population([], [Contact("ann")], events), model.schema)
    at = [3 * DAY, 4 * DAY - 1, 4 * DAY, 10 * DAY - 1, 10 * DAY, 13 * DAY - 1, 13 * DAY, 99 * DAY]
    with replay(model, data, at, physical="in spells") as replayed:
        assert scores(replayed) == [0, 0, 0, 0, 110_000, 110_000, 100_000, 100_000]


def test_whether_it_pays_hangs_on_windows_and_on_the_pace() -> None:
    """Daily over half a year most events are seen at many instants; weekly, or on three days, at few."""
    lines = "\n".join(f"    view(where page == 'p{n}') within {n + 20} days => +1" for n in range(8))
    model = model_of(f"score s for lead:\n{lines}\n", "UTC")
    daily = pace([day * DAY for day in range(180)])
    assert daily == Pace(MANY, DAY)
    assert spelt(model, daily) == ["lead_spells_1"]
    assert spelt(model, pace([day * 7 * DAY for day in range(26)])) == []
    assert spelt(model, pace([0, DAY, 2 * DAY])) == []
    assert pace([DAY]) == Pace(1, HOUR)


def test_what_loses_value_with_age_or_asks_when_is_counted_at_each_instant() -> None:
    lines = "\n".join(f"    view(where page == 'p{n}') within 60 days => +1 halves every 7 days" for n in range(8))
    assert spelt(model_of(f"score s for lead:\n{lines}\n", "UTC")) == []
