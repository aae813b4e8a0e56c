"""By what the qualified are told apart: a field of accounts or contacts, or a result of the new rules."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

import duckdb
from sqlglot import exp

from ..compiling import Compiled
from ..data import Dataset
from ..data.sql import Sql, call, column, either, is_null, number, rows, table
from ..graph import key_of
from ..reads import Key
from ..suggest import did_you_mean, listing
from .qualified import NoSuch, Target

Owner = Literal["contact", "account"]

_OF_THEIR_OWN = "CREATE TABLE segments AS SELECT id, value FROM fetched"
_OF_ACCOUNTS = """
CREATE TABLE segments AS SELECT e.id, f.value
FROM entities AS e JOIN fetched AS f ON f.id = e.account_id WHERE e.level = 'lead'
"""


def check(new: Compiled, found: Target, by: str) -> None:
    """Raises NoSuch for what is no field of the data and no result of the new rules."""
    field = _field(by)
    if field is not None:
        _check_field(new, found, *field)
        return
    known = {item.name for item in new.model.measures(found.level)}
    known |= {item.name for item in new.model.grades(found.level)}
    if by not in known:
        hint = "write `--by account.industry`, or the name of a measure or grade"
        raise NoSuch(f"`{by}` is no field and no result of {found.level}s", did_you_mean(by, known, hint))


def segmented(connection: duckdb.DuckDBPyConnection, dataset: Dataset, found: Target, by: str, as_of: int) -> None:
    """Make the table `segments`: the value for each id."""
    field = _field(by)
    if field is None:
        value = exp.alias_(exp.cast(column(by), "TEXT"), "value")
        query = exp.select(column("id"), value).from_(table(f"new_{found.level}s"))
        rows(connection, exp.Create(this=table("segments"), kind="TABLE", expression=query))
        return
    _fetch(connection, dataset, f"{field[0]}s", field[1], as_of)
    of_its_account = field[0] == "account" and found.level == "lead"
    connection.execute(_OF_ACCOUNTS if of_its_account else _OF_THEIR_OWN)


def _field(by: str) -> tuple[Owner, str] | None:
    owner, _, name = by.partition(".")
    if not name or owner not in ("contact", "account"):
        return None
    return ("contact" if owner == "contact" else "account"), name


def _check_field(new: Compiled, found: Target, owner: Owner, name: str) -> None:
    fields = new.model.schema.fields(owner)
    if owner == "contact" and found.level == "account":
        message = "accounts are told apart by a field of `account`, and this is one of `contact`"
        raise NoSuch(message, listing(f"account.{each}" for each in new.model.schema.account))
    if name not in fields:
        raise NoSuch(f"`{owner}` has no field `{name}`", did_you_mean(name, fields))
    if Key("derived", "lead" if owner == "contact" else "account", name) in map(key_of, new.model.order):
        hint = f"give it a name in the rules: `measure segment for {found.level} = {owner}.{name}`, and `--by segment`"
        raise NoSuch(f"`{owner}.{name}` is derived by the rules, and results do not hold it", hint)


def _fetch(connection: duckdb.DuckDBPyConnection, dataset: Dataset, of: str, name: str, as_of: int) -> None:
    """The table `fetched`: the value of a field for each record, as it is at the instant."""
    known = either(is_null(column("valid_from")), exp.LTE(this=column("valid_from"), expression=number(as_of)))
    newest = exp.Ordered(this=column("valid_from"), desc=True, nulls_first=False)
    place = exp.Window(this=call("row_number"), partition_by=[column("id")], order=exp.Order(expressions=[newest]))
    value = exp.alias_(exp.cast(column(name), "TEXT"), "value")
    query = exp.select(column("id"), value).from_(table(of)).where(known).qualify(place.eq(number(1)))
    with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        path = Path(folder) / "fetched.parquet"
        dataset.connection.sql(_text(query)).write_parquet(str(path))
        connection.read_parquet(str(path)).create("fetched")


def _text(query: Sql) -> str:
    return query.sql(dialect="duckdb")
