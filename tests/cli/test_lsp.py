"""`lsp` says what it needs where its library is missing; what it does is in tests/editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scoreline.cli import lsp_command

Call = Callable[..., Any]


def test_a_missing_library_is_said(scoreline: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsp_command, "find_spec", lambda name: None)
    done = scoreline("lsp")
    assert done.code == 2 and "pip install 'scoreline[lsp]'" in done.err
