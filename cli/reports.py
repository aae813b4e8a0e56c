"""Findings on their way out: what each format of `validate` gets, and how they are counted."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import PurePath

from ..grammar.diagnostics import Diagnostic, Severity
from ..grammar.late_methods import dataclass
from ..grammar.source import Source

FORMATS = ("text", "concise", "json", "sarif", "github")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Report:
    """Findings with the texts that they speak of.

    `folder` leads from where the command was called to the ruleset's folder: editors and CI want paths that they
    can open, while people read paths inside the ruleset. `outside` are paths of data, and where these lie from there.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    folder: str = ""
    outside: Mapping[str, str] = field(default_factory=dict)

    def path(self, inside: str) -> str:
        """A path inside the ruleset or the data, as seen from where the command was called."""
        if inside in self.outside:
            return self.outside[inside]
        return PurePath(self.folder, inside).as_posix() if self.folder and inside else inside

    def count(self, severity: Severity) -> int:
        return sum(item.severity == severity for item in self.diagnostics)

    def fails(self, fail_on: Severity) -> bool:
        """Is there a finding as serious as this, or more?"""
        serious = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
        return any(item.severity in serious for item in self.diagnostics)

    def summary(self) -> str:
        """How many of each kind.

        >>> Report(()).summary()
        'no findings'
        """
        names = {"error": "error", "warning": "warning", "info": "remark"}
        counts = [(self.count(severity), names[severity]) for severity in SEVERITIES]
        return ", ".join(plural(count, name) for count, name in counts if count) or "no findings"


def render(report: Report, form: str) -> str:
    """The whole report in one format; '' if there is nothing to say in it."""
    rendered: str = importlib.import_module(f".render_{form}", __package__).render(report)
    return rendered


def plural(count: int, noun: str, many: str = "") -> str:
    """A number with its noun.

    >>> plural(1, "error"), plural(2000, "error"), plural(0, "entry", "entries")
    ('1 error', '2,000 errors', '0 entries')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters become a visible sign.

    >>> printable("a\\x1b[31mb\\tc")
    'a�[31mb�c'
    """
    return "".join("�" if unicodedata.category(sign) in ("Cc", "Cs") or sign in _BIDI else sign for sign in text)


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """As they were found, file by file; remarks after everything that is wrong or doubtful."""
    return tuple(sorted(diagnostics, key=lambda item: item.severity == "info"))


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
