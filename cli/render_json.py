"""Findings as JSON, for programs."""

from __future__ import annotations

import json
from typing import Any

from ..grammar.diagnostics import Diagnostic
from ..grammar.source import Span
from .reports import SEVERITIES, Report


def render(report: Report) -> str:
    """One object: `diagnostics`, and how many there are of each severity."""
    summary = {severity: report.count(severity) for severity in SEVERITIES}
    findings = [_finding(item, report) for item in report.diagnostics]
    return json.dumps({"summary": summary, "diagnostics": findings}, ensure_ascii=False, indent=2)


def _finding(item: Diagnostic, report: Report) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "severity": item.severity,
        "message": item.message,
        **_place(item.span, report),
        "label": item.label or None,
        "hint": item.hint or None,
        "related": [{**_place(other.span, report), "message": other.message} for other in item.related],
        "fix": None if item.fix is None else {**_place(item.fix.span, report), "text": item.fix.text},
    }


def _place(span: Span, report: Report) -> dict[str, Any]:
    """Lines and columns count from 1, the end column is exclusive; null where a finding has no place in a text."""
    known = bool(span.line)
    return {
        "path": report.path(span.path) or None,
        "line": span.line if known else None,
        "column": span.column if known else None,
        "end_line": span.end_line if known else None,
        "end_column": span.end_column if known else None,
    }
