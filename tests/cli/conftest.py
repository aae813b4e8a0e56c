"""Calling the command line as a person does, without a process for each call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from scoreline.cli.failures import ending
from scoreline.cli.main import app


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def scoreline(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Call:
    """`scoreline("run", "abm", …)` gives exit code, stdout and stderr, without colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: object) -> Done:
        capfd.readouterr()
        words = [str(each) for each in arguments]
        code = ending(lambda: app.main(words, prog_name="scoreline", standalone_mode=False))
        out, err = capfd.readouterr()
        return Done(code, click.unstyle(out), click.unstyle(err))

    return call


@pytest.fixture
def starter(scoreline: Call, tmp_path: Path) -> Path:
    """The ruleset that `init` writes, with its six made-up companies in `data`."""
    assert scoreline("init", tmp_path / "starter").code == 0
    return tmp_path / "starter"
