"""From text to nodes: the only module that sees lark.

A file is parted into lines first (layout.py); each line is then parsed on its own by what its block holds, so
that one run finds every line that is wrong, and the others are still in the File.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from . import nodes as n
from .build_statements import CountingSince, Head, Inside, Statements
from .diagnostics import Diagnostic, finding
from .layout import MAX_DEPTH, Line, read_layout
from .mistakes import explain
from .own_folder import own_folder
from .source import Source, Span
from .stumble import Stumble

MOST_FINDINGS = 200
_STARTS = ["statement", "item", "case", "axis", "stage", "expression"]
_EXAMPLES = {
    "item": "contact.role == 'champion' => +10",
    "case": "contact.title contains 'chief' => 'executive'",
    "axis": "fit: A >= 75, B >= 50, C",
    "stage": "MQL: engagement >= 60",
}
_HOLDS = re.compile(r"\s*(?:(?P<case>derive|measure)|(?P<axis>grade)|(?P<stage>stages))\b")


Memory = dict[tuple[Any, ...], tuple[Any, tuple[Diagnostic, ...]]]
"""What lines gave that were parsed before, for editors: by their text, place and comments."""
MOST_REMEMBERED = 50_000


def parse(source: Source, memory: Memory | None = None) -> tuple[n.File, list[Diagnostic]]:
    """The nodes of a file of rules, and everything in its text that cannot be read.

    Lines that stand in the memory are not parsed again.

    >>> file, wrong = parse(Source("one.rules", "contact.role == 'buyer' and visited('pricing') => +20"))
    >>> file.statements[0].item.effect, wrong
    (Points(value=Number(value=Decimal('20')), sign='+'), [])
    """
    reader = _Reader(source, memory)
    return reader.file(), reader.findings()


def accepted(text: str, start: str) -> frozenset[str]:
    """The terminals that could stand behind the beginning of a line; what cannot be read of it is passed over.

    `start` is what its block holds: `statement`, `item`, `case`, `axis` or `stage`.

    >>> sorted(accepted("contact.role is", "item"))
    ['KNOWN', 'MISSING']
    """
    return _Reader(Source("", "")).accepted(text, start)


def parse_expression(text: str, path: str = "<expression>") -> tuple[n.Expr | None, list[Diagnostic]]:
    """The node of one condition or value, which may stand on several lines; None if it cannot be read.

    >>> parse_expression("stage == 'won'")[0]
    Compare(op='==', left=Name(parts=('stage',)), right=Text(value='won'))
    """
    reader = _Reader(Source(path, text))
    expression = reader.expression()
    return expression, reader.findings()


@lru_cache(maxsize=1)
def _lark() -> tuple[Lark, Statements]:
    """The parser and the builder that it calls; made when first needed."""
    builder = Statements()
    grammar = files(__package__).joinpath("rules.lark").read_text(encoding="utf-8")
    lark = Lark(grammar, parser="lalr", start=_STARTS, keep_all_tokens=True, transformer=builder, cache=_tables())
    return lark, builder


def _tables() -> str | bool:
    """The file in the user's own cache that keeps the parser's tables, which take half a second to make; False: none.

    Lark makes them anew where the file is missing, damaged, or of another grammar or version.
    """
    folder = own_folder()
    return str(folder / f"grammar-{sys.version_info[0]}.{sys.version_info[1]}.tables") if folder is not None else False


class _Reader:
    """Reads one source."""

    def __init__(self, source: Source, memory: Memory | None = None) -> None:
        self.source = source
        self.memory = memory
        self.lark, self.builder = _lark()
        self.diagnostics: list[Diagnostic] = []

    def findings(self) -> list[Diagnostic]:
        """What is wrong, by place; where hardly anything can be read, the first of it."""
        found = sorted(self.diagnostics, key=Diagnostic.sort_key)
        if len(found) <= MOST_FINDINGS:
            return found
        message = f"more than {MOST_FINDINGS} mistakes; what follows was not read"
        hint = "is this a file of rules? otherwise mend the mistakes above first"
        return [*found[:MOST_FINDINGS], finding("S130", message, found[MOST_FINDINGS].span, hint=hint)]

    def file(self) -> n.File:
        layout = read_layout(self.source)
        self.diagnostics += layout.diagnostics
        statements = tuple(self._loose(node) for node in self._block(layout.lines, "statement").nodes)
        end = len(self.source.lines)
        span = Span(self.source.path, 1, 1, end, len(self.source.line(end)) + 1)
        return n.File(statements, after=layout.after, span=span)

    def expression(self) -> n.Expr | None:
        layout = read_layout(self.source)
        self.diagnostics += [found for found in layout.diagnostics if found.code != "S108"]
        if self.diagnostics:
            return None
        line = Line(self.source.text.removeprefix("\ufeff"), 1, "")
        node: n.Expr | None = self._line(line, "expression")
        return node

    @staticmethod
    def _loose(node: Any) -> n.Statement:
        return n.LooseItem(node, span=node.span) if isinstance(node, n.Item) else node

    def _block(self, lines: list[Line], start: str) -> Inside:
        """Parse the lines of one block."""
        nodes: list[n.Node] = []
        comments: tuple[str, ...] = ()
        behind: dict[type, str | None] = {}
        defaults: dict[type, Any] = {}
        for line in lines:
            node = None if line.broken else self._line(line, start)
            if isinstance(node, Head):
                node = self._close(node, line)
            elif line.inside:
                self._block(line.inside, self._guess(line, start))
            if isinstance(node, n.Decay | CountingSince):
                self._default(node, defaults, at_top=not nodes and start == "item")
                comments += line.before + tuple(remark.text for remark in line.inner)
                behind[type(node)] = line.behind
            elif node is not None:
                nodes.append(node)
        counting = defaults.get(CountingSince)
        selection = counting.selection if counting else None
        noted = (behind.get(n.Decay), behind.get(CountingSince))
        return Inside(tuple(nodes), comments, (), defaults.get(n.Decay), selection, noted)

    def _close(self, head: Head, line: Line) -> n.Node:
        """The node of a block, once what stands inside is parsed."""
        inside = self._block(line.inside, head.holds)
        if not line.inside:
            hint = f"write its lines below it, indented: `    {_EXAMPLES[head.holds]}`"
            self.diagnostics.append(
                finding("S120", "this block is empty", head.span, label="nothing inside", hint=hint)
            )
        closed = replace(inside, after=line.after)
        node: n.Node = head.close(closed)
        return node

    def _default(self, node: n.Decay | CountingSince, defaults: dict[type, Any], at_top: bool) -> None:
        """A decay or `counting since` on a line of its own: once, at the top of a score or a group."""
        what = "a decay on a line of its own" if isinstance(node, n.Decay) else "`counting since`"
        if type(node) in defaults:
            self.diagnostics.append(finding("S122", f"{what} stands here twice", node.span, hint="keep one of them"))
        elif not at_top:
            message, hint = (
                f"{what} is not at the top of its block",
                "put it right below the head of a score or a group",
            )
            self.diagnostics.append(finding("S128", message, node.span, hint=hint))
        defaults.setdefault(type(node), node)

    @staticmethod
    def _guess(line: Line, start: str) -> str:
        """What a block holds whose head cannot be read."""
        found = _HOLDS.match(line.text)
        if found and start == "statement":
            return found.lastgroup or "item"
        return "item" if start == "statement" else start

    def _line(self, line: Line, start: str) -> Any:
        """Parse one line; what it holds is a node, a Head or, if it is wrong, nothing."""
        if len(self.diagnostics) > MOST_FINDINGS:
            return None
        if self.memory is None:
            return self._parsed(line, start)
        key = (self.source.path, line.number, line.text, start, line.before, line.inner, line.behind)
        if key not in self.memory:
            if len(self.memory) >= MOST_REMEMBERED:
                self.memory.clear()
            known = len(self.diagnostics)
            node = self._parsed(line, start)
            self.memory[key] = node, tuple(self.diagnostics[known:])
            return node
        node, findings = self.memory[key]
        self.diagnostics += findings
        return node

    def _parsed(self, line: Line, start: str) -> Any:
        builder = self.builder
        builder.path, builder.lines_above = self.source.path, line.number - 1
        builder.before, builder.behind, builder.inner = line.before, line.behind, line.inner
        builder.diagnostics = self.diagnostics
        try:
            node = self.lark.parse(line.text, start)
        except UnexpectedInput as error:
            self.diagnostics.append(self._explain(error, line, start))
            return None
        if len(line.text) > 2 * MAX_DEPTH and _deeper_than(node, MAX_DEPTH):
            span = builder.span([node])
            hint = "give parts of it names: measures, signals"
            self.diagnostics.append(finding("S130", f"this is nested more than {MAX_DEPTH} deep", span, hint=hint))
            return None
        return node

    def _explain(self, error: UnexpectedInput, line: Line, start: str) -> Diagnostic:
        at = len(line.text)
        if isinstance(error, UnexpectedCharacters):
            at = error.pos_in_stream or 0
        elif isinstance(error, UnexpectedToken) and error.token.type != "$END":
            at = error.token.start_pos or 0
        return explain(Stumble(self.source.path, line.text, line.number, at, self.accepted(line.text, start), start))

    def accepted(self, text: str, start: str) -> frozenset[str]:
        """What could have stood where the line stopped being readable.

        The error itself knows too little: by then the parser has reduced as far as it could. So the line is read
        again up to there.
        """
        self.builder.diagnostics = []
        reading: Any = self.lark.parse_interactive(text, start)
        before = reading
        try:
            for token in reading.lexer_thread.lex(reading.parser_state):
                before = reading.copy(deepcopy_values=False)
                reading.feed_token(token)
                before = reading
        except UnexpectedInput:
            pass
        return frozenset(before.accepts())


def _deeper_than(parsed: Any, limit: int) -> bool:
    """Whether the nodes of a line stand more than so many deep; without recursion."""
    if isinstance(parsed, Head):
        parsed = parsed.close(Inside((), (), ()))
    level: list[n.Node] = [parsed.selection if isinstance(parsed, CountingSince) else parsed]
    for _ in range(limit):
        level = [child for parent in level for child in parent.children()]
        if not level:
            return False
    return True
