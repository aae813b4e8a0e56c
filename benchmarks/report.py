"""What benchmarks say: goals, tables of ratios, and plots under build/benchmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from .layout import BUILD


@dataclass(frozen=True)
class Goal:
    """One of the goals of speed: what was measured against its bound; None where the feature does not exist yet."""

    number: int
    text: str
    bound: float
    measured: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


WIDTH = 140
"""Of tables that do not go to a terminal."""
Rows = Sequence[Sequence[str]]


def show(title: str, columns: Sequence[str], rows: Rows, caption: str = "") -> None:
    """A table on stdout; the first column is text, the others are numbers."""
    table = Table(*columns, title=title, caption=caption or None, title_justify="left", caption_justify="left")
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    console = Console()
    Console(width=max(console.width, WIDTH) if not console.is_terminal else None).print(table)


def show_goals(goals: Sequence[Goal]) -> None:
    """Every goal with its measured ratio, and whether it is met."""
    words = {True: "[green]met[/]", False: "[red]missed[/]", None: "not yet"}
    rows = [
        (
            f"{goal.number:>2}  {goal.text}",
            f"{'≥' if goal.at_least else '≤'} {goal.bound:g}",
            "" if goal.measured is None else "never" if math.isinf(goal.measured) else f"{goal.measured:.3g}",
            words[goal.met],
            goal.note,
        )
        for goal in sorted(goals, key=lambda goal: goal.number)
    ]
    show("Goals of speed", ("goal", "bound", "measured", "", ""), rows)


def plot_growth(name: str, title: str, across: str, series: Mapping[str, Mapping[float, float]]) -> None:
    """Seconds over size, both logarithmic, a line for each contender."""
    pyplot = plotting()
    if pyplot is None:
        return
    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    for label, points in series.items():
        ended = {size: seconds for size, seconds in points.items() if math.isfinite(seconds)}
        axes.plot(list(ended), list(ended.values()), marker="o", label=label)
    axes.set(title=title, xlabel=across, ylabel="seconds", xscale="log", yscale="log")
    axes.grid(visible=True, which="both", alpha=0.2)
    axes.legend()
    save(figure, name)


def plot_bars(name: str, title: str, unit: str, values: Mapping[str, float], logarithmic: bool = False) -> None:
    """One bar for each contender."""
    pyplot = plotting()
    if pyplot is None:
        return
    figure, axes = pyplot.subplots(figsize=(7, 0.6 + 0.45 * len(values)))
    bars = axes.barh(list(values), list(values.values()), log=logarithmic)
    axes.bar_label(bars, fmt="{:,.3g}", padding=3)
    axes.set(title=title, xlabel=unit)
    axes.margins(x=0.15)
    axes.invert_yaxis()
    save(figure, name)


def plotting() -> Any:
    """Matplotlib, if it is installed (the extra `bench` has it)."""
    try:
        import matplotlib
    except ImportError:
        Console(stderr=True).print("no plot: matplotlib is not installed (pip install -e '.[bench]')")
        return None
    matplotlib.use("svg")
    from matplotlib import pyplot

    return pyplot


def save(figure: Any, name: str) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    figure.savefig(BUILD / f"{name}.svg", bbox_inches="tight")
    Console(stderr=True).print(f"wrote build/benchmarks/{name}.svg")
