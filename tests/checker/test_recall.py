"""A ruleset compiled before is recalled as it was, and only as long as nothing that it was made of has changed."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine import buffers, instants, recall, shelf
from scoreline.engine.compiled import Compiled
from scoreline.engine.compiling import compile_at
from scoreline.engine.memory import remembers
from scoreline.engine.model import definitions
from scoreline.engine.places import shipped
from scoreline.engine.rows import compares, compares_all, walk

RULES = """list peers = file 'peers.csv' column name

score fit for lead:
    peer: contact.title in peers => +5
    short: contact.title contains 'cto' => +must
param must = 3
"""
MANIFEST = "scoreline: 1\nname: kept\nversion: 1.0.0\nfiles: [a.rules]\nschema: {contact: {title: text}}\n"


@pytest.fixture(autouse=True)
def kept(cache: Path) -> Path:
    """The folder where compiled rulesets are kept in a test."""
    return cache / "rulesets"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "own"
    home.mkdir()
    (home / "ruleset.yaml").write_text(MANIFEST)
    (home / "a.rules").write_text(RULES)
    (home / "peers.csv").write_text("name\nArchitect\n")
    return home


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed from now on."""
    found: list[str] = []
    parse = buffers.parse

    def noting(source: Any, *rest: Any) -> Any:
        found.append(source.path)
        return parse(source, *rest)

    monkeypatch.setattr(buffers, "parse", noting)
    return found


def compiled(place: Path | str, **settings: Any) -> Compiled:
    found = compile_at(place, **settings)[0]
    assert found is not None
    return found


def test_what_takes_long_to_find_is_kept_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled(shipped()["tour"])
    zone = instants.Zone.named(before.model.timezone)
    monkeypatch.setattr(instants, "_KNOWN", {})
    monkeypatch.setattr(instants, "_zone", lambda name: pytest.fail("its table is made"))
    monkeypatch.setattr(definitions, "inside", lambda item: pytest.fail("everything is gone through"))
    model = compiled(shipped()["tour"]).model
    assert model is not before.model and model.classes == before.model.classes
    assert compares(model) and remembers(model)
    assert instants.Zone.named(model.timezone) == zone


def test_what_stands_in_a_model_is_known_by_its_class() -> None:
    for place in shipped().values():
        model = compiled(place).model
        parts = [step.item for item in model.order for step in walk(item, "lead")]
        assert model.classes == set(map(type, parts)) and compares(model) is compares_all(*model.order)


def everything(ruleset: Compiled) -> Iterator[object]:
    """All of it, places included, which equality leaves out."""
    yield ruleset
    yield ruleset.sources
    yield ruleset.written
    for file in ruleset.files:
        yield from ((type(node), node.span) for node in file.walk())
    for definition in ruleset.model.order:
        yield from ((step.item, step.span, step.level) for step in walk(definition, "lead"))
    yield from ((found, found.span, found.related, found.fix) for found in ruleset.diagnostics)


# --- the same -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(shipped()))
def test_what_is_recalled_is_what_was_compiled(name: str, parsed: list[str]) -> None:
    first = compile_at(name)
    assert parsed
    parsed.clear()
    second = compile_at(name)
    assert parsed == []
    assert first[0] is not None and second[0] is not None
    assert list(everything(second[0])) == list(everything(first[0]))
    assert second[1:] == first[1:]


def test_doubts_are_recalled_too(folder: Path, parsed: list[str]) -> None:
    first, again = compile_at(folder)[1], compile_at(folder)[1]
    assert [item.code for item in again] == ["L303"]
    assert again == first
    assert parsed == ["a.rules"]


def test_who_scores_does_not_wait_for_lints(folder: Path, parsed: list[str]) -> None:
    assert compile_at(folder, linted=False)[1] == []
    assert [item.code for item in compile_at(folder)[1]] == ["L303"]
    assert [item.code for item in compile_at(folder, linted=False)[1]] == ["L303"]
    assert parsed == ["a.rules", "a.rules"]


