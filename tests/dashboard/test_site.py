"""What a site holds is what a run gives, each part in its place; the same input makes the same bytes."""

from __future__ import annotations

import datetime
import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline.engine.dashboard import Asked, past, write_site
from scoreline.engine.dashboard.happenings import types_read
from scoreline.engine.dashboard.scripts import script
from scoreline.engine.dashboard.write import FRONT
from scoreline.engine.moves import Points, because
from scoreline.engine.plan import plan as make_plan
from scoreline.engine.scoring import instant, open_data, score

from . import given

pytestmark = pytest.mark.usefixtures("shared_cache")

SCRIPTS = sorted((FRONT / "app").glob("*.js"))


def entries(site: given.Site, lines: list[list[Any]], level: str, name: str) -> dict[tuple[str, str | None], float]:
    """The points of one score by kind and line."""
    about = site.given("site")
    found = {}
    for entry, points, *_ in lines:
        of, score_name, kind, rule = about["entries"][entry]
        if (of, score_name) == (level, name):
            found[kind, None if rule is None else about["rules"][rule][2]["id"]] = points
    return found


def test_scores_and_stages_are_those_of_a_run(site: given.Site, tmp_path: Path) -> None:
    results = score(given.rules(tmp_path / "rules"), given.data(), as_of=given.AS_OF)
    levels = site.given("site")["levels"]
    for name, level, table in (("accounts", "account", results.accounts), ("people", "lead", results.leads)):
        names = [each["name"] for each in levels[level]["scores"]]
        shown = {
            id: dict(zip([*names, "stage"], [*brief[2], brief[0]], strict=True))
            for id, _, brief, *_ in site.given(name)
        }
        assert shown == {row["id"]: {key: row[key] for key in [*names, "stage"]} for row in table}
        assert sum(n for *_, n in levels[level]["at"]) == levels[level]["count"] == len(table)


def test_the_lines_of_a_score_add_up_to_it(site: given.Site) -> None:
    acme = site.account("acme")
    found = entries(site, acme["lines"], "account", "readiness")
    assert found == {("line", "busy"): 16.2343, ("line", "large"): 30, ("clamp", None): -6.2343}
    assert acme["brief"][2] == [40]
    for id, _, brief, _, lines, *_ in acme["people"]:
        for name, points in zip(("zeal", "engagement"), brief[2], strict=True):
            assert round(sum(entries(site, lines, "lead", name).values()), 4) == points, (id, name)


def test_each_part_of_a_stage_says_whether_it_holds_and_with_which_value(site: given.Site) -> None:
    stages = site.given("site")["levels"]["account"]["stages"]
    qualified = next(stage for stage in stages if stage["name"] == "MQA")
    for id, held, has in (
        ("acme", [True, True, True], [40, 0.5, None]),
        ("birch", [False, True, False], [2.5, 0.5, None]),
    ):
        parts = site.account(id)["rest"][0]
        assert [parts[part["holds"]] for part in qualified["parts"]] == held, id
        found = [None if part["has"] is None else parts[part["has"]] for part in qualified["parts"]]
        assert found == pytest.approx(has, abs=0.1), id
    assert [(part["op"], part["bound"]) for part in qualified["parts"]] == [(">=", 30), (">=", 0.5), ("", None)]


def test_the_committee_is_that_of_the_rules(site: given.Site) -> None:
    committee = site.given("site")["committee"]
    assert committee["roles"] == [["buyer", None], ["champion", None]] and committee["others"] == ["user"]
    assert (committee["score"], committee["cut"], committee["asked"]) == ("engagement", 15, True)
    assert [(id, brief[5], brief[6]) for id, _, brief, *_ in site.account("acme")["people"]] == [
        ("ann", "buyer", True),
        ("ben", "user", False),
    ]


def test_the_timeline_has_the_newest_events_that_rules_read_and_says_what_is_ignored(site: given.Site) -> None:
    about = site.given("site")
    events = site.account("acme")["events"]
    assert [(about["types"][kind], who, said) for _, kind, who, said, _ in events] == [
        ("page_view", 0, "pricing · a bot"),
        ("webinar", 0, given.EVIL),
        ("page_view", 0, "pricing · seconds 41"),
        ("page_view", 1, "pricing"),
    ]
    assert [reason for *_, reason in events] == [0, None, None, None]
    assert "user_agent" in about["reasons"][0]
    somebody_elsewhere = site.account("birch")["events"][1]
    assert [row[1] for row in site.account("birch")["events"]] == [about["types"].index("webinar"), 0]
    assert somebody_elsewhere[2:4] == ["ben", "home"]
    assert site.account("__proto__")["events"] == []


