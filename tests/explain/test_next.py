"""What would have to happen next: which steps are found, in which order, and what is said where there are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scoreline.cli.explain_next import next_rows
from scoreline.engine.explain import UnknownGoal, explain, find
from scoreline.engine.explain.ahead import FEWEST, WORK, stage_goals, trials
from scoreline.engine.interpreter import Evaluation
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.ruleset import load
from scoreline.engine.steps import outlook

from .acme import AS_OF, ago
from .promise import check_promise

MANIFEST = """
scoreline: 1
name: small
version: 1.0.0
timezone: UTC
files: [rules.rules]
schema:
  contact: {role: [buyer, user, champion], student: bool}
  account: {target: bool, employees: number}
  events:
    visit: {page: text, agent: text}
    form: {name: text}
    webinar: {title: text}
    intent: {topic: text}
    unsubscribed: {}
"""

ENGAGED = "score engagement for lead 0..100:\n    visit => +10\n    form => +25\n"


@pytest.fixture
def ahead(tmp_path: Path) -> Any:
    """What is next of acme, whose ann is a buyer and bob a user, for rules and further records."""

    def call(rules: str, *more: Contact | Event, goal: str = "Q", id: str = "acme") -> dict[str, Any]:
        (tmp_path / "ruleset.yaml").write_text(MANIFEST)
        (tmp_path / "rules.rules").write_text(rules)
        model = load(tmp_path).model
        people = [Contact("ann", "acme", {"role": "buyer"}), Contact("bob", "acme", {"role": "user"})]
        population = Population(
            [Account("acme", {"employees": 50.0})],
            [*people, *(each for each in more if isinstance(each, Contact))],
            [each for each in more if isinstance(each, Event)],
        )
        found = explain(model, population, AS_OF, id, goal=goal)
        if goal == "Q":
            check_promise(model, population, AS_OF, found.to_dict())
        assert found.next is not None
        call.said = [row.text for row in next_rows(found.next)]  # type: ignore[attr-defined]
        return found.next.to_dict()

    return call


def who(found: dict[str, Any]) -> list[list[tuple[str | None, str | None]]]:
    """Who does what, for each set."""
    return [[(step["contact"], step["type"]) for step in each["steps"]] for each in found["sets"]]


def visit(id: str, days: float, contact: str = "ann", **properties: str) -> Event:
    return Event(id, "visit", ago(days), contact, None, properties)


def test_fewer_steps_come_first_then_people_who_are_there_then_what_is_more_usual(ahead: Any) -> None:
    rules = f"{ENGAGED}stages for account:\n    Q: any(leads where engagement >= 20)\n"
    found = ahead(
        rules.replace("form => +25", "form => +25\n    webinar => +20"), Event("w", "webinar", ago(300), None, "acme")
    )
    assert who(found)[:4] == [[("ann", "webinar")], [("bob", "webinar")], [("ann", "form")], [("bob", "form")]]
    assert who(found)[4:] == [[("new contact", "webinar")]]
    assert found["sets"][0]["stage"] == "Q" and not found["reached"] and found["complete"]


def test_as_many_people_as_are_missing(ahead: Any) -> None:
    rules = "stages for account:\n    Q: visit by at least 3 contacts within 14 days\n"
    found = ahead(rules, visit("v", 1), Contact("cy", "acme"))
    assert who(found) == [[("bob", "visit"), ("cy", "visit")]]


def test_as_often_as_is_missing(ahead: Any) -> None:
    found = ahead("stages for lead:\n    Q: visit at least 3 times within 14 days\n", visit("v", 1), id="ann")
    assert who(found) == [[("ann", "visit"), ("ann", "visit")]]
    assert "1. ann (buyer): visit, twice" in ahead.said


@pytest.mark.parametrize("old", [None, "crm", "erp", "bi"])
def test_several_values_of_a_list_whichever_of_them_is_known(ahead: Any, old: str | None) -> None:
    rules = """\
list ours = ['crm', 'bi', 'erp', 'hr']
signal surging = intent where topic in ours
score interest for account:
    each surging at most 1 per topic => +10 fades over 60 days
    several: distinct(topic of surging within 30 days) >= 3 => +15
stages for account:
    Q: interest >= 45
