"""Explanations: every number and its reason, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoreline.engine.explain import Explanation, UnknownId, explain
from scoreline.engine.explain.report import Block, Condition, Line
from scoreline.engine.model import Model
from scoreline.engine.records import Contact, Population

from .acme import AS_OF, event, population, ruleset


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return ruleset(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def acme(model: Model) -> Explanation:
    return explain(model, population(), AS_OF, "acme")


@pytest.fixture(scope="module")
def ann(model: Model) -> Explanation:
    return explain(model, population(), AS_OF, "ann")


def line(explanation: Explanation, id: str) -> Line:
    return next(found for found in explanation.lines() if found.id == id)


# --- the arithmetic of a lead ---


def test_a_lead_adds_up(ann: Explanation) -> None:
    """20 for pricing; webinars of 30 and 60 days ago halved once and twice, 4 + 2; 5 for any visit."""
    score = ann.score("engagement")
    assert (score.raw, score.total, score.low, score.high) == (31, 31, 0, 40)
    assert line(ann, "buyer_on_pricing").total == 20
    assert line(ann, "webinars").total == 6
    assert line(ann, "once").total == 5


def test_each_piece_shows_its_decay_and_what_was_left_out(ann: Explanation) -> None:
    pieces = {piece.events.newest[0].id: piece for piece in line(ann, "webinars").pieces if piece.events}
    assert (pieces["w1"].before, pieces["w1"].factor, pieces["w1"].age, pieces["w1"].points) == (8, 0.5, 30, 4)
    assert (pieces["w3"].factor, pieces["w3"].points) == (0.25, 2)
    assert (pieces["w2"].dropped, pieces["w2"].points) == ("at most 1 per title", None)
    assert line(ann, "webinars").effect == "+8 at most 1 per title max 20 halves every 30 days"


def test_a_line_that_did_not_fire_says_what_it_has_and_what_would_do(ann: Explanation) -> None:
    (missing,) = line(ann, "thrice").condition.unmet()  # type: ignore[union-attr]
    assert (missing.has, missing.needs) == ("2 times", "at least 3 times")


def test_a_multiplier_that_did_not_hold_says_why(ann: Explanation) -> None:
    silent = line(ann, "silent")
    assert not silent.holds and silent.condition is not None
    assert (silent.condition.kind, silent.condition.has, silent.condition.needs) == ("not", "twice", "no such event")


def test_instants_are_those_of_the_rulesets_clock(ann: Explanation) -> None:
    events = line(ann, "buyer_on_pricing").condition.parts[1].events  # type: ignore[union-attr]
    assert events is not None
    assert (events.count, events.newest[0].at, events.newest[0].age) == (1, "2026-02-28T13:00:00+01:00", 1)
    assert ann.as_of == "2026-03-01T13:00:00+01:00"


# --- the arithmetic of an account ---


def test_an_account_adds_up(acme: Explanation) -> None:
    """Half of 31; visits 3 × 5 and 15 × 20/30 are 25, capped at 12."""
    score = acme.score("readiness")
    assert score.total == 27.5
    weighted, content, *_ = score.items
    assert weighted.total == 15.5
    assert isinstance(content, Block)
    assert (content.raw, content.total) == (25, 12)
    (cap,) = content.adjustments
    assert (cap.kind, cap.line, cap.text, cap.before, cap.after, cap.difference) == (
        "cap",
        "content",
        "max 12",
        25,
        12,
        -13,
    )


def test_a_roll_up_shows_each_leads_part(acme: Explanation) -> None:
    (found,) = line(acme, "weighted").inputs
    assert (found.text, found.value) == ("max(engagement of leads)", 31)
    assert [(part.id, part.value) for part in found.leads] == [("ann", 31), ("bob", 5)]


def test_a_decay_that_pays_once(acme: Explanation) -> None:
    topic = line(acme, "topic")
    (piece,) = topic.pieces
    assert (piece.before, piece.age, piece.unit, piece.points) == (15, 10, "day", 10)
    assert topic.events is not None and topic.events.count == 1


def test_a_when_that_does_not_apply(acme: Explanation) -> None:
    block = acme.score("readiness").items[3]
    assert isinstance(block, Block) and block.condition is not None
    assert not block.holds and block.items == ()
    assert (block.condition.has, block.condition.needs) == ("'APAC'", "'EMEA'")


def test_measures_and_grades(acme: Explanation) -> None:
    (measure,) = acme.measures
    assert (measure.value, measure.inputs[0].leads[0].id) == (1, "ann")
    (grade,) = acme.grades
    assert (grade.label, grade.axes[0].value, grade.axes[0].cut) == ("M", 800, 100)


# --- stages ---


def test_the_ladder_says_what_is_held_and_what_is_missing(acme: Explanation) -> None:
    ladder = acme.ladder
    assert ladder is not None
    assert (ladder.stage, ladder.label, ladder.next) == ("warm", "Warm", "ready")
    assert [step.holds for step in ladder.steps] == [True, True, False]
    assert [(item.text, item.has, item.needs) for item in ladder.steps[2].unmet] == [
        ("readiness >= ready_from", "27.5", "60 or more (32.5 more)"),
        ("call within 30 days", "never", "one such event"),
        ("surging('crm') at least 2 times within 30 days", "1 time", "at least 2 times"),
    ]


def test_the_summary_is_one_sentence(acme: Explanation) -> None:
    assert acme.summary == (
        "acme is at warm (Warm); readiness is 27.5 of 100, above all +15.5 for weighted, +15 for each visited('*') "
        "within 30 days and +10 for topic; for ready it still needs a readiness of at least 60 (27.5 now) and a call "
        "event within the last 30 days (none so far) or surging “crm” at least 2 times within the last 30 days "
        "(1 time)."
    )


# --- what does not count ---


def test_ignored_events_and_disqualified_leads_are_noted(acme: Explanation) -> None:
    by_text = {item.text: item for item in acme.ignored}
    assert [(item.events, item.contacts) for item in by_text.values()] == [(1, ()), (1, ("us",))]
    out = [(lead.id, lead.disqualified, lead.events) for lead in acme.leads if lead.disqualified]
    assert out == [("stu", "student", 1)]
    assert [lead.id for lead in acme.leads] == ["ann", "bob", "stu"]
    assert acme.events == 7


def test_a_disqualified_lead_says_by_what(model: Model) -> None:
    found = explain(model, population(), AS_OF, "stu")
    assert found.disqualified is not None
    assert (found.disqualified.reason, found.disqualified.line, found.disqualified.condition.has) == (
        "student",
        "left",
        "true",
    )
    assert found.summary.startswith("stu is disqualified as 'student'; engagement is 5 of 40")


def test_leads_are_explained_in_full_up_to_a_number(model: Model) -> None:
    full = explain(model, population(), AS_OF, "acme", leads=1)
    assert [lead.explanation is not None for lead in full.leads] == [True, False, False]
    assert full.leads[0].explanation == explain(model, population(), AS_OF, "ann")


# --- ids ---


def test_an_account_goes_before_a_lead_of_the_same_id(model: Model) -> None:
    data = population(event("x", "call", 1, "acme"))
    assert explain(model, data, AS_OF, "acme").level == "account"
    assert explain(model, data, AS_OF, "acme", "lead").level == "lead"


def test_an_unknown_id_gets_a_hint(model: Model) -> None:
    with pytest.raises(UnknownId, match="no lead or account `acne`") as caught:
        explain(model, population(), AS_OF, "acne")
    assert caught.value.hint == "did you mean `acme`?"
    with pytest.raises(UnknownId) as caught:
        explain(model, population(), AS_OF, "nobody", level="account")
    assert "`acme`" in caught.value.hint and "`ann`" not in caught.value.hint
    with pytest.raises(UnknownId, match="`ann` is a lead, where accounts are asked for"):
        explain(model, population(), AS_OF, "ann", "account")
    with pytest.raises(UnknownId, match="left out by `ignore contact where"):
        explain(model, population(), AS_OF, "us")


# --- as JSON ---


def test_it_is_json(acme: Explanation) -> None:
    found = json.loads(json.dumps(acme.to_dict()))
    assert found["scores"][0]["items"][1]["adjustments"][0]["difference"] == -13
    assert found["ladder"]["steps"][2]["unmet"][0]["needs"] == "60 or more (32.5 more)"
    assert found["leads"][0]["explanation"]["scores"][0]["total"] == 31


# --- conditions of every kind ---

KINDS = """
ignore contact where email ends with '@ourselves.com'
score x for lead:
    contact.student == true => disqualify 's'
