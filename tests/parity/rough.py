"""A file of rules as somebody in a hurry writes it: odd blanks and line breaks, comments wherever they can stand."""

from __future__ import annotations

import random
import re
from itertools import pairwise

_TOKEN = re.compile(
    r"""\bmatches\ /(?:\\.|[^/\\])+/\w*|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`
    |=>|\.\.|[=!<>]=|[-\w.%:]+|\S""",
    re.VERBOSE,
)
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_OPERATORS = ("and", "or", "=>", "==", "!=", ">=", "<=", "<", ">", ",", "+", "*", "where")
_GOES_ON = ("and", "or", "=>", "where", "stays")


class Rough:
    """Makes text rough by chance, and remembers the comments that it wrote."""

    def __init__(self, seed: int) -> None:
        self.chances = random.Random(seed)
        self.comments: list[str] = []

    def file(self, text: str) -> str:
        rows: list[str] = []
        for line in text.splitlines():
            indent = line[: len(line) - len(line.lstrip())]
            rows += self._above(indent)
            rows += [row for row in self._line(indent, line.strip()).split("\n") if row.strip() or not line.strip()]
        return "\n".join([*rows, *self._above("")])

    def _often(self, of: int) -> bool:
        return self.chances.randrange(of) == 0

    def _comment(self) -> str:
        text = f"{self.chances.choice(['why', 'see =>', '(', 'allow L101', 'it is so', ''])} {len(self.comments)}"
        self.comments.append(text.strip())
        return f"#{self.chances.choice(['', ' '])}{text.strip()}"

    def _above(self, indent: str) -> list[str]:
        rows = [""] * self.chances.choice([0, 0, 0, 1, 3])
        return [*rows, indent + self._comment()] if self._often(8) else rows

    def _line(self, indent: str, line: str) -> str:
        row, depth = indent, 0
        tokens = list(_TOKEN.finditer(line))
        for token, following in pairwise(tokens):
            depth += (token[0] in _OPEN) - (token[0] in _CLOSE)
            gap = line[token.end() : following.start()]
            may_break = depth or token[0] in _OPERATORS or following[0] in _GOES_ON
            if (gap or token[0] in _OPEN) and may_break and self._often(9):
                gap = self._break(indent)
            elif gap or token[0] in _OPEN or following[0] in _CLOSE:
                gap += " " * self.chances.choice([0, 0, 0, 1, 2])
            row += token[0] + gap
        row += tokens[-1][0] if tokens else ""
        return row + (f"  {self._comment()}" if tokens and self._often(8) else "")

    def _break(self, indent: str) -> str:
        behind = f" {self._comment()}" if self._often(3) else ""
        alone = f"\n{indent}      {self._comment()}" if self._often(6) else ""
        return f"{behind}{alone}\n{indent}{' ' * self.chances.choice([4, 9])}"
