"""The sample of a backtest: leads or accounts as they were scored before their outcome, and what came of them.

There are three designs; in none does an event at or after the outcome count:

- `closed` (with `--lost`): everybody who was won or lost, scored once: at the end of the last local day that is over
  `gap` before the first outcome.
- `snapshots` (without): everybody at the end of each month (week, day). A case is won if its outcome comes later than
  `gap` after that instant and within `horizon` after that. Instants whose horizon is not over when the data end are
  left out, so that nobody counts as lost who only had no time; and so is everybody who was won before. One account
  makes several cases: what is said of them is worked out by clusters.
- `undated`: the outcome is a field without versions, nobody knows since when. Everybody is scored once, with all that
  the data have; that no rule reads the outcome is then all that keeps the score from knowing it.

Who was disqualified when scored is in no case: the rules say that nobody works there. They are counted.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..instants import ONE_DAY, Zone, day_end, format_instant, local_date
from ..model import Model
from .outcomes import Held
from .question import DAY, CannotTest, Every, Question

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

Design = Literal["closed", "snapshots", "undated"]


@dataclass(frozen=True)
class Outcomes:
    """Who was won and who was lost, and since when; `until` is the instant up to which the data are known."""

    won: Held
    lost: Held | None
    until: int

    @property
    def design(self) -> Design:
        if not self.won.is_dated:
            return "undated"
        return "snapshots" if self.lost is None else "closed"


@dataclass(frozen=True)
class Line:
    """What one line gave in each case: its points after its own caps, and whether it fired.

    A line of leads gives what it gave to all leads of the account that are not disqualified. `is_own`: it belongs to
    the score that is tested, not to one that this reads.
    """

    level: Level
    score: str
    id: str
    label: str | None
    text: str
    is_own: bool
    points: NDArray[float64]
    fired: NDArray[bool_]


@dataclass(frozen=True)
class Sample:
    """The cases in order of time, then of id, as columns.

    `cluster` numbers the accounts (cases of one cluster are not independent), `points` is the score that is tested,
    `lines` what each line of it and of the scores below it gave. `instants` are those at which somebody was scored;
    `left_out` says how many are no case, by reason.
    """

    design: Design
    level: Level
    score: str
    until: int
    ids: tuple[str, ...]
    at: NDArray[int64]
    won: NDArray[bool_]
    cluster: NDArray[int64]
    points: NDArray[float64]
    stages: tuple[str | None, ...]
    lines: tuple[Line, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def instants(self) -> list[int]:
        return sorted({int(at) for at in self.at})

    @property
    def clusters(self) -> int:
        """How many accounts (or leads without one) there are."""
        return int(self.cluster.max()) + 1 if len(self) else 0


@dataclass(frozen=True)
class Wanted:
    """What is to be scored: everybody at some instants, or each id at its own (`cases`).

    `after` and `within` say which outcomes of an instant count as won: later than `after`, not later than `within`.
    """

    instants: tuple[int, ...]
    cases: Mapping[str, tuple[int, bool]] | None = None
    after: int = 0
    within: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


def wanted(model: Model, dataset: Dataset, outcomes: Outcomes, question: Question) -> Wanted:
    """What the design asks for. Raises CannotTest where that is nothing."""
    if outcomes.design == "undated":
        return _undated(outcomes)
    if outcomes.design == "closed":
        return _closed(Zone.named(model.timezone), outcomes, question)
    return _snapshots(Zone.named(model.timezone), dataset, outcomes, question)


# --- undated ------------------------------------------------------------------------


def _undated(outcomes: Outcomes) -> Wanted:
    at = outcomes.until
    if outcomes.lost is None:
        return Wanted((at,))
    if outcomes.lost.is_dated:
        raise CannotTest(
            "the data say when somebody was lost, and not when somebody was won", "name events in both conditions"
        )
    both = set(outcomes.won.since) & set(outcomes.lost.since)
    cases = {**dict.fromkeys(outcomes.lost.since, (at, False)), **dict.fromkeys(outcomes.won.since, (at, True))}
    kept = {id_: case for id_, case in cases.items() if id_ not in both}
    return Wanted((at,), kept, left_out=_counted({"won and lost": len(both)}))


# --- closed -------------------------------------------------------------------------


def _closed(zone: Zone, outcomes: Outcomes, question: Question) -> Wanted:
    """Each id at the end of the last local day that is over before its first outcome, less the gap."""
    lost = outcomes.lost
    assert lost is not None
    if not lost.is_dated:
        raise CannotTest(
            "the data say when somebody was won, and not when somebody was lost", "name events in both conditions"
        )
    won = _dated(outcomes.won.since)
    gone = _dated(lost.since)
    cases: dict[str, tuple[int, bool]] = {}
    both = 0
    for id_ in sorted(won.keys() | gone.keys()):
        first = min(won.get(id_, outcomes.until), gone.get(id_, outcomes.until))
        if won.get(id_) == gone.get(id_):
            both += 1
            continue
        cases[id_] = (day_before(first - question.gap, zone), won.get(id_) == first)
    always = len(outcomes.won.always | lost.always)
    left_out = _counted({"won and lost at one instant": both, "closed from the beginning": always})
    return Wanted(tuple(sorted({at for at, _ in cases.values()})), cases, left_out=left_out)


def day_before(instant: int, zone: Zone) -> int:
    """The end of the last local day that is over at an instant.

    >>> format_instant(day_before(90_000_000_000, Zone.named("UTC")))
    '1970-01-01T23:59:59.999999Z'
    """
    return day_end(local_date(instant, zone) - ONE_DAY, zone)


def _dated(since: Mapping[str, int | None]) -> dict[str, int]:
    return {id_: at for id_, at in since.items() if at is not None}


def _counted(reasons: Mapping[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in reasons.items() if count}


# --- snapshots ----------------------------------------------------------------------


def _snapshots(zone: Zone, dataset: Dataset, outcomes: Outcomes, question: Question) -> Wanted:
    """Everybody at the end of each period whose horizon is over when the data end.

    The first snapshot is not before the first event that was known plus a horizon: rules need some past to look at.
    """
    known = 'SELECT min(greatest("at", received_at)) FROM events'
    oldest = dataset.connection.cursor().execute(known).fetchall()[0][0]
    if oldest is None:
        raise CannotTest("there are no events, so there is no time to take snapshots in")
    reach = question.gap + question.horizon
    first = question.first or local_date(oldest + question.horizon, zone)
    latest = outcomes.until - reach
    last = min(question.last or datetime.date.max, local_date(latest, zone))
    instants = tuple(at for at in grid(zone, first, last, question.every) if at <= latest)
    if not instants:
        spans = f"from {format_instant(oldest)} to {format_instant(outcomes.until)}"
        raise CannotTest(
            f"the data reach {spans}: that leaves no {question.every} to look back from",
            f"the horizon is {question.horizon // DAY} days: give a shorter one, or `--every week`, or both",
        )
    return Wanted(instants, None, question.gap, reach)


def grid(zone: Zone, first: datetime.date, last: datetime.date, every: Every) -> Iterator[int]:
    """The ends of the local days on which a month, a week (Sunday) or a day ends."""
    day = first
    while day <= last:
        if _ends(day, every):
            yield day_end(day, zone)
        day += ONE_DAY


def _ends(day: datetime.date, every: Every) -> bool:
    if every == "month":
        return day.day == calendar.monthrange(day.year, day.month)[1]
    return every == "day" or day.weekday() == 6


def batches(instants: Sequence[int], size: int) -> Iterable[tuple[int, ...]]:
    """The instants in portions that fit into memory together."""
    return (tuple(instants[place : place + size]) for place in range(0, len(instants), size))
