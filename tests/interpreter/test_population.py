"""Who and what there is at an instant: versions, entities that only others name, and what is ignored."""

from __future__ import annotations

from scoreline.engine.interpreter import interpret
from scoreline.engine.model import (
    And,
    Cases,
    Derived,
    IgnoreContacts,
    IgnoreEvents,
    Matches,
    Measure,
    Missing,
    OfType,
    Selection,
)
from scoreline.engine.records import Account, Contact, Event, ReadCounts

from .build import (
    ALWAYS,
    AS_OF,
    VISIT,
    account,
    ago,
    const,
    contact,
    event,
    events,
    happened,
    is_,
    model,
    near,
    over,
    population,
    prop,
    result,
    run,
    visit,
)

ROLE = Measure("lead", "role", contact("role"))
VISITS = Measure("lead", "visits", over("count", VISIT))
ALL_VISITS = Measure("account", "visits", over("count", events("visit", scope="account")))


def test_the_newest_version_up_to_the_instant_counts() -> None:
    versions = [
        Contact("ann", "old", {"role": "first", "title": "CFO"}),
        Contact("ann", "acme", {"role": "second"}, valid_from=ago(10)),
        Contact("ann", "new", {"role": "third"}, valid_from=AS_OF + 1),
        Contact("bob", "acme", {"role": "later"}, valid_from=AS_OF + 1),
    ]
    title = Measure("lead", "title", contact("title"))
    data = population(*versions)
    ran = run(ROLE, title, data=data)
    assert list(ran.leads) == ["ann"] and list(ran.accounts) == ["acme"]
    assert ran.entity("ann").measures == {"role": "second", "title": None}
    before = run(ROLE, data=data, as_of=ago(11))
    assert (before.entity("ann").measures["role"], before.entity("ann").account_id) == ("first", "old")
    assert run(ROLE, data=data, as_of=AS_OF + 1).entity("ann").measures["role"] == "third"


def test_those_whom_only_others_name_exist_with_every_field_missing() -> None:
    data = population(
        Contact("ann", "acme"), visit("a", ago(1), "bob", "beta"), visit("b", AS_OF + 1, "later"), Account("known")
    )
    ran = run(ROLE, ALL_VISITS, data=data)
    assert [lead.id for lead in ran.outcome.leads] == ["ann", "bob"]
    assert [account.id for account in ran.outcome.accounts] == ["acme", "beta", "known"]
    assert ran.entity("bob").account_id is None
    assert ran.accounts["beta"].measures == {"visits": 1}
    assert ran.outcome.counts.named_only == 3


def test_the_counts_add_up() -> None:
    bots = IgnoreEvents(And((OfType(("visit",)), Matches(prop("agent"), "bot", True))), "bots")
    ours = IgnoreContacts(is_(contact("email"), "==", "us"), "ours")
    data = population(
        Contact("ann", "acme", {"email": "us"}),
        visit("a", ago(1), "ann", agent="Bot"),
        visit("b", ago(1), "ann"),
        visit("c", ago(1), "bob", agent="Googlebot"),
        visit("d", ago(1), "bob"),
        visit("late", AS_OF + 1, "bob"),
    )
    for order, expected in (((bots, ours), {"bots": 2, "ours": 1}), ((ours, bots), {"ours": 2, "bots": 1})):
        outcome = interpret(model(VISITS, ignored=order), data, AS_OF, ReadCounts(7, 1, 1))
        counts = outcome.counts
        assert dict(counts.ignored_by) == expected
        assert (counts.events, counts.ignored, counts.after_as_of, counts.read) == (1, 3, 1, 7)
        assert counts.read == counts.events + counts.ignored + counts.after_as_of + counts.duplicates + counts.rejected
        assert [lead.id for lead in outcome.leads] == ["bob"]
    assert interpret(model(), data, AS_OF).counts.read == 5


def test_an_ignored_contact_is_out_of_everything() -> None:
    """Its record names no account; its events name theirs, and an ignored event still names its contact."""
    data = population(
        Contact("ann", "hers", {"email": "us"}),
        visit("a", ago(1), "ann", "named"),
        visit("b", ago(1), "bob"),
    )
    lines = (IgnoreContacts(is_(contact("email"), "==", "us")), IgnoreEvents(OfType(("visit",))))
    ran = run(VISITS, ALL_VISITS, data=data, ignored=lines)
    assert list(ran.leads) == ["bob"] and ran.measure("bob", "visits") == 0
    assert list(ran.accounts) == ["named"]


