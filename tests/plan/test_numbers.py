"""Small models with numbers worked out by hand, run on DuckDB."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import (
    AtMost,
    Block,
    Bound,
    Const,
    Cooldown,
    Decay,
    Disqualification,
    Each,
    EventAggregate,
    Expr,
    Field,
    Function,
    IgnoreContacts,
    IgnoreEvents,
    LeadAggregate,
    LeadSet,
    Line,
    Matches,
    Measure,
    Near,
    Not,
    Often,
    SetTo,
    TextTest,
    Times,
)
from scoreline.engine.plan import PlanError
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.results import Outcome
from scoreline.engine.runners import run

from .building import (
    DAY,
    HOUR,
    NOON,
    compare,
    days,
    happened,
    line,
    model,
    number,
    prop,
    role,
    score,
    score_of,
    select,
    text,
)


def contact_id() -> Expr:
    return Field(level="contact", name="id", kind="text")


def view(id: str, age: float, contact: str | None = "ann", **values: object) -> Event:
    """A page view some days ago."""
    account = values.pop("account", None)
    return Event(id, "view", NOON - round(age * DAY), contact, account, values)  # type: ignore[arg-type]


def talk(id: str, age: float, contact: str | None = "ann") -> Event:
    return Event(id, "talk", NOON - round(age * DAY), contact)


def outcome(made: object, events: list[Event], contacts: list[Contact] | None = None, **more: object) -> Outcome:
    people = contacts if contacts is not None else [Contact("ann", "acme")]
    records = Population(more.get("accounts", []), people, events)  # type: ignore[arg-type]
    with run(made, Dataset.from_population(records, made.schema), NOON) as found:  # type: ignore[arg-type,attr-defined]
        return found.outcome()


def entries(result: Outcome) -> list[tuple[str | None, str, int]]:
    return [(entry.line, entry.kind, entry.points) for entry in result.contributions]


def units(result: Outcome, id: str = "ann", name: str = "s") -> int:
    return next(entity.scores[name] for entity in (*result.leads, *result.accounts) if entity.id == id)


EACH = Each("event", select())


def test_a_decay_by_whole_days_then_the_cap() -> None:
    """5 × 2^(−0/30) + 5 × 2^(−2/30) = 5 + 4.7742; the cap takes what is above 8."""
    made = model(score(line("a", 5, each=EACH, decay=Decay("halves", "day", 30.0), bounds=(Bound("max", number(8)),))))
    assert entries(outcome(made, [view("1", 0.9), view("2", 2.5)])) == [("a", "line", 97742), ("a", "cap", -17742)]


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        (Decay("fades", "day", 8.0), 75000),
        (Decay("fades", "day", 2.0), 0),
        (Decay("fades", "day", 2.0, floor=4.0), 40000),
        (Decay("fades", "hour", 96.0), 50000),
        (Decay("halves", "day", 2.0, grace=2), 100000),
        (Decay("loses percent", "day", 1.0, 25.0), 50000),
        (Decay("loses percent", "day", 1.0, 25.0, compounding=True), 56250),
        (Decay("loses points", "day", 2.0, 3.0), 70000),
        (Decay("loses points", "day", 1.0, 30.0), 0),
    ],
)
@pytest.mark.parametrize("varying", [False, True])
def test_every_decay_two_days_later(decay: Decay, expected: int, varying: bool) -> None:
    """The same whether points are looked up in units or multiplied with a factor."""
    points: Expr = prop("seconds") if varying else number(10)
    made = model(score(line("a", points, each=EACH, decay=decay)))
    assert units(outcome(made, [view("1", 2, seconds=10.0)])) == expected


def test_points_beyond_the_limit_are_missing_until_they_have_decayed() -> None:
    """They age by the newest event: an older one, at which they would be in range, does not matter."""
    ages = Decay("halves", "day", 2.0, ages_by=select())
    made = model(score(line("a", 2e9, condition=happened(select()), decay=ages)))
    assert entries(outcome(made, [view("1", 0), view("2", 40)])) == []
    assert entries(outcome(made, [view("1", 4), view("2", 40)])) == [("a", "line", 5_000_000_000_000)]


def test_an_each_line_rounds_each_event() -> None:
    made = model(score(line("a", prop("seconds"), each=EACH)))
    assert units(outcome(made, [view("1", 0, seconds=0.00005), view("2", 0, seconds=0.00005)])) == 2


def test_at_most_keeps_those_worth_most_then_the_newer() -> None:
    limit = AtMost(number(1), "day")
    made = model(score(line("a", prop("seconds"), each=EACH, at_most=(limit,), decay=Decay("fades", "day", 4.0))))
    result = outcome(made, [view("1", 1.1, seconds=8.0), view("2", 1.2, seconds=9.0), view("3", 0.1, seconds=1.0)])
    assert entries(result) == [("a", "line", 67500 + 10000)]
    assert result.contributions[0].events == 2


def test_a_cooldown_walks_over_all_events_before_the_window() -> None:
    """Counted are 9, 6 and 3 days ago; 4 is too near to 6; the window leaves the one of 3 days ago."""
    each = Each("event", select(within=5))
    made = model(score(line("a", 1, each=each, at_most=(Cooldown(3 * DAY),))))
    assert units(outcome(made, [view(str(age), age) for age in (9, 7, 6, 4, 3, 1)])) == 10000


def test_groups_of_days_are_as_old_as_their_newest_event() -> None:
    each = Each("day", select(), often=Often(">=", number(2), "times"))
    made = model(score(line("a", 4, each=each, decay=Decay("fades", "day", 4.0))))
    result = outcome(made, [view("1", 1.1), view("2", 1.2), view("3", 0.1)])
    assert entries(result) == [("a", "line", 30000)]
    assert (result.contributions[0].events, result.contributions[0].first) == (2, NOON - round(1.2 * DAY))


def test_distinct_values_without_case() -> None:
    made = model(score(line("a", 4, each=Each("value", select(), prop("page")))))
    assert units(outcome(made, [view("1", 1, page="Docs"), view("2", 1, page="docs"), view("3", 1)])) == 40000


def test_bounds_per_day() -> None:
    made = model(score(line("a", 4, each=EACH, bounds=(Bound("max", number(5), "day"),))))
    result = outcome(made, [view("1", 1), view("2", 1), view("3", 0)])
    assert entries(result) == [("a", "line", 120000), ("a", "cap", -30000)]


def test_multipliers_then_set_then_bounds_then_range() -> None:
    group = Block(
        "group",
        (line("a", 10), Line("b", Times(number(1.5)), always()), Line("c", SetTo(number(12)), always())),
        "g",
        bounds=(Bound("max", number(9)),),
    )
    result = outcome(model(score(group, line("d", 3), low=0.0, high=11.0)), [])
    assert entries(result) == [
        ("a", "line", 100000),
        ("b", "multiplier", 50000),
        ("c", "set", -30000),
        ("g", "cap", -30000),
        ("d", "line", 30000),
        (None, "clamp", -10000),
    ]


def test_a_negative_factor_does_nothing() -> None:
    made = model(score(line("a", 10), Line("b", Times(number(-1)), always())))
    assert entries(outcome(made, [])) == [("a", "line", 100000)]


def test_first_and_best() -> None:
    never = Not(item=always())
    first = Block("first", (line("a", 1, never), line("b", 2), line("c", 3)))
    best = Block("best", (line("d", 4), line("e", 6), line("f", 6)))
    assert entries(outcome(model(score(first, best)), [])) == [("b", "line", 20000), ("e", "line", 60000)]


@pytest.mark.parametrize(
    ("relation", "length", "expected"),
    [("after", days(1), 2), ("before", days(1), 2), ("without", days(1), 1), ("after", None, 3), ("without", None, 1)],
)
def test_sequences_are_half_open(relation: str, length: object, expected: int) -> None:
    """Talks 5, 3 and 1 days ago; views at 5.5 (before the first), at 5 and at 2 days: the last is a day after 3."""
    near = Near(relation=relation, anchor=select(type="talk"), length=length)  # type: ignore[arg-type]
    made = model(score(line("a", 1, each=Each("event", select(near)))))
    events = [talk("t1", 5), talk("t2", 3), talk("t3", 1), view("1", 5.5), view("2", 5), view("3", 2), view("4", 0.5)]
    assert units(outcome(made, events)) == expected * 10000


def test_an_event_is_never_its_own_anchor() -> None:
    near = Near(relation="after", anchor=select(), length=days(1))
    made = model(score(line("a", 1, each=Each("event", select(near)))))
    assert units(outcome(made, [view("1", 3), view("2", 1), view("3", 1)])) == 20000


def test_some_stretch_of_days() -> None:
    often = Often(">=", number(3), "times", stretch=days(2))
    made = model(score(line("a", 1, happened(select(), often=often))))
    assert units(outcome(made, [view("1", 5), view("2", 4), view("3", 3)])) == 0
    assert units(outcome(made, [view("1", 5), view("2", 4), view("3", 3.01)])) == 10000


def test_days_are_those_of_the_zone() -> None:
    """Two events at 23:30 and 00:30 in Berlin are one day apart; in UTC they are on one day."""
    late = Event("1", "view", 1_774_906_200_000_000, "ann")  # 2026-03-30T21:30Z
    early = replace(late, id="2", at=late.at + HOUR)
    rules = score(line("a", 1, each=Each("day", select())))
    assert units(outcome(model(rules), [late, early])) == 10000
    assert units(outcome(model(rules, zone="Europe/Berlin"), [late, early])) == 20000


def test_ignored_events_and_contacts_are_counted_once() -> None:
    spam = IgnoreEvents(select(compare(prop("seconds"), "<", 1)).test, "quick")
    insiders = IgnoreContacts(compare(role(), "==", text("internal")), "internal")
    made = model(score(line("a", 1, each=EACH)), ignored=(spam, insiders))
    contacts = [Contact("ann", "acme", {"role": "buyer"}), Contact("bob", "us", {"role": "Internal"})]
    events = [
        view("1", 1, seconds=0.5),
        view("2", 1, seconds=2.0),
        view("3", 1, "bob", seconds=0.5),
        view("4", 1, "bob", seconds=2.0),
        talk("5", 1, "bob"),
    ]
    result = outcome(made, events, contacts)
    assert [(lead.id, lead.scores["s"]) for lead in result.leads] == [("ann", 10000)]
    assert [account.id for account in result.accounts] == ["acme"]
    assert result.counts.ignored_by == {"quick": 2, "internal": 2}
    assert (result.counts.events, result.counts.ignored) == (1, 4)


def test_only_what_was_known_at_the_instant_counts() -> None:
    made = model(score(line("a", 1, compare(role(), "==", text("buyer"))), line("b", 2, each=EACH)))
    contacts = [Contact("ann", "x", {"role": "user"}), Contact("ann", "acme", {"role": "Buyer"}, NOON - DAY)]
    contacts.append(Contact("ann", "late", {"role": "user"}, NOON + 1))
    events = [view("1", 0), view("2", -0.1), replace(view("3", 1), received_at=NOON + 1), view("4", 1, "eve")]
    result = outcome(made, events, contacts)
    assert units(result) == 30000
    assert [(lead.id, lead.account_id) for lead in result.leads] == [("ann", "acme"), ("eve", None)]
    assert (result.counts.after_as_of, result.counts.events, result.counts.named_only) == (2, 2, 2)


def test_disqualified_leads_and_their_events_count_in_no_account() -> None:
    out = Disqualification("lead", "out", "student", compare(role(), "==", text("student")))
    first = score(line("a", 10, happened(select())))
    rolled = LeadAggregate(function="sum", what=score_of("lead", "s"), leads=LeadSet(), kind="number")
    account = score(
        line("b", rolled), line("c", 1, each=Each("event", select(scope="account"))), level="account", name="t"
    )
    contacts = [Contact("ann", "acme"), Contact("bob", "acme", {"role": "student"})]
    result = outcome(
        model(first, out, account), [view("1", 1), view("2", 1, "bob"), view("3", 1, None, account="acme")], contacts
    )
    assert units(result, "acme", "t") == 120000
    assert [(lead.disqualified, lead.scores["s"]) for lead in result.leads] == [(None, 100000), ("student", 100000)]


def test_top_leads_ties_go_to_the_smaller_id() -> None:
    best = LeadSet(end="top", count=number(1), by=score_of("lead", "s"))
    measure = LeadAggregate(function="min", what=number_of_contact(), leads=best, kind="number")
    contacts = [Contact("9", "acme", {"score": 9.0}), Contact("10", "acme", {"score": 10.0})]
    made = model(score(line("a", 5)), Measure("account", "top", measure))
    assert outcome(made, [], contacts).accounts[0].measures == {"top": 10.0}


def number_of_contact() -> Expr:
    return Field(level="contact", name="score", kind="number")


def test_median_newest_and_most_common() -> None:
    def of(function: str, name: str) -> Measure:
        what = prop(name)
        value = EventAggregate(function=function, what=what, selection=select(), kind=what.kind)
        return Measure("lead", f"{function}_{name}", value)

    made = model(of("median", "seconds"), of("newest", "page"), of("most_common", "page"), of("avg", "seconds"))
    events = [
        view("1", 4, page="b", seconds=1.0),
        view("2", 3, page="B", seconds=2.0),
        view("3", 2, page="a", seconds=4.0),
        view("4", 1, seconds=10.0),
    ]
    measures = {"median_seconds": 3.0, "newest_page": "a", "most_common_page": "B", "avg_seconds": 4.25}
    assert outcome(made, events).leads[0].measures == measures


def test_a_model_without_scores_has_no_entries() -> None:
    made = model(Measure("lead", "m", number(2)))
    with run(made, Dataset.from_population(Population(contacts=[Contact("ann")]), made.schema), NOON) as found:
        assert found.contributions.fetchall() == []
        assert found.outcome().leads[0].measures == {"m": 2.0}


def test_entities_and_entries_are_in_order_of_ids() -> None:
    made = model(score(line("a", 1, each=EACH)))
    people = [Contact(id) for id in ("b", "10", "9", "é")]
    result = outcome(made, [view(id, 1, id) for id in ("é", "b", "9", "10")], people)
    assert [lead.id for lead in result.leads] == ["10", "9", "b", "é"]
    assert [entry.id for entry in result.contributions] == ["10", "9", "b", "é"]


def test_texts_of_rules_are_literals() -> None:
    """Quotes and comments in rules, ids and data stay texts."""
    evil = "x'); DROP TABLE events; --"
    made = model(score(line(evil, 1, compare(role(), "==", text(evil))), name="s"))
    result = outcome(made, [], [Contact(evil, None, {"role": evil})])
    assert (result.leads[0].id, entries(result)) == (evil, [(evil, "line", 10000)])


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        (TextTest(op="like", item=role(), sought=(text("a?c*_%"),)), ["ABCxx_%", "a/c_%"], ["ac_%", "abc_", "abcd%_"]),
        (TextTest(op="like", item=role(), sought=(text(r"a\*"),)), ["A*"], ["ab", r"a\*"]),
        (TextTest(op="mentions", item=role(), sought=(text("vp sales"),)), ["The VP, Sales!"], ["vp salesman"]),
        (TextTest(op="mentions", item=role(), sought=(text("—"), text("it"))), ["IT—lead"], ["—", "item"]),
        (TextTest(op="mentions", item=role(), sought=(text("a b"), text("c")), every=True), ["c, A  B"], ["a b", "c"]),
        (TextTest(op="mentions", item=role(), sought=(contact_id(),)), ["Vp Sales"], ["!"]),
        (TextTest(op="contains", item=role(), sought=(text("a"), text("b")), every=True), ["xBxA"], ["a", "b"]),
        (Matches(item=role(), pattern=r"^a\d'", ignore_case=True), ["A1'"], ["ba1'", "a'"]),
    ],
)
def test_patterns(test: Expr, yes: list[str], no: list[str]) -> None:
    contacts = [Contact(value, None, {"role": value}) for value in (*yes, *no)]
    result = outcome(model(score(line("a", 1, test))), [], contacts)
    assert sorted(lead.id for lead in result.leads if lead.scores["s"]) == sorted(yes)


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("a*c?", ["abcd", "ACx", "a%_c!"], ["abc", "xabcd"]),
        (r"a\*\?", ["A*?"], ["abc", "a*b"]),
        (r"100%_!", ["100%_!"], ["100 ab", "100%_"]),
        (r"\\*x", [r"\abx", r"\x"], ["abx", "*x"]),
        (r"\a\%b" + "\\", ["a%b\\"], ["a%b", "xa%b\\"]),
        (r"\\\*", [r"\*"], [r"\a", "*"]),
        ("", [], ["a"]),
    ],
)
def test_patterns_that_are_values(glob: str, yes: list[str], no: list[str]) -> None:
    """The glob is the region of the account, the text the role of the contact."""
    pattern = Field(level="account", name="region", kind="text")
    rules = model(score(line("a", 1, TextTest(op="like", item=role(), sought=(pattern,)))))
    people = Population(
        accounts=[Account("acme", {"region": glob or None})],
        contacts=[Contact(value, "acme", {"role": value}) for value in (*yes, *no)],
    )
    with run(rules, Dataset.from_population(people, rules.schema), NOON) as made:
        found = made.outcome()
    assert sorted(lead.id for lead in found.leads if lead.scores["s"]) == sorted(yes)
    assert found == interpret(rules, people, NOON)


def test_what_sql_cannot_say_is_refused_by_name() -> None:
    decimals = Function(name="round", args=(number(2.5), Field(level="contact", name="score", kind="number")))
    with pytest.raises(PlanError) as refused:
        outcome(model(score(line("a", replace(decimals, kind="number")))), [])
    assert refused.value.diagnostic.code == "P102"
    assert "`round` to a number of decimals that is not the same for all" in refused.value.diagnostic.message


def test_names_that_differ_by_case_or_are_names_of_sql() -> None:
    made = model(score(line("key", 1), name="Fit"), score(line("E", 2), name="fit"), score(line("x", 3), name="select"))
    assert outcome(made, []).leads[0].scores == {"Fit": 10000, "fit": 20000, "select": 30000}


def test_relations_for_files() -> None:
    made = model(score(line("a", 1.5), name="fit"), Measure("lead", "m", number(2)))
    with run(made, Dataset.from_population(Population(contacts=[Contact("ann", "acme")]), made.schema), NOON) as found:
        assert found.leads.columns == ["id", "account_id", "fit", "m"]
        assert [str(kind) for kind in found.leads.types] == ["VARCHAR", "VARCHAR", "DECIMAL(18,4)", "DOUBLE"]
        assert str(found.leads.fetchall()[0][2]) == "1.5000"
        assert found.contributions.fetchall()[0][:5] == ("lead", "ann", "fit", "a", "line")


def always() -> Expr:
    return Const(value=True)
