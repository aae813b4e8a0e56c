"""`validate --fix`: mends what mends itself, shows it, keeps the meaning, and has nothing to do the second time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.fixes import meaning, mend
from scoreline.engine.places import shipped
from scoreline.engine.ruleset import compile_ruleset, load

Call = Callable[..., Any]

MANIFEST = """\
scoreline: 1
name: small
version: 1.0.0
files: [a.rules]
schema:
  contact: {role: [buyer, user], email: text, title: text}
  events:
    page_view: {page: text}
"""
HEAD = "signal visited(name) = page_view where page like name\n\nscore e for lead 0..100:\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path / "small"


def rules(folder: Path, *lines: str) -> Path:
    path = folder / "a.rules"
    path.write_text(HEAD + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    return path


def body(path: Path) -> list[str]:
    return [line[4:] for line in path.read_text(encoding="utf-8").removeprefix(HEAD).splitlines()]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x: contact.role = 'buyer' AND visited('p') : +20", "x: contact.role == 'buyer' and visited('p') => +20"),
        ("x: visited('p') && contact.email is known => 5 points", "x: visited('p') and contact.email is known => +5"),
        ("x: visited('p') at least three times => +3", "x: visited('p') at least 3 times => +3"),
        ("x: visited('p') => +3  # allow L303 of old", "x: visited('p') => +3"),
        ("visited('p') => +3", "visited_p: visited('p') => +3"),
        (
            "x: contact.title contains 'vp' => +3  # allow L201, L303 no such",
            "x: contact.title contains 'vp' => +3  # allow L303 no such",
        ),
    ],
)
def test_each_fix_is_applied_and_none_is_left(small: Path, before: str, after: str) -> None:
    path = rules(small, before)
    done = mend(small)
    assert body(path) == [after] and done.mended
    assert mend(small).mended == [] and body(path) == [after]
    assert compile_ruleset(small)[0] is not None


def test_a_comment_of_its_own_line_goes_with_its_line(small: Path) -> None:
    path = rules(small, "# allow L303 of old", "x: visited('p') => +3", "# kept", "y: visited('q') => +3")
    mend(small)
    assert body(path) == ["x: visited('p') => +3", "# kept", "y: visited('q') => +3"]


def test_what_was_mended_is_shown(scoreline: Call, small: Path) -> None:
    rules(small, "contact.role == 'buyer' => 5", "x: visited('p') => +3  # allow L303 of old")
    done = scoreline("validate", small, "--fix")
    assert done.code == 0
    assert "corrected a.rules:4 S115" in done.err and "mended a.rules:5 L505" in done.err
    assert "  -    contact.role == 'buyer' => 5\n" in done.err
    assert "  +    contact_role_buyer: contact.role == 'buyer' => +5\n" in done.err
    assert "2 fixes that keep the meaning and 1 correction of what could not be read" in done.err
    assert "nothing here mends itself" in scoreline("validate", small, "--fix").err


def test_an_id_that_scenarios_speak_of_stays(small: Path) -> None:
    path = rules(small, "visited('p') => +3", "visited('q') => +3")
    (small / "tests").mkdir()
    (small / "tests" / "one.yaml").write_text(
        "as_of: 2026-03-01\nscenarios:\n  - name: one\n    contacts: [{id: ann}]\n"
        "    expect: {leads: {ann: {not_lines: [e.visited_p]}}}\n",
        encoding="utf-8",
    )
    mend(small)
    assert body(path) == ["visited('p') => +3", "visited_q: visited('q') => +3"]


def test_line_ends_and_what_is_not_ours_stay(scoreline: Call, small: Path) -> None:
    path = rules(small, "visited('p') => 3")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    mend(small)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfsignal") and path.read_bytes().endswith(b"('p') => +3\r\n")
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    done = scoreline("validate", "starter", "--fix")
    assert done.code == 2 and "`starter` is no path" in done.err


def test_what_cannot_be_mended_stays_as_it_is(small: Path) -> None:
    path = rules(small, "x: contact.rolle == 'buyer' => +5", "y: nothing_known => +5")
    before = path.read_bytes()
    assert mend(small).mended == [] and path.read_bytes() == before
    assert sorted(each.name for each in small.iterdir()) == ["a.rules", "ruleset.yaml"]


@pytest.mark.parametrize("name", ["by-example", "published/rfm"])
def test_a_whole_ruleset_keeps_its_meaning(tmp_path: Path, name: str) -> None:
    from scoreline.engine.places import published

    copy = tmp_path / "copy"
    shutil.copytree((shipped() | published())[name], copy)
    before = meaning(load(copy).model)
    done = mend(copy)
    after = load(copy)
    assert meaning(after.model) == before and not any(each.is_correction for each in done.mended)
    assert [item for item in after.diagnostics if item.fix is not None] == []
