"""Two runners, one meaning: random rules on random data at random instants give the same, to the last digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from scoreline.engine.instants import Zone
from scoreline.engine.model import Model

from . import records
from .comparing import compared, differences
from .rulesets import TYPES, model_of, ruleset_texts

Records = dict[str, list[dict[str, object]]]
ANYTHING = {"deadline": None, "suppress_health_check": list(HealthCheck)}
#: What the engine computes: each of these occurs in the random rulesets.
CONSTRUCTS = [
    "AgeWindow",
    "And",
    "Arith",
    "AtMost",
    "Axis",
    "Block",
    "Bound",
    "Cases",
    "Compare",
    "Conditional",
    "Coverage",
    "Decay",
    "Default",
    "Derived",
    "Disqualification",
    "Each",
    "EventAggregate",
    "EventAttr",
    "Field",
    "Function",
    "Grade",
    "Happened",
    "IgnoreContacts",
    "IgnoreEvents",
    "InRange",
    "InSet",
    "InstantWindow",
    "LeadAggregate",
    "LeadSet",
    "Line",
    "Lookup",
    "Matches",
    "Measure",
    "Missing",
    "Near",
    "Not",
    "OfType",
    "Often",
    "Or",
    "Points",
    "Prop",
    "Result",
    "Score",
    "Selection",
    "SomeOf",
    "Stage",
    "Stages",
    "TextTest",
    "Times",
    "Weighted",
]
occurred: Counter[str] = Counter()


def check(text: str, data: Records, at: int, zone: str) -> None:
    model = model_of(text, zone)
    occurred.update(names(model))
    assert differences(model, records.population(data, Zone.named(zone), TYPES), at) == []


def names(model: Model) -> Iterator[str]:
    """The constructs of a model, as often as they occur."""
    waiting: list[object] = [model.order, model.ignored]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting.extend(value)
        elif is_dataclass(value) and type(value).__module__.startswith("scoreline.engine.model"):
            yield type(value).__name__
            waiting.extend(getattr(value, spec.name) for spec in fields(value) if spec.name != "origin")


@settings(max_examples=40, **ANYTHING)  # type: ignore[arg-type]
@given(ruleset_texts(), records.data(), records.instants, records.zones)
def test_both_runners_agree(text: str, data: Records, at: int, zone: str) -> None:
    check(text, data, at, zone)


@pytest.mark.soak
def test_both_runners_agree_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 100,000 values compared, and every construct among the rules."""

    @settings(max_examples=3500, phases=[Phase.generate], **ANYTHING)  # type: ignore[arg-type]
    @given(ruleset_texts(), records.data(), records.instants, records.zones)
    def agree(text: str, data: Records, at: int, zone: str) -> None:
        check(text, data, at, zone)

    agree()
    with capsys.disabled():
        print(f"\n{compared['values']:,} values of {compared['rulesets']:,} rulesets compared")
        print(", ".join(f"{name} {occurred[name]:,}" for name in sorted(occurred)))
    assert [name for name in CONSTRUCTS if not occurred[name]] == []
    assert compared["values"] >= 100_000
