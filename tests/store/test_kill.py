"""kill -9 at any moment, in the middle of a commit too: a store is whole, nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline.engine.instants import DAY, parse_wall
from scoreline.engine.results import EntityResult
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.runners import run
from scoreline.engine.scoring import open_data
from scoreline.engine.store.reading import Store, reading

FIRST = parse_wall("2026-02-01")
CHILD = """
import sys
from pathlib import Path
import scoreline
from scoreline.engine.runners import run
from scoreline.engine.scoring import open_data
from scoreline.engine.store import About, OfRun, append

path, name, first, days = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rules = scoreline.load(name)
dataset = open_data(rules, Path(name) / "data")
print("ready", flush=True)
for day in range(days):
    with run(rules.model, dataset, first + day * 86_400_000_000) as made:
        append(path, OfRun(made), About(rules.model, "0", day, "test"), ("lead",))
    print(day, flush=True)
"""


def test_kills(starter: Path, tmp_path: Path) -> None:
    killed_and_whole(starter, tmp_path / "s.duckdb", 1, days=2)


@pytest.mark.soak
def test_twenty_kills(starter: Path, tmp_path: Path) -> None:
    for number in range(2):
        killed_and_whole(starter, tmp_path / f"{number}.duckdb", 20, days=25)


def killed_and_whole(folder: Path, path: Path, kills: int, days: int) -> None:
    """Kill so many daily runs, each of which begins anew where the other ended; then let one go on to the end."""
    rules = scoreline.load(folder)
    dice = random.Random(7)
    done = -1
    for _ in range(kills):
        done = max(done, killed(folder, path, days, dice.uniform(0, 0.7)))
        if path.exists():
            whole(rules, folder, path, done)
    child = begin(folder, path, days)
    assert child.wait(timeout=120) == 0
    whole(rules, folder, path, days - 1)


def begin(folder: Path, path: Path, days: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", CHILD, str(path), str(folder), str(FIRST), str(days)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def killed(folder: Path, path: Path, days: int, after: float) -> int:
    """Kill a daily run some time after it began to write; gives the last day that it said was kept."""
    child = begin(folder, path, days)
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    time.sleep(after)
    os.kill(child.pid, signal.SIGKILL)
    said = child.stdout.read().split()
    child.wait()
    return int(said[-1]) if said else -1


def whole(rules: Ruleset, folder: Path, path: Path, done: int) -> None:
    """Every day that was said to be kept is there once, and each is what a run gives."""
    dataset = open_data(rules, folder / "data")
    with reading(path, "0") as store:
        instants = [each.at for each in store.snapshots()]
        assert instants == [FIRST + day * DAY for day in range(len(instants))] and len(instants) > done
        runs = store.connection.execute("SELECT run, instant, what FROM store.runs ORDER BY run").fetchall()
        assert runs == [(number, at, "new") for number, at in enumerate(instants, 1)]
        for at in instants[-1:]:
            with run(rules.model, dataset, at) as made:
                outcome = made.outcome()
            assert store.results("lead", at) == [plain(each) for each in outcome.leads]
            assert store.results("account", at) == [plain(each) for each in outcome.accounts]
            points = [
                (each.level, each.id, each.score, each.line or "", each.kind, each.points)
                for each in outcome.contributions
            ]
            assert kept_lines(store, at) == sorted(points)


def plain(found: EntityResult) -> dict[str, Any]:
    own = {"account_id": found.account_id} if found.level == "lead" else {}
    results = {**found.scores, **found.measures, **found.grades}
    return {"id": found.id, **own, "stage": found.stage, "disqualified": found.disqualified, **results}


def kept_lines(store: Store, at: int) -> list[tuple[Any, ...]]:
    return sorted(
        (level, each["id"], each["score"], each["line"] or "", each["kind"], each["points"])
        for level in ("lead", "account")
        for each in store.contributions(level, at)
    )
