"""Findings for people: the message, the line that it speaks of with the place underlined, and the way out.

error[T102 unknown-field]: `contact` has no field `rol`
  --> lead.rules:12:14
   |
12 |     contact.rol == 'economic_buyer' and visited('pricing') => +20
   |             ^^^ not declared in ruleset.yaml
   |
   = hint: did you mean `role`?
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Collection, Iterator, Mapping

import click

from ..grammar.diagnostics import Diagnostic
from ..grammar.source import Source, Span
from .console import width
from .reports import Report, printable

TAB = 4
WIDEST = 160
NARROWEST = 40
LONGEST = 6
MOST = {"warning": 20, "info": 3}
"""So many findings of a kind are shown; further ones are counted, so that what matters more is not lost among them.
Errors are all shown."""
PLACES = 3
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def render(report: Report) -> str:
    """The findings, each with its lines, parted by an empty line."""
    shown, further = _shown(report.diagnostics)
    parts = ["\n".join(_finding(item, report.sources)) for item in shown]
    return "\n\n".join([*parts, *("\n".join(_further(found)) for found in further)])


def _shown(findings: Collection[Diagnostic]) -> tuple[list[Diagnostic], list[list[Diagnostic]]]:
    """The findings that are shown, in their order, and by kind those beyond the first few of it."""
    kinds: dict[tuple[str, str], list[Diagnostic]] = {}
    for item in findings:
        kinds.setdefault((item.code, item.severity), []).append(item)
    further = []
    for (_, severity), alike in kinds.items():
        most = MOST.get(severity, len(alike))
        if len(alike) > most + 1:  # one more takes no more room than the words that there is one more
            further.append(alike[most:])
    left_out = {id(item) for alike in further for item in alike}
    return [item for item in findings if id(item) not in left_out], further


def _further(findings: list[Diagnostic]) -> Iterator[str]:
    first = findings[0]
    head = click.style(f"{first.severity}[{first.code} {first.name}]", fg=_COLOURS[first.severity], bold=True)
    yield f"{head}: {click.style(f'{len(findings):,} more of this kind', bold=True)}"
    places = dict.fromkeys(f"{item.span.path}:{item.span.line}" for item in findings if item.span.line)
    if places:
        yield f" {_dim('-->')} {printable(', '.join(list(places)[:PLACES]))}{' …' if len(places) > PLACES else ''}"
    yield f"  {_dim('=')} {click.style('hint', bold=True)}: `scoreline validate … --format concise` has a line for each"


def _finding(item: Diagnostic, sources: Mapping[str, Source]) -> Iterator[str]:
    colour = _COLOURS[item.severity]
    spans = [item.span, *(other.span for other in item.related)]
    gutter = max(len(str(max(span.line, span.end_line))) if span.line else 1 for span in spans)
    head = click.style(f"{item.severity}[{item.code} {item.name}]", fg=colour, bold=True)
    yield f"{head}: {click.style(printable(item.message), bold=True)}"
    yield from _place(item.span, "-->", "^", item.label, gutter, sources, colour)
    for other in item.related:
        yield from _place(other.span, ":::", "-", other.message, gutter, sources, "blue")
    if item.hint:
        if any(span.line and span.path in sources for span in spans):
            yield _rail(gutter)
        yield f"{' ' * gutter} {_dim('=')} {click.style('hint', bold=True)}: {printable(item.hint)}"


def _place(
    span: Span, arrow: str, sign: str, label: str, gutter: int, sources: Mapping[str, Source], colour: str
) -> Iterator[str]:
    if not span.path:
        if label:
            yield f"{' ' * gutter} {_dim('=')} {printable(label)}"
        return
    where = f"{span.path}:{span.line}:{span.column}" if span.line else span.path
    yield f"{' ' * gutter}{_dim(arrow)} {printable(where)}"
    source = sources.get(span.path)
    if source is None or not span.line:
        if label:
            yield f"{' ' * gutter} {_dim('=')} {printable(label)}"
        return
    yield _rail(gutter)
    if span.end_line > span.line:
        yield from _several_lines(source, span, sign, label, gutter, colour)
    else:
        yield from _one_line(source, span, sign, label, gutter, colour)


def _one_line(source: Source, span: Span, sign: str, label: str, gutter: int, colour: str) -> Iterator[str]:
    text = source.line(span.line)
    start = min(span.column - 1, len(text))
    end = max(start, min(span.end_column - 1, len(text)))
    text, start, end = _cropped(text, start, end, _room(gutter))
    before, marked = _drawn(text[:start]), _drawn(text[start:end])
    yield _numbered(span.line, gutter, _drawn(text))
    underline = " " * _cells(before) + _painted(sign * max(1, _cells(marked)), label, colour)
    yield f"{_rail(gutter)} {underline}"


def _several_lines(source: Source, span: Span, sign: str, label: str, gutter: int, colour: str) -> Iterator[str]:
    last = span.end_line
    if span.end_column <= 1 and last > span.line:  # the span ends before the first sign of that line
        last -= 1
    room = _room(gutter) - 2
    numbers: list[int | None] = [*range(span.line, last + 1)]
    if len(numbers) > LONGEST:
        numbers = [*numbers[:3], None, *numbers[-2:]]
    for position, number in enumerate(numbers):
        if number is None:
            yield _dim(f"{'...':<{gutter + 2}}") + click.style("|", fg=colour)
        else:
            bar = click.style("|" if position else "/", fg=colour)
            yield _numbered(number, gutter, f"{bar} {_drawn(_cut(source.line(number), room))}")
    text = source.line(last)
    end = span.end_column - 1 if last == span.end_line else len(text)
    reach = min(_cells(_drawn(text[:end])), room)
    yield f"{_rail(gutter)} {_painted('|' + '_' * max(1, reach) + sign, label, colour)}"


def _room(gutter: int) -> int:
    """How long a line of text may be: on a terminal it must not wrap, or the signs beneath it stand elsewhere."""
    if not (sys.stdout.isatty() or sys.stderr.isatty()):
        return WIDEST
    return min(WIDEST, max(NARROWEST, width() - gutter - len(" |  …  …")))


def _cropped(text: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """A window of a very long line with the marked place in it, and where the place is then."""
    if len(text) <= room:
        return text, start, end
    left = max(0, min(start - room // 4, len(text) - room))
    window = text[left : left + room]
    if left + room < len(text):
        window += "…"
    if left:
        window, left = f"…{window}", left - 1
    return window, start - left, min(end - left, len(window))


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[:room]}…"


def _drawn(text: str) -> str:
    """The text as a terminal shows it: tabs as blanks, control characters made visible."""
    return "".join(" " * TAB if sign == "\t" else printable(sign) for sign in text)


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def _numbered(number: int, gutter: int, text: str) -> str:
    return f"{_dim(f'{number:>{gutter}} |')} {text}".rstrip()


def _rail(gutter: int) -> str:
    return _dim(f"{' ' * gutter} |")


def _painted(signs: str, label: str, colour: str) -> str:
    return click.style(f"{signs} {printable(label)}".rstrip(), fg=colour, bold=True)


def _dim(text: str) -> str:
    return click.style(text, fg="blue")
