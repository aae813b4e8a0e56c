"""The lines of each score of everybody: what they give, and what they gave a week before where that was different."""

from __future__ import annotations

import duckdb

from ..runners.embedded import Run
from .together import put_together

# Every week has its own keys; ids do not change.
_KEPT = """
CREATE TABLE site_was_keys AS
SELECT 'lead' AS level, key, id FROM lead_results UNION ALL SELECT 'account', key, id FROM account_results;
CREATE TABLE site_was AS
SELECT levels.level, key, entry, points, events, first, last
FROM contributions JOIN (SELECT unnest(range(len($levels))) AS entry, unnest($levels) AS level) AS levels USING (entry)
"""

_NOTHING = """
CREATE TEMP TABLE site_before AS
SELECT key, entry, points, events, first, last FROM contributions WHERE false
"""
_BEFORE = """
CREATE TEMP TABLE site_before AS
SELECT now.key, entry, points, events, first, last
FROM site_was
JOIN site_was_keys AS was USING (level, key)
JOIN (
    SELECT 'lead' AS level, key, id FROM lead_results UNION ALL SELECT 'account', key, id FROM account_results
) AS now ON now.level = was.level AND now.id = was.id
"""

# `now.points` is null where a line gave points only then; what it gave then is missing where that is the same.
# Why a line gives other points: as `because` of engine/moves.py says.
_SORTED = """
CREATE TEMP TABLE site_sorted AS
SELECT levels.level, key, CASE
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
FROM contributions AS now
FULL JOIN site_before AS was USING (key, entry)
JOIN (SELECT unnest(range(len($levels))) AS entry, unnest($levels) AS level) AS levels USING (entry)
ORDER BY level, key, entry
"""
_LINES = """
CREATE TABLE site_lines AS
SELECT level, key, concat('[', string_agg(line, ','), ']') AS lines FROM site_sorted GROUP BY level, key
"""


def keep_lines(run: Run) -> None:
    """Keeps the lines of the week before, for `make_lines` of a run of the same plan."""
    run.connection.execute(_KEPT, {"levels": _levels(run)})


def make_lines(run: Run, since: int | None) -> None:
    """Makes `site_lines`; `since` is the instant of the lines that are kept, if there are any."""
    run.connection.execute(_NOTHING if since is None else _BEFORE)
    put_together(run.connection, _SORTED, _LINES, {"levels": _levels(run), "since": since})
    run.connection.execute("DROP TABLE site_before")
    forget_lines(run.connection)


def forget_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Forgets what was kept."""
    connection.execute("DROP TABLE IF EXISTS site_was; DROP TABLE IF EXISTS site_was_keys")


def _levels(run: Run) -> list[str]:
    return [level for level, *_ in run.plan.entries]
