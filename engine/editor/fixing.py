"""What mends a finding at a place, as replacements of text."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, Fix
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .project import Project


@dataclass(frozen=True)
class Action:
    """One thing that can be done about a finding."""

    title: str
    finding: Diagnostic
    fix: Fix
    preferred: bool = False


def actions(project: Project, shown: str, first: int, last: int) -> list[Action]:
    """What can be done about the findings on some lines of a file: the fix, or to allow a lint."""
    found = [item for item in project.examined.findings if item.span.path == shown and first <= item.span.line <= last]
    return [action for item in found for action in _actions(project, item)]


def _actions(project: Project, item: Diagnostic) -> Iterator[Action]:
    source = project.source(item.span.path)
    if item.fix is not None:
        span = item.fix.span
        old = source.line(span.line)[span.column - 1 : span.end_column - 1] if span.line == span.end_line else "this"
        title = f"replace `{old}` by `{item.fix.text}`" if item.fix.text and old else item.hint or "mend it"
        yield Action(title, item, item.fix, preferred=True)
    if item.code.startswith("L") and item.code != "L505" and item.span.path.endswith(".rules"):
        row = source.line(item.span.line)
        end = Span(item.span.path, item.span.line, len(row.rstrip()) + 1, item.span.line, len(row) + 1)
        comment = f"  # allow {item.code} "
        if "#" not in row:
            yield Action(f"allow {item.code} on this line, with a reason", item, Fix(end, f"{comment}because …"))
