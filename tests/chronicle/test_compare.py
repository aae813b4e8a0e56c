"""What differs, and why: two accounts, one at two instants, one under two rulesets."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import scoreline
from scoreline.engine.chronicle.compare import Comparison, compare, side_of
from scoreline.engine.data import Dataset
from scoreline.engine.model import Model
from scoreline.engine.records import Contact, Population

from .test_history import ANN, MANIFEST, RULES, at, written

BOTH = Population((), [*ANN.contacts, Contact("bob", "birch")], ANN.events)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return scoreline.load(written(tmp_path_factory.mktemp("rules"), RULES)).model


def compared(model: Model, one: tuple[str, int], other: tuple[str, int], right: Model | None = None) -> Comparison:
    dataset = Dataset.from_population(BOTH, model.schema)
    left = side_of(model, dataset, one[0], at(date(2026, 3, one[1])))
    return compare(left, side_of(right or model, dataset, other[0], at(date(2026, 3, other[1]))))


def test_two_leads_line_by_line_and_by_the_conditions_of_stages(model: Model) -> None:
    """Ann has 20 and 30 − 4.5 points on the 8th, bob has nothing."""
    found = compared(model, ("ann", 8), ("bob", 8))
    (score,) = found.scores
    assert (score.left, score.right, score.rest) == (45.5, 0.0, 0.0)
    assert [(line.line, line.left, line.right) for line in score.lines] == [
        ("interest.each_demo", 25.5, 0.0),
        ("pricing", 20.0, 0.0),
    ]
    assert (found.left.stage, found.right.stage) == ("warm", None)
    assert [(item.stage, item.text, item.left, item.right) for item in found.conditions] == [
        ("cool", "visit", True, False),
        ("warm", "interest >= 40", True, False),
        ("warm", "stays while interest >= 15", True, False),
    ]
    assert found.causes == ()


def test_one_lead_at_two_instants_and_what_happened_in_between(model: Model) -> None:
    found = compared(model, ("ann", 4), ("ann", 8))
    assert (found.left.stage, found.right.stage) == ("cool", "warm")
    assert [(cause.kind, cause.what, cause.points) for cause in found.causes] == [("came", "demo", 25.5)]


def test_what_happened_in_between_is_told_where_there_are_no_events(tmp_path: Path) -> None:
    folder = written(tmp_path, "score fit for lead:\n    buyer: contact.role == 'buyer' => +50\n")
    (folder / "ruleset.yaml").write_text(MANIFEST.replace("contact: {}", "contact: {role: text}"), encoding="utf-8")
    model = scoreline.load(folder).model
    ann = [Contact("ann", None, {"role": role}, at(date(2026, 3, day))) for day, role in ((1, "user"), (5, "buyer"))]
    dataset = Dataset.from_population(Population((), ann), model.schema)
    found = compare(*(side_of(model, dataset, "ann", at(date(2026, 3, day))) for day in (4, 8)))
    assert [(cause.kind, cause.points) for cause in found.causes] == [("field", 50.0)]


def test_one_lead_under_two_rulesets(model: Model, tmp_path: Path) -> None:
    """The same but for 25 points for pricing, a line more, and no demo."""
    rules = RULES.replace("=> +20", "=> +25").replace("each demo => +30 fades over 20 days", "new: visit => +1")
    other = scoreline.load(written(tmp_path, rules)).model
    (score,) = compared(model, ("ann", 8), ("ann", 8), other).scores
    assert [(line.line, line.left, line.right) for line in score.lines] == [
        ("interest.each_demo", 25.5, None),
        ("pricing", 20.0, 25.0),
        ("new", None, 1.0),
    ]


def test_the_lines_and_the_rest_make_up_the_difference(model: Model) -> None:
    for one, other in ((1, 8), (8, 1), (5, 12), (3, 4)):
        for score in compared(model, ("ann", one), ("ann", other)).scores:
            assert score.left is not None and score.right is not None
            made = sum(line.difference for line in score.lines) + score.rest
            assert made == pytest.approx(score.right - score.left)


def test_nothing_differs(model: Model) -> None:
    found = compared(model, ("ann", 8), ("ann", 8))
    assert found.is_same and found.causes == ()
