"""A file of rules parted into lines that stand inside one another, by indentation; comments kept.

One line of rules may go on over several physical lines: inside brackets, after an operator, `=`, `and`, `or`,
`=>` or a comma, or where the next physical line begins with `and`, `or`, `=>`, `where` or `stays while`; comments may
stand between them. What is wrong with the layout
(indentation, brackets, texts that do not end) is found here; such a line is marked and not parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from .diagnostics import Diagnostic, Related, finding
from .late_methods import dataclass
from .nodes import BLANK, Remark
from .source import Source, Span

MAX_DEPTH = 100  # of brackets, and of blocks inside blocks
MAX_LENGTH = 5_000_000

_TOKEN = re.compile(
    r"""
    (?P<pattern>\bmatches\s+/(?:\\.|[^/\\])+/\w*)
  | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]+`)
  | (?P<comment>\#.*)
  | (?P<arrow>=>)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<endless>\bmatches\s+/|['"`])
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    r"(?:[-+*/=<>,]|(?<![\w.`])(?:and|or|not|in|like|contains|mentions|matches|where|default|else)|(?:starts|ends)\s+with)$"
)
_GOES_ON = re.compile(r"\s+(?:and\b|or\b|=>|where\b(?!\s*:)|stays\s+while\b)")
_STATEMENT = re.compile(r"(?:param|list|table|signal|ignore|derive|measure|score|grade|stages)\s+[\w'`]")
HEAD = re.compile(r"(?:(?:derive|measure|score|grade|group|when)\s+\S|stages\s+for\b|first\s+of\b|best\s+of\b)(?!.*=)")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass
class Line:
    """One line of rules: its text from the start of the physical line to its last word, and what stands inside it."""

    text: str
    number: int
    indent: str
    broken: bool = False
    before: tuple[str, ...] = ()
    behind: str | None = None
    inner: tuple[Remark, ...] = ()
    inside: list[Line] = field(default_factory=list)
    after: tuple[str, ...] = ()

    @property
    def opens_block(self) -> bool:
        """Whether deeper lines may follow: it ends with a colon, or looks as if it should."""
        return self.broken or self.text.endswith(":") or HEAD.match(self.text.strip()) is not None


@dataclass(frozen=True)
class Comment:
    """A comment on a physical line of its own, or a blank line."""

    indent: str
    text: str


@dataclass
class Layout:
    """The lines at the top of a file, the comments at its end, and what is wrong."""

    lines: list[Line]
    after: tuple[str, ...]
    diagnostics: list[Diagnostic]


def read_layout(source: Source) -> Layout:
    """Part a file into lines."""
    trouble = _unreadable(source)
    if trouble:
        return Layout([], (), [trouble])
    scanner = _Scanner(source)
    nesting = _Nesting(source.path)
    for entry in scanner.entries():
        nesting.add(entry)
    lines, after = nesting.close()
    return Layout(lines, after, scanner.diagnostics + nesting.diagnostics)


def _unreadable(source: Source) -> Diagnostic | None:
    """What keeps a file from being read at all."""
    if len(source.text) > MAX_LENGTH:
        size = f"{len(source.text) / 1e6:.1f} million characters"
        hint = f"at most {MAX_LENGTH // 1_000_000} million are read; keep data in lists and tables of their own"
        return finding("S130", f"this file is too large: {size}", Span(source.path, 1, 1, 1, 1), hint=hint)
    place = source.text.find("\0")
    if place >= 0:
        line = source.text.count("\n", 0, place) + 1
        column = place - (source.text.rfind("\n", 0, place) + 1) + 1
        where = Span(source.path, line, column, line, column + 1)
        return finding("S130", "this is not a text file: it has a NUL character", where, hint="save it as UTF-8 text")
    return None


