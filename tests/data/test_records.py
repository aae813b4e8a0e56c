"""Any dicts at all: what is read is what an independent typing of the same dicts gives (decisions 50-59, 73-75)."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoreline.engine.data import Dataset, read
from scoreline.engine.instants import Zone, format_instant, parse_date, parse_instant
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.schema import FieldType, Schema

from .connections import fresh
from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP

SCHEMA = Schema(
    account={"size": NUMBER, "tags": LIST, "target": BOOL, "match.name": TEXT},
    contact={"role": FieldType("text", ("Champion", "User")), "since": DATE, "seen": TIMESTAMP, "email": TEXT},
    events={
        "visit": {"page": TEXT, "score": NUMBER},
        "call": {"score": TEXT, "page": FieldType("text", ("Pricing", "home"))},
        "must": {"page": FieldType("text", required=True)},
    },
)
ZONE = Zone.named("America/New_York")

# ── strategies: few different values, so that records meet ───────────────────────────────────────────────────────

TEXTS = st.sampled_from(
    ["", " ", "a", " A ", "\u3000b\u00a0", "pricing", "Home", "champion", "\x00z", 'q"\\', "é\U0001f600"]
)
TIMES = st.sampled_from(
    [
        *("2026-03-08", "2026-03-08T02:30", "2026-11-01 01:30:00.1234567", "2026-01-01T00:00:00Z"),
        *("1969-12-31T23:59:59.9Z", "2026-02-30", "2026-01-01T00:00:00+14:00", "soon", "2026-01-01T00:00"),
    ]
)
NUMBERS = st.sampled_from([0, 1, -0.0, 2.5, 1e22, 2**70, math.nan, math.inf, -3])
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, TIMES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "name"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def mostly(*usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of these, and now and then anything at all."""
    return st.integers(0, 14).flatmap(lambda place: ANYTHING if place == 14 else usual[place % len(usual)])


IDS = mostly(st.sampled_from(["a", "b", " a", "A", "c", "d", 7, "7", 7.0, 10**25, 1.5]))
INSTANTS = mostly(TIMES)
WORDS, SIZES = mostly(TEXTS), mostly(NUMBERS, NUMBERS, TEXTS)
LISTS = mostly(st.lists(st.one_of(st.none(), TEXTS), max_size=3))


