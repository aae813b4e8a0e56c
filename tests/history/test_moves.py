"""Moves in a replay, with their reasons, are what separate runs at its instants differ in."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest

import scoreline
from scoreline.engine.data import Dataset
from scoreline.engine.frames import Results
from scoreline.engine.history import reasons, replay
from scoreline.engine.history.calendar import Every
from scoreline.engine.history.moves import StageMoves
from scoreline.engine.history.reasons import with_reasons
from scoreline.engine.instants import Zone, format_instant, parse_instant
from scoreline.engine.moves import MOST_LEADS, Move, Points, because
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.scoring import open_data, score
from scoreline.grammar.nodes import Level

LEVELS: tuple[Level, ...] = ("lead", "account")
BERLIN = Zone.named("Europe/Berlin")
#: The clocks go forward in the night to the 29th.
FIRST, LAST = datetime.date(2026, 3, 24), datetime.date(2026, 4, 2)

MANIFEST = """
scoreline: 1
name: moving
version: 1.0.0
timezone: Europe/Berlin
files: [all.rules]
schema:
  account: {target: bool}
  contact: {role: text}
  events:
    visit: {page: text}
    unsubscribed: {}
"""
RULES = """
score engagement for lead:
    buyer: contact.role == 'buyer' => +10
    visits: each visit within 3 days => +5 max 20
    prices: visit(where page == 'pricing') => +8 fades over 2 days
    unsubscribed => disqualify 'unsubscribed'
stages for lead:
    warm: engagement >= 12
    hot: engagement >= 20
    held: engagement >= 25 stays while engagement >= 15
score readiness for account:
    target: account.target => +5
    people: always => +1 * sum(engagement of leads)
measure warm_people for account = count(leads where stage at least warm)
stages for account:
    MEA: readiness >= 15
    MQA: readiness >= 30 and warm_people >= 2
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    folder = tmp_path_factory.mktemp("moving")
    (folder / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "all.rules").write_text(RULES, encoding="utf-8")
    return scoreline.load(folder)


def instant(chances: random.Random) -> str:
    """Around the days that are looked at, often near a midnight."""
    day = FIRST + datetime.timedelta(days=chances.randrange(-4, (LAST - FIRST).days + 1))
    clock = chances.choice(["00:00:00", "01:59:59", "02:30:00", "12:00:00", "23:59:59.999999"])
    at = parse_instant(f"{day}T{clock}", BERLIN)
    assert at is not None
    return format_instant(at)


def crowd(chances: random.Random) -> dict[str, Any]:
    accounts = [{"id": f"a{n}", "target": chances.random() < 0.5} for n in range(3)]
    accounts.append({"id": "a0", "target": True, "valid_from": instant(chances)})
    contacts = [{"id": f"c{n}", "account_id": f"a{n % 3}", "role": chances.choice(["buyer", "user"])} for n in range(7)]
    contacts += [{"id": f"c{n}", "account_id": "a1", "role": "buyer", "valid_from": instant(chances)} for n in (0, 8)]
    events: list[dict[str, Any]] = []
    for number in range(40):
        event: dict[str, Any] = {
            "id": f"e{number}",
            "contact_id": f"c{chances.randrange(9)}",
            "timestamp": instant(chances),
        }
        event["type"] = "unsubscribed" if chances.random() < 0.03 else "visit"
        if event["type"] == "visit":
            event["page"] = chances.choice(["pricing", "docs"])
        if chances.random() < 0.2:
            event["account_id"] = f"a{chances.randrange(4)}"
        if chances.random() < 0.3:
            event["received_at"] = max(event["timestamp"], instant(chances))
        events.append(event)
    return {"accounts": accounts, "contacts": contacts, "events": events}


def at_stages(results: Results, level: Level) -> dict[str, str | None]:
    return {row["id"]: row["stage"] for row in (results.leads if level == "lead" else results.accounts)}


def moved(before: Results, after: Results, level: Level) -> list[tuple[int, int, str, str | None, str | None]]:
    was, now = at_stages(before, level), at_stages(after, level)
    return [
        (after.as_of, before.as_of, id_, was.get(id_), now.get(id_))
        for id_ in sorted({*was, *now})
        if was.get(id_) != now.get(id_)
    ]


