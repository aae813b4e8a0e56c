"""Many lines about the same things: comparing them with each other ends."""

from __future__ import annotations

import pytest

from scoreline.engine.lints.prove import Prover

from .compiled import findings

LINES = "".join(f"    l{i}: visited at least {i + 2} times within {i + 1} days => +{i + 1}\n" for i in range(150))
BEST = "    best of:\n" + "".join(f"    {line}\n" for line in LINES.splitlines())


@pytest.mark.parametrize("lines", [LINES, BEST], ids=["lines", "best of"])
def test_lines_about_the_same_thing_are_compared_so_often_only(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """150 lines are 11,175 pairs, of which 5,000 are compared, and none of so long a `best of`."""
    asked = []
    implies = Prover.implies
    monkeypatch.setattr(Prover, "implies", lambda self, *pair: asked.append(pair) or implies(self, *pair))
    findings("score fit for lead:\n" + lines)
    assert (len(asked) <= 10_000) and (lines == BEST or asked)
