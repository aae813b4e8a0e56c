"""The page of `scoreline backtest`: the answer first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .backtest_lines import ORDER, in_a_word, line_blocks
from .backtest_words import compared, headline, left_out, length, percent, percent_within, points, sample, within
from .curve_drawing import bar
from .pages import Block, Code, Curve, Curves, Folded, Grid, Head, Page, Point, Points, Prose, Said, said
from .reports import plural

if TYPE_CHECKING:
    from ..engine.backtest.advice import Advice
    from ..engine.backtest.report import Backtest
    from ..engine.backtest.slices import Rung, Slice
    from ..engine.backtest.verdicts import SalesVerdicts
    from ..engine.backtest.waterfall import Waterfall

THRESHOLDS = 12
REJECTED = 15
FEWEST = 5


def page(found: Backtest) -> Page:
    """The page, the most important first."""
    return tuple(_blocks(found))


def _blocks(found: Backtest) -> Iterator[Block]:
    rules = found.ruleset
    version = f" {rules.version}" if rules.version and not rules.is_single_file else ""
    yield Head(said(f"Does {found.score} of {rules.name}{version} predict?"), 1)
    text, tone = headline(found)
    yield Prose(said(text), tone)
    yield Prose(said(sample(found.cases)))
    if apart := left_out(found.cases):
        yield Prose(said(apart))
    yield from _peeks(found)
    yield from _comparison(found)
    yield from _curves(found)
    yield from _deciles(found)
    yield from _thresholds(found)
    yield from _stages(found.rungs, "Stages as a forecast", "won")
    yield from _waterfall(found.waterfall)
    yield from line_blocks(found)
    yield from _calibration(found)
    yield from _slices("Quarter by quarter", "scored in", found.quarters)
    yield from _slices(f"By {found.by}", found.by or "", found.segments)
    yield from _verdicts(found.verdicts)


def _peeks(found: Backtest) -> Iterator[Block]:
    """What reads the outcome all the same."""
    told = [Point(said(f"{item.message}; allowed: {item.hint}"), sign="~") for item in found.allowed]
    told += [Point(said(f"{item.message}: what it says below is no forecast"), sign="~") for item in found.doubts]
    if told:
        yield Points(tuple(told))


def _comparison(found: Backtest) -> Iterator[Block]:
    if found.comparison is None:
        return
    other = found.comparison
    ours = found.ruleset.name if found.ruleset.name != other.name else f"{found.ruleset.name} {found.ruleset.version}"
    yield Head(said(f"Against {other.name} {other.version}".rstrip()))
    text, tone = compared(other, ours)
    yield Prose(said(text), tone)
    if other.left_out:
        yield Prose(
            said(f"{plural(other.left_out, 'case')} that {other.name} disqualifies or does not know: left out.")
        )


# --- the score ----------------------------------------------------------------------


def _curves(found: Backtest) -> Iterator[Block]:
    if found.area is None or found.average_precision is None:
        return
    yield Head(said("How well it separates"))
    roc = [(0.0, 0.0), *((cut.alarms, cut.recall) for cut in found.cuts)]
    best = found.cuts[0].precision if found.cuts else 0.0
    precision = [(0.0, best), *((cut.recall, cut.precision) for cut in found.cuts)]
    base = percent(found.cases.base)
    told = f"ROC curve with an area of {within(found.area)}, and precision over recall"
    yield Curves(
        Curve(f"ROC: AUC {within(found.area)}", tuple(roc), "lost that are above", diagonal=True),
        Curve(f"Precision: {within(found.average_precision)}", tuple(precision), "won that are above"),
        told,
    )
    yield Prose(
        said(f"Left: share of the won above each threshold. Right: share of won among those above; chance is {base}.")
    )


def _deciles(found: Backtest) -> Iterator[Block]:
    yield Head(said("Tenths of the cases, the best first"))
    most = max((band.rate.value for band in found.bands), default=0.0) or 1.0
    rows = tuple(
        (
            said(str(band.number)),
            said(f"{points(band.low)}–{points(band.high)}" if band.low != band.high else points(band.low)),
            said(f"{band.cases:,}"),
            said(f"{band.won:,}"),
            said(percent_within(band.rate)),
            said(f"{band.lift:.1f}×"),
            said(bar(band.rate.value / most, 14)),
        )
        for band in found.bands
    )
    yield Grid(("tenth", "points", "cases", "won", "rate", "lift", ""), rows, frozenset({0, 2, 3, 5}))


def _thresholds(found: Backtest) -> Iterator[Block]:
    from ..engine.backtest.curves import thinned

    yield Head(said("Where to draw the line"))
    for advice in found.advice:
        yield Prose(said(_advice(advice, found)), "plain" if advice.cut else "doubt")
    rows = tuple(
        (
            said(points(cut.threshold)),
            said(f"{cut.volume:,}"),
            said(f"{cut.won:,}"),
            said(percent(cut.precision)),
            said(percent(cut.recall)),
        )
        for cut in thinned(found.cuts, THRESHOLDS)
    )
    grid = Grid(("from", "cases", "won", "precision", "recall"), rows, frozenset(range(5)))
    more = f"Every threshold is in --format json ({len(found.cuts):,})" if len(found.cuts) > THRESHOLDS else ""
    yield grid
    if more:
        yield Prose(said(more + "."))


def _advice(advice: Advice, found: Backtest) -> str:
    if advice.cut is None or advice.precision is None:
        return f"For {advice.wanted}: no threshold gives that in these data."
    cut = advice.cut
    times = f", {advice.each_time:,.1f} at a time" if found.cases.design == "snapshots" else ""
    return (
        f"For {advice.wanted}: {found.score} >= {points(cut.threshold)}. {plural(cut.volume, 'case')}{times}; "
        f"{percent_within(advice.precision)} of them won, and {percent(cut.recall)} of all that were won."
    )


def _calibration(found: Backtest) -> Iterator[Block]:
    made = found.calibration
    if made is None:
        return
    first = "the earlier half" if found.cases.instants > 1 else "every other account"
    yield Head(said("What a score says of the chance"))
    better = f"{percent(made.skill)} less" if made.skill > 0 else "no less"
    text = (
        f"A monotone curve, fitted to {first} and tried on the rest: it expected {percent(made.expected)} to be won, "
        f"and {percent(made.came)} were. Its error (Brier) is {made.error:.4f}, {better} than that of saying the same "
        f"rate for everybody ({made.naive:.4f})."
    )
    yield Prose(said(text), "plain" if made.skill > 0 else "doubt")
    rows = tuple((said(points(score)), said(percent(rate)), said(bar(rate))) for score, rate in _corners(made.curve))
    yield Folded(said("The curve"), (Grid(("points", "chance", ""), rows, frozenset({0, 1})),))


def _corners(found: Sequence[tuple[float, float]], most: int = 12) -> list[tuple[float, float]]:
    """The points of a curve, not more than that, ends included."""
    if len(found) <= most:
        return list(found)
    return [found[round(place * (len(found) - 1) / (most - 1))] for place in range(most)]


# --- parts --------------------------------------------------------------------------


def _stages(rungs: Sequence[Rung], title: str, word: str) -> Iterator[Block]:
    if len(rungs) < 2:
        return
    yield Head(said(title))
    rows = tuple(
        (
            said(Code(rung.name)) if rung.name else said("none"),
            said(f"{rung.cases:,}"),
            said(percent_within(rung.rate)),
            said(f"{rung.beyond:,}"),
            said(percent(rung.precision.value)),
            said(percent(rung.recall)),
        )
        for rung in rungs
    )
    columns = ("stage", "cases", word, "or beyond", word, "recall")
    yield Grid(columns, rows, frozenset({1, 3, 4, 5}))


def _waterfall(found: Waterfall | None) -> Iterator[Block]:
    if found is None:
        return
    yield Head(said("From stage to stage"))
    rows = tuple(
        (
            said(Code(flow.stage), " → ", Code(flow.to) if flow.to != "won" else flow.to),
            said(f"{flow.came:,}"),
            said(f"{flow.went_on:,}"),
            said(percent_within(flow.in_time)) if flow.in_time else said("–"),
            said("–" if flow.days is None else f"{flow.days:.0f}"),
        )
        for flow in found.flows
    )
    columns = ("step", "came", "went on", f"within {length(found.horizon)}", "median days")
    yield Grid(columns, rows, frozenset({1, 2, 4}))
    steps = "day" if found.resolution == 1 else f"{found.resolution} days"
    yield Prose(
        said(
            f"Who came to a stage or beyond, looked at every {steps}. The share is of those whose "
            f"{length(found.horizon)} were over when the data end."
        )
    )


def _slices(title: str, column: str, parts: Sequence[Slice]) -> Iterator[Block]:
    if not parts:
        return
    yield Head(said(title))
    rows = tuple(
        (
            said(part.name),
            said(f"{part.cases:,}"),
            said(f"{part.won:,}"),
            said(percent_within(part.rate)),
            said(within(part.area) if part.area else "too few"),
        )
        for part in parts
    )
    yield Grid((column, "cases", "won", "rate", "AUC"), rows, frozenset({1, 2}))


# --- verdicts of sales --------------------------------------------------------------


def _verdicts(found: SalesVerdicts | None) -> Iterator[Block]:
    if found is None:
        return
    yield Head(said("What sales said"))
    total = found.accepted + found.rejected_count
    area = f" AUC of accepted over rejected: {within(found.area)}." if found.area else ""
    text = f"{found.accepted:,} of {total:,} accepted ({percent_within(found.share)}), scored the day before.{area}"
    yield Prose(said(text))
    yield from _stages(found.rungs, "Accepted by stage", "accepted")
    firing = [line for line in found.lines if line.lift and line.fires >= FEWEST]
    firing.sort(key=lambda line: (ORDER.index(line.word), -(line.lift.value if line.lift else 0.0), line.id))
    rows: tuple[tuple[Said, ...], ...] = tuple(
        (
            said(Code(line.id)),
            said(f"{line.fires:,}"),
            said(percent(line.lift.value * found.share.value) if line.lift else "–"),
            said(within(line.lift) if line.lift else "–"),
            said(in_a_word(line)),
        )
        for line in firing
    )
    if rows:
        yield Folded(
            said("Accepted by line"),
            (Grid(("line", "fires", "accepted", "lift", "in a word"), rows, frozenset({1, 2})),),
        )
    if any(item.reason for item in found.reasons):
        reasons = (Point(said(f"{item.count:,}: {item.reason or 'no reason given'}")) for item in found.reasons)
        yield Head(said("Reasons of rejection"))
        yield Points(tuple(reasons))
    if found.rejected:
        shown = found.rejected[:REJECTED]
        several = found.rejected_count > len(shown)
        title = f"Rejected with the most points ({len(shown)} of {found.rejected_count:,})" if several else "Rejected"
        rows = tuple(
            (
                said(Code(item.id)),
                said(points(item.points)),
                said(Code(item.stage)) if item.stage else said("none"),
                said(item.reason or "–"),
            )
            for item in shown
        )
        yield Folded(said(title), (Grid(("who", "points", "stage", "reason"), rows, frozenset({1})),))
