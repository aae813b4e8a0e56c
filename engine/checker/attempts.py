"""Names that lines seem to define which cannot be read, so that their uses are not reported, too."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...grammar.diagnostics import Diagnostic
from ...grammar.source import Source

_DEFINES = re.compile(
    r"\s*(?:(?:param|list|table|signal|measure|score|grade)\s+`?(?P<named>\w+)"
    r"|derive\s+(?:contact|account)\.(?P<derived>[\w.]+)"
    r"|['\"]?(?P<staged>\w[\w ]*)['\"]?\s*(?:\"[^\"]*\"|'[^']*')?\s*:)",
    re.IGNORECASE,
)


def names_in_broken_lines(sources: Iterable[Source], findings: Iterable[Diagnostic]) -> set[str]:
    """What the lines with syntax errors seem to define: params, signals, scores … and stages."""
    places = {(item.span.path, item.span.line) for item in findings if item.code.startswith("S") and item.is_error}
    names: set[str] = set()
    for source in sources:
        for number in sorted(line for path, line in places if path == source.path):
            found = _first_line(source, number)
            names.update(name for name in (found.groups() if found else ()) if name)
    return names


def _first_line(source: Source, number: int) -> re.Match[str] | None:
    """The line that a broken one goes on from: the nearest above that seems to define something."""
    for above in range(number, max(number - 10, 0), -1):
        found = _DEFINES.match(source.line(above))
        if found:
            return found
    return None
