"""What is made of expectations that are not met, of engines that differ, and of many scenarios in one run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scoreline.engine import model
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.records import Population
from scoreline.engine.results import Outcome
from scoreline.engine.rows import compares_all
from scoreline.engine.ruleset import load
from scoreline.engine.scenarios import junit
from scoreline.engine.scenarios.batches import joined, looks_into_ids, outcomes, part, prefix
from scoreline.engine.scenarios.coverage import coverage, share
from scoreline.engine.scenarios.engines import duckdb, duckdb_apart, reference
from scoreline.engine.scenarios.reading import Scenario, read_scenarios
from scoreline.engine.scenarios.running import Verdict, run
from scoreline.engine.schema import FieldType, Schema
from scoreline.grammar.source import Source


def number(value: float) -> model.Const:
    return model.Const(value, kind="number")


PRICING = model.Selection("lead", model.OfType(("page_view",)))
ROLE = model.Compare("==", model.Field("contact", "role", kind="text"), model.Const("buyer", kind="text"))
LOST = model.Compare("==", model.Field("contact", "role", kind="text"), model.Const("rival", kind="text"))
ENGAGED = model.LeadAggregate(
    "max",
    model.Result("lead", "score", "engagement", kind="number"),
    model.LeadSet(),
    kind="number",
)
ENGAGEMENT = model.Score(
    "lead",
    "engagement",
    (
        model.Line("buyer", model.Points(number(20.0)), ROLE),
        model.Line(
            "views",
            model.Points(number(5.0)),
            each=model.Each("event", PRICING),
            bounds=(model.Bound("max", number(12.0)),),
        ),
    ),
    0.0,
    30.0,
)
MODEL = model.Model(
    name="m",
    version="1",
    timezone="UTC",
    schema=Schema(contact={"role": FieldType("text")}, events={"page_view": {"page": FieldType("text")}}),
    order=(
        model.Disqualification("lead", "rivals", "rival", LOST, score="engagement"),
        ENGAGEMENT,
        model.Measure("account", "engaged", ENGAGED),
        model.Score("account", "readiness", (model.Line("any", model.Points(ENGAGED), model.Const(True)),)),
        model.Stages("account", (model.Stage("MEA", model.Compare(">=", ENGAGED, number(20.0))),)),
    ),
)

FILE = """
as_of: 2026-03-01
scenarios:
  - name: a buyer
    contacts: [{id: ann, account_id: acme, role: buyer}, {id: bob, account_id: acme}]
    events:
      - {contact: ann, type: page_view, at: [1 day ago, 2 days ago, 3 days ago]}
      - {contact: bob, type: page_view, at: now}
    expect:
      leads: {ann: {engagement: 30, lines: {views: 12, buyer: 20}}, bob: {engagement: 5, not_lines: [buyer]}}
      accounts: {acme: {readiness: '>= 30', engaged: 30, stage: MEA}}
  - name: a rival
    contacts: [{id: ann, account_id: acme, role: rival}]
    expect:
      leads: {ann: {disqualified: rival, stage: null}}
      accounts: {acme: {readiness: 0, engaged: null, stage: null}}
  - name: another day
    as_of: 2025-01-01
    contacts: [{id: ann, account_id: acme}]
    events: [{contact: ann, type: page_view, at: in 2 days}]
    expect:
      leads: {ann: {engagement: 0}}
