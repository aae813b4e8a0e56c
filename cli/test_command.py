"""`scoreline test`: the scenarios of a ruleset, on both engines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..grammar.diagnostics import finding
from . import loading
from .completing import scenarios
from .console import progress, tell
from .failures import fail
from .options import ruleset_argument, set_option
from .outputs import write_text
from .reports import Report, ordered, plural, printable
from .step_summary import append, scenarios_page, summary_option
from .values import Amount

if TYPE_CHECKING:
    from ..engine.ruleset import Ruleset
    from ..engine.scenarios.conditions import ConditionCoverage
    from ..engine.scenarios.coverage import LineCoverage
    from ..engine.scenarios.files import ScenarioFile
    from ..engine.scenarios.recording import Wanted
    from ..engine.scenarios.running import Failure, Verdict

_HINT = "write `tests/first.yaml` in the ruleset's folder; `scoreline init` shows one"


@click.command("test")
@ruleset_argument
@click.option(
    "--coverage", is_flag=True, help="Also say which lines never fired, and which conditions were never true or false."
)
@click.option(
    "--fail-under",
    type=Amount(0, 100),
    metavar="PERCENT",
    help="Fail if fewer of the lines fired than this (implies --coverage).",
)
@click.option(
    "--fail-under-outcomes",
    type=Amount(0, 100),
    metavar="PERCENT",
    help="Fail if fewer of the outcomes of conditions were seen than this (implies --coverage).",
)
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a JUnit report.")
@summary_option
@click.option(
    "-k",
    "pattern",
    metavar="PATTERN",
    shell_complete=scenarios,
    help="Only scenarios whose file or name contains this.",
)
@set_option
@click.option(
    "--record",
    "recorded",
    metavar="ID",
    help="Make a scenario of this account or lead in --data, cut down to what matters and made anonymous.",
)
@click.option("--data", "-d", metavar="PATH", help="The data that --record reads. Default: the ruleset's own.")
@click.option(
    "--as-of",
    metavar="WHEN",
    default="latest",
    show_default=True,
    help="The instant that --record looks at: 2026-03-01T09:00Z, a date, or `latest` for the newest event.",
)
@click.option(
    "--expect",
    "wanted",
    type=click.Choice(["results", "stage"]),
    default="results",
    show_default=True,
    help="What the recorded scenario expects: stage, scores, lines and grades, or the stage alone.",
)
@click.option(
    "--only", "level", type=click.Choice(["lead", "account"]), help="What the ID of --record is, if it is both."
)
@click.option(
    "--into",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Put the recorded scenario at the end of this file instead of printing it.",
)
@click.pass_context
def command(
    ctx: click.Context,
    ruleset: str,
    coverage: bool,
    fail_under: float | None,
    fail_under_outcomes: float | None,
    junit: Path | None,
    summary: Path | None,
    pattern: str | None,
    settings: tuple[str, ...],
    recorded: str | None,
    data: str | None,
    as_of: str,
    wanted: Wanted,
    level: Literal["lead", "account"] | None,
    into: Path | None,
) -> None:
    """Run the scenarios of RULESET on both engines, or record a new one from data.

    Scenarios are the files tests/*.yaml of its folder. Exit code 0: all passed, 1: some failed.
    """
    if recorded is not None or data is not None or into is not None:
        from ..engine.places import own_data
        from .record import record

        place = data or own_data(ruleset)
        if recorded is None or place is None:
            fail("a scenario is recorded with `--record ID --data PATH`", "add the one that is missing")
        data = str(place)
        record(ruleset, loading.load(ruleset, settings, data), recorded, data, as_of, wanted, level, into)
        return
    started = time.perf_counter()
    rules = loading.load(ruleset, settings)
    files = chosen(rules, loading.folder_of(ruleset), pattern)
    verdicts = run_files(rules, files)
    failed = sum(not verdict.passed for found in verdicts.values() for verdict in found)
    count = sum(map(len, verdicts.values()))
    passed = click.style(f"{count - failed} passed", fg="green")
    broken = f", {click.style(f'{failed} failed', fg='red', bold=True)}" if failed else ""
    tell(f"\n{plural(count, 'scenario')}: {passed}{broken} · {time.perf_counter() - started:.1f} s")
    if junit is not None:
        from ..engine.scenarios.junit import document

        write_text(junit, document(rules.name, verdicts))
    if summary is not None:
        append(summary, scenarios_page(ruleset, verdicts))
    uncovered = False
    if coverage or fail_under is not None or fail_under_outcomes is not None:
        uncovered = covered_below(show_coverage(rules, verdicts), fail_under)
        uncovered |= covered_below(show_outcomes(rules, files), fail_under_outcomes)
    if failed or uncovered:
        ctx.exit(1)


def chosen(rules: Ruleset, folder: str, pattern: str | None) -> list[ScenarioFile]:
    """The scenarios to run; mistakes in any file end the command, and so does nothing to run."""
    from dataclasses import replace

    from ..engine.scenarios.files import load_scenarios

    files, findings, sources = load_scenarios(
        rules.path, rules.model, match_by_domain=rules.manifest.match_accounts is not None
    )
    if any(item.is_error for item in findings):
        loading.stop(Report(ordered(findings), sources, folder))
    sought = (pattern or "").lower()
    kept = [
        replace(file, scenarios=tuple(each for each in file.scenarios if sought in f"{file.path} {each.name}".lower()))
        for file in files
    ]
    if not any(file.scenarios for file in kept):
        which = f" that matches `{pattern}`" if pattern and any(file.scenarios for file in files) else ""
        loading.stop(Report((finding("X104", f"`{rules.name}` has no scenario{which}", hint="" if which else _HINT),)))
    return [file for file in kept if file.scenarios]


def run_files(rules: Ruleset, files: Sequence[ScenarioFile]) -> dict[str, list[Verdict]]:
    """Run the scenarios of all files together and say how each went."""
    from ..engine.scenarios.engines import duckdb, duckdb_apart, reference
    from ..engine.scenarios.running import run
    from .test_failures import explained

    progress("running scenarios …")
    scenarios = [each for file in files for each in file.scenarios]
    verdicts = run(rules.model, scenarios, reference, duckdb, duckdb_apart)
    found: dict[str, list[Verdict]] = {}
    for file in files:
        found[file.path] = [explained(rules.model, next(verdicts)) for _ in file.scenarios]
        tell(click.style(file.path, bold=True))
        for verdict in found[file.path]:
            mark = click.style("✓", fg="green") if verdict.passed else click.style("✗", fg="red", bold=True)
            tell(f"  {mark} {verdict.scenario.name}")
            for failure in verdict.failures:
                tell("\n".join(f"      {line}" for line in told(failure)))
    return found


def told(failure: Failure) -> list[str]:
    """A failure for people: what, expected, came, and why."""
    return [
        click.style(failure.subject, bold=True),
        f"  expected  {failure.expected}",
        f"  came      {click.style(failure.came, fg='red')}",
        *(click.style(f"            {line}", dim=True) for line in failure.why),
    ]


def show_coverage(rules: Ruleset, verdicts: dict[str, list[Verdict]]) -> float:
    """Say which lines never fired; the percentage of those that did."""
    from ..engine.scenarios.coverage import coverage, share

    found = coverage(rules.model, [verdict.fired for items in verdicts.values() for verdict in items], rules.files)
    never = [item for item in found if not item.fired]
    percent = share(found)
    tell(f"\n{len(found) - len(never)} of {plural(len(found), 'line')} fired in a scenario ({percent:.0f} %)")
    for line in uncovered_lines(never):
        tell(f"  {line}")
    return percent


def show_outcomes(rules: Ruleset, files: Sequence[ScenarioFile]) -> float:
    """Say which conditions were never true, or never false; the percentage of outcomes that were seen."""
    from ..engine.scenarios.conditions import condition_coverage, outcomes_share

    found = condition_coverage(rules.model, [each for file in files for each in file.scenarios], rules.files)
    percent = outcomes_share(found)
    seen = sum(item.seen for item in found)
    tell(f"{seen} of {2 * len(found)} outcomes of {plural(len(found), 'condition')} seen ({percent:.0f} %)")
    for line in unseen_outcomes([item for item in found if item.seen < 2]):
        tell(f"  {line}")
    return percent


def covered_below(percent: float, least: float | None) -> bool:
    """Whether this is less than what was asked for."""
    return least is not None and percent < least


def unseen_outcomes(found: Sequence[ConditionCoverage]) -> list[str]:
    """The conditions of which an outcome was never seen, with their places."""
    places = [f"{item.condition.span.path}:{item.condition.span.line}" for item in found]
    wide = max(map(len, places), default=0)
    lines = []
    for place, item in zip(places, found, strict=True):
        never = "never held, never failed" if not item.seen else "never held" if not item.was_true else "never failed"
        lines.append(f"{place:<{wide}}  {never}: {printable(item.condition.text)} ({item.condition.owner})")
    return lines


def uncovered_lines(never: Sequence[LineCoverage]) -> list[str]:
    """The lines that never fired, with their places."""
    places = [f"{item.span.path}:{item.span.line}" for item in never]
    wide = max(map(len, places), default=0)
    return [f"{place:<{wide}}  {item.line} ({item.score})" for place, item in zip(places, never, strict=True)]
