"""Where the benchmarks keep their data, what is in them, and the instant of the scores."""

from __future__ import annotations

from pathlib import Path

BUILD = Path(__file__).parents[1] / "build" / "benchmarks"
AS_OF_DAY = "2026-03-01"
AS_OF = 1_772_409_599_999_999
"""The last microsecond of that day in UTC: the instant at which the benchmarks score."""
COLUMNS = {
    "accounts": dict.fromkeys(("id", "industry", "region"), "VARCHAR") | {"employees": "DOUBLE", "target": "BOOLEAN"},
    "contacts": dict.fromkeys(("id", "account_id", "role", "seniority", "email", "title"), "VARCHAR"),
    "events": {
        "timestamp": "TIMESTAMPTZ",
        **dict.fromkeys(("id", "type", "contact_id", "account_id", "page", "campaign", "asset"), "VARCHAR"),
        **dict.fromkeys(("form_name", "title", "topic"), "VARCHAR"),
        **dict.fromkeys(("seconds", "minutes", "score"), "DOUBLE"),
    },
}
"""What a reader of the data must know beside their names."""
