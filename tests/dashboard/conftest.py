"""The command line, as in tests/cli."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
import pytest

from scoreline.cli.failures import ending
from scoreline.cli.main import app

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def scoreline(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """`scoreline("report", …)` gives exit code, stdout and stderr, without colour."""
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: Any) -> tuple[int, str, str]:
        capfd.readouterr()
        code = ending(lambda: app.main([str(each) for each in arguments], prog_name="scoreline", standalone_mode=False))
        out, err = capfd.readouterr()
        return code, click.unstyle(out), click.unstyle(err)

    return call
