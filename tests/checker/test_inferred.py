"""Where data said what type a field has, a finding speaks of the data."""

from __future__ import annotations

from pathlib import Path

from scoreline.engine.data import infer_schema
from scoreline.engine.ruleset import compile_ruleset


def test_a_column_that_is_not_all_numbers(tmp_path: Path) -> None:
    rules = tmp_path / "one.rules"
    rules.write_text("account.employees >= 100 => +7\n")
    data = {
        "accounts": [{"id": "a", "employees": "1,000"}, {"id": "b", "employees": "25"}],
        "events": [{"id": 1, "type": "page_view", "timestamp": "2026-02-01", "account_id": "a"}],
    }
    found, (finding,), _ = compile_ruleset(rules, inferred=infer_schema(data))
    assert found is None
    assert (finding.code, finding.message) == ("T110", "`account.employees` is a text, and `100` is not")
    assert finding.hint.startswith("in these data it is a text, because not every value is a number")
