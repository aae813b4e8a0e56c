"""What can be wrong with files: clear words, nothing lost, never a traceback."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

from scoreline.engine.data import DataError, Dataset, read
from scoreline.engine.data.files import data_file
from scoreline.engine.data.integrity import full_look
from scoreline.engine.schema import FieldType, Schema

from .folders import TEXT, VISITS, folder, lines, sources, visit

GOOD = lines(*(visit(number) for number in range(40)))
HEADER = "id,type,timestamp,contact_id,page\n"
ROWS = HEADER + "".join(f"{number},visit,2026-03-01,ann,a\n" for number in range(40))
ZIPPED = gzip.compress(lines(*(visit(number, page=str(os.urandom(9))) for number in range(4000))).encode())
Z_STANDARD = bytes(pa.compress(GOOD.encode(), codec="zstd", asbytes=True))

STOPS: list[tuple[str, dict[str, str | bytes], str, str]] = [
    ("an empty folder", {}, "D102", "has no events: it holds nothing"),
    ("no events", {"contacts.csv": "id\n1\n", "notes/": ""}, "D102", "has no events: it holds `contacts.csv`"),
    ("bytes", {"events.csv": bytes(range(256)) * 9}, "D103", "`events.csv` is a binary file, not text"),
    ("an Excel sheet", {"events.csv": b"PK\x03\x04" + bytes(99)}, "D103", "is a ZIP archive or an Excel sheet"),
    ("UTF-16", {"events.ndjson": GOOD.encode("utf-16")}, "D103", "is written in UTF-16 or UTF-32"),
    ("a gzip cut short", {"events.ndjson.gz": ZIPPED[:-40]}, "D103", "is damaged: it ends too early"),
    (
        "a wrong checksum",
        {"events.ndjson.gz": ZIPPED[:-5] + b"x" + ZIPPED[-4:]},
        "D103",
        "is damaged: crc check failed",
    ),
    ("a flipped bit", {"events.ndjson.gz": ZIPPED[:5000] + b"xxxx" + ZIPPED[5004:]}, "D103", "is damaged: "),
    ("a CSV cut short", {"events.csv.gz": gzip.compress(ROWS.encode() * 99)[:40]}, "D103", "it ends too early"),
    ("a list cut short", {"events.json.gz": gzip.compress(b"[1, 2]" * 99)[:20]}, "D103", "it ends too early"),
    ("no gzip at all", {"events.ndjson.gz": GOOD.encode()}, "D103", "is not packed with gzip, as its name says"),
    ("a secret gzip", {"events.ndjson": gzip.compress(GOOD.encode())}, "D103", "is packed with gzip, which its name"),
    ("a zstd cut short", {"events.ndjson.zst": Z_STANDARD[:-3]}, "D103", "is damaged: it ends too early"),
    ("no zstd at all", {"events.csv.zst": ROWS.encode()}, "D103", "is not packed with zstd, as its name says"),
    ("no Parquet", {"events.parquet": b"abc"}, "D103", "`events.parquet` is not a Parquet file"),
    ("half a Parquet", {"events.parquet": b"PAR1" + bytes(99)}, "D103", "is damaged, or no Parquet file"),
    ("Parquet as CSV", {"events.csv": b"PAR1" + bytes(99)}, "D103", "is a Parquet file by another name"),
    (
        "a broken array",
        {"events.json": '[{"id": 1},\n{"id" 2}]'},
        "D104",
        "expecting ':' delimiter in line 2, column 7",
    ),
    ("an array cut short", {"events.json": '[{"id": 1},\n'}, "D104", "is not JSON"),
    ("no id", {"events.csv": "type,timestamp,contact_id\nvisit,2026-03-01,a\n"}, "D105", "has no column `id`"),
    ("no type", {"events.csv": "id,timestamp,contact_id\n1,2026-03-01,a\n"}, "D105", "has no column `type`"),
    ("no owner", {"events.csv": "id,type,timestamp\n1,a,b\n"}, "D105", "no column `contact_id` and `account_id`"),
    (
        "a column twice",
        {"events.csv": HEADER.replace("\n", ",page\n") + "1,a,b,c,d,e\n"},
        "D106",
        "has 2 columns `page`",
    ),
    (
        "half broken",
        {"events.ndjson": lines(visit(1), "{")},
        "D108",
        "1 of 2 events cannot be read: at most 5 % may be",
    ),
]


@pytest.mark.parametrize(("files", "code", "words"), [case[1:] for case in STOPS], ids=[case[0] for case in STOPS])
def test_what_stops_the_read(files: dict[str, str | bytes], code: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.mkdir()
    with pytest.raises(DataError) as caught:
        read(_written(path, files), VISITS)
    (finding,) = caught.value.diagnostics
    assert finding.code == code
    assert words in finding.message
    assert not finding.message.endswith(".")


def _written(path: Path, files: dict[str, str | bytes]) -> Path:
    """A `.gz` of text stays text here."""
    for name, content in files.items():
        if name.endswith("/"):
            (path / name).mkdir()
        else:
            folder(path, {name: content.encode() if isinstance(content, str) else content})
    return path


def test_missing_folders_and_files(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path / "nothing.json"):
        with pytest.raises(DataError, match=r"D101 there is no `.*nothing"):
            read(path, VISITS)


def test_other_things_than_data(tmp_path: Path) -> None:
    folder(tmp_path, {"list.json": "[1]", "other.json": '{"a": []}', "no.json": '{"contacts": []}', "x.txt": "x"})
    for name, words in [
        ("list.json", "has no lists of"),
        ("other.json", "has no lists of"),
        ("no.json", "has no list of `events`"),
        ("x.txt", "is not a JSON file"),
    ]:
        with pytest.raises(DataError, match=words):
            read(tmp_path / name, VISITS)
    with pytest.raises(DataError, match="`visits` is not a kind of record"):
        read({"visits": []}, VISITS)
    with pytest.raises(DataError, match="`events` is a int"):
        read({"events": 5}, VISITS)
    with pytest.raises(DataError, match="there are no events"):
        read({"contacts": []}, VISITS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    folder(tmp_path, {"events.ndjson": GOOD})
    (tmp_path / "events.ndjson").chmod(0)
    with pytest.raises(DataError, match="may not be read: permission denied"):
        read(tmp_path, VISITS)


def test_no_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for root, who may read everything."""
    folder(tmp_path, {"events.ndjson": GOOD})

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DataError, match=r"D103 `events.ndjson` may not be read: permission denied"):
        read(tmp_path, VISITS)


