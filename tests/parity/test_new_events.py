"""What new events are added to: after each change of the data a store has what a full run into a new one has."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

import scoreline
from scoreline.engine.data import DoNotFit
from scoreline.engine.instants import Zone, format_instant
from scoreline.engine.memory import remembers
from scoreline.engine.plan.increment import NotAdditive
from scoreline.engine.ready import ready
from scoreline.engine.ready_increments import ready_increment
from scoreline.engine.records import Contact, Event, Population
from scoreline.engine.results import DataCounts, EntityResult
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.runners import run
from scoreline.engine.runners.embedded import Run, run_plan
from scoreline.engine.scoring import open_data
from scoreline.engine.store import About, OfRun, StoreError, append, state
from scoreline.engine.store.reading import reading
from scoreline.engine.store.state import Keeping
from scoreline.engine.store.typed import Typing, keep_events, known_events
from scoreline.engine.store.whole import whole

from . import records
from .models import MANIFEST, TYPES
from .test_many_lines import rules
from .test_parity import Dice

pytestmark = pytest.mark.usefixtures("shared_cache")

Everything = tuple[DataCounts, Sequence[EntityResult], Sequence[EntityResult]]


class Company:
    """A ruleset, data in a folder, and a store that keeps events, where each run tells what it did."""

    def __init__(self, place: Path, text: str, zone: str = "UTC") -> None:
        self.place = place
        self.data = place / "data"
        (self.data / "events").mkdir(parents=True)
        folder = place / "rules"
        folder.mkdir()
        manifest = MANIFEST.format(zone=zone).replace("files: []", "files: [random.rules]")
        (folder / "ruleset.yaml").write_text(manifest)
        (folder / "random.rules").write_text(text)
        self.rules: Ruleset = scoreline.load(folder)
        self.store = place / "store.duckdb"
        self.made_at = 10**16
        self._runs = 0
        self._instants: set[int] = set()

    def before_writing(self) -> None:
        """Between what is worked out and what is kept."""

    def write(self, name: str, items: Sequence[Mapping[str, object]]) -> None:
        (self.data / f"{name}.ndjson").write_text("".join(json.dumps(each) + "\n" for each in items))

    def add(self, events: Sequence[Event], name: str = "") -> None:
        self._runs += 1
        self.write(f"events/{name or f'{self._runs:03}'}", [written(each) for each in events])

    def contacts(self, contacts: Sequence[Contact]) -> None:
        self.write(
            "contacts", [{"id": each.id, "account_id": each.account_id, **plain(each.fields)} for each in contacts]
        )

    def run(self, at: int, lines: Sequence[Any] = ()) -> tuple[str, Everything]:
        """A run over the store: why everything was scored anew, or 'added'; and all results."""
        typing = Typing.of(self.rules, self.data, "0")
        assert typing is not None
        connection = duckdb.connect()
        about = About(self.rules.model, "0", self.made_at, "test")
        with known_events(connection, self.store, typing, "0") as known:
            try:
                dataset = open_data(
                    self.rules, self.data, only_read=True, connection=connection, known=known, max_rejected=1
                )
            except DoNotFit:
                connection = duckdb.connect()
                dataset = open_data(self.rules, self.data, only_read=True, connection=connection, max_rejected=1)
            keeping, made, why = None, None, "added"
            try:
                keeping = Keeping.of(connection, self.store, self.rules.model, typing, "0", at)
                made = keeping.add(dataset)
            except NotAdditive as reason:
                why = str(reason)
            adds = made is not None
            if made is None:
                made = in_full(self.rules, dataset, at, keeping)

        def keep(cursor: duckdb.DuckDBPyConnection) -> None:
            parts = keep_events(cursor, dataset, typing, self.made_at)
            if keeping is not None:
                keeping.keep(cursor, parts, adds, self.made_at)

        self.before_writing()
        append(self.store, OfRun(made, None if adds else dataset), about, lines, [keep], adds)
        if not adds:
            return why, everything(made)
        with whole(made, self.store, "0"):
            return why, everything(made)

    def fresh(self, at: int) -> tuple[Path, Everything]:
        """A full run into a new store."""
        self._runs += 1
        path = self.place / f"{self._runs}.duckdb"
        dataset = open_data(self.rules, self.data, only_read=True, max_rejected=1)
        found = ready(self.rules.model, dataset.connection, contributions=True)
        with run_plan(found.plan, dataset, at, steps=found.steps) as made:
            append(path, OfRun(made, dataset), About(self.rules.model, "0", self.made_at, "test"))
            return path, everything(made)

    def check(self, at: int) -> str:
        """A run over the store gives and keeps what a full one does; why everything was scored anew, or 'added'."""
        self._instants.add(at)
        why, results = self.run(at)
        path, expected = self.fresh(at)
        assert results == expected
        assert snapshot_at(self.store, at) == snapshot_at(path, at)
        if self._instants == {at}:
            assert tables(self.store) == tables(path)
        path.unlink()
        return why


def in_full(rules: Ruleset, dataset: Any, at: int, keeping: Keeping | None) -> Run:
    if keeping is None:
        return run(rules.model, dataset, at)
    return keeping.whole(dataset)


def everything(made: Run) -> Everything:
    return made.counts(), list(made.results_of("lead")), list(made.results_of("account"))


def written(event: Event) -> dict[str, object]:
    received = None if event.received_at is None else format_instant(event.received_at)
    own = {"id": event.id, "type": event.type, "timestamp": format_instant(event.at), "received_at": received}
    return {**own, "contact_id": event.contact_id, "account_id": event.account_id, **plain(event.properties)}


def plain(fields: Mapping[str, object]) -> dict[str, object]:
    """Values as JSON has them."""

    def value(each: object) -> object:
        if isinstance(each, tuple):
            return list(each)
        return each if each is None or isinstance(each, (str, int, float, bool)) else str(each)

    instants = {name: format_instant(each) for name, each in fields.items() if name == "seen" and isinstance(each, int)}
    return {**{name: value(each) for name, each in fields.items()}, **instants}


def tables(path: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """All that a store has, by ids and names in the place of numbers."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{path}' AS store (READ_ONLY)")
    found: dict[str, Counter[tuple[object, ...]]] = {}

    def note(name: str, query: str) -> None:
        found[name] = Counter(connection.execute(query).fetchall())

    entity = "JOIN store.entities AS o ON o.entity = s.entity"
    for part in ("lead", "account", "account_field"):
        for suffix in ("now", "changes"):
            note(f"{part} {suffix}", f"SELECT o.id, s.* EXCLUDE (entity) FROM store.{part}_{suffix} AS s {entity}")
    for level in ("lead", "account"):
        for suffix in ("now", "changes"):
            query = "SELECT o.id, e.score, e.line, e.kind, s.* EXCLUDE (entity, entry) "
            query += f"FROM store.{level}_entry_{suffix} AS s "
            note(f"{level} lines {suffix}", f"{query} JOIN store.entries AS e ON e.entry = s.entry {entity}")
    note("snapshots", "FROM store.snapshots")
    note("moves", f"SELECT s.* EXCLUDE (entity), o.id FROM store.moves AS s {entity}")
    connection.close()
    return found


