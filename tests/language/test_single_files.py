"""Rulesets of one file, whose schema is what the data show."""

from __future__ import annotations

from pathlib import Path

import pytest

import scoreline


def test_a_single_file_takes_from_the_data_what_only_they_know(tmp_path: Path) -> None:
    """In Python as on the command line: event types are the data's own."""
    path = tmp_path / "one.rules"
    path.write_text("trial_started => +10\n", encoding="utf-8")
    data = {"events": [{"id": 1, "type": "trial_started", "timestamp": "2026-02-26", "contact_id": "ann"}]}
    with pytest.raises(scoreline.RulesetError, match="trial_started"):
        scoreline.load(path)
    results = scoreline.load(path, data=data).score(data, as_of="2026-03-01")
    assert [(lead["id"], lead["points"]) for lead in results.leads] == [("ann", 10.0)]