def test_a_column_that_is_missing_is_looked_for_among_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(folder(tmp_path, {"events.csv": "ID,Type,when,contact_id\n1,visit,2026-03-01,ann\n"}), VISITS)
    (found,) = caught.value.diagnostics
    assert "has no column `id` and `type` and `timestamp`" in found.message
    assert "such as `events: {id: ID}`" in found.hint
    assert found.hint.endswith("; it has `ID`, `Type`, `when`, `contact_id`")


# ── what is set aside ────────────────────────────────────────────────────────────────────────────────────────────

LONG = json.dumps(visit("long", page="y" * 10_000_000))

NO_JSON, NO_TEXT, QUOTES = "not a JSON object", "not UTF-8 text: save the file as UTF-8", "broken quotes or line ends"
NO_OWNER, ODD_ID = "neither `contact_id` nor `account_id`", "`id` is neither a text nor a number"
ODD_TIME = "`timestamp` is not an instant"


def more(*records: object) -> bytes:
    """The forty good lines and some others."""
    return (GOOD + lines(*records)).encode()


def rows(text: str, encoding: str = "utf-8") -> bytes:
    """The forty good rows and some others."""
    return (ROWS + text).encode(encoding)


SET_ASIDE: list[tuple[str, str, bytes, int, list[tuple[int, str]]]] = [
    ("broken JSON", "ndjson", more('{"id":', "", "[1]"), 40, [(41, NO_JSON), (43, NO_JSON)]),
    ("no key", "ndjson", more({"type": "visit"}), 40, [(41, "no `id`")]),
    ("no time", "ndjson", more(visit(99) | {"timestamp": "soon"}), 40, [(41, f'{ODD_TIME}: "soon"')]),
    ("no owner", "ndjson", more(visit(99) | {"contact_id": ""}), 40, [(41, NO_OWNER)]),
    ("odd id", "ndjson", more(visit(True)), 40, [(41, f"{ODD_ID}: true")]),
    ("odd type", "ndjson", more(visit(99) | {"type": 5}), 40, [(41, "`type` is not a text: 5")]),
    ("no UTF-8", "ndjson", b'{"id": "\xff"}\n' + GOOD.encode(), 40, [(1, NO_TEXT)]),
    ("no UTF-8 behind a mark", "ndjson", b"\xef\xbb\xbf" + GOOD.encode() + b"\xff\n", 40, [(41, NO_TEXT)]),
    ("a NUL", "ndjson", GOOD.encode() * 60 + b'{"id": "\0"}\n', 40, [(2401, NO_JSON)]),
    ("half a letter", "ndjson", more(r'{"id": "\ud800"}'), 40, [(41, NO_JSON)]),
    ("a long line", "ndjson", more(LONG), 41, []),
    ("a long line between", "ndjson", more(LONG, "{"), 41, [(42, NO_JSON)]),
    ("a short row", "csv", rows("1,visit\n"), 40, [(42, "2 cells where the header has 5")]),
    ("a lone cell", "csv", rows("1\n"), 40, [(42, "1 cell where the header has 5")]),
    ("a long row", "csv", rows("1,visit,2026-03-01,ann,a,b\n"), 40, [(42, "6 cells where the header has 5")]),
    ("an open quote", "csv", rows('98,,,,"a\n99,visit,2026-03-01,ann,a\n'), 41, [(42, QUOTES)]),
    ("text behind a quote", "csv", rows('1,visit,2026-03-01,ann,"a"b\n'), 40, [(42, QUOTES)]),
    (
        "below a long cell",
        "csv",
        rows('98,visit,2026-03-01,ann,"a\n\nb"\n\n99,visit,soon,ann,a\n'),
        41,
        [(46, f"{ODD_TIME}: soon")],
    ),
    ("Latin-1", "csv", rows("99,visit,2026-03-01,ann,caf\xe9\n", "latin-1"), 40, [(42, NO_TEXT)]),
    ("in an array", "json", json.dumps([*map(visit, range(40)), 5], indent=0).encode(), 40, [(242, NO_JSON)]),
]


