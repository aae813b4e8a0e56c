"""Rulesets that build on others (decision 68): what they add, replace and remove, and what they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

import scoreline
from scoreline.engine.compiling import compile_at
from scoreline.engine.model import lines
from scoreline.grammar.diagnostics import Diagnostic

from .both import MANIFEST, rows, scored, written

BASE = """\
param enough = 10
list buying = file 'buying.csv'
signal seen(name) = visit where page like name
measure keen for lead = seen('*') at least 2 times

score fit for lead 0..100:
    role: contact.role in buying => +20
    group interest max 5:
        pricing: seen('pricing') => +4
        docs: seen('docs') => +3
    first of:
        big: account.employees >= 1000 => +30
        small: account.employees >= 10 => +10
        otherwise => +1

grade rating for lead:
    fit: A >= 50, B

stages for lead:
    MQL "Marketing": fit >= enough
    SAL: fit >= 20
    SQL "Sales": fit >= 40
"""
KID = """\
param enough = 15

score fit for lead ..25:
    role: contact.role in buying => +12
    remove docs
    small: account.employees >= 10 => +9
    group interest max 6:
        pricing: seen('pricing*') => +5
        demo: demo => +2
    mine: contact.title mentions 'cto' => +1

stages for lead:
    remove SAL
    SQL "Sold": fit >= 20
    won: demo

measure keen for lead = seen('*')
"""
DATA = {
    "accounts": [{"id": "x", "employees": 50}],
    "contacts": [{"id": "ann", "account_id": "x", "role": "buyer", "title": "CTO"}],
    "events": [
        {"id": 1, "type": "visit", "timestamp": "2026-02-01", "contact_id": "ann", "page": "pricing/eu"},
        {"id": 2, "type": "demo", "timestamp": "2026-02-02", "contact_id": "ann"},
    ],
}
CHILD = """\
scoreline: 1
name: kid
files: [rules.rules]
extends: ../base
"""


@pytest.fixture
def kid(tmp_path: Path) -> Path:
    written(tmp_path / "base", BASE, MANIFEST + "timezone: Europe/Berlin\n", buying__csv="role\nbuyer\n")
    return written(tmp_path / "kid", KID, CHILD)


def found_in(folder: Path) -> list[Diagnostic]:
    return compile_at(folder)[1]


def told(folder: Path) -> list[tuple[str, str, str]]:
    return [(item.code, f"{item.span!r}", item.message) for item in found_in(folder)]


def test_by_hand_on_both_engines(kid: Path) -> None:
    """12 for the role, at most 6 of 5 + 2, 9 for a small account, 1 for the title: 28, and the range ends at 25."""
    found = scored(kid, DATA)
    assert rows(found, "fit", "keen", "rating", "stage") == {"ann": (25, True, "B", "won")}
    points = {(entry["line"], entry["kind"]): entry["points"] for entry in found.contributions}
    assert points == {
        ("role", "line"): 12,
        ("pricing", "line"): 5,
        ("demo", "line"): 2,
        ("interest", "cap"): -1,
        ("small", "line"): 9,
        ("mine", "line"): 1,
        (None, "clamp"): -3,
    }


def test_changed_lines_keep_their_place_and_new_ones_follow(kid: Path) -> None:
    model = scoreline.load(kid).model
    (score,) = model.scores("lead")
    assert [line.id for line in lines(score.items)] == [
        "role", "pricing", "demo", "big", "small", "fit.otherwise", "mine",
    ]  # fmt: skip
    assert (score.low, score.high) == (None, 25)
    ladder = model.stages("lead")
    assert ladder is not None
    assert [(stage.name, stage.label) for stage in ladder.stages] == [
        ("MQL", "Marketing"),
        ("SQL", "Sold"),
        ("won", None),
    ]


def test_settings_come_from_the_base_unless_given_again(kid: Path) -> None:
    ruleset = scoreline.load(kid)
    assert (ruleset.name, ruleset.model.timezone, ruleset.model.params) == ("kid", "Europe/Berlin", {"enough": 15.0})
    (kid / "ruleset.yaml").write_text(
        CHILD
        + "timezone: Asia/Tokyo\nschema: {account: {employees: text, vip: bool}, events: {visit: {depth: number}}}\n"
    )
    (kid / "rules.rules").write_text("score fit for lead:\n    remove big\n    remove small\n")
    model = scoreline.load(kid).model
    assert model.timezone == "Asia/Tokyo"
    assert {name: item.kind for name, item in model.schema.account.items()} == {
        "industry": "text",
        "region": "text",
        "employees": "text",
        "vip": "bool",
    }
    assert set(model.schema.events["visit"]) == {"page", "seconds", "depth"}


def test_a_chain_of_rulesets(kid: Path, tmp_path: Path) -> None:
    grandchild = written(tmp_path / "deeper" / "third", "score fit for lead:\n    mine: always => +2\n", CHILD)
    (grandchild / "ruleset.yaml").write_text(CHILD.replace("../base", "../../kid"))
    assert rows(scored(grandchild, DATA), "fit")["ann"] == 25
    entries = {entry["line"]: entry["points"] for entry in scored(grandchild, DATA).contributions}
    assert (entries["mine"], entries["role"], entries[None]) == (2, 12, -4)
    places = {line.id: line.span.path for line in lines(scoreline.load(grandchild).model.scores("lead")[0].items)}
    assert places["mine"] == "rules.rules"
    assert places["role"] == "../../kid/rules.rules" and places["big"] == "../../base/rules.rules"


def test_a_mistake_in_a_base_has_its_place(kid: Path, tmp_path: Path) -> None:
    base = tmp_path / "base" / "rules.rules"
    base.write_text(BASE.replace("account.employees >= 1000", "account.emploees >= 1000"))
    assert told(kid) == [("T102", "../base/rules.rules:12:22", "`account` has no field `emploees`")]


def test_a_conflict_shows_both_places(kid: Path) -> None:
    (kid / "rules.rules").write_text("score other for lead:\n    role: always => +1\nlist seen = ['a']\n")
    ids, names = (item for item in found_in(kid) if item.is_error)
    assert (ids.code, ids.span.path, ids.related[0].span.path) == ("T131", "rules.rules", "../base/rules.rules")
    assert (names.code, names.span.path, names.related[0].span.path) == ("T130", "rules.rules", "../base/rules.rules")


def test_what_is_not_there_cannot_be_removed(kid: Path) -> None:
    (kid / "rules.rules").write_text("score fit for lead:\n    remove dogs\n\nstages for lead:\n    remove SQ\n")
    errors = [(item.code, item.message, item.hint) for item in found_in(kid)]
    assert errors == [
        (
            "R108",
            "`remove dogs` takes a line of a base ruleset out, and none has that id in `fit`",
            "did you mean `docs`?",
        ),
        ("R108", "`remove SQ` takes a stage of a base ruleset out, and none has it", "did you mean `SQL`?"),
    ]


def test_a_line_moves_by_removing_it_first(kid: Path) -> None:
    (kid / "rules.rules").write_text("score fit for lead:\n    remove docs\n    docs: seen('docs') => +3\n")
    (score,) = scoreline.load(kid).model.scores("lead")
    assert [line.id for line in lines(score.items)][-1] == "docs"


def test_a_second_change_of_one_line_is_an_error(kid: Path) -> None:
    (kid / "rules.rules").write_text("score fit for lead:\n    role: always => +1\n    role: always => +2\n")
    assert [item.code for item in found_in(kid) if item.is_error] == ["T131"]


def test_lists_belong_to_the_folder_where_they_are_named(kid: Path) -> None:
    """`buying.csv` of the base is not read from the child's folder, nor the child's from the base's."""
    (kid / "buying.csv").write_text("role\nuser\n")
    assert rows(scored(kid, DATA), "fit")["ann"] == 25
    (kid / "rules.rules").write_text("list buying = file 'buying.csv'\n" + KID)
    assert rows(scored(kid, DATA), "fit")["ann"] == 16
    (kid / "rules.rules").write_text("list buying = file '../base/buying.csv'\n")
    assert [item.code for item in found_in(kid) if item.is_error] == ["R105"]


