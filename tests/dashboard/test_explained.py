"""What the pages of some say beside the numbers: the sentence and the ways of `explain`, and what comes if nothing
happens, which does come."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline.engine.asking import explained
from scoreline.engine.chronicle.history import history
from scoreline.engine.dashboard import Asked, write_site
from scoreline.engine.dashboard import explained as explained_module
from scoreline.engine.dashboard.around import Around
from scoreline.engine.demo import generate
from scoreline.engine.explain.arrival import Recollection
from scoreline.engine.explain.causes import Causes
from scoreline.engine.explain.place import coming
from scoreline.engine.instants import ONE_DAY, Zone, day_end, local_date
from scoreline.engine.interpreter.course import Course
from scoreline.engine.memory import anchored
from scoreline.engine.records import known_at
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.scoring import instant, open_data, score

from . import given

pytestmark = pytest.mark.usefixtures("shared_cache")

ABM = Path(__file__).parents[2] / "rulesets" / "abm"
UNTIL = datetime.datetime(2026, 3, 1, 22, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[given.Site, Ruleset, Any, int]:
    """The site of a few companies of the demo data, with the rules, the data and the instant it was made of."""
    folder = tmp_path_factory.mktemp("demo")
    generate(folder / "data", until=UNTIL, accounts=9, days=200)
    ruleset = scoreline.load(ABM)
    dataset = open_data(ruleset, folder / "data")
    at = instant(given.AS_OF, ruleset, dataset)
    (folder / "site").mkdir()
    write_site(folder / "site", ruleset, dataset, at, Asked(weeks=8, explained=4), lambda _said: None)
    return given.Site(folder / "site"), ruleset, dataset, at


def test_the_sentence_and_the_ways_are_those_of_explain(demo: tuple[given.Site, Ruleset, Any, int]) -> None:
    site, ruleset, dataset, at = demo
    every = {id: site.account(id)["told"] or {} for id, *_ in site.given("accounts")}
    told = {id: found for id, found in every.items() if "said" in found}
    assert len(told) >= 4
    for id, said in told.items():
        found = explained(ruleset, id, dataset, at, level="account", ahead=True)
        assert said["said"] == found.summary
        ways = None if found.next is None else found.next.to_dict()
        assert (said["next"] and (said["next"]["sets"], said["next"]["helps"])) == (
            ways and (ways["sets"], ways["helps"])
        )
    assert any(" on " in said["said"] and ", when " in said["said"] for said in told.values())


def test_stages_of_weeks_agree_with_the_day_that_explain_names(demo: tuple[given.Site, Ruleset, Any, int]) -> None:
    site, ruleset, dataset, at = demo
    zone = Zone.named(ruleset.model.timezone)
    weeks = [local_date(seconds * 1_000_000, zone) for seconds in site.given("site")["past"]["at"]]
    seen = 0
    for id, *_ in site.given("accounts"):
        arrival = explained(ruleset, id, dataset, at, level="account").arrival
        places = [place for place, *_ in site.account(id)["history"]]
        assert arrival is not None
        since = datetime.date.fromisoformat(arrival.since)
        for day, place in zip(weeks[-len(places) :], places, strict=True):
            assert day < since or place == places[-1], (id, day, arrival)
            assert day != since - datetime.timedelta(days=1) or arrival.known != "day" or place != places[-1], id
            seen += day < since
    assert seen


def test_those_whom_the_overview_names_are_told_of(demo: tuple[given.Site, Ruleset, Any, int]) -> None:
    site, *_ = demo
    _, first = site.given("site")["first"]
    assert all("said" in site.account(id)["told"] for id, *_ in first[:4])
    others = [told for id, *_ in site.given("accounts") if "said" not in (told := site.account(id)["told"] or {})]
    assert any("next" not in told and told["moves"] for told in others if told)


def test_dates_are_those_of_the_history(demo: tuple[given.Site, Ruleset, Any, int]) -> None:
    """Of those, too, of whom nothing else is told."""
    site, ruleset, dataset, at = demo
    seen = 0
    for id, *_ in site.given("accounts"):
        told = site.account(id)["told"]
        if told is None:
            continue
        found = history(ruleset.model, dataset, id, at, "account")
        moves = [move for move in found.moves if move.day > told["from"] and not move.already]
        assert told["moves"] == [[move.day, move.before, move.after] for move in moves]
        assert [move[:3] for move in told["coming"]] == [
            [move.day, move.before, move.after] for move in found.forecast.moves
        ]
        seen += len(moves) * ("said" not in told)
    assert seen


def test_what_is_foretold_comes(tmp_path: Path) -> None:
    """The stage of the day before and of the day itself, scored as of then."""
    site = given.write(tmp_path / "site")
    ruleset = given.rules(tmp_path / "again")
    moves = {id: site.account(id)["told"]["coming"] for id in ("acme", "birch", "__proto__")}
    assert [(before, after) for _, before, after, _ in moves["acme"]] == [("MQA", "MEA")]
    for id, found in moves.items():
        assert all(why.startswith("when ") for *_, why in found[:1])
        for day, before, after, _ in found:
            eve = (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()
            for as_of, stage in ((eve, before), (day, after)):
                rows = score(ruleset, given.data(), as_of=as_of).accounts
                assert next(row["stage"] for row in rows if row["id"] == id) == stage, (id, as_of)


def test_records_around_many_are_those_around_each(demo: tuple[given.Site, Ruleset, Any, int]) -> None:
    _, _, dataset, _ = demo
    ids = [id for (id,) in dataset.connection.execute("SELECT DISTINCT id FROM accounts").fetchall()]
    around = Around(dataset, ids[:5])
    for id in ids:
        assert around.of(id) == dataset.around(id)
    assert around.of("nobody") is None


@pytest.mark.parametrize("most", [0, 100])
def test_so_many_are_told_of_as_are_asked_for(tmp_path: Path, most: int) -> None:
    site = given.write(tmp_path / "site", explained=most)
    told = [site.account(id)["told"] for id in ("acme", "birch", "__proto__")]
    assert all((each is None or "said" not in each) == (most == 0) for each in told)


def written(folder: Path, rules: str, explained: int | None = 100) -> tuple[given.Site, Ruleset, Any, int]:
    """The site by other rules, with what it was made of."""
    (folder / "site").mkdir()
    given.rules(folder / "rules")
    (folder / "rules" / "small.rules").write_text(rules, encoding="utf-8")
    ruleset = scoreline.load(folder / "rules")
    dataset = open_data(ruleset, given.data())
    at = instant(given.AS_OF, ruleset, dataset)
    write_site(folder / "site", ruleset, dataset, at, Asked(0, explained=explained), lambda _said: None)
    return given.Site(folder / "site"), ruleset, dataset, at


RANKED = given.RULES.replace("readiness >= 30 and", "place <= 1 and readiness >= 5 and").replace(
    "\nstages for account", "\nmeasure place for account = rank(readiness)\n\nstages for account"
)


def test_where_stages_hang_on_everybody_it_is_told_what_comes(tmp_path: Path) -> None:
    """By when they move, as histories say; of what is next nothing."""
    site, ruleset, dataset, at = written(tmp_path, RANKED)
    moves = 0
    for id in ("acme", "birch", "__proto__"):
        told = site.account(id)["told"]
        assert set(told) == {"coming", "until"}
        foreseen = history(ruleset.model, dataset, id, at, "account").forecast
        assert told["until"] == foreseen.until
        assert told["coming"] == [[move.day, move.before, move.after, None] for move in foreseen.moves]
        moves += len(told["coming"])
    about = site.given("site")
    assert moves and about["compares"] and (about["explained"], about["dated"]) == (0, 3)


def test_it_is_not_where_that_takes_long_and_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explained_module, "AHEAD_OF_RECORDS", 1)
    site, *_ = written(tmp_path, RANKED, explained=None)
    assert site.account("acme")["told"] is None and not site.given("site")["dated"]


REMEMBERING = (
    "calm: engaged >= 1 for at least 2 days",
    "kept: engaged >= 2 stays while readiness >= 8",
    "long: in stage MEA more than 3 days",
    "early: any(leads where engagement >= 10 for at least 4 days)",
)


@pytest.mark.parametrize("stage", REMEMBERING)
def test_what_will_weigh_most_is_told_where_rules_remember(tmp_path: Path, stage: str) -> None:
    """As the interpreter finds it that goes through all days before, and on the days that `explain --history` says."""
    rules = given.RULES.replace("    MQA", f"    {stage}\n    MQA", 1)
    site, ruleset, dataset, at = written(tmp_path, rules)
    model, zone = ruleset.model, Zone.named(ruleset.model.timezone)
    moved = 0
    for id in ("acme", "birch", "__proto__"):
        told = site.account(id)["told"]["coming"]
        foreseen = history(model, dataset, id, at, "account").forecast.moves
        assert [move[:3] for move in told] == [[move.day, move.before, move.after] for move in foreseen]
        for day, _, _, why in told[:1]:
            course = Course(anchored(model, dataset.oldest_event, at), known_at(dataset.population(), at))
            past = Recollection.of(course, day_end(datetime.date.fromisoformat(day), zone))
            there = past.on(datetime.date.fromisoformat(day))
            causes = Causes(past.on(datetime.date.fromisoformat(day) - ONE_DAY), there).of_stage("account", id)
            assert causes and why in {coming(there, there.row("account", id), causes, up)[2:] for up in (False, True)}
            moved += 1
    assert moved


def test_rules_that_remember_and_show_a_place_tell_the_same(tmp_path: Path) -> None:
    rules = given.RULES.replace("    MQA", "    calm: engaged >= 1 for at least 2 days\n    MQA", 1)
    assert rules != given.RULES
    site, ruleset, dataset, at = written(tmp_path, rules + "\nmeasure place for account = rank(readiness)\n")
    for id in ("acme", "birch", "__proto__"):
        found = explained(ruleset, id, dataset, at, level="account", ahead=True, since=True)
        assert site.account(id)["told"]["said"] == found.summary
