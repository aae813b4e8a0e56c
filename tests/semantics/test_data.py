"""What the readers make of records and files: decisions 28, 52, 53, 58, 63, 64, 73–75, 77–79, 101, 119, 120."""

from __future__ import annotations

import json
from typing import Any

import pytest

import scoreline

from .conftest import Scored, leads
from .deciding import decides
from .reading import MANIFEST

VISITS = """\
measure visits for lead = count(visited)
measure page for lead = newest(page of visited)
measure fit_ for lead = contact.fit
measure title_ for lead = contact.title
"""


def visit(id_: object, contact: str | None = "ann", **more: object) -> dict[str, object]:
    return {"id": id_, "type": "page_view", "timestamp": "2026-02-20T10:00:00Z", "contact_id": contact, **more}


@decides(52, 73)
def test_records_without_what_they_need_are_rejected(scored: Scored) -> None:
    """An event needs id, type, timestamp and one of the two ids; other things that are wrong are only missing."""
    events: list[Any] = [
        visit("good"),
        {**visit("no_type"), "type": None},
        {**visit("no_time"), "timestamp": "yesterday"},
        {**visit("no_ids"), "contact_id": None},
        {**visit(""), "contact_id": "bob"},
        visit("wrong_value", seconds="a few", page=7),
        {**visit("account_only", contact=None), "account_id": "acme"},
    ]
    with pytest.raises(scoreline.DataError) as raised:
        scored(VISITS, {"events": events})
    assert [item.code for item in raised.value.diagnostics][-1] == "D108", "4 of 7 are more than 5 %"
    good = [visit(f"more_{number}") for number in range(90)]
    results = scored(VISITS, {"events": [*events, *good]})
    assert results.counts.rejected == 4
    assert leads(results, "visits") == {"ann": (92.0,)}


@decides(73)
def test_a_required_field_is_needed_and_other_impossible_values_are_missing(scored: Scored) -> None:
    manifest = """\
scoreline: 1
name: required
timezone: Europe/Berlin
extends: standard
schema:
  contact: {title: text, fit: number, email: {type: text, required: true}, role: [buyer, user]}
"""
    rules = "measure fit_ for lead = contact.fit\nmeasure role_ for lead = contact.role\n"
    people = [{"id": f"p{number}", "email": "x@y.example"} for number in range(40)]
    results = scored(
        rules,
        {
            "contacts": [
                {"id": "ann", "email": "ann@acme.example", "fit": "high", "role": "boss"},
                {"id": "bob", "fit": 3},
                *people,
            ],
            "events": [],
        },
        manifest=manifest,
    )
    assert leads(results, "fit_", "role_")["ann"] == (None, None)
    assert "bob" not in leads(results)


@decides(53)
def test_the_run_says_how_many_are_only_named(scored: Scored) -> None:
    """Of ann, acme (named by her record), bob and birch (named by an event) only ann has a record."""
    data = {"contacts": [{"id": "ann", "account_id": "acme"}], "events": [visit(1, "bob", account_id="birch")]}
    assert scored(VISITS, data).counts.named_only == 3


@decides(64)
def test_an_impossible_value_is_derived(scored: Scored) -> None:
    """`boss` is none of the roles, so it is missing, and derived; `user` is a value and stays."""
    rules = "derive contact.role = 'buyer'\nmeasure role_ for lead = contact.role\n"
    contacts = [{"id": "ann", "role": "boss"}, {"id": "bob", "role": "user"}, {"id": "cay"}]
    found = leads(scored(rules, {"contacts": contacts, "events": []}), "role_")
    assert found == {"ann": ("buyer",), "bob": ("user",), "cay": ("buyer",)}


@decides(63, 104)
def test_the_first_written_ignore_line_is_the_reason(scored: Scored) -> None:
    """The event meets all three, the last of which takes out its contact."""
    rules = """\
ignore page_view where page == 'bot'
ignore page_view where seconds < 1
ignore contact where title == 'tester'
measure visits for lead = count(visited)
"""
    events = [visit(1, "tim", page="bot", seconds=0), visit(2, "tim", seconds=0), visit(3, "tim")]
    counts = scored(rules, {"contacts": [{"id": "tim", "title": "tester"}], "events": events}).counts
    assert [(text, number) for text, number in counts.ignored_by.items()] == [
        ("page_view where page == 'bot'", 1),
        ("page_view where seconds < 1", 1),
        ("contact where title == 'tester'", 1),
    ]


