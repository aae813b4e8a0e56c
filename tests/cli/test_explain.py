"""`explain` shows how a result came about, in the format that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from scoreline.cli.console import Growing
from scoreline.cli.explain_command import already
from scoreline.engine.explain.report import Condition, Ladder, Step

Call = Callable[..., Any]


@pytest.fixture
def explain(scoreline: Call, starter: Path) -> Call:
    def call(*words: object) -> Any:
        return scoreline("explain", starter, *words, "--data", starter / "data", "--as-of", "2026-03-01")

    return call


def test_text_goes_from_the_stage_to_the_events(explain: Call) -> None:
    done = explain("alder-works")
    assert done.code == 0
    for words in ("alder-works reached MQA", "score readiness", "busiest", "page_view by alder-2"):
        assert words in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_a_line_that_fires_shows_the_value_that_its_text_does_not_tell(explain: Call) -> None:
    done = explain("alder-works").out
    assert "account.employees >= 500 => +30 — 1200" in done
    assert "contact.role == 'economic_buyer' => +50\n" in done


def test_a_limit_behind_a_name_is_told_where_it_holds(explain: Call) -> None:
    assert "✓ readiness >= ready_for_sales — 82.1787, 60 or more is asked" in explain("alder-works").out
    assert "✓ engaged >= 2 — 2\n" in explain("alder-works").out


def test_since_when_is_said_unless_nobody_wants_it(explain: Call) -> None:
    reached = "alder-works reached MQA (Marketing qualified) on 23 February 2026, when its champion alder-2 earned +40"
    for words in ((), ("--since",)):
        assert reached in " ".join(explain("alder-works", "--depth", "1", *words).out.split())
    assert "alder-works is at MQA (Marketing qualified); readiness" in explain("alder-works", "--no-since").out
    document = json.loads(explain("alder-works", "--format", "json").out)
    assert document["arrival"]["since"] == "2026-02-23" and document["arrival"]["before"] == "MEA"
    assert json.loads(explain("alder-works", "--no-since", "--format", "json").out)["arrival"] is None


@pytest.mark.parametrize("command", ["explain", "compare"])
def test_a_ruleset_after_the_id_is_told(command: str, scoreline: Call, starter: Path) -> None:
    other = ("coral-labs",) if command == "compare" else ()
    done = scoreline(command, "alder-works", starter, *other, "--data", starter / "data")
    assert done.code == 2
    assert f"`alder-works` is no ruleset, but `{starter}` is" in done.err
    assert f"the ruleset comes first: `scoreline {command} {starter} alder-works`" in done.err


ORIGIN = "starter 0.1.0 as of 2026-03-01 (Europe/Berlin)"


def test_the_first_line_says_by_which_rules_and_when(explain: Call) -> None:
    assert explain("alder-works").out.splitlines()[:2] == [ORIGIN, ""]
    first = explain("alder-works", "--set", "ready_for_sales=50").out.splitlines()[0]
    assert first == f"{ORIGIN}, --set ready_for_sales=50"
    page = explain("alder-works", "--set", "ready_for_sales=50", "--format", "markdown").out.splitlines()
    assert page[:3] == [f"{ORIGIN}, --set ready\\_for\\_sales=50", "", "# account alder-works"]


def test_json_says_the_same_in_fields_of_its_own(explain: Call) -> None:
    document = json.loads(explain("alder-works", "--format", "json", "--set", "ready_for_sales=50").out)
    assert document["params"] == {"ready_for_sales": 50}
    assert document["as_of"] == "2026-03-01T23:59:59.999999+01:00"
    assert document["ruleset"]["name"] == "starter" and document["ruleset"]["version"] == "0.1.0"
    assert document["ruleset"]["fingerprint"].startswith("sha256:")


@pytest.mark.parametrize(
    ("stage", "words"),
    [("MQA", "it is at MQA already."), ("MEA", "it is at MQA already, which comes after MEA."), ("SQA", None)],
)
def test_a_stage_that_is_held_is_said_to_be(explain: Call, stage: str, words: str | None) -> None:
    out = " ".join(explain("alder-works", "--why-not", stage).out.split())
    assert words in out if words else "already" not in out


def test_a_stage_that_somebody_is_past_may_not_hold_itself() -> None:
    asked = Condition("account.target", holds=False)
    steps = (Step("TA", None, False, asked), Step("MQA", None, True, replace(asked, holds=True)))
    ladder = Ladder("MQA", None, False, steps, None)
    assert already("acme", ladder, steps[0]) == (
        "acme is past TA: it is at MQA. What TA itself asks for does not hold."
    )


def test_the_help_says_what_each_depth_adds(scoreline: Call) -> None:
    words = " ".join(scoreline("explain", "--help").out.split())
    assert "3: also events and leads, 4: also what each lead's scores are made of" in words


def test_depth_says_how_far_down(explain: Call) -> None:
    sizes = [len(explain("alder-works", "--depth", depth).out) for depth in (1, 2, 3, 4)]
    assert sizes == sorted(sizes) and len(set(sizes)) == 4


def test_json_adds_up(explain: Call) -> None:
    document = json.loads(explain("alder-works", "--format", "json").out)
    (readiness,) = document["scores"]
    assert readiness["total"] == pytest.approx(
        sum(item["total"] for item in readiness["items"]) + sum(item["difference"] for item in readiness["adjustments"])
    )


def test_markdown_can_be_pasted(explain: Call) -> None:
    done = explain("alder-works", "--format", "markdown")
    assert done.code == 0 and "\x1b" not in done.out and "alder-works" in done.out


def test_what_helps_has_one_bullet_in_markdown(explain: Call) -> None:
    words = ("birch-bank", "--why-not", "MQA", "--set", "ready_for_sales=90")
    page, text = (explain(*words, "--format", form).out for form in ("markdown", "text"))
    assert "- birch-1 (user): download\n" in page and "– birch-1 (user): download\n" in text


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
        (("alder-works", "--why-not", "MQA", "--history"), "`--history` has no `--why-not`"),
        (("alder-works", "--level", "lead"), "`alder-works` is an account, where leads are asked for"),
    ],
)
def test_what_is_not_there_is_said(explain: Call, words: tuple[str, ...], said: str) -> None:
    done = explain(*words)
    assert done.code == 2 and said in done.err and done.out == ""


def test_a_page_holds_everything_and_escapes_it() -> None:
    from dataclasses import replace

    from scoreline.cli.explain_html import render_html
    from scoreline.engine.ruleset import load

    visit = {"id": 1, "type": "page_view", "timestamp": "2026-03-01T09:00Z", "contact_id": "ann", "page": "pricing"}
    data = {"contacts": [{"id": "ann", "role": "economic_buyer"}], "events": [visit]}
    explanation = load("by-example").explain("ann", data, as_of="2026-03-01")
    page = render_html(replace(explanation, summary="<script>alert(1)</script>"), "by-example <1>")
    assert "<script>" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "by-example &lt;1&gt;" in page
    assert "Economic buyer on pricing" in page and "http" not in page


def test_a_page_on_the_command_line(explain: Call) -> None:
    assert explain("alder-works", "--format", "html").out.startswith("<!doctype html>")


@pytest.mark.parametrize(
    "words", [("alder-works",), ("coral-labs",), ("alder-works", "--why-not", "SQA"), ("coral-labs", "--depth", "2")]
)
def test_what_is_known_is_told_before_what_comes_next_is_looked_for(
    words: tuple[str, ...], explain: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[str] = []
    grow = Growing.grow

    def grown(self: Growing, text: str) -> None:
        known.append(text)
        grow(self, text)

    monkeypatch.setattr(Growing, "grow", grown)
    done = explain(*words)
    first, whole = known
    assert whole.startswith(first) and click.unstyle(whole) == done.out and first.count("\n") > 3
    assert "what next" in whole and "what next" not in first
