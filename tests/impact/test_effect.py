"""What a change does to leads and accounts, and how that is told: stages, segments, idle changes, and untidy names."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import click
import pytest

import scoreline
from scoreline.cli import page_html, page_markdown, page_text
from scoreline.cli.diff_page import Compared, page
from scoreline.engine.impact.difference import difference
from scoreline.engine.impact.document import document
from scoreline.engine.impact.effect import Effect, Qualified, Segment
from scoreline.engine.impact.gate import BadGate, gate
from scoreline.engine.impact.measure import Question, effect
from scoreline.engine.impact.qualified import NoSuch
from scoreline.engine.impact.reading import reading_also, shared_reader
from scoreline.engine.impact.verdict import Verdict, verdict
from scoreline.engine.scoring import instant, open_data

from .history import AS_OF, BASE, companies, write

BAD = "<b>`a|b`</b> @all #1"


def measured(old: scoreline.Ruleset, new: scoreline.Ruleset, data: object, question: Question) -> Effect:
    found = difference(old, new)
    once = shared_reader(old, new)
    readers = (old, new) if once is None else (once, once)
    before, after = (open_data(reading_also(each, question.by or ""), data) for each in readers)  # type: ignore[arg-type]
    if once is not None:
        before = after
    return effect(found, before, after, instant(AS_OF, new, after), question)


def changed(folder: Path, *edits: tuple[str, str, str]) -> tuple[scoreline.Ruleset, scoreline.Ruleset]:
    texts = dict(BASE)
    for file, old, new in edits:
        assert old in texts[file], old
        texts[file] = texts[file].replace(old, new)
    return scoreline.load(write(folder / "old")), scoreline.load(write(folder / "new", texts))


def test_who_changes_stage_and_by_what(tmp_path: Path) -> None:
    """One account is left by a stage that asks for more, others come by a line that gives more."""
    edits = (
        ("people.rules", "=> +15", "=> +60"),
        ("companies.rules", "any(leads where engagement > 0)", "engaged >= 1"),
    )
    found = measured(*changed(tmp_path, *edits), companies(), Question(by="account.industry"))
    accounts = {(item.was, item.now): item for item in found.transitions if item.level == "account"}
    assert accounts["aware", None].because == ("stage aware of accounts",)
    gained = accounts["aware", "MQA"]
    assert gained.because == ()  # they would be there with the old stage, too
    assert [(blame.line, blame.is_changed) for blame in gained.lines][:2] == [("buyer", True), ("busiest", False)]
    mover = next(item for item in found.movers if item.stage == ("aware", "MQA"))
    assert mover.because == ()
    assert 0 < gained.lines[0].points <= 45 * 3 * gained.count
    assert found.qualified is not None
    segments = found.qualified.segments
    assert sum(item.gained for item in segments) == found.qualified.gained == gained.count
    assert sum(item.new - item.old for item in segments) == found.qualified.new - found.qualified.old
    assert {item.value for item in segments} <= {"software", "retail", "energy"}


def test_changes_that_change_nothing_are_told_apart(tmp_path: Path) -> None:
    """A line that nobody meets, a cap that takes everything, and a line that counts."""
    edits = (
        ("people.rules", "    left:", "    never: visited('nowhere') => +50\n    left:"),
        ("people.rules", "max 20", "max 2000"),
        ("words.rules", "= 50 in 30..80", "= 51 in 30..80"),
    )
    found = measured(*changed(tmp_path, *edits), companies(), Question(by="engaged"))
    assert found.qualified is not None
    assert found.qualified.segments and all(item.value is not None for item in found.qualified.segments)
    assert [(item.what, item.name, item.swallowed) for item in found.idle] == [
        ("param", "mqa_threshold", 0),
        ("line", "pages", 0),
        ("line", "never", 0),
    ]


def test_a_stage_that_moves_nobody_is_no_reason(tmp_path: Path) -> None:
    """A line that gives more takes accounts over both limits; where only the limit matters, it is the reason."""
    limit = ("companies.rules", "readiness >= mqa_threshold", "readiness >= 48")
    found = measured(*changed(tmp_path / "both", ("people.rules", "=> +15", "=> +60"), limit), companies(), Question())
    gained = [item for item in found.transitions if item.level == "account" and item.now == "MQA"]
    assert gained and all(not item.because and item.lines for item in gained)
    assert [item.name for item in found.idle] == ["MQA of accounts"]
    lowered = (limit[0], limit[1], "readiness >= 10")
    found = measured(*changed(tmp_path / "low", ("people.rules", "=> +15", "=> +16"), lowered), companies(), Question())
    gained = [item for item in found.transitions if item.level == "account" and item.now == "MQA"]
    assert gained and all(item.because == ("stage MQA of accounts",) for item in gained)
    assert not found.idle


def test_points_that_a_range_takes_are_swallowed(tmp_path: Path) -> None:
    old = scoreline.load(write(tmp_path / "old", {**BASE, "people.rules": SATURATED}))
    new = scoreline.load(write(tmp_path / "new", {**BASE, "people.rules": SATURATED.replace("+300", "+400")}))
    found = measured(old, new, companies(), Question())
    assert found.moved == {"lead": 0, "account": 0}
    assert [(item.name, item.swallowed > 0) for item in found.idle] == [("buyer", True)]


SATURATED = """\
score engagement for lead 0..100:
    buyer: contact.role in buying_roles => +300
    demo: requested('demo') or visited('pricing') => +1