def lines(results: Results, level: Level, id_: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in results.contributions:
        if (row["level"], row["id"]) == (level, id_):
            found[row["score"], row["line"] or row["score"]] += round(row["points"] * 10_000)
    return found


def check(rules: Ruleset, chances: random.Random) -> int:
    """How many moves there were."""
    data: Dataset = open_data(rules, crowd(chances))
    every = chances.choice([Every(), Every(3), Every(1, "month")])
    at = every.instants(FIRST, LAST, BERLIN)
    runs = [score(rules, data, as_of=each, engine="interpreter") for each in at]
    found = 0
    with_lines = chances.random() < 0.5
    with replay(rules.model, data, at, contributions=with_lines) as replayed:
        for level in LEVELS:
            stages = StageMoves(level)
            stages.add(replayed)
            moves = stages.moves
            expected = [each for before, after in pairwise(runs) for each in moved(before, after, level)]
            assert [(each.at, each.since, each.id, each.was, each.now) for each in moves] == expected
            for counts, each in zip(stages.counts, runs, strict=True):
                assert counts == Counter(at_stages(each, level).values())
            with patch.object(reasons, "ENTRIES_OF_MOVED", chances.choice([1, 200, 1_000_000])):
                explained = with_reasons(rules.model, moves, data, replayed if with_lines else None)
            assert [(each.at, each.id) for each in explained] == [(each.at, each.id) for each in moves]
            for move in explained:
                check_reasons(move, runs[at.index(move.since)], runs[at.index(move.at)])
            found += len(moves)
    data.connection.close()
    return found


def check_reasons(move: Move, before: Results, after: Results) -> None:
    old, new = (lines(each, move.level, move.id) for each in (before, after))
    gave = {(each.of, each.name): each.now - each.was for each in move.reasons if each.what == "line"}
    assert gave == {line: new[line] - old[line] for line in {*old, *new} if old[line] != new[line]}
    if move.level == "account":
        was, now = (leads_of(each, move.id) for each in (before, after))
        changes = {id_: (was.get(id_), now.get(id_)) for id_ in {**was, **now} if was.get(id_) != now.get(id_)}
        told = {each.of: (each.was, each.now) for each in move.reasons if each.what == "lead"}
        assert len(told) == min(len(changes), MOST_LEADS)
        assert told.items() <= {id_: tuple(map(units, pair)) for id_, pair in changes.items()}.items()


def leads_of(results: Results, account: str) -> dict[str, float]:
    return {row["id"]: row["engagement"] for row in results.leads if row["account_id"] == account}


def units(points: float | None) -> int | None:
    return None if points is None else round(points * 10_000)


@pytest.mark.parametrize("seed", range(2))
def test_moves_are_those_between_separate_runs(rules: Ruleset, seed: int) -> None:
    assert check(rules, random.Random(seed)) > 0


@pytest.mark.soak
def test_moves_are_those_between_separate_runs_for_long(rules: Ruleset) -> None:
    assert sum(check(rules, random.Random(seed)) for seed in range(100, 200)) > 1000


def test_what_came_late_counts_from_when_it_was_received(rules: Ruleset) -> None:
    event = {"id": "e", "type": "visit", "page": "pricing", "contact_id": "c", "timestamp": "2026-03-28T12:00:00Z"}
    move = of_one(rules, {**event, "received_at": "2026-03-29T21:59:59.999999Z"})
    assert (format_instant(move.at), move.was, move.now) == ("2026-03-29T21:59:59.999999Z", None, "warm")
    assert {(each.name, each.because) for each in move.reasons if each.what == "line"} == {
        ("visits", "came"),
        ("prices", "came"),
    }
    move = of_one(rules, {**event, "received_at": "2026-03-29T22:00:00Z"})
    assert format_instant(move.at) == "2026-03-30T21:59:59.999999Z"


def of_one(rules: Ruleset, event: dict[str, Any]) -> Move:
    """The first move of a buyer with one event."""
    data = open_data(rules, {"contacts": [{"id": "c", "role": "buyer"}], "events": [event]})
    with replay(rules.model, data, Every().instants(FIRST, LAST, BERLIN)) as replayed:
        stages = StageMoves("lead")
        stages.add(replayed)
    moves = with_reasons(rules.model, stages.moves, data)
    data.connection.close()
    return moves[0]


def test_a_version_counts_from_when_it_is_valid(rules: Ruleset) -> None:
    versions = [{"id": "c", "role": "user"}, {"id": "c", "role": "buyer", "valid_from": "2026-03-27"}]
    events = [{"id": "e", "type": "visit", "page": "docs", "contact_id": "c", "timestamp": "2026-03-25T12:00:00Z"}]
    data = open_data(rules, {"contacts": versions, "events": events})
    with replay(rules.model, data, Every().instants(FIRST, LAST, BERLIN)) as replayed:
        stages = StageMoves("lead")
        stages.add(replayed)
    moves = with_reasons(rules.model, stages.moves, data)
    data.connection.close()
    days = [(format_instant(each.at)[:10], each.was, each.now) for each in moves]
    assert days == [("2026-03-27", None, "warm"), ("2026-03-28", "warm", None)]
    up, down = ([(each.name, each.because) for each in move.reasons if each.what == "line"] for move in moves)
    assert (up, down) == ([("buyer", None)], [("visits", "left")])


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        (Points(50, 1, 3, 3), Points(100, 2, 3, 12), "came"),
        (Points(50, 1, 3, 3), Points(50, 1, 12, 12), "came"),
        (Points(100, 2, 3, 5), Points(50, 1, 5, 5), "left"),
        (Points(50, 1, 3, 3), Points(), "left"),
        (Points(50, 1, 3, 3), Points(40, 1, 3, 3), "faded"),
        (Points(-50, 1, 3, 3), Points(-40, 1, 3, 3), "faded"),
        (Points(50, 1, 3, 3), Points(60, 1, 3, 3), None),
        (Points(50), Points(40), None),
    ],
)
def test_why_a_line_gives_other_points(was: Points, now: Points, why: str | None) -> None:
    assert because(10, was, now) == why
