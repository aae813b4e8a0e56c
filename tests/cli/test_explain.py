"""`explain` shows how a result came about, in the format that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def explain(scoreline: Call, starter: Path) -> Call:
    def call(*words: object) -> Any:
        return scoreline("explain", starter, *words, "--data", starter / "data", "--as-of", "2026-03-01")

    return call


def test_text_goes_from_the_stage_to_the_events(explain: Call) -> None:
    done = explain("alder-works")
    assert done.code == 0
    for words in ("alder-works is at MQA", "score readiness", "busiest", "page_view by alder-2"):
        assert words in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_depth_says_how_far_down(explain: Call) -> None:
    sizes = [len(explain("alder-works", "--depth", depth).out) for depth in (1, 2, 3)]
    assert sizes == sorted(sizes) and len(set(sizes)) == 3


def test_json_adds_up(explain: Call) -> None:
    document = json.loads(explain("alder-works", "--format", "json").out)
    (readiness,) = document["scores"]
    assert readiness["total"] == pytest.approx(
        sum(item["total"] for item in readiness["items"]) + sum(item["difference"] for item in readiness["adjustments"])
    )


def test_markdown_can_be_pasted(explain: Call) -> None:
    done = explain("alder-works", "--format", "markdown")
    assert done.code == 0 and "\x1b" not in done.out and "alder-works" in done.out


def test_why_not_names_what_is_missing(explain: Call) -> None:
    done = explain("coral-labs", "--why-not", "MQA")
    assert done.code == 0
    assert "MQA" in done.out and "score readiness" not in done.out
    assert "engaged >= 2" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("alder-work",), "did you mean `alder-works`?"),
        (("alder-works", "--why-not", "MQ"), "did you mean `MQA`?"),
        (("alder-works", "--level", "lead"), "there is no lead `alder-works`"),
    ],
)
def test_what_is_not_there_is_said(explain: Call, words: tuple[str, ...], said: str) -> None:
    done = explain(*words)
    assert done.code == 2 and said in done.err and done.out == ""
