"""The documents of the site that are about everyone: the overview, the lists, the model in words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import column, rows, table
from ..handbook import Entry, Handbook
from ..handbook.document import Section
from ..model import Model, Score
from ..rounding import UNITS
from ..runners.embedded import Run
from .committee import Committee
from .entries import said_json
from .ladders import Ladder, Step
from .tables import main_score, shown_results

BARS = 20
"""About so many bars show how a score is distributed."""

MOST_FIRST = 12
HIGHEST = 3
"""So many are shown on the overview, in equal parts of the highest stages where anybody is."""

MOST_PEOPLE = 100_000
"""So many people are listed on one page; the others are on the pages of their accounts."""

_ACCOUNTS = """
SELECT json_array(a.id, a.name, a.brief, coalesce(p.people, 0), coalesce(p.engaged, 0), a.facets)::VARCHAR
FROM site_accounts AS a
LEFT JOIN (SELECT account, count(*) AS people, count_if(engaged) AS engaged FROM site_people GROUP BY account) AS p
ON p.account = a.key
ORDER BY a.key
"""

_PEOPLE = """
SELECT json_array(id, name, brief, account_id)::VARCHAR FROM site_people
ORDER BY rank DESC NULLS LAST, score DESC, key LIMIT ?
"""

_FIRST: dict[Level, str] = {
    "account": """
SELECT json_array(id, name, brief, NULL, rest->0)::VARCHAR FROM site_accounts WHERE brief->>1 IS NULL
QUALIFY dense_rank() OVER (ORDER BY rank DESC NULLS LAST) <= $stages
AND row_number() OVER (PARTITION BY rank ORDER BY score DESC NULLS LAST, key) <= $of_each
ORDER BY rank DESC NULLS LAST, score DESC NULLS LAST, key
""",
    "lead": """
