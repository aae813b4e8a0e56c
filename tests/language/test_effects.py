"""Effects in full: caps per period, cooldowns, decays, `set`, `best of`, `counting since`; worked out by hand, on both
engines. The people are at 2026-03-01T12:00Z, a Sunday."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .both import AS_OF, MANIFEST, rows, scored, written

TWO = MANIFEST.replace("name: test\n", "name: test\ntimezone: UTC\n")


def event(type: str, days: float, page: str | None = None, seconds: float | None = None, **more: Any) -> dict[str, Any]:
    """An event of ann, so many days ago."""
    at = datetime.fromisoformat(AS_OF) - timedelta(days=days)
    properties = {"page": page, "seconds": seconds} if type == "visit" else {}
    id_ = more.pop("id", f"{type} {days} {page}")
    found = {"id": id_, "type": type, "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "contact_id": "ann"}
    return {**found, **properties, **more}


def visits(*days: float, **more: Any) -> list[dict[str, Any]]:
    return [event("visit", each, **more) for each in days]


def worked_out(folder: Path, rules: str, events: list[dict[str, Any]]) -> Any:
    contacts = [{"id": "ann", "account_id": "acme", "role": "buyer"}]
    if any(item["contact_id"] == "bob" for item in events):
        contacts.append({"id": "bob", "account_id": "acme", "role": "user"})
    data = {"accounts": [{"id": "acme", "employees": 10}], "contacts": contacts, "events": events}
    return scored(written(folder, rules, TWO), data)


def score(folder: Path, lines: str, events: list[dict[str, Any]], head: str = "score s for lead:") -> float:
    """The score of ann by these lines."""
    body = "\n".join(f"    {line}" for line in lines.strip("\n").splitlines())
    return float(rows(worked_out(folder, f"{head}\n{body}\n", events), "s")["ann"])


def entries(results: Any) -> list[tuple[str, str, float]]:
    return [(row["line"], row["kind"], float(row["points"])) for row in results.contributions]


# --- bounds per period ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modifiers", "points"),
    [
        ("max 7 per day", 15),  # 7 + 4 + 4
        ("max 7 per week", 11),  # 7 + 4
        ("max 7 per day max 9 per week", 13),  # 7 + 4 are 9 in the week; and 4
        ("max 7 per day max 9 per week max 12", 12),
        ("max 12 max 9 per week max 7 per day", 12),
        ("max 5 per page", 10),
        ("min 10 per day", 32),
        ("max 3 per day min 10", 10),
    ],
)
def test_bounds_per_period(tmp_path: Path, modifiers: str, points: float) -> None:
    """Three visits of 4 points today (a), one on Saturday (b), one last Saturday (b): days 12, 4, 4; weeks 16, 4."""
    events = [*visits(0.1, 0.2, 0.3, page="a"), *visits(1, 8, page="b")]
    assert score(tmp_path, f"each visit => +4 {modifiers}", events) == points


def test_what_a_bound_takes_is_taken_from_the_newest(tmp_path: Path) -> None:
    """4 (a) of today, 4 (b) of yesterday and of the day before: `max 10` leaves 2, 4, 4; so page b has 8, which are 5.
    Taken from the oldest first, page a would have 4 and b 6, and 9 would come of it."""
    rules = """
score s for lead:
    group outer max 5 per page:
        group inner max 10:
            line: each visit => +4
"""
    events = [*visits(0.1, page="a"), *visits(1, 2, page="b")]
    results = worked_out(tmp_path, rules, events)
    assert entries(results) == [("line", "line", 12), ("inner", "cap", -2), ("outer", "cap", -3)]


def test_lines_share_the_bound_of_their_block(tmp_path: Path) -> None:
    """Today: 4 of the visit and 3 of the demo are 5; yesterday's visit is 4, capped to 2 on its line before."""
    lines = """
demos: each demo => +3
group g max 5 per day:
    each visit => +4 max 6
    each demo => +3
    when contact.role == 'buyer':
        first of:
            each visit(where page == 'x') => +100
            each visit(where page is missing) => -1
"""
    events = [*visits(0.1, 1), event("demo", 0.2)]
    # the line: 8, at most 6: today's newest gives 2. Today: 2 + 3 - 1 = 4; yesterday: 4 - 1 = 3.
    assert score(tmp_path, lines, events) == 3 + 4 + 3


