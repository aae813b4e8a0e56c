"""`validate` says everything at once, in the format and with the exit code that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

MANIFEST = """\
scoreline: 1
name: small
version: 1.0.0
files: [lead.rules]
schema:
  contact: {role: [buyer, user], email: text}
  events:
    page_view: {page: text}
"""
RULES = """\
signal visited(name) = page_view where page like name

score engagement for lead 0..100:
    buyer_on_pricing: contact.role == 'buyer' and visited('pricing') => +20
    mail: contact.email is known => +1
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "small" / "lead.rules").write_text(RULES, encoding="utf-8")
    return tmp_path / "small"


def test_a_clean_ruleset_is_said_to_be_clean(scoreline: Call, small: Path) -> None:
    done = scoreline("validate", small, "--fail-on", "info")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"{small}: no findings\n"


def test_mistakes_in_rules_are_shown_in_place(scoreline: Call, small: Path) -> None:
    (small / "lead.rules").write_text(RULES.replace("contact.role", "contact.rol"), encoding="utf-8")
    done = scoreline("validate", small)
    assert done.code == 1
    assert "--> lead.rules:4:31" in done.out and "did you mean `role`?" in done.out
    assert "1 error" in done.err


def test_programs_get_paths_that_they_can_open(scoreline: Call, small: Path, monkeypatch: Any) -> None:
    (small / "lead.rules").write_text(RULES.replace("contact.role", "contact.rol"), encoding="utf-8")
    monkeypatch.chdir(small.parent)
    assert scoreline("validate", "small", "--format", "concise").out.startswith("small/lead.rules:4:31: T")
    (found,) = json.loads(scoreline("validate", "small", "--format", "json").out)["diagnostics"]
    assert (found["path"], found["line"], found["column"]) == ("small/lead.rules", 4, 31)
    assert "file=small/lead.rules,line=4" in scoreline("validate", "small", "--format", "github").out
    monkeypatch.chdir(small)
    assert scoreline("validate", ".", "--format", "concise").out.startswith("lead.rules:4:31: T")


def test_scenarios_are_looked_at_too(scoreline: Call, small: Path) -> None:
    (small / "tests").mkdir()
    (small / "tests" / "first.yaml").write_text("as_of: 2026-03-01\nscenario: []\n", encoding="utf-8")
    done = scoreline("validate", small)
    assert done.code == 1
    assert "X101" in done.out and "tests/first.yaml:2:1" in done.out


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_warnings_fail_only_where_that_was_asked_for(scoreline: Call, small: Path, fail_on: str, code: int) -> None:
    manifest = MANIFEST.replace("email: text", "email: text, phone: text")  # never used
    (small / "ruleset.yaml").write_text(manifest, encoding="utf-8")
    done = scoreline("validate", small, "--fail-on", fail_on)
    assert "1 warning" in done.err
    assert done.code == code


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x00binary", b"score", b"\xef\xbb\xbfscore x for lead:\r\n"])
def test_files_that_are_no_rules_are_findings(scoreline: Call, small: Path, content: bytes) -> None:
    (small / "lead.rules").write_bytes(content)
    done = scoreline("validate", small, "--fail-on", "warning")
    assert done.code in (0, 1)
    assert "Traceback" not in done.err and "internal error" not in done.err


def test_a_single_file_may_name_what_only_the_data_know(scoreline: Call, tmp_path: Path) -> None:
    """An event type of the data is no mistake, and what the data do not have either is told without `add --data`."""
    (tmp_path / "one.rules").write_text("trial: signup within 30 days => +5\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "events.csv").write_text(
        "id,type,timestamp,contact_id\n1,signup,2026-03-01T10:00:00Z,ann\n", encoding="utf-8"
    )
    assert scoreline("validate", tmp_path / "one.rules").code == 1
    assert scoreline("validate", tmp_path / "one.rules", "--data", tmp_path / "data").code == 0
    (tmp_path / "one.rules").write_text("trial: singup_ within 30 days => +5\nx: other => +1\n", encoding="utf-8")
    done = scoreline("validate", tmp_path / "one.rules", "--data", tmp_path / "data")
    assert done.code == 1
    assert "`signup`" in done.out and "--data" not in done.out
