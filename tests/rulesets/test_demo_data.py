"""The generator of demo data: always the same, lifelike where it matters, and harmless."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.demo import Totals, generate
from scoreline.engine.demo.chance import Chance, Weights
from scoreline.engine.demo.sources import FOLDER

UNTIL = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


class Made:
    """One set of generated data, read back."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.totals: Totals = generate(folder, until=UNTIL, **options)
        self.accounts = self._lines("accounts")
        self.contacts = self._lines("contacts")
        self.events = self._lines("events")

    def _lines(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / f"{kind}.ndjson").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("demo"), accounts=120)


def digest(folder: Path) -> str:
    names = ("accounts.ndjson", "contacts.ndjson", "events.ndjson", "truth.csv")
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in names)).hexdigest()


# --- always the same ------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "a", until=UNTIL, accounts=20)
    generate(tmp_path / "b", until=UNTIL, accounts=20)
    generate(tmp_path / "c", until=UNTIL, accounts=20, seed=8)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_chance_is_pinned() -> None:
    """Python promises the sequence of `random()` for a seed: other versions and machines must give these numbers."""
    chance = Chance("7/1")
    weights = Weights({"often": 3, "seldom": 1})
    assert [chance.whole(1, 100) for _ in range(6)] == PINNED
    assert Counter(weights.pick(chance) for _ in range(4000))["often"] == pytest.approx(3000, abs=120)


PINNED = [6, 16, 31, 48, 46, 61]


def test_a_larger_set_begins_with_the_smaller_one(tmp_path: Path) -> None:
    generate(tmp_path / "few", until=UNTIL, accounts=10)
    generate(tmp_path / "many", until=UNTIL, accounts=30)
    few = (tmp_path / "few" / "events.ndjson").read_text("utf-8")
    assert few and (tmp_path / "many" / "events.ndjson").read_text("utf-8").startswith(few)


def test_the_totals_are_those_of_the_files(made: Made) -> None:
    assert made.totals == Totals(len(made.accounts), len(made.contacts), len(made.events))
    assert made.totals.accounts == 120


def test_until_needs_a_zone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        generate(tmp_path, until=datetime.datetime(2026, 3, 1))


# --- lifelike ---------------------------------------------------------------------------------------------------------


def test_nothing_happens_after_the_end_or_before_the_beginning(made: Made) -> None:
    instants = [event["timestamp"] for event in made.events]
    assert max(instants) <= "2026-03-01T00:00:00Z"
    assert min(instants) >= "2025-01-25"


def test_accounts_are_skewed(made: Made) -> None:
    owners = Counter(event.get("contact_id", event.get("account_id", "")).partition("-p")[0] for event in made.events)
    busiest = [count for _, count in owners.most_common()]
    assert sum(busiest[:12]) > 0.3 * len(made.events)
    assert max(account.get("employees", 0) for account in made.accounts) > 5000


def test_some_of_everything_that_makes_data_hard(made: Made) -> None:
    kinds = Counter(event["type"] for event in made.events)
    assert set(kinds) >= {
        "page_view",
        "email_open",
        "download",
        "form_submit",
        "webinar",
        "meeting",
        "intent",
        "unsubscribed",
    }
    assert len({event["id"] for event in made.events}) < len(made.events), "no duplicates"
    late = [event for event in made.events if "received_at" in event]
    assert 0.002 < len(late) / len(made.events) < 0.05
    assert all(event["received_at"] > event["timestamp"] for event in late)
    assert any("bot" in event["properties"].get("user_agent", "").lower() for event in made.events)
    people = {contact.get("account_id") for contact in made.contacts}
    assert None in people, "nobody without a company"
    assert any(account["id"] not in people for account in made.accounts), "no company without people"
    assert any("title" not in contact for contact in made.contacts)
    assert any("employees" not in account for account in made.accounts)
    assert any("student" in contact.get("title", "").lower() for contact in made.contacts)


def test_intent_comes_from_the_real_sample(made: Made) -> None:
    """Topic and score of each event are those of the row that its id names."""
    rows = (FOLDER / "bombora_sample.csv").read_text("utf-8").splitlines()
    intent = [event for event in made.events if event["type"] == "intent"]
    assert intent
    for event in intent:
        row = rows[int(event["id"].split("-")[1])]
        assert row.endswith(f",{event['properties']['topic']},{event['properties']['score']}")
        assert "contact_id" not in event


def test_deals_end_one_way(made: Made) -> None:
    opened = {event["account_id"] for event in made.events if event["type"] == "opportunity_opened"}
    ended = Counter(event["account_id"] for event in unique(made.events) if event["type"] in ("deal_won", "deal_lost"))
    assert ended and set(ended) <= opened
    assert set(ended.values()) == {1}


def unique(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({event["id"]: event for event in events}.values())


# --- harmless ---------------------------------------------------------------------------------------------------------


def test_no_address_can_belong_to_anybody(made: Made) -> None:
    assert all(contact["email"].endswith(".example") for contact in made.contacts if "email" in contact)
    assert all(account["domain"].endswith(".example") for account in made.accounts)


def test_the_folder_says_what_it_is(made: Made) -> None:
    about = (made.folder / "ABOUT.md").read_text("utf-8")
    assert "made up" in about and "Bombora" in about and "truth.csv" in about
