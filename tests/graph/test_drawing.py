"""The drawings: what they show, that they are well formed, and that boxes do not lie on each other."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest

from scoreline.engine.drawing.draw import FORMATS, draw, view
from scoreline.engine.drawing.layout import Layout, layout
from scoreline.engine.drawing.scene import scene
from scoreline.engine.graph import build, of_model
from scoreline.engine.model import (
    Compare,
    Const,
    Disqualification,
    Field,
    Happened,
    LeadAggregate,
    LeadSet,
    Line,
    Measure,
    Model,
    OfType,
    Points,
    Result,
    Score,
    Selection,
    Stage,
    Stages,
)
from scoreline.engine.reads import Key
from scoreline.engine.schema import Schema

GOLDENS = Path(__file__).with_name("goldens")
NUMBER = Const(10.0, kind="number")
VISITED = Happened(Selection("lead", OfType(("page_view",)), signals=("visited",)))
ENGAGEMENT = Score("lead", "engagement", (Line("visit", Points(NUMBER), VISITED),), 0, 100)
RIVAL = Disqualification("lead", "rival", 'a "rival" & <co>', Field("account", "rival"))
OTHER = Disqualification("lead", "student", "student", Field("contact", "student"))
BEST = LeadAggregate("max", Result("lead", "score", "engagement", kind="number"), LeadSet(), kind="number")
READINESS = Score("account", "readiness", (Line("best", Points(BEST), Compare(">=", BEST, NUMBER)),), 0, None)
LADDER = Stages(
    "account",
    (
        Stage("MEA", VISITED),
        Stage("MQA", Compare(">=", Result("account", "score", "readiness", kind="number"), NUMBER)),
    ),
)
PRIORITY = Measure("lead", "priority", Result("account", "score", "readiness", kind="number"))
MODEL = Model("small", "1", "UTC", Schema(), (ENGAGEMENT, RIVAL, OTHER, READINESS, LADDER, PRIORITY))
GRAPH = of_model(MODEL)


@pytest.mark.parametrize("fmt", sorted(FORMATS))
def test_a_small_graph_is_drawn_as_it_should(fmt: str) -> None:
    golden = GOLDENS / f"small.{fmt}"
    assert draw(GRAPH, fmt, [Key("score", "account", "readiness")]) == golden.read_text(encoding="utf-8")


def test_svg_is_well_formed_and_can_be_read_out() -> None:
    root = ET.fromstring(draw(GRAPH, "svg"))
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.findtext("s:title", namespaces=space) == "Evaluation graph of small"
    assert "2 score" in (root.findtext("s:desc", namespaces=space) or "")
    shown = " ".join(text.text or "" for text in root.iterfind(".//s:text", space))
    assert 'a "rival" & <co>' in shown and "readiness" in shown


def test_json_has_every_node_and_edge() -> None:
    document = json.loads(draw(GRAPH, "json"))
    assert document["graph"] == "small"
    assert len(document["nodes"]) == len(GRAPH) and len(document["edges"]) == GRAPH.number_of_edges()
    edges = {(edge["from"], edge["to"]): edge["implied"] for edge in document["edges"]}
    assert edges["signal:visited", "score:lead:engagement"] is False
    assert edges["disqualify:lead:rival", "score:account:readiness"] is True


def test_bands_go_from_the_data_to_the_last_results() -> None:
    bands = {box.title: box.band for box in scene(GRAPH).boxes}
    assert bands == {
        "page_view": 1,
        "contact.student": 1,
        "account.rival": 1,
        "visited": 2,
        "engagement": 3,
        "disqualified": 3,
        "readiness": 4,
        "stage": 4,
        "priority": 5,
    }


def test_disqualifications_are_one_box_with_their_reasons() -> None:
    (box,) = [box for box in scene(GRAPH).boxes if box.kind == "disqualify"]
    assert box.lines == ('a "rival" & <co>, student',)
    assert box.hint == "disqualifications of leads: rival, student"


# --- layout -------------------------------------------------------------------------


def ladder_of(size: int) -> nx.DiGraph[Key]:
    """Scores that read the events of many types, and one another, in a regular pattern."""
    events = [Happened(Selection("lead", OfType((f"type_{n}",)), signals=(f"signal_{n}",))) for n in range(size)]
    scores = []
    for number in range(size):
        earlier = Compare(">=", Result("lead", "score", f"s{number // 3}", kind="number"), NUMBER)
        conditions = [events[number], events[(number * 7 + 3) % size], *([earlier] if number > 2 else [])]
        lines = tuple(Line(f"l{number}_{n}", Points(NUMBER), test) for n, test in enumerate(conditions))
        scores.append(Score("lead", f"s{number}", lines))
    return build(scores)


@pytest.fixture(scope="module")
def plan() -> Layout:
    return layout(scene(ladder_of(20)))


def test_boxes_do_not_lie_on_each_other(plan: Layout) -> None:
    for one, two in combinations(plan.spots, 2):
        apart = one.x + one.width <= two.x or two.x + two.width <= one.x
        assert apart or one.y + one.height <= two.y or two.y + two.height <= one.y, (one.box, two.box)


def test_everything_is_inside_the_picture(plan: Layout) -> None:
    for spot in plan.spots:
        assert spot.x >= 0 and spot.x + spot.width <= plan.width
        assert spot.y >= 90 and spot.y + spot.height <= plan.height


def test_arrows_go_from_left_to_right_and_never_through_a_box(plan: Layout) -> None:
    for route in plan.routes:
        xs = [x for x, _ in route.points]
        assert xs == sorted(xs)
        for spot in plan.spots:
            through = [y for (x, y) in route.points[1:-1] if spot.x <= x <= spot.x + spot.width]
            assert not any(spot.y < y < spot.y + spot.height for y in through), (route, spot.box)


# --- views --------------------------------------------------------------------------


def test_the_view_of_a_name_is_what_it_needs_and_what_needs_it() -> None:
    found, near = view(MODEL, "engagement")
    assert found is not None and near == []
    assert found.focus == (Key("score", "lead", "engagement"),)
    assert {key.name for key in found.graph} == {"page_view", "visited", "engagement", "readiness", "stage", "priority"}


def test_the_view_of_a_line_is_that_of_its_score_with_only_what_it_reads() -> None:
    found, _ = view(MODEL, "best")
    assert found is not None
    assert found.focus == (Key("score", "account", "readiness"),)


def test_the_view_of_a_level_has_both_where_a_name_is_used_twice() -> None:
    both = Measure("lead", "readiness", Result("lead", "score", "engagement", kind="number"))
    found, _ = view(Model("two", "1", "UTC", Schema(), (*MODEL.order, both)), "readiness")
    assert found is not None and len(found.focus) == 2


def test_an_unknown_name_gives_near_ones() -> None:
    assert view(MODEL, "readyness") == (None, ["readiness of accounts"])
    assert view(MODEL, "visti") == (None, ["visited", "visit"])
