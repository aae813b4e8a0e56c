"""What is said of a plan holds: of its steps, of how rules are counted, of what is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from scoreline.engine.model import Expr, LeadSet, Part, Score, Selection, lines
from scoreline.engine.model.base import inside
from scoreline.engine.outline import Outline, Rule, outline
from scoreline.engine.outline.roles import role
from scoreline.engine.plan.past import REMEMBERED
from scoreline.engine.plan.steps import DATA, INSTANT
from scoreline.engine.ruleset import load

SHIPPED = ["abm", "tour", "open-source", "by-example", "published/gitlab", "published/posthog-health"]
DAY = 86_400_000_000

SCHEMA = """scoreline: 1
name: small
version: 1.0.0
files: [all.rules]
schema:
  contact: {role: [buyer, user], plan_id: text, begun: date, cycle: number}
  events:
    visit: {page: text, seconds: number}
    mail: {}
    call: {}
    news: {}
"""
BY_KIND = "\n".join(f"    page_{n}: visit(where page == 'p{n}') within {n} days => +{n}" for n in range(1, 9))


@cache
def shipped(name: str) -> Outline:
    return outline(load(name).model)


def small(folder: Path, rules: str, contributions: bool = False) -> Outline:
    (folder / "ruleset.yaml").write_text(SCHEMA, encoding="utf-8")
    (folder / "all.rules").write_text(f"score interest for lead:\n{rules}\n", encoding="utf-8")
    return outline(load(folder).model, contributions)


def rule(found: Outline, name: str) -> Rule:
    return next(each for each in found.rules if each.name == name)


# --- rulesets that ship -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_work_of_every_step_is_known(name: str) -> None:
    found = shipped(name)
    assert [step.name for step in found.steps if step.role == "other"] == []
    known = {*DATA, INSTANT, *REMEMBERED.values()}
    for step in found.steps:
        assert set(step.reads) <= known, step.name
        known.add(step.name)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_line_is_there_and_those_that_select_events_count_some(name: str) -> None:
    found = shipped(name)
    by_title = {(each.level, each.title): each for each in found.rules if each.kind in ("line", "multiplier", "set")}
    for score in (item for item in found.plan.model.order if isinstance(item, Score)):
        for line in lines(score.items):
            each = by_title[score.level, f"{score.name}.{line.id}"]
            assert each.span == line.span
            if each.kind == "line" and selects(line):
                assert each.how not in ("fields", "leads"), each
            if not selects(line) and not line.each and each.how in ("fields", "leads"):
                assert not found.steps_of(each)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_costs_more_has_its_steps_and_a_reason(name: str) -> None:
    found = shipped(name)
    for each in found.rules:
        if each.how in ("scan", "set"):
            assert found.steps_of(each), each
            assert each.reasons or not found.counts.by_kind, each
        else:
            assert not each.reasons and not found.steps_of(each), each


@pytest.mark.parametrize("name", SHIPPED)
def test_counts_are_those_of_the_steps(name: str) -> None:
    found = shipped(name)
    counts = found.counts
    assert counts.distinct <= counts.mentioned
    hits = [step for step in found.steps if "_hits_" in step.name or "_marks_" in step.name]
    assert counts.passes == len(hits) and counts.by_kind == sum(step.selections or 0 for step in hits)
    assert counts.scanned == sum(step.selections or 0 for step in found.steps if step.role == "scan")
    assert counts.sets == len([s for s in found.steps if s.role == "set" and "event" in s.reads])


def selects(part: Expr | Part) -> bool:
    """Whether a line selects events itself, and not those of its leads."""
    below = [each for each in inside(part) if not isinstance(each, LeadSet)]
    return any(isinstance(each, Selection) or selects(each) for each in below)


# --- small ones -------------------------------------------------------------------------------------------------------


def test_what_is_read_and_how_far_back(tmp_path: Path) -> None:
    found = small(tmp_path, BY_KIND + "\n    mailed: mail => +1\n    called: call more than 3 days ago => +1").reading
    assert found.reach == {"call": None, "mail": None, "visit": 8 * DAY}
    assert found.never == ("news",)
    assert found.columns == {"contacts": (), "accounts": (), "events": ("page",)}
    assert found.declared == {"contacts": 4, "accounts": 0, "events": 2}


def test_nothing_is_read_where_nothing_is_asked(tmp_path: Path) -> None:
    found = small(tmp_path, "    buyer: contact.role == 'buyer' => +1")
    assert found.reading.reach == {} and found.reading.never == ("call", "mail", "news", "visit")
    assert (found.counts.mentioned, found.counts.by_kind, found.counts.sets) == (0, 0, 0)
    assert rule(found, "buyer").how == "fields"


def test_one_session_reads_everything(tmp_path: Path) -> None:
    found = small(tmp_path, "    back: visit across at least 2 sessions within 5 days => +1")
    assert set(found.reading.reach.values()) == {None} and found.reading.never == ()
    assert rule(found, "back").reasons == ("counts sessions",)


def test_equal_selections_are_counted_once(tmp_path: Path) -> None:
    found = small(tmp_path, BY_KIND + "\n    again: visit(where page == 'p1') within 1 day => +1")
    assert (found.counts.mentioned, found.counts.distinct, found.counts.by_kind) == (9, 8, 8)
    assert found.counts.ages == 9 and found.counts.told_apart == ("type", "page")


@pytest.mark.parametrize(
    ("line", "how", "reason"),
    [
        ("x: visit => +1", "summed", ""),
        ("x: contact.role == 'buyer' and visit => +1", "kind", ""),
        ("x: each visit => +seconds", "scan", "points that differ from event to event"),
        ("x: sum(seconds of visit) > 9 => +1", "scan", "`sum` over values of events"),
        ("x: visit this month => +1", "scan", "a window of the calendar"),
        ("x: each day with visit => +1", "set", "`each day`: groups of events"),
        ("x: each visit => +1 at most 2 per day", "set", "`at most … per …`: events are ranked"),
        ("x: each visit => +1 at most once per 3 days", "set", "a cooldown: one event decides on the next"),
        ("x: call within 3 days after visit => +1", "set", "`after`: other events beside each event"),
        ("x: visit on at least 3 days => +1", "set", "counts days"),
        ("x: most_common(page of visit) == 'a' => +1", "set", "`most_common` over values of events"),
        ("x: visit since contact.begun => +1", "scan", "a window that is not the same for all"),
        ("x: visit within contact.cycle days => +1", "scan", "a window that is not equally long for all"),
        ("x: newest 3 visit at least 2 times within 9 days => +1", "set", "the newest of its events"),
        ("x: avg(count of visit per week over 9 weeks) > 2 => +1", "set", "counts period by period"),
        ("x: visit(where page == contact.plan_id) => +1", "scan", "fields or results inside a selection"),
    ],
)
def test_how_a_rule_is_counted_and_why(tmp_path: Path, line: str, how: str, reason: str) -> None:
    each = rule(small(tmp_path, f"{BY_KIND}\n    {line}"), "x")
    assert (each.how, each.reasons) == (how, (reason,) if reason else ()), each
    assert str(each.span).startswith("all.rules:10")


def test_what_one_step_stands_for(tmp_path: Path) -> None:
    found = small(tmp_path, f"{BY_KIND}\n    days: each day with visit => +1\n    mailed: 2 * count(mail) > 3 => +1")
    (own,) = (step for step in found.steps if step.role == "set")
    assert own.rules == (rule(found, "days"),) and own.selections == 1
    assert found.steps_of(rule(found, "days")) == (own.name,)


def test_few_questions_are_asked_event_by_event(tmp_path: Path) -> None:
    found = small(tmp_path, "    a: visit within 3 days => +1")
    assert rule(found, "a").how == "scan" and rule(found, "a").reasons == ()
    assert (found.counts.by_kind, found.counts.scanned, found.counts.scans) == (0, 1, 1)


def test_with_contributions_a_step_says_them_out_of_what_was_found_of_each_selection(tmp_path: Path) -> None:
    without, with_them = small(tmp_path, BY_KIND), small(tmp_path, BY_KIND, contributions=True)
    more = {"contributions", "lead_hits_1", "lead_tallies_1", "lead_values_1"}
    assert {step.name for step in with_them.steps} - {step.name for step in without.steps} == more
    assert (with_them.counts.terms, with_them.counts.sums) == (without.counts.terms, without.counts.sums)
    assert [each.how for each in with_them.rules] == [each.how for each in without.rules] == ["summed"] * 8


def test_a_step_that_nobody_has_heard_of_is_said_to_be_other() -> None:
    assert role("something_new") == "other"