def test_circles_are_refused(kid: Path, tmp_path: Path) -> None:
    (tmp_path / "base" / "ruleset.yaml").write_text(MANIFEST + "extends: ../kid\n")
    assert ("R112", "../base/ruleset.yaml:10:10", "rulesets build on each other in a circle: kid → base → kid") in told(
        kid
    )
    (kid / "ruleset.yaml").write_text(CHILD.replace("../base", "."))
    assert [item.message for item in found_in(kid)] == ["rulesets build on each other in a circle: kid → kid"]


def test_chains_end(tmp_path: Path) -> None:
    written(tmp_path / "r0", "score fit for lead:\n    a: visit => +1\n", MANIFEST)
    for number in range(1, 12):
        written(tmp_path / f"r{number}", f"param p{number} = 1\n", CHILD.replace("../base", f"../r{number - 1}"))
    assert not [item for item in found_in(tmp_path / "r9") if item.is_error]
    assert "G106" in {item.code for item in found_in(tmp_path / "r11")}


@pytest.mark.parametrize(
    ("base", "code", "hint"),
    [
        ("../bese", "R101", "a base is a folder with a `ruleset.yaml`, or one that ships, such as `abm`"),
        ("standart", "R101", "did you mean `standard`?"),
        ("../base/rules.rules", "R101", "a base is a folder"),
        ("/etc", "R105", "write its path from this folder: `extends: ../abm`"),
    ],
)
def test_bases_that_are_none(kid: Path, base: str, code: str, hint: str) -> None:
    (kid / "ruleset.yaml").write_text(CHILD.replace("../base", base))
    (first, *_) = found_in(kid)
    assert (first.code, first.span.line) == (code, 4)
    assert first.hint.startswith(hint)


def test_one_that_ships_is_found_by_its_name(tmp_path: Path) -> None:
    folder = written(tmp_path, "param mqa_threshold = 50\n", CHILD.replace("../base", "by-example"))
    ruleset = scoreline.load(folder)
    assert ruleset.model.params["mqa_threshold"] == 50
    assert ruleset.fingerprint == scoreline.load("by-example", params={"mqa_threshold": 50}).fingerprint


def test_findings_of_a_base_that_only_inform_are_said_there(kid: Path, tmp_path: Path) -> None:
    """`first of … otherwise` has no id: the base says so, the child does not repeat it."""
    assert "L501" in {item.code for item in found_in(tmp_path / "base")}
    assert "L501" not in {item.code for item in found_in(kid)}
    warned = [(item.code, item.span.path) for item in found_in(kid) if item.severity == "warning"]
    assert warned == [("L101", "../base/rules.rules")], "`score fit` now ends at 25, and A of the base begins at 50"
