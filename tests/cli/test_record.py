"""`test --record`: prints a scenario, or puts it at the end of a file, where it passes at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Call = Callable[..., Any]


def test_it_is_put_into_a_file_and_passes_there(scoreline: Call, starter: Path) -> None:
    first = starter / "tests" / "first.yaml"
    before = first.read_text(encoding="utf-8")
    call = ("test", starter, "--record", "alder-works", "--data", starter / "data", "--as-of", "2026-03-01")
    printed = scoreline(*call)
    assert printed.code == 0 and printed.out.startswith("scenarios:\n  - name: an account at MQA, recorded\n")
    assert "it needs 8 of 12 events" in printed.err
    assert scoreline(*call, "--into", first).code == 0
    after = first.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip()) and "an account at MQA, recorded" in after
    done = scoreline("test", starter)
    assert done.code == 0 and "9 scenarios: 9 passed" in done.out


def test_wrong_use_is_told(scoreline: Call, starter: Path) -> None:
    assert scoreline("test", starter, "--data", starter / "data").code == 2
    done = scoreline("test", starter, "--record", "nobody")  # the data are the ruleset's own
    assert done.code == 1 and "there is no lead or account `nobody`" in done.err
    (starter / "tests" / "flow.yaml").write_text("scenarios: []\n", encoding="utf-8")
    into = ("--data", starter / "data", "--into", starter / "tests" / "flow.yaml")
    assert scoreline("test", starter, "--record", "alder-works", *into).code == 2
