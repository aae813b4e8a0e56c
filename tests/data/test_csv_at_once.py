"""Small files of CSV that Python has read give what the engine gives that looks at every record."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoreline.engine.data import DataError, read
from scoreline.engine.data.text_files import CsvRows
from scoreline.engine.instants import Zone
from scoreline.engine.schema import FieldType, Schema

from .folders import BOOL, DATE, LIST, NUMBER, TEXT, TIMESTAMP

SCHEMA = Schema(
    contact={
        "age": NUMBER,
        "tags": LIST,
        "on": BOOL,
        "day": DATE,
        "seen": TIMESTAMP,
        "name": TEXT,
        "kind": FieldType("text", ("Big", "small")),
    }
)
PLAIN = [
    *(
        "a",
        "",
        "  ",
        " a ",
        "\u3000z\u00a0",
        "é",
        "7",
        "-1.5",
        "1e5",
        "007",
        "nan",
        "true",
        "Yes",
        "a;b",
        "[1]",
        "Big",
        "SMALL",
    ),
    *("2026-03-01", "2026-03-01T10:00:00Z", "2026-03-01 10:00", "'q'", "\\", "#x", "NULL", "\t"),
]
QUOTED = [
    'b"c',
    '"x"',
    '"x, y"',
    ' "q"',
    '"q" ',
    '"a""b"',
    '"line\nbreak"',
    '["a","b"]',
    '"',
    '"open',
    "a\rb",
    '"a\r\nb"',
    "z,more",
]
NAMES = ("account_id", "valid_from", *SCHEMA.contact)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A header with `id`, and some rows: half of the files have nothing that makes reading hard."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=7, unique=True))
    cells = st.sampled_from(PLAIN if draw(st.booleans()) else PLAIN + QUOTED)
    row = st.tuples(st.sampled_from(["a", "b", " a", "c", "7", ""]), *(cells for _ in names))
    rows = draw(st.lists(row, max_size=4))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(",".join(cells) for cells in [("id", *names), *rows]) + draw(st.sampled_from(["", end]))


def outcome(folder: Path) -> object:
    try:
        found = read(folder, SCHEMA, zone=Zone.named("Europe/Berlin"), max_rejected=1)
    except DataError as error:
        return [(each.code, each.message) for each in error.diagnostics]
    with found.connection:
        return repr(found.population()), list(found.rejects), found.findings, found.counts


@settings(deadline=None, max_examples=6)
@given(files())
def test_both_ways_to_read_say_the_same(text: str) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "contacts.csv").write_bytes(text.encode())
        quickly = outcome(Path(folder))
        with patch.object(CsvRows, "sample", lambda *_: None):
            assert outcome(Path(folder)) == quickly


@pytest.mark.soak
def test_both_ways_say_the_same_for_long() -> None:
    long = settings(deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck))
    long(given(files())(test_both_ways_to_read_say_the_same.hypothesis.inner_test))()


def test_rows_in_order_are_read_at_once(tmp_path: Path) -> None:
    """The engine reads no file of them at all."""
    (tmp_path / "contacts.csv").write_text('id,age,name\nann,7," a, b "\nben,,\n')
    with patch("scoreline.engine.data.taking.Taking.take", side_effect=AssertionError):
        first, second = read(tmp_path, SCHEMA).population().contacts
    assert (first.fields, second.fields) == ({"age": 7.0, "name": "a, b"}, {})
