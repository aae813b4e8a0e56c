"""Stages with a memory: `stays while`, `for at least`, `in stage … more than`, each day worked out by hand.

Both engines are asked. Where a case speaks of days, the events are at noon UTC, and days are those of UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline.engine.data import Dataset
from scoreline.engine.frames import results_of
from scoreline.engine.history import Replayed, replay
from scoreline.engine.instants import UTC_ZONE, Zone, parse_instant
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.plan import plan
from scoreline.engine.records import Account, Contact, Event, Population, Value
from scoreline.engine.results import Outcome
from scoreline.engine.rounding import UNITS
from scoreline.engine.runners.embedded import run_plan
from scoreline.grammar.nodes import Level
from scoreline.grammar.parser import parse
from scoreline.grammar.printer import print_file
from scoreline.grammar.source import Source

from .both import MANIFEST, rows, written

Engine = type["Reference"] | type["Planned"]
History = dict[Level, tuple[set[str], list[dict[str, Any]]]]
"""Of each level which columns are scores, and all rows of a replay."""


class Reference:
    """The interpreter."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def at(self, case: Population, as_of: int) -> Outcome:
        return interpret(self._model, case, as_of)

    def over(self, case: Population, instants: Sequence[int], name: str, who: str) -> list[Any]:
        """What is shown of somebody at each of some instants."""
        return [shown(self._model, self.at(case, at), name, who) for at in instants]


class Planned:
    """The planner: days by a replay, which must give for the first and the last of them what runs give."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._plan = plan(model)
        self._tables: dict[int, tuple[Population, Dataset]] = {}
        self._outcomes: dict[tuple[int, int], Outcome] = {}
        self._histories: dict[tuple[int, tuple[int, ...]], History] = {}

    def at(self, case: Population, as_of: int) -> Outcome:
        key = id(case), as_of
        if key not in self._outcomes:
            with run_plan(self._plan, self._dataset(case), as_of) as made:
                self._outcomes[key] = made.outcome()
        return self._outcomes[key]

    def over(self, case: Population, instants: Sequence[int], name: str, who: str) -> list[Any]:
        units, rows = self._history(case, tuple(instants))["account" if who == "acme" else "lead"]
        values = [row[name] for row in rows if row["id"] == who]
        found = [value / UNITS if name in units else value for value in values]
        ends = [shown(self._model, self.at(case, at), name, who) for at in (instants[0], instants[-1])]
        assert ends == [found[0], found[-1]]
        return found

    def _history(self, case: Population, instants: tuple[int, ...]) -> History:
        key = id(case), instants
        if key not in self._histories:
            with replay(self._model, self._dataset(case), instants) as replayed:
                self._histories[key] = {level: history_of(replayed, level) for level in replayed.results}
        return self._histories[key]

    def _dataset(self, case: Population) -> Dataset:
        """The tables of a case, which stay, and with them the case: its `id` is that of no other."""
        if id(case) not in self._tables:
            self._tables[id(case)] = case, Dataset.from_population(case, self._model.schema)
        return self._tables[id(case)][1]


def history_of(replayed: Replayed, level: Level) -> tuple[set[str], list[dict[str, Any]]]:
    """The columns that are scores, and the rows of all instants, one after the other."""
    found = replayed.connection.execute(f'FROM {level}_history ORDER BY "at"')
    names = [name for name, *_ in found.description]
    scores = {column.title for column in replayed.results[level] if column.role == "score"}
    return scores, [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def shown(model: Model, outcome: Outcome, name: str, who: str) -> Any:
    """What results show of somebody."""
    return rows(results_of(model, outcome), name)[who]


@pytest.fixture(params=[Reference, Planned], ids=["reference", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param  # type: ignore[no-any-return]


def micros(text: str) -> int:
    """An instant of 2026: noon UTC of a day `02-13`, or a time `02-13T23:30`."""
    found = parse_instant(f"2026-{text}{'' if 'T' in text else 'T12:00'}Z", UTC_ZONE)
    assert found is not None
    return found


def visits(*days: str, who: str = "ann", received: str | None = None, **more: Value) -> list[Event]:
    """Visits on days or at times."""
    return [event("visit", day, who, f"{number}", received, **more) for number, day in enumerate(days)]


def event(type: str, day: str, who: str = "ann", id: str = "", received: str | None = None, **more: Value) -> Event:
    arrived = None if received is None else micros(received)
    return Event(f"{who} {type} {day} {id}", type, micros(day), who, None, more, arrived)


def data(*events: Event, contacts: Sequence[Contact] = (Contact("ann", "acme"),)) -> Population:
    """Ann of acme, unless other contacts are given, and the events."""
    return Population((), contacts, events)


class Told:
    """The results of rules on days of 2026, by the name of a column."""

    def __init__(self, folder: Path, rules: str, engine: Engine, manifest: str = MANIFEST) -> None:
        self.model = scoreline.load(written(folder, rules, manifest)).model
        self.engine = engine(self.model)

    def at(self, when: str, case: Population, name: str = "stage", who: str = "ann") -> Any:
        """What was shown at the end of a day, or at a time."""
        return shown(self.model, self.engine.at(case, self._instant(when)), name, who)

    def days(self, first: int, last: int, case: Population, name: str = "stage", who: str = "ann") -> list[Any]:
        """What was shown at the ends of days of March."""
        instants = [self._instant(f"03-{day:02}") for day in range(first, last + 1)]
        return self.engine.over(case, instants, name, who)

    def _instant(self, when: str) -> int:
        at = parse_instant(f"2026-{when}", Zone.named(self.model.timezone), end_of_day=True)
        assert at is not None
        return at


# --- stays while ----------------------------------------------------------------------------------------------------

STAYS = """\
stages for lead:
    cool: visit
    warm: visit at least 2 times within 3 days stays while visit within 5 days
