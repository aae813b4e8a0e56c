"""`scoreline plan`: how a ruleset is computed."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import click

from . import loading
from .console import say_next, tell, width
from .failures import fail
from .options import format_option, ruleset_argument, set_option
from .reports import printable

if TYPE_CHECKING:
    from ..engine.outline import Outline, StepOutline

DIALECTS = ("duckdb", "postgres", "snowflake", "bigquery", "spark")


@click.command("plan")
@ruleset_argument
@click.option("--contributions", is_flag=True, help="The plan of a run that also says what every line gave.")
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, 3700),
    help="The plan of a replay of so many days, one after the other.",
)
@click.option("--sql", is_flag=True, help="The SQL of each step.")
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="duckdb",
    show_default=True,
    help="For --sql. Runs use DuckDB; the others are translations to read, which nobody has run.",
)
@click.option("--step", metavar="NAME", help="Only this step.")
@click.option(
    "--data", "-d", metavar="PATH", help="For a single file of rules: data that show which fields and events there are."
)
@format_option("text", "json")
@set_option
def command(
    ruleset: str,
    contributions: bool,
    days: int | None,
    sql: bool,
    dialect: str,
    step: str | None,
    data: str | None,
    form: str,
    settings: tuple[str, ...],
) -> None:
    """Show how RULESET is computed: what is read of the data, how each rule is counted, and the steps in their order.

    `scoreline run --profile` says how long each of the steps takes on your data.
    """
    from ..engine.outline import outline

    rules = loading.load(ruleset, settings, data)
    found = loading.with_plan(rules, ruleset, lambda: outline(rules.model, contributions, days))
    shown = found.steps if step is None else (_chosen(found, step),)
    title = printable(f"{rules.name} {rules.version}".strip()) + (f", at {days} instants" if days else "")
    if form == "json":
        from .plan_document import document

        said = document(found, rules, shown, (lambda name: _statement(found, name, dialect)) if sql else None)
        tell(json.dumps(said, ensure_ascii=False, indent=2))
        return
    if sql:
        tell(_script(found, shown, dialect, title))
        return
    from .plan_text import render, steps

    tell(render(found, title, width()) if step is None else "\n".join(steps(shown, width())))
    chosen = [*(["--contributions"] if contributions else []), *(["--days", str(days)] if days else [])]
    chosen += [*(["--step", step] if step else []), "--sql"]
    params = [word for setting in settings for word in ("--set", setting)]
    same = shlex.join([ruleset, *(["--data", data] if data else []), *params])
    say_next(
        f"scoreline plan {same} {shlex.join(chosen)}",
        f"scoreline run {same}{'' if data else ' --data DATA'} --profile",
    )


def _chosen(found: Outline, name: str) -> StepOutline:
    from ..engine.suggest import did_you_mean

    names = [step.name for step in found.steps]
    if name not in names:
        fail(f"there is no step `{name}`", did_you_mean(name, names))
    return found.steps[names.index(name)]


def _script(found: Outline, shown: tuple[StepOutline, ...], dialect: str, title: str) -> str:
    """All statements with a comment before each."""
    from ..engine.outline.statements import note, note_on_instant

    head = [f"-- {title}", f"-- {note_on_instant(found.plan)}"]
    if dialect != "duckdb":
        head.append("-- a translation to read: only DuckDB runs these plans")
    parts = ["\n".join(head)]
    for step in shown:
        about = [f"-- {step.name}: {step.purpose}"]
        if more := note(found.plan, found.plan.step(step.name)):
            about.append(f"-- {more}")
        parts.append("\n".join([*about, f"{_statement(found, step.name, dialect)};"]))
    return "\n\n".join(parts)


def _statement(found: Outline, name: str, dialect: str) -> str:
    from ..engine.outline.statements import CannotSay, statement

    try:
        return statement(found.plan.step(name), dialect)
    except CannotSay as error:
        fail(f"{dialect}: {error}", "leave `--dialect` out for the SQL that runs")
