"""One line a finding, as editors and grep like it: `path:line:col: CODE message`."""

from __future__ import annotations

from ..grammar.diagnostics import Diagnostic
from .reports import Report, printable


def render(report: Report) -> str:
    """The findings, a line each."""
    return "\n".join(_line(item, report) for item in report.diagnostics)


def _line(item: Diagnostic, report: Report) -> str:
    span = item.span
    place = report.path(span.path) or "-"
    if span.line:
        place += f":{span.line}:{span.column}"
    return printable(f"{place}: {item.code} {item.message}")