def test_a_doubt_that_is_an_error_is_always_looked_for(folder: Path) -> None:
    (folder / "ruleset.yaml").write_text((folder / "ruleset.yaml").read_text() + "lints: {L303: error}\n")
    assert compile_at(folder, linted=False)[0] is None
    assert [item.code for item in compile_at(folder, linted=False)[1]] == ["L303"]


def test_a_single_file_is_recalled_with_what_data_have_shown(tmp_path: Path, parsed: list[str]) -> None:
    rules = tmp_path / "one.rules"
    rules.write_text("contact.age >= 5 => +1\n")
    codes = [[item.code for item in compile_at(rules)[1]] for _ in range(2)]
    assert codes[0] == codes[1]
    assert "R110" in codes[0]
    assert parsed == ["standard.rules", "one.rules"]


def test_the_same_place_by_another_path_is_the_path_that_was_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(folder)
    monkeypatch.chdir(folder.parent)
    assert compiled("own").path == Path("own")


def test_errors_are_found_each_time(folder: Path, parsed: list[str]) -> None:
    (folder / "a.rules").write_text("score fit for lead:\n    contact.titel == 'x' => +1\n")
    assert compile_at(folder)[0] is None
    assert compile_at(folder)[0] is None
    assert parsed == ["a.rules", "a.rules"]


# --- changed --------------------------------------------------------------------------


def test_a_changed_text_is_compiled_anew(folder: Path) -> None:
    before = compiled(folder).fingerprint
    (folder / "a.rules").write_text(RULES.replace("+5", "+6"))
    changed = compiled(folder)
    assert changed.fingerprint != before
    (folder / "ruleset.yaml").write_text(MANIFEST.replace("1.0.0", "1.1.0"))
    assert compiled(folder).version == "1.1.0"


def test_a_changed_list_is_read_anew(folder: Path) -> None:
    compiled(folder)
    (folder / "peers.csv").write_text("name\nArchitect\nEngineer\n")
    assert compiled(folder).written.lists["peers"] == ("Architect", "Engineer")


def test_params_are_part_of_what_is_asked_for(folder: Path) -> None:
    assert compiled(folder).model.params == {"must": 3}
    assert compiled(folder, params={"must": 7}).model.params == {"must": 7}
    assert compiled(folder).model.params == {"must": 3}


def test_a_file_of_rules_that_is_never_read_is_told_as_soon_as_it_is_there(folder: Path) -> None:
    compiled(folder)
    (folder / "b.rules").write_text("score other for lead:\n    always => +1\n")
    assert "R111" in {item.code for item in compile_at(folder)[1]}


def test_a_changed_base_counts_and_one_nearer_by_goes_before_one_that_ships(folder: Path) -> None:
    (folder / "ruleset.yaml").write_text(MANIFEST.replace("scoreline: 1\n", "scoreline: 1\nextends: starter\n"))
    shipping = compiled(folder)
    assert {"starter/ruleset.yaml"} < set(shipping.sources)
    shutil.copytree(shipped()["starter"], folder / "starter")
    near = folder / "starter" / "people.rules"
    near.write_text(near.read_text() + "\nparam spare = 1\n")
    assert "spare" in compiled(folder).model.params
    near.write_text(near.read_text().replace("spare = 1", "spare = 2"))
    assert compiled(folder).model.params["spare"] == 2


