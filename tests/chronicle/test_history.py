"""Since when, what tipped it, and what comes next, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import scoreline
from scoreline.cli.explain_history import page
from scoreline.cli.page_formats import page_as
from scoreline.engine.chronicle.history import History, NotTold, history
from scoreline.engine.data import Dataset
from scoreline.engine.everybody import Everybody
from scoreline.engine.explain import UnknownId
from scoreline.engine.instants import Zone, day_end
from scoreline.engine.model import Model
from scoreline.engine.plan.errors import refuse
from scoreline.engine.records import Account, Contact, Event, Population

MANIFEST = """\
scoreline: 1
name: test
files: [rules.rules]
schema:
  contact: {}
  account: {}
  events:
    visit: {page: text}
    demo: {}
"""
RULES = """\
score interest for lead:
    pricing: visit(where page == 'pricing') within 10 days => +20
    each demo => +30 fades over 20 days
stages for lead:
    cool: visit
    warm: interest >= 40 stays while interest >= 15
measure best for account = max(interest of leads)
stages for account:
    hot: best >= 40
"""


def written(folder: Path, rules: str) -> Path:
    (folder / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "rules.rules").write_text(rules, encoding="utf-8")
    return folder


def at(day: date) -> int:
    return day_end(day, Zone.named("UTC"))


def noon(day: int, type: str, **properties: str) -> Event:
    return Event(f"{type} {day}", type, at(date(2026, 3, day)) - 43_199_999_999, "ann", None, properties)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return scoreline.load(written(tmp_path_factory.mktemp("rules"), RULES)).model


#: Pricing on the 1st, a demo on the 5th, scored on the 8th.
ANN = Population((), [Contact("ann", "acme")], [noon(1, "visit", page="pricing"), noon(5, "demo")])


def told(model: Model, id: str, day: int = 8, population: Population = ANN) -> History:
    dataset = Dataset.from_population(population, model.schema)
    return history(model, dataset, id, at(date(2026, 3, day)))


def test_moves_and_what_tipped_them(model: Model) -> None:
    """20 on the 1st; 20 + 30 on the 5th; the demo loses 1.5 a day, so 45.5 on the 8th."""
    found = told(model, "ann")
    assert [(move.day, move.before, move.after) for move in found.moves] == [
        ("2026-03-01", None, "cool"),
        ("2026-03-05", "cool", "warm"),
    ]
    assert (found.stage, found.since, found.first) == ("warm", "2026-03-05", "2026-03-01")
    (cause,) = found.moves[1].causes
    assert (cause.kind, cause.what, cause.who, cause.points) == ("came", "demo", ("ann",), 30.0)
    assert found.moves[1].scores == {"interest": (20.0, 50.0)}
    assert [day.scores["interest"] for day in found.days] == [20.0, 50.0, 48.5, 47.0, 45.5]


def test_what_comes_if_nothing_more_happens(model: Model) -> None:
    """The visit leaves its window on the 11th: 50 − 9 − 20 = 21, kept; 16.5 on the 14th, 15 on the 15th, 13.5 below."""
    forecast = told(model, "ann").forecast
    assert [(move.day, move.before, move.after) for move in forecast.moves] == [("2026-03-16", "warm", "cool")]
    assert {cause.kind for cause in forecast.moves[0].causes} == {"decay"}
    assert [(lapse.day, lapse.line, lapse.points) for lapse in forecast.lapses] == [
        ("2026-03-11", "pricing", 20.0),
        ("2026-03-25", "interest.each_demo", 25.5),
    ]


def test_where_it_was_before_its_first_event_is_no_move(tmp_path: Path) -> None:
    rules = "stages for account:\n    named: account.target\n    warm: visit within 3 days\n"
    manifest = MANIFEST.replace("account: {}", "account: {target: bool}")
    (tmp_path / "ruleset.yaml").write_text(manifest, encoding="utf-8")
    (tmp_path / "rules.rules").write_text(rules, encoding="utf-8")
    records = Population([Account("acme", {"target": True})], [Contact("ann", "acme")], [noon(5, "visit")])
    found = told(scoreline.load(tmp_path).model, "acme", 7, records)
    assert [(move.day, move.before, move.after, move.already) for move in found.moves] == [
        ("2026-03-05", None, "named", True),
        ("2026-03-05", "named", "warm", False),
    ]
    assert (found.first, found.since, [day.day for day in found.days]) == ("2026-03-05", "2026-03-05", ["2026-03-05"])
    (cause,) = found.moves[1].causes
    assert cause.kind == "came"


def test_an_account_moves_by_what_its_leads_did(model: Model) -> None:
    found = told(model, "acme")
    (entered,) = found.moves
    assert (entered.day, entered.after) == ("2026-03-05", "hot")
    (cause,) = entered.causes
    assert (cause.kind, cause.what, cause.who, cause.line) == ("came", "demo", ("ann",), "interest.each_demo")
    (lost,) = found.forecast.moves
    assert (lost.day, lost.after) == ("2026-03-11", None)
    assert [(cause.kind, cause.line, cause.points) for cause in lost.causes] == [
        ("left", "pricing", -20.0),
        ("decay", "interest.each_demo", -1.5),
    ]


def test_what_arrives_later_is_not_foreseen(model: Model) -> None:
    later = Population((), ANN.contacts, [*ANN.events, noon(10, "demo")])
    assert told(model, "ann", population=later).forecast == told(model, "ann").forecast


def test_an_unknown_id(model: Model) -> None:
    with pytest.raises(UnknownId):
        told(model, "bob")


RANKED = "measure place for lead = rank({})\nscore top for lead:\n    place <= 3 => +1\n"


def no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plan can do what rules ask for."""

    def follow(*_: object) -> None:
        raise refuse("what compares with everybody")

    monkeypatch.setattr(Everybody, "follow", follow)


