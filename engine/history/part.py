"""A replay of a few leads or accounts alone, over the part of the data that their results are made of.

Who is scored at an instant of their own needs nobody else to be scored then: what a lead or an account gets depends on
their own records, on those of their account and of its contacts, and on their events. Only `rank` and `percentile` look
at everybody.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ...grammar.nodes import Level
from ..data import Dataset
from ..memory import anchored
from ..model import Model
from ..plan.steps import LEVELS
from .replayed import Replayed
from .replaying import replay

if TYPE_CHECKING:
    from ..plan.compile import Titles

_ASKED = """
CREATE OR REPLACE TEMP TABLE asked_accounts AS SELECT unnest(?::VARCHAR[]) AS id
"""
_OF_LEADS = """
CREATE OR REPLACE TEMP TABLE asked_accounts AS
WITH asked AS (SELECT unnest(?::VARCHAR[]) AS id)
SELECT account_id AS id FROM contacts SEMI JOIN asked USING (id) WHERE account_id IS NOT NULL
UNION SELECT account_id FROM events JOIN asked ON asked.id = contact_id WHERE account_id IS NOT NULL
"""
_PEOPLE = """
CREATE OR REPLACE TEMP TABLE asked_contacts AS
SELECT id FROM contacts WHERE account_id IN (SELECT id FROM asked_accounts)
UNION SELECT contact_id FROM events WHERE account_id IN (SELECT id FROM asked_accounts) AND contact_id IS NOT NULL
UNION SELECT unnest(?::VARCHAR[])
"""
_PARTS = {
    "accounts": "SELECT * FROM accounts WHERE id IN (SELECT id FROM asked_accounts) OR id IN "
    "(SELECT account_id FROM contacts WHERE id IN (SELECT id FROM asked_contacts))",
    "contacts": "SELECT * FROM contacts WHERE id IN (SELECT id FROM asked_contacts)",
    "events": "SELECT * FROM events WHERE account_id IN (SELECT id FROM asked_accounts) "
    "OR contact_id IN (SELECT id FROM asked_contacts)",
}

_LATER = {
    "accounts": "valid_from > $at",
    "contacts": "valid_from > $at",
    "events": '"at" > $at OR received_at > $at',
}
_ANY_LATER = [f"SELECT count(*) > 0 FROM {name} WHERE {later}" for name, later in _LATER.items()]


@contextmanager
def replay_of(
    model: Model,
    dataset: Dataset,
    level: Level,
    ids: Collection[str],
    instants: Sequence[int],
    contributions: bool = False,
    only: Titles | None = None,
    known_at: int | None = None,
    entries_of: Collection[Level] = LEVELS,
) -> Iterator[Replayed]:
    """The results at some instants of these leads or accounts, and of those whom theirs hang on; of others they may be
    other than in a replay of all. `only` and `entries_of` name what is worked out, as `replay` says. With `known_at` as
    if nothing more happened after that instant. For rules that compare nobody with everybody. Raises PlanError."""
    model = anchored(model, dataset.oldest_event, instants[-1])
    with _part_of(dataset, level, ids) as part:
        if known_at is not None:
            _forget_later(part, known_at)
        with replay(model, part, instants, contributions, only=only, entries_of=entries_of) as replayed:
            yield replayed


@contextmanager
def known(dataset: Dataset, at: int | None) -> Iterator[Dataset]:
    """The data as they were known at an instant, if one is given: in an engine of their own where they go on."""
    if at is None or not any(dataset.connection.execute(query, {"at": at}).fetchall()[0][0] for query in _ANY_LATER):
        yield dataset
        return
    with _copied(dataset, dataset.connection, {name: f"SELECT * FROM {name}" for name in _PARTS}) as whole:
        _forget_later(whole, at)
        yield whole


def _forget_later(part: Dataset, at: int) -> None:
    """Leave nothing of what is not known at an instant."""
    for name, later in _LATER.items():
        part.connection.execute(f"DELETE FROM {name} WHERE {later}", {"at": at}).fetchall()


@contextmanager
def _part_of(dataset: Dataset, level: Level, ids: Collection[str]) -> Iterator[Dataset]:
    """The data that the results of these leads or accounts are made of, in an engine of their own."""
    cursor = dataset.connection.cursor()
    cursor.execute(_ASKED if level == "account" else _OF_LEADS, [list(ids)])
    cursor.execute(_PEOPLE, [list(ids) if level == "lead" else []])
    with _copied(dataset, cursor, _PARTS) as part:
        cursor.close()
        yield part


@contextmanager
def _copied(dataset: Dataset, cursor: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> Iterator[Dataset]:
    """What these queries give of each table, in an engine of its own."""
    with duckdb.connect() as connection, tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        part = Dataset.empty(dataset.schema, connection)
        for name, query in queries.items():
            path = str(Path(folder) / f"{name}.parquet")
            cursor.sql(query).write_parquet(path)
            connection.read_parquet(path).insert_into(name)
        yield part
