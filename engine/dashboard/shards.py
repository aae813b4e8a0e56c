"""The pages of single accounts and people: what is said of each account and its people, in files of handy size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from ..runners.embedded import Run
from .scripts import write_script

SIZE = 200_000
"""A file is full from so many characters on: it loads at once, also from a slow disk."""

_PEOPLE = """
CREATE TEMP TABLE site_members AS
SELECT p.account, CASE WHEN p.account IS NULL THEN p.key END AS alone,
    '[' || string_agg(json_array(p.id, p.name, p.brief, p.rest, l.lines)::VARCHAR, ',' ORDER BY p.key) || ']' AS people
FROM site_people AS p LEFT JOIN site_lines AS l ON l.level = 'lead' AND l.key = p.key
GROUP BY ALL
"""

_HAPPENED = """
CREATE TEMP TABLE site_timelines AS
SELECT account, alone, json_array(
    list("at" // 1000000 ORDER BY "at" DESC, id), list(list_position($types, type) - 1 ORDER BY "at" DESC, id),
    list(who ORDER BY "at" DESC, id), list(said ORDER BY "at" DESC, id), list(reason ORDER BY "at" DESC, id)
) AS events
FROM (
    SELECT e.account, CASE WHEN e.account IS NULL THEN e.lead END AS alone, e."at", e.id, e.type, p.id AS who, e.said,
        e.reason
    FROM site_events AS e LEFT JOIN site_people AS p ON p.key = e.lead
)
GROUP BY ALL
"""

_ACCOUNTS = """
SELECT a.id, json_array(a.rest, l.lines, m.people::JSON, t.events, w.weeks)::VARCHAR
FROM site_accounts AS a
LEFT JOIN site_lines AS l ON l.level = 'account' AND l.key = a.key
LEFT JOIN site_members AS m ON m.account = a.key
LEFT JOIN site_timelines AS t ON t.account = a.key
LEFT JOIN site_weeks AS w ON w.account = a.key
ORDER BY a.key
"""

_ALONE = """
SELECT p.id, json_array(NULL, NULL, m.people::JSON, t.events, NULL)::VARCHAR
FROM site_members AS m
JOIN site_people AS p ON p.key = m.alone
LEFT JOIN site_timelines AS t ON t.alone = m.alone
WHERE m.account IS NULL
ORDER BY m.alone
"""


def write_shards(run: Run, folder: Path, types: list[str], past: Iterator[tuple[str, str]]) -> dict[str, list[Any]]:
    """Writes `a0.js` … with accounts and `p0.js` … with people without one.

    Gives the place of the first account in each file, and the id of the first person.

    `past` is the history of accounts, in order of their ids. A document of an account is
    [rest, lines, people, events, weeks, history].
    """
    run.connection.execute(_PEOPLE)
    run.connection.execute(_HAPPENED, {"types": types})
    accounts = _write(folder, "a", _with_past(_rows(run.connection, _ACCOUNTS), past))
    alone = _write(folder, "p", _rows(run.connection, _ALONE))
    return {"accounts": [place for place, _ in accounts], "alone": [id for _, id in alone]}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[str, str]]:
    found = connection.execute(query)
    while some := found.fetchmany(200):
        yield from some


def _with_past(documents: Iterator[tuple[str, str]], past: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The documents with the history of their accounts; both are in order."""
    id, history = next(past, ("", ""))
    for account, document in documents:
        while history and id < account:
            id, history = next(past, ("", ""))
        yield account, f"{document[:-1]},{history if history and id == account else 'null'}]"


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


def _flush(folder: Path, name: str, documents: list[str]) -> None:
    write_script(folder, name, "[" + ",\n".join(documents) + "]")
