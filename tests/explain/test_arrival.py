"""Since when someone has been at the present stage, and what tipped it, in one sentence."""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import scoreline
from scoreline.cli.explain_text import render_text
from scoreline.engine.explain import Explanation, arrival, explain, followed
from scoreline.engine.instants import DAY, Zone, day_end
from scoreline.engine.model import Model
from scoreline.engine.records import Account, Contact, Event, Population

MANIFEST = """\
scoreline: 1
name: test
timezone: Europe/Berlin
files: [rules.rules]
schema:
  contact: {role: text}
  account: {target: bool, size: number}
  events:
    visit: {}
    demo: {}
    sold: {}
"""
RULES = """\
score interest for lead 0..100:
    each visit within 10 days => +20 "Came by"
    asked: demo => +30 fades over 30 days "Asked for a demo"
    sold => disqualify 'customer' for 10 days
stages for lead:
    cool: interest >= 10
    warm "Warm": interest >= 40
score readiness for account 0..100:
    people: always => +max(interest of leads) "Its busiest person"
    big: account.size >= 100 => +10 "Large"
    gone: sold within 60 days => disqualify 'sold'
stages for account:
    T: account.target
    H "Hot": readiness >= 40
    S: sold within 30 days
"""


def at(day: int, month: int = 3) -> int:
    return day_end(date(2026, month, day), Zone.named("Europe/Berlin"))


def event(type: str, day: int, contact: str | None = "ann", account: str | None = None) -> Event:
    return Event(f"{type} {day} {contact}", type, at(day) - 43_200_000_000, contact, account, {})


def model_of(folder: Path, rules: str = RULES) -> Model:
    (folder / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "rules.rules").write_text(rules, encoding="utf-8")
    return scoreline.load(folder).model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return model_of(tmp_path_factory.mktemp("rules"))


ACME = Account("acme", {"target": True, "size": 20.0})
ANN = Contact("ann", "acme", {"role": "technical_buyer"})
BOB = Contact("bob", "acme")


def told(model: Model, id: str, day: int, *events: Event, days: int = sys.maxsize, **records: object) -> Explanation:
    population = Population([records.get("account", ACME)], [ANN, BOB], events)  # type: ignore[list-item]
    return explain(model, population, at(day), id, since=days)


def place(found: Explanation) -> str:
    """What comes before the score."""
    return found.summary.partition(";")[0].removesuffix(".")


def test_a_stage_is_reached_by_what_somebody_did(model: Model) -> None:
    """30 on the 5th, 20 more on the 12th, less 7 days of decay: 43."""
    found = told(model, "acme", 14, event("demo", 5), event("visit", 12))
    assert place(found) == (
        "acme reached H (Hot) on 12 March 2026, when its technical buyer ann earned +20 for 'Came by'"
    )
    assert found.arrival is not None
    assert (found.arrival.known, found.arrival.since, found.arrival.before) == ("day", "2026-03-12", "T")


def test_a_lead_is_not_named_twice(model: Model) -> None:
    assert place(told(model, "ann", 14, event("demo", 5), event("visit", 12))) == (
        "ann reached warm (Warm) on 12 March 2026, with +20 for 'Came by'"
    )


def test_somebody_without_a_role_is_told_by_the_id(model: Model) -> None:
    found = told(model, "acme", 14, event("demo", 5, "bob"), event("visit", 6, "bob"))
    assert place(found) == "acme reached H (Hot) on 6 March 2026, when bob earned +20 for 'Came by'"


def test_a_window_ends(model: Model) -> None:
    """41 on the 11th; then the visit of the 2nd leaves its window, too, and 20 are left."""
    found = told(model, "acme", 20, event("demo", 2), event("visit", 1), event("visit", 1, "bob"), event("visit", 2))
    assert place(found) == (
        "acme fell from H to T on 12 March 2026, when 'Came by' of its technical buyer ann ran out (−20)"
    )


def test_what_an_account_loses_is_not_lost_by_whoever_once_came(tmp_path: Path) -> None:
    rules = 'score busy for account:\n    visit within 5 days => +50 "Visits"\nstages for account:\n    B: busy >= 40\n'
    model = model_of(tmp_path, rules)
    assert place(told(model, "acme", 6, event("visit", 5))).endswith(
        "when its technical buyer ann earned +50 for 'Visits'"
    )
    lost = told(model, "acme", 11, event("visit", 5))
    assert place(lost) == "acme fell from B to no stage on 10 March 2026, when 'Visits' ran out (−50)"