"""


def test_a_stage_is_kept_while_its_condition_holds(tmp_path: Path, engine: Engine) -> None:
    """Two visits within 3 days only at the ends of the 1st to the 3rd; a visit within 5 days up to the 5th."""
    told = Told(tmp_path, STAYS, engine)
    case = data(*visits("03-01", "03-01"))
    assert told.days(1, 7, case) == ["warm", "warm", "warm", "warm", "warm", "cool", "cool"]


def test_who_never_entered_is_not_kept(tmp_path: Path, engine: Engine) -> None:
    told = Told(tmp_path, STAYS, engine)
    assert told.days(1, 3, data(*visits("03-01"))) == ["cool", "cool", "cool"]


def test_a_stage_that_was_lost_must_be_entered_again(tmp_path: Path, engine: Engine) -> None:
    """One visit on the 7th keeps nobody who fell on the 6th; one on the 6th (at noon, before the day is over) does."""
    told = Told(tmp_path, STAYS, engine)
    assert told.days(5, 8, data(*visits("03-01", "03-01", "03-07"))) == ["warm", "cool", "cool", "cool"]
    assert told.days(5, 8, data(*visits("03-01", "03-01", "03-06"))) == ["warm", "warm", "warm", "warm"]


def test_what_comes_and_goes_within_a_day_is_never_seen(tmp_path: Path, engine: Engine) -> None:
    """At 14:00 there are two visits within 2 hours; at the end of the day, and on the next one, nothing is left."""
    rules = "stages for lead:\n    warm: visit at least 2 times within 2 hours stays while visit within 9 days\n"
    told = Told(tmp_path, rules, engine)
    case = data(*visits("03-01T13:00", "03-01T13:30"))
    assert told.at("03-01T14:00Z", case) == "warm"
    assert told.at("03-01", case) is None
    assert told.at("03-02", case) is None


def test_the_day_of_the_instant_is_worked_out_at_the_instant(tmp_path: Path, engine: Engine) -> None:
    """In the morning of the 6th the visits are not yet 5 days old; at the end of that day they are."""
    told = Told(tmp_path, STAYS, engine)
    case = data(*visits("03-01", "03-01"))
    assert told.at("03-06T11:59Z", case) == "warm"
    assert told.at("03-06T12:00Z", case) == "cool"


def test_in_order_a_kept_stage_counts_as_held_before_the_next(tmp_path: Path, engine: Engine) -> None:
    """`two` is kept though `one` is lost on the 4th; `three` then asks for `one` as well, so it is not held."""
    rules = """\