SELECT json_array(id, name, brief, account_id, rest->0)::VARCHAR FROM site_people WHERE brief->>1 IS NULL
QUALIFY dense_rank() OVER (ORDER BY rank DESC NULLS LAST) <= $stages
AND row_number() OVER (PARTITION BY rank ORDER BY score DESC NULLS LAST, key) <= $of_each
ORDER BY rank DESC NULLS LAST, score DESC NULLS LAST, key
""",
}


def accounts(run: Run) -> Iterator[str]:
    """A JSON array for each account: id, name, results, how many people and how many of them are engaged, facets."""
    yield from _texts(run, _ACCOUNTS)


def people(run: Run) -> Iterator[str]:
    """A JSON array for each person, the most advanced first: id, name, results, id of the account."""
    yield from _texts(run, _PEOPLE, (MOST_PEOPLE,))


def first_level(model: Model) -> Level:
    """Whom the overview is about: accounts, unless the rules say nothing of them."""
    return "account" if model.scores("account") or model.stages("account") else "lead"


def first(run: Run, which: Level) -> list[Any]:
    """The best of the highest stages: id, name, results, id of the account, parts of stages."""
    return [json.loads(text) for text in _texts(run, _FIRST[which], of_overview(run.plan.model, which))]


def of_overview(model: Model, which: Level) -> dict[str, int]:
    """Of how many of the highest stages the overview shows somebody, and how many of each."""
    stages = HIGHEST if model.stages(which) else 1
    return {"stages": stages, "of_each": MOST_FIRST // stages}


def _texts(run: Run, query: str, parameters: object = None) -> Iterator[str]:
    found = run.connection.execute(query, parameters)
    while some := found.fetchmany(2000):
        yield from (text for (text,) in some)


# --- what the results are -----------------------------------------------------------------------------------------


def level(run: Run, which: Level, ladder: Ladder) -> dict[str, Any]:
    """The names of the results of a level, its stages, how many are where, and how the scores are distributed."""
    ranges = {score.name: score for score in run.plan.model.scores(which)}
    scores = [ranges[item.title] for item in shown_results(run, which, "score")]
    at = _at_stages(run, which)
    main = main_score(run.plan.model, which)
    return {
        "scores": [{"name": score.name, "low": score.low, "high": score.high} for score in scores],
        "measures": [{"name": item.title, "kind": item.kind} for item in shown_results(run, which, "measure")],
        "grades": [item.title for item in shown_results(run, which, "grade")],
        "stages": [_step(step, ladder) for step in ladder.steps],
        "in_order": ladder.in_order,
        "main": None if main is None else [score.name for score in scores].index(main),
        "count": sum(int(row[2]) for row in at),
        "at": at,
        "distributions": [_distribution(run, which, score) for score in scores],
    }


def _step(step: Step, ladder: Ladder) -> dict[str, Any]:
    places = {item.name: place for place, item in enumerate(ladder.measures)}
    parts = [
        {
            "said": said_json(part.said),
            **{name: places.get(getattr(part, name)) for name in ("holds", "has", "needs")},
            "op": part.op,
            "bound": part.bound,
        }
        for part in step.parts
    ]
    stays = said_json(step.stays)
    return {"name": step.name, "label": step.label, "joined": step.joined, "stays": stays, "parts": parts}


def _at_stages(run: Run, which: Level) -> list[list[Any]]:
    """Stage, reason of disqualification, and how many; both may be null."""
    results = {item.title: item.name for item in run.plan.results[which]}
    ends = [column(results[name]) if name in results else exp.null() for name in ("stage", "disqualified")]
    columns = [exp.alias_(end, name) for end, name in zip(ends, ("a", "b"), strict=True)]
    counted = exp.select(*columns, exp.alias_(exp.Count(this=exp.Star()), "n")).from_(table(f"{which}_results"))
    grouped = counted.group_by(column("a"), column("b")).order_by(column("a"), column("b"))
    return [list(row) for row in rows(run.connection, grouped)]


def _distribution(run: Run, which: Level, score: Score) -> dict[str, Any]:
    """How many have 0, and how many of the others are in each step of the score: from `start` in steps of `width`."""
    name = next(item.name for item in run.plan.results[which] if item.role == "score" and item.title == score.name)
    counted = exp.select(column(name), exp.Count(this=exp.Star())).from_(table(f"{which}_results"))
    found = [(int(str(units)), int(str(n))) for units, n in rows(run.connection, counted.group_by(column(name)))]
    zero = sum(n for units, n in found if units == 0)
    others = [(units / UNITS, n) for units, n in found if units]
    values = [value for value, _ in others] or [0.0]
    low = score.low if score.low is not None else min(0.0, *values)
    high = score.high if score.high is not None else max(1.0, *values)
    width = _width((high - low) / BARS)
    start = math.floor(low / width) * width
    counts = [0] * max(1, math.ceil((high - start) / width))
    for value, n in others:
        counts[min(int((value - start) / width), len(counts) - 1)] += n
    return {"start": start, "width": width, "counts": counts, "zero": zero}


def _width(wanted: float) -> float:
    """The next larger round width.

    >>> _width(5.0), _width(3.1), _width(0.11)
    (5.0, 5.0, 0.2)
    """
    size = 10.0 ** math.floor(math.log10(wanted)) if wanted > 0 else 1.0
    return next(size * step for step in (1, 2, 5, 10) if size * step >= wanted * 0.999999)


# --- what gives the points ----------------------------------------------------------------------------------------

_FIRED = """
SELECT entry, count(*), sum(points)::DOUBLE / 10000
FROM contributions GROUP BY entry ORDER BY entry
"""


def fired(run: Run) -> list[list[Any]]:
    """Of each kind of contribution that there is: its number, how many have it, the sum of its points."""
    return [[int(entry), int(n), total] for entry, n, total in run.connection.execute(_FIRED).fetchall()]


def committee_json(found: Committee | None) -> dict[str, Any] | None:
    """The committee as the pages read it."""
    if found is None:
        return None
    return {
        "roles": [list(role) for role in found.roles],
        "others": list(found.others),
        "score": found.score,
        "cut": found.cut,
        "asked": found.is_asked_for,
    }


# --- the model in words -------------------------------------------------------------------------------------------


def model_json(book: Handbook, numbers: Mapping[int, int]) -> dict[str, Any]:
    """The handbook; `numbers` are those of rules by the identity of their entries."""
    return {"summary": book.summary, "sections": [_section(section, numbers) for section in book.sections]}


def _section(section: Section, numbers: Mapping[int, int]) -> dict[str, Any]:
    return {
        "title": section.title,
        "anchor": section.anchor,
        "intro": [said_json(text) for text in section.intro],
        "entries": [_entry(entry, numbers) for entry in section.entries],
        "depth": section.depth,
    }


def _entry(entry: Entry, numbers: Mapping[int, int]) -> dict[str, Any]:
    return {
        "rule": numbers.get(id(entry)),
        "id": entry.id,
        "title": entry.title,
        "worth": entry.worth,
        "said": said_json(entry.said),
        "note": entry.note,
        "anchor": entry.anchor,
        "below": [_entry(each, numbers) for each in entry.below],
    }