@pytest.mark.parametrize(
    ("ending", "raw", "kept", "rejects"), [case[1:] for case in SET_ASIDE], ids=[case[0] for case in SET_ASIDE]
)
def test_what_is_set_aside(ending: str, raw: bytes, kept: int, rejects: list[tuple[int, str]], tmp_path: Path) -> None:
    dataset = read(folder(tmp_path, {f"events.{ending}": raw}), VISITS)
    assert len(dataset.population().events) == kept
    assert [(each.line, each.reason) for each in dataset.rejects] == rejects
    assert dataset.counts.rejected == len(rejects)
    assert dataset.counts.read == kept + len(rejects) + dataset.counts.duplicates


def test_packed_files_with_bad_lines(tmp_path: Path) -> None:
    raw = GOOD.encode() + b"\xff\n"
    zstandard = bytes(pa.compress(raw, codec="zstd", asbytes=True))
    for name, packed in (("gz", gzip.compress(raw)), ("zst", zstandard)):
        dataset = read(folder(tmp_path / name, {f"events.ndjson.{name}": packed}), VISITS)
        assert [(each.file, each.line) for each in dataset.rejects] == [(f"events.ndjson.{name}", 41)]
        assert len(dataset.population().events) == 40


def test_only_the_bad_file_is_read_again(tmp_path: Path) -> None:
    """Lines and files stay what they are when one of many files has to be read exactly."""
    files = {
        f"events/{name}.ndjson": lines(visit(name), visit(f"{name}2"), "{" if name == "c" else "") for name in "abc"
    }
    files["events/b.ndjson"] = files["events/b.ndjson"].encode() + b"\xff\n"  # type: ignore[assignment]
    dataset = read(folder(tmp_path, files), VISITS, max_rejected=1)
    assert [(each.file, each.line, each.reason) for each in dataset.rejects] == [
        ("events/b.ndjson", 4, NO_TEXT),
        ("events/c.ndjson", 3, "not a JSON object"),
    ]
    assert [each.id for each in dataset.population().events] == ["a", "a2", "b", "b2", "c", "c2"]


