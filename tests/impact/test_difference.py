"""What a difference names, for each kind of thing that can change, and what is certain about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import scoreline
from scoreline.engine.impact.changes import Change
from scoreline.engine.impact.difference import Difference, difference
from scoreline.engine.impact.gate import BadGate, gate
from scoreline.engine.impact.verdict import verdict
from scoreline.engine.impact.versions import rises

from .history import write

MANIFEST = """\
scoreline: 1
name: shop
version: 1.0.0
files: [lead.rules, account.rules]
schema:
  contact: {role: [buyer, user], title: text, email: text}
  account: {industry: text, employees: number}
  events:
    page_view: {page: text, seconds: number}
    demo: {}
    ordered: {value: number}
"""
LEAD = """\
param hot = 40 in 10..80
list mine = ['gmail.com', 'web.de']
table worth = {buyer: 10, user: 2} default 0
signal visited(name) = page_view where page like name
signal busy = page_view where seconds >= 30
ignore page_view where page like 'jobs*'

derive contact.role:
    contact.title contains 'purchas' => 'buyer'
    otherwise => 'user'

score fit for lead 0..100:
    role: always => +worth(contact.role)
    first of:
        large: account.employees >= 1000 => +30
        mid: account.employees >= 100 => +15
    domain(contact.email) in mine => -10

score interest for lead 0..100:
    group pages max 20:
        pricing: visited('pricing*') => +10 halves every 30 days
        each busy within 30 days => +1 max 5
    when contact.role == 'buyer':
        docs: visited('docs*') at least 2 times => +5
    double: demo => *2
    only: ordered => set 90
    bought: ordered => disqualify 'customer' for 30 days
    gone: not page_view within 90 days => disqualify 'gone'

grade rating for lead:
    fit: A >= 40, B >= 20, C
"""
ACCOUNT = """\
measure people for account = count(leads where interest >= hot)

score heat for account 0..100:
    best: always => +max(interest of leads)
    several: people >= 2 => +20

stages for account:
    warm: heat >= 20
    MQA: heat >= hot and people >= 1
"""
TEXTS = {"ruleset.yaml": MANIFEST, "lead.rules": LEAD, "account.rules": ACCOUNT}


CASES = yaml.load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> scoreline.Ruleset:
    return scoreline.load(write(tmp_path_factory.mktemp("base") / "shop", TEXTS))


def edited(folder: Path, *edits: tuple[str, str, str]) -> scoreline.Ruleset:
    """The ruleset with texts replaced: the file, what must be there, and what stands there instead."""
    texts = dict(TEXTS)
    for file, old, new in edits:
        assert old in texts[file], old
        texts[file] = texts[file].replace(old, new, 1)
    return scoreline.load(write(folder / "shop", texts))


def named(change: Change) -> str:
    facets = "; ".join(
        f"{facet.name}{''.join(f' -{value}' for value in facet.gone)}{''.join(f' +{value}' for value in facet.come)}"
        if facet.gone or facet.come
        else f"{facet.name} {facet.was} → {facet.now}"
        for facet in change.facets
    )
    return f"{change.kind} {change.thing.what} {change.thing.name}" + (f": {facets}" if facets else "")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_change_is_named_with_what_is_certain_of_it(
    case: dict[str, Any], base: scoreline.Ruleset, tmp_path: Path
) -> None:
    edits = [(edit["file"], edit["old"], edit["new"]) for edit in case.get("edits", [])]
    found = difference(base, edited(tmp_path, *edits))
    assert list(map(named, found.changes)) == case.get("named", [])
    assert verdict(found).word == case.get("verdict", "not provable")


def reached(found: Difference) -> set[str]:
    return {key.words for key in found.reaches}


def test_what_depends_on_a_change_and_what_cannot(base: scoreline.Ruleset, tmp_path: Path) -> None:
    found = difference(base, edited(tmp_path, ("lead.rules", "hot = 40", "hot = 45")))
    (change,) = found.changes
    assert [user.name for user in change.users] == ["people of accounts", "MQA of accounts"]
    assert reached(found) == {"people of accounts", "heat of accounts", "stage of accounts"}
    assert [key.words for key in found.untouched if key.kind == "score"] == ["fit of leads", "interest of leads"]


def test_a_signal_names_the_lines_that_use_it(base: scoreline.Ruleset, tmp_path: Path) -> None:
    found = difference(base, edited(tmp_path, ("lead.rules", "page like name", "page like name and seconds > 3")))
    assert [user.name for user in found.changes[0].users] == ["pricing", "docs"]
    assert {item.now.name for item in found.affected} == {"pricing", "docs"}


def test_results_that_are_gone_break_what_reads_them(base: scoreline.Ruleset, tmp_path: Path) -> None:
    without = (
        ("lead.rules", LEAD[LEAD.index("grade") :], ""),
        ("lead.rules", "param hot = 40 in 10..80", "param warmth = 40"),
    )
    more = (
        *without,
        ("account.rules", "interest >= hot", "interest >= warmth"),
        ("account.rules", "heat >= hot", "heat >= warmth"),
    )
    said = verdict(difference(base, edited(tmp_path, *more)))
    assert said.word == "breaking"
    assert said.reasons == ("the param hot is gone: `--set hot=…` fails", "the grade rating of leads is gone")


def test_more_is_asked_of_the_data(base: scoreline.Ruleset, tmp_path: Path) -> None:
    edits = (
        ("ruleset.yaml", "title: text", "title: {type: text, required: true}"),
        ("ruleset.yaml", "value: number", "value: text"),
    )
    said = verdict(difference(base, edited(tmp_path, *edits)))
    assert said.reasons == (
        "records without `contact.title` are rejected now",
        "value of ordered is of another type: number before, text now",
    )


def test_what_if_a_param_were_another(base: scoreline.Ruleset) -> None:
    found = difference(base, scoreline.load(base.path, params={"hot": 60}))
    assert [named(change) for change in found.changes] == ["changed param hot: value 40 → 60"]


# --- gates and versions -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("movers", "write a measure"),
        ("movers > many", "write a measure"),
        ("mover > 1", "did you mean `movers`?"),
        ("mqa_change < -1", "`lost_mqas > 5%`"),
        ("changes > 3%", "`changes > 3`"),
        ("movers > 1; drop", "write a measure"),
    ],
)
def test_a_gate_that_is_none_says_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(BadGate) as error:
        gate(text)
    assert hint in error.value.hint


def test_a_gate_of_the_rules_alone(base: scoreline.Ruleset, tmp_path: Path) -> None:
    found = difference(base, edited(tmp_path, ("account.rules", "    warm: heat >= 20\n", "")))
    said = verdict(found)
    assert gate("breaking > 0").fails(found, said, None) == "breaking is 1"
    assert gate("changes >= 2").fails(found, said, None) == ""


@pytest.mark.parametrize(
    ("old", "new", "later"),
    [
        ("1.0.0", "1.0.1", True),
        ("1.9", "1.10", True),
        ("1.0", "1.0.0", False),
        ("1.2.0", "1.1.9", False),
        ("2.0.0-rc.2", "2.0.0-rc.10", True),
        ("2.0.0", "2.0.0-rc.1", False),
        ("v1.2", "1.3+build7", True),
        ("spring", "spring", False),
    ],
)
def test_which_version_is_later(old: str, new: str, later: bool) -> None:
    assert rises(old, new) == later
