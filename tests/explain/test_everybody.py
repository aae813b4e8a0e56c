"""Rules that compare with everybody: of others only what is compared is looked at, and explanations are the same."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline.engine import everybody
from scoreline.engine.asking import explained
from scoreline.engine.data import Dataset
from scoreline.engine.everybody import Everybody, are_few
from scoreline.engine.instants import DAY, ONE_DAY, Zone, day_end, local_date
from scoreline.engine.interpreter.made import Made
from scoreline.engine.interpreter.rollups import OTHERS
from scoreline.engine.model import Standing
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.rows import walk
from scoreline.engine.ruleset import Ruleset

from .acme import AS_OF

pytestmark = pytest.mark.usefixtures("shared_cache")

MANIFEST = """
scoreline: 1
name: places
version: 1.0.0
timezone: UTC
files: [all.rules]
schema:
  contact: {role: text}
  account: {region: text, size: number}
  events:
    visit: {}
    sold: {}
"""
RULES = """
score interest for lead 0..100:
    each visit within 30 days => +4 max 40 halves every 9 days
    sold within 20 days => disqualify 'customer'
measure pace for lead = percentile(interest per contact.role)
score team for account 0..100:
    people: always => +sum(interest of leads)
    ahead: any(leads where pace >= 50) => +10
    large: account.size >= 100 => +15
measure place for account = rank(team)
measure at_home for account = percentile(team per account.region)
measure visits for account = count(visit within 20 days)
measure calm for account = rank(visits)
stages for account:
    A: place <= 9
    B: place <= 4 and at_home >= 50
"""


def population(seed: int, days: int = 40) -> Population:
    chances = random.Random(seed)
    regions = ["EMEA", "emea", "AMER", None]
    accounts = [
        Account(f"a{n}", {k: v for k, v in (("region", chances.choice(regions)), ("size", n * 9.0)) if v is not None})
        for n in range(14)
    ]
    contacts = [
        Contact(f"c{n}", f"a{chances.randrange(16)}", {"role": chances.choice(["buyer", "Buyer", "user"])})
        for n in range(30)
    ]
    events = [
        Event(
            f"e{n}",
            "sold" if chances.random() < 0.02 else "visit",
            AS_OF - chances.randrange(days * DAY),
            f"c{chances.randrange(33)}",
            chances.choice([None, None, f"a{chances.randrange(16)}"]),
            {},
        )
        for n in range(150)
    ]
    return Population(accounts, contacts, events)


REMEMBERING = """
measure steady for account = team >= 20 for at least 3 days
measure stuck for account = in stage A more than 2 days
stages for account:
    A: place <= 9
    B: place <= 4 stays while at_home >= 30
    C: steady and stuck
"""
"""Stages that hang on what everybody has, and on the days before."""
ASIDE = """
stages for account:
    A: visits >= 1
    B: visits >= 3 stays while team >= 10
"""
"""What is compared with everybody decides no stage."""
SELDOM = """
stages for account:
    A: visits >= 1
    B: visits >= 2 and place <= 4