"""


def scenarios(text: str = FILE) -> list[Scenario]:
    found, findings = read_scenarios(Source("tests/a.yaml", text), MODEL)
    assert findings == []
    return found


def verdicts(text: str = FILE) -> list[Verdict]:
    return list(run(MODEL, scenarios(text), interpret, interpret))


def test_sound_scenarios_pass() -> None:
    assert [(verdict.scenario.name, verdict.failures) for verdict in verdicts()] == [
        ("a buyer", ()),
        ("a rival", ()),
        ("another day", ()),
    ]


@pytest.mark.parametrize(
    ("old", "new", "subject", "expected", "came", "why"),
    [
        ("engagement: 30", "engagement: 31", "lead ann: engagement", "31", "30", "−2  range of the score (clamp)"),
        ("views: 12", "views: 15", "lead ann: line views", "15", "12 points", "+15  views · 3 events"),
        ("not_lines: [buyer]", "not_lines: [views]", "lead bob: line views", "does not fire", "5 points", "+5  views"),
        ("not_lines: [buyer]", "lines: [buyer]", "lead bob: line buyer", "fires", "does not fire", "engagement = 5"),
        ("stage: MEA", "stage: disqualified", "account acme: stage", "disqualified", "MEA", "engaged = 30"),
        (">= 30", "> 30", "account acme: readiness", "> 30", "30", "+30  any"),
        ("disqualified: rival", "disqualified: null", "lead ann: disqualified", "missing", "rival", "engagement = 0"),
        ("engaged: null", "engaged: 0", "account acme: engaged", "0", "missing", "readiness = 0"),
        ("{engagement: 0}", "absent", "lead ann", "no result", "a result", ""),
    ],
)
def test_what_is_not_met_says_what_came_and_why(
    old: str, new: str, subject: str, expected: str, came: str, why: str
) -> None:
    assert FILE.count(old) >= 1
    failures = [failure for verdict in verdicts(FILE.replace(old, new, 1)) for failure in verdict.failures]
    (failure,) = failures
    assert (failure.subject, failure.expected, failure.came) == (subject, expected, came)
    assert why in "\n".join(failure.why)


def lying(rules: model.Model, population: Population, as_of: int) -> Outcome:
    outcome = interpret(rules, population, as_of)
    leads = tuple(
        replace(lead, scores={name: units + 1 for name, units in lead.scores.items()}) for lead in outcome.leads
    )
    return replace(outcome, leads=leads)


def test_engines_that_differ_fail_every_scenario_that_shows_it() -> None:
    found = list(run(MODEL, scenarios(), interpret, lying))
    assert all(not verdict.passed for verdict in found)
    assert "the two engines do not agree" in found[0].failures[0].why[0]


# --- many in one run -------------------------------------------------------------------------------------------------


def test_one_run_for_all_gives_what_a_run_for_each_gives() -> None:
    given = scenarios()
    apart = [interpret(MODEL, each.population, each.as_of) for each in given]
    calls: list[int] = []

    def counted(rules: model.Model, population: Population, as_of: int) -> Outcome:
        calls.append(as_of)
        return interpret(rules, population, as_of)

    together = outcomes(MODEL, given, counted)
    assert len(calls) == 2, "one run for each instant"
    for one, other in zip(apart, together, strict=True):
        assert (one.leads, one.accounts, one.contributions) == (other.leads, other.accounts, other.contributions)


def test_populations_keep_apart() -> None:
    both = joined([each.population for each in scenarios()[:2]])
    assert {contact.id for contact in both.contacts} == {"000000/ann", "000000/bob", "000001/ann"}
    whole = interpret(MODEL, both, scenarios()[0].as_of)
    assert [lead.id for lead in part(whole, prefix(1)).leads] == ["ann"]


ID = model.Field("contact", "id", kind="text")


@pytest.mark.parametrize(
    ("condition", "shared"),
    [
        (ROLE, True),
        (model.Missing(ID), True),
        (model.Compare("==", ID, model.Const("ann", kind="text"), exact=True), False),
        (model.InSet(ID, ("ann",), exact=True), False),
        (model.TextTest("starts with", ID, (model.Const("a", kind="text"),)), False),
        (
            model.Compare(
                ">=",
                model.Standing("rank", model.Result("lead", "score", "engagement", kind="number"), None, kind="number"),
                number(1.0),
            ),
            False,
        ),
    ],
)
def test_rules_that_look_across_accounts_or_into_ids_are_known(condition: model.Expr, shared: bool) -> None:
    extra = model.Score("lead", "other", (model.Line("x", model.Points(number(1.0)), condition),))
    rules = replace(MODEL, order=(*MODEL.order, extra))
    assert (not compares_all(*rules.order) and not looks_into_ids(rules)) is shared


RANKED = """\
score s for lead:
    each visit => +10
    contact.role == 'buyer' => +1
measure place for lead = rank(s)
measure share for lead = percentile(s per contact.role)
measure steady for lead = always for at least 5 days
measure now_is for lead = contact.role
stages for lead:
    other: always
    first: place == 1 stays while s >= 5
