"""`init` writes what runs at once, and never over anything."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def test_the_starter_is_sound_and_called_like_its_folder(scoreline: Call, tmp_path: Path) -> None:
    done = scoreline("init", tmp_path / "Our Rules")
    assert done.code == 0 and done.out == ""
    assert "\nname: our-rules\n" in (tmp_path / "Our Rules" / "ruleset.yaml").read_text(encoding="utf-8")
    assert scoreline("validate", tmp_path / "Our Rules", "--fail-on", "info").code == 0


def test_the_next_steps_are_commands_that_work(scoreline: Call, tmp_path: Path) -> None:
    done = scoreline("init", tmp_path / "first")
    _, _, steps = done.err.partition("\nNext\n")
    commands = [line.split()[1:] for line in steps.strip().splitlines()]
    assert [words[0] for words in commands] == ["validate", "test", "run"]
    for words in commands:
        assert scoreline(*words).code == 0, words


def test_nothing_is_overwritten(scoreline: Call, tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("mine")
    done = scoreline("init", tmp_path)
    assert done.code == 2
    assert "is there already" in done.err and "scoreline init my-rules" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["ruleset.yaml"]


def test_the_current_folder_is_the_default(scoreline: Call, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert scoreline("init").code == 0
    assert (tmp_path / "ruleset.yaml").exists()
    assert scoreline("validate", ".").code == 0


def test_a_folder_with_something_in_it_must_be_named(scoreline: Call, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    for words in (("init",), ("init", "--demo-data")):
        done = scoreline(*words)
        assert done.code == 2 and "not empty" in done.err and "scoreline init my-rules" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert scoreline("init", ".").code == 0


def test_hidden_files_are_nothing_that_one_would_mix_up(scoreline: Call, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert scoreline("init").code == 0


@pytest.mark.parametrize("words", [("--accounts", "5"), ("--seed", "7"), ("--until", "2026-03-01")])
def test_options_of_made_up_data_do_nothing_without_them(
    scoreline: Call, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = scoreline("init", tmp_path / "mine", *words)
    assert done.code == 2 and f"`{words[0]}`" in done.err and "add `--demo-data`" in done.err
    assert not (tmp_path / "mine").exists()


def test_made_up_data_are_the_same_for_one_seed(scoreline: Call, tmp_path: Path) -> None:
    words = ("--demo-data", "--accounts", "20", "--until", "2026-03-01")
    for name in ("one", "two"):
        assert scoreline("init", tmp_path / name, *words).code == 0
    one = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert one == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    events = [json.loads(line) for line in one["events.ndjson"].splitlines()]
    assert max(each.get("received_at", each["timestamp"]) for each in events) <= "2026-03-01T23:59:59Z"
    assert any("received_at" in each for each in events)
    assert scoreline("init", tmp_path / "one", *words).code == 2


@pytest.mark.parametrize("more", [(), ("--demo-data", "--accounts", "2")])
def test_all_files_are_there_or_none(
    scoreline: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    def full(self: Path, *words: Any, **more: Any) -> int:
        if self.name in ("README.md", "ABOUT.md"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, *words, **more)

    written = Path.write_text
    monkeypatch.setattr(Path, "write_text", full)
    done = scoreline("init", tmp_path / "new", *more)
    assert done.code == 1 and "the disk is full" in done.err
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert scoreline("init", tmp_path / "new", *more).code == 0
    assert not [path for path in (tmp_path / "new").iterdir() if path.name.startswith(".")]
