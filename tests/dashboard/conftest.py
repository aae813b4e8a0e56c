"""The command line, as in tests/cli; and one site for all tests that only read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from scoreline.cli.failures import ending
from scoreline.cli.main import app

from . import given

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def scoreline(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Call:
    """`scoreline("report", …)` gives exit code, stdout and stderr, without colour."""
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: Any) -> tuple[int, str, str]:
        capfd.readouterr()
        code = ending(lambda: app.main([str(each) for each in arguments], prog_name="scoreline", standalone_mode=False))
        out, err = capfd.readouterr()
        return code, click.unstyle(out), click.unstyle(err)

    return call


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> given.Site:
    """The site of the small data, with four weeks of history."""
    return given.write(tmp_path_factory.mktemp("made") / "site")