def test_a_line_that_still_gives_has_not_run_out(tmp_path: Path) -> None:
    rules = (
        'score busy for account:\n    each visit within 5 days => +5 "Visits"\nstages for account:\n    B: busy >= 15\n'
    )
    lost = told(model_of(tmp_path, rules), "acme", 7, event("visit", 1), event("visit", 3), event("visit", 5))
    assert (
        place(lost)
        == "acme fell from B to no stage on 6 March 2026, when a visit event became too old for 'Visits' (−5)"
    )


def test_a_line_that_pays_once_is_renewed_by_a_new_event(tmp_path: Path) -> None:
    """8 on the 1st; 6.96 on the 7th, at which 7 is missed; 8 again on the 15th."""
    rules = """\
score engagement for lead:
    visit => +8 halves every 30 days "Came by"
stages for lead:
    hot: engagement >= 7
"""
    found = told(model_of(tmp_path, rules), "ann", 16, event("visit", 1), event("visit", 15))
    assert place(found) == "ann reached hot on 15 March 2026, with +2.1 for 'Came by'"
    assert found.arrival is not None
    assert [(cause.kind, cause.events) for cause in found.arrival.causes] == [("came", 1)]


def test_what_moved_the_score_most_is_named_first(tmp_path: Path) -> None:
    """Ann's 20 are a tenth of what the account has of her, and less than the 10 that it loses itself."""
    rules = """\
score interest for lead 0..100:
    visit within 5 days => +20 "Came by"
score readiness for account 0..100:
    people: always => +sum(interest of leads) / 10
    asked: demo within 5 days => +10 "Asked"
stages for account:
    H: readiness >= 12
"""
    found = told(model_of(tmp_path, rules), "acme", 7, event("visit", 1), event("demo", 1, "bob"))
    assert place(found) == "acme fell from H to no stage on 6 March 2026, when 'Asked' ran out (−10)"
    assert found.arrival is not None
    assert [(cause.what, cause.points) for cause in found.arrival.causes] == [
        ("demo within 5 days", -10.0),
        ("visit within 5 days", -20.0),
    ]


def test_the_data_begin_where_anybody_s_begin(model: Model) -> None:
    population = Population([ACME], [ANN, BOB], [event("visit", 12)])
    found = explain(model, population, at(14), "acme", since=sys.maxsize, oldest=at(3))
    assert place(found) == "acme has been at T since the data begin (3 March 2026)"


def test_a_line_may_hold_because_events_are_too_old(tmp_path: Path) -> None:
    """Three visits, and then no more: fewer on the days before is what `Busier` asks for, as `Quiet` does."""
    rules = """\
score pace for lead 0..100:
    always => +30
    busier: visit within 5 days and not visit between 5 and 9 days ago => +15 "Busier"
    quiet: not visit within 3 days => -20 "Quiet"
stages for lead:
    A: pace >= 20
    B: pace >= 40
"""
    events = (event("visit", 1), event("visit", 8))
    model = model_of(tmp_path, rules)
    assert place(told(model, "ann", 10, *events)) == "ann reached B on 10 March 2026, with +15 for 'Busier'"
    assert place(told(model, "ann", 12, *events)) == "ann fell from B to A on 11 March 2026, with −20 for 'Quiet'"


def test_a_factor_may_begin_because_events_are_too_old(tmp_path: Path) -> None:
    rules = """\
score pace for lead 0..100:
    always => +30
    quiet: not visit within 3 days => *0.5 "Quiet"
stages for lead:
    A: pace >= 20
"""
    found = told(model_of(tmp_path, rules), "ann", 7, event("visit", 1))
    assert place(found) == "ann fell from A to no stage on 4 March 2026, with −15 for 'Quiet'"


def test_events_that_give_no_points_come_and_get_too_old(tmp_path: Path) -> None:
    model = model_of(
        tmp_path, "stages for lead:\n    A: visit within 5 days\n    B: visit at least 2 times within 5 days\n"
    )
    events = (event("visit", 5), event("visit", 7))
    assert place(told(model, "ann", 6, *events)) == "ann reached A on 5 March 2026, when a visit event came in"
    assert place(told(model, "ann", 9, *events)) == "ann reached B on 7 March 2026, when a visit event came in"
    assert place(told(model, "ann", 11, *events)) == (
        "ann fell from B to A on 10 March 2026, when a visit event became too old for visit within 5 days"
    )


def test_an_event_counts_no_longer_because_another_one_came(tmp_path: Path) -> None:
    """Not because its window ended: it has none."""
    rules = (
        "score interest for lead:\n    sold without demo => disqualify 'customer'\nstages for lead:\n    A: always\n"
    )
    model = model_of(tmp_path, rules)
    found = told(model, "ann", 14, event("sold", 5), event("demo", 9))
    assert place(found) == "ann came back to A on 9 March 2026, when a demo event came in"
    assert found.arrival is not None
    assert [(cause.kind, cause.what) for cause in found.arrival.causes] == [
        ("came", "demo"),
        ("turned", "sold without demo"),
    ]