@pytest.mark.parametrize(("name", "mapping"), [("contacts.ndjson", ""), ("events/b.csv", ""), ("c.csv", "c*.csv")])
def test_a_link_that_leads_nowhere_is_no_file_that_is_not_there(tmp_path: Path, name: str, mapping: str) -> None:
    folder(tmp_path, {"events/a.ndjson": GOOD, "contacts.csv": "id\nann\n"})
    (tmp_path / name).symlink_to(tmp_path / "gone")
    with pytest.raises(DataError) as stopped:
        read(tmp_path, VISITS, sources(f"contacts: '{mapping}'") if mapping else None)
    assert [(each.code, each.message) for each in stopped.value.diagnostics] == [
        ("D103", f"`{name}` is a link that leads nowhere")
    ]


@pytest.mark.soak
def test_lines_of_many_large_files(tmp_path: Path) -> None:
    """The engine reads in parallel; what is told of a record is still the line on which it stands."""
    good = lines(*(visit(number) for number in range(70_000)))
    files: dict[str, str | bytes] = {f"events/{name}.ndjson": good + "{\n" + good for name in "abc"}
    files["events/d.ndjson"] = (good + "{\n" + good).encode() + b"\xff\n"
    dataset = read(folder(tmp_path, files), VISITS)
    assert [(each.file, each.line) for each in dataset.rejects] == [
        *((f"events/{name}.ndjson", 70_001) for name in "abcd"),
        ("events/d.ndjson", 140_002),
    ]
    assert dataset.counts.read == 4 * 140_001 + 1


@pytest.mark.soak
def test_rows_of_a_large_file_that_is_read_exactly(tmp_path: Path) -> None:
    many = "".join(f'{number},visit,2026-03-01,ann,"a\nb"\n' for number in range(120_000))
    rows_ = HEADER + many + "1,visit\n" + "x,visit,soon,ann,a\n"
    dataset = read(folder(tmp_path, {"events.csv": rows_}), VISITS)
    assert [(each.line, each.reason) for each in dataset.rejects] == [
        (240_002, "2 cells where the header has 5"),
        (240_003, f"{ODD_TIME}: soon"),
    ]
    assert dataset.connection.execute("SELECT count(*) FROM events").fetchall() == [(120_000,)]


def test_a_required_field() -> None:
    schema = Schema(contact={"email": FieldType("text", required=True)})
    contacts = [{"id": number, "email": "" if number == 3 else "a@b.c"} for number in range(30)]
    dataset = read({"contacts": contacts, "events": []}, schema)
    assert [(each.kind, each.line, each.reason) for each in dataset.rejects] == [("contacts", 4, "`email` is required")]
    assert len(dataset.population().contacts) == 29


def test_a_required_property_binds_its_type_only() -> None:
    schema = Schema(events={"visit": {"page": FieldType("text", required=True)}, "call": {"page": TEXT}})
    dataset = read({"events": [visit(1), visit(2) | {"type": "call"}]}, schema, max_rejected=1)
    assert [each.id for each in dataset.population().events] == ["2"]


# ── how much may be set aside ────────────────────────────────────────────────────────────────────────────────────


def _with_rejects(tmp_path: Path, good: int, bad: int, **options: object) -> Dataset:
    files = {"events.ndjson": lines(*(visit(number) for number in range(good)), *["{"] * bad)}
    return read(folder(tmp_path, files), VISITS, **options)  # type: ignore[arg-type]


def test_five_percent_may_be_rejected(tmp_path: Path) -> None:
    dataset = _with_rejects(tmp_path, 95, 5)
    (finding,) = dataset.findings
    assert (finding.code, finding.severity, finding.span.path, finding.span.line) == (
        "D204",
        "warning",
        "events.ndjson",
        96,
    )
    assert finding.message == "5 of 100 events cannot be read and were set aside"
    assert finding.label == "the first of them: not a JSON object"
    with pytest.raises(DataError, match="6 of 101 events cannot be read"):
        _with_rejects(tmp_path, 95, 6)
    with pytest.raises(DataError, match="with --strict none may be"):
        _with_rejects(tmp_path, 95, 1, strict=True)
    with pytest.raises(DataError, match=r"at most 0.5 % may be"):
        _with_rejects(tmp_path, 95, 1, max_rejected=0.005)