stages for lead, in order:
    one: visit within 3 days
    two: visit at least 2 times stays while visit within 6 days
    three: demo
"""
    told = Told(tmp_path, rules, engine)
    demo = event("demo", "03-03")
    assert told.days(1, 7, data(*visits("03-01", "03-01"))) == ["two"] * 6 + [None]
    assert told.days(1, 5, data(*visits("03-01", "03-01"), demo)) == ["two", "two", "three", "two", "two"]


def test_in_order_stages_that_are_kept_carry_the_next(tmp_path: Path, engine: Engine) -> None:
    rules = """\
stages for lead, in order:
    one: visit within 2 days stays while visit within 4 days
    two: demo
"""
    told = Told(tmp_path, rules, engine)
    demo = event("demo", "03-04")
    assert told.days(1, 5, data(*visits("03-01"), demo)) == ["one", "one", "one", "two", None]


def test_disqualified_ones_hold_nothing_and_start_anew(tmp_path: Path, engine: Engine) -> None:
    """Warm from the 1st, out on the 2nd for a day: on the 3rd one visit would keep, and nothing is there to be kept."""
    rules = """\
score worth for lead:
    visit(where page == 'bye') => disqualify 'gone' for 1 day
stages for lead:
    warm: visit at least 2 times within 1 day stays while visit within 30 days
"""
    told = Told(tmp_path, rules, engine)
    case = data(*visits("03-01", "03-01"), *visits("03-02", page="bye"))
    assert told.days(1, 4, case) == ["warm", "disqualified", None, None]
    again = data(*visits("03-01", "03-01"), *visits("03-02", page="bye"), *visits("03-04", "03-04", page="back"))
    assert told.days(3, 6, again) == [None, "warm", "warm", "warm"]


# --- for at least ---------------------------------------------------------------------------------------------------


def steady(length: str, name: str = "steady") -> str:
    return f"measure {name} for lead = (visit within 5 days) for at least {length}\n"


def test_for_at_least_counts_whole_days_before(tmp_path: Path, engine: Engine) -> None:
    """A visit at noon of the 1st is within 5 days at the ends of the 1st to the 5th."""
    expected = {
        "0 days": [1, 2, 3, 4, 5],
        "1 hour": [2, 3, 4, 5],
        "1 day": [2, 3, 4, 5],
        "36 hours": [3, 4, 5],
        "3 days": [4, 5],
        "4 days": [5],
        "5 days": [],
    }
    names = {length: f"steady_{number}" for number, length in enumerate(expected)}
    told = Told(tmp_path, "".join(steady(length, name) for length, name in names.items()), engine)
    case = data(*visits("03-01"))
    assert {length: true_on(told.days(1, 6, case, name)) for length, name in names.items()} == expected


def true_on(values: Sequence[Any]) -> list[int]:
    """The days, from the first on, on which something is true."""
    return [day for day, value in enumerate(values, 1) if value]


def test_a_pause_begins_a_new_run(tmp_path: Path, engine: Engine) -> None:
    """Within 5 days from the 1st to the 5th and from the 7th on: 2 days are full on the 3rd, and again on the 9th."""
    told = Told(tmp_path, steady("2 days"), engine)
    found = told.days(1, 10, data(*visits("03-01", "03-07")), "steady")
    assert true_on(found) == [3, 4, 5, 9, 10]


def test_lengths_may_be_fields_and_missing_or_negative_ones_never_hold(tmp_path: Path, engine: Engine) -> None:
    told = Told(tmp_path, steady("contact.points days"), engine)
    people = [Contact("two", None, {"points": 2.0}), Contact("minus", None, {"points": -1.0}), Contact("none")]
    case = data(*(visit for each in people for visit in visits("03-01", who=each.id)), contacts=people)
    assert told.at("03-03", case, "steady", "two") is True
    assert told.at("03-03", case, "steady", "minus") is False
    assert told.at("03-03", case, "steady", "none") is False


def test_nobody_held_anything_before_being_there(tmp_path: Path, engine: Engine) -> None:
    """Bob is there from the 3rd on, by his record or by his first event; `not visit` held for ann since the 1st."""
    told = Told(tmp_path, "measure silent for lead = (not demo) for at least 2 days\n", engine)
    people = [Contact("ann"), Contact("bob", valid_from=micros("03-03T08:00"))]
    case = data(*visits("03-01"), *visits("03-04", who="cay"), contacts=people)
    assert told.days(1, 6, case, "silent") == [False, False, True, True, True, True]
    assert told.days(3, 6, case, "silent", "bob") == [False, False, True, True]
    assert told.days(4, 6, case, "silent", "cay") == [False, False, True]


def test_conditions_over_days_stand_in_each_other(tmp_path: Path, engine: Engine) -> None:
    """Full 2 days on the 3rd, 4th and 5th: of these the 4th and the 5th have had it for a day."""
    told = Told(
        tmp_path, "measure twice for lead = ((visit within 5 days) for at least 2 days) for at least 1 day\n", engine
    )
    found = told.days(1, 7, data(*visits("03-01")), "twice")
    assert true_on(found) == [4, 5]


# --- in stage -------------------------------------------------------------------------------------------------------

WAITING = """\
stages for lead:
    cool: visit
    warm: visit at least 2 times within 4 days
