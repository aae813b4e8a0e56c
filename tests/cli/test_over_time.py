"""`explain --history` and `compare`: formats, and what is wrong with what was typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoreline.cli.compare_page import _score
from scoreline.cli.pages import Head
from scoreline.engine.chronicle.compare import ScorePoints

from .conftest import Call

AS_OF = ("--as-of", "2026-03-01")


def test_a_history_as_text_json_markdown_and_html(scoreline: Call, starter: Path) -> None:
    asked = ("explain", starter, "alder-works", "--data", starter / "data", *AS_OF, "--history")
    text = scoreline(*asked)
    assert text.code == 0 and "since 23 February 2026" in text.out
    assert max(map(len, text.out.splitlines())) <= 100
    found = json.loads(scoreline(*asked, "--format", "json").out)
    assert (found["stage"], found["since"], found["ruleset"]["name"]) == ("MQA", "2026-02-23", "starter")
    assert found["moves"][-1]["causes"][0]["kind"] == "came"
    assert scoreline(*asked, "--format", "markdown").out.startswith("## account")
    assert "<h1>" in scoreline(*asked, "--format", "html").out


def test_a_comparison_as_text_json_and_html(scoreline: Call, starter: Path) -> None:
    asked = ("compare", starter, "alder-works", "birch-bank", "--data", starter / "data", *AS_OF)
    text = scoreline(*asked)
    found = json.loads(scoreline(*asked, "--format", "json").out)
    first = found["scores"][0]["lines"][0]
    assert text.code == 0 and first["label"] in text.out and first["line"] not in text.out
    assert (found["left"]["stage"], found["right"]["stage"]) == ("MQA", "AD")
    assert "<table" in scoreline(*asked, "--format", "html").out


def test_a_difference_is_that_of_what_is_shown() -> None:
    left, right = 58.4651, 57.8849
    (block, *_) = _score(ScorePoints("engagement", left, right, (), 0.0), "a", "b")
    assert isinstance(block, Head) and "".join(block.text) == "engagement: 58.47 and 57.88 (−0.59)"


def test_of_two_instants_the_earlier_comes_first(scoreline: Call, starter: Path) -> None:
    asked = ("compare", starter, "alder-works", "--data", starter / "data", "--format", "json")
    there = scoreline(*asked, "--as-of", "2026-02-01", "--as-of2", "2026-03-01")
    back = scoreline(*asked, "--as-of", "2026-03-01", "--as-of2", "2026-02-01")
    assert there.out == back.out and json.loads(there.out)["left"]["as_of"].startswith("2026-02-01")


def test_nothing_differs_from_itself(scoreline: Call, starter: Path) -> None:
    done = scoreline("compare", starter, "alder-works", "--data", starter / "data", *AS_OF, "--with", starter)
    assert done.code == 0 and "Nothing differs" in done.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "two things are compared"),
        (("birch-bank", "--as-of2", "2026-02-01"), "two things are compared"),
        (("nobody",), "there is no account `nobody`"),
        (("--as-of2", "soon"), "`soon` is no instant"),
    ],
)
def test_what_cannot_be_compared(scoreline: Call, starter: Path, more: tuple[str, ...], said: str) -> None:
    done = scoreline("compare", starter, "alder-works", *more, "--data", starter / "data", *AS_OF)
    assert done.code == 2 and said in done.err
