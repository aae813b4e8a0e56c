"""What an explanation looks like in JSON: as docs/explanation.schema.json says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scoreline.engine.explain.shape import schema

SCHEMA = Path(__file__).parents[2] / "docs" / "explanation.schema.json"


def test_the_schema_is_that_of_the_classes() -> None:
    """To write it anew: `json.dumps(schema(), indent=2, ensure_ascii=False)`, and a line feed."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema()
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("words", [["alder-works"], ["alder-1"], ["alder-works", "--why-not", "SQA"], ["birch-bank"]])
def test_outputs_conform(scoreline: Callable[..., Any], starter: Path, words: list[str]) -> None:
    done = scoreline(
        "explain", starter, *words, "--data", starter / "data", "--as-of", "2026-03-01", "--format", "json"
    )
    document = json.loads(done.out)
    Draft202012Validator(schema()).validate(document)
    assert document["next"] is None or document["next"]["goal"]


def test_what_is_no_explanation_is_refused() -> None:
    assert not Draft202012Validator(schema()).is_valid({"summary": "none"})
