"""Canonical text of a whole file, comments kept: the formatter, and what a node says on one line.

What is printed parses back to the same nodes, and printed again it is the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import nodes as n
from .phrases import (
    OR,
    SUM,
    column_text,
    id_text,
    label_text,
    name_text,
    operand,
    phrase,
    quoted,
    selected,
    source,
    writes,
)

WIDTH = 120
INDENT = "    "

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\bmatches /(?:\\.|[^/\\])+/\w*|[\w.]+|[(){}\[\],]""")


def print_file(file: n.File) -> str:
    """The text of a file in its canonical form."""
    rows: list[str] = []
    last: n.Commented | None = None
    for statement in file.statements:
        line = statement.item if isinstance(statement, n.LooseItem) else statement
        apart = last is not None and (_is_block(last) or _is_block(line))
        rows += _rows(line, 0, first=last is None, apart=apart)
        last = line
    rows += _comments(file.after, 0, first=last is None)
    return "\n".join(rows) + "\n" if rows else ""


def to_text(node: n.Node) -> str:
    """What one node says, on one line; of a node that opens a block, its head.

    >>> to_text(n.Within(n.Duration(n.Name(("account", "cycle")), "day")))
    'within account.cycle days'
    """
    return phrase(node)


# --- lines in blocks ------------------------------------------------------------------------------------------------


def _rows(line: n.Commented, depth: int, first: bool, apart: bool = False) -> list[str]:
    """A line with its comments, and the block that it opens; `apart`: with a blank line before it."""
    before = _comments(line.before, depth, first)
    if apart and before[:1] != [""]:
        before.insert(0, "")
    rows = before + _wrapped(phrase(line), depth)
    if line.behind is not None:
        rows[-1] += f"  {_comment(line.behind)}"
    for number, part in enumerate(_inside(line)):
        if isinstance(part, n.Commented):
            rows += _rows(part, depth + 1, first=number == 0)
        else:
            rows += [INDENT * (depth + 1) + row if row else "" for row in part]
    return rows


def _inside(line: n.Node) -> Iterator[n.Commented | list[str]]:
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


def _defaults(body: n.Body) -> list[str]:
    """What stands at the top of a block and holds for all of it."""
    rows = _comments(body.before, 0, first=True)
    if body.decay is not None:
        rows.append(phrase(body.decay))
    if body.counting_since is not None:
        rows.append(f"counting since {selected(body.counting_since)}")
    return rows


def _is_block(line: n.Commented) -> bool:
    return next(_inside(line), None) is not None


def _comments(comments: tuple[str, ...], depth: int, first: bool = False) -> list[str]:
    """Rows of comments; blank lines among them are kept, one at a time, but not where a block begins."""
    rows: list[str] = []
    for comment in comments:
        if comment != n.BLANK:
            rows.append(INDENT * depth + _comment(comment))
        elif rows[-1:] != [""] and not (first and not rows):
            rows.append("")
    return rows


def _comment(text: str) -> str:
    return f"# {text}".rstrip()


# --- long lines -----------------------------------------------------------------------------------------------------


def _wrapped(text: str, depth: int) -> list[str]:
    """A line as rows: a long condition goes on after `and` or `or`, a long list or table after a comma."""
    rows, row = [], INDENT * depth
    for chunk in _chunks(text, "," if text.startswith(("list ", "table ")) else "and or"):
        if len(row) + len(chunk.rstrip()) > WIDTH and row.strip():
            rows.append(row.rstrip())
            row = INDENT * (depth + 2)
        row += chunk
    return [*rows, row.rstrip()]


def _chunks(text: str, breaks: str) -> Iterator[str]:
    """The stretches of a line between the places where it may be broken: no brackets around, no `between … and …`."""
    start = depth = 0
    between = False
    for token in _TOKEN.finditer(text):
        word = token[0]
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        between = between or (word == "between" and not depth)
        if word == "," and breaks == "," and depth == 1:
            yield text[start : token.end() + 1]
            start = token.end() + 1
        elif word in ("and", "or") and not depth:
            if breaks != "," and not between:
                yield text[start : token.end() + 1]
                start = token.end() + 1
            between = False
    yield text[start:]


# --- the text of a line ---------------------------------------------------------------------------------------------


@writes(n.Line)
def _line(node: n.Line) -> str:
    modifiers = list(node.modifiers)
    limits = []
    if isinstance(node.head, n.Each) and node.head.unit != "lead":
        limits = [limit for limit in modifiers if isinstance(limit, n.AtMost | n.Cooldown)]
        modifiers = [modifier for modifier in modifiers if not isinstance(modifier, n.AtMost | n.Cooldown)]
    head = " ".join([phrase(node.head, OR), *map(phrase, limits)])
    return _id(node.id) + _with_effect(head, node.effect, modifiers, node.label)


@writes(n.Otherwise)
def _otherwise(node: n.Otherwise) -> str:
    return _id(node.id) + _with_effect("otherwise", node.effect, list(node.modifiers), node.label)


def _id(line_id: str | None) -> str:
    return "" if line_id is None else f"{id_text(line_id)}: "


def _with_effect(head: str, effect: n.Effect, modifiers: list[n.Modifier], label: str | None) -> str:
    text = " ".join([head, "=>", phrase(effect), *map(phrase, modifiers)])
    return text if label is None else f"{text} {quoted(label, _LABEL_QUOTE)}"


_LABEL_QUOTE = '"'


@writes(n.Remove)
def _remove(node: n.Remove) -> str:
    return f"remove {name_text(node.id)}"


@writes(n.Group)
def _group(node: n.Group) -> str:
    return " ".join(["group", name_text(node.name), *map(phrase, node.bounds)]) + ":"


