"""Runs a backtest: outcomes, the sample, and every question to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from ...grammar.late_methods import dataclass
from ..compiled import Compiled, RulesetError
from ..data import Dataset
from ..instants import Zone
from ..model import Score
from .advice import Advice, for_capacity, for_precision
from .areas import Area, area
from .bands import bands, calibration
from .comparing import compared
from .condition import Condition, conditions
from .curves import Cut, average_precision, cuts
from .lines import line_findings
from .outcomes import held
from .peeking import Peeks, peeks
from .question import DAY, CannotTest, Question, asked_score
from .report import Backtest, Cases, Comparison, Progress
from .sample import Outcomes, Sample
from .scored import draw
from .segments import check_segment, segment_names
from .signal import signal
from .slices import quarters, rungs, slices
from .verdicts import SalesVerdicts, check_reason, ladder_of, reasons_of, sales_verdicts
from .waterfall import Waterfall, waterfall
from .without import without_lines


@dataclass(frozen=True)
class Wishes:
    """What is asked beyond the plain test.

    `capacity` and `precision` ask for a threshold, `by` for segments (`account.industry`, a measure, a grade),
    `against` for a comparison with other rules and their data, `accepted` and `rejected` (conditions) for the verdicts
    of sales, with `reason` a property of the rejecting events. `all_lines`: also work out what the score loses without
    the lines of the scores below it. `thorough`: also follow the way through the stages, and
    score without each line.
    """

    capacity: int | None = None
    precision: float | None = None
    by: str | None = None
    against: tuple[Compiled, Dataset] | None = None
    accepted: str | None = None
    rejected: str | None = None
    reason: str | None = None
    all_lines: bool = False
    thorough: bool = True


@dataclass(frozen=True)
class Asked:
    """A question in the words of the rules: the score, and the conditions by their options."""

    score: Score
    conditions: Mapping[str, Condition]
    texts: Mapping[str, str] = field(default_factory=dict)


def asked(ruleset: Compiled, question: Question, wishes: Wishes | None = None) -> Asked:
    """The question, checked; needs no data. Raises CannotTest, and RulesetError for conditions that are none."""
    score = asked_score(ruleset, question.score)
    more = wishes or Wishes()
    options = {"--won": question.won, "--lost": question.lost}
    options |= {"--accepted": more.accepted, "--rejected": more.rejected}
    texts = {name: text for name, text in options.items() if text is not None}
    found = Asked(score, conditions(ruleset, score.level, texts, question.params), texts)
    _check(ruleset, found, more)
    return found


def backtest(
    ruleset: Compiled,
    dataset: Dataset,
    question: Question,
    until: int,
    wishes: Wishes | None = None,
    progress: Progress = lambda _said: None,
) -> Backtest:
    """Everything that the data say of a score, up to an instant.

    Raises CannotTest for what cannot be answered, RulesetError where a condition is wrong or the rules look ahead, and
    PlanError for rules that no engine computes.
    """
    more = wishes or Wishes()
    first = drawn(ruleset, dataset, question, until, more, progress)
    found, outcomes, sample, looked = first.asked, first.outcomes, first.sample, first.looked
    whole = area(sample.points, sample.won, sample.cluster)
    progress("scoring without each line …")
    without = without_lines(ruleset, dataset, found.score, sample, more.all_lines) if more.thorough else {}
    progress("counting …")
    thresholds = cuts(sample.points, sample.won)
    zone = Zone.named(ruleset.model.timezone)
    names = segment_names(ruleset, dataset, sample, more.by) if more.by is not None else None
    return Backtest(
        ruleset=ruleset,
        score=found.score.name,
        cases=cases_of(sample, question),
        signal=signal(sample, whole),
        area=whole.estimate if whole else None,
        average_precision=average_precision(sample.points, sample.won, sample.cluster) if whole else None,
        cuts=thresholds,
        bands=bands(sample.points, sample.won, sample.cluster),
        calibration=calibration(sample),
        rungs=rungs(sample, ladder_of(ruleset, sample.level)),
        quarters=quarters(sample, zone) if sample.design != "undated" else (),
        lines=line_findings(sample, whole, without),
        advice=_advice(sample, thresholds, more),
        by=more.by,
        segments=slices(sample, names) if names is not None else (),
        waterfall=_waterfall(ruleset, dataset, sample, outcomes, question) if more.thorough else None,
        comparison=_comparison(sample, whole, more),
        verdicts=_verdicts(ruleset, dataset, found, question, until, more, progress),
        allowed=tuple(looked.allowed),
        doubts=tuple(looked.found),
    )


@dataclass(frozen=True)
class Drawn:
    """The question in the words of the rules, the outcomes, the cases scored before them, and what reads outcomes."""

    asked: Asked
    outcomes: Outcomes
    sample: Sample
    looked: Peeks


def drawn(
    ruleset: Compiled,
    dataset: Dataset,
    question: Question,
    until: int,
    wishes: Wishes | None = None,
    progress: Progress = lambda _said: None,
) -> Drawn:
    """The cases of a question. Raises CannotTest, RulesetError and PlanError as `backtest` does."""
    found = asked(ruleset, question, wishes)
    progress("looking for outcomes …")
    outcomes = _outcomes(found, dataset, until)
    looked = peeks(ruleset, found.score, found.conditions.values(), outcomes.won.is_dated)
    if any(item.is_error for item in looked.found):
        raise RulesetError(looked.found, dict(ruleset.sources))
    progress("scoring before the outcomes …")
    sample = draw(ruleset, dataset, found.score, outcomes, question)
    _check_both(sample, question)
    return Drawn(found, outcomes, sample, looked)


def _check_both(sample: Sample, question: Question) -> None:
    """Raises CannotTest where all cases end alike: there is nothing to tell apart."""
    won = int(sample.won.sum())
    if not sample or 0 < won < len(sample):
        return
    message = f"none of {len(sample):,} cases was {'lost' if won else 'won'}"
    if sample.design == "snapshots":
        days = f"{question.horizon / DAY:g} days"
        raise CannotTest(f"{message} within {days} of being scored", "try another `--horizon`, or `--every week`")
    raise CannotTest(message, "are `--won` and `--lost` the right conditions?")


def _check(ruleset: Compiled, found: Asked, more: Wishes) -> None:
    """Whether there is what is asked for, before anything takes long."""
    if more.by is not None:
        check_segment(ruleset, found.score.level, more.by)
    for name in ("--accepted", "--rejected"):
        condition = found.conditions.get(name)
        if condition is not None and not condition.has_instant:
            raise CannotTest(f"`{name} {condition.text}` names no event", "verdicts of sales are events")
    if more.reason is not None and "--rejected" in found.conditions:
        check_reason(found.conditions["--rejected"], more.reason)


def _outcomes(found: Asked, dataset: Dataset, until: int) -> Outcomes:
    won = held(found.conditions["--won"], dataset, until)
    lost = held(found.conditions["--lost"], dataset, until) if "--lost" in found.conditions else None
    if not won.since:
        raise CannotTest(
            f"`{found.texts['--won']}` holds for nobody in the data", "nobody was won: is it the right condition?"
        )
    return Outcomes(won, lost, until)


def cases_of(sample: Sample, question: Question) -> Cases:
    """What the sample is."""
    snapshots = sample.design == "snapshots"
    instants = sample.instants
    return Cases(
        design=sample.design,
        level=sample.level,
        won=question.won,
        lost=question.lost,
        cases=len(sample),
        accounts=sample.clusters,
        won_cases=int(sample.won.sum()),
        first=instants[0],
        last=instants[-1],
        until=sample.until,
        instants=len(instants),
        horizon=question.horizon if snapshots else None,
        gap=question.gap,
        every=question.every if snapshots else None,
        left_out=sample.left_out,
    )


def _advice(sample: Sample, thresholds: Sequence[Cut], more: Wishes) -> tuple[Advice, ...]:
    found = []
    if more.capacity is not None:
        found.append(for_capacity(sample, thresholds, more.capacity))
    if more.precision is not None:
        found.append(for_precision(sample, thresholds, more.precision))
    return tuple(found)


def _waterfall(
    ruleset: Compiled, dataset: Dataset, sample: Sample, outcomes: Outcomes, question: Question
) -> Waterfall | None:
    if sample.design == "undated":
        return None
    first = sample.instants[0]
    return waterfall(ruleset.model, dataset, sample.level, first, outcomes.until, question.horizon, outcomes.won.since)


def _comparison(sample: Sample, whole: Area | None, more: Wishes) -> Comparison | None:
    if more.against is None or whole is None:
        return None
    return compared(sample, *more.against)


def _verdicts(
    ruleset: Compiled,
    dataset: Dataset,
    found: Asked,
    question: Question,
    until: int,
    more: Wishes,
    progress: Progress,
) -> SalesVerdicts | None:
    if "--accepted" not in found.conditions or "--rejected" not in found.conditions:
        return None
    progress("scoring before the verdicts of sales …")
    accepted, rejected = found.conditions["--accepted"], found.conditions["--rejected"]
    reasons = reasons_of(rejected, more.reason, dataset, until) if more.reason is not None else {}
    both = held(accepted, dataset, until), held(rejected, dataset, until)
    return sales_verdicts(ruleset, dataset, found.score, both, reasons, until, question)
