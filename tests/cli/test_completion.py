"""What shells complete, by the protocol that click's scripts talk, and in bash itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import get_completion_class

from scoreline.cli.main import app

Call = Callable[..., Any]


def offered(*words: str, shell: str = "fish") -> dict[str, str | None]:
    """What is offered for the last word, with what is said of each."""
    made = get_completion_class(shell)
    assert made is not None
    found = made(app, {}, "scoreline", "_SCORELINE_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return {item.value: item.help for item in found if item.type == "plain"}


@pytest.mark.parametrize(
    "words, some",
    [
        (("",), ["run", "fmt", "completion"]),
        (("run", "ab"), ["abm", "abm-emea"]),
        (("run", "published/git"), ["published/gitlab", "published/gitlab-trial"]),
        (("run", "by-example", "--fo"), ["--format"]),
        (("run", "by-example", "--set", "mqa"), ["mqa_threshold=65"]),
        (("run", "by-example", "--stage", "M"), ["MEA", "MQA"]),
        (("explain", "by-example", "acme", "--why-not", "S"), ["SQA"]),
        (("graph", "by-example", "--focus", "eng"), ["engagement", "engaged"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
    ],
    ids=" ".join,
)
def test_what_is_offered(words: tuple[str, ...], some: list[str]) -> None:
    found = offered(*words)
    assert set(some) <= set(found)
    assert all(value.startswith(words[-1]) for value in found)


def test_scenarios_are_offered_by_name() -> None:
    (name, *_) = sorted(offered("test", "by-example", "-k", ""))
    assert " " in name and set(offered("test", "by-example", "-k", name[:5])) >= {name}


@pytest.mark.parametrize("ruleset", ["no-such", "/", "pyproject.toml"])
def test_where_nothing_can_be_read_nothing_is_offered(ruleset: str) -> None:
    assert offered("run", ruleset, "--set", "") == {}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_command(scoreline: Call, shell: str) -> None:
    done = scoreline("completion", shell)
    assert done.code == 0 and "_SCORELINE_COMPLETE" in done.out and f"{shell}_complete" in done.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_in_bash_itself(tmp_path: Path) -> None:
    """The script is loaded, and the function that it registers is called as bash calls it."""
    command = tmp_path / "scoreline"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from scoreline.cli.main import main; main()" "$@"\n')
    command.chmod(0o755)
    script = """
        eval "$(scoreline completion bash)"
        complete -p scoreline
        COMP_WORDS=(scoreline test by-example -k the) COMP_CWORD=4
        _scoreline_completion scoreline
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, timeout=60
    )
    registered, *names = done.stdout.splitlines()
    assert "_scoreline_completion" in registered
    assert names and all(name.startswith("the\\ ") for name in names)