def record(needed: dict[str, st.SearchStrategy[Any]], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return mostly(st.fixed_dictionaries(needed, optional=others))


NAMES = record({}, name=WORDS)
ACCOUNTS = record(
    {"id": IDS}, size=SIZES, tags=LISTS, target=mostly(st.booleans()), match=NAMES, valid_from=INSTANTS
) | record({"id": IDS, "match.name": WORDS})
CONTACTS = record(
    {"id": IDS}, account_id=IDS, role=WORDS, email=WORDS, since=INSTANTS, seen=INSTANTS, valid_from=INSTANTS
)
PROPERTIES = record({"page": WORDS, "score": SIZES})
EVENTS = record(
    {
        "id": IDS,
        "type": mostly(st.sampled_from(["visit", "call", "must", " visit ", "other"])),
        "timestamp": mostly(TIMES),
        "contact_id": IDS,
    },
    account_id=IDS,
    received_at=INSTANTS,
    properties=PROPERTIES,
    page=WORDS,
    score=SIZES,
)
DATA = st.fixed_dictionaries(
    {
        "accounts": st.lists(ACCOUNTS, max_size=20),
        "contacts": st.lists(CONTACTS, max_size=20),
        "events": st.lists(EVENTS, max_size=40),
    }
)

# ── the same rules, written once more ────────────────────────────────────────────────────────────────────────────


def text(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def number_(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(float(value)):
        return None
    return float(value) + 0.0 if value else 0.0


def identity(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return text(value)
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return repr(value) if math.isfinite(value) else None


def instant(value: object) -> int | None:
    written = text(value)
    return None if written is None else parse_instant(written, ZONE)


def typed(value: object, type_: FieldType) -> object:
    if type_.kind == "text":
        found = text(value)
        if type_.values is None or found is None:
            return found
        return next((each for each in type_.values if each.lower() == found.lower()), None)
    if type_.kind == "number":
        return number_(value)
    if type_.kind == "bool":
        return value if isinstance(value, bool) else None
    if type_.kind == "date":
        written = text(value)
        return None if written is None else parse_date(written)
    if type_.kind == "timestamp":
        return instant(value)
    if not isinstance(value, list) or not all(each is None or isinstance(each, str) for each in value):
        return None
    return tuple(found for each in value if (found := text(each)) is not None)


def fields(declared: Mapping[str, FieldType], places: list[object]) -> dict[str, Any]:
    found = {name: typed(look(name, places), type_) for name, type_ in declared.items()}
    return {name: value for name, value in found.items() if value is not None}


def look(name: str, places: list[object]) -> object:
    """The first place that has anything: nested as the dots say, then under the name itself."""
    for place in places:
        for path in (name.split("."), [name]):
            value = place
            for key in path:
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                return value
    return None


def account(given: object) -> Account | None:
    if not isinstance(given, dict) or (id_ := identity(given.get("id"))) is None:
        return None
    return Account(id_, fields(SCHEMA.account, [given]), instant(given.get("valid_from")))


def contact(given: object) -> Contact | None:
    if not isinstance(given, dict) or (id_ := identity(given.get("id"))) is None:
        return None
    found = fields(SCHEMA.contact, [given])
    return Contact(id_, identity(given.get("account_id")), found, instant(given.get("valid_from")))


def event(given: object) -> Event | None:
    if not isinstance(given, dict):
        return None
    id_, type_, at = identity(given.get("id")), text(given.get("type")), instant(given.get("timestamp"))
    owners = identity(given.get("contact_id")), identity(given.get("account_id"))
    if id_ is None or type_ is None or at is None or owners == (None, None):
        return None
    declared = SCHEMA.events.get(type_, {})
    properties = fields(declared, [given.get("properties"), given])
    if any(each.required and name not in properties for name, each in declared.items()):
        return None
    return Event(id_, type_, at, *owners, properties, instant(given.get("received_at")))


def canonical(each: Account | Contact | Event) -> str:
    """Known values only, keys in order, no blanks, the shortest numbers."""

    def plain(value: object, type_: FieldType) -> object:
        if type_.kind == "timestamp":
            return format_instant(value)  # type: ignore[arg-type]
        if isinstance(value, datetime.date):
            return value.isoformat()
        return int(value) if isinstance(value, float) and value.is_integer() else value

    times = {"valid_from": getattr(each, "valid_from", None), "received_at": getattr(each, "received_at", None)}
    known = {key: format_instant(value) for key, value in times.items() if value is not None}
    known |= {key: value for key in ("id", "contact_id", "account_id", "type") if (value := getattr(each, key, None))}
    if isinstance(each, Event):
        declared = SCHEMA.events.get(each.type, {})
        inner = {name: plain(value, declared[name]) for name, value in each.properties.items()}
        whole: dict[str, object] = {**known, "timestamp": format_instant(each.at), "properties": inner}
    else:
        declared = SCHEMA.account if isinstance(each, Account) else SCHEMA.contact
        whole = {**known, **{name: plain(value, declared[name]) for name, value in each.fields.items()}}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chosen(records: list[Any]) -> list[Any]:
    """One of each id (and version): the earliest, then the smaller JSON."""
    best: dict[object, Any] = {}
    for each in sorted(records, key=lambda each: (getattr(each, "at", 0), canonical(each))):
        best.setdefault((each.id, getattr(each, "valid_from", None)), each)
    return sorted(best.values(), key=lambda each: (each.id, getattr(each, "valid_from", None) or -math.inf))


def expected(data: Mapping[str, list[object]]) -> tuple[Population, tuple[int, int]]:
    accounts = [found for each in data["accounts"] if (found := account(each))]
    contacts = [found for each in data["contacts"] if (found := contact(each))]
    events = [found for each in data["events"] if (found := event(each))]
    kept = chosen(events)
    counts = (len(events) - len(kept), len(data["events"]) - len(events))
    return Population(chosen(accounts), chosen(contacts), kept), counts


def check(data: Mapping[str, list[object]]) -> Dataset:
    dataset = read(data, SCHEMA, zone=ZONE, max_rejected=1, connection=fresh())
    population, (duplicates, rejected) = expected(data)
    found = dataset.population()
    assert list(found.accounts) == list(population.accounts)
    assert list(found.contacts) == list(population.contacts)
    assert list(found.events) == list(population.events)
    assert (dataset.counts.read, dataset.counts.duplicates, dataset.counts.rejected) == (
        len(data["events"]),
        duplicates,
        rejected,
    )
    return dataset


@settings(deadline=None, max_examples=10)
@given(DATA)
def test_any_dicts(data: dict[str, list[object]]) -> None:
    check(data)


@settings(deadline=None, max_examples=8)
@given(DATA)
def test_a_population_comes_back_as_it_was(data: dict[str, list[object]]) -> None:
    population, _ = expected(data)
    dataset = Dataset.from_population(population, SCHEMA, fresh())
    assert dataset.population() == population


@pytest.mark.soak
@pytest.mark.parametrize("test", [test_any_dicts, test_a_population_comes_back_as_it_was])
def test_dicts_for_long(test: Any) -> None:
    long = settings(deadline=None, max_examples=500, suppress_health_check=list(HealthCheck))
    long(given(DATA)(test.hypothesis.inner_test))()
