"""Every test compiles and plans anew, unless it asks for a cache: one of its own, or the one that a session shares, as
commands do that somebody gives one after the other. Garbage is looked for as seldom as the command line does. What was
collected is not frozen: who compiles asks whether anything is, and Python counts it one by one.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from scoreline.cli.main import SELDOM

os.environ["SCORELINE_CACHE"] = "off"
gc.set_threshold(SELDOM)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, switched on: the folder with its shelves."""
    return switched_on(tmp_path / "cache", monkeypatch)


@pytest.fixture
def shared_cache(shelves: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of the session, switched on: what was planned in one test is not planned again in the next."""
    return switched_on(shelves, monkeypatch)


@pytest.fixture(scope="session")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the tests of a session share, in whichever of its processes they run."""
    folder = tmp_path_factory.getbasetemp() / ("../shelves" if "PYTEST_XDIST_WORKER" in os.environ else "shelves")
    folder.mkdir(exist_ok=True)
    return folder.resolve()


def switched_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCORELINE_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "scoreline"