@writes(n.FirstOf)
def _first_of(_node: n.FirstOf) -> str:
    return "first of:"


@writes(n.BestOf)
def _best_of(_node: n.BestOf) -> str:
    return "best of:"


@writes(n.When)
def _when(node: n.When) -> str:
    return f"when {phrase(node.condition, OR)}:"


@writes(n.LooseItem)
def _loose(node: n.LooseItem) -> str:
    return phrase(node.item)


@writes(n.ParamDef)
def _param(node: n.ParamDef) -> str:
    allowed = "" if node.range is None else f" in {phrase(node.range)}"
    return f"param {name_text(node.name)} = {phrase(node.value)}{allowed}"


@writes(n.ListDef)
def _list_def(node: n.ListDef) -> str:
    return f"list {name_text(node.name)} = {phrase(node.content)}"


@writes(n.FromFile)
def _file(node: n.FromFile) -> str:
    text = f"file {quoted(node.path)}"
    if node.column is not None:
        return f"{text} column {column_text(node.column)}"
    if node.value is None:
        return text
    return f"{text} key {', '.join(map(column_text, node.keys))} value {column_text(node.value)}"


@writes(n.TableDef)
def _table(node: n.TableDef) -> str:
    content = node.content
    text = phrase(content) if isinstance(content, n.FromFile) else f"{{{', '.join(map(phrase, content))}}}"
    default = "" if node.default is None else f" default {_plain_value(node.default)}"
    return f"table {name_text(node.name)} = {text}{default}"


@writes(n.TableEntry)
def _entry(node: n.TableEntry) -> str:
    keys = ", ".join(map(_key, node.keys))
    return f"{keys if len(node.keys) == 1 else f'({keys})'}: {_plain_value(node.value)}"


def _key(key: n.Expr) -> str:
    return column_text(key.value) if isinstance(key, n.Text) else phrase(key)


def _plain_value(value: n.Expr) -> str:
    return phrase(value) if isinstance(value, n.Text) else operand(value)


@writes(n.SignalDef)
def _signal(node: n.SignalDef) -> str:
    params = "" if node.params is None else f"({', '.join(map(name_text, node.params))})"
    where = "" if node.where is None else f" where {phrase(node.where, OR)}"
    return f"signal {name_text(node.name)}{params} = {' or '.join(map(source, node.sources))}{where}"


@writes(n.IgnoreEvents)
def _ignore_events(node: n.IgnoreEvents) -> str:
    text = f"ignore {' or '.join(map(source, node.sources))}"
    filters = "".join(f" {phrase(piece)}" for piece in node.filters)
    if node.where is None:
        return text + filters
    where = f" where {phrase(node.where, OR)}"
    return text + (filters + where if _takes_pieces(node.where) else where + filters)


def _takes_pieces(node: n.Expr) -> bool:
    """Whether a window behind a condition would be read as its own."""
    while isinstance(node, n.And | n.Or | n.Not):
        node = node.item if isinstance(node, n.Not) else node.items[-1]
    return not isinstance(node, n.Compare | n.In | n.Known | n.TextTest | n.Matches)


@writes(n.IgnoreContacts)
def _ignore_contacts(node: n.IgnoreContacts) -> str:
    return f"ignore contact where {phrase(node.where, OR)}"


@writes(n.Case)
def _case(node: n.Case) -> str:
    condition = "otherwise" if node.condition is None else phrase(node.condition, OR)
    return f"{condition} => {phrase(node.value)}"


@writes(n.DeriveDef)
def _derive(node: n.DeriveDef) -> str:
    owner = "account" if node.level == "account" else "contact"
    return f"derive {name_text(owner, *node.field.parts)}" + _value(node.value)


@writes(n.MeasureDef)
def _measure(node: n.MeasureDef) -> str:
    return f"measure {name_text(node.name)} for {node.level}" + _value(node.value)


def _value(value: n.Expr | n.Cases) -> str:
    return ":" if isinstance(value, n.Cases) else f" = {phrase(value)}"


@writes(n.ScoreDef)
def _score(node: n.ScoreDef) -> str:
    allowed = [] if node.range is None else [phrase(node.range)]
    return " ".join([f"score {name_text(node.name)} for {node.level}", *allowed, *map(phrase, node.bounds)]) + ":"


@writes(n.GradeDef)
def _grade(node: n.GradeDef) -> str:
    return f"grade {name_text(node.name)} for {node.level}:"


@writes(n.Axis)
def _axis(node: n.Axis) -> str:
    return f"{phrase(node.value, SUM)}: {', '.join(map(phrase, node.cuts))}"


@writes(n.Cut)
def _cut(node: n.Cut) -> str:
    return label_text(node.label) if node.cut is None else f"{label_text(node.label)} >= {operand(node.cut)}"


@writes(n.StagesDef)
def _stages(node: n.StagesDef) -> str:
    return f"stages for {node.level}{', in order' if node.in_order else ''}:"


@writes(n.StageDef)
def _stage(node: n.StageDef) -> str:
    label = "" if node.label is None else f" {quoted(node.label, _LABEL_QUOTE)}"
    stays = "" if node.stays_while is None else f" stays while {phrase(node.stays_while, OR)}"
    return f"{label_text(node.name)}{label}: {phrase(node.condition, OR)}{stays}"


@writes(n.RemoveStage)
def _remove_stage(node: n.RemoveStage) -> str:
    return f"remove {label_text(node.name)}"


@writes(n.Body, n.Cases)
def _block(_node: Any) -> str:
    return "…"


@writes(n.File)
def _whole_file(node: n.File) -> str:
    return f"a file of {len(node.statements)} statements"