"""


def waiting(stage: str, length: str, name: str = "waiting") -> str:
    return f"measure {name} for lead = in stage {stage} more than {length}\n"


def test_in_stage_sees_the_days_before(tmp_path: Path, engine: Engine) -> None:
    """Warm at the ends of the 1st to the 4th: on the 5th it was entered 4 days ago, and left only that day."""
    expected = {
        "0 days": [2, 3, 4, 5],
        "1 day": [3, 4, 5],
        "30 hours": [3, 4, 5],
        "2 days": [4, 5],
        "4 days": [],
    }
    names = {length: f"waiting_{number}" for number, length in enumerate(expected)}
    told = Told(tmp_path, WAITING + "".join(waiting("warm", length, name) for length, name in names.items()), engine)
    case = data(*visits("03-01", "03-01"))
    assert {length: true_on(told.days(1, 7, case, name)) for length, name in names.items()} == expected


def test_a_stage_that_is_held_below_another_is_not_the_stage(tmp_path: Path, engine: Engine) -> None:
    """`cool` holds all the time, and is where ann is only before the 1st visit is followed by another."""
    told = Told(tmp_path, WAITING + waiting("cool", "1 day"), engine)
    found = told.days(1, 6, data(*visits("03-01", "03-04")), "waiting")
    assert found == [False, False, True, True, False, False]


def test_the_disqualified_stage_can_be_asked(tmp_path: Path, engine: Engine) -> None:
    rules = """\
score worth for lead:
    visit => disqualify 'gone' for 3 days
stages for lead:
    any: always
measure gone for lead = in stage disqualified more than 1 day
"""
    told = Told(tmp_path, rules, engine)
    assert told.days(1, 5, data(*visits("03-01")), "gone") == [False, False, True, True, False]


def test_a_score_that_the_ladder_reads_may_ask_for_its_stages(tmp_path: Path, engine: Engine) -> None:
    """At 50 points warm; after 2 days there, tired by 30; below 40 it is lost, and the rest lets it recover at once.

    1st and 2nd: 50, warm. 3rd: entered 2 days ago, more than 1: 20 and no stage. 4th: nothing behind it: 50 again.
    """
    rules = """\
score fit for lead:
    always => +50
    tired: in stage warm more than 1 day => -30
stages for lead:
    warm: fit >= 50 stays while fit >= 40
