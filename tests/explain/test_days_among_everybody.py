"""Where what is compared with everybody decides, the last days and those ahead are what runs at their ends give."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import scoreline
from scoreline.cli.explain_history import page
from scoreline.cli.page_formats import page_as
from scoreline.engine import everybody
from scoreline.engine.chronicle.history import History, history
from scoreline.engine.data import Dataset
from scoreline.engine.instants import DAY, ONE_DAY, Zone, day_end, local_date
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.records import Contact, Event, Population, known_at
from scoreline.engine.rounding import from_units

from .acme import AS_OF
from .test_everybody import ASIDE, REMEMBERING, SELDOM, population, rules_of

pytestmark = pytest.mark.usefixtures("shared_cache")

UTC = Zone.named("UTC")
TODAY = local_date(AS_OF, UTC)
FADING = """
score interest for lead:
    visit within 20 days => +20
    each sold => +30 fades over 20 days
measure place for lead = rank(interest)
stages for lead:
    in: interest > 0
    top: place <= 1 and interest > 0
"""


def check(model: Model, records: Population, id: str, ahead: int, sampled: bool) -> History:
    """Of a sample the days of moves and those before them alone."""
    found = history(model, Dataset.from_population(records, model.schema), id, AS_OF, ahead=ahead)
    turn = date.fromisoformat(found.left_out_before or found.first)
    days = [turn + number * ONE_DAY for number in range((TODAY - turn).days + ahead + 1)]
    if sampled:
        moved = {date.fromisoformat(move.day) for move in (*found.moves, *found.forecast.moves)}
        days = [day for day in days if day in moved or day + ONE_DAY in moved or day in (turn, TODAY, days[-1])]
    known = known_at(records, AS_OF)
    told = {date.fromisoformat(each.day): each for each in (*found.days, *found.forecast.days)}
    for day in days:
        outcome = interpret(model, known if day > TODAY else records, AS_OF if day == TODAY else day_end(day, UTC))
        run = next(each for each in getattr(outcome, f"{found.level}s") if each.id == id)
        mine = told[max(each for each in told if each <= day)]
        scores = {name: from_units(units) for name, units in run.scores.items()}
        assert (mine.stage, mine.disqualified, mine.scores) == (run.stage, run.disqualified, scores), day
    return found


@pytest.mark.parametrize(("stages", "seed"), [(None, 0), (None, 3), (REMEMBERING, 0), (ASIDE, 1), (SELDOM, 0)])
def test_each_day_is_as_a_run_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stages: str | None, seed: int
) -> None:
    monkeypatch.setattr(everybody, "MOST", 60)
    records = population(seed, 9 if stages is REMEMBERING else 40)
    model = rules_of(tmp_path, stages).model
    found = check(model, records, "a3", 40, sampled=True)
    assert found.left_out == () and found.left_out_before is None
    if stages is SELDOM:
        for id in ("a2", "a5", "a8"):
            check(model, records, id, 40, sampled=True)
    if stages is None:
        assert found.forecast.moves
        check(model, records, "c1", 40, sampled=True)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("stages", [None, REMEMBERING, ASIDE, SELDOM])
def test_each_day_of_many_is_as_a_run_at_its_end(tmp_path: Path, stages: str | None, seed: int) -> None:
    model, records = rules_of(tmp_path, stages).model, population(seed, 9 if stages is REMEMBERING else 40)
    for id in ("a3", "a8", "c1"):
        check(model, records, id, 90, sampled=stages is REMEMBERING)


def test_before_the_last_days_what_compares_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everybody, "MOST", 7)
    model, records = rules_of(tmp_path, None).model, population(0)
    found = check(model, records, "a3", 10, sampled=True)
    turn = (TODAY - 7 * ONE_DAY).isoformat()
    assert found.left_out_before == turn == found.days[0].day and "stage of accounts" in found.left_out
    first, *others = found.moves
    assert first.day == turn and first.already and not any(move.already for move in others)
    lines = " ".join(page_as(page(found, ""), "text", 100).split())
    assert "left out before 22 February 2026, since they compare with everybody" in lines
    lead = check(model, records, "c1", 10, sampled=True)
    assert lead.days[0].day < turn == lead.left_out_before and all("interest" in day.scores for day in lead.days)


def test_who_will_be_passed_and_who_will_come_to_be_ahead(tmp_path: Path) -> None:
    """Ann's 30 lose 1.5 a day, from six days before; bob's 20 are there for 20 days, from yesterday on."""
    rules_of(tmp_path, None)
    (tmp_path / "all.rules").write_text(FADING)
    model = scoreline.load(tmp_path).model
    events = [("ann", "sold", AS_OF - 6 * DAY), ("bob", "visit", AS_OF - DAY)]
    records = Population(
        [], [Contact("ann"), Contact("bob")], [Event(who, type, at, who, None, {}) for who, type, at in events]
    )
    data = Dataset.from_population(records, model.schema)
    ann, bob = (history(model, data, id, AS_OF) for id in ("ann", "bob"))
    moves = [(date.fromisoformat(each.day) - TODAY).days for each in (*ann.forecast.moves, *bob.forecast.moves)]
    assert [(each.before, each.after) for each in ann.forecast.moves] == [("top", "in"), ("in", None)]
    assert [(each.before, each.after) for each in bob.forecast.moves] == [("in", "top"), ("top", None)]
    assert moves == [1, 14, 1, 19]
    assert [each.kind for each in ann.forecast.moves[0].causes] == ["decay"]
    (cause,) = bob.forecast.moves[0].causes
    assert (cause.kind, cause.what) == ("others", "rank(interest) 2 → 1")
    lines = " ".join(page_as(page(bob, ""), "text", 100).split())
    assert "`rank(interest) 2 → 1` of `bob` by what changed about others" in lines