def test_people_without_an_account_have_a_place(site: given.Site) -> None:
    assert site.given("site")["shards"]["alone"] == ["dan"]
    found = [(people[0][:2], [event[2:4] for event in events]) for _, _, people, events, *_ in site.given("p0")]
    assert found == [(["dan", "Dan"], [[0, "home"]]), (["fay", None], [[0, "intro"]])]


def test_the_weeks_before_are_what_runs_of_those_days_give(site: given.Site, tmp_path: Path) -> None:
    about = site.given("site")
    seconds = about["past"]["at"]
    assert len(seconds) == 5 and seconds[-1] == about["seconds"]
    ruleset = given.rules(tmp_path / "rules")
    places = {None: -1, "MEA": 0, "MQA": 1}
    stages, readiness = zip(*site.account("acme")["history"], strict=True)
    names = [each["name"] for each in about["levels"]["lead"]["scores"]]
    ann = [dict(zip(names, scores, strict=True)) for _, *scores in site.person("acme", "ann")["history"]]
    population = {(week, place): n for week, place, n in about["past"]["account"]["population"]}
    for week in (0, 3):
        found = list(score(ruleset, given.data(), as_of=seconds[week] * 1_000_000 + 999_999).accounts)
        at = [places[row["stage"]] for row in found]
        assert {place: n for (of, place), n in population.items() if of == week} == {n: at.count(n) for n in at}
        acme = next(row for row in found if row["id"] == "acme")
        assert (stages[week], readiness[week]) == (places[acme["stage"]], acme["readiness"])
        leads = score(ruleset, given.data(), as_of=seconds[week] * 1_000_000 + 999_999).leads
        assert ann[week] == next({name: row[name] for name in names} for row in leads if row["id"] == "ann")
    moved = [
        [week, "acme", None, None, stages[week - 1], stages[week]]
        for week in range(1, 5)
        if stages[week] != stages[week - 1]
    ]
    assert [row for row in about["past"]["account"]["recent"] if row[1] == "acme"] == moved[::-1] != []


@pytest.mark.parametrize("weeks", [1, 4])
def test_the_days_before_are_gone_through_once_for_all_weeks(tmp_path: Path, weeks: int) -> None:
    given.rules(tmp_path / "rules")
    rules = tmp_path / "rules" / "small.rules"
    stays = "engagement >= 34 stays while engagement >= 20"
    rules.write_text(given.RULES.replace("engagement >= 20\n", f"{stays}\n"), encoding="utf-8")
    ruleset = scoreline.load(rules.parent)
    dataset = open_data(ruleset, given.data())
    told: list[str] = []
    (tmp_path / "site").mkdir()
    write_site(
        tmp_path / "site",
        ruleset,
        dataset,
        instant(given.AS_OF, ruleset, dataset),
        Asked(weeks),
        lambda _said: None,
        lambda what, done, _of: told.append(what) if done == 0 else None,
    )
    site = given.Site(tmp_path / "site")
    seconds = site.given("site")["past"]["at"]
    assert told.count("days before") == 1 and len(seconds) == weeks + 1
    found = site.person("acme", "ann")["history"]
    for (place, *_), at in zip(found, seconds, strict=True):
        leads = score(ruleset, given.data(), as_of=at * 1_000_000 + 999_999).leads
        assert {None: -1, "MQL": 0}[next(row["stage"] for row in leads if row["id"] == "ann")] == place
    engagement = [each["name"] for each in site.given("site")["levels"]["lead"]["scores"]].index("engagement")
    assert found[-1][0] == 0 and found[-1][1 + engagement] < 34  # she stays


def test_the_news_are_those_of_the_last_week(site: given.Site) -> None:
    about = site.given("site")
    series = {id: [points for _, points in site.account(id)["history"][-2:]] for id in ("acme", "birch", "__proto__")}
    news, (level, first) = about["past"]["account"], about["first"]
    assert level == "account" and [row[0] for row in first] == ["acme", "birch", "__proto__"]
    assert news["first"] == [series[row[0]][0] for row in first]
    assert news["rose"] == [["birch", None, None, *series["birch"]]] and news["fell"] == []


