"""What comes out: decisions 38, 65, 68–71, 76, 80, 98, 113, 117."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
from click.testing import CliRunner

import scoreline
from scoreline import Results
from scoreline.cli.main import app
from scoreline.engine.writers import write_csv, write_parquet

from .conftest import Scored, leads
from .deciding import decides
from .reading import AS_OF, MANIFEST


def visits(*at: str, contact: str = "ann", **more: object) -> list[dict[str, object]]:
    return [
        {"id": f"{contact}{number}", "type": "page_view", "timestamp": each, "contact_id": contact, **more}
        for number, each in enumerate(at)
    ]


def entries(results: Results, score: str) -> list[tuple[Any, ...]]:
    """Line, kind and points of a score's entries."""
    return [(row["line"], row["kind"], row["points"]) for row in results.contributions if row["score"] == score]


@decides(69)
def test_what_adjusts_is_an_entry_of_its_own_with_the_difference(scored: Scored) -> None:
    """Three visits at 5 are 15; −3 by the line's bound, ×2 is +12, −4 by the group's bound, then the range: −10.

    A line's entry with its points after the cap would be 12, and there would be no entry of the bound. The bounds that
    change nothing are left out; the line of 0 points is listed.
    """
    rules = """\
score s for lead 0..10:
    group box max 20:
        views: each visited => +5 max 12
        double: visited => *2
        loose: visited => +0 max 100
"""
    data = {"events": visits(*["2026-02-20T10:00:00Z"] * 3)}
    assert sorted(entries(scored(rules, data), "s"), key=str) == [
        ("box", "cap", -4.0),
        ("double", "multiplier", 12.0),
        ("loose", "line", 0.0),
        ("views", "cap", -3.0),
        ("views", "line", 15.0),
        (None, "clamp", -10.0),
    ]


@decides(69)
def test_set_is_an_entry_with_the_difference(scored: Scored) -> None:
    """5, doubled 10, set to 7: the entry of `set` is −3, the later `set` that does not hold has none."""
    rules = """\
score s for lead:
    views: visited => +5
    double: visited => *2
    seven: visited => set 7
    never: attended => set 9
"""
    found = entries(scored(rules, {"events": visits("2026-02-20T10:00:00Z")}), "s")
    assert found == [("views", "line", 5.0), ("double", "multiplier", 5.0), ("seven", "set", -3.0)]


@decides(70)
def test_a_date_is_its_last_microsecond_in_the_rulesets_timezone(scored: Scored) -> None:
    """22:59:59.999999Z in Berlin's winter: exactly 30 whole days back begins 30 January, 0:00 in Berlin.

    Were it the first instant, or the last in UTC, another visit would count.
    """
    rules = "measure recent for lead = count(visited within 30 days)\n"
    at = ["2026-01-30T22:59:59.999999Z", "2026-01-30T23:00:00Z", "2026-03-01T22:59:59.999999Z", "2026-03-01T23:00:00Z"]
    results = scored(rules, {"events": visits(*at)}, as_of="2026-03-01")
    assert leads(results, "recent") == {"ann": (2.0,)}


@decides(76)
def test_points_have_no_trailing_zeros_and_measures_are_the_shortest_text(scored: Scored, tmp_path: Path) -> None:
    rules = """\
score s for lead:
    always => +contact.fit
measure third for lead = contact.fit / 3
measure large for lead = contact.fit * 1000000
"""

    data = {
        "contacts": [{"id": "a", "fit": 2.5}, {"id": "b", "fit": 100000}, {"id": "c", "fit": 0.00012}],
        "events": [],
    }
    results = scored(rules, data)
    out = io.StringIO()
    write_csv(results.leads, out)
    rows = {row["id"]: (row["s"], row["third"], row["large"]) for row in csv.DictReader(io.StringIO(out.getvalue()))}
    assert rows == {
        "a": ("2.5", "0.8333333333333334", "2500000"),
        "b": ("100000", "33333.333333333336", "100000000000"),
        "c": ("0.0001", "4e-05", "120"),
    }
    write_parquet(results.leads, tmp_path / "leads.parquet")
    schema = pyarrow.parquet.read_schema(tmp_path / "leads.parquet")
    assert (schema.field("s").type, schema.field("third").type) == (pyarrow.decimal128(18, 4), pyarrow.float64())


@decides(80, 98)
def test_which_lines_say_their_events(scored: Scored) -> None:
    """Given for `each` lines and lines with exactly one selection: those that count, after `at most`; else nothing.

    A line whose only selection is empty says 0, and no first or last.
    """
    rules = """\
score s for lead:
    each_line: each visited at most 1 per day => +1
    one: visited within 30 days => +1
    two: visited and not attended => +1
    none: always => +1
    silent: not attended => +1
score firm for account:
    people: each lead => +1
"""
    at = ["2026-02-20T10:00:00Z", "2026-02-20T12:00:00Z", "2026-02-22T10:00:00Z", "2026-01-01T10:00:00Z"]
    data = {"contacts": [{"id": "ann", "account_id": "acme"}], "events": visits(*at)}
    results = scored(rules, data)

    def hour(value: Any) -> str | None:
        return value and f"{value:%m-%dT%H}"

    found = {row["line"]: (row["events"], hour(row["first"]), hour(row["last"])) for row in results.contributions}
    assert found == {
        "each_line": (3, "01-01T10", "02-22T10"),
        "one": (3, "02-20T10", "02-22T10"),
        "two": (None, None, None),
        "none": (None, None, None),
        "silent": (0, None, None),
        "people": (None, None, None),
    }


