"""What each step of a plan took: `scoreline run --profile`."""

from __future__ import annotations

import sys
from dataclasses import field
from typing import TYPE_CHECKING

from ..grammar.late_methods import dataclass
from .console import say, width

if TYPE_CHECKING:
    from ..engine.runners.embedded import Timing


@dataclass
class Steps:
    """The steps of one run, in their order."""

    done: list[Timing] = field(default_factory=list)

    def watch(self, step: Timing) -> None:
        """Remember a step."""
        self.done.append(step)

    def show(self) -> None:
        """A table on stderr; the interpreter has no steps."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        if not self.done:
            say("the reference engine works without a plan: there are no steps to show")
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name, justify in (("step", "left"), ("rows", "right"), ("seconds", "right"), ("share", "right")):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        table.add_column("what it is for", overflow="fold")
        total = sum(step.seconds for step in self.done)
        for step in self.done:
            share = f"{step.seconds / total:.0%}" if total else ""
            table.add_row(Text(step.step), f"{step.rows:,}", f"{step.seconds:.3f}", share, Text(step.purpose))
        table.add_row("all steps", "", f"{total:.3f}", "", "")
        Console(file=sys.stderr, width=width(), highlight=False).print(table)