class _Scanner:
    """Reads physical lines and joins them to lines of rules."""

    def __init__(self, source: Source) -> None:
        self.path = source.path
        self.rows = [source.line(1).removeprefix("\ufeff"), *source.lines[1:]]
        self.diagnostics: list[Diagnostic] = []

    def entries(self) -> Iterator[Line | Comment]:
        """All lines, comments and blank lines, in order."""
        at = 0
        while at < len(self.rows):
            row = self.rows[at]
            words = row.lstrip()
            if not words or words.startswith("#"):
                yield Comment(row[: len(row) - len(words)], comment_text(words) if words else BLANK)
                at += 1
            else:
                line, at = self._line(at)
                yield line

    def _line(self, first: int) -> tuple[Line, int]:
        """The line that begins at a physical line, and where the next begins."""
        row = self.rows[first]
        line = Line("", first + 1, row[: len(row) - len(row.lstrip())])
        brackets: list[Span] = []
        comments: list[Remark] = []
        at = first
        while True:
            alone = self.rows[at].lstrip().startswith("#")
            goes_on = self._physical(at, line, brackets, comments) or alone  # a line only goes on into a comment
            at += 1
            if line.broken or not (goes_on or brackets) or at == len(self.rows):
                break
            if _STATEMENT.match(self.rows[at]) or not (brackets or self.rows[at].strip()):
                break
        if line.broken and brackets:
            at = brackets[-1].line  # what follows the unclosed bracket are lines of their own
        elif brackets:
            self._unclosed(brackets[-1], line)
        line.text = self._text(first, at)
        line.behind = comments.pop().text if comments and comments[-1].row == at else None
        line.inner = tuple(comments)
        return line, at

    def _text(self, first: int, after: int) -> str:
        return "\n".join(map(_without_comment, self.rows[first:after])).rstrip()

    def _physical(self, at: int, line: Line, brackets: list[Span], comments: list[Remark]) -> bool:
        """Read one physical line; whether the line of rules goes on after it."""
        row = self.rows[at]
        end_of_token = 0
        end = len(row)
        for token in _TOKEN.finditer(row):
            where = Span(self.path, at + 1, token.start() + 1, at + 1, token.end() + 1)
            match token.lastgroup:
                case "comment":
                    end = token.start()
                    comments.append(Remark(at + 1, not row[:end].strip(), comment_text(token[0])))
                case "open":
                    brackets.append(where)
                    if len(brackets) > MAX_DEPTH:
                        self._too_deep(where, line, brackets)
                        return False
                case "close":
                    self._close(token[0], where, line, brackets)
                case "arrow" if brackets:
                    self._unclosed(brackets[-1], line)
                case "endless":
                    self._endless(token[0], where, row, line)
                    brackets.clear()
                case "text" | "pattern":
                    end_of_token = token.end()
            if line.broken:
                return False
        words = row[:end].rstrip()
        if len(words) > end_of_token and _UNFINISHED.search(words, end_of_token):
            return True
        return not words.endswith(":") and _GOES_ON.match(self._next_words(at + 1)) is not None

    def _next_words(self, at: int) -> str:
        """The next physical line that is no comment; '' at the end."""
        while at < len(self.rows) and self.rows[at].lstrip().startswith("#"):
            at += 1
        return self.rows[at] if at < len(self.rows) else ""

    def _report(self, line: Line, diagnostic: Diagnostic) -> None:
        line.broken = True
        self.diagnostics.append(diagnostic)

    def _bracket(self, where: Span) -> str:
        return self.rows[where.line - 1][where.column - 1]

    def _close(self, closing: str, where: Span, line: Line, brackets: list[Span]) -> None:
        if not brackets:
            message = f"`{closing}` closes nothing"
            self._report(line, finding("S110", message, where, label="no bracket is open here", hint="take it out"))
            return
        opened = brackets.pop()
        bracket = self._bracket(opened)
        if _CLOSING[bracket] != closing:
            message = f"`{closing}` cannot close `{bracket}`"
            related = (Related(opened, f"`{bracket}` was opened here"),)
            hint = f"write `{_CLOSING[bracket]}`"
            self._report(line, finding("S110", message, where, label="the wrong kind", hint=hint, related=related))
            brackets.clear()

    def _unclosed(self, opened: Span, line: Line) -> None:
        bracket, row = self._bracket(opened), self.rows[opened.line - 1]
        if bracket == "{" and HEAD.match(row.strip()) and not row[opened.column :].strip():
            hint = "write `:`, and its lines below it, indented"
            self._report(line, finding("S107", "a block has no braces", opened, label="a colon here", hint=hint))
            return
        message = f"`{bracket}` is never closed"
        hint = f"write `{_CLOSING[bracket]}` where it ends"
        self._report(line, finding("S110", message, opened, label="opened here", hint=hint))

    def _too_deep(self, where: Span, line: Line, brackets: list[Span]) -> None:
        message = f"brackets stand more than {MAX_DEPTH} deep inside one another"
        self._report(line, finding("S130", message, where, hint="give parts of it names: measures, signals"))
        brackets.clear()

    def _endless(self, opening: str, where: Span, row: str, line: Line) -> None:
        rest = row[where.column - 1 :].rstrip()
        whole = Span(self.path, where.line, where.column, where.line, where.column + len(rest))
        if opening.startswith("matches"):
            start = where.end_column - 1
            whole = Span(self.path, where.line, start, where.line, whole.end_column)
            hint = "close it with `/`; a `/` inside it is written `\\/`"
            self._report(line, finding("S111", "this pattern does not end on its line", whole, hint=hint))
        elif opening == "`":
            hint = "close it with a backquote"
            self._report(line, finding("S109", "this name does not end on its line", whole, hint=hint))
        else:
            other = '"' if opening == "'" else "'"
            hint = f"close it with {opening}; a text that has {opening} in it stands in {other}…{other}"
            self._report(line, finding("S109", "this text does not end on its line", whole, hint=hint))