"""
    told = Told(tmp_path, rules, engine)
    case = data(*visits("03-01"))
    assert told.days(1, 6, case) == ["warm", "warm", None, "warm", "warm", None]
    assert told.days(1, 4, case, "fit") == [50, 50, 20, 50]


def test_a_stage_that_asks_for_another_needs_to_stay_itself(tmp_path: Path, engine: Engine) -> None:
    """Stale after more than 1 day of warm: on the next day it is not warm that it was, so it falls back, or stays."""
    falls = "stages for lead:\n    warm: visit\n    stale: in stage warm more than 1 day\n"
    case = data(*visits("03-01"))
    assert Told(tmp_path / "a", falls, engine).days(1, 5, case) == ["warm", "warm", "stale", "warm", "warm"]
    stays = falls.replace("1 day\n", "1 day stays while not demo\n")
    assert Told(tmp_path / "b", stays, engine).days(1, 5, case) == ["warm", "warm", "stale", "stale", "stale"]


# --- levels ---------------------------------------------------------------------------------------------------------


def test_roll_ups_ask_each_lead_for_itself(tmp_path: Path, engine: Engine) -> None:
    """Ann is warm since the 1st, bob since the 3rd; the account is hot while two of them have been so for a while."""
    rules = """\
stages for lead:
    warm: visit within 9 days
measure long for account = count(leads where in stage warm more than 1 day)
measure firm for account = count(leads where (visit within 9 days) for at least 2 days)
stages for account:
    hot: long >= 2
"""
    told = Told(tmp_path, rules, engine)
    people = [Contact("ann", "acme"), Contact("bob", "acme")]
    case = data(*visits("03-01"), *visits("03-03", who="bob"), contacts=people)
    assert told.days(2, 6, case, "long", "acme") == [0, 1, 1, 2, 2]
    assert told.days(2, 6, case, "firm", "acme") == [0, 1, 1, 2, 2]
    assert told.days(2, 6, case, "stage", "acme") == [None, None, None, "hot", "hot"]


def test_leads_read_what_their_account_remembers(tmp_path: Path, engine: Engine) -> None:
    rules = """\
stages for account:
    hot: visit at least 2 times within 2 days stays while visit within 4 days
measure near for lead = account.stage == 'hot'
"""
    told = Told(tmp_path, rules, engine)
    assert told.days(1, 5, data(*visits("03-01", "03-01")), "near") == [True, True, True, True, False]


# --- days -----------------------------------------------------------------------------------------------------------


def test_days_are_those_of_the_ruleset_and_may_have_23_hours(tmp_path: Path, engine: Engine) -> None:
    """29 March 2026 has 23 hours in Berlin. A visit at 23:30 UTC on the 27th is on the 28th there.

    `visit today` holds on the 28th alone, so the run of `visit` begins there: 2 days are full on the 30th, local time.
    """
    rules = "measure seen for lead = visit for at least 2 days\nmeasure on_that_day for lead = visit today\n"
    manifest = MANIFEST.replace("files:", "timezone: Europe/Berlin\nfiles:")
    told = Told(tmp_path, rules, engine, manifest)
    case = data(*visits("03-27T23:30"))
    assert told.days(28, 31, case, "on_that_day") == [True, False, False, False]
    assert told.days(28, 31, case, "seen") == [False, False, True, True]
    assert told.at("03-29T21:59Z", case, "seen") is False
    assert told.at("03-29T22:00Z", case, "seen") is True


def test_an_event_counts_on_the_days_after_it_arrived(tmp_path: Path, engine: Engine) -> None:
    """Both visits are of the 1st; the second arrived on the 3rd, when two within 3 days were still there, or on the
    5th, when they were not: nobody may have been warm by what nobody knew."""
    told = Told(tmp_path, STAYS, engine)

    def case(received: str) -> Population:
        return data(*visits("03-01"), *visits("03-01T13:00", received=received))

    assert told.days(1, 6, case("03-03")) == ["cool", "cool", "warm", "warm", "warm", "cool"]
    assert told.days(1, 6, case("03-05")) == ["cool"] * 6


def test_versions_count_from_when_they_were_valid(tmp_path: Path, engine: Engine) -> None:
    """60 points from the 3rd on; 40 from the 6th on keep the stage, 20 from the 8th on do not."""
    told = Told(tmp_path, "stages for lead:\n    warm: contact.points >= 60 stays while contact.points >= 40\n", engine)
    versions = [(40.0, "03-01"), (60.0, "03-03"), (40.0, "03-06"), (20.0, "03-08")]
    people = [Contact("ann", None, {"points": points}, micros(day)) for points, day in versions]
    case = data(*visits("03-01", who="bob"), contacts=people)
    assert told.days(2, 8, case) == [None, "warm", "warm", "warm", "warm", "warm", None]


def test_history_begins_with_the_oldest_event_or_where_the_manifest_says(tmp_path: Path, engine: Engine) -> None:
    """`always` holds since the first day: that of the oldest event, also one that is ignored and another's."""
    rules = "ignore demo\nmeasure old for lead = always for at least 3 days\n"
    told = Told(tmp_path / "default", rules, engine)
    ignored = event("demo", "03-02", "bob")
    assert told.days(2, 6, data(*visits("03-05"), ignored), "old") == [False, False, False, True, True]
    assert told.days(2, 6, data(), "old") == [False] * 5
    for first, expected in (("2026-03-01", [4, 5, 6]), ("2026-03-03", [6]), ("2026-04-01", [])):
        folder = tmp_path / first
        manifest = MANIFEST.replace("files:", f"history_from: {first}\nfiles:")
        found = Told(folder, rules, engine, manifest).days(1, 6, data(*visits("03-02")), "old")
        assert [day for day, value in enumerate(found, 1) if value] == expected


