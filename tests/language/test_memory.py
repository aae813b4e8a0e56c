"""Stages with a memory: read, printed, and said to be left out of a run; the conditions count as false."""

from __future__ import annotations

from pathlib import Path

import scoreline
from scoreline.engine.uncomputed import uncomputed
from scoreline.grammar.parser import parse
from scoreline.grammar.printer import print_file
from scoreline.grammar.source import Source

from .both import rows, scored, written

RULES = """\
score fit for lead:
    own: always => +contact.points
    waited: in stage MQL more than 30 days => -5
    new: not (fit_enough for at least 2 weeks) => +1

measure fit_enough for lead = contact.points >= 50

stages for lead:
    MQL: fit >= 50
    SAL: fit >= 50 for at least 7 days
    SQL: fit >= 70 or in stage MQL more than 30 days stays while fit >= 60

measure waiting for account = count(leads where in stage MQL more than 30 days)
"""
DATA = {
    "contacts": [{"id": name, "account_id": "x", "points": points} for name, points in (("a", 50), ("b", 75))],
    "events": [],
}


def test_they_count_as_false_on_both_engines(tmp_path: Path) -> None:
    """The points by hand: `waited` never holds, `not … for at least …` always."""
    found = scored(written(tmp_path, RULES), DATA)
    assert rows(found, "fit", "stage") == {"a": (51, "MQL"), "b": (76, "SQL")}
    assert rows(found, "waiting") == {"x": 0}


def test_a_run_says_what_it_leaves_out(tmp_path: Path) -> None:
    ruleset = scoreline.load(written(tmp_path, RULES))
    found = [(item.code, item.message, item.span.line) for item in uncomputed(ruleset.model)]
    assert found[0] == (
        "P103",
        "`stays while` is not computed yet: `SQL` of leads shows who meets its entry condition now",
        8,
    )
    assert sorted(found[1:], key=lambda item: item[2]) == [
        ("P103", "`in stage MQL more than 30 days` is not computed yet, and counts as false", 3),
        ("P103", "`fit_enough for at least 2 weeks` is not computed yet, and counts as false", 4),
        ("P103", "`fit >= 50 for at least 7 days` is not computed yet, and counts as false", 10),
        ("P103", "`in stage MQL more than 30 days` is not computed yet, and counts as false", 11),
        ("P103", "`in stage MQL more than 30 days` is not computed yet, and counts as false", 13),
    ]


def test_they_are_printed_as_they_are_written() -> None:
    file, findings = parse(Source("rules.rules", RULES))
    assert findings == []
    assert print_file(file).strip() == RULES.strip()


def test_an_explanation_shows_them_as_conditions(tmp_path: Path) -> None:
    explained = scoreline.load(written(tmp_path, RULES)).explain("a", DATA, as_of="2026-03-01")
    assert explained.ladder is not None and explained.ladder.stage == "MQL"
    told = str(explained.to_dict())
    assert "fit >= 50 for at least 7 days" in told and "in stage MQL more than 30 days" in told
