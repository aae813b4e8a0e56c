"""The records around one id, fetched from wherever they lie: without those that its results cannot depend on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from ...grammar.late_methods import dataclass
from ..records import Population
from .layout import RecordKind
from .plain_lines import Lines
from .rebuilt import Layouts, Row, rebuilt

if TYPE_CHECKING:
    import duckdb


class Ids(NamedTuple):
    """Accounts and contacts whose records are asked for: their own, and those that name them as their owners."""

    accounts: Collection[str]
    contacts: Collection[str]


OWNERS: Mapping[RecordKind, Mapping[str, Literal["accounts", "contacts"]]] = {
    "accounts": {"id": "accounts"},
    "contacts": {"id": "contacts", "account_id": "accounts"},
    "events": {"contact_id": "contacts", "account_id": "accounts"},
}
"""By which columns a record belongs to whom."""

Fetch = Callable[[RecordKind, Ids], Iterable[Row]]
"""All rows of a kind that belong to any of the ids."""


def gathered(fetch: Fetch, layouts: Layouts, entity: str, has_versions: bool = True) -> Population | None:
    """The records of an id and of everyone that its results can depend on; None where no record has that id.

    A lead brings its account, an account its contacts and whoever else has an event there, and these their own
    accounts, until nobody is missing. They are ordered by id. `has_versions`: contacts may have several records.
    """
    found = look_around(fetch, {entity}, has_versions)
    rows: dict[RecordKind, list[Row]] = {
        "contacts": found.contacts,
        "events": found.events,
        "accounts": [*fetch("accounts", Ids(found.accounts, ()))],
    }
    if not any(rows.values()):
        return None
    for kind, layout in layouts.items():
        second = layout.names.index("at" if kind == "events" else "valid_from")
        rows[kind].sort(key=lambda row: (str(row[0]), row[second] is not None, row[second]))
    return rebuilt(layouts, rows)


def look_around(fetch: Fetch, entities: Collection[str], has_versions: bool = True) -> Found:
    """The contacts and events of some ids and of everyone that their results can depend on."""
    return Found(fetch, Ids(entities, entities), has_versions)


class Found:
    """The contacts and events that are found, and all accounts and contacts that they bring with them."""

    def __init__(self, fetch: Fetch, new: Ids, has_versions: bool) -> None:
        self._fetch = fetch
        self._has_versions = has_versions
        self.accounts, self._people = set[str](), set[str]()
        self.contacts: list[Row] = []
        self.events: list[Row] = []
        while new.accounts or new.contacts:
            came = self._find_contacts(new)
            new = Ids((), self._find_events(came) - self._people)

    def _find_contacts(self, new: Ids) -> Ids:
        """All versions of contacts, with their accounts, and all contacts of these; returns who is new."""
        before = Ids(self.accounts.copy(), self._people.copy())
        while new.accounts or new.contacts:
            known = Ids(self.accounts.copy(), self._people.copy())
            self.accounts.update(new.accounts)
            self._people.update(new.contacts)
            fetched = self._fetch("contacts", new)
            some = [row for row in fetched if row[0] not in known.contacts and row[1] not in known.accounts]
            self.contacts += some
            owners, people = _texts(row[1] for row in some), _texts(row[0] for row in some)
            if not self._has_versions:
                self._people |= people
            new = Ids(owners - self.accounts, people - self._people)
        return Ids(self.accounts.difference(before.accounts), self._people.difference(before.contacts))

    def _find_events(self, came: Ids) -> set[str]:
        """The events of those who came; returns whoever has one at an account of theirs."""
        earlier = Ids(self.accounts - set(came.accounts), self._people - set(came.contacts))
        some = [
            row
            for row in self._fetch("events", came)
            if row[3] not in earlier.contacts and row[4] not in earlier.accounts
        ]
        self.events += some
        return _texts(row[3] for row in some if row[4] in self.accounts)


def _texts(values: Iterable[object]) -> set[str]:
    return {str(value) for value in values if value is not None}


# ── files that were read before ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Statement:
    """A query by the parameters `accounts` and `contacts`; `names_ids`: and by a pattern that finds lines with any."""

    text: str
    names_ids: bool = False


@dataclass(frozen=True)
class Statements:
    """How records are fetched, by kind; from files that were read before with `views`, which come first, and the table
    of a time zone (see `texts`). `has_versions`: contacts may have several records. `lines` are those kinds that Python
    can read, too."""

    of: Mapping[RecordKind, Statement]
    has_versions: bool
    views: tuple[str, ...] = ()
    zone_walls: Sequence[object] = ()
    lines: Mapping[RecordKind, Lines] = field(default_factory=dict)

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let an engine that holds nothing yet read the files."""
        connection.execute("SET parquet_metadata_cache = true").fetchall()
        connection.execute("SET VARIABLE zone_walls = ?", [self.zone_walls]).fetchall()
        for view in self.views:
            connection.execute(view).fetchall()

    def gathered(self, connection: duckdb.DuckDBPyConnection, layouts: Layouts, entity: str) -> Population | None:
        """The records around one id; None where no record has it."""

        return gathered(partial(self.fetch, connection), layouts, entity, self.has_versions)

    def fetch(self, connection: duckdb.DuckDBPyConnection, kind: RecordKind, ids: Ids) -> list[Row]:
        """All rows of a kind that belong to any of the ids."""
        statement = self.of[kind]
        return connection.execute(statement.text, _parameters(kind, ids, statement.names_ids)).fetchall()


def _parameters(kind: RecordKind, ids: Ids, names_ids: bool) -> dict[str, object]:
    found: dict[str, object] = {"accounts": sorted(ids.accounts)}
    if kind != "accounts":
        found["contacts"] = sorted(ids.contacts)
    if names_ids:
        found["naming"] = naming({*ids.accounts, *ids.contacts})
    return found


def naming(ids: Collection[str]) -> str:
    r"""A pattern that is found in every line of JSON that has one of the ids, however it is written there.

    >>> naming(["acme", "b-7"])
    'acme|b\\-7|\\\\u'
    >>> naming(["12"])
    '12|\\\\u|[0-9][eE]'
    >>> naming(["a/b"])
    ''
    """
    if any(_MAY_BE_ESCAPED.search(id_) for id_ in ids):
        return ""
    numbers = ("[0-9][eE]",) if any(id_.lstrip("-").isdecimal() for id_ in ids) else ()
    return "|".join([*map(re.escape, sorted(ids)), r"\\u", *numbers])


_MAY_BE_ESCAPED = re.compile(r"[\x00-\x1f\x7f\"\\/]")
"""What JSON writes, or may write, in another way than as it is."""
