"""`scoreline moves`: who has changed stage since yesterday, and why, out of a store."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..grammar.late_methods import dataclass
from .console import say_next, tell, width
from .failures import fail
from .keeping import kept_store_option
from .kept_days import bounds
from .kept_moves import Change, as_json, change_of, plain, point, usual
from .options import format_option
from .pages import Block, Grid, Head, Page, Points, Prose, said
from .reports import plural
from .waiting import wait_option, when_free

if TYPE_CHECKING:
    from ..engine.moves import Move
    from ..engine.store.reading import KeptRuleset, Store

Level = Literal["lead", "account"]
MOST = 100
_ORDER: tuple[Change, ...] = ("new", "lost", "up", "down", "other")


@dataclass(frozen=True)
class Found:
    """What was asked for, and what was found."""

    rules: KeptRuleset
    level: Level
    ladder: tuple[str, ...]
    stage: str | None
    by: str | None
    instants: tuple[int, ...]
    moves: tuple[tuple[Move, Change], ...]
    newest: int
    oldest: int

    def count(self, change: Change, segment: str | None = None) -> int:
        here = [each for move, each in self.moves if self.by is None or segment is None or move.segment == segment]
        return here.count(change)


@click.command("moves")
@kept_store_option
@click.option(
    "--since",
    metavar="DAY",
    help="The first day: `yesterday`, `today`, a date or an instant. Without it, the newest snapshot.",
)
@click.option("--until", metavar="DAY", help="The last day. Without it, the newest snapshot.")
@click.option(
    "--level", type=click.Choice(["account", "lead"]), help="Whose moves. Default: accounts, if any has a stage."
)
@click.option("--stage", metavar="STAGE", help="Only those who reach this stage or one beyond, or lose it.")
@click.option("--by", metavar="FIELD", help="Tell them apart: by account.owner, say, or by a measure or grade.")
@format_option("text", "markdown", "json", "csv")
@wait_option
def command(
    store: Path,
    since: str | None,
    until: str | None,
    level: Level | None,
    stage: str | None,
    by: str | None,
    form: str,
    store_wait: float,
) -> None:
    """Say who has changed stage between the snapshots of a store, and what differs between them.

    The store is what `scoreline run --store FILE` keeps day by day. Each move comes with its reasons: the lines whose
    points changed most, scores and measures, and the leads of the account that moved most.
    """
    from .. import __version__
    from ..engine.store.reading import reading

    def ask() -> Found:
        with reading(store, __version__) as opened:
            return _found(opened, since, until, level, stage, by)

    found = when_free(store, store_wait, ask)
    tell(rendered(found, form), end="")
    if form == "text" and (step := _next(found)):
        say_next(shlex.join(["scoreline", *step[:1], "--store", str(store), *step[1:]]))


def _next(found: Found) -> tuple[str, ...]:
    """Who moved first; where nobody did, all the days that are kept, unless these were all."""
    from ..engine.store.reading import day_of

    if found.moves:
        return "history", found.moves[0][0].id
    if not found.ladder or found.instants[:1] == (found.oldest,):
        return ()
    return "moves", "--since", day_of(found.oldest, found.rules.timezone)


def _found(
    store: Store, since: str | None, until: str | None, level: Level | None, stage: str | None, by: str | None
) -> Found:
    from ..engine.store.reasons import moves
    from ..engine.store.segments import segmented

    rules = store.latest
    usual: Level = "lead" if rules.stages.get("lead") and not rules.stages.get("account") else "account"
    chosen = level or usual
    ladder = [name for name, _ in rules.stages.get(chosen, ())]
    target = _target(ladder, stage)
    instants = [each.at for each in store.snapshots()]
    first, last = bounds(since, until, rules.timezone)
    first = instants[-1] if first is None and until is None else first
    made = moves(store, chosen, first, last)
    told = segmented(store, chosen, by, made) if by else made
    changes = [(move, change_of(move, ladder, target)) for move in told]
    if stage is not None:
        changes = [each for each in changes if each[1] in ("new", "lost")]
    changes.sort(key=lambda each: (_ORDER.index(each[1]), each[0].at, each[0].id))
    within = tuple(at for at in instants if (first is None or at >= first) and (last is None or at <= last))
    return Found(rules, chosen, tuple(ladder), target, by, within, tuple(changes), instants[-1], instants[0])


def _target(ladder: list[str], stage: str | None) -> str | None:
    """The stage that counts: the one that is asked for, or else MQA, or else the last one."""
    if stage is not None and stage not in ladder:
        from ..engine.suggest import did_you_mean

        fail(f"there is no stage `{stage}`", did_you_mean(stage, ladder, empty="they have no stages"))
    return stage or usual(ladder)


# --- what is shown ----------------------------------------------------------------------------------------------------


def rendered(found: Found, form: str) -> str:
    """What was found, in a format."""
    if form == "json":
        return json.dumps(document(found), ensure_ascii=False, indent=2) + "\n"
    if form == "csv":
        return _csv(found)
    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page(found), top=1)
    from .page_text import render as text

    return text(page(found), min(width(), 100))


def document(found: Found) -> dict[str, object]:
    """What was found, for programs."""
    from ..engine.instants import format_instant

    return {
        "ruleset": {"name": found.rules.name, "fingerprint": found.rules.fingerprint},
        "level": found.level,
        "stage": found.stage,
        "by": found.by,
        "snapshots": [format_instant(at) for at in found.instants],
        "counts": {change: found.count(change) for change in _ORDER},
        "moves": [as_json(move, change) for move, change in found.moves],
    }


def _csv(found: Found) -> str:
    from ..engine.instants import format_instant

    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["as_of", "level", "id", "was", "now", "change", "segment", "reasons"])
    for move, change in found.moves:
        reasons = "; ".join(plain(move))
        rows.writerow([format_instant(move.at), move.level, move.id, move.was, move.now, change, move.segment, reasons])
    return out.getvalue()


def page(found: Found) -> Page:
    """What was found, for people."""
    blocks: list[Block] = [Head(said(f"Stage moves of {found.level}s in {found.rules.name}"), 1)]
    blocks += [Prose(said(_when(found))), Prose(said(_counted(found)))]
    if found.by is None:
        blocks += _listed(found, found.moves)
        return blocks
    segments = sorted({move.segment for move, _ in found.moves}, key=lambda each: (each is None, each or ""))
    if segments:
        blocks.append(_by_segment(found, segments))
    for segment in segments:
        blocks.append(Head(said(segment or f"no {found.by}")))
        blocks += _listed(found, tuple(each for each in found.moves if each[0].segment == segment))
    return blocks


def _when(found: Found) -> str:
    from ..engine.store.reading import day_of

    days = [day_of(at, found.rules.timezone) for at in found.instants]
    if not days:
        newest = day_of(found.newest, found.rules.timezone)
        return f"No snapshot lies in this time: the newest is of {newest}."
    if len(days) == 1:
        return f"In the snapshot of {days[0]}."
    return f"In {len(days):,} snapshots, from {days[0]} to {days[-1]}."


def _counted(found: Found) -> str:
    if not found.ladder:
        return f"Nobody moves: these rules have no stages of {found.level}s."
    others = sum(found.count(change) for change in ("up", "down", "other"))
    target = [f"{found.count('new'):,} new at {found.stage} or beyond", f"{found.count('lost'):,} lost"]
    return ", ".join([*(target if found.stage else []), plural(others, "other move")]) + "."


def _by_segment(found: Found, segments: list[str | None]) -> Grid:
    def row(segment: str | None) -> tuple[tuple[str, ...], ...]:
        mine = [change for move, change in found.moves if move.segment == segment]
        new, lost = mine.count("new"), mine.count("lost")
        return tuple(said(text) for text in (segment or "none", str(new), str(lost), str(len(mine) - new - lost)))

    columns = (found.by or "", "new", "lost", "other moves")
    return Grid(columns, tuple(row(segment) for segment in segments), frozenset({1, 2, 3}))


def _listed(found: Found, moves: tuple[tuple[Move, Change], ...]) -> list[Block]:
    if not moves:
        return []
    shown = Points(tuple(point(move, change, found.rules.timezone) for move, change in moves[:MOST]))
    left = len(moves) - MOST
    more = f"… and {left:,} more: `--format json` has all of them."
    return [shown, Prose(said(more))] if left > 0 else [shown]
