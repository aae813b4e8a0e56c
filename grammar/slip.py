"""One slip that people make: a row of the tables in `slips`."""

from __future__ import annotations

import re

from .diagnostics import Diagnostic
from .late_methods import dataclass
from .stumble import Stumble


@dataclass(frozen=True)
class Slip:
    """A row of the table. A group `here` is what is underlined, else what is ahead, or behind where nothing is."""

    code: str
    message: str
    hint: str
    ahead: str = ""
    behind: str = ""
    wants: str = ""
    label: str = ""
    fix: str | None = None

    def __call__(self, stumble: Stumble) -> Diagnostic | None:
        if self.wants and stumble.accepted.isdisjoint(self.wants.split()):
            return None
        ahead = re.match(self.ahead, stumble.rest)
        behind = re.search(f"(?:{self.behind})$", stumble.done)
        if ahead is None or behind is None:
            return None
        said = {**behind.groupdict(), **ahead.groupdict()}
        fix = None if self.fix is None else self.fix.format_map(said)
        return stumble.report(
            self.code,
            self.message.format_map(said),
            _place(stumble, behind, ahead),
            label=self.label.format_map(said),
            hint=self.hint.format_map(said),
            fix=fix,
        )


def _place(stumble: Stumble, behind: re.Match[str], ahead: re.Match[str]) -> tuple[int, int]:
    """What is underlined: from a group `here` in either, else what is ahead, else what is behind."""
    marked_behind, marked_ahead = "here" in behind.re.groupindex, "here" in ahead.re.groupindex
    first = behind.start("here") if marked_behind else stumble.at + ahead.start("here" if marked_ahead else 0)
    last = stumble.at + ahead.end("here" if marked_ahead else 0)
    if marked_behind and not marked_ahead:
        last = behind.end("here")
    if not marked_behind and not marked_ahead and not ahead[0]:
        return behind.start(), behind.end()
    return first, last
