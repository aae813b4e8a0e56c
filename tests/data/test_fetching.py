"""What is fetched from files that were read before is what reading all of them gives."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from scoreline.engine.data import Dataset, read
from scoreline.engine.data.fetching import statements
from scoreline.engine.data.gathering import Ids, gathered
from scoreline.engine.data.layout import RecordKind, layouts
from scoreline.engine.data.line_places import PlacedLines, Places, find_places
from scoreline.engine.data.plain_lines import Lines, Unusual
from scoreline.engine.data.rebuilt import Row
from scoreline.engine.instants import Zone
from scoreline.engine.records import Population
from scoreline.engine.schema import FieldType, Schema

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP, folder, lines, sources, visit

SCHEMA = Schema(
    account={"size": NUMBER},
    contact={"title": TEXT, "tags": LIST},
    events={"visit": {"page": TEXT, "seconds": NUMBER}},
)
BERLIN = Zone.named("Europe/Berlin")

ACCOUNTS = [{"id": "acme", "size": 7}, {"id": "zeta", "size": 3}, {"id": "acme", "size": 8, "valid_from": "2026-01-05"}]
CONTACTS = [
    {"id": "ann", "account_id": "acme", "title": "CFO", "tags": ["a", "b"]},
    {"id": "bob", "account_id": None},
    {"id": "cid", "account_id": "zeta"},
    {"id": "cid", "account_id": "acme", "valid_from": "2026-02-01"},
]
EVENTS = [
    visit("e1", page="/pricing", seconds=3),
    visit("e2", contact_id="bob", account_id="acme"),
    visit("e3", contact_id="cid", timestamp="2026-02-01 10:00"),
    visit("e4", contact_id=None, account_id="zeta", received_at="2026-03-04"),
    visit("e5", contact_id="dan"),
]
EVERYBODY = ("acme", "ann", "bob", "cid", "nobody")


Asked = Callable[[str], Population | None]


def again(dataset: Dataset) -> Asked:
    """Records fetched by an engine that has read nothing."""
    assert dataset.origins is not None
    found = statements(dataset.connection, dataset.layouts, dataset.origins, BERLIN)
    connection = duckdb.connect()
    found.prepare(connection)
    return lambda entity: found.gathered(connection, dataset.layouts, entity)


def at_their_places(dataset: Dataset) -> Asked:
    """Records of lines whose places are known; raises Unusual where Python does not read them."""
    assert dataset.origins is not None
    known = statements(dataset.connection, dataset.layouts, dataset.origins, BERLIN)
    found = find_places(known.lines, dataset.layouts) if known.lines else None

    def asked(entity: str) -> Population | None:
        if found is None:
            raise Unusual
        placed, connection = PlacedLines(known.lines, dataset.layouts, BERLIN, Places(found)), duckdb.connect()
        known.prepare(connection)

        def fetch(kind: RecordKind, ids: Ids) -> list[Row]:
            return placed.fetch(kind, ids) if kind in known.lines else known.fetch(connection, kind, ids)

        return gathered(fetch, dataset.layouts, entity, known.has_versions)

    return asked


def around(whole: Population, entity: str) -> Population | None:
    """The same by going through all records until nobody is missing."""
    accounts, people, before = {entity}, {entity}, 0
    while before < len(accounts) + len(people):
        before = len(accounts) + len(people)
        people |= {each.id for each in whole.contacts if each.account_id in accounts}
        people |= {each.contact_id for each in whole.events if each.account_id in accounts and each.contact_id}
        accounts |= {each.account_id for each in whole.contacts if each.id in people and each.account_id}
    found = Population(
        [each for each in whole.accounts if each.id in accounts],
        [each for each in whole.contacts if each.id in people],
        [each for each in whole.events if each.contact_id in people or each.account_id in accounts],
    )
    return found if found.accounts or found.contacts or found.events else None


def agrees(path: Path, *entities: str, mapped: str = "") -> Dataset:
    dataset = read(path, SCHEMA, sources(mapped) if mapped else None, zone=BERLIN, max_rejected=0.5)
    whole, fetched, placed = dataset.population(), again(dataset), at_their_places(dataset)
    for entity in entities:
        expected = around(whole, entity)
        assert dataset.around(entity) == expected, entity
        assert fetched(entity) == expected, entity
        with suppress(Unusual):
            assert placed(entity) == expected, entity
    return dataset


def as_csv(records: list[dict[str, object]]) -> str:
    names = list(dict.fromkeys(name for record in records for name in record))
    cells = [
        [";".join(v) if isinstance(v := r.get(n), list) else "" if v is None else str(v) for n in names]
        for r in records
    ]
    return "\n".join(",".join(row) for row in [names, *cells]) + "\n"


def test_lines_of_json(tmp_path: Path) -> None:
    files = {"accounts.ndjson": lines(*ACCOUNTS), "contacts.ndjson": lines(*CONTACTS)}
    files |= {"events/a.ndjson": lines(*EVENTS[:2]), "events/b.jsonl.gz": lines(*EVENTS[2:])}
    agrees(folder(tmp_path, files), *EVERYBODY)


def test_rows_of_csv(tmp_path: Path) -> None:
    files = {"accounts.csv": as_csv(ACCOUNTS), "contacts.csv": as_csv(CONTACTS), "events.csv": as_csv(EVENTS)}
    agrees(folder(tmp_path, files), *EVERYBODY)


def test_parquet_in_order_and_not(tmp_path: Path) -> None:
    connection = duckdb.connect()
    kinds = {"accounts": ACCOUNTS, "contacts": CONTACTS, "events": EVENTS}
    folder(tmp_path, {f"{kind}.ndjson": lines(*records) for kind, records in kinds.items()})
    for kind in kinds:
        table = connection.sql(f"SELECT * FROM read_json('{tmp_path / kind}.ndjson', format = 'newline_delimited')")
        table.write_parquet(str(tmp_path / f"{kind}.parquet"))
        (tmp_path / f"{kind}.ndjson").unlink()
    agrees(tmp_path, *EVERYBODY)
    connection.sql(
        "SELECT * REPLACE (if(id = 'e1', '', id) AS id) FROM 'EVENTS'".replace(
            "EVENTS", str(tmp_path / "events.parquet")
        )
    ).write_parquet(str(tmp_path / "odd.parquet"))
    (tmp_path / "odd.parquet").replace(tmp_path / "events.parquet")
    agrees(tmp_path, *EVERYBODY)


def test_events_alone(tmp_path: Path) -> None:
    agrees(folder(tmp_path, {"events.ndjson": lines(*EVENTS)}), "bob", "dan")


def test_records_that_are_wrong_or_there_twice(tmp_path: Path) -> None:
    """Rejected ones are not fetched, impossible values are missing, copies come once."""
    events = [*EVENTS, "no json", "", visit("e6", seconds="long"), visit(None), EVENTS[0], {**EVENTS[1]}]
    dataset = agrees(
        folder(tmp_path, {"contacts.ndjson": lines(*CONTACTS), "events.ndjson": lines(*events)}), *EVERYBODY
    )
    assert dataset.counts.rejected == 2 and dataset.counts.duplicates == 2


def test_ids_that_json_writes_in_several_ways(tmp_path: Path) -> None:
    r"""`a` is `\u0061`, `/` may be `\/`, 100 may be 1e2 or 100.0, and blanks around an id are not part of it."""
    texts = [
        r'{"id": "1", "type": "visit", "timestamp": "2026-03-01", "contact_id": "\u0061nn"}',
        r'{"id": "2", "type": "visit", "timestamp": "2026-03-01", "contact_id": "x\/y"}',
        r'{"id": "3", "type": "visit", "timestamp": "2026-03-01", "contact_id": "x/y"}',
        r'{"id": "4", "type": "visit", "timestamp": "2026-03-01", "contact_id": 1e2}',
        r'{"id": "5", "type": "visit", "timestamp": "2026-03-01", "contact_id": 100.0}',
        r'{"id": "6", "type": "visit", "timestamp": "2026-03-01", "contact_id": " ann "}',
        r'{"id": "7", "type": "visit", "timestamp": "2026-03-01", "contact_id": "q\"\\.*"}',
        r'{"id": "8", "type": "visit", "timestamp": "2026-03-01", "contact_id": "ann|x (y)+"}',
        r'{"id": "9", "type": "visit", "timestamp": "2026-03-01", "contact_id": "Zoë 😀"}',
        r'{"id": "10", "type": "visit", "timestamp": "2026-03-01", "contact_id": "Zo\u00eb \ud83d\ude00"}',
    ]
    ids = ("ann", "x/y", "100", 'q"\\.*', "ann|x (y)+", "Zoë 😀", "10")
    dataset = agrees(folder(tmp_path, {"events.ndjson": lines(*texts)}), *ids)
    fetched = again(dataset)
    sizes = [len(found.events) if (found := fetched(id_)) else 0 for id_ in ids]
    assert sizes == [2, 2, 2, 1, 1, 2, 0]


def test_keys_that_stand_elsewhere(tmp_path: Path) -> None:
    event = {"n": 1, "kind": "Visit", "when": "2026-03-01", "who": {"id": "ann"}, "properties": {"page": "/"}}
    mapped = "events: {id: n, type: \"'visit'\", timestamp: when, contact_id: who.id}"
    agrees(folder(tmp_path, {"events.ndjson": lines(event)}), "ann", "bob", mapped=mapped)


@pytest.mark.parametrize("seed", range(2))
def test_random_records(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    people, firms = [f"p{n}" for n in range(7)], [f"a{n}" for n in range(2)]

    def day() -> str:
        return str(datetime.date(2026, 1, 1) + datetime.timedelta(dice.randrange(60)))

    contacts = [
        {"id": id_, "account_id": dice.choice([*firms, None]), "valid_from": day()} for id_ in people for _ in range(2)
    ]
    owners = [(dice.choice([*people, None]), dice.choice([*firms, None, None])) for _ in range(20)]
    events = [
        visit(f"e{n}", contact_id=person, account_id=firm, timestamp=day())
        for n, (person, firm) in enumerate(owners)
        if person or firm
    ]
    unique = {(each["id"], each["valid_from"]): each for each in contacts}
    files = {"contacts.ndjson": lines(*unique.values()), "events.ndjson": lines(*events)}
    agrees(folder(tmp_path, files), *people[:3], *firms[:2])


CONTRADICTING = [EVENTS[0], {**EVENTS[0], "contact_id": "bob"}]
MERGED = [*CONTACTS, {"id": "old", "merged_into": "ann"}]


@pytest.mark.parametrize(
    ("files", "mapped"),
    [
        ({"events.ndjson": lines(*CONTRADICTING)}, ""),
        ({"contacts.ndjson": lines(*MERGED), "events.ndjson": lines(*EVENTS)}, ""),
        ({"events.ndjson": lines(*EVENTS)}, "events: {id: row}"),
        ({"events.json": json.dumps(EVENTS)}, ""),
        ({"events.ndjson": lines(*EVENTS).encode() + b'{"id": "\xff"}\n'}, ""),
    ],
    ids=["ids with different records", "merged", "numbered", "one document", "no text"],
)
def test_what_cannot_be_taken_apart(tmp_path: Path, files: Mapping[str, str | bytes], mapped: str) -> None:
    """Where one record decides about another, or a place in the file counts, everything has to be read."""
    dataset = read(folder(tmp_path, files), SCHEMA, sources(mapped) if mapped else None, max_rejected=1)
    assert dataset.origins is None
    assert read(tmp_path, SCHEMA, sources(mapped) if mapped else None, max_rejected=1).around("ann") is not None


def test_records_in_memory_have_no_files() -> None:
    dataset = read({"events": EVENTS, "contacts": CONTACTS}, SCHEMA)
    assert dataset.origins is None
    assert dataset.around("ann") == around(dataset.population(), "ann")


# ── lines whose places are known ────────────────────────────────────────────────────────────────────────────────

KINDS = Schema(
    account={"size": NUMBER, "tier": FieldType("text", ("Gold", "low", "LOW", "Ä"))},
    contact={"title": TEXT, "tags": LIST, "born": DATE, "seen": TIMESTAMP, "vip": BOOL},
    events={"visit": {"page": TEXT, "score": NUMBER}, "form": {"page": NUMBER, "score": NUMBER}},
)
VALUES: Mapping[str, tuple[object, ...]] = {
    "size": (0, -0.0, 1, 2.5, 1e3, 12345678901234567890, 0.1, None, "5", True),
    "tier": ("gold", " GOLD ", "low", "LOW", "Low", "\u00e4", "\u00c4", "iron", "", None, 7),
    "title": ("CFO", "  Zo\u00eb ", "\u00a0x\u3000", "", " ", 'say \\ "no"', "a\tb", 7, ["x"], {"a": 1}, None),
    "tags": (["a", " b ", "", None], [], "a;b", [1], None),
    "born": ("1990-02-28", "2026-03-01T00:00:00", "1990-02-30", "0000-01-01", 5, None),
    "seen": (
        "2026-03-29",
        "2026-03-29 02:30",
        "2026-10-25T02:30:00.1234567",
        "2026-01-01T00:00:00-05:30",
        "soon",
        None,
    ),
    "vip": (True, False, "yes", 1, None),
    "page": ("/pricing", "/docs", 7.5, "7", True, None),
    "score": (60, 0.5, "60", None),
}


def random_lines(dice: random.Random, odd: float) -> dict[str, str]:
    """Records of which most values are usual: the first two of each list, but where something is odd."""

    def some(*names: str) -> dict[str, object]:
        chosen = [name for name in names if dice.random() < 0.8]
        return {name: dice.choice(VALUES[name] if dice.random() < odd else VALUES[name][:2]) for name in chosen}

    people, firms = ["ann", "bob", 17, "Zo\u00eb"], ["acme", "zeta"]
    events: list[object] = []
    for number in range(30):
        owner = {"contact_id": dice.choice(people), "account_id": dice.choice([*firms, None])}
        owner["type"] = dice.choice(["visit", "form", "else"])
        inner = some("page", "score")
        if owner["type"] == "form" and "page" in inner and dice.random() >= odd:
            inner["page"] = 7.5
        nested: dict[str, object] = {"properties": inner} if dice.random() < 0.5 else inner
        events.append({**visit(f"e{number}"), **owner, **nested})
    events += dice.sample(events, 3)
    return {
        "accounts.ndjson": lines(*({"id": firm, **some("size", "tier")} for firm in firms)),
        "contacts.ndjson": "".join(
            json.dumps(
                {"id": id_, "account_id": dice.choice(firms), **some("title", "tags", "born", "seen", "vip")},
                ensure_ascii=dice.random() < 0.5,
            )
            + "\n"
            for id_ in people
        ),
        "events.ndjson": lines(*events),
    }


@pytest.mark.parametrize(("seed", "odd"), [(1, 0), (2, 0), (3, 0.1), (4, 0.1), (5, 0.5)])
def test_lines_are_read_by_python_as_by_the_engine(tmp_path: Path, seed: int, odd: float) -> None:
    """Or not at all; where nothing is odd, they are."""
    dataset = read(folder(tmp_path, random_lines(random.Random(seed), odd)), KINDS, zone=BERLIN, max_rejected=1)
    placed, expected = at_their_places(dataset), again(dataset)
    for entity in ("acme", "ann", "17", "Zo\u00eb", "nobody"):
        try:
            found = placed(entity)
        except Unusual:
            assert odd
        else:
            assert found == expected(entity)


@pytest.mark.parametrize("kind", ["accounts", "contacts"])
def test_each_value_is_read_by_python_as_by_the_engine(tmp_path: Path, kind: str) -> None:
    """Or is unusual. Each value stands in a record of its own."""
    names = KINDS.fields("account" if kind == "accounts" else "contact")
    records = {f"{name} {n}": {name: value} for name in names for n, value in enumerate(VALUES[name])}
    records |= {"missing": {}}
    files = {f"{kind}.ndjson": lines(*({"id": id_, **values} for id_, values in records.items()))}
    files |= {"events.ndjson": lines(visit("e1"))}
    dataset = read(folder(tmp_path, files), KINDS, zone=BERLIN, max_rejected=1)
    placed, expected = at_their_places(dataset), again(dataset)
    usual = set()
    for id_ in records:
        with suppress(Unusual):
            assert placed(id_) == expected(id_), records[id_]
            usual.add(id_)
    assert {"missing", *(f"{name} {n}" for name in names for n in (0, 1))} <= usual < set(records)


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "x", "id": "y", "type": "visit", "timestamp": "2026-03-01", "contact_id": "bob"}',
        '{"id": "x", "type": "visit", "timestamp": "2026-03-01", "contact_id": "bob", "score": NaN}',
        '{"id": "x", "type": "visit", "timestamp": "2026-03-01", "contact_id": "bob", "page": "\\ud83d\\ude00"}',
        '{"id": "x", "type": "visit", "timestamp": "2026-03-01", "contact_id": "bob"} {}',
        ' {"id": "x", "type": "visit", "timestamp": "2026-03-01", "contact_id": "bob"}',
        '{"id": "x", "type": "visit", "contact_id": "bob"}',
        '{"id": "x", "type": "visit", "timestamp": "2026-03-01", "contact_id": "bob", "properties": 5}',
        '{"id": "x", "type": "visit", "timestamp": "2026-03-01", "contact_id": "b\\u006fb", "contact_id": "z"}',
    ],
)
def test_a_line_that_is_unusual_is_left_to_the_engine(tmp_path: Path, line: str) -> None:
    """It matters to nobody but those whose line it is."""
    files = {"events.ndjson": lines(visit("e1"), line, visit("e2", contact_id="cid"))}
    dataset = read(folder(tmp_path, files), KINDS, max_rejected=1)
    if dataset.origins is None:
        return
    placed, expected = at_their_places(dataset), again(dataset)
    with pytest.raises(Unusual):
        placed("bob")
    with suppress(Unusual):
        assert placed("ann") == expected("ann") is not None


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_ends_of_lines_are_left_to_the_engine(tmp_path: Path, end: str) -> None:
    text = lines(*EVENTS).replace("\n", end)
    dataset = read(folder(tmp_path, {"events.ndjson": text.encode()}), SCHEMA, zone=BERLIN, max_rejected=1)
    with pytest.raises(Unusual):
        at_their_places(dataset)("ann")


def test_what_is_no_list_of_places_is_refused() -> None:
    found = find_places({kind: Lines(()) for kind in ("accounts", "contacts", "events")}, layouts(SCHEMA))
    assert found == bytes(8)
    for wrong in (b"", b"12345", bytes(16), (5).to_bytes(8, "little") * 3, (2**63).to_bytes(8, "little") * 3):
        with pytest.raises(ValueError, match=r"places|bytes"):
            Places(wrong)