# --- by hand --------------------------------------------------------------------------------------------------------

RULES = """\
score s for lead:
    each view within 9 days => +2 max 10 halves every 3 days
    view(where page == 'pricing') => +1
    talk => +3
    view at least 2 times within 3 days => +4
    each day with view within 9 days => +1
    talk within 2 days => +1
    intent => +1
score t for account:
    view within 9 days => +5
    view by at least 2 contacts within 9 days => +7
    best_lead: always => +0.5 * max(s of leads)
    intent(where strength >= 5) => +3
stages for account:
    A: t >= 5
    B: t >= 12
"""
AT = records.NOON
ANN, BEN, CAY = (Contact(name, account) for name, account in (("ann", "acme"), ("ben", "acme"), ("cay", "birch")))


def view(number: int, who: str | None = "ann", days: int = 1, account: str | None = None, **more: Any) -> Event:
    return Event(f"e{number}", "view", AT - days * records.DAY, who, account, {"page": "pricing"}, **more)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, Path]:
    """A company and its first run; and a copy of its folder."""
    place = tmp_path_factory.mktemp("begun")
    company = Company(place / "company", RULES)
    company.write("accounts", [{"id": "acme"}, {"id": "birch"}])
    company.contacts([ANN, BEN, CAY])
    company.add([view(1), view(2, "cay", 5), view(3, "ben", 20)])
    assert company.check(AT) == ""
    shutil.copytree(company.place, place / "copy")
    return company, place / "copy"


