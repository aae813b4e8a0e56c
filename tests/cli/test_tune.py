"""`scoreline tune` says whether other points pay, shows the change, and writes it only when it is asked to."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.tune import folds

from ..tune.worlds import opportunities, ruleset, shuffled

Call = Callable[..., Any]
WON = ("--won", "account.status == 'Won'")


@pytest.fixture
def deals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ruleset in the folder `deals`, with its data, and the folder above as the current one."""
    monkeypatch.setattr(folds, "REPEATS", 1)
    monkeypatch.chdir(tmp_path)
    folder = ruleset(tmp_path / "deals")
    data = tmp_path / "deals" / "data"
    data.mkdir()
    (data / "accounts.json").write_text(json.dumps(opportunities(200)), encoding="utf-8")
    return folder


def test_it_shows_the_change_and_writes_nothing(scoreline: Call, deals: Path) -> None:
    before = (deals / "deals.rules").read_bytes()
    done = scoreline("tune", "deals", *WON)
    assert done.code == 0, done.err
    assert "Other points pay: chance tells won from lost better" in done.out
    assert "No part in chance: `good_from`" in done.out
    assert all(len(line) <= 100 for line in done.out.splitlines())
    assert (deals / "deals.rules").read_bytes() == before
    shown = [line[2:] for line in done.out.splitlines() if line.startswith("  ")]
    start = shown.index("--- a/deals/deals.rules")
    patch = [line for line in shown[start:] if line[:1] in ("-", "+", "@", " ")]
    if shutil.which("patch"):
        text = "\n".join(patch[: patch.index("  ")] if "  " in patch else patch) + "\n"
        subprocess.run(["patch", "-p1", "--quiet"], input=text, text=True, check=True, cwd=deals.parent)
        assert (deals / "deals.rules").read_bytes() != before
    step = done.err.partition("\nNext\n")[2].strip()
    assert step.startswith("scoreline diff deals deals --data ") and "--set strong_points=" in step


def test_what_is_written_is_what_was_suggested_and_sound(scoreline: Call, deals: Path) -> None:
    done = scoreline("tune", "deals", *WON, "--write", "--format", "json")
    found = json.loads(done.out)
    assert done.code == 0 and found["pays"] and "wrote " in done.err
    text = (deals / "deals.rules").read_text("utf-8")
    for name, value in found["suggested"].items():
        assert f"param {name} = {value:g} in " in text
    assert scoreline("validate", "deals", "--format", "concise").code == 0


def test_shuffled_outcomes_write_nothing(scoreline: Call, deals: Path) -> None:
    (deals / "data" / "accounts.json").write_text(json.dumps(shuffled(opportunities(200))), encoding="utf-8")
    before = (deals / "deals.rules").read_bytes()
    done = scoreline("tune", "deals", *WON, "--write", "--format", "markdown")
    assert done.code == 0 and "nothing was written: the points stay as they are" in done.err
    assert "Keep the points as they are" in done.out and "no signal" in done.out
    assert (deals / "deals.rules").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("b2b-opportunities", *WON, "--write"), "no path, so `--write` has nothing to change"),
        (("deals", *WON, "--write", "--set", "weak_points=3"), "leave one of them out"),
        (("deals", *WON, "--param", "strong"), "there is no param `strong` with a range"),
        (("deals", "--won", "account.statu == 'Won'"), "did you mean `status`?"),
        (("deals", "--won", "account.status == 'Won'", "--score", "fit"), "there is no score `fit`"),
    ],
)
def test_what_is_wrong_is_said(scoreline: Call, deals: Path, arguments: tuple[str, ...], words: str) -> None:
    done = scoreline("tune", *arguments)
    assert done.code in (1, 2) and words in done.err
    assert "Traceback" not in done.err