@decides(28)
def test_the_gap_of_a_session_is_set_in_the_manifest(scored: Scored) -> None:
    """10:00, 10:09:59 and 10:19:59: with 10 minutes two sessions, with the usual 30 one."""
    at = ["2026-02-20T10:00:00Z", "2026-02-20T10:09:59Z", "2026-02-20T10:19:59Z"]
    events = [{**visit(number), "timestamp": each} for number, each in enumerate(at)]
    rules = "measure sessions for lead = distinct(session of visited)\n"
    assert leads(scored(rules, {"events": events}), "sessions") == {"ann": (1.0,)}
    short = scored(rules, {"events": events}, manifest=f"{MANIFEST}session_gap: 10 minutes\n")
    assert leads(short, "sessions") == {"ann": (2.0,)}


@decides(58)
def test_of_events_with_one_id_the_earliest_counts_then_the_smaller_json(scored: Scored) -> None:
    """The last read, or the first, would be `late` in one of the two orders; of equals `a` is smaller than `b`."""
    late, early = visit(1, page="late"), {**visit(1, page="early"), "timestamp": "2026-02-01T10:00:00Z"}
    for events in ([late, early], [early, late]):
        results = scored(VISITS, {"events": events})
        assert leads(results, "visits", "page") == {"ann": (1.0, "early")}
        assert results.counts.duplicates == 1
    for pages in ("ab", "ba"):
        results = scored(VISITS, {"events": [visit(1, page=page) for page in pages]})
        assert leads(results, "page") == {"ann": ("a",)}


@decides(58)
def test_of_contacts_with_one_id_and_validity_the_smaller_json_counts(scored: Scored) -> None:
    """`{"fit":10…` comes before `{"fit":9…`, as texts."""
    for numbers in ((9, 10), (10, 9)):
        contacts = [{"id": "ann", "fit": number} for number in numbers]
        assert leads(scored(VISITS, {"contacts": contacts, "events": []}), "fit_") == {"ann": (10.0,)}


@decides(74)
def test_cells_of_a_csv_are_read_by_the_schema(scored: Scored) -> None:
    rules = """\
measure fit_ for lead = contact.fit
measure title_ for lead = contact.title
measure subscribed_ for lead = contact.subscribed
measure tags_ for lead = count(contact.tags)
"""
    contacts = """\
id,fit,title,subscribed,tags
007, 1e2 ,5,YES,a;b;c
8,1_000,NO,1,"[""a"",""b""]"
9,0x10,,maybe,
"""
    events = "id,type,timestamp,contact_id\n1,page_view,2026-02-20T10:00:00Z,7\n"
    results = scored(rules, {"contacts.csv": contacts, "events.csv": events})
    assert leads(results, "fit_", "title_", "subscribed_", "tags_") == {
        "007": (100.0, "5", True, 3.0),
        "7": (None, None, None, None),
        "8": (None, "NO", True, 2.0),
        "9": (None, None, None, None),
    }


@decides(74)
def test_in_json_nothing_is_converted(scored: Scored) -> None:
    contacts = [
        {"id": "text_for_number", "fit": "5"},
        {"id": "truth_for_number", "fit": True},
        {"id": "number_for_text", "title": 5},
        {"id": "right", "fit": 5, "title": "5"},
    ]
    results = scored(VISITS, {"contacts.json": json.dumps(contacts), "events.json": json.dumps([visit(1, "right")])})
    assert leads(results, "fit_", "title_") == {
        "text_for_number": (None, None),
        "truth_for_number": (None, None),
        "number_for_text": (None, None),
        "right": (5.0, "5"),
    }


