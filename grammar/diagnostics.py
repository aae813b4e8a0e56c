"""What is wrong or doubtful with a text, as data: code, place, message, label and way out."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Literal

from .codes import CODES
from .late_methods import dataclass
from .source import NOWHERE, Span

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Related:
    """A second place that belongs to a finding, with what stands there."""

    span: Span
    message: str


@dataclass(frozen=True)
class Fix:
    """A replacement that would mend the finding."""

    span: Span
    text: str


@dataclass(frozen=True)
class Diagnostic:
    """One finding.

    `message` is one line, lower case, without a final period, the user's text in backquotes; `label` says
    what is wrong at the place itself; `hint` is the way out. The severity is the code's unless given.
    """

    code: str
    message: str
    span: Span = NOWHERE
    label: str = ""
    hint: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    severity: Severity = field(default="error")

    @property
    def name(self) -> str:
        """The readable name of the code: `unknown-field`."""
        return CODES[self.code].name

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def with_severity(self, severity: Severity) -> Diagnostic:
        """The same finding, taken more or less seriously."""
        return replace(self, severity=severity)

    def sort_key(self) -> tuple[Span, str]:
        return self.span, self.code


def finding(
    code: str,
    message: str,
    span: Span = NOWHERE,
    *,
    label: str = "",
    hint: str = "",
    related: tuple[Related, ...] = (),
    fix: Fix | None = None,
) -> Diagnostic:
    """A diagnostic with the default severity of its code."""
    return Diagnostic(code, message, span, label, hint, related, fix, CODES[code].severity)
