"""`fmt` writes rules in their canonical form, and only where it may."""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
ROUGH = "visited   =>+5 # paid once\n"
CLEAN = "visited => +5  # paid once\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with a rough file, a clean one, one that cannot be read, and one that is hidden."""
    for name, text in {
        "rough.rules": ROUGH,
        "deep/clean.rules": CLEAN,
        "deep/broken.rules": "visited => 5\n",
        ".hidden/rough.rules": ROUGH,
        "notes.txt": ROUGH,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_is_formatted_and_what_cannot_be_read_is_left_alone(scoreline: Call, rules: Path) -> None:
    done = scoreline("fmt", rules)
    assert done.code == 1
    assert "S115" in done.err and "1 file formatted, 1 file already in form, 1 file left alone" in done.err
    texts = {
        path.relative_to(rules).as_posix(): path.read_text("utf-8") for path in rules.rglob("*.*") if path.is_file()
    }
    assert texts == {
        "rough.rules": CLEAN,
        "deep/clean.rules": CLEAN,
        "deep/broken.rules": "visited => 5\n",
        ".hidden/rough.rules": ROUGH,
        "notes.txt": ROUGH,
    }


def test_check_says_what_would_change_and_writes_nothing(scoreline: Call, rules: Path) -> None:
    done = scoreline("fmt", "--check", rules / "rough.rules", rules / "deep" / "clean.rules")
    assert done.code == 1 and done.out == ""
    assert "would format" in done.err and "1 file would be formatted, 1 file already in form" in done.err
    assert (rules / "rough.rules").read_text("utf-8") == ROUGH
    assert scoreline("fmt", "--check", rules / "deep" / "clean.rules").code == 0


def test_diff_shows_it(scoreline: Call, rules: Path) -> None:
    done = scoreline("fmt", "--diff", rules / "rough.rules")
    assert done.code == 0
    assert f"-{ROUGH}+{CLEAN}" in done.out
    assert (rules / "rough.rules").read_text("utf-8") == ROUGH
    assert scoreline("fmt", "--diff", "--check", rules / "rough.rules").code == 1


@pytest.mark.parametrize("flags, out, code", [((), CLEAN, 0), (("--check",), "", 1), (("--diff",), f"+{CLEAN}", 0)])
def test_standard_input(
    scoreline: Call, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...], out: str, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ROUGH.encode())))
    done = scoreline("fmt", *flags, "-")
    assert done.code == code and done.err == ""
    assert done.out.endswith(out) and (out or done.out == "")


def test_standard_input_that_cannot_be_read_gives_nothing(scoreline: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"visited => 5")))
    done = scoreline("fmt", "-")
    assert (done.code, done.out) == (1, "") and "<stdin>:1:12" in done.err


def test_line_ends_rights_and_links_stay(scoreline: Call, tmp_path: Path) -> None:
    real = tmp_path / "real.rules"
    real.write_bytes(b"\xef\xbb\xbfvisited=>+5\r\n\r\nparam a=1\r\n")
    real.chmod(0o640)
    (tmp_path / "link.rules").symlink_to(real)
    assert "1 file formatted" in scoreline("fmt", tmp_path / "link.rules").err
    assert real.read_bytes() == b"visited => +5\r\n\r\nparam a = 1\r\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640 and (tmp_path / "link.rules").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.rules", "real.rules"]


@pytest.mark.parametrize(
    "path, said",
    [("missing.rules", "there is no file or folder"), ("notes.txt", "is no file of rules"), ("-", "alone")],
)
def test_what_is_no_rules_is_refused(scoreline: Call, rules: Path, path: str, said: str) -> None:
    done = scoreline("fmt", rules / "rough.rules", path if path == "-" else rules / path)
    assert done.code == 2 and said in done.err
    assert (rules / "rough.rules").read_text("utf-8") == ROUGH


def test_a_folder_without_rules(scoreline: Call, tmp_path: Path) -> None:
    done = scoreline("fmt", tmp_path)
    assert (done.code, done.err.strip()) == (0, "no files of rules there")
