"""What stops a read."""

from __future__ import annotations

from collections.abc import Sequence

from ...grammar.diagnostics import Diagnostic


class DataError(Exception):
    """The data cannot be used; `diagnostics` say why, each with a way out.

    >>> import scoreline
    >>> try:
    ...     scoreline.load("by-example").score({}, as_of="2026-03-01")
    ... except scoreline.DataError as error:
    ...     print(error.diagnostics[0].code)
    D102
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(f"{each.code} {each.message}" for each in diagnostics))
        self.diagnostics = tuple(diagnostics)
