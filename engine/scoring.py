"""A ruleset and data in, results out: what the command line and the Python API call."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .compiling import Compiled, RulesetError, compile_at
from .data import MATCHED, MAX_REJECTED, Dataset, read
from .frames import Results, results_of
from .instants import Zone, day_end, parse_instant
from .narrowing import narrowed
from .records import Population
from .unchanged import answers_about

if TYPE_CHECKING:
    import duckdb

    from .data import KnownEvents, Progress
    from .explain import Explanation
    from .plan import Plan
    from .ready import Ready
    from .runners.across import Counted
    from .runners.embedded import Watch
    from .runners.recalling import Known

#: What can be scored: a path, a mapping of plain dicts or frames, typed records, or data that were read before.
Data = str | Path | Mapping[str, object] | Population | Dataset
Instant = str | int | datetime.date | datetime.datetime
Engine = Literal["duckdb", "interpreter"]


def fitted(ruleset: Compiled, data: Data, params: Mapping[str, object] | None = None) -> Compiled:
    """The ruleset for these data and params: a single file of rules takes its schema from the data.

    Raises RulesetError if the rules do not fit.
    """
    infers = ruleset.is_single_file and not isinstance(data, Dataset | Population)
    if not infers and not params:
        return ruleset
    from .data import infer_schema

    inferred = infer_schema(data) if infers else None  # type: ignore[arg-type]
    found, findings, sources = compile_at(ruleset.path, params=params, inferred=inferred, linted=False)
    if found is None:
        raise RulesetError(findings, sources)
    return found


def open_data(
    ruleset: Compiled,
    data: Data,
    *,
    strict: bool = False,
    max_rejected: float = MAX_REJECTED,
    progress: Progress | None = None,
    only_read: bool = False,
    also: Iterable[tuple[str, str]] = (),
    check_promises: bool = False,
    connection: duckdb.DuckDBPyConnection | None = None,
    known: KnownEvents | None = None,
) -> Dataset:
    """The data as typed tables; `only_read`: without the columns that no rule reads, but for those in `also`, each
    with its level. Raises DataError.

    `check_promises`: look whether ids are as different as sources promise. `connection` is the engine that holds them,
    where it is not one of their own; events that are `known` to it are not read again (see `engine.data.known`).
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, Population):
        return Dataset.from_population(data, ruleset.model.schema)
    matches = ruleset.manifest.match_accounts is not None
    return read(
        data,
        ruleset.model.schema,
        ruleset.manifest.sources,
        only=narrowed(ruleset.model, (*also, *(MATCHED if matches else ()))) if only_read else None,
        zone=Zone.named(ruleset.model.timezone),
        match_by_domain=matches,
        strict=strict,
        max_rejected=max_rejected,
        check_promises=check_promises,
        progress=progress,
        connection=connection,
        known=known,
        answers=answers_about(data, ruleset.manifest.sources),
    )


def instant(as_of: Instant, ruleset: Compiled, dataset: Dataset) -> int:
    """An instant in microseconds: `latest` is the newest event's, a date its last microsecond there.

    Raises ValueError if it is none.
    """
    zone = Zone.named(ruleset.model.timezone)
    if isinstance(as_of, datetime.datetime):
        found = parse_instant(as_of.isoformat(), zone)
    elif isinstance(as_of, datetime.date):
        return day_end(as_of, zone)
    elif isinstance(as_of, int):
        return as_of
    elif as_of == "latest":
        found = dataset.newest_event()
    else:
        found = parse_instant(as_of.strip(), zone, end_of_day=True)
    if found is None:
        raise ValueError(
            "there are no events, so there is no latest" if as_of == "latest" else f"{as_of!r} is no instant"
        )
    return found


def score(
    ruleset: Compiled,
    data: Data,
    *,
    as_of: Instant,
    params: Mapping[str, object] | None = None,
    engine: Engine = "duckdb",
    contributions: bool = True,
    history: bool = False,
    planned: Callable[[Ready], None] | None = None,
    watch: Watch | None = None,
    known: Callable[[Plan, Dataset, int], Known | None] | None = None,
    counted: Counted | None = None,
) -> Results:
    """Every lead and account of the data, scored at an instant. See `Ruleset.score`.

    `known` gives what is known of a day before, where the results hang on the days before.
    `planned` is told of the plan before it runs, `watch` of each step when it is done, `counted` of the days
    before as they are worked out; the interpreter has none of them.
    """
    ruleset = fitted(ruleset, data, params)
    dataset = open_data(ruleset, data, only_read=True)
    at = instant(as_of, ruleset, dataset)
    if engine == "interpreter":
        from .interpreter import interpret

        outcome = interpret(ruleset.model, dataset.population(), at, dataset.counts, history)
        return results_of(ruleset.model, outcome, history)
    from .kept import results_of_run
    from .ready import ready
    from .runners.embedded import has_all_recorded, run_plan

    found = ready(ruleset.model, dataset.connection, contributions, history, recorded=dataset.all_recorded)
    if planned is not None:
        planned(found)
    recalled = None if known is None or found.plan.days is None else known(found.plan, dataset, at)
    made = run_plan(found.plan, dataset, at, contributions, watch, known=recalled, counted=counted, steps=found.steps)
    if not dataset.all_recorded and has_all_recorded(made, dataset):
        dataset.note_all_recorded()
    made.let_go()
    return results_of_run(ruleset.model, made)


def explain(
    ruleset: Compiled,
    entity: str,
    data: Data,
    *,
    as_of: Instant,
    params: Mapping[str, object] | None = None,
    level: Literal["lead", "account"] | None = None,
    goal: str | None = None,
    ahead: bool = False,
    since: bool | None = None,
) -> Explanation:
    """Why one lead or account has its scores and its stage. See `Ruleset.explain`."""
    from .asking import explained

    ruleset = fitted(ruleset, data, params)
    dataset = open_data(ruleset, data)
    at = instant(as_of, ruleset, dataset)
    return explained(ruleset, entity, dataset, at, level=level, goal=goal, ahead=ahead, since=since)
