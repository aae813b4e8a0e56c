"""What a backtest says, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .reports import plural

if TYPE_CHECKING:
    from ..engine.backtest.areas import Estimate
    from ..engine.backtest.report import Backtest, Cases, Comparison
    from .pages import Tone

DAY = 86_400_000_000


def percent(share: float) -> str:
    """A share for people.

    >>> percent(0.256), percent(0.0042), percent(0)
    ('26 %', '0.42 %', '0 %')
    """
    value = 100 * share
    digits = 0 if value >= 10 or not value else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def within(found: Estimate, digits: int = 2) -> str:
    """A number with its interval: `0.71 (0.66–0.76)`."""
    return f"{found.value:.{digits}f} ({found.low:.{digits}f}–{found.high:.{digits}f})"


def signed(value: float) -> str:
    """Three digits with their sign; what is nothing in them has none.

    >>> signed(-0.0134), signed(-0.0002)
    ('−0.013', '0.000')
    """
    return "0.000" if abs(value) < 0.0005 else f"{value:+.3f}".replace("-", "−")


def signed_within(found: Estimate) -> str:
    """A gain with its interval.

    >>> from ..engine.backtest.areas import Estimate
    >>> signed_within(Estimate(0.031, -0.0002, 0.052))
    '+0.031 (0.000 to +0.052)'
    """
    return f"{signed(found.value)} ({signed(found.low)} to {signed(found.high)})"


def percent_within(found: Estimate) -> str:
    return f"{percent(found.value)} ({percent(found.low)[:-2]}–{percent(found.high)})"


def points(value: float) -> str:
    """A threshold or a mean without needless digits."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def length(micros: int) -> str:
    days = micros / DAY
    return f"{days:g} day{'' if days == 1 else 's'}"


# --- sentences ----------------------------------------------------------------------


def headline(found: Backtest) -> tuple[str, Tone]:
    """The answer, and whether it is a good one."""
    signal, cases, area = found.signal, found.cases, found.area
    if signal.strength == "too few" or area is None:
        few = (
            f"{plural(cases.won_cases, 'won case')} of {cases.cases:,}: too few to say whether {found.score} predicts."
        )
        return few + _needed(signal.needed), "doubt"
    chance = f"A won {cases.level} had more points than one that was not in {percent(area.value)} of all pairs"
    interval = f"AUC {within(area)}, 95 % interval"
    if signal.strength == "none":
        text = f"No signal: {found.score} does not tell won from lost. {chance} ({interval}; 50 % is chance)."
        return text + _needed(signal.needed), "bad"
    if signal.strength == "reversed":
        return f"The wrong way round: the lost have more points than the won ({interval}).", "bad"
    word = {"weak": "weakly", "fair": "fairly well", "good": "well", "strong": "very well"}[signal.strength]
    text = f"{found.score} tells won from lost {word}. {chance} ({interval})."
    if signal.too_good:
        return f"{text} Honest scores are hardly ever that good: does a field know the outcome?", "doubt"
    return text, "good" if signal.strength in ("good", "strong") else "plain"


def _needed(needed: int | None) -> str:
    return f" To tell an AUC of 0.60 from chance it would take about {needed:,} won cases." if needed else ""


def sample(cases: Cases) -> str:
    """How the cases were drawn."""
    people = plural(cases.accounts, "account")
    if cases.level == "lead":  # whoever has no account counts as one: cases of one account are not independent
        people = f"Leads of {people} (those without one count as one each)"
    many = plural(cases.cases, "case")
    won = f"{cases.won_cases:,} of them won ({percent(cases.base)})"
    if cases.design == "undated":
        when = "The outcome is a field without dates: everybody was scored once, with all that the data have."
        return f"{many}, {won}. {when} Only that no rule reads the outcome keeps the score from knowing it."
    if cases.design == "closed":
        before = (
            f"at the end of the last day that was over {length(cases.gap)} before"
            if cases.gap
            else ("at the end of the day before")
        )
        return (
            f"{many} that were won or lost, {won}, each scored {before} the outcome: no event of it or after it counts."
        )
    every = {"day": "day", "week": "week", "month": "month"}[cases.every or "month"]
    late = f" (not within {length(cases.gap)})" if cases.gap else ""
    horizon = length(cases.horizon or 0)
    return (
        f"{people}, scored at the end of each {every} ({plural(cases.instants, 'time')}): {many}, {won} within "
        f"{horizon}{late}. A case counts only if its {horizon} were over when the data end, and nobody counts after "
        "being won."
    )


def left_out(cases: Cases) -> str:
    """Who is no case; '' where everybody is."""
    reasons = [f"{count:,} {reason}" for reason, count in cases.left_out.items()]
    return f"Left out: {', '.join(reasons)}." if reasons else ""


def compared(found: Comparison, name: str) -> tuple[str, Tone]:
    """Which of two rulesets separates better, if that can be said."""
    both = f"AUC {within(found.area)} for {name}, {within(found.other)} for {found.name}"
    apart = signed_within(found.difference)
    where = f"on the same {plural(found.cases, 'case')}"
    if found.difference.covers(0.0):
        return f"No difference that could not be luck: {both}, {where}; difference {apart}.", "plain"
    better = found.name if found.difference.value > 0 else name
    return (
        f"{better} separates better: {both}, {where}; difference {apart}.",
        "good" if better == found.name else "doubt",
    )
