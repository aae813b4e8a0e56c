"""Random data for the random rulesets: few distinct values, so that ties, boundaries and gaps are common."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from scoreline.engine.instants import Zone, format_instant, parse_instant
from scoreline.engine.records import Account, Contact, Event, Population, Value

DAY = 86_400_000_000
#: 2026-03-31T12:00Z, two days after Europe's clocks changed.
NOON = 1_774_958_400_000_000

TEXTS = ["pricing", "Pricing", "docs/a", "docs/B", "a", " pricing ", "", None, "Straße", "ΠΡΟΣ"]
TITLES = ["Chief Fun Officer", "CTO", "it", "Head of IT", "x@X.example", None, "chief", "O'Brien it-man", "İt"]
NUMBERS = [0, 1, 2.5, 5, 10, 10.5, 30, 49.99995, 50, 200, -3, 0.1, None, 1e-9, 123456.78905]
FLAGS = [True, False, None]
EXACT_AGES = [0, 1, DAY, DAY - 1, DAY + 1, 3 * DAY, 7 * DAY, 10 * DAY, -1, -DAY, 5 * DAY, 2 * 3_600_000_000]
CONTACTS: dict[str, list[object]] = {
    "id": ["c1", "c2", "c3", "c4", "c10"],
    "account_id": ["a1", "a1", "a2", "a3", None],
    "role": ["buyer", "Champion", "user", None],
    "title": TITLES,
    "score": NUMBERS,
    "flag": FLAGS,
    "born": ["2026-03-01", "2026-04-05", None],
    "seen": ["2026-03-27T00:00:00Z", "2026-03-30T11:59:59.999999Z", "2026-03-29T02:30:00", None],
    "tags": [["vip"], ["VIP", "x"], [], None],
}
ACCOUNTS: dict[str, list[object]] = {
    "id": ["a1", "a2", "a4"],
    "industry": ["software", "Software", "retail", None],
    "size": NUMBERS,
    "target": FLAGS,
    "renewal": ["2026-03-28", "2026-05-01", None],
    "tools": [["dbt"], ["DBT", "crm"], [], None],
}
KINDS = ["view", "view", "view", "talk", "intent", "other"]
PROPERTIES: dict[str, dict[str, list[object]]] = {
    "view": {"page": TEXTS, "seconds": NUMBERS, "hot": FLAGS},
    "talk": {"title": TITLES, "minutes": NUMBERS, "page": TEXTS, "session": ["s1", "S1", None]},
    "intent": {"topic": ["crm", "CRM", "erp", None], "strength": NUMBERS},
    "other": {},
}
Record = dict[str, object]
Pick = Callable[[Sequence[object]], object]


def event(pick: Pick, age: int, number: int) -> Record:
    """One event; `pick` chooses."""
    kind = str(pick(KINDS))
    contact = pick(["c1", "c1", "c2", "c3", "c4", "c10", "c99", None])
    account = pick([None, None, None, "a1", "a2", "a3", "a9"])
    return {
        "id": f"e{number}",
        "type": kind,
        "timestamp": format_instant(NOON - age),
        "contact_id": contact,
        "account_id": account if contact is not None or account is not None else "a1",
        "properties": {name: pick(values) for name, values in PROPERTIES[kind].items()},
    }


ages = st.one_of(
    st.sampled_from(EXACT_AGES),
    st.integers(0, 15).map(lambda days: days * DAY + DAY // 2),
    st.integers(-DAY, 16 * DAY),
)
contacts = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CONTACTS.items()})
accounts = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in ACCOUNTS.items()})


@st.composite
def data(draw: st.DrawFn) -> dict[str, list[Record]]:
    """Accounts, contacts and events as plain dicts, with duplicates, late events and people nobody declared."""
    count = draw(st.integers(0, 14))

    def one_event() -> Record:
        return event(lambda values: draw(st.sampled_from(values)), draw(ages), draw(st.integers(0, count * 3)))

    return {
        "accounts": draw(st.lists(accounts, max_size=3, unique_by=lambda item: item["id"])),
        "contacts": draw(st.lists(contacts, max_size=4, unique_by=lambda item: item["id"])),
        "events": [one_event() for _ in range(count)],
    }


def crowd(chances: random.Random) -> dict[str, list[Record]]:
    """More of the same, without hypothesis: up to a dozen people with up to sixty events."""

    def record(values: dict[str, list[object]], id_: str) -> Record:
        return {**{name: chances.choice(each) for name, each in values.items()}, "id": id_}

    def age() -> int:
        days = chances.randint(0, 15) * DAY
        return chances.choice([chances.choice(EXACT_AGES), days + DAY // 2, chances.randint(-DAY, 16 * DAY)])

    count = chances.randint(20, 60)
    people = chances.sample(["c1", "c2", "c3", "c4", "c10", *(f"d{number}" for number in range(7))], 10)
    return {
        "accounts": [record(ACCOUNTS, id_) for id_ in chances.sample(["a1", "a2", "a4", "a7"], 3)],
        "contacts": [record(CONTACTS, id_) for id_ in people],
        "events": [event(chances.choice, age(), chances.randint(0, count * 3)) for _ in range(count)],
    }


INSTANTS = [NOON, NOON, NOON + 1, NOON - DAY, NOON - 3 * DAY - 1, NOON + 40 * DAY]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
instants = st.sampled_from(INSTANTS)
zones = st.sampled_from(ZONES)


def typed(kind: str, value: object, zone: Zone) -> Value:
    """A value of a dict as the reader types it: small enough to be seen to be right."""
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return None
    if kind == "date":
        return datetime.date.fromisoformat(str(value))
    if kind == "timestamp":
        return parse_instant(str(value), zone)
    if kind == "list":
        return tuple(value)  # type: ignore[arg-type]
    if kind == "number":
        return float(value)  # type: ignore[arg-type]
    return value.strip() if isinstance(value, str) else bool(value)


CONTACT = {
    "role": "text",
    "title": "text",
    "score": "number",
    "flag": "bool",
    "born": "date",
    "seen": "timestamp",
    "tags": "list",
}
ACCOUNT = {"industry": "text", "size": "number", "target": "bool", "renewal": "date", "tools": "list"}


def population(data: dict[str, list[Record]], zone: Zone, kinds: dict[str, dict[str, str]]) -> Population:
    """The dicts as typed records; of events with one id only the first is kept."""

    def fields(record: dict[str, object], known: dict[str, str]) -> dict[str, Value]:
        return {name: typed(kind, record.get(name), zone) for name, kind in known.items()}

    events = {
        item["id"]: Event(
            str(item["id"]),
            str(item["type"]),
            parse_instant(str(item["timestamp"]), zone) or 0,
            item["contact_id"],  # type: ignore[arg-type]
            item["account_id"],  # type: ignore[arg-type]
            fields(item["properties"], kinds.get(str(item["type"]), {})),  # type: ignore[arg-type]
        )
        for item in reversed(data["events"])
    }
    return Population(
        [Account(str(item["id"]), fields(item, ACCOUNT)) for item in data["accounts"]],
        [Contact(str(item["id"]), item["account_id"], fields(item, CONTACT)) for item in data["contacts"]],  # type: ignore[arg-type]
        sorted(events.values(), key=lambda event: event.id),
    )
