"""The part of the data on which the results of one lead or account can depend, so that one id is explained at once."""

from __future__ import annotations

from .data import Dataset
from .model import Model, Standing
from .records import Population
from .rows import walk


def around(dataset: Dataset, model: Model, entity: str) -> Population:
    """The records of an id and of everyone that its results can depend on; all, if there is no such id.

    A lead brings its account, an account its contacts and whoever else has an event there, and these their own
    accounts, until nobody is missing. Rules that compare with the whole population need it whole.
    """
    if any(isinstance(step.item, Standing) for item in model.order for step in walk(item, "lead")):
        return dataset.population()
    choice = dataset.near(entity)
    return dataset.population() if choice is None else dataset.population(choice)
