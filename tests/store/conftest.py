"""A ruleset with data to keep the results of."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.cli.init_command import command as init


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """The ruleset that `init` writes, with its six made-up companies in `data`."""
    folder = tmp_path / "starter"
    init.main([str(folder)], standalone_mode=False)
    return folder
