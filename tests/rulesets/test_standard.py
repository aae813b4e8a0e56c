"""The standard vocabulary: each word selects what its comment says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scoreline

#: A word, an event that it selects, and one that it does not.
WORDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("visited", {"type": "page_view", "page": "home"}, {"type": "download", "asset": "a"}),
    ("visited('pricing*')", {"type": "page_view", "page": "Pricing/enterprise"}, {"type": "page_view", "page": "home"}),
    ("downloaded", {"type": "download", "asset": "a"}, {"type": "page_view", "page": "a"}),
    ("downloaded('paper/*')", {"type": "download", "asset": "paper/a"}, {"type": "download", "asset": "guide"}),
    ("submitted", {"type": "form_submit", "form_name": "demo"}, {"type": "page_view", "page": "demo"}),
    ("submitted('news*')", {"type": "form_submit", "form_name": "newsletter"}, {"type": "form_submit"}),
    ("requested('demo')", {"type": "form_submit", "form_name": "Demo"}, {"type": "form_submit", "form_name": "demos"}),
    ("opened", {"type": "email_open", "campaign": "spring"}, {"type": "email_delivered", "campaign": "spring"}),
    ("opened('spring*')", {"type": "email_open", "campaign": "spring-2"}, {"type": "email_open", "campaign": "fall"}),
    ("clicked", {"type": "ad_click", "campaign": "search"}, {"type": "email_open", "campaign": "search"}),
    ("clicked('s*')", {"type": "email_click", "campaign": "spring"}, {"type": "ad_click", "campaign": "fall"}),
    ("replied", {"type": "email_reply"}, {"type": "email_open"}),
    ("attended", {"type": "webinar", "minutes": 10}, {"type": "webinar", "minutes": 9.9}),
    ("attended('intro')", {"type": "webinar", "title": "intro", "minutes": 30}, {"type": "webinar", "title": "intro"}),
    ("met", {"type": "meeting", "kind": "demo"}, {"type": "webinar", "minutes": 30}),
    ("met('workshop')", {"type": "meeting", "kind": "workshop"}, {"type": "meeting", "kind": "demo"}),
    ("surging", {"type": "intent", "topic": "crm", "score": 60}, {"type": "intent", "topic": "crm", "score": 59}),
    ("surging('crm')", {"type": "intent", "topic": "CRM", "score": 90}, {"type": "intent", "topic": "x", "score": 90}),
    ("opened_opportunity", {"type": "opportunity_opened"}, {"type": "deal_won"}),
    ("activity", {"type": "meeting", "kind": "demo"}, {"type": "email_open", "campaign": "spring"}),
]


@pytest.mark.parametrize(("word", "hit", "miss"), WORDS, ids=[word for word, _, _ in WORDS])
def test_a_word_selects_what_it_says(word: str, hit: dict[str, Any], miss: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "one.rules"
    file.write_text(f"only: {word} => +1\n", encoding="utf-8")
    events = [
        {"id": who, "timestamp": "2026-03-01", "contact_id": who, **event}
        for who, event in (("hit", hit), ("miss", miss))
    ]
    results = scoreline.load(file).score({"events": events}, as_of="2026-03-01", engine="interpreter")
    assert {lead["id"]: lead["points"] for lead in results.leads} == {"hit": 1, "miss": 0}


def test_every_word_is_here() -> None:
    """As many words as the file has signals, so that none is added without its line above."""
    text = (Path(__file__).parents[2] / "rulesets" / "standard.rules").read_text("utf-8")
    assert text.count("\nsignal ") == len(WORDS)
