"""`graph` draws a ruleset, whole or around one name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Call = Callable[..., Any]


def test_each_format_is_what_it_says(scoreline: Call, starter: Path) -> None:
    assert "flowchart" in scoreline("graph", starter).out
    assert scoreline("graph", starter, "--format", "dot").out.startswith("digraph")
    assert ElementTree.fromstring(scoreline("graph", starter, "--format", "svg").out).tag.endswith("svg")
    assert json.loads(scoreline("graph", starter, "--format", "json").out)


def test_a_focus_draws_less(scoreline: Call, starter: Path) -> None:
    whole, part = scoreline("graph", starter), scoreline("graph", starter, "--focus", "fit")
    assert part.code == 0 and len(part.out) < len(whole.out)
    assert "free_mail" not in scoreline("graph", starter, "--focus", "surging").out


def test_an_unknown_focus_is_refused(scoreline: Call, starter: Path) -> None:
    done = scoreline("graph", starter, "--focus", "fitt")
    assert done.code == 2 and "did you mean" in done.err and "fit" in done.err


def test_the_name_of_a_file_says_the_format(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    names = ("graph.svg", "graph.dot", "graph.json", "graph.txt")
    for name in names:
        assert scoreline("graph", starter, "--out", tmp_path / name).code == 0
    scoreline("graph", starter, "--out", tmp_path / "said.svg", "--format", "mermaid")
    scoreline("docs", starter, "--out", tmp_path / "model.html")
    begins = {name: (tmp_path / name).read_text(encoding="utf-8")[:14] for name in (*names, "said.svg", "model.html")}
    assert begins["graph.svg"].startswith("<svg") and begins["graph.dot"].startswith("digraph")
    assert begins["graph.json"].startswith("{") and begins["model.html"].lower() == "<!doctype html"
    assert begins["graph.txt"] == begins["said.svg"] == '---\ntitle: "Ev'


def test_a_drawing_goes_into_a_file(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    done = scoreline("graph", starter, "--format", "svg", "--out", tmp_path / "graph.svg")
    assert done.code == 0 and done.out == ""
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8").startswith("<svg")
