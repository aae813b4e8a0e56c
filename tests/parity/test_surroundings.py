"""One id is explained from its surroundings as it would be from all the data."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from scoreline.engine.data import Dataset
from scoreline.engine.explain import explain
from scoreline.engine.instants import Zone
from scoreline.engine.interpreter import interpret
from scoreline.engine.memory import anchored
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.surroundings import around

from . import records
from .models import TYPES, model_of
from .rulesets import ruleset_texts


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(ruleset_texts(), records.data(), records.instants)
def test_the_surroundings_of_an_id_give_its_results(
    text: str, data: dict[str, list[dict[str, object]]], at: int
) -> None:
    population = records.population(data, Zone.named("UTC"), TYPES)
    oldest = min((event.at for event in population.events), default=None)
    model = anchored(model_of(text, "UTC"), lambda: oldest, at)  # so that a part remembers the days that the whole does
    dataset = Dataset.from_population(population, model.schema)
    whole = dataset.population()
    outcome = interpret(model, whole, at)
    for entity in (*outcome.leads, *outcome.accounts):
        part = interpret(model, around(dataset, model, entity.id), at)
        assert entity in (*part.leads, *part.accounts)
        mine = [entry for entry in outcome.contributions if (entry.level, entry.id) == (entity.level, entity.id)]
        assert mine == [entry for entry in part.contributions if (entry.level, entry.id) == (entity.level, entity.id)]
        assert explain(model, whole, at, entity.id, entity.level).to_dict() == (
            explain(model, around(dataset, model, entity.id), at, entity.id, entity.level).to_dict()
        )


def test_of_an_unknown_id_only_similar_ids_are_read() -> None:
    accounts = [Account(f"acme-{number}", {}) for number in range(200)]
    population = Population(accounts, [Contact("ann", "acme-7")], [Event("e", "visit", 0, "ann")])
    model = model_of("score s for account:\n    always => +1\n", "UTC")
    found = around(Dataset.from_population(population, model.schema), model, "Acme_7")
    assert len(found.accounts) == 100 and "acme-7" in {account.id for account in found.accounts}
    assert not found.events and not found.contacts