def test_a_line_says_what_it_gave_a_week_before_and_why_it_is_different(site: given.Site, tmp_path: Path) -> None:
    about = site.given("site")
    since, now = (seconds * 1_000_000 + 999_999 for seconds in about["past"]["at"][-2:])
    before, after = (_points(given.rules(tmp_path / "rules"), at) for at in (since, now))
    expected = {
        key: (was.points / 10000, because(since, was, later))
        for key in before | after
        if (was := before.get(key, Points())).points != (later := after.get(key, Points())).points
    }
    found = {}
    for account in ("acme", "birch", "__proto__"):
        document = site.account(account)
        owners = [("account", account, document["lines"]), *(("lead", row[0], row[4]) for row in document["people"])]
        for level, id, lines in owners:
            for entry, _, _, _, _, *was in lines:
                _, score_name, kind, rule = about["entries"][entry]
                if was:
                    line = None if rule is None else about["rules"][rule][2]["id"]
                    found[level, id, score_name, line, kind] = tuple(was)
    assert found == {key: value for key, value in expected.items() if key[1] not in ("dan", "fay")}
    assert {why for _, why in found.values()} == {"came", "faded", None} and len(found) > 5


def _points(ruleset: Any, at: int) -> dict[Any, Points]:
    rows = score(ruleset, given.data(), as_of=at).contributions
    return {
        tuple(row[name] for name in ("level", "id", "score", "line", "kind")): Points(
            round(row["points"] * 10000), row["events"], _micros(row["first"]), _micros(row["last"])
        )
        for row in rows
    }


def _micros(at: Any) -> int | None:
    return None if at is None else round(at.timestamp() * 1_000_000)


def test_unasked_there_are_26_weeks_or_only_the_last_of_much_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = given.write(tmp_path / "all", weeks=None)
    past_ = site.given("site")["past"]
    assert len(past_["at"]) == 11 and not past_["is_cut"]  # the first event is of ten weeks before
    monkeypatch.setattr(past, "QUICK", 5)
    site = given.write(tmp_path / "cut", weeks=None)
    cut = site.given("site")["past"]
    assert cut["at"] == past_["at"][-2:] and cut["is_cut"]
    assert cut["account"]["rose"] == past_["account"]["rose"] != []


def test_each_rule_says_how_often_it_fires(site: given.Site) -> None:
    about = site.given("site")
    fired = {entry: (n, total) for entry, n, total in about["fired"]}
    titles = {}
    for entry, (level, _, kind, rule) in enumerate(about["entries"]):
        if kind == "line" and entry in fired:
            titles[level, about["rules"][rule][2]["title"]] = fired[entry]
    assert titles["account", "Large"] == (1, 30)
    assert titles["lead", "Looked at prices"] == (2, 40)
    told = [rule for level, _, rule in about["rules"] if rule["title"] == "Looked at prices"]
    assert told[0]["said"] and told[0]["worth"] == "+20"


def test_the_model_is_told_with_its_rules(site: given.Site) -> None:
    sections = {section["anchor"]: section for section in site.given("model")["sections"]}
    lines = sections["score-lead-engagement"]["entries"]
    rules = site.given("site")["rules"]
    assert [rules[line["rule"]][2]["title"] for line in lines] == [
        "Looked at prices",
        "webinar",
        "contact.role == 'user'",
    ]
    assert (site.folder / "graph.svg").read_text(encoding="utf-8").startswith("<svg")


def test_nothing_from_data_can_end_a_script_or_be_a_key(site: given.Site) -> None:
    for path in (site.folder / "data").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search("[<\u2028\u2029]", text), path.name
    assert [row[0] for row in site.given("accounts")] == ["__proto__", "acme", "birch"]
    assert site.account("acme")["people"][0][1] == given.EVIL
    assert script("a", '"\u2028</script><!--"') == 'scoreline.give("a","\\u2028\\u003c/script>\\u003c!--");\n'


def test_the_same_input_makes_the_same_bytes(site: given.Site, tmp_path: Path) -> None:
    again = given.write(tmp_path / "site").folder
    assert contents(again) == contents(site.folder)


