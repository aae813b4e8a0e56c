"""Peak memory of whole processes against the same rules by hand, and what a memory limit costs in time.

python -m benchmarks.memory --size M --runs 5
python -m benchmarks.memory --size L --limit 800MB
"""

from __future__ import annotations

import argparse

from .against_sql import COMMAND, command
from .contenders import RULES, arguments
from .data import SIZES, make
from .layout import BUILD
from .report import Goal, plot_bars, show
from .timing import Run, median, paired, peak, ratio, scoreline, wall

LIMITED = "with a limit"


def compare(size: str, runs: int, limit: str) -> dict[str, list[Run]]:
    data = make(size)
    commands = {name: command(name, data) for name in (COMMAND, "textbook", "expert", "polars")}
    if has_limit():
        words = arguments(RULES, data, BUILD / "out" / size / "limited")
        commands[LIMITED] = scoreline(*words, "--memory-limit", limit)
    made = paired(commands, runs, warm=False)
    ours = made[COMMAND]
    rows = [
        (
            "Scoreline" if name == COMMAND else f"Scoreline under {limit}" if name == LIMITED else name,
            f"{median(ran, peak):,.0f}",
            f"{ratio(ours, ran, peak):.2f}",
            f"{median(ran, wall):.2f}",
        )
        for name, ran in made.items()
    ]
    show(f"Memory, {size}, {runs} paired runs", ("", "peak MB", "Scoreline ÷ this", "whole s"), rows)
    plot_bars(
        f"memory-{size}",
        f"Peak memory, {size}",
        "MB",
        {row[0]: median(ran, peak) for row, ran in zip(rows, made.values(), strict=True)},
    )
    return made


def has_limit() -> bool:
    """Whether the product can be told how much memory to use."""
    from scoreline.cli.run_command import command as product

    return any("--memory-limit" in option.opts for option in product.params)


def goals(size: str, runs: int, limit: str = "800MB") -> list[Goal]:
    """The limit is that of size L; smaller data would not feel it."""
    text = f"time under --memory-limit {limit} ÷ without, L"
    if not has_limit() or size != "L":
        return [Goal(5, text, 2.2, note="measured with --large" if has_limit() else "")]
    made = compare(size, runs, limit)
    return [Goal(5, text, 2.2, ratio(made[LIMITED], made[COMMAND], wall))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=SIZES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", default="800MB", help="for --memory-limit, where the product has it")
    options = parser.parse_args()
    compare(options.size, options.runs, options.limit)


if __name__ == "__main__":
    main()
