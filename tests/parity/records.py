"""Random data for the random rulesets: few distinct values, so that ties, boundaries and gaps are common."""

from __future__ import annotations

import datetime

from hypothesis import strategies as st

from scoreline.engine.instants import Zone, format_instant, parse_instant
from scoreline.engine.records import Account, Contact, Event, Population, Value

DAY = 86_400_000_000
#: 2026-03-31T12:00Z, two days after Europe's clocks changed.
NOON = 1_774_958_400_000_000

ages = st.one_of(
    st.sampled_from([0, 1, DAY, DAY - 1, DAY + 1, 3 * DAY, 7 * DAY, 10 * DAY, -1, -DAY, 5 * DAY, 2 * 3_600_000_000]),
    st.integers(0, 15).map(lambda days: days * DAY + 43_200_000_000),
    st.integers(-DAY, 16 * DAY),
)
texts = st.sampled_from(["pricing", "Pricing", "docs/a", "docs/B", "a", " pricing ", "", None, "Straße", "ΠΡΟΣ"])
titles = st.sampled_from(
    ["Chief Fun Officer", "CTO", "it", "Head of IT", "x@X.example", None, "chief", "O'Brien it-man", "İt"]
)
numbers = st.sampled_from([0, 1, 2.5, 5, 10, 10.5, 30, 49.99995, 50, 200, -3, 0.1, None, 1e-9, 123456.78905])
flags = st.sampled_from([True, False, None])


contacts = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["c1", "c2", "c3", "c4", "c10"]),
        "account_id": st.sampled_from(["a1", "a1", "a2", "a3", None]),
        "role": st.sampled_from(["buyer", "Champion", "user", None]),
        "title": titles,
        "score": numbers,
        "flag": flags,
        "born": st.sampled_from(["2026-03-01", "2026-04-05", None]),
        "seen": st.sampled_from(["2026-03-27T00:00:00Z", "2026-03-30T11:59:59.999999Z", "2026-03-29T02:30:00", None]),
        "tags": st.sampled_from([["vip"], ["VIP", "x"], [], None]),
    }
)
accounts = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["a1", "a2", "a4"]),
        "industry": st.sampled_from(["software", "Software", "retail", None]),
        "size": numbers,
        "target": flags,
        "renewal": st.sampled_from(["2026-03-28", "2026-05-01", None]),
        "tools": st.sampled_from([["dbt"], ["DBT", "crm"], [], None]),
    }
)


@st.composite
def events(draw: st.DrawFn, number: int) -> dict[str, object]:
    kind = draw(st.sampled_from(["view", "view", "view", "talk", "intent", "other"]))
    contact = draw(st.sampled_from(["c1", "c1", "c2", "c3", "c4", "c10", "c99", None]))
    account = draw(st.sampled_from([None, None, None, "a1", "a2", "a3", "a9"]))
    properties = {
        "view": lambda: {"page": draw(texts), "seconds": draw(numbers), "hot": draw(flags)},
        "talk": lambda: {
            "title": draw(titles),
            "minutes": draw(numbers),
            "page": draw(texts),
            "session": draw(st.sampled_from(["s1", "S1", None])),
        },
        "intent": lambda: {"topic": draw(st.sampled_from(["crm", "CRM", "erp", None])), "strength": draw(numbers)},
        "other": dict,
    }[kind]()
    at = NOON - draw(ages)
    return {
        "id": f"e{draw(st.integers(0, number * 3))}",
        "type": kind,
        "timestamp": format_instant(at),
        "contact_id": contact,
        "account_id": account if contact is not None or account is not None else "a1",
        "properties": properties,
    }


@st.composite
def data(draw: st.DrawFn) -> dict[str, list[dict[str, object]]]:
    """Accounts, contacts and events as plain dicts, with duplicates, late events and people nobody declared."""
    count = draw(st.integers(0, 14))
    return {
        "accounts": draw(st.lists(accounts, max_size=3, unique_by=lambda item: item["id"])),
        "contacts": draw(st.lists(contacts, max_size=4, unique_by=lambda item: item["id"])),
        "events": [draw(events(count)) for _ in range(count)],
    }


instants = st.sampled_from([NOON, NOON, NOON + 1, NOON - DAY, NOON - 3 * DAY - 1, NOON + 40 * DAY])
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])


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


def population(data: dict[str, list[dict[str, object]]], zone: Zone, kinds: dict[str, dict[str, str]]) -> Population:
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