def test_what_is_chosen_counts_towards_the_bound_of_an_account(tmp_path: Path) -> None:
    """Today 4 and the first of the two that holds, 2: at most 5."""
    rules = """
score s for account:
    group g max 5 per day:
        each visit => +4
        first of:
            each visit(where page == 'x') => +100
            each demo => +2
"""
    results = worked_out(tmp_path, rules, [*visits(0.1), event("demo", 0.2)])
    assert rows(results, "s")["acme"] == 5


def test_the_head_of_a_score_bounds_its_periods(tmp_path: Path) -> None:
    """Today 8, of which 5 are left; yesterday -4, at least -3; in all 2, and the range begins at 4."""
    lines = "each visit => +4\neach demo => -4"
    events = [*visits(0.1, 0.2), event("demo", 1)]
    assert score(tmp_path / "a", lines, events, "score s for lead max 5 per day min -3 per day:") == 2
    assert score(tmp_path / "b", lines, events, "score s for lead 4..9 max 5 per day min -3 per day:") == 4


def test_negative_points_are_bounded_from_below(tmp_path: Path) -> None:
    """-4, -4 and -2 (halved): today -8 is -5; yesterday -2."""
    events = visits(0.1, 0.2, 1)
    assert score(tmp_path, "each visit => -4 halves every 1 day min -5 per day", events) == -7


def test_caps_see_decayed_points(tmp_path: Path) -> None:
    """Two visits of 8 a day ago are 4 each: 8, and at most 6 a day; undecayed 16 would be 6 and then 3."""
    assert score(tmp_path, "each visit => +8 halves every 1 day max 6 per day", visits(1.1, 1.2)) == 6
    assert score(tmp_path, "each visit => +8 halves every 1 day max 6 per day", visits(1.1)) == 4


# --- cooldowns ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "points"),
    [
        ("each visit at most once per 10 days => +1", 4),  # of 40, 35, 30, 12, 5, 1 days ago: 40, 30, 12, 1
        ("each visit within 10 days at most once per 10 days => +1", 1),
        ("each visit within 20 days at most once per 10 days => +1", 2),
        ("each visit at most 1 per month at most once per 10 days => +1", 2),  # of January, and of February
        ("each visit at most once per 18 days => +1", 2),  # 40, 12: 22 days apart; 30 is 10 after 40
        ("each visit(where page == 'a') at most once per 30 days => +1", 1),
        ("each week with visit at most once per 10 days => +1", 3),
    ],
)
def test_cooldowns(tmp_path: Path, line: str, points: float) -> None:
    """The days: January 20, 25, 30; February 17, 24, 28. A week is as old as its newest event: January 25, 30, then
    February 17 and 28: all but the second count."""
    events = [*visits(40, 35, 30, 12, 5), *visits(1, page="a")]
    assert score(tmp_path, line, events) == points


