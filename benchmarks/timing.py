"""Paired timing of whole processes: the host is noisy, so only ratios of runs side by side are to be trusted."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAUNCH = Path(__file__).parent / "launch.py"
Command = Sequence[str]


@dataclass(frozen=True)
class Run:
    """One process: its seconds on the wall, the peak of its memory in MB, and the seconds of its work.

    `work` and `cpu` (on all cores) are what the process itself says that its work took, without starting Python and
    importing; for processes that say nothing all of it was work. `said` is all that it said.
    """

    wall: float
    peak: float
    work: float
    cpu: float
    said: Mapping[str, float]


class Failed(RuntimeError):
    """A process that was to be measured did not end well; its command and what it said."""

    def __init__(self, command: Command, said: str) -> None:
        super().__init__(f"{' '.join(command)}\n{said}")
        self.command = command


def run(command: Command) -> Run:
    """Run a command in the checkout; its stdout may end in a line of JSON with `work`."""
    with (
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
        tempfile.NamedTemporaryFile("r", encoding="utf-8") as told,
    ):
        launched = [sys.executable, "-SE", str(LAUNCH), told.name, *command]
        subprocess.run(launched, cwd=ROOT, stdout=out, stderr=err, check=True)
        code, wall, most, spent = json.load(told)
        out.seek(0)
        err.seek(0)
        if code:
            raise Failed(command, out.read()[-2000:] + err.read()[-2000:])
        said = last_json(out.read())
    return Run(wall, most / 1024, said.get("work", wall), said.get("cpu", spent), said)


class Clock:
    """What a process says of its own work: it begins when the clock is made; `say` prints it as the last line."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()
        self._took: dict[str, float] = {}

    def stop(self) -> None:
        """The work ends here, and not when it is told."""
        wall, spent = self._begun
        self._took = {"work": time.perf_counter() - wall, "cpu": time.process_time() - spent}

    def say(self, **more: float) -> None:
        if not self._took:
            self.stop()
        print(json.dumps({**self._took, **more}))


def last_json(text: str) -> dict[str, float]:
    lines = text.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return {}
    found = json.loads(lines[-1])
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def paired(commands: Mapping[str, Command], runs: int, warm: bool = True) -> dict[str, list[Run]]:
    """Each command `runs` times in turn, the order reversed every other time; one round before does not count."""
    made: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(-warm, runs):
        names = list(commands) if number % 2 else list(commands)[::-1]
        for name in names:
            ran = run(commands[name])
            if number >= 0:
                made[name].append(ran)
        tell(
            f"round {number + 1} of {runs}: "
            + ", ".join(f"{name} {made[name][-1].work:.2f} s" for name in names if made[name])
        )
    return made


def tell(text: str) -> None:
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text[:140]}", end="", file=sys.stderr, flush=True)


def work(ran: Run) -> float:
    return ran.work


def wall(ran: Run) -> float:
    return ran.wall


def cpu(ran: Run) -> float:
    return ran.cpu


def peak(ran: Run) -> float:
    return ran.peak


def median(runs: Sequence[Run], of: Callable[[Run], float] = work) -> float:
    return statistics.median(of(ran) for ran in runs)


def ratio(runs: Sequence[Run], others: Sequence[Run], of: Callable[[Run], float] = work) -> float:
    """The median of the ratios of the runs that were made side by side."""
    return statistics.median(of(one) / of(other) for one, other in zip(runs, others, strict=True))


def spread(runs: Sequence[Run], of: Callable[[Run], float] = work) -> float:
    """The slowest over the quickest: how noisy the machine was."""
    return max(map(of, runs)) / min(map(of, runs))


def module(name: str, *arguments: str | Path) -> list[str]:
    """The command that runs a module of this folder."""
    return [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]


def scoreline(*arguments: str | Path) -> list[str]:
    """The product's command, of the environment that runs the benchmarks."""
    return [str(Path(sys.executable).parent / "scoreline"), *map(str, arguments)]
