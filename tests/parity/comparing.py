"""The same rules, data and instant on both runners: where they differ, and how much was compared."""

from __future__ import annotations

from collections import Counter

from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.plan.compile import Physical
from scoreline.engine.records import Population
from scoreline.engine.results import Outcome
from scoreline.engine.runners import run


def differences(
    model: Model, population: Population, at: int, physical: Physical = "auto", history: bool = False
) -> list[str]:
    """What differs between the interpreter and a physical plan on DuckDB, to the last digit.

    A plan without contributions is another one: of whom an even number of events is known, both are compared.
    """
    dataset = Dataset.from_population(population, model.schema)
    expected = interpret(model, population, at, dataset.counts, history)
    with run(model, dataset, at, physical=physical, history=history) as made:
        found = made.outcome()
    lean = found
    if len(population.events) % 2 == 0:
        with run(model, dataset, at, contributions=False, physical=physical, history=history) as made:
            lean = made.outcome()
    dataset.connection.close()
    compared.update(size(expected))
    pairs = [
        *zip(expected.leads, found.leads, strict=False),
        *zip(expected.accounts, found.accounts, strict=False),
        *zip(expected.leads, lean.leads, strict=True),
        *zip(expected.accounts, lean.accounts, strict=True),
        *zip(expected.contributions, found.contributions, strict=False),
        (expected.counts, found.counts),
        (lengths(expected), lengths(found)),
    ]
    return [f"interpreter {left}\nDuckDB      {right}" for left, right in pairs if left != right]


def lengths(outcome: Outcome) -> tuple[int, int, int]:
    return len(outcome.leads), len(outcome.accounts), len(outcome.contributions)


#: What was compared in this process: single values and entries.
compared: Counter[str] = Counter()


def size(outcome: Outcome) -> Counter[str]:
    """How many values an outcome holds."""
    entities = [*outcome.leads, *outcome.accounts]
    values = sum(len(item.scores) + len(item.measures) + len(item.grades) + 2 for item in entities)
    return Counter(rulesets=1, values=values + len(outcome.contributions))
