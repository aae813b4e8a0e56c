"""`scoreline validate`: everything that is wrong or doubtful in a ruleset."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..grammar.diagnostics import Diagnostic, Severity
from . import loading
from .console import progress, say, tell
from .options import format_option, ruleset_argument
from .outputs import write_text
from .reports import FORMATS, SEVERITIES, Report, ordered, render
from .step_summary import append, findings_page, summary_option

if TYPE_CHECKING:
    from ..engine.ruleset import Ruleset


@click.command("validate")
@ruleset_argument
@click.option(
    "--data",
    "-d",
    metavar="PATH",
    help="Also read and score these data: what does not fit the schema, what rules miss, lines that never fire.",
)
@click.option(
    "--as-of",
    metavar="WHEN",
    default="latest",
    show_default=True,
    help="The instant at which --data are looked at: 2026-03-01T09:00Z, a date, or `latest` for the newest event.",
)
@format_option(*FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="The least severity that makes the command fail.",
)
@click.option(
    "--against",
    metavar="REVISION",
    help="`version` must be later than there if the meaning changed: `main`, a tag, or a folder.",
)
@click.option(
    "--fix", is_flag=True, help="First mend what mends itself without a change of meaning, and slips of writing."
)
@click.option(
    "--sarif", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also write a SARIF file."
)
@summary_option
@click.pass_context
def command(
    ctx: click.Context,
    ruleset: str,
    data: str | None,
    as_of: str,
    form: str,
    fail_on: Severity,
    against: str | None,
    fix: bool,
    sarif: Path | None,
    summary: Path | None,
) -> None:
    """Find what is wrong or doubtful in RULESET, its lists and its scenarios.

    Exit code 0: clean, 1: findings, 2: no such ruleset.
    """
    if fix:
        from .fixes import fix as mend

        mend(ruleset)
    report = everything(ruleset, data, as_of, against)
    rendered = render(report, form)
    if rendered:
        tell(rendered)
    if sarif is not None:
        write_text(sarif, render(report, "sarif") + "\n")
    if summary is not None:
        append(summary, findings_page(ruleset, report))
    if form in ("text", "concise"):
        say(("\n" if rendered and form == "text" else "") + f"{ruleset}: {report.summary()}")
    if report.fails(fail_on):
        ctx.exit(loading.exit_code(report))


def everything(name: str, data: str | None, as_of: str = "latest", against: str | None = None) -> Report:
    """The findings of the rules, and if these are sound, of their version, of the scenarios and of the data."""
    ruleset, report = loading.compiled(name, data=data, linted=True)
    if ruleset is None:
        return report
    findings, sources = list(report.diagnostics), dict(report.sources)
    if against is not None:
        from .version_check import version_findings

        findings += version_findings(ruleset, name, against)
    if ruleset.path.is_dir():
        from ..engine.scenarios.files import load_scenarios

        _, wrong, texts = load_scenarios(ruleset.path, ruleset.model)
        findings += wrong
        sources |= texts
    outside: dict[str, str] = {}
    if data is not None:
        found = with_data(ruleset, data, as_of)
        findings += found
        outside = files_of(data, found)
    return Report(ordered(findings), sources, report.folder, outside)


def with_data(ruleset: Ruleset, data: str, as_of: str) -> list[Diagnostic]:
    """What is doubtful about the data, and about the rules beside them."""
    from ..engine.data_lints.catalogue import lint_with_data

    dataset = loading.read(ruleset, data, check_promises=True)
    found = loading.with_hint(dataset.findings, loading.rejected_hint(None))
    if dataset.newest_event() is not None:
        progress("scoring …")
        found += lint_with_data(ruleset, dataset, loading.instant(as_of, ruleset, dataset))
    return found


def files_of(data: str, found: Sequence[Diagnostic]) -> dict[str, str]:
    """The files of data that findings name by their place in the data, and where they lie from here."""
    root = Path(data) if Path(data).is_dir() else Path(data).parent
    paths = {item.span.path for item in found if item.span.path}
    return {path: Path(os.path.relpath(root / path)).as_posix() for path in paths if (root / path).is_file()}
