"""The pages in a real Chromium, from the disk: nothing is asked of a network, and nothing goes wrong on the console.

Needs the extra `browser` and a Chromium; without them these tests are skipped.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.dashboard import Asked, write_site
from scoreline.engine.scoring import instant, open_data

from . import given

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
playwright = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def opened(browser: Any, site: given.Site) -> Iterator[tuple[Any, list[str]]]:
    """One page for all tests, with the site in it, and what went wrong there."""
    page = browser.new_page(viewport=WIDE)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith("file:") else wrong.append(asked.url))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    load(page, site.folder)
    yield page, wrong
    page.close()


@pytest.fixture
def page(opened: tuple[Any, list[str]]) -> Iterator[Any]:
    """The page; after a test nothing was asked of a network, and the console has no word of a mistake."""
    page, wrong = opened
    page.set_viewport_size(WIDE)
    page.emulate_media(media="screen", color_scheme="light")
    yield page
    assert wrong == []


def load(page: Any, folder: Path, where: str = "#/") -> None:
    """Opens a site anew."""
    page.goto("about:blank")
    page.goto(f"{folder.as_uri()}/index.html{where}")
    page.wait_for_selector("main h1")


def go(page: Any, where: str = "#/") -> None:
    """Shows a page of the site that is open, as a link to it would."""
    page.evaluate("document.querySelector('main h1').className = 'before'")
    page.evaluate("where => { location.hash = '#/model/nothing'; location.hash = where; }", where)
    page.wait_for_selector("main h1:not(.before)")


def rows(page: Any) -> list[str]:
    return [text.split("\t")[0] for text in page.locator("table.long tbody tr").all_inner_texts()]


def test_from_the_overview_to_an_account_to_a_person_and_back(page: Any) -> None:
    go(page)
    assert page.title() == "Overview · small"
    assert page.locator("main figure svg[role=img]").count() >= 5
    page.get_by_role("link", name="MQA").first.click()
    page.wait_for_selector("table.long")
    assert rows(page) == ["acme"] and "stage=MQA" in page.url
    page.get_by_role("link", name="acme").click()
    page.wait_for_selector("h1:has-text('acme')")
    assert "It stays where it is" not in page.locator(".next").inner_text()  # what is seen now will be too old
    assert page.locator(".reasons tfoot").inner_text().split() == ["40", "Score"]
    assert page.locator(".committee .missing").inner_text().startswith("Champion")
    page.get_by_role("link", name=given.EVIL).first.click()
    page.wait_for_selector("nav.crumbs:has-text('ann')")
    assert page.locator("h1").inner_text().startswith(given.EVIL)
    assert page.locator(".timeline .ignored").inner_text().split("\n")[-1] == "ignored"
    page.go_back()
    page.wait_for_selector("h1:has-text('acme')")
    page.go_back()
    page.wait_for_selector("table.long")
    assert rows(page) == ["acme"]


def test_the_overview_says_what_has_changed_and_what_the_furthest_lack(page: Any) -> None:
    go(page)
    news = page.locator("section", has=page.get_by_role("heading", name="Since last week"))
    assert "From 22 Feb 2026 to 1 Mar 2026." in news.inner_text() and "Moved up (1)" in news.inner_text()
    line = page.locator("table.furthest tr", has_text="birch").inner_text()
    assert "Marketing qualified: readiness is at least 30 (it is 2.5" in line and "+2.5" in line
    news.get_by_role("link", name="birch").first.click()
    page.wait_for_selector("h1:has-text('birch')")
    assert "birch reached MEA (Marketing engaged) on 1 March 2026" in page.locator("main").inner_text()


def test_what_is_next_is_said_in_words(page: Any) -> None:
    go(page, "#/account/birch")
    said = page.locator(".next").inner_text()
    assert "What helps most:" in said and "(it takes 30 or more)" in said
    page.locator(".next .ways a").first.click()
    page.wait_for_selector("nav.crumbs:has-text('birch /')")
    go(page, "#/account/acme")
    assert "If nothing more happens" in page.locator(".next").inner_text()
    assert page.locator(".coming .chip").all_inner_texts() == ["MQA", "MEA"]


def test_where_nobody_looked_ahead_the_page_says_how_to_ask(page: Any, site: given.Site, tmp_path: Path) -> None:
    load(page, given.write(tmp_path / "site", explained=0).folder, "#/account/birch")
    said = page.locator(".next").inner_text()
    assert "Gives nothing yet for readiness:" in said and "Large +30" in said
    assert "Nobody is engaged as buyer." in said and "scoreline explain small birch --why-not MQA" in said
    assert "What will be lost by when says scoreline explain small birch --history" in said
    assert "Marketing engaged, since 1 Mar 2026" in page.locator("main").inner_text()
    load(page, site.folder)


def test_each_page_says_since_when_and_what_was_looked_at(page: Any, site: given.Site, tmp_path: Path) -> None:
    go(page, "#/account/birch")
    said = page.locator(".since").inner_text()
    assert page.locator(".since .chip").all_inner_texts() == ["no stage", "MEA"] and "on 1 Mar 2026" in said
    assert "Each day since 31 Aug 2025 was looked at" in said and "scoreline explain small birch --history" in said
    go(page, "#/person/acme/ben")
    said = page.locator(".since").inner_text()
    assert said.startswith("Since when\n\nNo move: at the end of 1 Feb 2026") and "Each day since 1 Feb 2026" in said
    load(page, given.write(tmp_path / "site", 0, explained=0).folder, "#/account/birch")
    said = page.locator(".since").inner_text()
    assert "This site was made without the weeks before. What was before says scoreline explain small birch" in said
    load(page, site.folder)


def test_somebody_of_another_company_is_found_at_their_own(page: Any) -> None:
    go(page, "#/account/birch")
    page.locator(".timeline a.who", has_text="ben").click()
    page.wait_for_selector("nav.crumbs:has-text('acme')")
    assert page.locator("h1").inner_text().startswith("Ben")


def test_somebody_without_a_company_has_a_page_with_what_they_did(page: Any) -> None:
    go(page, "#/person//fay")
    assert page.locator(".timeline").inner_text().split("\n")[2:4] == ["Webinar", "intro"]


def test_accounts_are_searched_sorted_and_chosen(page: Any, site: given.Site) -> None:
    go(page, "#/accounts")
    assert rows(page)[0] == "acme" and len(rows(page)) == 3
    head = page.get_by_role("button", name="Readiness")
    head.click()
    assert rows(page)[-1] == "acme"
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Readiness")
    page.locator(".choices input").fill("BIR")
    assert rows(page) == ["birch"] and page.locator(".count").inner_text() == "1 of 3 accounts"
    page.locator(".choices input").fill("nothing like it")
    assert "No account is like that" in page.locator("table.long").inner_text()
    page.get_by_role("button", name="Clear").click()
    assert len(rows(page)) == 3
    load(page, site.folder, "#" + page.url.split("#")[1])
    assert rows(page)[-1] == "acme"


def test_the_search_above_finds_people_and_works_with_the_keyboard(page: Any, site: given.Site) -> None:
    load(page, site.folder)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    field = page.get_by_role("searchbox")
    field.fill("<scr")
    page.wait_for_selector("#found a")
    field.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.crumbs:has-text('ann')")
    assert page.evaluate("document.activeElement.id") == "main"
    field.fill("dan")
    page.wait_for_selector("#found a:has-text('Dan')")
    field.press("Enter")
    page.wait_for_selector("h1:has-text('Dan')")


def test_tabs_of_scores_turn_with_arrow_keys(page: Any) -> None:
    go(page, "#/person/acme/ben")
    assert "</script>" in page.locator("h1").inner_text()
    assert page.locator(".reasons tbody tr").all_inner_texts()[0].startswith("+20")
    first, second = page.get_by_role("tab").all()
    assert first.get_attribute("aria-selected") == "true" and first.inner_text().startswith("Engagement")
    first.focus()
    page.keyboard.press("ArrowRight")
    assert second.get_attribute("aria-selected") == "true" and second.evaluate("tab => tab === document.activeElement")
    assert "Adds 0.1 × engagement" in page.get_by_role("tabpanel").inner_text()


def test_a_page_says_which_lines_changed_since_last_week(page: Any) -> None:
    go(page, "#/person/acme/ann")
    changed = page.locator(".changes")
    assert changed.locator("p.how").first.inner_text().startswith("From 34.")
    (line,) = changed.locator("tbody tr").all_inner_texts()
    assert line == "−2.1888\twebinar\n\nfades with time\n\n\t14.6574 → 12.4686"


def test_every_rule_is_explained_where_its_name_leads(page: Any) -> None:
    go(page, "#/account/acme")
    page.locator(".reasons a.rule", has_text="Large").click()
    page.wait_for_selector(".target")
    assert (
        "Large" in page.locator(".target").inner_text() and "fires for 1 (33%)" in page.locator(".target").inner_text()
    )
    assert page.evaluate("document.querySelector('.graph img').naturalWidth") > 0


def test_the_numbers_of_a_chart_are_there_as_a_table(page: Any) -> None:
    go(page)
    page.get_by_text("The numbers as a table").first.click()
    shown = page.locator("details.numbers[open] table tbody tr")
    shown.first.wait_for()
    assert shown.count() == 5


def test_light_and_dark(page: Any, site: given.Site) -> None:
    page.emulate_media(color_scheme="light")
    go(page)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Show it dark").click()
    dark = page.evaluate(colour)
    assert light != dark
    load(page, site.folder, "#/accounts")
    assert page.evaluate(colour) == dark
    page.get_by_role("button", name="Show it light").click()
    assert page.evaluate(colour) == light


UNREACHABLE = """[...document.querySelectorAll('.wide')].filter(each => each.scrollWidth > each.clientWidth
    && each.tabIndex < 0 && !each.querySelector('a, button')).length"""
"""How many tables can be scrolled, but not with the keyboard."""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_wider_than_the_window(page: Any, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    for where in ("#/", "#/accounts", "#/people", "#/account/acme", "#/account/birch", "#/person/birch/eve", "#/model"):
        go(page, where)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], where
        assert page.evaluate(UNREACHABLE) == 0, where


@pytest.mark.parametrize("where", ["#/accounts", "#/people"])
def test_on_a_phone_the_score_stands_beside_the_name(page: Any, where: str) -> None:
    page.set_viewport_size(PHONE)
    go(page, where)
    name, score = page.locator("table.long tbody tr").first.locator("td:first-child, td.main").all()
    left, right = name.bounding_box(), score.bounding_box()
    assert left["x"] + left["width"] <= right["x"] and right["x"] + right["width"] <= PHONE["width"]
    assert abs(left["y"] - right["y"]) < left["height"]
    assert page.evaluate("document.querySelector('.wide').scrollWidth <= document.querySelector('.wide').clientWidth")
    assert page.get_by_role("columnheader").first.is_visible()  # it still sorts


def test_what_is_not_there_is_said(page: Any) -> None:
    for where in ("#/account/nobody", "#/person/acme/nobody", "#/person//nobody", "#/nowhere", "#/account/%E0%A4%A"):
        go(page, where)
        assert page.locator("h1").inner_text() == "Not here", where
    go(page, "#/account/__proto__")
    assert page.locator("h1").inner_text().startswith("__proto__")


def test_print_shows_light_and_opens_what_is_folded(page: Any) -> None:
    go(page, "#/account/acme")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not page.locator("header.top").is_visible()
    assert page.locator(".ladder details:not([open])").count() == 0


@pytest.mark.soak
def test_a_hundred_thousand_accounts_stay_usable(page: Any, tmp_path: Path) -> None:
    many = 100_000
    ruleset = given.rules(tmp_path / "rules")
    regions = ("EMEA", "AMER", "APAC")
    accounts = [{"id": f"a{n:06}", "region": regions[n % 3], "employees": n % 5000} for n in range(many)]
    contacts = [{"id": f"c{n:06}", "account_id": f"a{n:06}", "role": "buyer"} for n in range(many)]
    events = [
        {"id": n, "type": "page_view", "timestamp": "2026-02-20T09:30:00Z", "contact_id": f"c{n:06}", "page": "pricing"}
        for n in range(0, many, 2)
    ]
    dataset = open_data(ruleset, {"accounts": accounts, "contacts": contacts, "events": events})
    folder = tmp_path / "site"
    folder.mkdir()
    write_site(folder, ruleset, dataset, instant(given.AS_OF, ruleset, dataset), Asked(weeks=0), lambda _said: None)

    def took(work: Any) -> float:
        begun = time.perf_counter()
        work()
        page.evaluate("new Promise(requestAnimationFrame)")
        return time.perf_counter() - begun

    times = {"opened": took(lambda: load(page, folder, "#/accounts"))}
    assert page.locator(".count").inner_text() == "100,000 accounts"
    times["sorted"] = took(lambda: page.get_by_role("button", name="Account").click())
    times["searched"] = took(lambda: page.locator(".choices input").fill("a09999"))
    assert len(rows(page)) == 10
    times["drilled down"] = took(
        lambda: (page.get_by_role("link", name="a099998").click(), page.wait_for_selector(".crumbs"))
    )
    print({name: round(seconds, 2) for name, seconds in times.items()})
    assert max(times.values()) < 10
