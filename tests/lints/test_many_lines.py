"""Many lines about the same things: comparing them with each other ends."""

from __future__ import annotations

from itertools import pairwise

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


@pytest.mark.parametrize("step", [1, -1], ids=["downwards", "upwards"])
def test_a_long_chain_of_definitions_is_followed_to_its_end(step: int) -> None:
    names = [f"m{number}" for number in range(1200)][::step]
    chain = "".join(f"measure {name} for account = {below} + 1\n" for below, name in pairwise(names))
    found = findings(
        f"measure {names[0]} for account = 1\n{chain}score fit for account:\n    a: {names[-1]} < 5 => +1\n"
    )
    assert ("L101", f"`{names[-1]} < 5` never holds") in {(item.code, item.message) for item in found}
