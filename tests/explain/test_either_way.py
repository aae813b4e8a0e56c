"""Whoever stands where they do whatever their rank is, is explained without the days of everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.engine.either_way import EitherWay, either_way
from scoreline.engine.instants import DAY
from scoreline.engine.interpreter import interpret
from scoreline.engine.records import Account, Contact, Event, Population

from .acme import AS_OF
from .test_everybody import SELDOM, population, rules_of
from .test_kept_everybody import asking, replays, written

__all__ = ["replays"]

ROLLED_UP = """
stages for account:
    A: any(leads where pace >= 50)
"""
OUT = """
score extra for account:
    always => +1
    any(leads where pace >= 50) => disqualify 'ahead'
stages for account:
    A: extra >= 1
"""
A_NUMBER = """
score extra for account:
    part: always => +2 * place
stages for account:
    A: extra >= 8
"""
THREE = """
stages for account:
    A: place <= 9 or at_home >= 50
    B: calm <= 2
"""
IN_A_SCORE = """
score extra for account:
    leading: place <= 3 => +5
    seen: visits >= 1 => +2
stages for account:
    A: extra >= 2
    B: extra >= 2 and visits >= 3
"""


@pytest.mark.parametrize(
    ("stages", "ways"), [(SELDOM, 2), (IN_A_SCORE, 2), (ROLLED_UP, 0), (OUT, 0), (A_NUMBER, 2), (THREE, 0)]
)
def test_only_what_compares_the_one_who_is_asked_about_is_tried(tmp_path: Path, stages: str, ways: int) -> None:
    assert len(either_way(rules_of(tmp_path, stages).model, "account")) == ways


@pytest.mark.parametrize("stages", [SELDOM, IN_A_SCORE, A_NUMBER])
def test_what_is_so_anyway_is_what_everybody_together_give(tmp_path: Path, stages: str) -> None:
    model = rules_of(tmp_path, stages).model
    ways, records = either_way(model, "account"), population(3)
    instants = [AS_OF + number * DAY for number in range(-24, 25, 3)]
    runs = {at: {each.id: each.stage for each in interpret(model, records, at).accounts} for at in instants}
    known, open_ = 0, 0
    for account in records.accounts:
        stood = EitherWay(ways, records, "account", account.id).stood(instants)
        assert stood == {at: runs[at][account.id] for at in stood}
        known, open_ = known + len(stood), open_ + len(instants) - len(stood)
    assert open_ and (known or stages is A_NUMBER)


def visits(id: str, ages: range) -> list[Event]:
    return [Event(f"{id}-{age}", "visit", AS_OF - age * DAY, f"c-{id}", id, {}) for age in ages]


def test_everybody_is_worked_out_on_the_days_before_only_where_these_hang_on_it(
    tmp_path: Path, replays: list[int]
) -> None:
    """`calm` does nothing, `once` came once, `busy` may be among the first on each day."""
    ids = ("calm", "once", "busy")
    events = [*visits("once", range(9, 10)), *visits("busy", range(60))]
    records = Population([Account(id) for id in ids], [Contact(f"c-{id}", id) for id in ids], events)
    ask = asking(rules_of(tmp_path, SELDOM), written(tmp_path / "data", records))
    assert ask("calm")["arrival"]["known"] == "start" and replays == [1]
    assert ask("busy")["arrival"]["known"] == "longer" and replays == [1, 31]
    assert ask("once")["arrival"]["known"] == "day" and replays == [1, 31]


def test_of_a_move_the_days_around_it_are_enough(tmp_path: Path, replays: list[int]) -> None:
    ids = ("calm", "once")
    records = Population(
        [Account(id) for id in ids], [Contact(f"c-{id}", id) for id in ids], visits("once", range(9, 10))
    )
    ask = asking(rules_of(tmp_path, SELDOM), written(tmp_path / "data", records))
    first = ask("once")
    assert first["arrival"]["since"] and replays == [3]
    assert ask("once") == first and replays == [3]