score s for account:
    several: at least 2 of (account.target, account.employees >= 1000, account.region == 'EMEA') => +1
    range: account.employees in 1..500 => +1
    open: account.employees in 1000.. => +1
    listed: account.region in ['EMEA', 'AMER'] => +1
    unknown: account.target is missing => +1
    known: account.region is known => +1
    text: account.region contains ['west', 'east'] => +1
    regex: account.region matches /^E/ => +1
    unequal: account.region != 'APAC' => +1
    anyone: any(leads where role == 'champion') => +1
    nobody: not (account.employees >= 500) => +1
    counted: count(call) >= 2 => +1
"""


@pytest.mark.parametrize(
    ("id", "has", "needs"),
    [
        ("several", "1 of 3 hold", "at least 2 of them"),
        ("range", "800", "1 to 500"),
        ("open", "800", "1000 or more"),
        ("listed", "'APAC'", "one: 'EMEA', 'AMER'"),
        ("unknown", "true", "no value"),
        ("text", "'APAC'", "a text that contains any of 'west', 'east'"),
        ("regex", "'APAC'", "a text that matches /^E/"),
        ("unequal", "'APAC'", "anything but 'APAC'"),
        ("anyone", "0 of 2 leads", "a lead with role == 'champion'"),
        ("nobody", "800", "the opposite"),
        ("counted", "0", "2 or more (2 more)"),
    ],
)
def test_what_each_kind_of_condition_has_and_needs(tmp_path: Path, id: str, has: str, needs: str) -> None:
    found = explain(ruleset(tmp_path, KINDS), population(), AS_OF, "acme")
    condition = line(found, id).condition
    assert isinstance(condition, Condition)
    assert (condition.holds, condition.has, condition.needs) == (False, has, needs)
    assert line(found, "known").total == 1


FADED = """
score s for account:
    read: call => +1 loses 99% every 10 days
    also: call => +0.04
    cut: always => * 0.05
"""


def test_what_is_too_little_to_be_seen_is_not_explained(tmp_path: Path) -> None:
    assert explain(ruleset(tmp_path, FADED), population(), AS_OF, "acme").summary == "acme: s is 0."


# --- what happened, and does not count ---

LATE = """
score s for account:
    recent: call within 30 days => +10
    undone: webinar within 60 days without call => +10
    never: intent => +10
"""


def test_what_happened_too_long_ago_or_was_undone_is_not_called_never(tmp_path: Path) -> None:
    events = [event("w", "webinar", 50), event("c", "call", 40)]
    found = explain(ruleset(tmp_path, LATE), Population([], [Contact("ann", "acme", {})], events), AS_OF, "acme")
    has = {line.id: line.condition.has for line in found.lines() if line.condition is not None}
    assert has == {
        "recent": "last 2026-01-20, 40 days ago",
        "undone": "last 2026-01-10, but call since",
        "never": "never",
    }
