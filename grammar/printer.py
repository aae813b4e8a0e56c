"""Canonical text of a whole file, comments kept, and what a node says on one line.

What is printed parses back to the same nodes, and printed again it is the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from . import nodes as n
from .phrases import phrase, selected
from .rows import Row, rows_of

GAP = 2
WIDEST_GAP = 40


def print_file(file: n.File) -> str:
    """The text of a file in its canonical form."""
    rows: list[Row] = []
    last: n.Commented | None = None
    for statement in file.statements:
        line = statement.item if isinstance(statement, n.LooseItem) else statement
        apart = last is not None and (_is_block(last) or _is_block(line))
        rows += _rows(line, 0, first=last is None, apart=apart)
        last = line
    rows += _comments(file.after, 0, first=last is None)
    return "".join(f"{text}\n" for text in _texts(rows))


def to_text(node: n.Node) -> str:
    """What one node says, on one line; of a node that opens a block, its head.

    >>> to_text(n.Within(n.Duration(n.Name(("account", "cycle")), "day")))
    'within account.cycle days'
    """
    return phrase(node)


# --- lines in blocks --------------------------------------------------------------------------------------------------


def _rows(line: n.Commented, depth: int, first: bool, apart: bool = False) -> list[Row]:
    """A line with its comments, and the block that it opens; `apart`: with a blank line before it."""
    rows = _comments(line.before, depth, first)
    if apart and rows[:1] != [Row(0)]:
        rows.insert(0, Row(0))
    rows += rows_of(line, depth)
    for number, part in enumerate(_inside(line)):
        if isinstance(part, n.Commented):
            rows += _rows(part, depth + 1, first=number == 0)
        else:
            rows += [replace(row, depth=depth + 1) if row != Row(0) else row for row in part]
    return rows


def _inside(line: n.Node) -> Iterator[n.Commented | list[Row]]:
    """What stands in the block below a line: lines, and rows that are text already."""
    match line:
        case n.GradeDef(axes=lines, after=after) | n.StagesDef(steps=lines, after=after):
            yield from lines
        case (
            n.DeriveDef(value=n.Cases(items=lines, after=after)) | n.MeasureDef(value=n.Cases(items=lines, after=after))
        ):
            yield from lines
        case (
            n.ScoreDef(body=body) | n.Group(body=body) | n.FirstOf(body=body) | n.BestOf(body=body) | n.When(body=body)
        ):
            after = body.after
            if head := _defaults(body):
                yield head
            yield from body.items
        case _:
            return
    if after:
        yield _comments(after, 0)


def _defaults(body: n.Body) -> list[Row]:
    """What stands at the top of a block and holds for all of it."""
    rows = _comments(body.before, 0, first=True)
    if body.decay is not None:
        rows.append(Row(0, phrase(body.decay), body.behind[0]))
    if body.counting_since is not None:
        rows.append(Row(0, f"counting since {selected(body.counting_since)}", body.behind[1]))
    return rows


def _is_block(line: n.Commented) -> bool:
    return next(_inside(line), None) is not None


# --- comments ---------------------------------------------------------------------------------------------------------


def _comments(comments: tuple[str, ...], depth: int, first: bool = False) -> list[Row]:
    """Rows of comments; blank lines among them are kept, one at a time, but not where a block begins."""
    rows: list[Row] = []
    for comment in comments:
        if comment != n.BLANK:
            rows.append(Row(depth, "", comment))
        elif rows[-1:] != [Row(0)] and not (first and not rows):
            rows.append(Row(0))
    return rows


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    """The rows as text; comments behind rows that follow each other stand below each other."""
    columns = _columns(rows)
    for row, column in zip(rows, columns, strict=True):
        if row.comment is None:
            yield row.code
        elif row.text:
            yield row.code.ljust(column) + _comment(row.comment)
        else:
            yield row.code + _comment(row.comment)


def _columns(rows: Sequence[Row]) -> list[int]:
    """Where the comment behind each row begins: in one column for rows of one block without a gap between them."""
    columns: list[int] = []
    run: list[Row] = []
    for row in [*rows, Row(0)]:
        if not row.text or (run and row.depth != run[0].depth):
            columns += _column_of(run)
            run = []
            if not row.text:
                columns.append(0)
                continue
        run.append(row)
    return columns[:-1]


def _column_of(run: Sequence[Row]) -> list[int]:
    widths = [len(row.code) for row in run if row.comment is not None]
    if widths and max(widths) - min(widths) <= WIDEST_GAP:
        return [max(widths) + GAP] * len(run)
    return [len(row.code) + GAP for row in run]


def _comment(text: str) -> str:
    return f"#{text}" if text.startswith(("#", "!")) else f"# {text}".rstrip()