# --- decays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "points"),
    [
        ("+10 loses 25% every 10 days", 2.5),
        ("+10 loses 25% every 10 days compounding", 4.2188),  # 0.75³ = 0.421875
        ("-10 loses 25% every 10 days compounding", -4.2188),
        ("+10 loses 30% every 7 days", 0),  # 4 periods
        ("+10 loses 2 points every 10 days", 4),
        ("-10 loses 2 points every 10 days", -4),
        ("+10 loses 0.5 points every 1 day", 0),
        ("+10 halves every 10 days to 2", 2),
        ("-10 halves every 10 days to 2", -2),
        ("+1.5 halves every 10 days to 2", 1.5),
        ("+10 fades over 60 days after 15 days", 7.5),
        ("+10 halves every 15 days after 2 weeks", 4.7742),  # 16 days: 10 × 2^(-16/15)
        ("+10 loses 25% every 10 days after 31 days", 10),
        ("+10 loses 2 points every 10 days to 5", 5),
        ("+10 halves every 24 hours after 29 days", 4.7194),  # 26 hours: 10 × 2^(-26/24)
        ("+10 loses third% every 10 days", 0.1),  # a param: 3 × 33 %
    ],
)
def test_decays(tmp_path: Path, effect: str, points: float) -> None:
    """One visit, 30 days and 2 hours ago: 30 whole days, 722 hours."""
    events = [event("visit", 30 + 2 / 24)]
    for name, line in (("each", f"each visit => {effect}"), ("once", f"visit => {effect}")):
        rules = f"param third = 33\nscore s for lead:\n    {line}\n"
        assert rows(worked_out(tmp_path / name, rules, events), "s")["ann"] == points


def test_since_ages_by_the_newest_event_of_another_selection(tmp_path: Path) -> None:
    """The demo was 10 days ago: half of 8 + 8 and of the 6 of the profile. Without a demo nothing decays."""
    lines = """
each visit => +8 halves every 10 days since demo
contact.role == 'buyer' => +6 halves every 10 days since demo
each page of visit => +2 loses 25% every 5 days since demo
"""
    events = [*visits(1, 50, page="a"), event("demo", 90)]
    assert score(tmp_path / "with", lines, [*events, event("demo", 10)]) == 8 + 3 + 1
    assert score(tmp_path / "without", lines, events[:2]) == 16 + 6 + 2


def test_since_a_window_in_which_nothing_happened(tmp_path: Path) -> None:
    assert (
        score(
            tmp_path,
            "each visit => +8 halves every 10 days since (demo within 5 days)",
            [*visits(1), event("demo", 10)],
        )
        == 8
    )


def test_the_default_decay_and_no_decay(tmp_path: Path) -> None:
    """10 days: half of 8; the inner group fades; `no decay` keeps 8; the profile has no age."""
    lines = """
halves every 10 days
each visit => +8
each visit => +8 no decay
visit => +8
contact.role == 'buyer' => +8
group inner:
    each visit => +8
    group innermost:
        fades over 40 days
        each visit => +8
        visit => +8 no decay
"""
    assert score(tmp_path, lines, visits(10)) == 4 + 8 + 4 + 8 + (4 + (6 + 8))


def test_a_default_that_ages_by_something_else_reaches_every_line(tmp_path: Path) -> None:
    lines = """
loses 50% every 10 days compounding since demo
each visit => +8
contact.role == 'buyer' => +8
visit and demo => +8
always => +8 no decay
always => *2
"""
    assert score(tmp_path, lines, [*visits(1), event("demo", 20)]) == 2 * (2 + 2 + 2 + 8)


# --- set, best of ---------------------------------------------------------------------------------------------------


def test_set_in_blocks(tmp_path: Path) -> None:
    """The group is 7 whatever it holds, then at most 6; the score's `set` holds only with a demo."""
    lines = """
group g max 6:
    each visit => +4
    when contact.role == 'buyer':
        visit => set 7
    always => *3
visit => +1
demo => set 50
demo => set missing_points
"""
    lines = lines.replace("missing_points", "(newest(seconds of demo_visit) / 0)").replace("demo_visit", "visit")
    assert score(tmp_path / "visit", lines, visits(1, 2)) == 6 + 1
    results = worked_out(tmp_path / "demo", f"score s for lead:\n{_indented(lines)}", [*visits(1), event("demo", 1)])
    assert rows(results, "s")["ann"] == 50
    assert [(kind, points) for _, kind, points in entries(results)] == [
        ("line", 4), ("multiplier", 8), ("set", -5), ("cap", -1), ("line", 1), ("set", 43),
    ]  # fmt: skip


def _indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.strip("\n").splitlines())


