"""The hooks of .pre-commit-hooks.yaml, called as pre-commit calls them: entry, args, and the names of changed files."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


def call(hook: dict[str, Any], folder: Path, args: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    changed = [name for name in names if re.search(hook["files"], name)]
    assert changed
    words = [*shlex.split(hook["entry"]), *(hook.get("args", []) if args is None else args)]
    words += changed if hook.get("pass_filenames", True) else []
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_each_hook_has_what_pre_commit_asks_for() -> None:
    assert list(HOOKS) == ["scoreline-fmt", "scoreline-validate", "scoreline-test"]
    for hook in HOOKS.values():
        assert {"id", "name", "entry", "language"} <= set(hook) and hook["language"] == "python"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    command = Path(sys.executable).parent / "scoreline"
    subprocess.run([command, "init", "mine"], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "mine"


def test_sound_rules_pass_and_broken_ones_do_not(mine: Path) -> None:
    for name in ("scoreline-fmt", "scoreline-validate"):
        done = call(HOOKS[name], mine)
        assert done.returncode == 0, done.stderr
    rules = mine / "people.rules"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace('+10 "Looked', '+30 "Looked'), encoding="utf-8")
    done = call(HOOKS["scoreline-test"], mine)
    assert done.returncode == 1 and "7 passed, 1 failed" in done.stdout
    rules.write_text(text.replace("visited(", "visted("), encoding="utf-8")
    assert call(HOOKS["scoreline-validate"], mine.parent, ["mine"]).returncode == 1


def test_the_layout_is_mended_in_place(tmp_path: Path) -> None:
    rough = tmp_path / "rough.rules"
    rough.write_text("visited( 'pricing' )   =>+20\n", encoding="utf-8")
    assert call(HOOKS["scoreline-fmt"], tmp_path).returncode == 0
    assert rough.read_text(encoding="utf-8") == "visited('pricing') => +20\n"
