"""On a terminal a run shows how far it has come; anywhere else it says nothing of it."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline.cli.days_bar import DaysBar
from scoreline.cli.failures import ending
from scoreline.cli.main import app
from scoreline.cli.steps_bar import drawn
from scoreline.engine.runners import across

Call = Callable[..., Any]
WIPE = "\r\x1b[2K"


class Terminal(io.StringIO):
    """What a person would see, frame by frame."""

    def isatty(self) -> bool:
        return True

    @property
    def frames(self) -> list[str]:
        return [frame.partition("\n")[0] for frame in self.getvalue().split(WIPE)[1:]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def run(folder: Path, terminal: Terminal, *more: str) -> int:
    words = ["run", str(folder), "--data", str(folder / "data"), "--as-of", "2026-03-01", *more]
    with contextlib.redirect_stderr(terminal):
        return ending(lambda: app.main(words, prog_name="scoreline", standalone_mode=False))


def test_each_step_is_shown_with_what_it_is_for(starter: Path, terminal: Terminal) -> None:
    assert run(starter, terminal) == 0
    bars = [frame for frame in terminal.frames if re.match(r"scoring [━─]{20} \d+/\d+ ", frame)]
    counted = [tuple(map(int, re.findall(r"(\d+)/(\d+)", bar)[0])) for bar in bars]
    total = counted[0][1]
    assert counted == [(done, total) for done in range(total + 1)] and total > 10
    assert bars[0].endswith(f"0/{total} the contacts as they are known at the instant")
    assert bars[-2].endswith(f"{total - 1}/{total} the results of each account")
    assert "━" not in bars[0] and "─" not in bars[-1]
    assert all(len(bar) < 80 for bar in bars)


def test_what_is_said_next_takes_the_place_of_the_bar(starter: Path, terminal: Terminal) -> None:
    assert run(starter, terminal) == 0
    lines = terminal.getvalue().split("\n")
    assert not any("scoring" in line.rpartition(WIPE)[2] for line in lines)


def test_a_profile_is_kept_beside_the_bar(starter: Path, terminal: Terminal) -> None:
    assert run(starter, terminal, "--profile") == 0
    shown = terminal.getvalue()
    assert f"{WIPE}scoring" in shown and re.search(r"^all steps +\d", shown, re.MULTILINE)


def test_where_it_stands_is_told_before_it_is_looked_back(starter: Path, terminal: Terminal) -> None:
    words = ["explain", str(starter), "alder-works", "--data", str(starter / "data"), "--as-of", "2026-03-01"]
    with contextlib.redirect_stderr(terminal):
        assert ending(lambda: app.main(words, prog_name="scoreline", standalone_mode=False)) == 0
    (told,) = [frame for frame in terminal.frames if frame.endswith("… Since when …")]
    assert told.startswith("alder-works is at MQA (Marketing qualified); readiness is ") and len(told) < 80


@pytest.mark.parametrize("terminal_kind", ["dumb", "none"])
def test_nothing_is_shown_where_nobody_looks(
    starter: Path, terminal: Terminal, terminal_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb" if terminal_kind == "dumb" else "xterm")
    if terminal_kind == "none":
        monkeypatch.setattr(terminal, "isatty", lambda: False)
    assert run(starter, terminal) == 0
    assert "scoring" not in terminal.getvalue() and WIPE not in terminal.getvalue()


def test_the_reference_engine_has_no_steps_and_no_bar(starter: Path, terminal: Terminal) -> None:
    assert run(starter, terminal, "--engine", "interpreter") == 0
    assert [frame for frame in terminal.frames if frame.startswith("scoring")] == ["scoring …"]


@pytest.mark.parametrize("room", [20, 40, 59, 60, 80, 200])
def test_a_bar_fits_any_terminal(room: int) -> None:
    for done in range(6):
        line = drawn(done, 5, "the events that rules read, typed once: owners, ages, folded texts", room)
        assert len(line) < room and line.startswith("scoring ") and ("─" in line or "━" in line) == (room >= 60)


def test_days_are_counted_with_the_time_that_is_left(terminal: Terminal) -> None:
    times = iter((100.0, 100.0, 130.0, 190.0))
    bar = DaysBar(clock=lambda: next(times))
    with contextlib.redirect_stderr(terminal):
        for done in (0, 30, 90):
            bar.counted("days before", done, 90)
    empty, full = "─" * 20, "━" * 20
    assert terminal.frames == [
        f"the days before {empty} 0/90 …",
        f"the days before {full[:6]}{empty[6:]} 30/90 about 60 s left",
        f"the days before {full} 90/90 …",
    ]


def test_a_replay_says_how_far_it_is(starter: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(across, "BUDGET", 80)  # of 40 rows: two instants at once
    words = ["replay", str(starter), "--data", str(starter / "data"), "--from", "2026-02-24", "--to", "2026-02-26"]
    with contextlib.redirect_stderr(terminal):
        assert ending(lambda: app.main(words, prog_name="scoreline", standalone_mode=False)) == 0
    bars = [frame for frame in terminal.frames if re.match(r"replaying [━─]{20} ", frame)]
    assert [re.findall(r"\d/\d", bar) for bar in bars] == [["0/3"], ["2/3"], ["3/3"]]
    assert re.search(r"2/3 about \d+ s left$", bars[1])
