"""`--memory-limit`: what does not fit waits on the disk, in a folder that goes when the command ends."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_results_are_the_same_and_nothing_is_left(scoreline: Call, starter: Path, temporary: Path) -> None:
    words = ("run", starter, "--data", starter / "data", "--as-of", "2026-03-01", "--format", "json")
    free, limited = scoreline(*words), scoreline(*words, "--memory-limit", "200MB")
    assert limited.code == 0, limited.err
    assert json.loads(limited.out) == json.loads(free.out)
    assert list(temporary.iterdir()) == []


def test_a_replay_keeps_to_it_as_well(scoreline: Call, starter: Path, temporary: Path) -> None:
    words = (
        "replay",
        starter,
        "--data",
        starter / "data",
        "--to",
        "2026-02-27",
        "--every",
        "30 days",
        "--format",
        "json",
    )
    free, limited = scoreline(*words), scoreline(*words, "--memory-limit", "200MB")
    assert limited.code == 0, limited.err
    assert json.loads(limited.out) == json.loads(free.out)
    assert list(temporary.iterdir()) == []


def test_a_limit_that_is_too_low_is_said(scoreline: Call, starter: Path, temporary: Path) -> None:
    done = scoreline("run", starter, "--data", starter / "data", "--memory-limit", "100KB")
    assert (done.code, done.out) == (1, "")
    assert "error: there is not enough memory for this" in done.err
    assert "--memory-limit" in done.err
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("size", ["800", "-1GB", "much", "0MB", "800MB; DROP TABLE events"])
def test_a_limit_that_is_none_is_refused(scoreline: Call, starter: Path, size: str) -> None:
    done = scoreline("run", starter, "--data", starter / "data", "--memory-limit", size)
    assert done.code == 2
    assert "is no amount of memory" in done.err and "800MB" in done.err
