"""An explanation as data: a tree of stage, scores, lines, leads and events. What renders it only walks it.

Points are numbers with at most 4 decimals; instants are ISO texts on the ruleset's clock. It adds up:

- a line's `total` is its `points` plus its `cap`, and its `points` those of its pieces that count,
- a block's or score's `total` is the sum of the totals of its items that count, plus its adjustments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level

Known = str | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Report:
    """What all parts of an explanation can do."""

    def to_dict(self) -> dict[str, Any]:
        """The part as plain dicts, lists, texts, numbers and truth values: what JSON can hold."""
        return {spec.name: _plain(getattr(self, spec.name)) for spec in fields(self)}


def _plain(value: object) -> object:
    if isinstance(value, Report):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value


# --- the evidence -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventShown(Report):
    """One event: `age` in whole days, `hours` the same in whole hours; `properties` are those that are known.

    `unread` are those of them that nothing reads but `ignore` lines: they say nothing about a result.
    """

    id: str
    type: str
    at: str
    age: int
    hours: int
    contact: str | None
    properties: Mapping[str, Known]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventsShown(Report):
    """Events behind something: how many, the first and the last, and the newest few."""

    count: int
    first: str | None
    last: str | None
    newest: tuple[EventShown, ...]


@dataclass(frozen=True, slots=True)
class LeadPart(Report):
    """What one lead has to do with a roll-up: its value, or whether it is one of those meant.

    Where the roll-up asks a condition of each lead (`any`, `all`, `share`), `holds` says whether it holds for this one.
    """

    id: str
    value: Known
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Input(Report):
    """A value that something was computed from, as the rule names it; of a roll-up each lead's part.

    `work` is its arithmetic, where the text does not say all: that of `weighted`.
    """

    text: str
    value: Known
    leads: tuple[LeadPart, ...] = ()
    events: EventsShown | None = None
    work: str | None = None


# --- conditions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nearest(Report):
    """Where no lead does what is asked: of those who are what is asked for, the one who lacks least; and what."""

    id: str
    lacks: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Condition(Report):
    """A condition and the conditions inside it.

    `has` says what there is; `needs`, where it does not hold, what would do, and `asked`, where it does and its text
    does not tell, what had to be there. `kind` says how `parts` make the whole:
    `all` of them, `any` of them, `some` (so many), `not` the one, or `test` for a plain one. `events` and `leads` are
    those behind what it `has`, `inputs` other values that it reads. `missing` is how far a number is from one that
    would do, `nearest` who comes nearest to what is asked of one of the leads.
    """

    text: str
    holds: bool
    kind: Literal["all", "any", "some", "not", "test"] = "test"
    has: str | None = None
    needs: str | None = None
    parts: tuple[Condition, ...] = ()
    inputs: tuple[Input, ...] = ()
    events: EventsShown | None = None
    leads: tuple[LeadPart, ...] = ()
    nearest: Nearest | None = None
    missing: float | None = None
    asked: str | None = None

    def unmet(self) -> tuple[Condition, ...]:
        """The plain conditions that are the reason why this one does not hold."""
        if self.holds:
            return ()
        if self.kind in ("test", "not"):
            return (self,)
        return tuple(found for part in self.parts for found in part.unmet())


# --- scores -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece(Report):
    """What a line counted once: an event, a group of events, a lead, or the condition as a whole.

    `before` are the points before decay; `factor` what the decay left of them at that `age` in `unit`s (and in whole
    `hours`), or `lost` what it took away, or `least` where it ended; `since` is what it ages by, where that is not
    itself. `points` are what came of it. `dropped` says why it does not count.
    """

    name: str
    points: float | None
    before: float | None = None
    factor: float | None = None
    age: int | None = None
    unit: str | None = None
    at: str | None = None
    lead: str | None = None
    events: EventsShown | None = None
    dropped: str | None = None
    hours: int | None = None
    lost: float | None = None
    least: float | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Line(Report):
    """One line of a score. `text` is its condition, `effect` what it gives, `note` why it gave nothing.

    `counts` is false where another item of its block was taken instead; `written_id` where the id is not made up.
    `place` is where it is written: `lead.rules:12`.
    """

    id: str
    written_id: bool
    label: str | None
    text: str
    effect: str
    holds: bool
    counts: bool
    points: float | None
    cap: float
    total: float
    bounds: tuple[str, ...] = ()
    condition: Condition | None = None
    inputs: tuple[Input, ...] = ()
    pieces: tuple[Piece, ...] = ()
    events: EventsShown | None = None
    note: str | None = None
    place: str | None = None
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True)
class Adjustment(Report):
    """A change of the sum that no line makes: a bound, a multiplier, a `set`, the range of the score."""

    kind: Literal["cap", "multiplier", "set", "clamp"]
    line: str | None
    text: str
    before: float
    after: float
    difference: float


@dataclass(frozen=True, slots=True)
class Block(Report):
    """A `group`, `first of`, `best of` or `when` with its items; `raw` is the sum of the items that count."""

    block: Literal["group", "first", "best", "when"]
    id: str | None
    text: str
    holds: bool
    counts: bool
    raw: float
    total: float
    items: tuple[Line | Block, ...]
    adjustments: tuple[Adjustment, ...] = ()
    condition: Condition | None = None
    note: str | None = None
    kind: Literal["block"] = "block"


Item = Line | Block


@dataclass(frozen=True, slots=True)
class Score(Report):
    """A score: `raw` is the sum of its items before the adjustments. `partly`: only the items in question are shown."""

    name: str
    low: float | None
    high: float | None
    raw: float
    total: float
    items: tuple[Item, ...]
    adjustments: tuple[Adjustment, ...] = ()
    partly: bool = False

    def lines(self) -> tuple[Line, ...]:
        """All its lines, in written order."""
        return tuple(line for item in self.items for line in _lines(item))


# --- what an entity is ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step(Report):
    """One stage of the ladder: whether it is held, and if not, what is missing.

    `kept` is what keeps it (its `stays while`) where it is held although its own condition no longer holds.
    """

    name: str
    label: str | None
    holds: bool
    condition: Condition
    unmet: tuple[Condition, ...] = ()
    kept: Condition | None = None


@dataclass(frozen=True, slots=True)
class Ladder(Report):
    """Where an entity stands; `next` is the first stage above it that it does not hold."""

    stage: str | None
    label: str | None
    in_order: bool
    steps: tuple[Step, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Axis(Report):
    """One axis of a grade: the value, the label that it gets and the cut that gives it."""

    text: str
    value: Known
    label: str | None
    cut: float | None


@dataclass(frozen=True, slots=True)
class Grade(Report):
    """A grade; `axes` are what it is made of."""

    name: str
    label: str | None
    axes: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class Measure(Report):
    """A measure with its value; `inputs` are what it was worked out from, `condition` where it is one."""

    name: str
    value: Known
    text: str
    inputs: tuple[Input, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Disqualified(Report):
    """Why someone is disqualified; `until` is the instant when it ends, where the line says so."""

    reason: str
    line: str
    text: str
    condition: Condition
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored(Report):
    """What one `ignore` line left out here: how many events, and which contacts."""

    text: str
    events: int
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeadShown(Report):
    """A lead of the account: its results, and why it does not count if it is disqualified."""

    id: str
    scores: Mapping[str, float]
    grades: Mapping[str, str | None]
    stage: str | None
    disqualified: str | None
    events: int
    explanation: Explanation | None = None


# --- what would have to happen --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doing(Report):
    """One further event, at the instant of the explanation: of a contact, or (`contact` is null) of the account itself.

    `known` is what tells who the contact is: their role. Someone `new` is not in the data: that much must be known of
    them. Without a `type` it is enough that they are there.
    """

    contact: str | None
    new: bool
    known: Mapping[str, Known]
    type: str | None
    properties: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Moved(Report):
    """A condition of the goal before and after the steps: for a number with its values and the one that would do.

    `text` is what the rule says, `said` the same in plain words.
    """

    text: str
    said: str
    before: Known
    after: Known
    needs: str | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Gain(Report):
    """A line that gives more, or less, after the steps: `points` is the difference."""

    level: Level
    id: str
    score: str
    line: str
    label: str | None
    text: str
    points: float


@dataclass(frozen=True, slots=True)
class StepSet(Report):
    """Some further events, and what would come of them: `stage` is the stage afterwards."""

    steps: tuple[Doing, ...]
    moved: tuple[Moved, ...]
    gains: tuple[Gain, ...]
    stage: str | None


@dataclass(frozen=True, slots=True)
class Obstacle(Report):
    """A condition for which no further event was found. `why` is one of

    `fact` (a field must change), `others` (it compares with all others), `past` (it asks for the days before),
    `undone` (what has happened cannot be undone), `fall` (a number must fall), `event` (no event of now would count, or
    be enough), `unknown` (how to get there is not computed). `text` is what the rule says, `said` what it asks for in
    plain words, with what there is.
    """

    text: str
    said: str
    has: str | None
    needs: str | None
    why: Literal["fact", "others", "past", "undone", "fall", "event", "unknown"]


@dataclass(frozen=True, slots=True)
class Next(Report):
    """What would have to happen so that a stage is reached, or a line fires (`goal` is its name).

    Each of the `sets` was tried: after all of its steps the goal is reached, after all but one it is not; those of
    fewer steps come first, then those of people who are there and of kinds of events that the data have more often.
    Where there is none, `helps` are steps that come nearer, and `obstacles` say what no event brings about. `trials`
    were made; `complete` is false where there was more to try.
    """

    goal: str
    reached: bool
    sets: tuple[StepSet, ...]
    helps: tuple[StepSet, ...]
    obstacles: tuple[Obstacle, ...]
    most_steps: int
    trials: int
    complete: bool


# --- since when -----------------------------------------------------------------------------------------------------

CauseKind = Literal["came", "left", "turned", "decay", "field", "days", "there", "others"]


@dataclass(frozen=True, slots=True)
class Cause(Report):
    """One thing that changed. `kind` says what:

    `came`: new events; `left`: events left a window; `turned`: events that were there before count now, or no longer;
    `decay`: points got fewer with age; `field`: another value; `days`: something has lasted long enough, or not;
    `there`: a lead is there, or no longer; `others`: those with whom it is compared. `what` is the selection, line,
    field, condition or comparison, `who` a lead; `points` is by how much the line `line` changed through it. `type` is
    that of the newest of its events.
    """

    kind: CauseKind
    what: str
    who: tuple[str, ...] = ()
    events: int = 0
    line: str | None = None
    points: float | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival(Report):
    """How someone came to the present stage. `known` says what is known of it:

    `day`: it was entered on the day `since` (at its end it was there, on the day before it was at `before`), and
    `causes` tipped it, what weighs most first; `start`: it has been there since the data begin, with `since`; `longer`:
    it has been there since this day at least, and days before were not looked at.
    """

    known: Literal["day", "start", "longer"]
    since: str
    before: str | None = None
    causes: tuple[Cause, ...] = ()


# --- the whole --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Explanation(Report):
    """Why a lead or an account has the results that it has; `summary` says the most important in one sentence.

    `arrival` is since when the stage has been the present one, where that was looked for; `next` what would have to
    happen so that the next stage, or the one that was asked for, is reached.
    All instants, `as_of` among them, are on the clock of `zone`.
    """

    summary: str
    level: Level
    id: str
    account_id: str | None
    as_of: str
    zone: str
    events: int
    ladder: Ladder | None
    disqualified: Disqualified | None
    scores: tuple[Score, ...]
    grades: tuple[Grade, ...]
    measures: tuple[Measure, ...]
    leads: tuple[LeadShown, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    next: Next | None = None
    arrival: Arrival | None = None

    def score(self, name: str) -> Score:
        """The score of that name."""
        return next(score for score in self.scores if score.name == name)

    def lines(self) -> tuple[Line, ...]:
        """All lines of all scores, in written order."""
        return tuple(line for score in self.scores for line in score.lines())


def _lines(item: Item) -> tuple[Line, ...]:
    return (item,) if isinstance(item, Line) else tuple(line for inner in item.items for line in _lines(inner))
