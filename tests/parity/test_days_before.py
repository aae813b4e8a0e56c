"""Stages that are kept, conditions that must last, stays in a stage: both engines remember the same of the days before,
whoever is in doubt, and a replay tells at each instant what a run tells there."""

from __future__ import annotations

import random

import pytest

from scoreline.engine.instants import Zone
from scoreline.engine.model import Model
from scoreline.engine.plan import plan

from . import records
from .comparing import differences
from .models import TYPES, model_of
from .test_many_lines import rules
from .test_parity import PLANS
from .test_replay import check

LEADS = (
    """
stages for lead{order}:
    A: view within 3 days
    B: s_lead >= 3 stays while s_lead >= 1
    C: view at least 2 times within 9 days for at least {days} days stays while view within {more} days
    D: talk within 2 days stays while not intent within 1 day
""",
    """
stages for lead{order}:
    A: view within 5 days
    B: in stage A more than {days} days
    C: s_lead >= 10 stays while in stage C more than {days} days or view within 1 day
measure waits for lead = 1 if in stage B more than {days} days else 0
""",
    """
measure lasts for lead = 1 if s_lead > 2 for at least {days} days else 0
stages for lead{order}:
    A: lasts == 1 stays while s_lead > 0
    B: view within {more} days for at least 36 hours
""",
)
ACCOUNTS = (
    """
measure far for account = count(leads where stage at least B)
stages for account{order}:
    X: far >= 1 stays while s_account > 1
    Y: s_account >= 8 for at least {days} days
    Z: count(leads where in stage A more than {days} days) >= 1 stays while far > 0
""",
    """
measure lasting for account = count(leads where s_lead > 1 for at least {more} days)
stages for account{order}:
    X: lasting >= 1 stays while s_account > -3
    Y: s_account > 5 stays while X_size >= 0
measure X_size for account = s_account
""",
)


def remembering(seed: int) -> tuple[random.Random, Model]:
    """Rules that remember, and the chances to go on with."""
    chances = random.Random(seed)
    said = {
        "order": chances.choice(("", ", in order")),
        "days": chances.choice((0, 1, 2, 5)),
        "more": chances.choice((1, 3, 8)),
    }
    written = rules(chances, 4) + chances.choice(LEADS).format(**said) + chances.choice(ACCOUNTS).format(**said)
    return chances, model_of(written, chances.choice(records.ZONES))


def agree(seed: int, history: bool = False) -> None:
    chances, model = remembering(seed)
    people = records.population(records.crowd(chances), Zone.named(model.timezone), TYPES)
    assert differences(model, people, chances.choice(records.INSTANTS), PLANS[seed % 2], history) == []


@pytest.mark.parametrize(("seed", "history"), ((1, False), (5, True)))
def test_both_engines_remember_the_same(seed: int, history: bool) -> None:
    agree(seed, history)


@pytest.mark.soak
def test_a_replay_remembers_as_its_runs_do() -> None:
    chances, model = remembering(4)
    assert check(model, chances, "wide") > 0


def test_who_cannot_be_changed_by_the_days_before_is_not_in_doubt() -> None:
    """Stages that are kept: doubt; a stay at a stage: everybody; nothing to remember: no days at all."""
    kept = "stages for lead:\n    A: view within 3 days stays while view within 9 days\n"
    stays = "stages for lead:\n    A: view within 3 days\n    B: in stage A more than 2 days\n"
    ranks = "measure m for lead = rank(days since view)\nstages for lead:\n    A: view stays while m < 3\n"
    apart = "measure m for lead = rank(days since view)\n" + kept
    found = [plan(model_of(written, "UTC"), contributions=False) for written in (kept, stays, ranks, apart)]
    assert [made.days is not None for made in found] == [True] * 4
    assert [made.doubt is not None for made in found] == [True, False, False, True]
    assert plan(model_of("stages for lead:\n    A: view\n", "UTC"), contributions=False).days is None


@pytest.mark.soak
def test_engines_and_replays_remember_the_same_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(80):
        agree(seed, history=seed % 3 == 0)
        chances, model = remembering(seed)
        check(model, chances, PLANS[seed % 2])
    with capsys.disabled():
        print("\n80 rulesets that remember compared, on both engines and in replays")
