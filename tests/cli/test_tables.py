"""Tables for people fit the terminal, and say what they leave out."""

from __future__ import annotations

from pathlib import Path

import pytest

import scoreline
from scoreline.cli.tables import fitting, show
from scoreline.engine import frames, model
from scoreline.engine.best import best
from scoreline.engine.results import EntityResult
from scoreline.engine.schema import Schema

DATA = Path(scoreline.__file__).parent / "rulesets/starter/data"
CONDITION = model.Const(True)
MODEL = model.Model(
    name="m",
    version="1",
    timezone="UTC",
    schema=Schema(),
    order=(
        model.Score("lead", "fit", ()),
        model.Score("lead", "engagement", ()),
        model.Measure("lead", "breadth", model.Const(1.0, kind="number")),
        model.Grade("lead", "rating", ()),
        model.Stages("lead", (model.Stage("MQL", CONDITION), model.Stage("SQL", CONDITION))),
    ),
)


def lead(id_: str, engagement: int, stage: str | None) -> EntityResult:
    scores = {"fit": 10_000, "engagement": engagement}
    return EntityResult("lead", id_, "acme", scores, {"breadth": 1.0}, {"rating": "A1"}, stage, None)


LEADS = [lead("d", 990_000, None), lead("b", 10_000, "MQL"), lead("c", 10_000, "SQL"), lead("a", 10_000, "MQL")]
TABLE = frames.entity_table(MODEL, "lead", LEADS)
NAMES = [column.name for column in TABLE.columns]
CELLS = [["somebody@example.com", "some-company", "55.1234", "100", "3", "A1", "MQL", ""]]


def fitted(room: int, cells: list[list[str]] = CELLS) -> tuple[list[str], list[str]]:
    places, left_out = fitting(TABLE.columns, cells, room)
    return [NAMES[place] for place in places], left_out


def test_the_best_come_first_by_stage_then_score_then_id() -> None:
    assert [row[0] for row in best(TABLE, MODEL, 9)] == ["c", "a", "b", "d"]


def test_all_columns_are_there_where_there_is_room_but_no_empty_reasons() -> None:
    assert fitted(200) == (NAMES[:-1], [])
    disqualified = [[*CELLS[0][:-1], "competitor"]]
    assert fitted(200, disqualified) == (NAMES, [])


@pytest.mark.parametrize(
    ("room", "left_out"),
    [
        (71, ["breadth"]),
        (60, ["breadth", "account_id"]),
        (50, ["breadth", "account_id", "fit"]),
        (40, ["breadth", "account_id", "fit", "rating"]),
        (10, ["breadth", "account_id", "fit", "rating"]),
    ],
)
def test_columns_leave_in_the_order_of_their_worth(room: int, left_out: list[str]) -> None:
    names, gone = fitted(room)
    assert gone == left_out
    assert {"id", "engagement", "stage"} <= set(names)


@pytest.mark.parametrize(("columns", "id_"), [("80", "434dff58" * 8), ("30", "someone")])
def test_a_long_id_is_cut_and_no_number(
    columns: str, id_: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    show(TABLE, frames.entity_table(MODEL, "lead", [lead(id_, 205_051, "MQL")]).rows)
    row = capsys.readouterr().out.splitlines()[2]
    assert len(row) <= int(columns)
    assert "20.5051" in row and "MQL" in row and row.startswith(id_[:7])


def test_accounts_that_nobody_has_take_no_column() -> None:
    assert "account_id" not in fitted(200, [["ann", "", "55", "100", "3", "A1", "MQL", ""]])[0]


def test_what_is_not_shown_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    show(TABLE, TABLE.rows[:2])
    out = capsys.readouterr().out
    assert "… and 2 more: --top 4" in out
    assert "not shown for want of room: breadth, account_id" in " ".join(out.split())
    assert "\x1b" not in out


def test_ids_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = frames.entity_table(MODEL, "lead", [lead("\x1b[2Jevil [red]", 0, None)])
    show(table, table.rows)
    assert "�[2Jevil [red]" in capsys.readouterr().out


def test_numbers_have_four_decimals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    third = EntityResult(
        "lead", "a", "acme", {"fit": 0, "engagement": 0}, {"breadth": 1 / 3}, {"rating": "A1"}, None, None
    )
    table = frames.entity_table(MODEL, "lead", [third])
    show(table, table.rows, 1)
    assert "0.3333 " in capsys.readouterr().out


@pytest.mark.parametrize("level", ["leads", "accounts"])
def test_the_best_are_the_same_wherever_results_lie(level: str) -> None:
    rules = scoreline.load("starter")
    held, plain = (rules.score(DATA, as_of="latest", engine=engine) for engine in ("duckdb", "interpreter"))
    inside, here = getattr(held, level), getattr(plain, level)
    ladder = rules.model.stages("lead" if level == "leads" else "account")
    for stage in (None, "nobody's", *(each.name for each in (ladder.stages if ladder else ()))):
        for most in (1, 3, len(here) + 1):
            assert best(inside, rules.model, most, stage) == best(here, rules.model, most, stage)
    assert len(best(inside, rules.model, len(here) + 1)) == len(here) > 3


def test_names_that_differ_in_case_alone_are_columns_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "cases.rules"
    file.write_text(
        "score ID for lead:\n    each visit => +1\nscore Stage for lead:\n    each visit => +5\n"
        "stages for lead:\n    hot: Stage >= 10\n",
        encoding="utf-8",
    )
    visits = [
        {"id": number, "type": "visit", "timestamp": "2026-02-01T00:00:00Z", "contact_id": who}
        for number, who in enumerate("abbcccdd")
    ]
    data = {"events": visits}
    rules = scoreline.load(file, data=data)
    leads = rules.score(data, as_of="2026-03-01").leads
    assert [row[0] for row in best(leads, rules.model, 9)] == ["c", "b", "d", "a"]
    assert [row[0] for row in best(leads, rules.model, 9, "hot")] == ["c", "b", "d"]
