"""Random records with few distinct values, so that ties, boundaries and gaps are common."""

from __future__ import annotations

from hypothesis import strategies as st

from scoreline.engine.records import Account, Contact, Event, Population

from .building import DAY, HOUR, NOON

ages = st.one_of(
    st.sampled_from([0, DAY - 1, DAY, 7 * DAY, 2 * HOUR, -1]),
    st.integers(0, 12).map(lambda half: half * 12 * HOUR),
    st.integers(0, 12 * DAY),
)
pages = st.sampled_from(["a", "A", "b", "Straße", None])
numbers = st.sampled_from([0.0, 1.0, 2.5, -3.0, 10.0, 0.00005, None])


@st.composite
def event(draw: st.DrawFn, number: int) -> Event:
    kind = draw(st.sampled_from(["view", "view", "talk"]))
    contact = draw(st.sampled_from(["c1", "c1", "c2", "c10", "c9", None]))
    account = draw(st.sampled_from([None, None, "a1", "a2", "a7"]))
    values = {"page": draw(pages), "seconds" if kind == "view" else "minutes": draw(numbers)}
    if kind == "talk":
        values["session"] = draw(st.sampled_from(["s1", "S1", None, None]))
    late = draw(st.sampled_from([None, None, None, NOON + 1]))
    at = NOON - draw(ages)
    return Event(f"e{number}", kind, at, contact, account if contact or account else "a1", values, late)


@st.composite
def population(draw: st.DrawFn) -> Population:
    """A few leads and accounts, some of them named only by events, some in two versions."""
    fields = st.fixed_dictionaries(
        {
            "role": st.sampled_from(["buyer", "Buyer", "user", None]),
            "score": numbers,
            "flag": st.sampled_from([True, None]),
        }
    )
    firms = st.fixed_dictionaries({"region": st.sampled_from(["EMEA", "emea", None]), "size": numbers})
    contacts = [
        Contact(id, draw(st.sampled_from(["a1", "a2", "a3", None])), draw(fields), since)
        for id in draw(st.lists(st.sampled_from(["c1", "c2", "c10"]), unique=True, max_size=3))
        for since in draw(st.sampled_from([[None], [None, NOON], [NOON - DAY, NOON + DAY]]))
    ]
    accounts = [
        Account(id, draw(firms)) for id in draw(st.lists(st.sampled_from(["a1", "a2"]), unique=True, max_size=2))
    ]
    events = [draw(event(number)) for number in range(draw(st.integers(0, 14)))]
    return Population(accounts, contacts, events)
