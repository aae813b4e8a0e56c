"""The lines of each score of everybody: what they give, and what they gave a week before where that was different."""

from __future__ import annotations

import duckdb

from ..runners.embedded import Run
from .together import put_together

# An owner is one number: twice the key of a lead, twice that of an account and one more. Every week has its own keys,
# while ids do not change. `$above` has for each kind of entry what its level adds.
_KEPT = """
CREATE TABLE site_was_owners AS
SELECT 2 * key AS owner, id, 0 AS above FROM lead_results UNION ALL SELECT 2 * key + 1, id, 1 FROM account_results;
CREATE TABLE site_was AS
SELECT 2 * key + $above[entry + 1] AS owner, entry, points, events, first, last FROM contributions
"""

_NOTHING = """
CREATE TEMP TABLE site_before AS
SELECT key AS owner, entry, points, events, first, last FROM contributions WHERE false
"""
_BEFORE = """
CREATE TEMP TABLE site_before AS
SELECT now.owner, entry, points, events, first, last
FROM site_was
JOIN site_was_owners AS was USING (owner)
JOIN (
    SELECT 2 * key AS owner, id, 0 AS above FROM lead_results UNION ALL SELECT 2 * key + 1, id, 1 FROM account_results
) AS now USING (above, id)
"""

# `now.points` is null where a line gave points only then; what it gave then is missing where that is the same.
# Why a line gives other points: as `because` of engine/moves.py says.
_SORTED = """
CREATE TEMP TABLE site_sorted AS
SELECT owner, CASE
    WHEN $since IS NULL OR now.points IS NOT DISTINCT FROM was.points THEN json_array(
        entry, now.points / 10000.0, now.events, now.first // 1000000, now.last // 1000000
    )
    ELSE json_array(
        entry, now.points / 10000.0, now.events, now.first // 1000000, now.last // 1000000,
        coalesce(was.points, 0) / 10000.0, CASE
            WHEN coalesce(now.events, 0) < coalesce(was.events, 0) THEN 'left'
            WHEN coalesce(now.events, 0) > coalesce(was.events, 0) OR now.last > $since THEN 'came'
            WHEN now.first = was.first AND now.last = was.last AND abs(now.points) < abs(was.points) THEN 'faded'
        END
    )
END::VARCHAR AS line
FROM (SELECT 2 * key + $above[entry + 1] AS owner, entry, points, events, first, last FROM contributions) AS now
FULL JOIN site_before AS was USING (owner, entry)
ORDER BY owner, entry
"""
_LINES = """
CREATE TABLE site_lines AS
SELECT owner, concat('[', string_agg(line, ','), ']') AS lines FROM site_sorted GROUP BY owner
"""


def keep_lines(run: Run) -> None:
    """Keeps the lines of the week before, for `make_lines` of a run of the same plan."""
    run.connection.execute(_KEPT, {"above": _above(run)})


def make_lines(run: Run, since: int | None) -> None:
    """Makes `site_lines`; `since` is the instant of the lines that are kept, if there are any."""
    run.connection.execute(_NOTHING if since is None else _BEFORE)
    put_together(run.connection, _SORTED, _LINES, {"above": _above(run), "since": since})
    run.connection.execute("DROP TABLE site_before")
    forget_lines(run.connection)


def forget_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Forgets what was kept."""
    connection.execute("DROP TABLE IF EXISTS site_was; DROP TABLE IF EXISTS site_was_owners")


def _above(run: Run) -> list[int]:
    return [int(level == "account") for level, *_ in run.plan.entries]
