"""Running scenarios on both engines, and what came of each expectation."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..interpreter.evaluation import places
from ..model import Model
from ..results import Contribution, EntityResult, Outcome
from ..rounding import format_units
from .batches import Engine, outcomes
from .coverage import disqualifying
from .expected import Expected, points, shown
from .reading import Scenario


@dataclass(frozen=True)
class Failure:
    """One expectation that was not met, and how what came is made up; `about` is the expectation itself."""

    subject: str
    expected: str
    came: str
    why: tuple[str, ...] = ()
    about: Expected | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Verdict:
    """What became of one scenario. `fired` are the ids of the lines that fired in it."""

    scenario: Scenario
    failures: tuple[Failure, ...]
    fired: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.failures


def run(
    model: Model, scenarios: Sequence[Scenario], reference: Engine, other: Engine, apart: Engine | None = None
) -> Iterator[Verdict]:
    """Every scenario on both engines: the expectations are held against the first, and the other must agree with it.

    `apart` is the other engine over many populations that it keeps apart.
    """
    for scenario, theirs in zip(scenarios, outcomes(model, scenarios, other, apart), strict=True):
        started = time.perf_counter()
        ours = reference(model, scenario.population, scenario.as_of)
        left_out = disqualifying(model, scenario, ours)
        came = Came.of(ours, left_out, _since(model, scenario))
        failures = (*unmet(scenario, came), *disagreements(ours, theirs))
        fired = {entry.line for entry in ours.contributions if entry.line is not None} | {*left_out.values()}
        yield Verdict(scenario, failures, frozenset(fired), time.perf_counter() - started)


def _since(model: Model, scenario: Scenario) -> dict[tuple[Level, str], str]:
    """Since which day everyone has been at a stage, if the scenario expects that of anybody."""
    if not any(expected.role == "stage_since" for expected in scenario.expected):
        return {}
    found = places(model, scenario.population, scenario.as_of)
    return {id_: place.since.isoformat() for id_, place in found.items() if place.stage is not None}


# --- expectations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Came:
    """The results of one run by entity: what it is, the entries of its scores, the line that disqualified it, and the
    day since which it has been at its stage."""

    entities: Mapping[tuple[Level, str], EntityResult]
    entries: Mapping[tuple[Level, str], list[Contribution]]
    left_out: Mapping[tuple[Level, str], str]
    since: Mapping[tuple[Level, str], str] = field(default_factory=dict)

    @staticmethod
    def of(
        outcome: Outcome,
        left_out: Mapping[tuple[Level, str], str],
        since: Mapping[tuple[Level, str], str] | None = None,
    ) -> Came:
        entries: dict[tuple[Level, str], list[Contribution]] = {}
        for entry in outcome.contributions:
            entries.setdefault((entry.level, entry.id), []).append(entry)
        entities = {(item.level, item.id): item for item in (*outcome.leads, *outcome.accounts)}
        return Came(entities, entries, left_out, since or {})


def unmet(scenario: Scenario, came: Came) -> Iterator[Failure]:
    """The expectations that are not met."""
    for expected in scenario.expected:
        key = expected.level, expected.id
        entity = came.entities.get(key)
        if (entity is None) != (expected.role == "absent"):
            there = "no result: it was left out" if entity is None else "a result"
            yield Failure(expected.subject, expected.wanted, there, about=expected)
        elif entity is not None and (found := _differing(expected, entity, came)) is not None:
            why = _why(expected, entity, came.entries.get(key, []))
            yield Failure(expected.subject, expected.wanted, found, tuple(why), expected)


def _differing(expected: Expected, entity: EntityResult, came: Came) -> str | None:
    """What came instead of what was expected; None if it was just that."""
    if expected.role in ("line", "not_line"):
        return _line(expected, came)
    value: object
    if expected.role == "score":
        value = points(entity.scores[expected.name])
    elif expected.role == "measure":
        value = entity.measures[expected.name]
    elif expected.role == "grade":
        value = entity.grades[expected.name]
    elif expected.role == "stage_since":
        value = came.since.get((expected.level, expected.id))
    else:
        value = entity.stage if expected.role == "stage" else entity.disqualified
    return None if expected.met_by(value) else shown(value)


def _line(expected: Expected, came: Came) -> str | None:
    key = expected.level, expected.id
    mine = [entry.points for entry in came.entries.get(key, []) if entry.line == expected.name]
    if came.left_out.get(key) == expected.name:
        met = expected.role == "line" and expected.bounds is None
        return None if met else "disqualifies"
    if not mine:
        return None if expected.role == "not_line" else "does not fire"
    total = points(sum(mine))
    met = expected.role == "line" and (expected.bounds is None or expected.bounds.hold(total))
    return None if met else f"{shown(total)} points"


def _why(expected: Expected, entity: EntityResult, entries: list[Contribution]) -> Iterator[str]:
    """How what came is made up: the entries of the score, or else all results of the entity."""
    if expected.role in ("score", "line", "not_line"):
        scores = [expected.name] if expected.role == "score" else list(entity.scores)
        for score in scores:
            yield f"{score} = {format_units(entity.scores[score])}"
            mine = [entry for entry in entries if entry.score == score]
            yield from (f"  {_entry(entry)}" for entry in mine)
            if not mine:
                yield "  no line fired"
        return
    yield ", ".join(f"{name} = {format_units(units)}" for name, units in entity.scores.items()) or "no scores"
    others = {**entity.measures, **entity.grades}
    if others:
        yield ", ".join(f"{name} = {shown(value)}" for name, value in others.items())
    if entity.disqualified is not None:
        yield f"disqualified: {entity.disqualified}"


def _entry(entry: Contribution) -> str:
    sign = "+" if entry.points >= 0 else "−"
    what = entry.line or "range of the score"
    kind = "" if entry.kind == "line" else f" ({entry.kind})"
    events = "" if entry.events is None else f" · {entry.events} event{'' if entry.events == 1 else 's'}"
    return f"{sign}{format_units(abs(entry.points))}  {what}{kind}{events}"


# --- both engines ---------------------------------------------------------------------------------------------------


def disagreements(ours: Outcome, theirs: Outcome) -> Iterator[Failure]:
    """Where the engines differ: that is never the rules' fault."""
    for level in ("leads", "accounts"):
        left = {item.id: item for item in getattr(ours, level)}
        right = {item.id: item for item in getattr(theirs, level)}
        for id_ in sorted(left.keys() | right.keys()):
            if left.get(id_) != right.get(id_):
                yield _differ(f"{level[:-1]} {id_}", left.get(id_), right.get(id_))
    mine, others = Came.of(ours, {}).entries, Came.of(theirs, {}).entries
    for key in sorted(mine.keys() | others.keys()):
        if sorted(map(repr, mine.get(key, []))) != sorted(map(repr, others.get(key, []))):
            yield _differ(f"contributions of {key[0]} {key[1]}", mine.get(key, []), others.get(key, []))


def _differ(subject: str, ours: object, theirs: object) -> Failure:
    why = ("the two engines do not agree: this is a mistake in Scoreline, please report it with the scenario",)
    return Failure(subject, f"interpreter: {ours}", f"duckdb: {theirs}", why)
