"""`scoreline history`: one lead or account over time, out of a store."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from .console import say_next, tell, width
from .keeping import kept_store_option
from .kept_days import bounds
from .kept_moves import as_json, change_of, point
from .options import format_option
from .pages import Block, Code, Grid, Head, Page, Points, Prose, Strong, said
from .reports import plural
from .trend import bars
from .waiting import wait_option, when_free

if TYPE_CHECKING:
    from ..engine.frames import Column, ColumnKind
    from ..engine.store.columns import KeptColumn
    from ..engine.store.reading import KeptRuleset
    from ..engine.store.timeline import Point, Timeline

Level = Literal["lead", "account"]
MOST = 20


@click.command("history")
@click.argument("id_", metavar="ID")
@kept_store_option
@click.option("--level", type=click.Choice(["account", "lead"]), help="Where a lead and an account have this id.")
@click.option("--since", metavar="DAY", help="The first day: `yesterday`, `today`, a date or an instant.")
@click.option("--until", metavar="DAY", help="The last day.")
@click.option("--last", type=click.IntRange(min=1), default=MOST, show_default=True, help="Show so many snapshots.")
@format_option("text", "markdown", "json", "csv")
@wait_option
def command(
    id_: str,
    store: Path,
    level: Level | None,
    since: str | None,
    until: str | None,
    last: int,
    form: str,
    store_wait: float,
) -> None:
    """Say what the account or lead ID was at each snapshot of a store: its scores, its stage, and why it moved.

    The store is what `scoreline run --store FILE` keeps day by day. json and csv have all snapshots.
    """
    from .. import __version__
    from ..engine.store.reading import reading
    from ..engine.store.timeline import timeline

    def ask() -> tuple[KeptRuleset, Timeline]:
        with reading(store, __version__) as opened:
            rules = opened.latest
            return rules, timeline(opened, id_, level, *bounds(since, until, rules.timezone))

    rules, found = when_free(store, store_wait, ask)
    tell(rendered(rules, found, form, last), end="")
    if form == "text" and found.points:
        from ..engine.store.reading import day_of

        days = [day_of(each.at, rules.timezone) for each in found.points[-last:]]
        explaining = ["scoreline", "explain", rules.name, id_, "--data", "DATA", "--as-of", days[-1]]
        say_next(shlex.join(explaining), shlex.join(["scoreline", "moves", "--store", str(store), "--since", days[0]]))


def rendered(rules: KeptRuleset, found: Timeline, form: str, last: int) -> str:
    """The history in a format."""
    if form == "json":
        return json.dumps(document(rules, found), ensure_ascii=False, indent=2) + "\n"
    if form == "csv":
        return _csv(found)
    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page(rules, found, last), top=1)
    from .page_text import render as text

    return text(page(rules, found, last), min(width(), 100))


def document(rules: KeptRuleset, found: Timeline) -> dict[str, Any]:
    """The history for programs."""
    ladder = [name for name, _ in rules.stages.get(found.level, ())]
    return {
        "ruleset": {"name": rules.name, "fingerprint": rules.fingerprint},
        "level": found.level,
        "id": found.id,
        "snapshots": [_point(found, each) for each in found.points],
        "moves": [as_json(move, change_of(move, ladder, None)) for move in found.moves],
    }


def _point(found: Timeline, each: Point) -> dict[str, Any]:
    from ..engine.instants import format_instant
    from ..engine.writers import json_value

    made: dict[str, Any] = {"as_of": format_instant(each.at), "version": each.version, "present": each.is_there}
    for role, name in (("score", "scores"), ("measure", "measures"), ("grade", "grades")):
        mine = [column for column in found.columns if column.role == role and column.name in each.values]
        made[name] = {column.title: json_value(_column(column), each.values[column.name]) for column in mine}
    return {**made, "stage": each.stage, "disqualified": each.disqualified}


def _csv(found: Timeline) -> str:
    from ..engine.instants import format_instant
    from ..engine.writers import cell

    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["as_of", "version", *(column.name for column in found.columns), "stage", "disqualified"])
    for each in found.points:
        values = [cell(_column(column), each.values.get(column.name)) for column in found.columns]
        rows.writerow([format_instant(each.at), each.version, *values, each.stage, each.disqualified])
    return out.getvalue()


def _column(kept: KeptColumn) -> Column:
    from ..engine.frames import Column

    kinds: dict[str, ColumnKind] = {"number": "number", "bool": "bool", "date": "date", "timestamp": "timestamp"}
    return Column(kept.name, "points" if kept.role == "score" else kinds.get(kept.kind, "text"))


# --- for people -------------------------------------------------------------------------------------------------------


def page(rules: KeptRuleset, found: Timeline, last: int) -> Page:
    """The history for people: where it stands, how its scores went, its moves, its last snapshots."""
    blocks: list[Block] = [Head(said(Code(found.id), f" ({found.level}) in {rules.name}"), 1)]
    if not found.points:
        return [*blocks, Prose(said("No snapshot lies in this time."))]
    blocks.append(Prose(_standing(rules, found)))
    there = [each for each in found.points if each.is_there]
    scores = [column for column in found.columns if column.role == "score"]
    trends = [[each.values[column.name] for each in there] for column in scores]
    if len(there) > 1:
        rows = tuple(
            (said(column.title), said(bars(trend)), said(_points(trend[0])), said(_points(trend[-1])))
            for column, trend in zip(scores, trends, strict=True)
            if trend[0] is not None and trend[-1] is not None
        )
        blocks += [Grid(("score", "over time", "first", "last"), rows, frozenset({2, 3}))]
    if found.moves:
        ladder = [name for name, _ in rules.stages.get(found.level, ())]
        points = (point(move, change_of(move, ladder, None), rules.timezone, False) for move in reversed(found.moves))
        blocks += [Head(said("Stage moves, the newest first")), Points(tuple(points))]
    return [*blocks, *_snapshots(rules, found, scores, last)]


def _standing(rules: KeptRuleset, found: Timeline) -> tuple[str, ...]:
    from ..engine.store.reading import day_of

    newest = found.points[-1]
    if not newest.is_there:
        return said(f"Not there in the snapshot of {day_of(newest.at, rules.timezone)}.")
    since = day_of(found.moves[-1].at if found.moves else found.points[0].at, rules.timezone)
    since += "" if found.moves else " or before"
    stage = said("At ", Strong(newest.stage), f" since {since}") if newest.stage else said("At no stage")
    why = said(" (", Code(newest.disqualified), ")") if newest.disqualified else ()
    return (*stage, *why, f", as of {day_of(newest.at, rules.timezone)}; {plural(len(found.points), 'snapshot')}.")


def _snapshots(rules: KeptRuleset, found: Timeline, scores: list[KeptColumn], last: int) -> list[Block]:
    from ..engine.store.reading import day_of

    shown = found.points[-last:][::-1]
    names = ("day", "stage", *(column.title for column in scores))
    rows = [
        (
            said(day_of(each.at, rules.timezone)),
            said(each.stage or ("–" if each.is_there else "not there")),
            *(said(_points(each.values.get(column.name))) for column in scores),
        )
        for each in shown
    ]
    head = "Snapshots, the newest first"
    blocks: list[Block] = [Head(said(head)), Grid(names, tuple(rows), frozenset(range(2, len(names))))]
    left = len(found.points) - len(shown)
    return [*blocks, Prose(said(f"… and {left:,} before them: --last {len(found.points)}"))] if left else blocks


def _points(units: int | None) -> str:
    from ..engine.rounding import UNITS

    return "" if units is None else f"{units / UNITS:,.2f}".rstrip("0").rstrip(".")