@pytest.fixture
def company(begun: tuple[Company, Path]) -> Company:
    """As after its first run: a store knows files by their path and age, so the folder is put back where it was."""
    company, copy = begun
    shutil.rmtree(company.place)
    shutil.copytree(copy, company.place)
    return deepcopy(company)


def test_new_events_are_added(company: Company) -> None:
    company.add([view(4, "ben"), view(5, "ann", 2)])
    assert company.check(AT) == "added"
    assert company.check(AT) == "added"  # nothing is new
    company.add([view(6, "ann", -1), view(7, None, 3, "birch"), view(8, "ben", 2, received_at=AT + 1)])
    assert company.check(AT) == "added"


def test_whoever_is_named_first_by_a_new_event_is_there(company: Company) -> None:
    company.add([view(4, "dan", 2), view(5, "eve", 2, "cedar"), view(6, "late", -2)])
    assert company.check(AT) == "added"
    company.add([view(7, "dan", 1, "cedar")])
    assert company.check(AT) == "added"


def test_what_cannot_be_added_is_scored_anew(company: Company) -> None:
    company.contacts([ANN, BEN, replace(CAY, account_id="acme")])
    assert company.check(AT) == "contacts or accounts have changed"
    company.add([view(9)], "other")
    assert company.check(AT) == "added"
    company.add([view(10)], "other")
    assert company.check(AT) == "files of events have changed that were read before"
    company.add([view(10, days=3), view(11), view(11)])
    assert company.check(AT) in ("not all new events are in order", "")
    assert company.check(AT - records.DAY) == ""
    assert company.check(AT - records.DAY) == ""


