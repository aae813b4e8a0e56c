"""`scoreline validate`: everything that is wrong or doubtful in a ruleset."""

from __future__ import annotations

import click

from ..grammar.diagnostics import Severity
from . import loading
from .console import say, tell
from .options import format_option, ruleset_argument
from .reports import FORMATS, SEVERITIES, Report, ordered, render


@click.command("validate")
@ruleset_argument
@click.option(
    "--data",
    "-d",
    metavar="PATH",
    help="Also read these data: what does not fit the schema or, for a single file, was never seen.",
)
@format_option(*FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="The least severity that makes the command fail.",
)
@click.pass_context
def command(ctx: click.Context, ruleset: str, data: str | None, form: str, fail_on: Severity) -> None:
    """Find what is wrong or doubtful in RULESET, its lists and its scenarios.

    Nothing is scored. Exit code 0: clean, 1: findings, 2: no such ruleset.
    """
    report = everything(ruleset, data)
    rendered = render(report, form)
    if rendered:
        tell(rendered)
    if form in ("text", "concise"):
        say(("\n" if rendered and form == "text" else "") + f"{ruleset}: {report.summary()}")
    if report.fails(fail_on):
        ctx.exit(loading.exit_code(report))


def everything(name: str, data: str | None) -> Report:
    """The findings of the rules, and if these are sound, of the scenarios and of the data."""
    ruleset, report = loading.compiled(name, data=data)
    if ruleset is None:
        return report
    findings, sources = list(report.diagnostics), dict(report.sources)
    if ruleset.path.is_dir():
        from ..engine.scenarios.files import load_scenarios

        _, wrong, texts = load_scenarios(ruleset.path, ruleset.model)
        findings += wrong
        sources |= texts
    if data is not None:
        findings += loading.with_hint(loading.read(ruleset, data).findings, loading.rejected_hint(None))
    return Report(ordered(findings), sources, report.folder)