def test_points_that_are_next_to_nothing_are_not_named(tmp_path: Path) -> None:
    """20 × 2^−10 are 0.0195."""
    model = model_of(tmp_path, "score interest for lead:\n    visit => +20 halves every 1 day\n    demo => +5\n")
    events = (event("visit", 4), event("demo", 4))
    assert told(model, "ann", 14, *events).summary == "ann: interest is 5, above all +5 for demo."


def test_points_fade(model: Model) -> None:
    """One a day of 30: 9 on the 22nd."""
    later = told(model, "ann", 20, event("demo", 10))
    assert place(later) == "ann reached cool on 10 March 2026, with +30 for 'Asked for a demo'"
    cold = told(model, "ann", 28, event("demo", 1))
    assert place(cold) == "ann fell from cool to no stage on 22 March 2026, when 'Asked for a demo' had faded by 1"


COMPARED = """\
score readiness for account 0..100:
    each visit => +20 halves every 10 days "Came by"
    asked: demo within 10 days => +50 "Asked for a demo"
stages for account:
    ahead: {} and readiness >= 1
"""


@pytest.mark.parametrize(
    ("condition", "day", "tipped"),
    [
        # zoe of the other account asks on the 2nd, and the window of that ends on the 12th
        ("rank(readiness) <= 1", 12, "by what changed about others: rank(readiness) 2 → 1"),
        ("percentile(readiness) >= 50", 12, "by what changed about others: percentile(readiness) 0 → 50"),
        ("rank(readiness) <= 1", 5, "when its technical buyer ann earned +50 for 'Asked for a demo'"),
    ],
)
def test_somebody_comes_to_be_ahead_of_others(tmp_path: Path, condition: str, day: int, tipped: str) -> None:
    events = [event("visit", 1), event("demo", 2, "zoe"), *([event("demo", 5)] if day == 5 else [])]
    people = [ANN, Contact("zoe", "zeta")]
    population = Population([ACME, Account("zeta", {})], people, events)
    found = explain(model_of(tmp_path, COMPARED.format(condition)), population, at(day), "acme", since=sys.maxsize)
    assert f"acme reached ahead on {day} March 2026, {tipped};" in found.summary, found.summary


def test_disqualified_and_back(model: Model) -> None:
    sold = event("sold", 9)
    found = told(model, "ann", 14, event("demo", 5), sold)
    assert place(found) == (
        "ann was disqualified as 'customer' on 9 March 2026, when a sold event came in, until 19 March 2026"
    )
    rows = " ".join(render_text(found).split())
    assert "cool: interest >= 10 — 21 but it is disqualified" in rows and "earlier stage" not in rows
    back = told(model, "ann", 21, event("demo", 5), sold)
    assert place(back).startswith("ann came back to cool on 19 March 2026")


def test_an_account_is_disqualified_by_an_event_of_its_own(model: Model) -> None:
    found = told(model, "acme", 14, event("sold", 9, None, "acme"))
    assert place(found) == "acme was disqualified as 'sold' on 9 March 2026, when a sold event came in"


def test_a_field_changed(model: Model, tmp_path: Path) -> None:
    versions = [Account("acme", {"size": 20.0}), Account("acme", {"size": 200.0}, at(7))]
    rules = RULES + "    L: account.size >= 100\n"
    found = explain(
        model_of(tmp_path, rules), Population(versions, [ANN], [event("visit", 1)]), at(9), "acme", since=sys.maxsize
    )
    assert place(found) == "acme reached L on 7 March 2026, by a change of account.size: 20 → 200"


def test_from_the_start(model: Model) -> None:
    assert (
        place(told(model, "acme", 14, event("visit", 12))) == "acme has been at T since the data begin (12 March 2026)"
    )
    nobody = told(model, "acme", 14, event("visit", 12), account=Account("acme", {}))
    assert place(nobody) == "acme has been below the first stage since the data begin (12 March 2026)"


def test_a_plan_finds_the_same(model: Model) -> None:
    """It takes over where days are too many: from the first day on, after some, or as far as nothing was before."""
    events = [
        event("demo", 2),
        event("visit", 1),
        event("sold", 6),
        event("visit", 16, "bob"),
        event("demo", 17, "bob"),
    ]
    found = Counter[str]()
    for day, id, days in [(5, "acme", 0), (9, "ann", 3), (1, "acme", 0), (20, "acme", 3), (27, "ann", 1)]:
        walked = told(model, id, day, *events).arrival
        assert walked is not None
        found[walked.known] += 1
        population = Population([ACME], [ANN, BOB], events)
        assert explain(model, population, at(day), id, since=days, planned=sys.maxsize).arrival == walked, (id, day)
    assert found == {"day": 4, "start": 1}