def test_other_code_compiles_anew(folder: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(folder)
    monkeypatch.setattr(recall, "this_code", lambda: "another version")
    compiled(folder)
    assert parsed == ["a.rules"] * 2


def test_the_code_is_that_of_the_grammar_and_the_engine() -> None:
    home = Path(recall.__file__).parent.parent
    names = {Path(path).relative_to(home).as_posix() for path, _ in recall._files(home)}
    assert {"grammar/rules.lark", "engine/checker/check.py", "engine/recall.py"} < names


# --- switched off, damaged, foreign -----------------------------------------------------


def test_switched_off_nothing_is_kept_or_recalled(
    folder: Path, kept: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(folder)
    monkeypatch.setenv("SCORELINE_CACHE", "off")
    compiled(folder)
    (entry,) = kept.iterdir()
    entry.unlink()
    compiled(folder)
    assert list(kept.iterdir()) == []
    assert parsed == ["a.rules"] * 3


def damage(entry: Path, how: str) -> None:
    whole = entry.read_bytes()
    match how:
        case "empty":
            entry.write_bytes(b"")
        case "cut":
            entry.write_bytes(whole[: len(whole) // 2])
        case "one bit":
            entry.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
        case "other":
            entry.write_bytes(b"\x89PNG" * 500)
        case "writable by others":
            entry.chmod(0o666)
        case "a link":
            entry.rename(entry.parent.parent / "elsewhere")
            entry.symlink_to(entry.parent.parent / "elsewhere")


@pytest.mark.parametrize("how", ["empty", "cut", "one bit", "other", "writable by others", "a link"])
def test_a_damaged_entry_is_ignored_and_made_anew(how: str, folder: Path, kept: Path, parsed: list[str]) -> None:
    before = compiled(folder)
    (entry,) = kept.iterdir()
    damage(entry, how)
    assert list(everything(compiled(folder))) == list(everything(before))
    assert parsed == ["a.rules"] * 2
    compiled(folder)
    assert parsed == ["a.rules"] * 2
    assert [path.name for path in kept.iterdir()] == [entry.name]
    assert entry.stat().st_mode & 0o777 == 0o600 and not entry.is_symlink()


class Calling:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self.command,)


def test_an_entry_that_wants_to_run_something_runs_nothing(folder: Path, kept: Path, tmp_path: Path) -> None:
    before = compiled(folder)
    (entry,) = kept.iterdir()
    frozen = pickle.dumps(Calling(f"touch {tmp_path / 'ran'}"), 5)
    shelf.Shelf("rulesets").put(entry.name, len(frozen).to_bytes(8, "big") + frozen + frozen)
    assert compiled(folder).fingerprint == before.fingerprint
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("which", ["scoreline", "scoreline/rulesets"])
def test_a_folder_that_others_may_write_to_is_not_used(
    which: str, folder: Path, kept: Path, parsed: list[str], tmp_path: Path
) -> None:
    compiled(folder)
    (tmp_path / "cache" / which).chmod(0o777)
    before = sorted(path.stat().st_mtime_ns for path in kept.iterdir())
    compiled(folder)
    assert parsed == ["a.rules"] * 2
    assert sorted(path.stat().st_mtime_ns for path in kept.iterdir()) == before


def test_a_folder_of_somebody_else_is_not_used(
    folder: Path, kept: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(folder)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    compiled(folder)
    assert parsed == ["a.rules"] * 2


def test_without_a_place_for_it_everything_is_compiled(
    folder: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    compiled(folder)
    compiled(folder)
    assert parsed == ["a.rules"] * 2


# --- room ------------------------------------------------------------------------------


def test_the_shelf_keeps_what_was_asked_for_last(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_FILES", 3)
    on = shelf.Shelf("rulesets")
    for number, key in enumerate("abc"):
        on.put(key, b"x")
        os.utime(kept / key, (number, number))
    assert on.get("a") == b"x"
    on.put("d", b"y")
    assert {path.name for path in kept.iterdir()} == {"a", "c", "d"}


def test_the_shelf_is_bounded_in_bytes(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_BYTES", 2500)
    monkeypatch.setattr(shelf, "MOST_BYTES_OF_ONE", 2000)
    on = shelf.Shelf("rulesets")
    on.put("a", bytes(1500))
    os.utime(kept / "a", (1, 1))
    on.put("b", bytes(1500))
    on.put("c", bytes(2001))
    assert {path.name for path in kept.iterdir()} == {"b"}
    assert on.get("a") is None and on.get("c") is None