@decides(74, 101)
def test_without_a_schema_a_column_has_a_type_only_if_all_its_known_cells_have_it(tmp_path: Any) -> None:
    """`007` makes its column texts; an empty cell changes nothing; `yes` is no truth value without a schema.

    A field that no data have shown takes its type from its first use, and is missing everywhere.
    """
    (tmp_path / "contacts.csv").write_text("id,plain,zero,mixed,flag,word\na,1,007,1,true,yes\nb,,8,x,,no\n", "utf-8")
    (tmp_path / "events.csv").write_text("id,type,timestamp,contact_id\n1,login,2026-02-20,a\n", "utf-8")
    rules = tmp_path / "one.rules"
    rules.write_text(
        "contact.plain == 1 => +1\n"
        "contact.zero == '007' => +10\n"
        "contact.mixed == '1' => +100\n"
        "contact.flag => +1000\n"
        "contact.word == 'yes' => +10000\n"
        "contact.unseen > 3 => +100000\n"
        "contact.unseen is missing => +1000000\n",
        "utf-8",
    )
    ruleset = scoreline.load(rules)
    for engine in ("duckdb", "interpreter"):
        results = ruleset.score(tmp_path, as_of="2026-03-01", engine=engine)  # type: ignore[arg-type]
        assert leads(results, "points") == {"a": (1011111.0,), "b": (1000000.0,)}


@decides(75)
def test_whole_number_ids_are_their_digits_at_any_length(scored: Scored) -> None:
    """As doubles the two long ids would be one; `1e400` is beyond range: missing; −0 is 0."""
    events = """\
{"id": 1, "type": "page_view", "timestamp": "2026-02-20T10:00:00Z", "contact_id": 12345678901234567890}
{"id": 2, "type": "page_view", "timestamp": "2026-02-20T10:00:00Z", "contact_id": 12345678901234567891}
{"id": 3, "type": "page_view", "timestamp": "2026-02-20T10:00:00Z", "contact_id": 7}
{"id": 4, "type": "page_view", "timestamp": "2026-02-20T11:00:00Z", "contact_id": "7"}
"""
    contacts = '{"id": "a", "fit": 1e400}\n{"id": "b", "fit": -0}\n{"id": "c", "fit": -0.0}\n'
    results = scored(VISITS, {"events.ndjson": events, "contacts.ndjson": contacts})
    assert leads(results, "visits", "fit_") == {
        "12345678901234567890": (1.0, None),
        "12345678901234567891": (1.0, None),
        "7": (2.0, None),
        "a": (0.0, None),
        "b": (0.0, 0.0),
        "c": (0.0, 0.0),
    }
    assert all(str(row["fit_"]) != "-0.0" for row in results.leads)


@decides(77)
def test_yaml_is_read_as_texts(scored: Scored) -> None:
    """`NO` is Norway and no truth value, `2.10` a version and no 2.1."""
    manifest = """\
scoreline: 1
name: yaml
version: 2.10
timezone: Europe/Berlin
extends: standard
schema:
  contact: {country: [NO, SE], code: [007, 7]}
"""
    rules = """\
score norway for lead:
    contact.country == 'NO' => +1
    contact.code == '007' => +10
"""
    contacts = [{"id": "ann", "country": "NO", "code": "007"}, {"id": "bob", "country": "SE", "code": "7"}]
    results = scored(rules, {"contacts": contacts, "events": []}, manifest=manifest)
    assert leads(results, "norway") == {"ann": (11.0,), "bob": (0.0,)}
    assert results.ruleset["version"] == "2.10"


@decides(78)
def test_each_event_is_counted_in_the_first_that_applies_from_the_right(scored: Scored) -> None:
    """Rejected before duplicate, duplicate before later than the instant, that before ignored."""
    rules = "ignore page_view where page == 'bot'\nmeasure visits for lead = count(visited)\n"
    tomorrow = {"timestamp": "2026-03-02T10:00:00Z"}
    events: list[dict[str, object]] = [
        visit("counts"),
        visit("ignored", page="bot"),
        {**visit("later"), **tomorrow},
        {**visit("later_and_ignored", page="bot"), **tomorrow},
        visit("twice"),
        visit("twice"),
        {**visit("twice_later"), **tomorrow},
        {**visit("twice_later"), **tomorrow},
        {**visit("twice"), "timestamp": None},
        *(visit(f"more_{number}") for number in range(20)),
    ]
    counts = scored(rules, {"events": events}).counts
    assert (counts.read, counts.events, counts.ignored, counts.after_as_of, counts.duplicates, counts.rejected) == (
        29,
        22,
        1,
        3,
        2,
        1,
    )