"""
CROWDS = """
as_of: 2026-03-01
scenarios:
  - name: two
    contacts: [{id: ann, role: buyer}, {id: bob, role: buyer}]
    events: [{contact: ann, type: visit, at: [1 day ago, 2 days ago]}, {contact: bob, type: visit, at: 2 days ago}]
    expect: {leads: {ann: {place: 1, share: 50, stage: first}, bob: {place: 2, share: 0, stage: first}}}
  - name: three, one of whom only an event names
    contacts: [{id: ann, role: user}, {id: cay, role: user}]
    events: [{contact: dan, type: visit, at: 2 days ago}]
    expect: {leads: {ann: {place: 2, share: 0, stage: other}, dan: {place: 1, share: null, lines: [visits]}}}
  - name: nobody did anything
    contacts: [{id: ann, role: user}]
    expect: {leads: {ann: {place: 1, stage: first, steady: false}}}
  - name: long ago
    contacts: [{id: ann, role: user, valid_from: 9 days ago}, {id: ann, role: buyer}, {id: ann, valid_from: 3 days ago}]
    events: [{contact: bob, type: visit, at: 8 days ago}]
    expect: {leads: {ann: {steady: true, now_is: null, share: null}}}
"""


def test_who_is_ranked_is_ranked_among_the_people_of_his_scenario(tmp_path: Path) -> None:
    """All in one run, which gives what runs of each alone give."""
    (tmp_path / "ruleset.yaml").write_text(
        "scoreline: 1\nname: ranks\nfiles: [all.rules]\nschema: {contact: {role: text}, events: {visit: {}}}\n"
    )
    (tmp_path / "all.rules").write_text(RANKED.replace("each visit", "visits: each visit"))
    rules = load(tmp_path).model
    crowds, findings = read_scenarios(Source("tests/crowds.yaml", CROWDS), rules)
    assert findings == []
    runs: list[int] = []

    def counted(of: Model, people: Population, as_of: int) -> Outcome:
        runs.append(len(people.contacts))
        return duckdb_apart(of, people, as_of)

    assert [verdict.failures for verdict in run(rules, crowds, reference, duckdb, counted)] == [()] * 4
    assert runs == [7]


# --- coverage and reports ------------------------------------------------------------------------------------------


def test_coverage_counts_the_scenarios_in_which_a_line_fired() -> None:
    found = coverage(MODEL, [verdict.fired for verdict in verdicts()])
    assert {item.line: item.fired for item in found} == {"buyer": 1, "views": 1, "any": 2, "rivals": 1}
    assert share(found) == 100.0
    assert share(coverage(MODEL, [frozenset({"views"})])) == 25.0


def test_the_junit_report_can_be_read() -> None:
    found = verdicts(FILE.replace("engagement: 30", "engagement: 31"))
    root = ElementTree.fromstring(junit.document("abm \x00", {"tests/a.yaml": found}))
    (suite,) = root
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "1")
    assert [case.attrib["name"] for case in suite] == ["a buyer", "a rival", "another day"]
    failure = suite[0].find("failure")
    assert failure is not None and "expected 31, came 30" in failure.attrib["message"]


# --- since when -----------------------------------------------------------------------------------------------------

SINCE = """
as_of: 2026-03-01
scenarios:
  - name: since the first view
    contacts: [{{id: ann, account_id: acme, role: buyer}}, {{id: bob, account_id: birch}}]
    events:
      - {{contact: ann, type: page_view, at: [5 days ago, 2 days ago]}}
    expect:
      accounts: {{acme: {{stage: MEA, stage_since: {since}}}, birch: {{stage_since: null}}}}
"""


@pytest.mark.parametrize(("since", "passes"), [("2026-02-24", True), ("2026-02-25", False)])
def test_a_scenario_expects_the_day_of_a_stage(since: str, passes: bool) -> None:
    """The buyer's 20 points hold since the first day there is: that of the oldest event."""
    scenarios, findings = read_scenarios(Source("tests/since.yaml", SINCE.format(since=since)), MODEL)
    assert findings == []
    (verdict,) = run(MODEL, scenarios, interpret, interpret)
    assert verdict.passed is passes
    if not passes:
        (failure,) = verdict.failures
        assert (failure.subject, failure.expected, failure.came) == (
            "account acme: stage_since",
            "2026-02-25",
            "2026-02-24",
        )


def test_a_day_that_is_none_is_refused() -> None:
    findings = read_scenarios(Source("tests/since.yaml", SINCE.format(since="soon")), MODEL)[1]
    assert [(item.code, item.message) for item in findings] == [("X103", "`soon` is no date")]
