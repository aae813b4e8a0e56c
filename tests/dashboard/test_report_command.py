"""`scoreline report`: where it writes, where it refuses to, and what is left when it fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scoreline.cli.failures import ending
from scoreline.cli.main import app
from scoreline.engine.dashboard import write as writing
from scoreline.engine.dashboard.explained import REMEMBERING, USUAL

from . import given
from .conftest import Call

WORDS = ("--as-of", given.AS_OF, "--history", "none")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the small ruleset and its data."""
    return lay_out(tmp_path)


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    """The same, and a site that was made of them."""
    return Path(shutil.copytree(made, tmp_path, dirs_exist_ok=True))


def lay_out(folder: Path) -> Path:
    given.rules(folder / "small")
    (folder / "data").mkdir()
    (folder / "data" / "events.json").write_text(json.dumps(given.data()["events"]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small ruleset, its data and a site of them, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    lay_out(folder)
    words = ["report", folder / "small", "--data", folder / "data", *WORDS, "--out", folder / "site"]
    assert ending(lambda: app.main([str(each) for each in words], prog_name="scoreline", standalone_mode=False)) == 0
    return folder


def report(scoreline: Call, place: Path, out: str = "site", *more: str) -> tuple[int, str, str]:
    return scoreline("report", place / "small", "--data", place / "data", *WORDS, "--out", place / out, *more)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_a_site_says_how_large_it_is_and_replaces_its_own(scoreline: Call, site: Path) -> None:
    (site / "site" / "index.html").write_text("of last week", encoding="utf-8")
    code, out, err = report(scoreline, site)
    assert (code, out) == (0, "") and f"wrote {site / 'site'} (" in err and "open it in a browser: " in err
    listed = json.loads((site / "site" / "scoreline-report.json").read_text(encoding="utf-8"))["files"]
    assert set(listed) == names(site / "site") and "index.html" in listed
    assert "of last week" not in (site / "site" / "index.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in site.iterdir()) == ["data", "site", "small"]


@pytest.mark.parametrize(
    ("out", "put", "said"),
    [
        ("mine", "mine/letter.txt", "is there already, and no report made it"),
        ("data", None, "is the folder of the data"),
        ("small", None, "is the folder of the ruleset"),
        ("data/events", None, "lies inside the data"),
        ("data/events.json", None, "is a file"),
    ],
)
def test_it_leaves_alone_what_is_not_its_own(
    scoreline: Call, place: Path, out: str, put: str | None, said: str
) -> None:
    if put is not None:
        (place / put).parent.mkdir()
        (place / put).write_text("dear", encoding="utf-8")
    before = names(place)
    code, _, err = report(scoreline, place, out)
    assert code == 2 and said in err and "hint" in err and "Traceback" not in err
    assert names(place) == before


def test_a_file_that_somebody_put_into_the_site_is_not_lost(scoreline: Call, site: Path) -> None:
    (site / "site" / "CNAME").write_text("scores.example", encoding="utf-8")
    code, _, err = report(scoreline, site)
    assert code == 2 and "CNAME` is not of the report that is there" in err
    assert (site / "site" / "CNAME").is_file()


def test_an_empty_folder_is_taken(scoreline: Call, place: Path) -> None:
    (place / "site").mkdir()
    assert report(scoreline, place)[0] == 0


def test_what_fails_half_way_leaves_the_old_site(scoreline: Call, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in (site / "site").rglob("*") if path.is_file()}

    def full(*_given: Any) -> None:
        raise OSError(28, "No space left on device", "data/site.js")

    monkeypatch.setattr(writing, "write_shards", full)
    code, _, err = report(scoreline, site)
    assert code == 1 and "the disk is full" in err
    assert {path: path.read_bytes() for path in (site / "site").rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in site.iterdir()) == ["data", "site", "small"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--history", "0"), "give a number of weeks from 1 to 520, or `none`"),
        (("--history", "long"), "give a number of weeks"),
        (("--backtest", "not-there.json"), "there is no `not-there.json`"),
        (("--set", "nothing=1"), "nothing"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_made(
    scoreline: Call, place: Path, more: tuple[str, ...], said: str
) -> None:
    code, _, err = report(scoreline, place, "site", *more)
    assert code == 2 and said in err and not (place / "site").exists()


def test_a_backtest_must_be_one(scoreline: Call, place: Path) -> None:
    (place / "other.json").write_text("[1]", encoding="utf-8")
    code, _, err = report(scoreline, place, "site", "--backtest", str(place / "other.json"))
    assert code == 1 and "is no result of a backtest" in err


def test_the_help_says_how_many_are_explained_unasked(scoreline: Call) -> None:
    _, out, _ = scoreline("report", "--help")
    assert f"Default: {USUAL} ({REMEMBERING} where" in " ".join(out.split())
