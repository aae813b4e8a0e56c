"""A ruleset as it is once compiled, or the reason why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from ..grammar.nodes import File, Statement
from ..grammar.source import Source
from .manifest import Manifest
from .model import Model, Table
from .records import Value


class RulesetError(Exception):
    """A ruleset that cannot be used: `diagnostics` say why, `sources` hold the texts that they point into.

    >>> import scoreline
    >>> try:
    ...     scoreline.load("by-example", params={"mqa_treshold": 70})
    ... except scoreline.RulesetError as error:
    ...     print(error.diagnostics[0].hint)
    did you mean `mqa_threshold`?
    """

    def __init__(self, diagnostics: list[Diagnostic], sources: Mapping[str, Source] | None = None) -> None:
        self.diagnostics = diagnostics
        self.sources = dict(sources or {})
        errors = [item for item in diagnostics if item.is_error]
        first = errors[0] if errors else None
        place = f"{first.span!r}: " if first and first.span.line else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{place}{first.code} {first.message}{more}" if first else "the ruleset cannot be used")


@dataclass(frozen=True)
class Written:
    """What a ruleset says together with its bases: its statements as they count, and the values of lists and tables."""

    statements: tuple[Statement, ...] = ()
    lists: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """A sound ruleset: its manifest, its nodes, its model, and what is doubtful about it.

    `files` are its own, without those of the rulesets that it builds on; `written` is what it says together with them.
    Unless it `is_linted`, its diagnostics say nothing of lints.
    """

    path: Path
    manifest: Manifest
    files: tuple[File, ...]
    model: Model
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    written: Written = field(default_factory=Written, repr=False)
    is_linted: bool = True

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def fingerprint(self) -> str:
        """`sha256:…` of what the rules mean, params included."""
        return self.model.fingerprint

    @property
    def is_single_file(self) -> bool:
        """Whether it is one file of rules, whose schema is inferred from the data."""
        return self.path.suffix == ".rules"