def test_best_of(tmp_path: Path) -> None:
    """Of 4 × 2 = 8, the group's 9 (at most 8) and 5 the first 8 wins; with three visits 12 is capped, the group still
    8; without any only the profile's 5."""
    lines = """
best of:
    many: each visit => +4 max 8
    group g max 8:
        visit => +3
        always => *3
    profile: contact.role == 'buyer' => +5
    nobody: contact.role == 'user' => +90
"""
    rules = f"score s for lead:\n{_indented(lines)}"
    assert entries(worked_out(tmp_path / "two", rules, visits(1, 2))) == [("many", "line", 8)]
    assert entries(worked_out(tmp_path / "one", rules, visits(1))) == [
        ("s.visit", "line", 3), ("s.always", "multiplier", 6), ("g", "cap", -1),
    ]  # fmt: skip
    assert entries(worked_out(tmp_path / "none", rules, [])) == [("profile", "line", 5)]


def test_the_best_of_losses_is_the_smallest(tmp_path: Path) -> None:
    lines = "best of:\n    visit => -5\n    each visit => -2\n    demo => +9"
    assert score(tmp_path, lines, visits(1)) == -2


# --- counting since -------------------------------------------------------------------------------------------------


def test_counting_since(tmp_path: Path) -> None:
    """The demo was 10 days ago. Visits of 20 and 10 days ago are over, that of 5 counts; the measure sees all."""
    rules = """
measure all_visits for lead = count(visit)
score s for lead:
    counting since demo
    each_visit: each visit => +1
    count: always => +10 * count(visit)
    silence: days since visit >= 5 => +100
    after: visit within 30 days after visit(where page == 'a') => +1000
    measure: always => +10000 * all_visits
    demos: demo => +100000
"""
    events = [*visits(20, 10, page="a"), *visits(5, page="b"), event("demo", 10), event("demo", 30)]
    assert rows(worked_out(tmp_path / "a", rules, events), "s")["ann"] == 1 + 10 + 100 + 30000
    later = [*events, *visits(7, page="a")]
    assert rows(worked_out(tmp_path / "b", rules, later), "s")["ann"] == 2 + 20 + 100 + 1000 + 40000
    never = [*visits(20, page="a"), *visits(5)]
    assert rows(worked_out(tmp_path / "c", rules, never), "s")["ann"] == 2 + 20 + 100 + 1000 + 20000


def test_counting_since_in_an_account(tmp_path: Path) -> None:
    """In an account's score it is the account's newest demo, by whomever: also for the leads that are counted."""
    rules = """
score s for account:
    counting since demo
    each visit => +1
    seen: always => +10 * count(leads where visit)
"""
    events = [*visits(20), *visits(5, contact_id="bob"), event("demo", 10, contact_id="bob")]
    assert rows(worked_out(tmp_path, rules, events), "s")["acme"] == 11


def test_groups_count_from_their_own_start(tmp_path: Path) -> None:
    """Both starts hold inside: nothing up to the demo, nothing up to the newest visit of page b after that."""
    lines = """
each visit => +1
group g:
    counting since demo
    each visit => +10
    group h:
        counting since visit(where page == 'b')
        each visit => +100
        each visit at most once per 30 days => +1000
"""
    events = [*visits(20, 3, 2, 1, page="a"), *visits(8, 5, page="b"), event("demo", 10)]
    assert score(tmp_path, lines, events) == 6 + 50 + 300 + 1000


def test_a_cooldown_over_the_account_with_a_window_of_the_lead(tmp_path: Path) -> None:
    """Days 5, 4 and 1: 5 counts, 4 is too close, 1 counts; within the lead's 3 days only the last."""
    rules = "score s for lead:\n    each account.visit within contact.span days => +2 at most once per 2 days\n"
    manifest = TWO.replace("role: [", "span: number, role: [")
    assert manifest != TWO
    contacts = [{"id": "ann", "account_id": "acme", "span": 3}, {"id": "bob", "account_id": "acme", "span": 9}]
    data = {"contacts": contacts, "events": visits(5, 4, 1)}
    assert rows(scored(written(tmp_path, rules, manifest), data), "s") == {"ann": 2, "bob": 4}
