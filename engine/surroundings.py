"""The part of the data on which the results of one lead or account can depend, so that one id is explained at once."""

from __future__ import annotations

from .data import Dataset
from .model import Model, Standing
from .records import Account, Population
from .rows import walk


def around(dataset: Dataset, model: Model, entity: str) -> Population:
    """The records of an id and of everyone that its results can depend on; where there is no such id, only accounts of
    which nothing but their ids is told, those that look like it.

    A lead brings its account, an account its contacts and whoever else has an event there, and these their own
    accounts, until nobody is missing. Rules that compare with the whole population need it whole.
    """
    if any(isinstance(step.item, Standing) for item in model.order for step in walk(item, "lead")):
        return dataset.population()
    choice = dataset.near(entity)
    if choice is None:
        return Population([Account(id) for id in dataset.alike(entity)])
    return dataset.population(choice)
