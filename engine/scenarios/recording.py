"""A scenario from live data: one lead or account as it is, cut down to what its results hang on, and made anonymous."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ...grammar.source import Source
from ..alone import depending_on_everybody
from ..data import Dataset
from ..data.matching import matched
from ..instants import Zone, day_end, format_instant, local_date
from ..interpreter import Evaluation, Row
from ..interpreter.outcome import entries
from ..links import key_of
from ..memory import anchored
from ..model import Model
from ..reads import Key
from ..records import Population
from ..surroundings import around
from .anonymous import named, on_whole_days, veiled
from .engines import duckdb, reference
from .expected import points, shown
from .reading import Scenario, read_scenarios
from .reducing import reduced
from .running import run
from .writing import Plain, scenario_text

Wanted = Literal["results", "stage"]
Results = Mapping[str, object]


class NotRecordable(Exception):
    """There is nothing to record; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Recording:
    """A scenario as text, and how much of the data it needs."""

    text: str
    name: str
    level: Level
    events: int
    events_before: int


def record(
    model: Model,
    dataset: Dataset,
    id_: str,
    as_of: int,
    *,
    wanted: Wanted = "results",
    level: Level | None = None,
    taken: Collection[str] = (),
    match_by_domain: bool = False,
    watch: Callable[[str], None] = lambda phase: None,
) -> Recording:
    """The scenario of a lead or account that passes at once, on both engines.

    `wanted` are its results (stage, scores with the lines that fired, grades), or its `stage` alone; `taken` are names
    of scenarios that it may not have. Raises NotRecordable.
    """
    watch("looking for it")
    unsure = depending_on_everybody(model)
    sure = replace(model, order=tuple(item for item in model.order if key_of(item) not in unsure))
    population = around(dataset, sure, id_)
    level = level or _level(model, population, as_of, id_)

    def results(of: Population, who: str, model: Model = model) -> dict[str, object] | None:
        row = (evaluation := Evaluation(model, of, as_of)).row(level, who)
        return None if row is None else _results(evaluation, row, wanted, unsure)

    before = results(population, id_, anchored(model, dataset.oldest_event, as_of))
    if before is None:
        raise NotRecordable(f"there is no lead or account `{id_}` in the data")
    if not before:
        raise NotRecordable(f"nothing of `{id_}` can be recorded", "its results depend on everybody else's")

    def holds(fewer: Population, who: str = id_) -> bool:
        return results(fewer, who) == before

    if not holds(population):
        hint = "write the first day into ruleset.yaml: `history_from: 2025-01-01`"
        raise NotRecordable(f"the results of `{id_}` hang on days before its first event", hint)
    watch("leaving out what changes nothing")
    smaller = reduced(population, holds)
    watch("making it anonymous")
    renamed, accounts, contacts = named(smaller)
    who = (accounts if level == "account" else contacts).get(id_, id_)
    if not holds(renamed, who):
        raise NotRecordable(f"the results of `{id_}` hang on the ids themselves", "write the scenario by hand")
    veil = veiled(renamed, model.schema, lambda fewer: holds(fewer, who))
    final = on_whole_days(veil, as_of, lambda fewer: holds(fewer, who))
    title, instant = _title(level, before, taken), instant_text(as_of, model.timezone)
    expected = {level: {who: _expected(before)}}
    for ids in (False, True):
        text = scenario_text(title, instant, as_of, final, expected, model.schema, ids)
        if _passes(model, text, match_by_domain):
            return Recording(text, title, level, len(final.events), len(population.events))
    raise NotRecordable(f"`{id_}` cannot be written as a scenario that gives the same", "write the scenario by hand")


def instant_text(at: int, timezone: str) -> str:
    """An instant as a scenario gives it: the end of a day as its date.

    >>> instant_text(86_399_999_999, "UTC"), instant_text(86_400_000_000, "UTC")
    ('1970-01-01', '1970-01-02T00:00:00Z')
    """
    zone = Zone.named(timezone)
    day = local_date(at, zone)
    return day.isoformat() if day_end(day, zone) == at else format_instant(at)


def _title(level: Level, results: Results, taken: Collection[str]) -> str:
    """What the scenario is called: a person can give it a better name."""
    noun = "an account" if level == "account" else "a person"
    at = f" at {results['stage']}" if results.get("stage") else ""
    names = (f"{noun}{at}, recorded{number}" for number in ("", *(f" ({count})" for count in range(2, len(taken) + 3))))
    return next(name for name in names if name not in taken)


def _level(model: Model, population: Population, as_of: int, id_: str) -> Level:
    evaluation = Evaluation(model, population, as_of)
    if evaluation.row("account", id_) is None:
        return "lead"
    if evaluation.row("lead", id_) is not None:
        raise NotRecordable(f"there is a lead `{id_}` and an account `{id_}`", "add `--only lead` or `--only account`")
    return "account"


def _passes(model: Model, text: str, match_by_domain: bool) -> bool:
    """Whether the scenario, read back as it is written, passes on both engines."""
    scenarios, wrong = read_scenarios(Source("tests/recorded.yaml", f"scenarios:\n{text}"), model)
    if wrong or len(scenarios) != 1:
        return False
    scenario: Scenario = scenarios[0]
    if match_by_domain:
        scenario = replace(scenario, population=matched(scenario.population))
    return all(verdict.passed for verdict in run(model, [scenario], reference, duckdb))


# --- results --------------------------------------------------------------------------------------------------------


def _results(evaluation: Evaluation, row: Row, wanted: Wanted, unsure: Collection[Key]) -> dict[str, object]:
    """What is expected of an entity; results that compare it with everybody are left out."""
    model, level = evaluation.model, row.level
    found: dict[str, object] = {}
    if model.stages(level) is not None and Key("stage", level, "stage") not in unsure:
        found["stage"] = evaluation.stage(row)
    if wanted == "stage":
        return found
    lines: dict[str, int] = {}
    for score in model.scores(level):
        if Key("score", level, score.name) not in unsure:
            work = evaluation.work(score, row)
            found[score.name] = work.total
            for entry in entries(evaluation, work):
                if entry.line is not None:
                    lines[entry.line] = lines.get(entry.line, 0) + entry.points
    for grade in model.grades(level):
        if Key("grade", level, grade.name) not in unsure:
            found[grade.name] = evaluation.grade(grade, row)
    found["disqualified"] = evaluation.disqualified(row.entity)
    return {**found, "lines": lines} if lines else found


def _expected(results: Results) -> dict[str, object]:
    """The results as a scenario writes them."""
    written: dict[str, object] = {}
    for name, value in results.items():
        if name == "lines" and isinstance(value, dict):
            written["lines"] = {line: Plain(shown(points(units))) for line, units in value.items()}
        elif isinstance(value, int):
            written[name] = Plain(shown(points(value)))
        elif name != "disqualified" or value is not None:
            written[name] = value
    return written
