"""The page of `scoreline tune`: whether to change anything, what, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .backtest_words import left_out, percent, sample, signed_within, within
from .pages import Block, Code, Drawn, Grid, Head, Page, Point, Points, Prose, Said, Tone, listed, said
from .reports import plural

if TYPE_CHECKING:
    from ..engine.backtest.areas import Estimate
    from ..engine.tune.held_out import Gain
    from ..engine.tune.tuning import ParamFinding, Tuning, Way


def page(found: Tuning, folder: str = "") -> Page:
    """The page, the most important first; `folder` leads to the ruleset from here."""
    return tuple(_blocks(found, folder))


def _blocks(found: Tuning, folder: str) -> Iterator[Block]:
    rules = found.ruleset
    version = f" {rules.version}" if rules.version and not rules.is_single_file else ""
    yield Head(said(f"Other points for {found.score} of {rules.name}{version}?"), 1)
    text, tone = verdict(found)
    yield Prose(said(text), tone)
    yield Prose(said(sample(found.cases)))
    if apart := left_out(found.cases):
        yield Prose(said(apart))
    yield from _diff(found, folder)
    yield from _params(found)
    yield from _ways(found)
    yield from _wishes(found)


# --- in a word ----------------------------------------------------------------------


def verdict(found: Tuning) -> tuple[str, Tone]:
    """Whether to change anything."""
    tuned = found.tuned
    if tuned is None or tuned.gain is None:
        return f"Nothing may be tuned: no param with a range plays a part in {found.score}.", "doubt"
    figures = f"AUC {within(tuned.area)} instead of {within(found.now.area)}, gain {signed_within(tuned.gain.area)}"
    where = "on cases that they were not learnt from"
    if found.pays:
        text = f"Other points pay: {found.score} tells won from lost better with the points below, {where}: {figures}."
        return text, "good"
    nothing = "" if found.now.area.low > 0.5 else f" Nor does {found.score} tell won from lost as it is: no signal."
    if tuned.gain.area.high < 0:
        return f"Keep the points as they are. What was learnt did worse, {where}: {figures}.{nothing}", "plain"
    if not found.suggested:
        return f"Keep the points as they are: nothing speaks for others ({figures}, {where}).{nothing}", "plain"
    lucky = "gain nothing that could not be luck"
    return (
        f"Keep the points as they are. Other points within their ranges {lucky}, {where}: {figures}.{nothing}",
        "plain",
    )


# --- what to change -----------------------------------------------------------------


def _diff(found: Tuning, folder: str) -> Iterator[Block]:
    from ..engine.tune.rewriting import not_own, rewritten

    if not found.pays:
        return
    if found.settings:
        yield Prose(
            said(
                "With ", Code("--set"), " it is not the rules as they stand that were tried: here is no change of them."
            )
        )
        return
    lines = [line for item in rewritten(found.ruleset, found.suggested) for line in item.diff(folder)]
    if lines:
        yield Head(said("The change"))
        yield Drawn(tuple(lines), "the change of the rules as a unified diff")
    if elsewhere := not_own(found.ruleset, found.suggested):
        names = listed([(Code(name),) for name in elsewhere])
        yield Prose((*names, " stand in a ruleset that this one builds on: tune that one."))


def _params(found: Tuning) -> Iterator[Block]:
    shown = [item for item in found.params if item.tunable.role != "elsewhere"]
    if shown:
        yield Head(said("The params"))
        right = frozenset({1, 2, 4, 5})
        columns = ("param", "now", "best" if found.pays else "tried", "range", "in won", "in lost", "odds of winning")
        yield Grid(columns, tuple(_row(item) for item in shown), right)
        if any(item.evidence and item.evidence.odds for item in shown):
            yield Prose(
                said(
                    "In how many of the won and of the lost cases a param counts, and by what that multiplies the odds "
                    "of winning, all else being equal (95 % interval)."
                )
            )
    bent = [item for item in shown if item.bent]
    if bent:
        names = listed([(Code(item.tunable.name), f" ({item.bent:,})") for item in bent], 6)
        yield Prose(("Caps, clamps or ", Code("first of"), " bend what these give, in so many cases: ", *names, "."))
    elsewhere = [(Code(item.tunable.name),) for item in found.params if item.tunable.role == "elsewhere"]
    if elsewhere:
        command = Code("scoreline backtest … --capacity N")
        none = f"No part in {found.score}: "
        yield Prose((none, *listed(elsewhere, 8), "; ", command, " recommends thresholds."))


def _row(item: ParamFinding) -> tuple[Said, ...]:
    from ..engine.tune.rescoring import shown

    tunable, proof = item.tunable, item.evidence
    return (
        (Code(tunable.name),),
        said(shown(tunable.now)),
        said(shown(item.suggested) if item.changes else "="),
        said(f"{shown(tunable.low)}..{shown(tunable.high)}"),
        said(percent(proof.in_won) if proof else ""),
        said(percent(proof.in_lost) if proof else ""),
        said(_odds(proof.odds) if proof and proof.odds else ""),
    )


def _odds(found: Estimate) -> str:
    return f"×{found.value:.2g} ({found.low:.2g}–{found.high:.2g})"


# --- what it is worth ---------------------------------------------------------------


def _ways(found: Tuning) -> Iterator[Block]:
    named: list[tuple[str, Way | None]] = [
        ("as they are", found.now),
        ("within their ranges", found.tuned),
        ("… as a plain sum", found.summed),
        ("without ranges", found.free),
        ("each line its own", found.by_line),
    ]
    yield Head(said("On cases that were not learnt from"))
    rows = [(said(name), *_figures(way)) for name, way in named if way is not None]
    yield Grid(("points", "AUC", "gain", "log-loss"), tuple(rows), frozenset({3}))
    yield Points(tuple(Point(said(text)) for text in _freedom(found)))
    yield Prose(said(_method(found)))


def _figures(way: Way) -> tuple[Said, ...]:
    gained = signed_within(way.gain.area) if way.gain is not None else ""
    return said(within(way.area, 3)), said(gained), said(f"{way.loss:.4f}")


def _freedom(found: Tuning) -> Iterator[str]:
    """Whether more freedom than the ranges allow would pay."""
    if found.free is not None and found.free.over is not None:
        at_end = [item.tunable.name for item in found.params if item.suggested in item.tunable.ends() and item.changes]
        ends = f" At the end of their range: {', '.join(at_end)}." if at_end else ""
        yield _more("Wider ranges", found.free.over) + ends
    if found.by_line is not None and found.by_line.over is not None:
        yield _more("Points of its own for each line", found.by_line.over)
    if found.alike < 1:
        yield (
            f"With the suggestion {percent(1 - found.alike)} of the cases have another score than the sum of their "
            "points: caps and clamps. The engine's scores count."
        )


def _more(what: str, over: Gain) -> str:
    if over.pays:
        return f"{what} would gain {signed_within(over.area)} more: that freedom pays."
    return f"{what} would gain {signed_within(over.area)} more: that freedom does not pay."


def _method(found: Tuning) -> str:
    folds, count = found.folds, len(found.folds.items)
    if folds.in_time:
        how = f"{plural(count, 'window')} in time, each predicted by what was known before it began"
    else:
        how = f"{count} folds, no account on both sides; not in time: {folds.why_not}"
    card = "a logistic scorecard drawn towards the present points, as strongly as left-out cases ask for"
    return f"Learnt is {card}. Tried in {how}."


# --- what could be tuned ------------------------------------------------------------


def _wishes(found: Tuning) -> Iterator[Block]:
    from ..engine.tune.rescoring import shown

    if found.wishes:
        yield Head(said("Lines that would be worth a param"))
        for item in found.wishes:
            text = said(
                f"{item.path}:{item.row} ", Code(item.line), f": {shown(item.now)} now, about {shown(item.would)}"
            )
            yield Points((Point(text),))
            yield Drawn((item.param, item.after), f"how to make the points of {item.line} a param")
    elif found.tuned is None:
        gains = found.by_line is not None and found.by_line.gain is not None and found.by_line.gain.pays
        none = "" if gains else " No line would be worth it in these data: points of their own gain nothing sure."
        how = "A line is tuned through a param with a range:"
        yield Head(said("How to make points tunable"))
        yield Prose(said(how + none))
        yield Drawn(("param pricing_points = 10 in 0..30", "pricing: visited('pricing*') => +pricing_points"))