def test_the_first_day_is_part_of_what_rules_mean(tmp_path: Path) -> None:
    plain = scoreline.load(written(tmp_path / "a", STAYS)).fingerprint
    manifest = MANIFEST.replace("files:", "history_from: 2026-01-01\nfiles:")
    assert scoreline.load(written(tmp_path / "b", STAYS, manifest)).fingerprint != plain


# --- texts ----------------------------------------------------------------------------------------------------------


def test_they_are_printed_as_they_are_written() -> None:
    rules = STAYS + "\nmeasure long for lead = in stage warm more than 1 day and visit for at least 2 weeks\n"
    file, findings = parse(Source("rules.rules", rules))
    assert findings == []
    assert print_file(file).strip() == rules.strip()


def test_an_explanation_remembers_the_whole_data(tmp_path: Path) -> None:
    """What is explained is what was scored, though only one lead's events are read for it."""
    ruleset = scoreline.load(written(tmp_path, "measure old for lead = always for at least 3 days\n"))
    case = data(*visits("03-05"), *visits("03-01", who="bob"), contacts=[Contact("ann"), Contact("bob")])
    explained = ruleset.explain("ann", case, as_of="2026-03-05")
    assert [measure.value for measure in explained.measures] == [True]


def test_an_explanation_says_how_long_it_has_been_so(tmp_path: Path) -> None:
    """On the 5th the visit has held since the 1st; cool was entered on the 1st."""
    rules = """\
stages for lead:
    cool: visit
measure steady for lead = visit for at least 2 days
measure long for lead = visit for at least 9 days
measure waiting for lead = in stage cool more than 5 days
"""
    explained = scoreline.load(written(tmp_path, rules)).explain("ann", data(*visits("03-01")), as_of="2026-03-05")
    told = {measure.name: measure.condition for measure in explained.measures}
    steady, long, waiting = told["steady"], told["long"], told["waiting"]
    assert steady is not None and long is not None and waiting is not None
    assert (steady.holds, steady.has) == (True, "has held since 2026-03-01: 4 days before this one")
    assert (long.holds, long.needs) == (False, "9 days before this one")
    assert (waiting.has, waiting.needs) == ("at cool since 2026-03-01: 4 days", "more than 5 days")


def test_the_days_before_know_the_accounts_that_events_name(tmp_path: Path, engine: Engine) -> None:
    """Ann is of acme; her first visit was at birch, whose industry the stage asks for."""
    rules = "stages for lead:\n    cool: visit(where account.industry == 'soft') within 3 days stays while visit\n"
    there = Event("e", "visit", micros("03-01"), "ann", "birch")
    case = replace(data(there), accounts=[Account("birch", {"industry": "soft"})])
    assert Told(tmp_path, rules, engine).days(3, 8, case) == ["cool"] * 6
