"""The examples of the README and of docs/ run as they stand.

A fenced block says so in its first line, after the language:

    ```rules tested            the rules are sound, as a ruleset of one file
    ```rules error=T102        they give exactly this code
    ```yaml file=abm/r.yaml    any language: written to that file, for the blocks that follow on the page
    ```console tested          each `$ scoreline …` runs, in the page's folder; where output is shown it comes so
                               (`...` stands for anything); a command that fails says so: `$ scoreline … # exit 1`
    ```console tested long     the soak runs it
    ```python tested           runs as a script

Commands are called inside this process where that prints the same; in the soak those of the README run as anyone runs
them. They have a cache, as anyone has.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scoreline.cli.failures import ending
from scoreline.cli.main import app
from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.runners import run as run_on_duckdb

from ..data.connections import fresh

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
FENCE = re.compile(r"^```(?P<language>\w+) (?P<marks>[^\n]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_WIDTH = "100"
DAY = 86_400_000_000
#: 2026-03-01T12:00Z.
NOON = 1_772_366_400_000_000
#: A few people of two companies; of their fields nothing is known.
PEOPLE = Population(
    [Account("acme"), Account("birch")],
    [Contact("ann", "acme"), Contact("ben", "acme"), Contact("cay", "birch")],
    [
        Event("e1", "page_view", NOON - 3 * DAY, "ann", None, {"page": "pricing", "seconds": 41.0}),
        Event("e2", "page_view", NOON - 40 * DAY, "ann", None, {"page": "docs/start", "seconds": 7.0}),
        Event("e3", "page_view", NOON - 2 * DAY, "ben", None, {"page": "pricing", "user_agent": "a crawler"}),
        Event("e4", "webinar", NOON - 5 * DAY, "ann", None, {"title": "intro", "minutes": 50.0}),
        Event("e5", "download", NOON - DAY, "ben", None, {"asset": "paper/one"}),
        Event("e6", "form_submit", NOON - 4 * DAY, "cay", None, {"form_name": "demo"}),
        Event("e7", "intent", NOON - 6 * DAY, None, "acme", {"topic": "crm", "score": 80.0}),
        Event("e8", "unsubscribed", NOON - 9 * DAY, "cay"),
        Event("e9", "sales_rejected", NOON - 9 * DAY, "ben", None, {"reason": "no budget"}),
    ],
)


@dataclass(frozen=True)
class Block:
    place: str
    language: str
    marks: str
    body: str

    def value(self, mark: str) -> str | None:
        found = re.search(rf"\b{mark}=(\S+)", self.marks)
        return found and found[1]

    @property
    def long(self) -> bool:
        return "long" in self.marks.split()


def pages() -> list[Path]:
    return [README, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(f"{page.relative_to(ROOT)}:{line}", found["language"], found["marks"], found["body"])


def case(page: Path, soak: bool) -> object:
    """A page as a case of a test: all of its examples, or all but the long ones."""
    name = f"{page.name}, whole" if soak else page.name
    return pytest.param(page, soak, id=name, marks=[pytest.mark.soak] if soak else [])


def cases() -> Iterator[object]:
    for page in pages():
        long = [block.long for block in blocks(page)]
        if not all(long):
            yield case(page, soak=False)
        if any(long) or page == README:
            yield case(page, soak=True)


@pytest.mark.usefixtures("shared_cache")
@pytest.mark.parametrize(("page", "soak"), list(cases()))
def test_the_examples_of_a_page_run(page: Path, soak: bool, tmp_path: Path, here: Here) -> None:
    execute = processes if soak and page == README else here
    for number, block in enumerate(blocks(page)):
        if block.long and not soak:
            continue
        if name := block.value("file"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(block.body, encoding="utf-8")
        elif block.language == "rules":
            check_rules(block, tmp_path / f"block_{number}.rules")
        elif block.language == "console":
            check_console(block, tmp_path, execute)
        elif block.language == "python":
            done = run([sys.executable, "-c", block.body], tmp_path)
            assert done.returncode == 0, f"{block.place}\n{done.stderr}"
        else:
            pytest.fail(f"{block.place}: nothing is known of a {block.language} block marked {block.marks!r}")


def check_rules(block: Block, path: Path) -> None:
    from scoreline.engine.ruleset import compile_ruleset

    path.write_text(block.body, encoding="utf-8")
    ruleset, found, _ = compile_ruleset(path)
    errors = {finding.code for finding in found if finding.is_error}
    wanted = block.value("error")
    codes = {finding.code for finding in found}
    assert (wanted in codes) if wanted else not errors, f"{block.place}: {[str(finding) for finding in found]}"
    if ruleset is not None:
        check_both_engines(block, ruleset.model)


def check_both_engines(block: Block, model: Model) -> None:
    """Rules that are shown as sound run, and give the same on both engines."""
    dataset = Dataset.from_population(PEOPLE, model.schema, fresh())
    with run_on_duckdb(model, dataset, NOON) as made:
        assert made.outcome() == interpret(model, PEOPLE, NOON, dataset.counts), block.place


def check_console(block: Block, folder: Path, execute: Execute) -> None:
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        words, _, remark = command.partition(" # exit ")
        code, output = execute(words.strip(), folder)
        assert code == int(remark or 0), f"{block.place}: $ {command}\n{output}"
        if shown.strip():
            pattern = ".*?".join(re.escape(piece) for piece in trimmed(shown).split("..."))
            assert re.fullmatch(pattern, trimmed(output), re.DOTALL), f"{block.place}: $ {command}\n{output}"


Execute = Callable[[str, Path], tuple[int, str]]
"""Executes a command of a shell in a folder; gives its exit code and all that it said."""


def processes(command: str, folder: Path) -> tuple[int, str]:
    """In a process of its own."""
    done = run(["bash", "-c", command], folder)
    return done.returncode, done.stdout + done.stderr


@dataclass(frozen=True)
class Here:
    """In this process, if it is our command and nothing that only a shell understands."""

    monkeypatch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]

    def __call__(self, command: str, folder: Path) -> tuple[int, str]:
        program, *words = shlex.split(command)
        if program != "scoreline" or any(set(word) <= set("|&;<>()") for word in words) or set(command) & set("$*~`"):
            return processes(command, folder)
        with self.monkeypatch.context() as patch:
            patch.chdir(folder)
            patch.setenv("COLUMNS", SHOWN_WIDTH)
            patch.setenv("NO_COLOR", "1")
            self.capfd.readouterr()
            code = ending(lambda: app.main(words, prog_name="scoreline", standalone_mode=False))
        return code, "".join(self.capfd.readouterr())


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capfd)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "COLUMNS": SHOWN_WIDTH, "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def test_the_example_in_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "docs" / "example.py"), run_name="__main__")
    out, err = capsys.readouterr()
    assert "alder-works reached MQA" in out, err


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert broken == []
