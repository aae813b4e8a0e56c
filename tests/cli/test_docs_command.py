"""`scoreline docs`: the model as a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import scoreline as product
from scoreline.cli.docs_command import rendered
from scoreline.engine.handbook import handbook
from scoreline.engine.model import lines
from scoreline.engine.places import published, shipped

from .conftest import Call

GOLDEN = Path(__file__).parent / "goldens" / "docs_starter.md"


def test_the_page_of_the_starter(scoreline: Call) -> None:
    done = scoreline("docs", "starter")
    assert (done.code, done.err) == (0, "")
    assert done.out == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*shipped(), *published()])
def test_every_ruleset_that_ships_is_told_whole(name: str) -> None:
    """Each line's id and each stage stand on the page, in every format."""
    ruleset = product.load(name)
    model = ruleset.model
    told = {line.id for level in ("lead", "account") for score in model.scores(level) for line in lines(score.items)
            if line.has_written_id}  # fmt: skip
    told |= {item.id for level in ("lead", "account") for item in model.disqualifications(level) if item.has_written_id}
    told |= {stage.name for level in ("lead", "account") if (found := model.stages(level)) for stage in found.stages}
    book = handbook(ruleset)
    for form in ("markdown", "html", "text", "json"):
        page = rendered(book, form)
        shown = unescape(page) if form == "html" else page
        missing = {each for each in told if each not in shown}
        assert not missing, form


class _Links(HTMLParser):
    """The ids of a page, and what its links lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.targets.add(value or "")


def read(page: str) -> _Links:
    found = _Links()
    found.feed(page)
    return found


@pytest.mark.parametrize("name", ["abm", "abm-emea", "tour", "starter", "open-source"])
def test_links_lead_to_a_place_on_the_page(name: str) -> None:
    found = read(rendered(handbook(product.load(name)), "html"))
    assert found.targets and {target.removeprefix("#") for target in found.targets} <= set(found.ids)
    assert all(target.startswith("#") for target in found.targets), "the page needs nothing else"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A file of rules with markup in its label, comment, text, reason and stage."""
    path = tmp_path / "odd.rules"
    path.write_text(
        """\
# <script>alert('comment')</script>
score fit for lead:
    big: contact.title == '<script>text</script>' => +5 "<script>label</script>"
    out: contact.title == 'x' => disqualify '<script>reason</script>'

stages for lead:
    one "<script>stage</script>": fit >= 5
""",
        encoding="utf-8",
    )
    return path


def test_nothing_of_the_rules_becomes_markup(scoreline: Call, hostile: Path) -> None:
    page = scoreline("docs", hostile, "--format", "html")
    assert page.code == 0
    assert "script" not in read(page.out).tags
    assert page.out.count("&lt;script&gt;") >= 5
    assert re.search(r"(?<!\\)<script", scoreline("docs", hostile).out) is None


def test_params_have_the_value_that_is_set(scoreline: Call) -> None:
    done = scoreline("docs", "starter", "--set", "ready_for_sales=70", "--format", "text")
    assert "readiness is at least 70 (ready_for_sales)" in done.out
    assert "ready_for_sales = 70" in done.out


def test_json_has_every_entry(scoreline: Call) -> None:
    made = json.loads(scoreline("docs", "abm", "--format", "json").out)

    def entries(found: list[dict[str, object]]) -> Iterator[dict[str, object]]:
        for entry in found:
            yield entry
            yield from entries(entry["below"])  # type: ignore[arg-type]

    by_id = {entry["id"]: entry for part in made["sections"] for entry in entries(part["entries"])}
    assert by_id["papers"]["worth"] == "+4"
    assert by_id["papers"]["title"] == "Downloaded papers"
    assert "At most 12 points in all." in by_id["papers"]["said"]
    assert (made["ruleset"], made["owner"]) == ("abm", "revops")


def test_a_file_is_written_and_named(scoreline: Call, tmp_path: Path) -> None:
    out = tmp_path / "model.html"
    done = scoreline("docs", "starter", "--format", "html", "--out", out)
    assert done.code == 0 and done.out == "" and f"wrote {out}" in done.err
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_rules_with_errors_are_told_as_everywhere(scoreline: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.rules").write_text("score fit for lead:\n    => 5\n", encoding="utf-8")
    done = scoreline("docs", tmp_path / "bad.rules")
    assert done.code == 1 and done.out == "" and "error" in done.err
    assert scoreline("docs", "no-such").code == 2