@decides(79)
def test_a_successor_has_its_own_fields_and_the_events_of_both(scored: Scored) -> None:
    """A chain is followed to its end; the fields of who was merged are gone, although the successor has none."""
    contacts = [
        {"id": "old", "fit": 50, "merged_into": "middle"},
        {"id": "middle", "fit": 40, "merged_into": "new"},
        {"id": "new", "title": "CFO"},
    ]
    events = [visit(1, "old"), visit(2, "middle"), visit(3, "new")]
    results = scored(VISITS, {"contacts": contacts, "events": events})
    assert leads(results, "visits", "fit_", "title_") == {"new": (3.0, None, "CFO")}


@decides(119)
def test_the_newest_version_that_has_it_says_whom_a_record_was_merged_into(scored: Scored) -> None:
    """`later` is said from 1 May on, after the instant of scoring, and counts: what is one person is always one."""
    contacts = [
        {"id": "old", "fit": 50, "merged_into": "first"},
        {"id": "old", "fit": 60, "merged_into": "later", "valid_from": "2026-05-01"},
        {"id": "old", "fit": 70, "valid_from": "2026-06-01"},
        {"id": "first"},
        {"id": "later"},
    ]
    results = scored(VISITS, {"contacts": contacts, "events": [visit(1, "old")]})
    assert leads(results, "visits", "fit_") == {"first": (0.0, None), "later": (1.0, None)}


@decides(79, 119)
def test_a_circle_is_rejected_with_what_leads_into_it(scored: Scored) -> None:
    contacts = [
        {"id": "a", "merged_into": "b"},
        {"id": "b", "merged_into": "a"},
        {"id": "c", "merged_into": "a"},
        *({"id": f"p{number}"} for number in range(100)),
    ]
    found = leads(scored("measure fit_ for lead = contact.fit\n", {"contacts": contacts, "events": []}), "fit_")
    assert len(found) == 100 and not found.keys() & {"a", "b", "c"}


@decides(79, 120)
def test_e_mail_domains_find_an_account(scored: Scored) -> None:
    """Without case, exactly, the smaller id on a tie, never by a free-mail domain; an account that is given stays.

    Matched after merging: `aaa` is gone, or ann's would be `acme2`, into which it was merged. Of the two versions of
    `moved` the newest says the domain, although it is of the future.
    """
    manifest = """\
scoreline: 1
name: matching
timezone: Europe/Berlin
extends: standard
match_accounts: email_domain
schema:
  contact: {email: text}
  account: {domain: text}
"""
    accounts = [
        {"id": "acme", "domain": "Acme.example"},
        {"id": "acme2", "domain": "acme.example"},
        {"id": "aaa", "domain": "acme.example", "merged_into": "acme2"},
        {"id": "free", "domain": "gmail.com"},
        {"id": "moved", "domain": "before.example"},
        {"id": "moved", "domain": "after.example", "valid_from": "2026-05-01"},
    ]
    contacts = [
        {"id": "ann", "email": "ann@ACME.example"},
        {"id": "bob", "email": "bob@mail.acme.example"},
        {"id": "cay", "email": "cay@gmail.com"},
        {"id": "dan", "email": "dan@acme.example", "account_id": "free"},
        {"id": "eve", "email": "eve@before.example"},
        {"id": "fay", "email": "fay@after.example"},
    ]
    rules = "measure domain_ for lead = account.domain\n"
    results = scored(rules, {"accounts": accounts, "contacts": contacts, "events": []}, manifest=manifest)
    assert {row["id"]: row["account_id"] for row in results.leads} == {
        "ann": "acme",
        "bob": None,
        "cay": None,
        "dan": "free",
        "eve": None,
        "fay": "moved",
    }
