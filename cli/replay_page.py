"""What a replay shows: how many were at each stage, who moved and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from .kept_moves import as_json, plain, point
from .pages import Block, Grid, Head, Page, Points, Prose, Strong, said
from .reports import plural
from .trend import bars

if TYPE_CHECKING:
    from .replay_found import Found, Moves

MOST_WAYS = 8
BARS = 40
NONE = "no stage"
COLUMNS = ("as_of", "since", "level", "id", "was", "now", "change", "reasons")


def page(found: Found, top: int) -> Page:
    """For people."""
    from ..engine.store.reading import day_of

    zone = found.rules.model.timezone
    first, last = (day_of(at, zone) for at in (found.instants[0], found.instants[-1]))
    name = f"{found.rules.name} {found.rules.version}".strip()
    blocks: list[Block] = [
        Head(said(f"{name} from {first} to {last}"), 1),
        Prose(said(f"{plural(len(found.instants), 'instant')}, every {found.every.removeprefix('every ')}; {zone}.")),
    ]
    if not found.ladder:
        return [*blocks, Prose(said(f"{found.level.capitalize()}s have no stages: `--out DIR` has their scores."))]
    blocks += [Head(said(f"{found.level.capitalize()}s by stage")), _stages(found)]
    if not found.moves:
        return [*blocks, Prose(said(f"Nobody moved{_by_stage(found)}."))]
    return [*blocks, *_ways(found), *_newest(found, top)]


def _stages(found: Found) -> Grid:
    """The last stage first, then whoever is at none."""
    rows = []
    for stage in [*reversed(found.ladder), None, "disqualified"]:
        trend = [counts.get(stage, 0) for counts in found.counts]
        if any(trend) or stage in found.ladder:
            numbers = (trend[0], max(trend), trend[-1])
            shown = said(Strong(stage)) if stage else said(NONE)
            rows.append((shown, said(bars(trend, BARS)), *(said(f"{each:,}") for each in numbers)))
    return Grid(("stage", "over time", "first", "most", "last"), tuple(rows), frozenset({2, 3, 4}))


def _by_stage(found: Found) -> str:
    return f" to or from {found.stage} or beyond" if found.stage else ""


def _ways(found: Found) -> list[Block]:
    """How many went from where to where, the most frequent first."""
    who = len({move.id for move, _ in found.moves})
    ways = Counter((move.was, move.now) for move, _ in found.moves)
    shown = ways.most_common(MOST_WAYS)
    rows = tuple((said(f"{was or NONE} → {now or NONE}"), said(f"{count:,}")) for (was, now), count in shown)
    told = f"{plural(len(found.moves), 'stage move')} of {plural(who, found.level)}{_by_stage(found)}."
    left = sum(ways.values()) - sum(count for _, count in shown)
    more = [Prose(said(f"… and {plural(left, 'move')} in other ways."))] if left else []
    return [Head(said("Stage moves")), Prose(said(told)), Grid(("from → to", "moves"), rows, frozenset({1})), *more]


def _newest(found: Found, top: int) -> list[Block]:
    zone = found.rules.model.timezone
    moves = found.moves[:top]
    shown = Points(tuple(point(move, change, zone, has_reasons=found.has_reasons) for move, change in moves))
    left = len(found.moves) - top
    more = [Prose(said(f"… and {left:,} before them: --top N, --stage STAGE or --out DIR."))] if left > 0 else []
    return [Head(said("The newest moves" if left > 0 else "The moves, the newest first")), shown, *more]


def document(found: Found) -> dict[str, Any]:
    """For programs: everything."""
    from ..engine.frames import named
    from ..engine.instants import format_instant

    return {
        "ruleset": named(found.rules.model),
        "every": found.every,
        "level": found.level,
        "stage": found.stage,
        "ladder": found.ladder,
        "instants": [
            {
                "as_of": format_instant(at),
                "stages": {stage: counts.get(stage, 0) for stage in [*found.ladder, "disqualified"]},
                "no_stage": counts.get(None, 0),
            }
            for at, counts in zip(found.instants, found.counts, strict=True)
        ],
        "moves": [as_json(move, change) for move, change in found.moves],
    }


def csv_of(moves: Moves) -> str:
    """A move a row."""
    from ..engine.instants import format_instant

    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for move, change in moves:
        when = [format_instant(at) for at in (move.at, move.since)]
        rows.writerow([*when, move.level, move.id, move.was, move.now, change, "; ".join(plain(move))])
    return out.getvalue()