def crowd(chances: random.Random) -> Population:
    """Some people of an account, what they did in March, some of which came in late, and a field that changed."""
    people = [Contact(f"p{number}", "acme", {"role": chances.choice(["user", "buyer"])}) for number in range(5)]
    days = (chances.randint(1, 31) for _ in range(chances.randint(4, 14)))
    done = (
        event(chances.choice(["visit"] * 9 + ["demo"] * 4 + ["sold"]), day, chances.choice(people).id) for day in days
    )
    events = [replace(each, id=str(number)) for number, each in enumerate(done)]
    came = [replace(each, received_at=each.at + 2 * DAY) if chances.random() < 0.2 else each for each in events]
    versions = [ACME, Account("acme", {"target": True, "size": 200.0}, at(chances.randint(5, 30)))]
    return Population(versions, people, came)


def test_a_plan_that_follows_many_people_finds_the_same(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it works out at once, and whenever it is asked."""
    known = Counter[str]()
    for seed in range(12):
        chances = random.Random(seed)
        population, as_of = crowd(chances), at(chances.randint(8, 31)) - chances.choice([0, 40_000_000_000])
        monkeypatch.setattr(arrival, "MANY", sys.maxsize)
        walked = explain(model, population, as_of, "acme", since=sys.maxsize, ahead=True)
        monkeypatch.setattr(arrival, "MANY", 0)
        monkeypatch.setattr(followed, "AT_ONCE", chances.choice([1, 3, 400]))
        assert explain(model, population, as_of, "acme", since=3, planned=sys.maxsize, ahead=True) == walked, seed
        assert walked.arrival is not None
        known[walked.arrival.known] += 1
    assert known["day"] > 5


def test_no_further_than_asked(model: Model) -> None:
    """Four days are looked at, and the fifth is one too many."""
    events = (event("demo", 1), event("visit", 1))
    found = told(model, "acme", 9, *events, days=4)
    assert place(found) == "acme has been at H (Hot) for at least 4 days"
    assert found.arrival is not None and found.arrival.known == "longer"
    none = told(model, "acme", 9, *events, days=0)
    assert (place(none), none.arrival) == ("acme is at H (Hot)", None)


def test_without_stages_the_score_is_told(tmp_path: Path) -> None:
    rules = "score interest for lead:\n    visit => +5\nscore sum for account:\n    always => +sum(interest of leads)\n"
    model = model_of(tmp_path, rules)
    assert told(model, "acme", 14, event("visit", 12)).summary == "acme: sum is 5, above all +5 for always."
    assert told(model, "ann", 14).summary == "ann: interest is 0."


def test_rules_that_remember(tmp_path: Path) -> None:
    """Warm at 40 on the 6th, and kept down to 10: still since the 6th; on the 26th it is 9."""
    model = model_of(tmp_path, RULES.replace("interest >= 40", "interest >= 40 stays while interest >= 10"))
    events = (event("demo", 5), event("visit", 6))
    kept = told(model, "ann", 20, *events)
    assert place(kept) == "ann reached warm (Warm) on 6 March 2026, with +20 for 'Came by'"
    lost = told(model, "ann", 27, *events)
    assert place(lost).startswith("ann fell from warm to no stage on 26 March 2026")


CIRCLE = """\
score s for account:
    circle: visit by at least 2 contacts within 5 days => +20
    often: each visit within 5 days => +1
    calm: not visit at least 3 times within 5 days => +2
stages for account:
    round: s >= 20
"""


def test_points_that_are_lost_are_not_lost_by_what_came(tmp_path: Path) -> None:
    """On the day on which the first two visits leave the window, another one comes: the circle is not lost by it."""
    events = [event("visit", 1), event("visit", 2), event("visit", 3, "bob"), event("visit", 7, "bob")]
    people = Population([Account("acme")], [Contact("ann", "acme"), Contact("bob", "acme")], events)
    arrival = explain(model_of(tmp_path, CIRCLE), people, at(7), "acme", since=sys.maxsize).arrival
    assert arrival is not None and (arrival.since, arrival.before) == ("2026-03-07", "round")
    told = [(cause.kind, cause.line, cause.who, cause.points) for cause in arrival.causes]
    assert ("left", "circle", ("ann",), -20.0) in told
    assert all(kind == "left" for kind, line, *_ in told if line == "circle")
