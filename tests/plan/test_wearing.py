"""Over many instants events are counted for as long as they are worth anything, if nothing else is asked of them."""

from __future__ import annotations

from scoreline.engine.model import MICROS
from scoreline.engine.plan import plan
from scoreline.engine.plan.pace import DAYS
from scoreline.engine.plan.reach import EVER
from scoreline.engine.plan.steps import Query, Step, Union, Values

from .compiled import model_of

OTHERS = """
    each webinar within 30 days => +1 halves every 10 days
    visited('pricing') within 90 days => +2 halves every 10 days
    each webinar(where minutes > 20) => +5 fades over 30 days to 1
"""


def untils(lines: str, contributions: bool = False) -> list[int]:
    """Up to which age events are in any selection whose worth is asked, in days, by the plan of a score of accounts."""
    rules = f"score interest for account:{OTHERS}{lines}"
    made = plan(model_of(rules), contributions, "in spells", versioned=False, many=DAYS)
    matched = made.step("matched")
    assert isinstance(matched, Step) and isinstance(matched.relation, Union)
    found = set[int]()
    for part in matched.relation.parts:
        assert isinstance(part, Query)
        for values in (join.relation for join in part.joins if isinstance(join.relation, Values)):
            names = [name for name, _ in values.columns]
            rows = (dict(zip(names, row, strict=True)) for row in values.rows)
            found |= {int(str(row["high"])) for row in rows if row["decay"] is not None}
    return sorted(high if high == EVER else high // MICROS["day"] for high in found)


def test_events_are_counted_until_they_have_faded() -> None:
    assert untils("    each page_view => +3 max 20 fades over 60 days\n") == [30, 60, 90, EVER]
    assert untils("    page_view => +3 fades over 60 days\n") == [30, 60, 90, EVER]
    assert untils("    page_view => +3 fades over 60 days after 7 days\n") == [30, 67, 90, EVER]


def test_windows_stay_where_they_are_shorter() -> None:
    assert untils("    page_view within 45 days => +3 fades over 60 days\n") == [30, 45, 90, EVER]


def test_what_has_points_of_its_own_is_counted_as_long_as_it_is_there() -> None:
    assert untils("    page_view => +3 fades over 60 days\n", contributions=True) == [30, 90, EVER]
