"""`--summary FILE`: what a command found, as Markdown at the end of a file that a CI server shows beside the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .pages import Block, Code, Folded, Grid, Head, Page, Point, Points, Prose, Said, said
from .reports import Report, plural

if TYPE_CHECKING:
    from ..engine.scenarios.running import Verdict

MOST_SHOWN = 50
"""Findings and failures of one command; GitHub takes a summary of 1 MiB, and nobody reads so far."""

summary_option = click.option(
    "--summary",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help='Also append it as Markdown to this file; on GitHub that is "$GITHUB_STEP_SUMMARY".',
)


def append(path: Path, page: Page) -> None:
    """Put a page at the end of the file: other steps have written there before, and will."""
    from .page_markdown import render

    append_text(path, render(page))


def append_text(path: Path, text: str) -> None:
    """Put Markdown at the end of the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        out.write(text + "\n")


# --- findings -----------------------------------------------------------------------


def findings_page(name: str, report: Report) -> Page:
    """The findings of `validate`, a row each."""
    return tuple(_findings(name, report))


def _findings(name: str, report: Report) -> Iterator[Block]:
    yield Head(said("Findings in ", Code(name)), 1)
    yield Prose(said(report.summary()), "bad" if report.count("error") else "plain")
    if not report.diagnostics:
        return
    rows: list[tuple[Said, ...]] = []
    for item in report.diagnostics[:MOST_SHOWN]:
        line = f":{item.span.line}" if item.span.line else ""
        place = said(Code(report.path(item.span.path) + line)) if item.span.path else ()
        words = f"{item.message} – {item.hint}" if item.hint else item.message
        text = said(" ".join(words.split()))  # a row is one line
        rows.append((said(item.severity), said(f"{item.code} {item.name}"), place, text))
    yield Grid(("", "code", "place", "finding"), tuple(rows))
    yield from _left_out(len(report.diagnostics))


# --- scenarios ----------------------------------------------------------------------


def scenarios_page(name: str, verdicts: Mapping[str, Sequence[Verdict]]) -> Page:
    """How the scenarios of `test` went: those that failed with what was expected and what came."""
    return tuple(_scenarios(name, verdicts))


def _scenarios(name: str, verdicts: Mapping[str, Sequence[Verdict]]) -> Iterator[Block]:
    every = [(path, verdict) for path, found in verdicts.items() for verdict in found]
    failed = [(path, verdict) for path, verdict in every if not verdict.passed]
    yield Head(said("Scenarios of ", Code(name)), 1)
    broken = f", {len(failed):,} failed" if failed else ""
    yield Prose(
        said(f"{plural(len(every), 'scenario')}: {len(every) - len(failed):,} passed{broken}"),
        "bad" if failed else "good",
    )
    for path, verdict in failed[:MOST_SHOWN]:
        title = said(Code(f"{path}:{verdict.scenario.span.line}"), " ", verdict.scenario.name)
        yield Folded(title, (Points(tuple(_failures(verdict))),))
    yield from _left_out(len(failed))


def _failures(verdict: Verdict) -> Iterator[Point]:
    for each in verdict.failures:
        why = tuple(Point(said(Code(line))) for line in each.why)
        below = (Point(said("expected ", Code(each.expected))), Point(said("came ", Code(each.came)), why))
        yield Point(said(each.subject), below)


def _left_out(count: int) -> Iterator[Block]:
    if count > MOST_SHOWN:
        yield Prose(said(f"… and {count - MOST_SHOWN:,} more."))