def test_what_compares_with_everybody_is_told_of_the_last_days(tmp_path: Path) -> None:
    found = told(scoreline.load(written(tmp_path, RULES + RANKED.format("interest"))).model, "ann")
    assert found.left_out == () and found.days[-1].scores["top"] == 1.0


def test_where_no_plan_can_do_that_it_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_plan(monkeypatch)
    found = told(scoreline.load(written(tmp_path, RULES + RANKED.format("interest"))).model, "ann")
    assert sorted(found.left_out) == ["place of leads", "top of leads"] and found.left_out_before is None
    assert set(found.days[-1].scores) == {"interest"}
    stages = RULES.partition("stages for account")[0] + "measure place for account = rank(best)\n"
    stages += "score busy for account:\n    best >= 40 => +1\nstages for account:\n    hot: place <= 3\n"
    account = told(scoreline.load(written(tmp_path, stages)).model, "acme")
    lines = " ".join(page_as(page(account, ""), "text", 100).split())
    assert "stage of accounts" in account.left_out and "Its first event was on 1 March 2026." in lines
    assert "first stage" not in lines and "Its stage" not in lines and "no stage" not in lines


def test_where_nothing_else_is_there_to_tell_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_plan(monkeypatch)
    rules = "measure seen for lead = count(visit)\n" + RANKED.format("seen")
    with pytest.raises(NotTold, match="compares with everybody") as caught:
        told(scoreline.load(written(tmp_path, rules)).model, "ann")
    assert "top of leads" in caught.value.hint and "scoreline replay" in caught.value.hint


def test_a_history_that_begins_late_does_not_say_that_anything_happened_then(model: Model) -> None:
    """Rules that remember from the 6th on do not know that ann has been warm since the 5th."""
    found = told(replace(model, history_from=date(2026, 3, 6)), "ann")
    (move,) = found.moves
    assert (move.day, move.after, move.already, move.scores, move.causes) == ("2026-03-06", "warm", True, {}, ())
    assert (found.since, found.first) == (None, "2026-03-01")
    lines = " ".join(page_as(page(found, ""), "text", 100).split())
    assert "It has been at `warm` since 6 March 2026 or longer; its first event was on 1 March 2026" in lines
    assert "6 March 2026: was already at warm on the first day that is told" in lines
    assert not any(move.already for move in told(model, "ann").moves)