def test_rejected_records_are_written_down(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        _with_rejects(tmp_path / "data", 3, 2)
    assert caught.value.dataset is not None
    out = tmp_path / "rejected.ndjson"
    assert caught.value.dataset.write_rejected(out) == 2
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        {"kind": "events", "file": "events.ndjson", "line": line, "reason": "not a JSON object", "record": "{"}
        for line in (4, 5)
    ]


def test_rejected_rows_keep_their_text(tmp_path: Path) -> None:
    rows = ROWS + "98,visit\n" + "99,visit,soon,ann,a\n"
    dataset = read(folder(tmp_path, {"events.csv": rows}), VISITS)
    assert [each.raw for each in dataset.rejects] == ["98,visit", "99,visit,soon,ann,a"]


def test_a_schema_without_events_needs_none(tmp_path: Path) -> None:
    """Its rules read accounts and contacts alone; with nothing at all there is nothing to read."""
    schema = Schema(account={"size": FieldType("number")})
    rows = read(folder(tmp_path / "table", {"accounts.csv": "id,size\na,1\n"}), schema)
    assert [each.fields for each in rows.population().accounts] == [{"size": 1.0}] and rows.findings == []
    (tmp_path / "one.json").write_text('{"accounts": [{"id": "a", "size": 1}]}', encoding="utf-8")
    for source in (tmp_path / "one.json", {"accounts": [{"id": "a", "size": 1}]}):
        assert read(source, schema).population() == rows.population()
    for nothing in ({}, folder(tmp_path / "none", {"notes.txt": "x"})):
        with pytest.raises(DataError, match=r"D102 .* no records"):
            read(nothing, schema)


# ── files that are not data ──────────────────────────────────────────────────────────────────────────────────────


def test_files_of_no_format_are_named(tmp_path: Path) -> None:
    files = {"events.ndjson": GOOD, "events.log": "x", "contacts/readme.txt": "x", "contacts/a.csv": "id\n1\n"}
    dataset = read(folder(tmp_path, files), VISITS)
    assert [(each.code, each.span.path) for each in dataset.findings] == [
        ("D205", "contacts/readme.txt"),
        ("D205", "events.log"),
    ]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("events-2.ndjson", "events.2.ndjson"),
        ("Events.csv.gz", "events.csv.gz"),
        ("event_2026.csv", "events.2026.csv"),
        ("eventful.csv", None),
        ("events-2.md", None),
    ],
)
def test_files_whose_names_nearly_fit_are_named(tmp_path: Path, name: str, other: str | None) -> None:
    dataset = read(folder(tmp_path, {"events.ndjson": GOOD, name: "x"}), VISITS)
    hints = [str(each.hint) for each in dataset.findings if each.code == "D205"]
    assert [hint.split("`")[1] for hint in hints] == ([other] if other else [])


def test_empty_files_have_no_records(tmp_path: Path) -> None:
    for name in ("events.ndjson", "events.csv", "events.json", "events.ndjson.gz"):
        dataset = read(folder(tmp_path / name, {name: ""}), VISITS)
        assert [(each.code, each.message) for each in dataset.findings] == [("D102", "the data have no events")]
        assert dataset.newest_event() is None


def test_patterns_stay_in_the_folder(tmp_path: Path) -> None:
    folder(tmp_path, {"secret.csv": ROWS, "data/other.csv": ROWS})
    (tmp_path / "data" / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DataError, match=r"D110 `link.csv` leads out of the data folder"):
        read(tmp_path / "data", VISITS, sources("events: {files: 'l*.csv'}"))
    with pytest.raises(DataError, match=r"D102 no file fits `x/\*.csv` of the events"):
        read(tmp_path / "data", VISITS, sources("events: {files: 'x/*.csv'}"))
    with pytest.raises(DataError, match=r"D104 `columns` names 2 columns, and `other.csv` has 5"):
        read(tmp_path / "data", VISITS, sources("events: {files: 'other.csv', columns: [a, b]}"))


@pytest.mark.parametrize("cut", range(1, len(Z_STANDARD), 7))
def test_a_zstd_is_whole_or_not(cut: int, tmp_path: Path) -> None:
    path = folder(tmp_path, {"events.csv.zst": Z_STANDARD[:cut]}) / "events.csv.zst"
    file = data_file(path, tmp_path)
    assert file is not None
    assert full_look(file) is not None
    path.write_bytes(Z_STANDARD + Z_STANDARD)
    assert full_look(file) is None
