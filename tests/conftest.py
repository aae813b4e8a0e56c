"""Every test compiles anew; those of the cache itself switch it on, in folders of their own. Garbage is looked for as
seldom as the command line does."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from scoreline.cli.main import SELDOM

os.environ["SCORELINE_CACHE"] = "off"


def pytest_collection_finish() -> None:
    """What was imported and collected stays, and is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)


def pytest_unconfigure() -> None:
    """DuckDB complains at the end of what was never let go."""
    gc.unfreeze()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, switched on: the folder with its shelves."""
    monkeypatch.setenv("SCORELINE_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "scoreline"