def test_the_next_day_knows_who_is_there(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    same: list[bool] = []
    make_people = state.make_people

    def noting(*words: Any) -> bool:
        same.append(make_people(*words))
        made.append(words[-1])
        return same[-1]

    monkeypatch.setattr(state, "make_people", noting)
    assert company.check(AT + 9) == ""
    assert company.check(AT + 10) == "" and same == [True, True]
    assert company.check(AT) == ""
    made.clear()
    company.add([view(4, "aaa", -1, "aa"), view(5, "zoe", 2), view(6, "ann", 3, received_at=AT + 1)])
    assert company.check(AT) == "added"
    for days in (1, 2):  # first aaa and her account are there, who come before all others
        assert company.check(AT + days * records.DAY) == ""
    company.add([view(7, "bob", 1)])
    assert company.check(AT + 3 * records.DAY) == ""
    assert made == [AT, AT + records.DAY, AT + 2 * records.DAY] and same[2:] == [False, True, False]
    company.contacts([ANN, BEN])
    assert company.check(AT + 4 * records.DAY) == "" and len(made) == 3
    assert company.check(AT) == "" and len(made) == 3


def test_what_was_read_of_events_is_carried_from_day_to_day(tmp_path: Path) -> None:
    company = Company(tmp_path, RULES.replace("'pricing') =>", "'pricing') within 5 days =>"))
    company.write("accounts", [{"id": "acme"}, {"id": "birch"}])
    company.contacts([ANN, BEN, CAY])
    company.add([view(1), view(2, "cay", 5), view(3, "ben", 20)])
    assert company.check(AT) == "" and carried(company) == 2  # one is too old for all rules
    company.add([view(4, "ben"), view(5, "ann", -1), view(6, "cay", 2, received_at=AT + records.DAY)])
    assert company.check(AT) == "added" and carried(company) == 3
    for days in (1, 2):
        company.add([view(10 + days, "ben", 1 - days)])
        assert company.check(AT + days * records.DAY) == ""
    assert carried(company) == 7
    company.add([view(20, "ann", -20), view(21, "dan", -20)])
    assert company.check(AT + 21 * records.DAY) == "" and carried(company) == 2  # all others are too old
    company.add([view(22, "abe", -20)])
    assert company.check(AT + 21 * records.DAY) == "added" and carried(company) == 3
    assert company.check(AT + 22 * records.DAY) == "" and carried(company) == 3  # people have other numbers


def carried(company: Company) -> int:
    """Of how many events a store has what the next run asks of them."""
    with duckdb.connect(str(company.store), read_only=True) as store:
        return len(store.execute('FROM "state: event carried"').fetchall())


def test_what_kinds_and_ages_say_is_known_of_events_before(tmp_path: Path) -> None:
    days = (f"    view(where page == 'p{number}') within {number} days => +{number}\n" for number in range(2, 40))
    company = Company(tmp_path, RULES + "score many for lead:\n" + "".join(days))
    company.write("accounts", [{"id": "acme"}, {"id": "birch"}])
    company.contacts([ANN, BEN, CAY])
    company.add([view(1), view(2, "cay", 5)])
    assert company.check(AT) == ""
    known = told(company)
    company.add([view(3, "ben", 5), view(4, "ann", 1)])
    assert company.check(AT) == "added" and told(company) == known
    company.add([replace(view(5, "ben", 4), properties={"page": "p5"}), view(6, "cay", 3)])
    assert company.check(AT) == "added" and all(told(company)[name] > rows for name, rows in known.items())
    known = told(company)
    company.add([replace(view(7, "ann", 4), properties={"page": "p5"})])
    assert company.check(AT) == "added" and told(company) == known


def told(company: Company) -> dict[str, int]:
    """How many rows a store has of what kinds and ages of events say."""
    with duckdb.connect(str(company.store), read_only=True) as store:
        return {
            name: len(store.execute(f'FROM "state: {name}"').fetchall()) for name in ("kind", "dispatch", "worth_day")
        }


VALUES = """\
score s for lead:
    view within 9 days => +1
    each day with view within 9 days => +2
    distinct(page of view within 9 days) >= 2 => +5
    talk => disqualify 'left'
score t for account:
    view within 9 days => +1
    view at least 2 times within 3 days => +1
    talk within 3 days => +1
    intent => +1
    always => +0.5 * max(s of leads)
    view by at least 2 contacts within 9 days => +7
    distinct(date of view within 9 days) >= 3 => +10
    distinct(page of view within 2 days) >= 2 => +20
"""


def test_different_values_are_kept_and_those_of_new_events_come_to_them(tmp_path: Path) -> None:
    company = Company(tmp_path, VALUES)
    company.write("accounts", [{"id": "acme"}, {"id": "birch"}])
    company.contacts([ANN, BEN, CAY])
    company.add([view(1), view(2, "cay", 5), view(3, "ann", 2), view(4, "ben", 20)])
    assert company.check(AT) == "" and points_of(company) == {"acme": 4.5, "birch": 2.5}
    assert "event" not in {step.name for step in ready_increment(company.rules.model, ("account",)).steps}
    docs = {"page": "docs"}
    for new, acme, birch in (
        ([view(5), view(6, "cay", 5)], 4.5, 2.5),  # a day, a page and a contact that are known
        ([replace(view(7, "ben"), properties=docs), view(8, "cay", 4)], 31.5, 3.5),
        ([replace(view(9, "ben"), type="talk")], 4.5, 3.5),  # what he looked at is left out
        ([view(10, "ben", 3), view(11, "ann", 3), replace(view(12), properties=docs)], 38, 3.5),
    ):
        company.add(new)
        assert company.check(AT) == "added" and points_of(company) == {"acme": acme, "birch": birch}


def points_of(company: Company) -> dict[str, float]:
    """What a store says of each account."""
    with duckdb.connect(str(company.store), read_only=True) as store:
        return {name: float(points) for name, points in store.execute("SELECT id, t FROM accounts").fetchall()}


def test_nothing_is_added_to_what_another_run_has_written_meanwhile(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.add([view(4, "ben")])
    original = Keeping.add

    def meanwhile(keeping: Keeping, dataset: Any) -> Run:
        made = original(keeping, dataset)
        monkeypatch.setattr(Keeping, "add", original)
        others.append(lambda: company.run(AT))
        return made

    others: list[Any] = []
    monkeypatch.setattr(Keeping, "add", meanwhile)
    monkeypatch.setattr(company, "before_writing", lambda: others.pop()() if others else None)
    with pytest.raises(StoreError, match="another run has written here meanwhile"):
        company.run(AT)
    assert company.check(AT) == "added"


def test_who_is_there_is_kept_anew_where_another_run_has_written_meanwhile(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile() -> None:
        monkeypatch.setattr(company, "before_writing", lambda: None)
        company.add([view(4, "aaa", 1, "aa")])
        company.run(AT)

    monkeypatch.setattr(company, "before_writing", meanwhile)
    company.run(AT + records.DAY)
    company.add([view(5, "ann", 1)])
    for at in (AT + records.DAY, AT + 2 * records.DAY, AT):
        company.check(at)


def test_a_snapshot_between_others_is_added_to(company: Company) -> None:
    for at in (AT + records.DAY, AT - records.DAY, AT):
        company.run(at)
    company.add([view(4, "ben"), view(5, "cay", 1)])
    assert company.run(AT)[0] == "added"
    found = {at: snapshot_at(company.store, at) for at in (AT - records.DAY, AT, AT + records.DAY)}
    company.run(AT + records.DAY)
    company.run(AT)
    assert snapshot_at(company.store, AT) == found[AT]
    path, _ = company.fresh(AT)
    assert snapshot_at(path, AT) == found[AT]


def snapshot_at(path: Path, at: int) -> list[dict[str, Any]]:
    with reading(path, "0") as store:
        counts = [{"counts": shot.counts, "lines": shot.lines_of} for shot in store.snapshots() if shot.at == at]
        found = [*store.results("lead", at), *store.results("account", at)]
        return [*counts, *found, *store.contributions("account", at), *store.contributions("lead", at)]


# --- whatever happens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_any_changes_leave_what_a_full_run_does(seed: int, tmp_path: Path) -> None:
    whatever(seed, tmp_path, lines=8)


@pytest.mark.soak
def test_any_changes_for_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found: Counter[str] = Counter()
    for seed in range(100, 400):
        found.update(whatever(seed, tmp_path / str(seed)))
    with capsys.disabled():
        print(f"\n{found}")
    assert found["added"] > 300


def whatever(seed: int, place: Path, steps: int = 4, lines: int = 20) -> list[str]:
    """Data that change in every way; what each run said."""
    chances = random.Random(seed)
    zone = chances.choice(records.ZONES)
    text = rules(chances, lines) if seed % 2 else Dice(seed).ruleset()
    place.mkdir(exist_ok=True)
    company = Company(place, text, zone)
    steps = 1 if remembers(company.rules.model) else steps  # all is scored anew each time
    people = records.population(records.crowd(chances), Zone.named(zone), TYPES)
    company.write("accounts", [{"id": each.id, **plain(each.fields)} for each in people.accounts])
    company.contacts(people.contacts)
    events = [late(each, chances) for each in people.events]
    chances.shuffle(events)
    first = len(events) - chances.randrange(len(events))
    company.add(events[:first], "000")
    at = chances.choice(records.INSTANTS)
    found = [company.check(at)]
    rest = events[first:]
    for _ in range(steps):
        what = chances.random()
        if what < 0.6:
            some, rest = rest[: len(rest) // 2 + 1], rest[len(rest) // 2 + 1 :]
            company.add([*some, *again(chances, events)])
        elif what < 0.7:
            people = replace(people, contacts=changed(people, chances))
            company.contacts(people.contacts)
        elif what < 0.75:
            company.add(events[: first - 1], "000")
        else:
            at = chances.choice((*records.INSTANTS, at + records.DAY))
        found.append(company.check(at))
    return found


def late(event: Event, chances: random.Random) -> Event:
    """An event that may have been received some time after it happened."""
    if chances.random() < 0.9:
        return event
    return replace(event, received_at=event.at + chances.choice((0, records.DAY, 9 * records.DAY)))


def again(chances: random.Random, events: Sequence[Event]) -> list[Event]:
    """Now and then an event that was there before, or another one with its id."""
    if chances.random() < 0.9:
        return []
    one, other = chances.choice(events), chances.choice(events)
    return [chances.choice((one, replace(other, id=one.id)))]


def changed(people: Population, chances: random.Random) -> list[Contact]:
    contacts = list(people.contacts)
    place = chances.randrange(len(contacts))
    other = chances.choice(contacts)
    what = chances.choice(("moved", "fields", "new", "gone"))
    if what == "new":
        return [*contacts, replace(other, id=f"{other.id} {len(contacts)}")]
    if what == "gone":
        return [*contacts[:place], *contacts[place + 1 :]]
    own = {"account_id": other.account_id} if what == "moved" else {"fields": other.fields}
    contacts[place] = replace(contacts[place], **own)
    return contacts