"""
"""Stages that hang on what everybody has where an account has done something lately."""


def rules_of(folder: Path, stages: str | None) -> Ruleset:
    (folder / "ruleset.yaml").write_text(MANIFEST)
    (folder / "all.rules").write_text(RULES if stages is None else RULES.partition("stages for")[0] + stages)
    return scoreline.load(folder)


UTC = Zone.named("UTC")
STAGES = {"now": None, "remembering": REMEMBERING, "aside": ASIDE, "seldom": SELDOM}


@pytest.mark.parametrize(("stages", "seed"), [("now", 0), ("now", 1), ("remembering", 0), ("aside", 2), ("seldom", 0)])
def test_an_explanation_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stages: str, seed: int) -> None:
    """Of few days, since those that are remembered take long."""
    check_same(tmp_path, monkeypatch, STAGES[stages], population(seed, 40 if stages == "now" else 9))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("stages", STAGES)
def test_many_explanations_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stages: str, seed: int
) -> None:
    check_same(tmp_path, monkeypatch, STAGES[stages], population(seed))


def check_same(folder: Path, monkeypatch: pytest.MonkeyPatch, stages: str | None, records: Population) -> None:
    """For accounts and for leads, one of whom only events name."""
    rules = rules_of(folder, stages)
    data = Dataset.from_population(records, rules.model.schema)

    def told(few: int, id: str) -> dict[str, Any]:
        monkeypatch.setattr(everybody, "FEW", few)
        return explained(rules, id, data, AS_OF, since=True, ahead=True).to_dict()

    named = {event.contact_id for event in records.events} - {contact.id for contact in records.contacts}
    for id in [
        "a3",
        *(["a5", "a9", "a11"] if stages is SELDOM else []),
        "c1",
        *filter(None, sorted(named, key=str)[:1]),
    ]:
        known, worked_out = told(-1, id), told(10_000, id)
        if stages is ASIDE and (known["arrival"] or {}).get("known") == "start":  # that of a part begins later
            assert known["arrival"]["since"] >= worked_out["arrival"]["since"]
            known["arrival"] = worked_out["arrival"]
            known["summary"] = worked_out["summary"]
        assert known == worked_out


def test_unasked_it_is_looked_back_over_some_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_unasked(tmp_path, monkeypatch, None, [population(0)])


@pytest.mark.soak
@pytest.mark.parametrize(("stages", "days"), [(None, 40), (REMEMBERING, 9)])
def test_unasked_it_is_looked_back_over_some_days_by_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stages: str | None, days: int
) -> None:
    check_unasked(tmp_path, monkeypatch, stages, [population(seed, days) for seed in range(4)])


def check_unasked(folder: Path, monkeypatch: pytest.MonkeyPatch, stages: str | None, every: list[Population]) -> None:
    """What is said without `since` is what is said with it, or that it was so on all days that were looked at; and so
    it was, as is said of each of these days by itself."""
    ruleset = rules_of(folder, stages)
    monkeypatch.setattr(everybody, "FEW", -1)
    monkeypatch.setattr(everybody, "FEWEST", 4)
    monkeypatch.setattr(everybody, "MOST", 4)
    seen = set()
    for records in every:
        data = Dataset.from_population(records, ruleset.model.schema)
        for id in ("a3", "a8"):
            now = explained(ruleset, id, data, AS_OF)
            near, far = now.arrival, explained(ruleset, id, data, AS_OF, since=True).arrival
            assert near is not None and far is not None and now.ladder is not None
            seen.add(near.known)
            if near.known != "longer":
                assert near == far
                continue
            days = [local_date(AS_OF, UTC) - n * ONE_DAY for n in range(1, 5)]
            assert near.since == days[-1].isoformat() and far.since <= near.since
            ladders = (explained(ruleset, id, data, day_end(day, UTC), since=False).ladder for day in days)
            assert all(ladder is not None and ladder.stage == now.ladder.stage for ladder in ladders)
    assert seen >= {"day", "longer"}


def test_the_days_that_are_looked_at_are_fewer_the_more_data_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Dataset.from_population(population(0), rules_of(tmp_path, None).model.schema)
    found = []
    for work in (10**9, 150 * 12, 1):
        monkeypatch.setattr(everybody, "WORK", work)
        found.append(everybody.affordable(data))
    assert found == [30, 12, 7]


def test_what_is_compared_is_known_of_others_alone(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, REMEMBERING)
    data = Dataset.from_population(population(1, 4), rules.model.schema)
    others, made = Everybody(rules.model, data, "a3"), Made()
    others.tell(made)
    for at in (AS_OF - DAY, AS_OF):
        others.look(at)
    assert are_few(data) and others.tells_days and len(others.left) == 2
    expr = next(
        step.item for item in rules.model.order for step in walk(item, "lead") if isinstance(step.item, Standing)
    )
    known = made.remembered(expr, OTHERS, dict)
    assert sorted(known) == [AS_OF - DAY, AS_OF]
    assert all(each.compared and not {"a3"} & each.ids for each in known.values())
