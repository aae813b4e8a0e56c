"""The evaluation graph: what reads what, in which order, and where the circles are."""

from __future__ import annotations

import pytest

from scoreline.engine import graph as graphs
from scoreline.engine.links import Links, linked
from scoreline.engine.model import (
    And,
    Axis,
    Compare,
    Const,
    Definition,
    Derived,
    Disqualification,
    Each,
    Expr,
    Field,
    Grade,
    Happened,
    IgnoreContacts,
    IgnoreEvents,
    LeadAggregate,
    LeadSet,
    Line,
    Measure,
    Model,
    Near,
    OfType,
    Or,
    Points,
    Result,
    Score,
    Selection,
    Stage,
    Stages,
    Standing,
)
from scoreline.engine.order import level_changes, ordered
from scoreline.engine.reads import Key
from scoreline.engine.schema import Schema
from scoreline.grammar.nodes import Level
from scoreline.grammar.source import Span


def const(value: float | str) -> Const:
    return Const(value, kind="number" if isinstance(value, float | int) else "text")


def result(level: Level, what: str, name: str) -> Result:
    return Result(level, what, name, kind="number")  # type: ignore[arg-type]


def at_least(left: Expr, value: float = 10) -> Compare:
    return Compare(">=", left, const(value))


def events(*types: str, signal: str = "", scope: Level = "lead") -> Selection:
    return Selection(scope, OfType(types), signals=(signal,) if signal else ())


def score(level: Level, name: str, *conditions: Expr, line: int = 1) -> Score:
    items = tuple(Line(f"{name}_{n}", Points(const(5)), condition) for n, condition in enumerate(conditions, 1))
    return Score(level, name, items, 0, 100, span=Span("x.rules", line, 1, line, 9))


def roll_up(name: str) -> LeadAggregate:
    return LeadAggregate("max", result("lead", "score", name), LeadSet(), kind="number")


ROLE = Derived("contact", "role", Field("contact", "title", kind="text"))
ENGAGEMENT = score("lead", "engagement", Happened(events("page_view", signal="visited")), Field("contact", "role"))
COMPETITOR = Disqualification("lead", "competitor", "competitor", Field("account", "rival"), score="engagement")
READINESS = score("account", "readiness", at_least(roll_up("engagement")))
LADDER = Stages("account", (Stage("MQA", at_least(result("account", "score", "readiness"))),))
RULES: list[Definition] = [LADDER, READINESS, ENGAGEMENT, COMPETITOR, ROLE]


def keys(*definitions: Definition) -> list[str]:
    return [graphs.key_of(item).words for item in definitions]


def test_edges_go_from_what_is_read_to_what_reads_it() -> None:
    graph = graphs.build(RULES)
    edges = {(source.words, target.words) for source, target in graph.edges}
    assert edges == {
        ("page_view", "visited"),
        ("visited", "engagement of leads"),
        ("contact.title", "contact.role"),
        ("contact.role", "engagement of leads"),
        ("account.rival", "disqualification competitor of leads"),
        ("engagement of leads", "readiness of accounts"),
        ("disqualification competitor of leads", "readiness of accounts"),
        ("readiness of accounts", "stage of accounts"),
    }
    assert graph.nodes[Key("score", "lead", "engagement")]["lines"] == 2


def test_the_sides_of_a_joined_selection_keep_their_own_types() -> None:
    joined = Selection("lead", Or((OfType(("page_view",)), OfType(("webinar",)))), signals=("visited", "attended"))
    edges = {(a.words, b.words) for a, b in graphs.build([score("lead", "s", Happened(joined))]).edges}
    assert edges == {
        ("page_view", "visited"),
        ("webinar", "attended"),
        ("visited", "s of leads"),
        ("attended", "s of leads"),
    }


def test_an_anchor_of_a_sequence_is_read_too_and_types_without_signals_stand_alone() -> None:
    near = And((OfType(("click",)), Near("after", events("mail"), None)))
    edges = {(a.words, b.words) for a, b in graphs.build([score("lead", "s", Happened(Selection("lead", near)))]).edges}
    assert edges == {("click", "s of leads"), ("mail", "s of leads")}


def test_order_puts_what_is_read_first_and_keeps_file_order_where_free() -> None:
    order, findings = ordered(RULES)
    assert keys(*order) == [
        "disqualification competitor of leads",
        "contact.role",
        "engagement of leads",
        "readiness of accounts",
        "stage of accounts",
    ]
    assert findings == []
    free: list[Definition] = [score("lead", name) for name in "cab"]
    assert ordered(free)[0] == tuple(free)


def test_disqualified_leads_are_known_before_account_selections_of_a_lead_rule() -> None:
    reader = score("lead", "s", Happened(events("intent", scope="account")))
    order, findings = ordered([reader, COMPETITOR])
    assert order == (COMPETITOR, reader)
    assert findings == []


def test_rank_needs_who_is_disqualified_at_the_level_that_it_ranks() -> None:
    ranked = Measure("lead", "m", Standing("rank", result("account", "score", "readiness"), None))
    rival = Disqualification("account", "rival", "rival", Field("account", "rival"))
    edges = graphs.build([ranked, rival, COMPETITOR]).edges
    sources = {source.words for source, target in edges if target.name == "m"}
    assert sources == {"readiness of accounts", "disqualification competitor of leads"}


