"""Two runners, one meaning: random rules on random data at random instants give the same, to the last digit."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from scoreline.engine.instants import Zone
from scoreline.engine.plan.compile import Physical

from . import records
from .comparing import compared, differences
from .constructs import constructs_of, everything
from .models import TYPES, model_of
from .rulesets import Writer, ruleset_texts

Records = dict[str, list[dict[str, object]]]
ANYTHING = {"deadline": None, "suppress_health_check": list(HealthCheck)}
#: How many values a soak compares.
ENOUGH = 100_000
#: How often each construct was computed.
occurred: Counter[str] = Counter()


#: The ways to count selections, each of them forced.
PLANS: tuple[Physical, ...] = ("wide", "by kind")


def check(text: str, data: Records, at: int, zone: str, physical: Physical) -> None:
    model = model_of(text, zone)
    occurred.update(constructs_of(text))
    assert differences(model, records.population(data, Zone.named(zone), TYPES), at, physical) == []


class Dice(Writer):
    """Writes as the random rulesets are written, each choice as likely as the others."""

    def __init__(self, seed: int) -> None:
        super().__init__(lambda strategy: None)
        self.chances = random.Random(seed)

    def pick(self, *options: object) -> object:
        found = self.chances.choice(options)
        return found() if callable(found) else found

    def whole(self, low: int, high: int) -> int:
        return self.chances.randint(low, high)


@pytest.mark.soak
def test_random_rulesets_have_everything_that_can_be_written() -> None:
    written = Counter(name for seed in range(240) for name in constructs_of(Dice(seed).ruleset()))
    assert sorted(everything() - written.keys()) == []


@pytest.mark.parametrize("physical", PLANS)
@settings(max_examples=2, **ANYTHING)  # type: ignore[arg-type]
@given(ruleset_texts(), records.data(), records.instants, records.zones)
def test_both_runners_agree(physical: Physical, text: str, data: Records, at: int, zone: str) -> None:
    check(text, data, at, zone, physical)


@pytest.mark.soak
def test_both_runners_agree_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 100,000 values compared, each physical plan in turn, and every construct among the rules."""
    seed = 0
    while compared["values"] < ENOUGH:
        chances = random.Random(seed)
        text, data = Dice(seed).ruleset(), records.crowd(chances)
        try:
            plan = PLANS[seed % len(PLANS)]
            check(text, data, chances.choice(records.INSTANTS), chances.choice(records.ZONES), plan)
        except Exception as error:
            raise AssertionError(f"seed {seed}\n{text}") from error
        seed += 1
    with capsys.disabled():
        print(f"\n{compared['values']:,} values of {compared['rulesets']:,} rulesets compared")
        print(", ".join(f"{name} {occurred[name]:,}" for name in sorted(everything())))
    assert sorted(everything() - occurred.keys()) == []
