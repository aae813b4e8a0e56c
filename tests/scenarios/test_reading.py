"""Scenario files become typed records and expectations; whatever is wrong in them is said with its place."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from scoreline.engine import model
from scoreline.engine.instants import Zone, parse_instant
from scoreline.engine.scenarios.expected import Bounds, bounds_of
from scoreline.engine.scenarios.reading import read_scenarios
from scoreline.engine.schema import FieldType, Schema
from scoreline.grammar.diagnostics import Diagnostic
from scoreline.grammar.source import Source

SCHEMA = Schema(
    contact={
        "role": FieldType("text", ("economic_buyer", "user")),
        "email": FieldType("text"),
        "since": FieldType("date"),
        "seen": FieldType("timestamp"),
        "tags": FieldType("list"),
        "match.industry": FieldType("number"),
    },
    account={"target": FieldType("bool"), "employees": FieldType("number"), "version": FieldType("text")},
    events={"page_view": {"page": FieldType("text"), "seconds": FieldType("number")}, "Email Opened": {}},
)
POINTS = model.Points(model.Const(20.0, kind="number"))
MODEL = model.Model(
    name="m",
    version="1",
    timezone="Europe/Berlin",
    schema=SCHEMA,
    order=(
        model.Score("lead", "engagement", (model.Line("buyer_on_pricing", POINTS, model.Const(True)),)),
        model.Measure("lead", "breadth", model.Const(1.0, kind="number")),
        model.Measure("lead", "origin", model.Const("x", kind="text")),
        model.Score("account", "readiness", (model.Line("engaged_three", POINTS, model.Const(True)),)),
        model.Stages("account", (model.Stage("MEA", model.Const(True)), model.Stage("MQA", model.Const(True)))),
    ),
)
BERLIN = Zone.named("Europe/Berlin")

GOOD = """
as_of: 2026-03-01
scenarios:
  - name: the economic buyer reads pricing
    accounts: [{id: acme, target: yes, employees: 800, version: 2.10}]
    contacts:
      - {id: ann, account_id: acme, role: Economic_Buyer, since: 2025-01-01, seen: 1 hour ago, tags: [a, b],
         match: {industry: 5}, email: ''}
    events:
      - {contact: ann, type: page_view, page: pricing, at: 3 days ago}
      - {contact_id: ann, type: page_view, seconds: 1.5, at: [2 days ago, 2026-02-01]}
      - {account: acme, type: Email Opened, timestamp: '2026-02-26T09:30:00Z'}
    expect:
      leads:
        ann: {engagement: 21, breadth: 1..2, origin: null, lines: {buyer_on_pricing: 20}, not_lines: [buyer_on_pricing]}
      accounts: {acme: {stage: MEA, scores: {readiness: '>= 20'}, lines: [engaged_three]}}
