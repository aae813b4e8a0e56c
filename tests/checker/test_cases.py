"""Golden pairs: rules, and every finding of the checker with its place, its words and its way out.

A case is a mapping in `cases/*.yaml`: `rules` (the text of rules.rules; with signals.rules and the manifest of this
folder), or `manifest` and `files` of its own, or `alone` (a single file of rules, with `seen`: the schema that data
showed), perhaps `params`; and `found`: each finding with `code`, `at` (the underlined text), `message`, `label` and
`hint`. Findings of the lints, and of what no run computes yet, are left out. A case without `found` is sound.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scoreline.grammar.codes import CODES

from .compiled import MANIFEST, Outcome, compiled, compiled_alone

FOLDER = Path(__file__).with_name("cases")
OURS = {code for code in CODES if code[0] in "TRG"}
ELSEWHERE = {"R101", "R107", "R113"}  # test_places.py, impact/test_history.py


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}-{case['name'].replace(' ', '-')}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def outcome(case: dict[str, Any], folder: Path) -> Outcome:
    if "alone" in case:
        return compiled_alone(folder, case["alone"], case.get("seen"))
    return compiled(
        folder,
        case.get("rules", ""),
        manifest=case.get("manifest", MANIFEST),
        files=case.get("files"),
        params=case.get("params"),
    )


def shown(result: Outcome) -> list[dict[str, str]]:
    """The findings as a case writes them."""
    found = []
    for item in result.findings:
        if not item.code.startswith(("L", "P")):
            parts = {
                "at": result.underlined(item.span),
                "message": item.message,
                "label": item.label,
                "hint": item.hint,
            }
            found.append({"code": item.code, **{key: value for key, value in parts.items() if value}})
    return found


@pytest.mark.parametrize("case", cases())
def test_the_findings_are_these(case: dict[str, Any], tmp_path: Path) -> None:
    result = outcome(case, tmp_path)
    assert shown(result) == case.get("found", [])
    assert (result.ruleset is None) == any(item.is_error for item in result.findings)


@pytest.mark.parametrize("code", sorted(OURS - ELSEWHERE))
def test_every_code_has_a_case(code: str) -> None:
    assert any(found["code"] == code for case in cases() for found in case.values[0].get("found", []))


@pytest.mark.parametrize("case", cases())
def test_findings_are_worded_as_the_house_asks(case: dict[str, Any], tmp_path: Path) -> None:
    """One line, lower case, no period at the end; message, label and hint are three different sentences."""
    for item in outcome(case, tmp_path).findings:
        for part in (item.message, item.label, item.hint):
            assert "\n" not in part and not part.endswith(".") and not part[:1].isupper(), part
        words = [part for part in (item.message, item.label, item.hint) if part]
        assert len(set(words)) == len(words)
        assert item.message