def test_what_stands_inside_leads_is_read_from_leads() -> None:
    ranked = Standing("percentile", Field("contact", "age"), None)
    line = Line("x", Points(ranked), each=Each("lead", leads=LeadSet(where=at_least(ranked))))
    rival = Disqualification("account", "rival", "rival", Field("account", "rival"))
    edges = graphs.build([Score("account", "s", (line,)), rival, COMPETITOR]).edges
    sources = {source.words for source, target in edges if target.name == "s"}
    assert sources == {"contact.age", "disqualification competitor of leads"}


def test_a_cycle_is_named_by_its_path_with_every_read() -> None:
    here = score("lead", "engagement", at_least(result("account", "score", "readiness")), line=3)
    there = score("account", "readiness", at_least(roll_up("engagement")), line=8)
    order, findings = ordered([here, there, LADDER])
    assert [item.message for item in findings] == [
        "engagement of leads needs itself: engagement of leads → readiness of accounts → engagement of leads"
    ]
    (cycle,) = findings
    assert (cycle.code, cycle.span.line) == ("G101", 3)
    assert [item.message for item in cycle.related] == [
        "engagement of leads reads readiness of accounts here",
        "readiness of accounts reads engagement of leads here",
    ]
    assert set(keys(*order)) == set(keys(here, there, LADDER))


def test_a_score_that_reads_itself_is_a_cycle_of_one() -> None:
    (cycle,) = ordered([score("lead", "fit", at_least(result("lead", "score", "fit")))])[1]
    assert cycle.message == "fit of leads needs itself: fit of leads → fit of leads"


def test_a_disqualification_that_reads_a_roll_up_says_why_it_is_a_cycle() -> None:
    poor = Disqualification("lead", "poor", "poor", at_least(result("account", "score", "readiness")))
    (cycle,) = ordered([poor, READINESS, ENGAGEMENT])[1]
    assert cycle.related[1].message == (
        "readiness of accounts leaves out whom disqualification poor of leads disqualifies"
    )


def test_two_cycles_through_one_score_are_two_findings() -> None:
    def reads(name: str, *others: str) -> Score:
        return score("lead", name, *(at_least(result("lead", "score", other)) for other in others))

    findings = ordered([reads("a", "b", "c"), reads("b", "a"), reads("c", "a")])[1]
    assert sorted(item.message.split(": ")[1] for item in findings) == [
        "a of leads → b of leads → a of leads",
        "a of leads → c of leads → a of leads",
    ]


def test_upstream_downstream_and_around() -> None:
    graph = graphs.build(RULES)
    key = Key("derived", "lead", "role")
    assert {item.words for item in graphs.upstream(graph, key)} == {"contact.title"}
    downstream = {item.words for item in graphs.downstream(graph, key)}
    assert downstream == {"engagement of leads", "readiness of accounts", "stage of accounts"}
    assert len(graphs.around(graph, key)) == 5


def test_find_takes_what_people_write() -> None:
    graph = graphs.build(RULES)
    for text in ("engagement", "lead.engagement", "engagement of leads", "Engagement"):
        assert graphs.find(graph, text) == ([Key("score", "lead", "engagement")], [])
    assert graphs.find(graph, "account.stage")[0] == [Key("stage", "account", "stage")]
    assert graphs.find(graph, "contact.role")[0] == [Key("derived", "lead", "role")]
    assert graphs.find(graph, "engagment") == ([], ["engagement of leads"])


def test_the_graph_of_a_line_has_only_what_it_reads() -> None:
    model = Model("x", "1", "UTC", Schema(), ordered(RULES)[0])
    found = graphs.line_graph(model, "engagement_1")
    assert found is not None
    graph, key = found
    assert key == Key("score", "lead", "engagement")
    assert {item.words for item in graphs.upstream(graph, key)} == {"page_view", "visited"}
    assert {item.words for item in graphs.downstream(graph, key)} == {"readiness of accounts", "stage of accounts"}
    assert graphs.line_graph(model, "nothing") is None


def test_ignored_events_stand_before_their_type() -> None:
    near = Near("after", events("delivered"), None)
    bots = IgnoreEvents(And((OfType(("click",)), near)), "ignore click after delivered")
    ours = IgnoreContacts(Field("contact", "ours"), "ignore contact where ours")
    graph = graphs.build([score("lead", "s", Happened(events("click")))], [bots, ours])
    edges = {(a.words, b.words) for a, b in graph.edges}
    assert edges == {
        ("delivered", "ignore click after delivered"),
        ("ignore click after delivered", "click"),
        ("click", "s of leads"),
        ("contact.ours", "ignore contact where ours"),
    }


def test_changes_of_level_count_along_the_longest_way() -> None:
    up = Measure("account", "up", roll_up("engagement"))
    down = Measure("lead", "down", result("account", "measure", "up"))
    grade = Grade("lead", "g", (Axis(result("lead", "measure", "down"), ()),))
    rules = [ENGAGEMENT, up, down, grade]
    changes = level_changes(rules, linked(rules))
    assert {key.name: number for key, number in changes.items()} == {"engagement": 0, "up": 1, "down": 2, "g": 2}


def test_many_disqualifications_that_many_lines_read_are_linked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rivals = [Disqualification("lead", f"r{n}", "rival", Field("account", f"rival{n}")) for n in range(50)]
    reader = score("account", "readiness", *(at_least(roll_up("engagement"), n) for n in range(200)))
    made = []
    connect = Links.connect
    monkeypatch.setattr(Links, "connect", lambda self, *given: made.append(given) or connect(self, *given))
    links = linked([*rivals, reader])
    assert len([key for key in links.sources[graphs.key_of(reader)] if key.kind == "disqualify"]) == 50
    assert len(made) <= 50 + 50 + 200
