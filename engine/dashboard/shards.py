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

from ..runners.embedded import Run
from .scripts import write_script

SIZE = 200_000
"""A file is full from so many characters on: it loads at once, also from a slow disk."""

_AT_ONCE = 2_000
"""So many rows are fetched at once."""

_ACCOUNTS = """
SELECT a.key, a.id, a.rest::VARCHAR,
    coalesce(l.lines, '[]'), coalesce(e.events, '[]'), coalesce(w.weeks, 'null')::VARCHAR, coalesce(h.history, 'null'),
    coalesce(x.said, 'null'), coalesce(m.moves, 'null')
FROM site_accounts AS a
LEFT JOIN site_lines AS l ON l.owner = 2 * a.key + 1
LEFT JOIN site_events AS e ON e.owner = 2 * a.key + 1
LEFT JOIN site_weeks AS w ON w.account = a.key
LEFT JOIN site_histories AS h ON h.level = 'account' AND h.id = a.id
LEFT JOIN site_explained AS x ON x.level = 'account' AND x.id = a.id
LEFT JOIN site_moved AS m ON m.level = 'account' AND m.id = a.id
ORDER BY a.key
"""

_PEOPLE = """
SELECT p.account,
    concat_ws(
        ',', to_json(p.id), coalesce(to_json(p.name), 'null'), p.brief, p.rest, coalesce(l.lines, '[]'),
        coalesce(h.history, 'null'), coalesce(x.said, 'null'), coalesce(m.moves, 'null')
    )
FROM site_people AS p
LEFT JOIN site_lines AS l ON l.owner = 2 * p.key
LEFT JOIN site_histories AS h ON h.level = 'lead' AND h.id = p.id
LEFT JOIN site_explained AS x ON x.level = 'lead' AND x.id = p.id
LEFT JOIN site_moved AS m ON m.level = 'lead' AND m.id = p.id
WHERE p.account IS NOT NULL ORDER BY p.account, p.key
"""

_ALONE = """
SELECT p.id,
    concat_ws(
        ',', to_json(p.id), coalesce(to_json(p.name), 'null'), p.brief, p.rest, coalesce(l.lines, '[]'),
        coalesce(h.history, 'null'), coalesce(x.said, 'null'), coalesce(m.moves, 'null')
    ),
    coalesce(e.events, '[]')
FROM site_people AS p
LEFT JOIN site_lines AS l ON l.owner = 2 * p.key
LEFT JOIN site_histories AS h ON h.level = 'lead' AND h.id = p.id
LEFT JOIN site_explained AS x ON x.level = 'lead' AND x.id = p.id
LEFT JOIN site_moved AS m ON m.level = 'lead' AND m.id = p.id
LEFT JOIN site_events AS e ON e.owner = 2 * p.key
WHERE p.account IS NULL ORDER BY p.key
"""


def write_shards(run: Run, folder: Path) -> dict[str, list[Any]]:
    """Writes `a0.js` … with accounts and `p0.js` … with people without one.

    A document of an account is [rest, lines, people, events, weeks, history, told, moves], one of a person without an
    account has nulls for the account's own; each of the people is [id, name, results, rest, lines, history, told,
    moves]. Gives the place of the first account in each file, and the id of the first person.
    """
    accounts = _write(folder, "a", _accounts(run))
    alone = _write(folder, "p", _alone(run))
    return {"accounts": [place for place, _ in accounts], "alone": [id for _, id in alone]}


def _accounts(run: Run) -> Iterator[tuple[str, str]]:
    people = _Followed(_rows(run, _PEOPLE))
    for key, id, *own in _rows(run, _ACCOUNTS):
        known = ",".join(f"[{person}]" for person in people.take(key))
        rest, lines, events, weeks, history, told, moves = own
        yield id, f"[{rest},{lines},[{known}],{events},{weeks},{history},{told},{moves}]"


def _alone(run: Run) -> Iterator[tuple[str, str]]:
    for id, person, events in _rows(run, _ALONE):
        yield id, f"[null,null,[[{person}]],{events},null,null,null,null]"


def _rows(run: Run, query: str) -> Iterator[tuple[Any, ...]]:
    with run.connection.cursor() as cursor:
        cursor.execute(query)
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

    def take(self, key: Any) -> list[str]:
        """The texts of this key."""
        if key != self._key:
            return []
        found = [text for _, text in self._rows]
        self._turn()
        return found


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
