"""Rules of a test, compiled in a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .compiled import Outcome, compiled


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read(rules: str, **more: Any) -> Outcome:
        return compiled(tmp_path, rules, **more)

    return read
