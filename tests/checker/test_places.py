"""Rulesets that are not there, or cannot be read: words, never an exception."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scoreline.engine.compiling import compile_at
from scoreline.grammar.diagnostics import Diagnostic

MANIFEST = "scoreline: 1\nname: a\nfiles: [rules.rules]\n"


def findings(path: str | Path) -> list[Diagnostic]:
    ruleset, found, _ = compile_at(path)
    assert ruleset is None
    return found


def messages(path: str | Path) -> list[str]:
    return [f"{item.code} {item.message}" for item in findings(path)]


def folder(path: Path, manifest: str = MANIFEST, rules: str | bytes = "") -> Path:
    path.mkdir(exist_ok=True)
    (path / "ruleset.yaml").write_text(manifest, encoding="utf-8")
    (path / "rules.rules").write_bytes(rules.encode() if isinstance(rules, str) else rules)
    return path


def test_no_such_ruleset(tmp_path: Path) -> None:
    found = findings("amb")
    assert [item.message for item in found] == ["there is no ruleset `amb`"]
    assert found[0].hint == "did you mean `abm`?"
    assert messages(tmp_path / "nothing" / "here") == [f"R101 there is no ruleset `{tmp_path}/nothing/here`"]


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "lead.rules").write_text("always => +1\n")
    assert messages(tmp_path) == [f"R101 the folder `{tmp_path}` has no `ruleset.yaml`"]
    assert findings(tmp_path)[0].hint == f"add one, or name a file: `{tmp_path}/lead.rules`"


def test_the_manifest_itself_and_other_files(tmp_path: Path) -> None:
    folder(tmp_path)
    assert messages(tmp_path / "ruleset.yaml") == [f"R101 `{tmp_path}/ruleset.yaml` is the manifest of a ruleset"]
    (tmp_path / "notes.txt").write_text("")
    assert messages(tmp_path / "notes.txt") == [f"R101 `{tmp_path}/notes.txt` is no ruleset"]


@pytest.mark.parametrize("path", ["", ".", "\0", "a\0b.rules", "x" * 5000, "x" * 300 + ".rules", "/dev/null", "\udcff"])
def test_odd_paths(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {item.code for item in findings(path)} <= {"R101", "R107"}


def test_a_link_that_goes_in_circles(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to("round")
    assert {item.code for item in findings(tmp_path / "round")} <= {"R101", "R107"}
    ruleset = folder(tmp_path / "a")
    (ruleset / "rules.rules").unlink()
    (ruleset / "rules.rules").symlink_to("rules.rules")
    assert messages(ruleset) == ["R102 there is no file `rules.rules`"]


def test_a_link_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "secret.rules").write_text("always => +1\n")
    ruleset = folder(tmp_path / "a")
    (ruleset / "rules.rules").unlink()
    (ruleset / "rules.rules").symlink_to("../secret.rules")
    assert messages(ruleset) == ["R105 `rules.rules` lies outside of the ruleset's folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    ruleset = folder(tmp_path / "a")
    (ruleset / "rules.rules").chmod(0)
    assert messages(ruleset) == ["R107 `rules.rules` cannot be read: permission denied"]


def test_a_file_that_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = folder(tmp_path / "a")
    read = Path.read_text

    def refuse(path: Path, *args: str) -> str:
        if path.name == "rules.rules":
            raise PermissionError(13, "Permission denied")
        return read(path, *args)

    monkeypatch.setattr(Path, "read_text", refuse)
    assert messages(ruleset) == ["R107 `rules.rules` cannot be read: permission denied"]


@pytest.mark.parametrize("name", ["a\\0b.rules", "x" * 300 + ".rules", "", ".", "..", "/", "sub/../../x"])
def test_odd_names_of_files(name: str, tmp_path: Path) -> None:
    manifest = f'scoreline: 1\nname: a\nfiles: ["{name}"]\n'
    codes = {item.code for item in findings(folder(tmp_path / "a", manifest))}
    assert codes and codes <= {"R102", "R104", "R105"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00a", "R106 `rules.rules` is not UTF-8 text (byte 1)"),
        (b"always => +1\n\xe4", "R106 `rules.rules` is not UTF-8 text (byte 14)"),
        (b"#" * 5_000_001, "R106 `rules.rules` is larger than 5 MB"),
        (b"a\0b", "S130 this is not a text file: it has a NUL character"),
    ],
)
def test_files_that_are_no_text(content: bytes, message: str, tmp_path: Path) -> None:
    assert messages(folder(tmp_path / "a", rules=content)) == [message]


def test_a_folder_among_the_files(tmp_path: Path) -> None:
    ruleset = folder(tmp_path / "a", "scoreline: 1\nname: a\nfiles: [rules]\n")
    (ruleset / "rules").mkdir()
    assert messages(ruleset)[0] == "R102 `rules` is a folder"


def test_a_link_that_leads_nowhere_is_not_suggested_for_itself(tmp_path: Path) -> None:
    ruleset = folder(tmp_path / "a")
    (ruleset / "rules.rules").unlink()
    (ruleset / "rules.rules").symlink_to("nowhere.rules")
    (found,) = findings(ruleset)
    assert (found.code, found.hint) == ("R102", "there is no file of rules in the ruleset's folder")


def test_a_manifest_that_is_no_text(tmp_path: Path) -> None:
    ruleset = folder(tmp_path / "a")
    (ruleset / "ruleset.yaml").write_bytes(b"\xff")
    assert messages(ruleset) == ["R106 `ruleset.yaml` is not UTF-8 text (byte 1)"]


def test_a_file_with_a_byte_order_mark_and_foreign_line_ends(tmp_path: Path) -> None:
    rules = b"\xef\xbb\xbfscore fit for lead:\r\n    always => +1\r\n"
    ruleset, found, _ = compile_at(folder(tmp_path / "a", rules=rules))
    assert ruleset is not None and not [item for item in found if not item.code.startswith("L")]


def test_the_same_list_from_a_folder_or_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths belong to the ruleset's folder, wherever the program runs."""
    ruleset = folder(tmp_path / "a", rules="list x = file 'x.csv'\nscore fit for lead:\n    'a' in x => +1\n")
    (ruleset / "x.csv").write_text("name\na\n")
    monkeypatch.chdir(tmp_path)
    assert compile_at("a")[0] is not None
    monkeypatch.chdir(ruleset)
    assert compile_at(".")[0] is not None


def test_one_file_by_two_names(tmp_path: Path) -> None:
    ruleset = folder(tmp_path / "a", "scoreline: 1\nname: a\nfiles: [rules.rules, ./rules.rules]\n")
    assert messages(ruleset) == ["R104 `./rules.rules` is the file `rules.rules` once more"]


def test_a_published_ruleset_is_found_by_its_last_name() -> None:
    _, findings, _ = compile_at("gitlab")
    assert [item.hint for item in findings] == ["did you mean `published/gitlab`?"]
