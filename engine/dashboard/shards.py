"""The pages of single accounts and people: what is said of each account and its people, in files of handy size.

Several readers walk through the tables side by side, each in order of accounts and people, so that no more than a file
is held at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlglot import exp

from ..data.sql import table
from ..runners.embedded import Run
from ..sql.statements import text
from . import records
from .scripts import write_script
from .tables import types_read

SIZE = 200_000
"""A file is full from so many characters on: it loads at once, also from a slow disk."""

_AT_ONCE = 2_000
"""So many rows are fetched at once."""

_ACCOUNTS = """
SELECT a.key, a.id, a.rest::VARCHAR, coalesce(w.weeks, 'null')::VARCHAR
FROM site_accounts AS a LEFT JOIN site_weeks AS w ON w.account = a.key ORDER BY a.key
"""

_PEOPLE = """
SELECT account, key, id, json_array(id, name, brief, rest)::VARCHAR
FROM site_people WHERE (account IS NULL) = $alone ORDER BY account, key
"""

_LINES = """
SELECT key, json_array(entry, points / 10000.0, events, first // 1000000, last // 1000000)::VARCHAR
FROM site_lines WHERE level = $level AND ($level = 'account' OR (account IS NULL) = $alone)
ORDER BY account, key, entry
"""

_EVENTS = """
SELECT coalesce(e.account, e.lead), json_array(
    e."at" // 1000000, list_position($types, h.type) - 1,
    CASE WHEN p.account IS NOT DISTINCT FROM e.account THEN to_json(p.place) ELSE to_json(p.id) END, h.said, e.reason
)::VARCHAR
FROM site_chosen AS e
JOIN site_happened AS h USING (id)
LEFT JOIN site_people AS p ON p.key = e.lead
WHERE (e.account IS NULL) = $alone
ORDER BY coalesce(e.account, e.lead), e."at" DESC, e.tie
"""


def write_shards(run: Run, folder: Path, past: Iterator[tuple[str, str]]) -> dict[str, list[Any]]:
    """Writes `a0.js` … with accounts and `p0.js` … with people without one.

    A document of an account is [rest, lines, people, events, weeks, history], one of a person without an account has
    nulls for the account's own. `past` is the history of accounts, in order of their ids. Gives the place of the first
    account in each file, and the id of the first person.
    """
    accounts = _write(folder, "a", _accounts(_Readers(run, alone=False), past))
    alone = _write(folder, "p", _alone(_Readers(run, alone=True)))
    return {"accounts": [place for place, _ in accounts], "alone": [id for _, id in alone]}


class _Readers:
    """Walks through the tables, each with a cursor of its own."""

    def __init__(self, run: Run, alone: bool) -> None:
        self._run = run
        self._alone = alone
        self._happened = records.happened(run.plan.model.schema, types_read(run.plan), run.as_of)

    def accounts(self) -> Iterator[tuple[Any, ...]]:
        return self._rows(_ACCOUNTS, {})

    def people(self) -> Iterator[tuple[Any, ...]]:
        return self._rows(_PEOPLE, {"alone": self._alone})

    def lines(self, level: str) -> _Followed:
        return _Followed(self._rows(_LINES, {"level": level, "alone": self._alone}))

    def events(self) -> _Followed:
        return _Followed(self._rows(_EVENTS, {"types": types_read(self._run.plan), "alone": self._alone}))

    def _rows(self, query: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        with self._run.connection.cursor() as cursor:
            temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
            view = exp.Create(this=table("site_happened"), kind="VIEW", expression=self._happened, properties=temporary)
            cursor.execute(text(view.copy()))
            cursor.execute(query, parameters)
            while some := cursor.fetchmany(_AT_ONCE):
                yield from some


class _Followed:
    """Rows (key, text) in order of their keys, which are asked for in that order."""

    def __init__(self, found: Iterator[tuple[Any, ...]]) -> None:
        self._groups = groupby(found, itemgetter(0))
        self._key: Any = None
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self._turn()

    def _turn(self) -> None:
        self._key, self._rows = next(self._groups, (None, iter(())))

    def take(self, key: Any) -> str:
        """The texts of this key as a JSON array."""
        if key != self._key:
            return "[]"
        made = "[" + ",".join(row[1] for row in self._rows) + "]"
        self._turn()
        return made


def _accounts(readers: _Readers, past: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    lines, people, events = readers.lines("account"), _Followed(_people(readers)), readers.events()
    history = _Followed(past)
    for key, id, rest, weeks in readers.accounts():
        before = history.take(id)[1:-1] or "null"
        yield id, f"[{rest},{lines.take(key)},{people.take(key)},{events.take(key)},{weeks},{before}]"


def _alone(readers: _Readers) -> Iterator[tuple[str, str]]:
    events = readers.events()
    for (_, document), (key, id) in _numbered(readers):
        yield id, f"[null,null,[{document}],{events.take(key)},null,null]"


def _people(readers: _Readers) -> Iterator[tuple[Any, str]]:
    """The account and the document of each person: id, name, brief, rest, lines."""
    return (found for found, _ in _numbered(readers))


def _numbered(readers: _Readers) -> Iterator[tuple[tuple[Any, str], tuple[Any, str]]]:
    lines = readers.lines("lead")
    for account, key, id, document in readers.people():
        yield (account, f"{document[:-1]},{lines.take(key)}]"), (key, id)


def _write(folder: Path, prefix: str, documents: Iterator[tuple[str, str]]) -> list[tuple[int, str]]:
    """Writes the files; gives the place and the id of the first document of each."""
    firsts: list[tuple[int, str]] = []
    waiting: list[str] = []
    size = 0
    for place, (id, document) in enumerate(documents):
        if not waiting:
            firsts.append((place, id))
        waiting.append(document)
        size += len(document)
        if size >= SIZE:
            _flush(folder, f"{prefix}{len(firsts) - 1}", waiting)
            waiting, size = [], 0
    if waiting:
        _flush(folder, f"{prefix}{len(firsts) - 1}", waiting)
    return firsts


def _flush(folder: Path, name: str, documents: Sequence[str]) -> None:
    write_script(folder, name, "[" + ",\n".join(documents) + "]")
