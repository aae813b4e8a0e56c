"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..grammar.code_pages import code_page
from ..grammar.codes import CODES
from ..grammar.diagnostics import Diagnostic, Fix
from ..grammar.source import Span
from .reports import Report

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report) -> str:
    """One SARIF log with one run."""
    codes = sorted({item.code for item in report.diagnostics})
    driver = {"name": "scoreline", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes.index(item.code), report) for item in report.diagnostics],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(code: str) -> dict[str, Any]:
    known = CODES[code]
    page = code_page(code)
    return {
        "id": code,
        "name": known.name,
        "shortDescription": {"text": known.summary},
        "fullDescription": {"text": page.partition("\n## ")[0].strip()},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[known.severity]},
    }


def _result(item: Diagnostic, index: int, report: Report) -> dict[str, Any]:
    text = f"{item.message}. Hint: {item.hint}" if item.hint else item.message
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _LEVELS[item.severity],
        "message": {"text": text},
        "locations": [_location(item.span if item.span.path else _whole(report), report, item.label)],
    }
    if item.related:
        result["relatedLocations"] = [_location(other.span, report, other.message) for other in item.related]
    if item.fix is not None:
        result["fixes"] = [_fix(item.fix, item.hint, report)]
    return result


def _whole(report: Report) -> Span:
    """Where a finding stands that is about the whole: code scanning takes none without a place."""
    return Span(next(iter(report.sources), "ruleset.yaml"))


def _location(span: Span, report: Report, message: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(span, report)}
    if span.line:
        place["region"] = _region(span)
    location: dict[str, Any] = {"physicalLocation": place}
    if message:
        location["message"] = {"text": message}
    return location


def _artifact(span: Span, report: Report) -> dict[str, Any]:
    return {"uri": quote(report.path(span.path))}


def _region(span: Span) -> dict[str, Any]:
    return {
        "startLine": span.line,
        "startColumn": max(span.column, 1),
        "endLine": max(span.line, span.end_line),
        "endColumn": max(span.end_column, 1),
    }


def _fix(fix: Fix, hint: str, report: Report) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
    change = {"artifactLocation": _artifact(fix.span, report), "replacements": [replacement]}
    return {"description": {"text": hint or "replace"}, "artifactChanges": [change]}
