"""What an explanation promises of its steps, tried from what it says alone: as events, on the data as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scoreline.engine.interpreter.evaluation import Evaluation
from scoreline.engine.model import Model
from scoreline.engine.records import Contact, Event, Population


def applied(population: Population, steps: Sequence[Mapping[str, Any]], account: str, at: int) -> Population:
    """The records after the steps as JSON has them."""
    events = [
        Event(
            f"next {number}",
            step["type"],
            at,
            step["contact"],
            account if step["contact"] is None else None,
            {name: tuple(value) if isinstance(value, list) else value for name, value in step["properties"].items()},
        )
        for number, step in enumerate(steps)
        if step["type"] is not None
    ]
    new = {step["contact"]: Contact(step["contact"], account, dict(step["known"])) for step in steps if step["new"]}
    return replace(population, contacts=[*population.contacts, *new.values()], events=[*population.events, *events])


def holds_stage(model: Model, population: Population, at: int, level: str, id: str, stage: str) -> bool:
    evaluation = Evaluation(model, population, at)
    row = evaluation.row(level, id)  # type: ignore[arg-type]
    return row is not None and stage in {each.name for each in evaluation.stages_held(row)}


def check_promise(model: Model, population: Population, at: int, explanation: Mapping[str, Any]) -> int:
    """After all steps of a set the stage is held, and without any one of them it is not; returns how many sets."""
    found = explanation["next"]
    id, level = explanation["id"], explanation["level"]
    account = id if level == "account" else explanation["account_id"]
    for each in found["sets"]:
        steps = each["steps"]
        assert 1 <= len(steps) <= found["most_steps"]
        everything = applied(population, steps, account, at)
        assert holds_stage(model, everything, at, level, id, found["goal"]), steps
        for place in range(len(steps)):
            fewer = applied(population, [*steps[:place], *steps[place + 1 :]], account, at)
            assert not holds_stage(model, fewer, at, level, id, found["goal"]), (steps, place)
    sizes = [len(each["steps"]) for each in found["sets"]]
    assert sizes == sorted(sizes)
    return len(sizes)