def test_ignore_contact_meets_those_whom_only_events_name() -> None:
    data = population(visit("a", ago(1), "bob"), Contact("ann", None, {"email": "x"}))
    ran = run(VISITS, data=data, ignored=(IgnoreContacts(Missing(contact("email"))),))
    assert list(ran.leads) == ["ann"]


def test_ignore_sees_the_data_as_read() -> None:
    """A click within a minute after an open of the same contact is a machine's; the open is itself ignored."""
    open_ = Selection("lead", OfType(("open",)))
    clicks = IgnoreEvents(And((OfType(("click",)), near("after", open_, 1 / 1440))), "clicks")
    opens = IgnoreEvents(OfType(("open",)), "opens")
    soon = 30_000_000
    data = population(
        Contact("ann", "acme"),
        event("o", "open", ago(1), "ann"),
        event("quick", "click", ago(1) + soon, "ann"),
        event("slow", "click", ago(0.5), "ann"),
        event("other", "click", ago(1) + soon, "bob", "acme"),
        event("account's", "click", ago(1) + soon, None, "acme"),
    )
    clicked = Measure("account", "clicks", over("count", events("click", scope="account")))
    ran = run(clicked, data=data, ignored=(opens, clicks))
    assert dict(ran.outcome.counts.ignored_by) == {"opens": 1, "clicks": 2}
    assert ran.measure("acme", "clicks") == 2


def test_ignore_does_not_see_derived_fields() -> None:
    role = Derived("contact", "role", const("bot"))
    data = population(Contact("ann", None, {"x": 1.0}))
    ran = run(role, ROLE, data=data, ignored=(IgnoreContacts(is_(contact("role"), "==", "bot")),))
    assert ran.measure("ann", "role") == "bot"


def test_derived_fields_fill_what_the_data_lack() -> None:
    role = Derived("contact", "role", Cases(((happened(VISIT), const("visitor")),), const("user"), kind="text"))
    size = Derived("account", "size", over("count", events("visit", scope="account")))
    read = Measure("lead", "size", account("size", "number"))
    data = population(
        Contact("ann", "acme", {"role": "buyer"}), Contact("bob", "acme"), Contact("eve"), visit("a", ago(1), "bob")
    )
    ran = run(role, size, ROLE, read, data=data)
    assert {id: lead.measures for id, lead in ran.leads.items()} == {
        "ann": {"role": "buyer", "size": 1},
        "bob": {"role": "visitor", "size": 1},
        "eve": {"role": "user", "size": None},
    }


def test_an_event_counts_for_its_own_account_or_its_contacts() -> None:
    data = population(
        Contact("ann", "acme"),
        Event("a", "visit", ago(1), "ann"),
        Event("b", "visit", ago(1), "ann", "beta"),
        Event("c", "visit", ago(1), None, "acme"),
    )
    ran = run(VISITS, ALL_VISITS, data=data)
    assert ran.measure("ann", "visits") == 2
    assert (ran.measure("acme", "visits"), ran.measure("beta", "visits")) == (2, 1)


def test_results_are_ordered_by_level_and_id() -> None:
    data = population(Contact("b", "z"), Contact("a", "y"), Contact("B", "z"))
    outcome = run(VISITS, data=data).outcome
    assert [lead.id for lead in outcome.leads] == ["B", "a", "b"]
    assert [item.id for item in outcome.accounts] == ["y", "z"]


def test_nothing_at_all() -> None:
    outcome = run(VISITS, ALL_VISITS, data=population()).outcome
    assert (outcome.leads, outcome.accounts, outcome.contributions) == ((), (), ())


def test_a_result_of_an_account_that_is_not_there_is_missing() -> None:
    hot = Measure("account", "hot", ALWAYS)
    read = Measure("lead", "hot", result("hot", "account", "measure", "bool"))
    ran = run(hot, read, data=population(Contact("ann"), Contact("bob", "acme")))
    assert (ran.measure("ann", "hot"), ran.measure("bob", "hot")) == (None, True)
