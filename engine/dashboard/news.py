"""What the weeks before say: who moved, whose score rose and fell, and how each account and person went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import column, table
from ..runners.embedded import Run
from ..sql.statements import temporary
from ..sql.statements import text as written
from .ladders import LEVELS
from .past import Weeks, score_column, scores_of
from .tables import main_score

RECENT = 4
"""So many weeks back a move is news."""
MOST_MOVES = 20
"""So many moves up, and so many down or out, are listed of each of these weeks."""
MOST_CHANGES = 8
"""So many are listed whose score rose, or fell, the most within the last week."""

_NAMED = {
    "account": "CREATE OR REPLACE TEMP VIEW named AS SELECT id, name, NULL AS account_id FROM site_accounts",
    "lead": "CREATE OR REPLACE TEMP VIEW named AS SELECT id, name, account_id FROM site_people",
}

_POPULATION = "SELECT number, stage, count(*) FROM past GROUP BY ALL ORDER BY ALL"

_MOVES = """
SELECT number, before, stage, count(*) FROM steps WHERE number > 0 AND before <> stage GROUP BY ALL ORDER BY ALL
"""

# `$out` is the number of the disqualified. The highest of the stages that were reached, or were left, comes first.
_RECENT = """
SELECT number, id, name, account_id, before, stage FROM (
    SELECT *, stage <> $out AND (before = $out OR stage > before) AS is_up,
        CASE WHEN is_up THEN stage ELSE before END AS top
    FROM steps WHERE number > 0 AND before <> stage AND number >= $since
    QUALIFY row_number() OVER (PARTITION BY number, is_up ORDER BY top DESC, id) <= $most
)
LEFT JOIN named USING (id)
ORDER BY number DESC, is_up DESC, top DESC, id
"""

_CHANGES = """
SELECT id, name, account_id, before, now FROM (
    SELECT id, max(main) FILTER (number = $last - 1) AS before, max(main) FILTER (number = $last) AS now
    FROM past WHERE number >= $last - 1 GROUP BY id
)
LEFT JOIN named USING (id)
WHERE (now - before) * $way > 0 ORDER BY (now - before) * $way DESC, id LIMIT $most
"""

_WEEK_BEFORE = "SELECT id, main FROM past WHERE number = $last - 1 AND list_contains($ids, id)"


def history_json(run: Run, weeks: Weeks, level: Level, first: Sequence[str]) -> dict[str, Any]:
    """What the overview says of the weeks before: the news are of one level; `first` are those of it whom it shows."""
    daily = weeks.days[0] // 1_000_000 if weeks.days else None
    found: dict[str, Any] = {"at": [at // 1_000_000 for at in weeks.at], "is_cut": weeks.is_cut, "daily": daily}
    for each in LEVELS:
        _view(run, each)
        found[each] = {"population": _rows(run, _POPULATION), "moves": _rows(run, _MOVES)}
        if each == level:
            found[each] |= _news(run, level, len(weeks.before), first)
    return found


def _view(run: Run, level: Level) -> None:
    """`past` and `steps` are those of this level; `main` is the score that matters most."""
    names = scores_of(run.plan.model, level)
    main = main_score(run.plan.model, level)
    value = exp.null() if main is None else column(score_column(names.index(main)))
    query = exp.select("number", "id", "stage", exp.alias_(value, "main")).from_(table(f"site_past_{level}"))
    for name, made in (("past", query), ("steps", exp.select("*").from_(table(f"site_steps_{level}")))):
        run.connection.execute(written(temporary(table(name), made, "VIEW", replace=True)))


def _news(run: Run, level: Level, last: int, first: Sequence[str]) -> dict[str, Any]:
    """Who moved lately, whose main score rose and fell the most, and what that of the first was a week before."""
    run.connection.execute(_NAMED[level])
    ladder = run.plan.model.stages(level)
    out = len(ladder.stages) if ladder else 0
    asked = {"last": last, "most": MOST_CHANGES}
    before = dict(_rows(run, _WEEK_BEFORE, {"last": last, "ids": list(first)}))
    return {
        "recent": _rows(run, _RECENT, {"since": last + 1 - RECENT, "most": MOST_MOVES, "out": out}),
        "rose": _rows(run, _CHANGES, {**asked, "way": 1}),
        "fell": _rows(run, _CHANGES, {**asked, "way": -1}),
        "first": [before.get(id) for id in first],
    }


def _rows(run: Run, query: str, asked: object = None) -> list[list[Any]]:
    return [list(row) for row in run.connection.execute(query, asked).fetchall()]
