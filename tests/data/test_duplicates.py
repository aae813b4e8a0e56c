"""Records of one id: the earliest counts, then the smaller canonical JSON; versions are not duplicates (58, 59, 78)."""

from __future__ import annotations

from pathlib import Path

from scoreline.engine.data import read
from scoreline.engine.schema import Schema

from .folders import NUMBER, TEXT, VISITS, folder, lines, visit

SCHEMA = Schema(contact={"title": TEXT, "age": NUMBER}, events=VISITS.events)


def _contacts(*records: dict[str, object]) -> list[tuple[str, object, dict[str, object]]]:
    dataset = read({"contacts": records, "events": []}, SCHEMA)
    return [(each.id, each.valid_from, dict(each.fields)) for each in dataset.population().contacts]


def test_equal_events_count_once() -> None:
    dataset = read({"events": [visit(1, page="a"), visit("1", page=" a "), visit(1, page="a", unread=5)]}, VISITS)
    assert len(dataset.population().events) == 1
    assert dataset.counts.duplicates == 2
    assert dataset.findings == []


def test_the_earliest_event_counts() -> None:
    late, early = visit(1, page="a"), visit(1, page="b") | {"timestamp": "2026-02-01"}
    for events in ([late, early], [early, late]):
        dataset = read({"events": events}, VISITS)
        assert [each.properties for each in dataset.population().events] == [{"page": "b"}]
        assert dataset.counts.duplicates == 1
        (finding,) = dataset.findings
        assert finding.code == "D202"
        assert finding.message == "1 id stands in several events with different contents, such as `1`"


def test_then_the_smaller_json_counts() -> None:
    pages = ["b", "a", "é", "c", "a"]
    dataset = read({"events": [visit(1, page=page) for page in pages]}, VISITS)
    assert [each.properties for each in dataset.population().events] == [{"page": "a"}]
    assert dataset.counts.duplicates == 4
    numbers = read({"events": [visit(1, seconds=10), visit(1, seconds=9)]}, VISITS)
    assert [each.properties for each in numbers.population().events] == [{"seconds": 10.0}]  # "10" before "9"


def test_rejected_records_are_no_duplicates() -> None:
    dataset = read({"events": [visit(1), visit(1) | {"timestamp": None}]}, VISITS, max_rejected=1)
    assert (dataset.counts.read, dataset.counts.rejected, dataset.counts.duplicates) == (2, 1, 0)


def test_versions_stand_beside_each_other() -> None:
    first, second = {"id": "a", "title": "CFO"}, {"id": "a", "title": "CEO", "valid_from": "2026-01-01"}
    assert _contacts(second, first) == [
        ("a", None, {"title": "CFO"}),
        ("a", 1767225600000000, {"title": "CEO"}),
    ]


def test_one_version_counts_once() -> None:
    old, new = {"id": "a", "age": 10}, {"id": "a", "age": 9}
    assert _contacts(new, old, new) == [("a", None, {"age": 10.0})]
    dated = {"valid_from": "2026-01-01"}
    assert _contacts(new | dated, old | dated, old) == [
        ("a", None, {"age": 10.0}),
        ("a", 1767225600000000, {"age": 10.0}),
    ]


def test_duplicates_across_files(tmp_path: Path) -> None:
    files = {
        "events/a.ndjson": lines(*(visit(number) for number in range(5000))),
        "events/b.csv": "id,type,timestamp,contact_id\n"
        + "".join(f"{number},visit,2026-03-01T10:00:00Z,ann\n" for number in range(4000, 6000)),
    }
    dataset = read(folder(tmp_path, files), VISITS)
    assert (dataset.counts.read, dataset.counts.duplicates) == (7000, 1000)
    assert len(dataset.population().events) == 6000
    assert dataset.findings == []


def test_late_events_keep_when_they_were_received() -> None:
    (event,) = read({"events": [visit(1, received_at="2026-03-02")]}, VISITS).population().events
    assert event.received_at == 1772409600000000
