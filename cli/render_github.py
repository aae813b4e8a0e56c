"""Findings as workflow commands, which GitHub shows at the lines of a pull request."""

from __future__ import annotations

from ..grammar.diagnostics import Diagnostic
from .reports import Report, printable

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """The findings, a command each."""
    return "\n".join(_command(item, report) for item in report.diagnostics)


def _command(item: Diagnostic, report: Report) -> str:
    span = item.span
    properties = {"title": f"{item.code} {item.name}"}
    if span.path:
        properties["file"] = report.path(span.path)
    if span.line:
        properties |= {"line": str(span.line), "endLine": str(span.end_line)}
        if span.line == span.end_line:  # GitHub takes columns only then
            properties |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column - 1))}
    message = f"{item.message}\nhint: {item.hint}" if item.hint else item.message
    settings = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[item.severity]} {settings}::{_data(message)}"


def _data(text: str) -> str:
    lines = [printable(line) for line in text.replace("%", "%25").split("\n")]
    return "%0A".join(lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
