"""Every test compiles anew; those of the cache itself switch it on, in folders of their own. Garbage is looked for as
seldom as the command line does. What was collected is not frozen: who compiles asks whether anything is, and Python
counts it one by one.
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
    monkeypatch.setenv("SCORELINE_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "scoreline"