def test_a_site_without_history_and_events_says_so_and_a_backtest_is_handed_on(tmp_path: Path) -> None:
    site = given.write(tmp_path / "site", weeks=0, events=0, events_of_person=0, backtest={"cases": {"cases": 3}})
    assert site.given("site")["past"] is None
    assert site.account("acme")["history"] is None and site.account("acme")["events"] == []
    assert site.given("backtest") == {"cases": {"cases": 3}} and site.given("site")["backtest"] is True


def test_every_kind_of_event_is_shown_where_rules_ask_for_any() -> None:
    tour = scoreline.load("tour")
    assert types_read(make_plan(tour.model)) == list(tour.model.schema.events)


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- the pages themselves ---------------------------------------------------------------------------------------------


def test_the_page_runs_only_scripts_beside_it_and_names_no_other_place() -> None:
    page = (FRONT / "index.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None and "default-src 'none'" in policy[1]
    assert not re.search(r"unsafe|https?:|\*", policy[1])
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", page)
    listed = re.findall(r'<script src="app/([\w.]+)"', page)
    assert sorted(listed) == [path.name for path in SCRIPTS]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_of_texts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?://", text
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_scripts_are_sound() -> None:
    check = "for (const path of process.argv.slice(1)) new vm.Script(fs.readFileSync(path, 'utf8'), path)"
    subprocess.run(["node", "-e", check, *map(str, SCRIPTS)], check=True, capture_output=True)


def test_libraries_are_as_their_keepers_published_them() -> None:
    listed = re.findall(r"\| `([\w.]+)` .*`([0-9a-f]{64})` \|", (FRONT / "vendor" / "README.md").read_text("utf-8"))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FRONT / "vendor").glob("*.js")}
    assert dict(listed) == found and len(found) == 2


RANKED = given.RULES.replace('MQA "Marketing qualified": readiness >= 30', "MQA: rank(readiness) <= 2")
REMEMBERING = given.RULES.replace("engaged >= 1", "engaged >= 1 stays while readiness >= 5")


@pytest.mark.parametrize("rules", [given.RULES, RANKED, REMEMBERING], ids=["alone", "ranked", "remembering"])
def test_of_the_last_weeks_each_day_is_known(tmp_path: Path, rules: str) -> None:
    """Accounts and people moved on those days on which runs give them another stage than on the day before."""
    given.rules(tmp_path / "rules")
    (tmp_path / "rules" / "small.rules").write_text(rules, encoding="utf-8")
    ruleset = scoreline.load(tmp_path / "rules")
    dataset, folder = open_data(ruleset, given.data()), tmp_path / "site"
    folder.mkdir()
    write_site(folder, ruleset, dataset, instant(given.AS_OF, ruleset, dataset), Asked(8, explained=0), lambda _: None)
    site = given.Site(folder)
    last = datetime.date(2026, 3, 1)
    first = last - datetime.timedelta(weeks=1 if rules is REMEMBERING else 4)
    assert site.given("site")["past"]["daily"] == seconds_of(first)
    expected: dict[str, list[list[int]]] = {}
    before: dict[str, int] = {}
    for day in (first + datetime.timedelta(days=n) for n in range((last - first).days + 1)):
        found = score(ruleset, given.data(), as_of=day.isoformat())
        for level, rows in (("account", found.accounts), ("lead", found.leads)):
            names = [stage["name"] for stage in site.given("site")["levels"][level]["stages"]]
            for row in rows:
                place = names.index(row["stage"]) if row["stage"] else -1
                if day > first and place != before.get(row["id"], -1):
                    expected.setdefault(row["id"], []).append([seconds_of(day), before.get(row["id"], -1), place])
                before[row["id"]] = place
    people = [(owner, id) for id, _, _, owner in site.given("people") if owner]
    told = {id: site.account(id)["moves"] for id in ("acme", "birch", "__proto__")}
    told |= {id: site.person(owner, id)["moves"] for owner, id in people}
    assert {id: moves for id, moves in told.items() if moves} == {id: expected[id] for id in told if id in expected}
    assert expected


def seconds_of(day: datetime.date) -> int:
    end = datetime.datetime.combine(day, datetime.time.max, datetime.UTC)
    return int(end.timestamp())


def test_days_are_left_out_where_there_is_much_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "DAYS_OF_RECORDS", 7)
    site = given.write(tmp_path / "site")
    assert site.given("site")["past"]["daily"] is None
    assert all(site.account(id)["moves"] is None and site.account(id)["history"] for id in ("acme", "birch"))