"""


def test_data_are_read_twice_where_the_rulesets_read_them_differently(tmp_path: Path) -> None:
    old, new = changed(tmp_path, ("ruleset.yaml", "champion, user]", "champion]"))
    assert shared_reader(old, new) is None
    found = measured(old, new, companies(), Question())
    assert not found.one_reading
    assert "read twice" in page_text.render(
        page(Compared(difference(old, new), Verdict("breaking"), found, ("a", "b")))
    )


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        (Question(by="account.employes"), "did you mean `employees`?"),
        (Question(by="engagd"), "did you mean `engaged`?"),
        (Question(by="contact.role"), "known here: `account.employees`, `account.industry`"),
        (Question(stage="MQL"), "did you mean `MQA`?"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_is_scored(question: Question, hint: str, tmp_path: Path) -> None:
    old, new = changed(tmp_path)
    with pytest.raises(NoSuch) as error:
        measured(old, new, companies(2), question)
    assert error.value.hint == hint


# --- gates --------------------------------------------------------------------------


def with_mqas(old: int, new: int, gained: int, lost: int) -> Effect:
    counted = {"lead": 0, "account": 100}
    found = Qualified("account", "MQA", old, new, gained, lost, segments=(Segment(None, old, new, gained, lost),))
    nobody = {"lead": 0, "account": 0}
    return Effect(0, True, counted, nobody, nobody, (), (), (), found, largest_move=Decimal("12.5"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "mqas", "why"),
    [
        ("mqa_change > 10%", (20, 23, 4, 1), "mqa_change is 3 (15 % of 20)"),
        ("mqa_change > 10%", (20, 17, 0, 3), "mqa_change is 3 (15 % of 20)"),
        ("mqa_change > 10%", (20, 20, 9, 9), ""),
        ("new_mqas > 10%", (20, 20, 9, 9), "new_mqas is 9 (45 % of 20)"),
        ("lost_mqas >= 9", (20, 20, 9, 9), "lost_mqas is 9"),
        ("mqa_change > 10%", (0, 1, 1, 0), "mqa_change is 1 (there were none before)"),
        ("mqa_change > 10%", (0, 0, 0, 0), ""),
        ("largest_move > 12.4", (0, 0, 0, 0), "largest_move is 12.5"),
    ],
)
def test_a_gate_says_by_how_much_it_fails(text: str, mqas: tuple[int, int, int, int], why: str, tmp_path: Path) -> None:
    old, new = changed(tmp_path)
    assert gate(text).fails(difference(old, new), Verdict("identical"), with_mqas(*mqas)) == why


def test_without_a_common_stage_no_mqas_can_be_counted(tmp_path: Path) -> None:
    old, new = changed(tmp_path)
    nobody = replace(with_mqas(0, 0, 0, 0), qualified=None)
    with pytest.raises(BadGate, match="no stage in common"):
        gate("lost_mqas > 0").fails(difference(old, new), Verdict("identical"), nobody)


# --- how it is told -----------------------------------------------------------------


@pytest.fixture(scope="module")
def untidy(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """A comparison whose labels, values and ids are full of what means something to Markdown and HTML."""
    folder = tmp_path_factory.mktemp("untidy")
    label = ("people.rules", '"Looked at prices"', f'"{BAD}"')
    points = ("people.rules", "=> +10", "=> +30")
    listed = ("words.rules", "'champion']", f"'champion', '{BAD}']")
    old, new = changed(folder, label, points, listed)
    data = companies(3)
    data["contacts"].append({"id": BAD, "account_id": BAD, "role": "champion"})
    data["accounts"].append({"id": BAD, "industry": BAD, "employees": 1000})
    shown = {"type": "page_view", "contact_id": BAD, "page": "pricing"}
    data["events"] += [{**shown, "id": f"x{day}", "timestamp": f"2026-02-{day:02}"} for day in range(10, 28)]
    lower = (old, scoreline.load(new.path, params={"mqa_threshold": 30}))
    found = difference(*lower)
    return Compared(found, verdict(found), measured(*lower, data, Question(by="account.industry")), (BAD, "new"))


def test_html_holds_nothing_from_rules_or_data_as_markup(untidy: Compared) -> None:
    html = page_html.render(page(untidy))
    assert "&lt;b&gt;`a|b`&lt;/b&gt;" in html and "<b>" not in html
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= ALLOWED
    assert "color-scheme: light dark" in html and "http" not in html


ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "code",
        "details",
        "summary",
    ),
    *("div", "table", "thead", "tbody", "tr", "th", "td"),
}


def test_markdown_holds_nothing_from_rules_or_data_as_markup(untidy: Compared) -> None:
    markdown = page_markdown.render(page(untidy))
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)|<code>.*?</code>", "", markdown)
    assert BAD not in outside and "<b>" not in outside and "@all" not in outside
    assert "<details>\n<summary>" in markdown
    for line in markdown.split("\n"):
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (6, 7), line


def test_text_fits_eighty_columns(untidy: Compared) -> None:
    lines = click.unstyle(page_text.render(page(untidy), 80)).split("\n")
    assert [line for line in lines if len(line) > 80] == []


def test_json_says_everything_in_plain_values(untidy: Compared) -> None:
    made = document(untidy.found, untidy.verdict, untidy.effect)
    assert made["verdict"] == "not provable"
    assert [item["name"] for item in made["changes"]] == ["mqa_threshold", "buying_roles", "pricing"]
    pricing = made["changes"][2]
    assert pricing["facets"][0] == {"facet": "points", "was": "+10", "now": "+30"}
    assert (pricing["path"], pricing["line"]) == ("people.rules", 2)
    assert made["effect"]["qualified"]["gained_ids"][0] == BAD
    mover = next(item for item in made["effect"]["movers"] if item["id"] == BAD and item["level"] == "lead")
    assert mover["scores"]["engagement"]["to"] - mover["scores"]["engagement"]["from"] == 20
