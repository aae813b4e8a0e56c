"""What stops a read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...grammar.diagnostics import Diagnostic

if TYPE_CHECKING:
    from .dataset import Dataset


class DataError(Exception):
    """The data cannot be used; `diagnostics` say why, each with a way out.

    Where too many records were rejected, `dataset` has all that was read: its `write_rejected` says why.

    >>> import scoreline
    >>> try:
    ...     scoreline.load("by-example").score({}, as_of="2026-03-01")
    ... except scoreline.DataError as error:
    ...     print(error.diagnostics[0].code)
    D102
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], dataset: Dataset | None = None) -> None:
        super().__init__("\n".join(f"{each.code} {each.message}" for each in diagnostics))
        self.diagnostics = tuple(diagnostics)
        self.dataset = dataset
