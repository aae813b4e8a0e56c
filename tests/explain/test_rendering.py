"""Explanations as text and Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import click
import pytest

from scoreline.cli.explain_markdown import render_markdown
from scoreline.cli.explain_text import render_text
from scoreline.engine.explain import Explanation, explain

from .acme import AS_OF, population, ruleset

GOLDEN = Path(__file__).with_name("acme.txt")


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    return explain(ruleset(tmp_path_factory.mktemp("small")), population(), AS_OF, "acme")


def test_the_text_has_the_whole_tree(acme: Explanation) -> None:
    """The golden text was checked by hand against the arithmetic of test_explain.py."""
    assert render_text(acme, width=100) == GOLDEN.read_text(encoding="utf-8")


def test_points_of_a_score_add_up_in_the_text(acme: Explanation) -> None:
    """The rows one step below a score, added by whoever reads them, make its sum."""
    text = render_text(acme, width=200, depth=2)
    part = text.split("score readiness")[1].split("  = readiness")[0]
    *points, total = [row.split()[0] for row in part.splitlines()[1:] if re.match(r" {2}.{6}\S(  \S|$)", row)]
    assert sum(float(value.replace("−", "-")) for value in points if value != "·") == float(total) == 27.5


@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_the_text_keeps_to_its_width(acme: Explanation, width: int) -> None:
    """Only deep rows of a narrow text go beyond it, where a word must have some room."""
    assert all(len(row) <= max(width, 62) for row in render_text(acme, width).splitlines())


def test_depth_cuts_the_tree(acme: Explanation) -> None:
    sizes = [len(render_text(acme, depth=depth).splitlines()) for depth in (1, 2, 3, 4)]
    assert sizes == sorted(set(sizes))
    assert render_text(acme, depth=4) == render_text(acme)
    assert "weighted" not in render_text(acme, depth=1).split("score readiness")[1]
    assert "page_view by" not in render_text(acme, depth=2)


def test_markdown_has_headings_and_nested_lists(acme: Explanation) -> None:
    page = render_markdown(acme)
    assert page.startswith("# account acme\n\nacme is at warm (Warm); ")
    assert "\n## stage warm \"Warm\"\n\n- ✓ seen: visited('\\*') or attended\n  - ✓ visited('\\*')" in page
    assert "- **+15.5** weighted (rules.rules:22)\n  - account.target =\\>" in page
    assert "\n\n\n" not in page
    for before, after in zip(page.splitlines(), page.splitlines()[1:], strict=False):
        steps = [len(row) - len(row.lstrip()) for row in (before, after)]
        assert steps[1] - steps[0] <= 2


def test_colour_changes_nothing_but_the_looks(acme: Explanation) -> None:
    coloured = render_text(acme, width=80, colour=True)
    assert "\x1b[32m" in coloured and "\x1b[31m" in coloured
    assert click.unstyle(coloured) == render_text(acme, width=80)


def test_of_many_leads_the_best_have_a_row(acme: Explanation) -> None:
    many = replace(acme, leads=acme.leads[:1] * 25)
    text = render_text(many, width=100, depth=3)
    assert "25 leads" in text and "… and 5 leads more: --format json has all" in text
    assert text.count(f"✓ {acme.leads[0].id}: ") == 20
