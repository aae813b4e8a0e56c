"""`scoreline backtest`: what people read, what programs read, and how it refuses."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest

from scoreline.cli.backtest_words import sample
from scoreline.cli.failures import ending
from scoreline.cli.main import app
from scoreline.engine.backtest.report import Cases

from . import planted

DAY = 86_400_000_000
ROOT = Path(__file__).parents[2]
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def backtest(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Call:
    """Calls the command; gives its exit code, stdout and stderr, without colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    def call(*words: object) -> tuple[int, str, str]:
        capfd.readouterr()
        told = ["backtest", *map(str, words)]
        code = ending(lambda: app.main(told, prog_name="scoreline", standalone_mode=False))
        out, err = capfd.readouterr()
        return code, click.unstyle(out), click.unstyle(err)

    return call


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A ruleset, and a file of data."""
    folder = tmp_path_factory.mktemp("command")
    planted.ruleset(folder / "planted")
    data = folder / "data.json"
    data.write_text(json.dumps(planted.data(120)), encoding="utf-8")
    return folder / "planted", data


def asked(place: tuple[Path, Path], *more: str) -> list[str]:
    return [str(place[0]), "--data", str(place[1]), "--won", "deal_won", *more]


def test_people_get_the_answer_first_in_eighty_columns(backtest: Call, place: tuple[Path, Path]) -> None:
    more = ("--lost", "deal_lost", "--capacity", "20", "--precision", "0.5", "--by", "account.industry")
    code, out, err = backtest(*asked(place, *more))
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "Does readiness of planted 1.0.0 predict?" and lines[1].startswith(
        "readiness tells won from lost"
    )
    assert max(map(len, lines)) <= 80
    for part in (
        "How well it separates",
        "Tenths of the cases",
        "Where to draw the line",
        "Stages as a forecast",
        "From stage to stage",
        "Which lines predict",
        "What a score says of the chance",
        "Quarter by quarter",
        "By account.industry",
    ):
        assert part in out
    assert re.search(r"complaint\s+harmful", out) and re.search(r"demo\s+predictive", out)
    assert "`complaint`: the lost have more points by it than the won" in out
    assert "For no more than 20 in all: readiness >= " in out
    assert f"scoreline tune {place[0]} --data {place[1]} --won deal_won --lost deal_lost" in err


def test_programs_get_all_of_it(backtest: Call, place: tuple[Path, Path]) -> None:
    code, out, _ = backtest(*asked(place, "--lost", "deal_lost", "--format", "json", "--against", str(place[0])))
    found = json.loads(out)
    assert code == 0
    page = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8").partition("## JSON")[2]
    assert all(f"`{key}`" in page or f"`{key}." in page for key in found)
    parts = ("sample", "signal", "calibration", "waterfall", "comparison")
    rows = ("thresholds", "deciles", "stages", "quarters", "lines")
    named = [key for part in parts for key in found[part]] + [key for part in rows for key in found[part][0]]
    assert [key for key in named if f"`{key}`" not in page] == []
    assert found["comparison"]["difference"] == {"value": 0, "low": 0, "high": 0}
    assert found["sample"]["cases"] == 120 == found["thresholds"][-1]["volume"]
    assert {line["verdict"] for line in found["lines"]} <= {"predictive", "harmful", "noise", "unclear"}


def test_pages_can_be_written(backtest: Call, place: tuple[Path, Path], tmp_path: Path) -> None:
    for form, begins in (("html", "<!doctype html>"), ("markdown", "## Does readiness")):
        out = tmp_path / f"page.{form}"
        code, shown, err = backtest(*asked(place, "--quick", "--format", form, "--out", str(out)))
        assert (code, shown) == (0, "") and f"wrote {out}" in err
        text = out.read_text(encoding="utf-8")
        assert text.startswith(begins)
        assert ("<svg" in text and "<script" not in text) if form == "html" else "⠀" in text


def test_a_score_of_leads_is_tested_on_leads() -> None:
    fields = {"won": "won", "lost": None, "won_cases": 5, "first": 0, "last": 0, "until": 0, "instants": 3}
    drawn = Cases(
        "snapshots", "lead", cases=90, accounts=12, horizon=90 * DAY, gap=0, every="month", left_out={}, **fields
    )
    assert sample(drawn).startswith("Leads of 12 accounts (those without one count as one each), scored at the end")
    assert sample(replace(drawn, level="account")).startswith("12 accounts, scored at the end of each month")


def test_few_outcomes_are_no_reason_to_fail(backtest: Call, place: tuple[Path, Path], tmp_path: Path) -> None:
    data = tmp_path / "few.json"
    data.write_text(json.dumps(planted.data(9, seed=1)), encoding="utf-8")
    code, out, _ = backtest(place[0], "--data", data, "--won", "deal_won", "--lost", "deal_lost", "--quick")
    assert code == 0 and "too few to say whether readiness predicts" in out


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--won", "deal_wn"], 2, "did you mean `deal_won`?"),
        (["--won", "deal_won", "--score", "readines"], 2, "did you mean `readiness`?"),
        (["--won", "deal_won", "--horizon", "soon"], 2, "`soon` is no length of time"),
        (["--won", "deal_won", "--horizon", "3 years"], 1, "give a shorter one"),
        (["--won", "deal_won", "--horizon", "0 days"], 1, "cases was won within 0 days of being scored"),
        (["--won", "deal_won", "--by", "account.industri"], 2, "did you mean `industry`?"),
        (["--won", "deal_won", "--accepted", "demo"], 2, "`--accepted` without `--rejected`"),
        (["--won", "deal_won", "--reason", "reason"], 2, "add `--accepted … --rejected …`"),
        (["--won", "deal_won", "--from", "2026-02-01", "--to", "2026-01-01"], 2, "2026-02-01, is after the last"),
        (["--won", "deal_won", "--lost", "deal_lost", "--every", "week"], 2, "`--every` is about days when all are"),
        (["--won", "demo"], 1, "error[L701 looks-ahead]: `demo` reads `demo` events"),
        (["--won", "deal_won", "--against", "nowhere"], 2, "is in no git repository"),
        ([], 2, "--won"),
    ],
)
def test_what_is_wrong_is_said_with_a_way_out(
    backtest: Call, place: tuple[Path, Path], more: list[str], code: int, said: str
) -> None:
    found, out, err = backtest(place[0], "--data", place[1], *more)
    assert (found, out) == (code, "") and said in err and "internal error" not in err


@pytest.mark.parametrize(
    "more", [["--by", "account.industri"], ["--score", "readines"], ["--lost", "deal_lst"], ["--from", "2026-02-30"]]
)
def test_what_needs_no_data_is_said_before_any_are_read(
    backtest: Call, place: tuple[Path, Path], more: list[str]
) -> None:
    code, _, err = backtest(place[0], "--data", place[1] / "gone", "--won", "deal_won", *more)
    assert code == 2 and more[1].removeprefix("account.") in err and "gone" not in err


def test_without_its_libraries_it_says_which(
    backtest: Call, place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else found(name))
    code, _, err = backtest(*asked(place))
    assert code == 2 and "scikit-learn" in err and "pip install 'scoreline[backtest]'" in err
