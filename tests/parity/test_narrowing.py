"""What rules do not read makes no difference: random rules give the same whether it is read or not."""

from __future__ import annotations

import random

from scoreline.engine.data import read
from scoreline.engine.interpreter import interpret
from scoreline.engine.narrowing import narrowed
from scoreline.engine.runners import run

from . import records
from .models import model_of
from .test_parity import Dice


def test_random_rulesets_give_the_same() -> None:
    unread = 0
    for seed in range(5):
        chances = random.Random(seed)
        model = model_of(Dice(seed).ruleset(), "UTC")
        data = records.crowd(chances)
        some = narrowed(model)
        full, part = read(data, model.schema), read(data, model.schema, only=some)
        unread += len(full.schema.event_columns()) - len(some.event_columns())
        at = full.newest_event() or 0
        expected = interpret(model, full.population(), at, full.counts)
        assert interpret(model, part.population(), at, part.counts) == expected, seed
        if seed < 1:
            with run(model, part, at) as made:
                assert made.outcome() == expected, seed
    assert unread > 0