"""
    known = [Event("i", "intent", ago(200), None, "acme", {"topic": old})] if old is not None else []
    found = ahead(rules, *known)
    topics = [{step["properties"]["topic"] for step in each["steps"]} for each in found["sets"]]
    assert topics and all(len(each) == 3 and each < {"crm", "bi", "erp", "hr"} for each in topics)


def test_roles_that_are_missing(ahead: Any) -> None:
    covered = "coverage(role of leads where engagement >= 20, ['buyer', 'champion']) >= 1"
    found = ahead(f"{ENGAGED}stages for account:\n    Q: {covered}\n")
    assert who(found)[0] == [("ann", "form"), ("new champion", "form")]
    assert found["sets"][0]["steps"][1]["known"] == {"role": "champion"}
    assert "and someone new (champion): form" in ahead.said


def test_what_must_come_before_it_comes_too(ahead: Any) -> None:
    found = ahead("stages for lead:\n    Q: form within 7 days after webinar\n", id="ann")
    assert who(found) == [[("ann", "form"), ("ann", "webinar")]]


def test_caps_and_what_counts_once_are_kept_to(ahead: Any) -> None:
    """Another webinar without a title would not count, as each title counts once."""
    rules = (
        "score s for lead 0..100:\n    group g max 30:\n        each webinar at most 1 per title => +10\n"
        "stages for lead:\n    Q: s >= 20\n"
    )
    found = ahead(rules, Event("w", "webinar", ago(3), "ann"), id="ann")
    assert who(found) == [[("ann", "webinar")]]
    assert found["sets"][0]["steps"][0]["properties"] == {"title": "another title"}
    assert found["sets"][0]["moved"] == [
        {"text": "s", "said": "s", "before": 10.0, "after": 20.0, "needs": "20 or more", "holds": True}
    ]


def test_events_that_are_ignored_are_no_steps(ahead: Any) -> None:
    """The pages of bots are what the data have most of, and yet no way."""
    rules = "ignore visit where agent contains 'bot'\nstages for lead:\n    Q: visit within 30 days\n"
    bots = [visit(f"b{n}", 1, page="docs", agent="a bot") for n in range(5)]
    found = ahead(rules, *bots, id="ann")
    assert who(found) == [[("ann", "visit")]] and "agent" not in found["sets"][0]["steps"][0]["properties"]


def test_who_is_disqualified_may_come_back(ahead: Any) -> None:
    rules = (
        "score s for lead 0..100:\n    visit => +10\n    unsubscribed without form => disqualify 'unsubscribed'\n"
        "stages for lead:\n    Q: s >= 10\n"
    )
    gone = Event("u", "unsubscribed", ago(5), "ann")
    found = ahead(rules, gone, id="ann")
    assert who(found) == [[("ann", "form"), ("ann", "visit")]]


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("account.target", "fact"),
        ("account.employees >= 100 and visit", "fact"),
        ("percentile(account.employees) >= 90", "others"),
        ("visit on at least 3 days within 30 days", "event"),
        ("visit between 30 and 60 days ago", "event"),
        ("not form", "undone"),
        ("account.employees < 20", "fact"),
    ],
)
def test_what_no_event_brings_is_said(ahead: Any, condition: str, why: str) -> None:
    found = ahead(f"stages for account:\n    Q: {condition}\n", Event("f", "form", ago(1), "ann"))
    assert not found["sets"] and [each["why"] for each in found["obstacles"]] == [why]
    assert "further events alone do not reach it:" in ahead.said or found["helps"]


def test_what_helps_is_named_where_nothing_suffices(ahead: Any) -> None:
    found = ahead(f"{ENGAGED}stages for account:\n    Q: sum(engagement of leads) >= 1000\n")
    assert not found["sets"] and not found["obstacles"]
    first = found["helps"][0]
    assert [step["type"] for step in first["steps"]] == ["form"] and first["moved"][0]["after"] == 25
    assert any(text.startswith("no set of up to 4 further events was found") for text in ahead.said)


def test_a_line_can_be_the_goal(ahead: Any) -> None:
    line = "pair: count(leads where engagement >= 10) >= 2 => +5"
    rules = f"{ENGAGED}score r for account:\n    when account.employees >= 10:\n        {line}\n"
    found = ahead(rules, visit("v", 1), goal="pair")
    assert who(found)[:2] == [[("bob", "visit")], [("bob", "form")]]
    with pytest.raises(UnknownGoal, match="`pairs`") as caught:
        ahead(rules, goal="pairs")
    assert "`pair`" in caught.value.hint


def test_nothing_is_next_where_the_goal_is_reached(ahead: Any) -> None:
    found = ahead("stages for account:\n    Q: visit\n", visit("v", 1))
    assert found["reached"] and not found["sets"] and ahead.said == []


def test_of_several_ways_one_that_is_open_is_not_called_closed(ahead: Any) -> None:
    """Three days are out of reach today. Points are not, though these do not suffice: nothing is said to be closed."""
    rules = (
        "score s for lead:\n    webinar => +10\n"
        "stages for lead:\n    Q: s >= {} or webinar on at least 3 days within 30 days\n"
    )
    far = ahead(rules.format(20), id="ann")
    assert (far["sets"], far["obstacles"]) == ([], [])
    assert [(each["said"], each["after"]) for each in far["helps"][0]["moved"]] == [("s", 10.0)]
    near = ahead(rules.format(10), id="ann")
    assert who(near) == [[("ann", "webinar")]] and near["sets"][0]["moved"][0]["said"] == "s"
    none = ahead("score s for lead:\n    webinar => +10\nstages for lead:\n    Q: contact.student or s < 0\n", id="ann")
    assert [each["why"] for each in none["obstacles"]] == ["fact", "fall"]


def test_of_many_people_some_are_tried_to_the_end() -> None:
    """Who has more leads than there are trials is told what one of them could do, by rules as people write them."""
    model = load("abm").model
    people = [Contact(f"p{number}", "acme", {"role": "user"}) for number in range(20)]
    seen = [visit(f"v{number}", 3, f"p{number}", page="blog/any") for number in range(20)]
    population = Population([Account("acme", {})], people, [replace(event, type="page_view") for event in seen])
    evaluation = Evaluation(model, population, AS_OF)
    row = find(evaluation, "acme")
    found = outlook(evaluation, population, row, stage_goals(evaluation, row, "MEA") or [], 120)
    assert found.sets and not found.complete and found.trials <= 130


def test_whoever_has_many_events_is_told_of_next_steps_too(tmp_path: Path) -> None:
    """Not where each trial must work out everybody anew."""
    rules = "score s for lead:\n    webinar => +10\n{}stages for lead:\n    Q: s >= 10\n"
    many = Population([], [Contact("ann", None, {})], [visit(f"v{number}", 3) for number in range(9_000)])
    (tmp_path / "ruleset.yaml").write_text(MANIFEST)
    for more, expected in (("", FEWEST), ("measure place for lead = rank(s)\n", 0)):
        (tmp_path / "rules.rules").write_text(rules.format(more))
        assert trials(load(tmp_path).model, many, WORK) == expected