def comment_text(comment: str) -> str:
    """What a comment says: without the `#` and one blank behind it."""
    return comment[1:].removeprefix(" ").rstrip()


def _without_comment(row: str) -> str:
    for token in _TOKEN.finditer(row):
        if token.lastgroup == "comment":
            return row[: token.start()]
    return row


@dataclass
class _Level:
    """A block that is being read: the indentation of its lines, the lines, and the line that opened it."""

    indent: str
    lines: list[Line]
    opened_by: Line | None


class _Nesting:
    """Puts lines inside one another by their indentation, and comments where they belong."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.levels = [_Level("", [], None)]
        self.pending: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []

    def add(self, entry: Line | Comment) -> None:
        """Take the next line or comment."""
        if isinstance(entry, Comment):
            self.pending.append(entry)
            return
        self._find_level(entry)
        entry.before = _texts(self.pending)
        self.pending.clear()
        self.levels[-1].lines.append(entry)

    def close(self) -> tuple[list[Line], tuple[str, ...]]:
        """The lines at the top, and the comments at the end of the file."""
        while len(self.levels) > 1:
            self._leave()
        return self.levels[0].lines, _texts(self.pending, at_end=True)

    def _find_level(self, line: Line) -> None:
        top = self.levels[-1]
        if line.indent == top.indent:
            return
        if line.indent.startswith(top.indent):
            self._enter(line)
        elif top.indent.startswith(line.indent):
            self._go_back(line)
        else:
            hint = "indent every line of a block with the same blanks, four for each level"
            self._report(line, "this line mixes tabs and blanks with the lines above it", hint)

    def _enter(self, line: Line) -> None:
        top = self.levels[-1]
        parent = top.lines[-1] if top.lines else None
        if parent is not None and parent.opens_block and len(self.levels) <= MAX_DEPTH:
            self.levels.append(_Level(line.indent, parent.inside, parent))
            return
        self.levels.append(_Level(line.indent, top.lines, top.opened_by))
        if len(self.levels) > MAX_DEPTH:
            if len(self.levels) == MAX_DEPTH + 2:
                message = f"blocks stand more than {MAX_DEPTH} deep inside one another"
                self._report(line, message, "take some of them apart", "S130")
            return
        stray = self._stray(line)
        if stray is not None:
            hint = "begin it where the lines above and below it begin"
            self._report(stray, "this line has left its block, which goes on below it", hint)
            return
        hint = "begin it where the lines around it begin"
        if parent is not None:
            hint += "; a line goes on after an operator, `and`, `or`, `=>`, a comma, or inside brackets"
        self._report(line, "this line is indented, but nothing above it opens a block", hint)

    def _stray(self, line: Line) -> Line | None:
        """The first of the lines before that stand farther out than those of their block, if this is one of them."""
        stray = None
        for before in reversed(self.levels[-1].lines):
            if before.inside:
                return stray if before.inside[-1].indent == line.indent else None
            if _STATEMENT.match(before.text.strip()):
                return None
            stray = before
        return None

    def _go_back(self, line: Line) -> None:
        while len(self.levels[-2].indent) >= len(line.indent):
            self._leave()
            if self.levels[-1].indent == line.indent:
                return
        hint = "begin it exactly where the lines of its block begin"
        self._report(line, "this line is indented like no block around it", hint)

    def _leave(self) -> None:
        """End the innermost block; comments as deep as its lines belong to it."""
        level = self.levels.pop()
        count = 0
        for at, comment in enumerate(self.pending, start=1):
            if comment.text != BLANK:
                if len(comment.indent) < len(level.indent):
                    break
                count = at
        if level.opened_by is not None:
            level.opened_by.after += _texts(self.pending[:count], at_end=True)
            del self.pending[:count]

    def _report(self, line: Line, message: str, hint: str, code: str = "S108") -> None:
        width = max(len(line.indent), 1)
        place = Span(self.path, line.number, 1, line.number, 1 + width)
        self.diagnostics.append(finding(code, message, place, hint=hint))


def _texts(comments: list[Comment], at_end: bool = False) -> tuple[str, ...]:
    """The texts of comments; runs of blank lines are one, and none stands at the end of a block."""
    texts: list[str] = []
    for comment in comments:
        if comment.text != BLANK or not texts or texts[-1] != BLANK:
            texts.append(comment.text)
    if at_end and texts and texts[-1] == BLANK:
        texts.pop()
    return tuple(texts)