"""


def read(text: str) -> list[Diagnostic]:
    return read_scenarios(Source("tests/first.yaml", text), MODEL)[1]


def test_records_are_typed_by_the_schema() -> None:
    scenarios, findings = read_scenarios(Source("tests/first.yaml", GOOD), MODEL)
    assert findings == []
    (scenario,) = scenarios
    as_of = parse_instant("2026-03-01", BERLIN, end_of_day=True)
    assert as_of is not None and scenario.as_of == as_of
    (acme,), (ann,) = scenario.population.accounts, scenario.population.contacts
    assert acme.fields == {"target": True, "employees": 800.0, "version": "2.10"}
    assert ann.fields == {
        "role": "economic_buyer",
        "since": datetime.date(2025, 1, 1),
        "seen": as_of - 3_600_000_000,
        "tags": ("a", "b"),
        "match.industry": 5.0,
    }
    first, second, third, fourth = scenario.population.events
    assert (first.id, first.at, first.properties) == ("e1", as_of - 3 * 86_400_000_000, {"page": "pricing"})
    assert (second.at, third.at) == (as_of - 2 * 86_400_000_000, parse_instant("2026-02-01", BERLIN))
    assert third.properties == {"seconds": 1.5}
    assert (fourth.id, fourth.type, fourth.contact_id, fourth.account_id) == ("e4", "Email Opened", None, "acme")


def test_expectations_know_what_they_speak_of() -> None:
    (scenario,), _ = read_scenarios(Source("tests/first.yaml", GOOD), MODEL)
    assert [(item.level, item.role, item.name, item.wanted) for item in scenario.expected] == [
        ("lead", "score", "engagement", "21"),
        ("lead", "measure", "breadth", "1..2"),
        ("lead", "measure", "origin", "missing"),
        ("lead", "line", "buyer_on_pricing", "20"),
        ("lead", "not_line", "buyer_on_pricing", "does not fire"),
        ("account", "stage", "stage", "MEA"),
        ("account", "score", "readiness", ">= 20"),
        ("account", "line", "engaged_three", "fires"),
    ]


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("20", "20", "20.0001"),
        ("-5.5", "-5.5", "5.5"),
        (">= 20", "20", "19.9999"),
        (">20", "20.0001", "20"),
        ("<= 20", "20", "20.0001"),
        ("< 20", "19.9999", "20"),
        ("20..30", "30", "30.0001"),
        ("20..", "1000", "19"),
        ("..30", "-1000", "31"),
    ],
)
def test_numbers_may_be_ranges(text: str, yes: str, no: str) -> None:
    bounds = bounds_of(text)
    assert isinstance(bounds, Bounds)
    assert bounds.hold(Decimal(yes)) and not bounds.hold(Decimal(no))


@pytest.mark.parametrize("text", ["about 20", "..", "", "NaN", "inf", "20...30", "1e", "=> 20"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert bounds_of(text) is None


def scenario(**parts: str) -> str:
    given = {"name": "n", "contacts": "[{id: ann}]", "expect": "{leads: {ann: {engagement: 0}}}", **parts}
    return "as_of: 2026-03-01\nscenarios:\n  - " + "\n    ".join(f"{key}: {value}" for key, value in given.items())


def test_the_smallest_scenario_is_sound() -> None:
    assert read(scenario()) == []


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        ("scenarios: [", "R103", "not YAML", "indentation"),
        ("[" * 5000, "R103", "nested too deeply", ""),
        ("[]", "X101", "a file of scenarios is written as names with values", "scenarios:"),
        ("scenario: []", "X101", "has no key `scenario`", "`scenarios`"),
        ("scenarios: {a: 1}", "X101", "`scenarios` are a list", "scenarios: [{name"),
        ("scenarios: [{name: n, expect: {}}]", "X101", "a scenario needs its `as_of`", "as_of: 2026-03-01"),
        (scenario(as_of="yesterday"), "X103", "`yesterday` is no instant", "2026-03-01"),
        (scenario(name=""), "X101", "every scenario has a `name`", "what happens"),
        (scenario(expects="{}"), "X101", "has no key `expects`", "`expect`"),
        (scenario(contacts="[{id: ann, rol: user}]"), "X102", "`contact` has no field `rol`", "`role`"),
        (scenario(contacts="[{id: ann, role: boss}]"), "X103", "`role` cannot have this value", ""),
        (scenario(accounts="[{id: a, employees: many}]"), "X103", "`employees` cannot have this value", ""),
        (scenario(accounts="[{id: a, target: maybe}]"), "X103", "`target` cannot have this value", ""),
        (scenario(contacts="[{id: ann}, {id: ann}]"), "X101", "the contact `ann` stands here twice", ""),
        (scenario(contacts="[{role: user}, {id: ann}]"), "X101", "every contact has an `id`", "id: my_contact"),
        (scenario(events="[{contact: ann, at: 1 day ago}]"), "X101", "every event has a `type`", "page_view"),
        (scenario(events="[{contact: ann, type: page_view}]"), "X101", "every event has a time", "3 days ago"),
        (scenario(events="[{type: page_view, at: now}]"), "X101", "every event has a `contact` or", "account: acme"),
        (
            scenario(events="[{contact: ann, type: page_views, at: now}]"),
            "X102",
            "there is no event type `page_views`",
            "`page_view`",
        ),
        (
            scenario(events="[{contact: ann, type: page_view, pag: x, at: now}]"),
            "X102",
            "`page_view` has no property `pag`",
            "`page`",
        ),
        (
            scenario(events="[{contact: ann, type: page_view, at: 3 fortnights ago}]"),
            "X103",
            "this is no time",
            "3 days",
        ),
        (scenario(expect="{lead: {ann: {}}}"), "X101", "`expect` has no key `lead`", "`leads`"),
        (scenario(expect="{leads: {bob: {}}}"), "X102", "the scenario has no lead `bob`", "`ann`"),
        (scenario(expect="{leads: {ann: {engagment: 1}}}"), "X102", "leads have no result `engagment`", "`engagement`"),
        (scenario(expect="{leads: {ann: {engagement: much}}}"), "X103", "`engagement` is a number", ">= 20"),
        (scenario(expect="{leads: {ann: {engagement: null}}}"), "X103", "the score `engagement` is never", "write `0`"),
        (scenario(expect="{leads: {ann: {lines: {buyer: 1}}}}"), "X102", "leads have no line `buyer`", "known here"),
        (
            scenario(expect="{leads: {ann: {not_lines: [engaged_three]}}}"),
            "X102",
            "`engaged_three` is a line of accounts",
            "one of the accounts",
        ),
        (
            scenario(accounts="[{id: acme}]", expect="{accounts: {acme: {stage: MQ}}}"),
            "X102",
            "accounts have no stage `MQ`",
            "`MQA`",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, code: str, message: str, hint: str) -> None:
    findings = read(text)
    assert [finding.code for finding in findings] == [code]
    (found,) = findings
    assert message in found.message and hint in found.hint
    assert found.span.path == "tests/first.yaml" and found.span.line > 0


@pytest.mark.parametrize("above", ["", "as_of: soon\n", "as_of: [a]\n"])
def test_what_all_scenarios_lack_is_said_once(above: str) -> None:
    text = f"{above}scenarios: [{{name: a, expect: {{}}}}, {{name: b, expect: {{}}}}]"
    scenarios, findings = read_scenarios(Source("tests/first.yaml", text), MODEL)
    assert not scenarios and len(findings) == 1


def test_several_mistakes_are_found_at_once_and_sound_scenarios_remain() -> None:
    text = GOOD + "  - {name: second, contacts: [{id: a, rol: x, rol2: y}], expect: {leads: {b: {}}}}\n"
    scenarios, findings = read_scenarios(Source("tests/first.yaml", text), MODEL)
    assert [item.name for item in scenarios] == ["the economic buyer reads pricing"]
    assert len(findings) == 3
