"""Where a line stopped being readable: what a slip is recognised by."""

from __future__ import annotations

from functools import cached_property

from .diagnostics import Diagnostic, Fix, finding
from .late_methods import dataclass
from .source import Span


@dataclass(frozen=True)
class Stumble:
    """Where a line stopped being readable: the offset in its text, and the terminals that could have stood there."""

    path: str
    text: str
    number: int
    at: int
    accepted: frozenset[str]
    start: str

    @cached_property
    def done(self) -> str:
        """What was read, without blanks at its end."""
        return self.text[: self.at].rstrip()

    @cached_property
    def rest(self) -> str:
        """What could not be read."""
        return self.text[self.at :]

    @property
    def at_end(self) -> bool:
        return not self.rest.strip()

    def span(self, start: int, end: int) -> Span:
        """The place of a stretch of the line's text."""
        return Span(self.path, *self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        row = self.text.count("\n", 0, offset)
        return self.number + row, offset - (self.text.rfind("\n", 0, offset) + 1) + 1

    def report(
        self,
        code: str,
        message: str,
        place: tuple[int, int],
        *,
        label: str = "",
        hint: str = "",
        fix: str | None = None,
    ) -> Diagnostic:
        """A finding at a stretch of the line's text."""
        span, message = self.span(*place), message.replace("\n", " ")
        return finding(code, message, span, label=label, hint=hint, fix=None if fix is None else Fix(span, fix))