@decides(113)
def test_there_is_no_negative_zero(scored: Scored) -> None:
    """−0.2 rounded, and −1 × 0, are 0: never written `-0`, nor −0 as a double."""
    rules = """\
measure rounded for lead = round(contact.fit)
measure product for lead = contact.fit * 0
measure negated for lead = -(contact.fit * 0)
score s for lead:
    always => +(contact.fit * 0)
"""
    (row,) = scored(rules, {"contacts": [{"id": "ann", "fit": -0.2}], "events": []}).leads
    assert [str(row[name]) for name in ("rounded", "product", "negated", "s")] == ["0.0"] * 4


# --- the command ----------------------------------------------------------------------------------------------------


def folder(path: Path, rules: str, **more: str) -> Path:
    files = {"ruleset.yaml": f"{MANIFEST}files: [rules.rules]\n", "rules.rules": rules, **more}
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return path


@decides(71)
def test_what_is_shown_never_changes_a_result(tmp_path: Path) -> None:
    """The count of an account's leads stays 2 where only one lead is shown, or none."""
    rules = """\
score engagement for lead:
    each visited => +5
stages for lead:
    busy: engagement >= 10
measure people for account = count(leads where engagement >= 5)
"""
    home = folder(tmp_path / "r", rules)
    events = [*visits(*["2026-02-20T10:00:00Z"] * 2, account_id="acme"), *visits("2026-02-20T10:00:00Z", contact="bob")]
    contacts = [{"id": "ann", "account_id": "acme"}, {"id": "bob", "account_id": "acme"}]
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"contacts": contacts, "events": events}), "utf-8")

    def shown(*more: str) -> Any:
        words = ["run", str(home), "--data", str(data), "--as-of", AS_OF, "--format", "json", *more]
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        document = json.loads(done.stdout)
        return [row["id"] for row in document.get("leads", [])], document.get("accounts", [])

    everybody, whole = shown()
    assert everybody == ["ann", "bob"] and whole[0]["measures"] == {"people": 2}
    assert shown("--stage", "busy")[0] == ["ann"]
    assert shown("--only", "account") == ([], whole)
    assert shown("--top", "1") == (["ann"], whole)


@decides(65)
def test_an_unknown_id_in_a_scenario_is_an_error(tmp_path: Path) -> None:
    rules = "score s for lead:\n    always => +1\n"
    scenario = """\
as_of: 2026-03-01
scenarios:
  - name: a line that is not there
    contacts: [{id: ann}]
    expect: {leads: {ann: {lines: [s.never]}}}
"""
    home = folder(tmp_path, rules, **{"tests/one.yaml": scenario})
    done = CliRunner().invoke(app, ["test", str(home)])
    assert isinstance(done.exception, Exception) or done.exit_code != 0
    assert "X102" in done.output + str(done.exception)


@decides(38)
def test_a_stage_is_kept_by_what_the_days_before_show(tmp_path: Path) -> None:
    """`tests/language/test_memory.py` has the cases by hand."""
    rules = "stages for lead:\n    hot: visited within 3 days stays while visited within 30 days\n"
    events = [{"id": "1", "type": "page_view", "contact_id": "ann", "timestamp": "2026-02-01T12:00Z"}]
    ruleset = scoreline.load(folder(tmp_path, rules))
    found = [ruleset.score({"events": events}, as_of=f"2026-{day}").leads.rows[0] for day in ("02-20", "03-20")]
    assert ["hot" in row for row in found] == [True, False]


# --- rulesets on disk -----------------------------------------------------------------------------------------------


@decides(68)
def test_a_ruleset_adds_to_its_base_replaces_by_id_and_removes(tmp_path: Path) -> None:
    """Base: 1 + 10 + 100 in 0..200. Replaced in its place, removed, added at the end, and the range given again."""
    base = """\
score s for lead 0..200:
    first: always => +1
    second: always => +10
    third: always => +100
measure m for lead = 1
"""
    more = """\
score s for lead 0..2000:
    first: always => +2
    remove second
    fourth: always => +1000
measure m for lead = 2
"""
    folder(tmp_path / "base", base)
    manifest = MANIFEST.replace("extends: standard", "extends: ../base").partition("schema:")[0]
    home = folder(tmp_path / "own", more, **{"ruleset.yaml": f"{manifest}files: [rules.rules]\n"})
    ruleset = scoreline.load(home)
    data = {"contacts": [{"id": "ann"}], "events": []}
    for engine in ("duckdb", "interpreter"):
        results = ruleset.score(data, as_of=AS_OF, engine=engine)  # type: ignore[arg-type]
        assert leads(results, "s", "m") == {"ann": (1102.0, 2.0)}
        assert [line for line, _, _ in entries(results, "s")] == ["first", "third", "fourth"]


@decides(117)
def test_remove_acts_first_so_that_a_line_moves_and_a_base_may_have_a_base(tmp_path: Path) -> None:
    """The base's base gives `first` and `second`; the last ruleset moves `first` to the end, with other points."""
    manifest = MANIFEST.partition("schema:")[0]
    folder(tmp_path / "one", "score s for lead:\n    first: always => +1\n    second: always => +10\n")
    for name, base, rules in (
        ("two", "one", "score s for lead:\n    third: always => +100\n"),
        ("three", "two", "score s for lead:\n    remove first\n    first: always => +2\n"),
    ):
        own = manifest.replace("extends: standard", f"extends: ../{base}")
        home = folder(tmp_path / name, rules, **{"ruleset.yaml": f"{own}files: [rules.rules]\n"})
    results = scoreline.load(home).score({"contacts": [{"id": "ann"}], "events": []}, as_of=AS_OF)
    assert [(line, points) for line, _, points in entries(results, "s")] == [
        ("second", 10.0),
        ("third", 100.0),
        ("first", 2.0),
    ]
