"""`# allow L303 reason`: a lint that is silenced on one line, and a finding where nothing was to silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...grammar.codes import CODES
from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.nodes import Commented, Expr, File, Node
from ...grammar.source import Source, Span

ALLOW = re.compile(r"^\s*allow\s+((?:[A-Z]\d{3}\b[\s,]*)+)")
IN_YAML = re.compile(r"(?:^|\s)#(.*)$")
WITH_DATA = "L6"
"""How the codes of lints begin that need data: without any, nobody knows whether their allowances are needed."""
WITH_OUTCOME = "L7"
"""How those begin that need an outcome (`scoreline backtest`)."""


@dataclass(frozen=True)
class Allowance:
    """One code that is allowed on the lines of a place."""

    code: str
    span: Span
    reason: str = ""

    def covers(self, found: Diagnostic) -> bool:
        """Whether a finding is silenced: it begins on one of the lines, and it is a lint."""
        place = found.span
        is_here = place.path == self.span.path and self.span.line <= place.line <= self.span.end_line
        return is_here and found.code == self.code and found.code.startswith("L")


def apply_allowances(
    diagnostics: Sequence[Diagnostic],
    files: Sequence[File],
    manifest: Source | None = None,
    bases: Sequence[File] = (),
    with_data: bool = False,
) -> list[Diagnostic]:
    """The findings that are not allowed, with one (L505) for each allowance that silences nothing.

    Allowances of bases hold, too; whether they are needed is for the bases to say. `with_data` are the findings those
    of the lints that need data, or else those of all others; allowances for the rest are not judged.
    """
    written = [*(item for file in files for item in _in_rules(file)), *(_in_manifest(manifest) if manifest else ())]
    judged = [item for item in written if not item.code.startswith(WITH_OUTCOME)]
    allowed = [item for item in judged if item.code.startswith(WITH_DATA) == with_data]
    of_bases = [item for file in bases for item in _in_rules(file)]
    places = _by_line([*allowed, *of_bases])
    covering = {found: [item for item in places.get(_line(found), ()) if item.covers(found)] for found in diagnostics}
    needed = {item for items in covering.values() for item in items}
    left = [found for found in diagnostics if not covering[found]]
    unused = [_unused(item) for item in allowed if item not in needed]
    return sorted([*left, *unused, *_unexplained(item for item in allowed if item in needed)], key=Diagnostic.sort_key)


def allowance_for(found: Diagnostic, files: Iterable[File]) -> Allowance | None:
    """The comment in files of rules that allows a finding, if there is one."""
    own = (file for file in files if file.span.path == found.span.path)
    return next((item for file in own for item in _in_rules(file) if item.covers(found)), None)


def _by_line(allowed: Iterable[Allowance]) -> dict[tuple[str, int], list[Allowance]]:
    """The allowances of each line, because there may be many of them and many findings."""
    places: dict[tuple[str, int], list[Allowance]] = {}
    for item in allowed:
        for line in range(item.span.line, item.span.end_line + 1):
            places.setdefault((item.span.path, line), []).append(item)
    return places


def _line(found: Diagnostic) -> tuple[str, int]:
    return found.span.path, found.span.line


def _in_rules(node: Node) -> Iterator[Allowance]:
    if isinstance(node, Commented):
        yield from (allowed for comment in node.comments for allowed in _allowed(comment, _lines(node)))
    for child in node.children():
        if not isinstance(child, Expr):  # comments stand beside lines, never inside of a condition
            yield from _in_rules(child)


def _lines(node: Node) -> Span:
    """The lines that a comment speaks of: the statement, but of a block only its head."""
    first = min((item.span.line for item in _commented(node)), default=node.span.end_line + 1)
    end = max(node.span.line, min(node.span.end_line, first - 1))
    return Span(node.span.path, node.span.line, node.span.column, end, node.span.end_column)


def _commented(node: Node) -> Iterator[Node]:
    for child in node.children():
        if isinstance(child, Commented):
            yield child
        else:
            yield from _commented(child)


def _in_manifest(source: Source) -> Iterator[Allowance]:
    for number, text in enumerate(source.lines, 1):
        comment = IN_YAML.search(text)
        if comment is not None:
            span = Span(source.path, number, comment.start() + 1, number, len(text) + 1)
            yield from _allowed(comment[1], span)


def _allowed(comment: str, span: Span) -> Iterator[Allowance]:
    match = ALLOW.match(comment)
    for code in re.findall(r"[A-Z]\d{3}", match[1]) if match else ():
        yield Allowance(code, span, comment[match.end() :].strip() if match else "")


def allowing(code: str) -> str:
    """A pattern for what stands behind the `#` of a comment that allows a code, among others or alone."""
    return rf"allow\s+(?:[A-Z]\d{{3}}\b[\s,]*)*{re.escape(code)}\b.*"


def _unexplained(needed: Iterable[Allowance]) -> Iterator[Diagnostic]:
    """L506: allowances that are needed, and do not say why that is right."""
    for item in needed:
        if not item.reason:
            yield finding(
                "L506",
                f"`{item.code}` is allowed here without a reason",
                item.span,
                label="nobody will know why",
                hint=f"write why that is right: `# allow {item.code} no directors here`",
            )


def _unused(item: Allowance) -> Diagnostic:
    if item.code not in CODES:
        message, hint = f"there is no code `{item.code}` to allow", "correct the code, or take the comment out"
    elif not item.code.startswith("L"):
        message, hint = f"`{item.code}` is no lint and cannot be allowed", "only L codes can; mend what it says"
    else:
        message, hint = f"nothing here is a `{item.code}`", "take the comment out"
    return finding("L505", message, item.span, label="allows nothing", hint=hint)
