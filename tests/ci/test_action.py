"""The steps of action.yml, run as GitHub runs them: in a repository with a pull request, with the files it gives."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
POINTS = '=> +10 "Looked at prices"'


@dataclass
class Job:
    """One use of the action. `outputs` are those of its steps, by their ids."""

    folder: Path
    inputs: dict[str, str]
    base: str
    temp: Path
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    log: str = ""

    def run(self, *only: str) -> Job:
        """The steps after the installation, or these of them; `scoreline` is the one of this environment."""
        self.inputs = {name: about["default"] for name, about in ACTION["inputs"].items()} | self.inputs
        for name in list(STEPS)[1:]:
            if (not only or name in only) and self._wanted(STEPS[name].get("if", "")):
                self._step(name)
        return self

    def output(self, name: str) -> str:
        return self._value(ACTION["outputs"][name]["value"])

    @property
    def summary(self) -> str:
        path = self.temp / "summary"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _wanted(self, condition: str) -> bool:
        """The conditions of this action are parts joined by `&&`."""
        for part in condition.removeprefix("${{ ").removesuffix(" }}").split(" && "):
            left, equal, right = part.partition(" == ")
            if part in ("", "!cancelled()"):
                continue
            value = self._of(left)
            if value != right.strip("'") if equal else not value:
                return False
        return True

    def _value(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: next(filter(None, map(self._of, found[1].split(" || "))), ""), text)

    def _of(self, name: str) -> str:
        match name.split("."):
            case ["inputs", key]:
                return self.inputs[key]
            case ["steps", step, "outputs", key]:
                return self.outputs.get(step, {}).get(key, "")
            case ["github", "event", "pull_request", "base", "sha"]:
                return self.base
        raise KeyError(name)

    def _step(self, name: str) -> None:
        step = STEPS[name]
        written = self.temp / "output"
        written.write_text("", encoding="utf-8")
        env = {key: self._value(value) for key, value in step.get("env", {}).items()}
        env |= {"GITHUB_OUTPUT": str(written), "GITHUB_STEP_SUMMARY": str(self.temp / "summary")}
        env |= {"RUNNER_TEMP": str(self.temp), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
        )
        self.codes[name] = done.returncode
        self.log += done.stdout + done.stderr
        if "id" in step:
            pairs = (line.partition("=") for line in written.read_text(encoding="utf-8").splitlines())
            self.outputs[step["id"]] = {key: value for key, _, value in pairs}


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    command = Path(sys.executable).parent / "scoreline"
    subprocess.run([command, "init", "my rules"], cwd=folder, check=True, capture_output=True)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def repository(first: Path, tmp_path: Path) -> Path:
    """A repository with the starter in `my rules`, all committed."""
    return Path(shutil.copytree(first, tmp_path / "repository"))


def job(folder: Path, base: str = "", **inputs: str) -> Job:
    temp = folder.parent / "temp"
    temp.mkdir(exist_ok=True)
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    return Job(folder, {"ruleset": "my rules"} | named, base, temp)


def change(folder: Path, old: str, new: str) -> None:
    rules = folder / "my rules" / "people.rules"
    text = rules.read_text(encoding="utf-8")
    assert old in text
    rules.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.soak
def test_a_pull_request_gets_findings_failed_scenarios_and_what_it_changes(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    change(repository, POINTS, '=> +30 "Looked at prices"')
    gates = "changes > 0\n\nmovers > 99%\n"
    done = job(repository, base, data="my rules/data", fail_if=gates, check_version="true").run()
    assert done.codes == {"Choose a folder": 0, "Find what to compare with": 0, "Validate": 1, "Test": 1, "Compare": 1}
    assert "::error title=R113 version-not-raised,file=my rules/ruleset.yaml,line=" in done.log
    assert "fails changes > 0" in done.log

    (run,) = json.loads(Path(done.output("sarif")).read_text(encoding="utf-8"))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (run["results"][0]["ruleId"], place) == ("R113", "my%20rules/ruleset.yaml")
    failures = ElementTree.parse(done.output("junit")).findall(".//failure")
    assert failures and "came" in (failures[0].text or "")
    comment = Path(done.output("diff")).read_text(encoding="utf-8")
    assert "points `+10` → `+30`" in comment and "In these data" in comment
    heads = [line for line in done.summary.splitlines() if line.startswith("## ")]
    assert heads == ["## Findings in `my rules`", "## Scenarios of `my rules`", "## my-rules 0.1.0"]
    assert comment in done.summary


@pytest.mark.soak
def test_a_push_without_a_pull_request_compares_nothing(repository: Path) -> None:
    done = job(repository).run()
    assert set(done.codes.values()) == {0} and "Compare" not in done.codes
    assert done.output("sarif") and done.output("junit")
    assert done.output("diff") == ""


def test_a_ruleset_that_is_new_has_nothing_to_be_compared_with(repository: Path) -> None:
    base = git(repository, "commit-tree", "-m", "empty", git(repository, "mktree", "--missing"))
    done = job(repository, base, test="false").run()
    assert set(done.codes.values()) == {0} and "Test" not in done.codes
    assert "::notice::" in done.log and done.output("diff") == ""


def test_who_mends_broken_rules_is_not_stopped_by_them(repository: Path) -> None:
    change(repository, POINTS, "=> +ten")
    git(repository, "commit", "-qam", "broken")
    base = git(repository, "rev-parse", "HEAD")
    change(repository, "=> +ten", POINTS)
    done = job(repository, base).run("Choose a folder", "Find what to compare with", "Compare")
    assert set(done.codes.values()) == {0}
    assert "::warning::the rules could not be compared" in done.log


def test_broken_rules_fail_with_the_place(repository: Path) -> None:
    change(repository, POINTS, "=> +ten")
    done = job(repository).run()
    assert done.codes["Validate"] == 1 and done.codes["Test"] == 1
    assert done.output("sarif") and done.output("junit") == ""
    assert re.search(r"^::error title=.*,file=my rules/people\.rules,line=\d+,", done.log, re.MULTILINE)


def test_a_base_that_was_not_checked_out_is_fetched(repository: Path, tmp_path: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    change(repository, POINTS, '=> +30 "Looked at prices"')
    git(repository, "commit", "-qam", "second")
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", repository.as_uri(), str(shallow))
    done = job(shallow, base).run("Find what to compare with")
    assert done.outputs["base"] == {"commit": base}
    assert git(shallow, "show", f"{base}:my rules/people.rules").count(POINTS) == 1


@pytest.mark.parametrize("names", [["data", "as-of", "fail-on", "fail-if"], ["ruleset"], ["against"]], ids=len)
@pytest.mark.parametrize("evil", ["$(touch evil)`touch evil`; touch evil #", "--help"])
def test_no_input_becomes_a_command_or_an_option(repository: Path, names: list[str], evil: str) -> None:
    base = git(repository, "rev-parse", "HEAD")
    done = job(repository, base, **{**dict.fromkeys(names, evil), "test": "false"}).run()
    assert {2, 128} & set(done.codes.values())
    assert not (repository / "evil").exists()
    assert "Exit code 0: clean" not in done.log and "Compare two versions" not in done.log  # the text of --help


def test_nothing_is_pasted_into_a_script() -> None:
    assert [name for name, step in STEPS.items() if "${{" in step["run"] or step["shell"] != "bash"] == []


def test_every_input_is_used_and_every_output_is_given() -> None:
    text = json.dumps(ACTION["runs"])
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []
    assert all(about["description"] for about in [*ACTION["inputs"].values(), *ACTION["outputs"].values()])


def test_what_is_installed_is_the_checkout_or_what_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "python").write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    for asked, wanted in (("", "the checkout"), ("scoreline==0.1.0", "scoreline==0.1.0")):
        env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "INSTALL": asked, "CHECKOUT": "the checkout"}
        done = subprocess.run(
            ["bash", "-c", STEPS["Install Scoreline"]["run"]], env=env, capture_output=True, text=True, check=True
        )
        assert done.stdout.endswith(f" -- {wanted}\n")


def test_the_workflow_that_is_shown_uses_what_there_is() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    github, gitlab, hooks = map(yaml.safe_load, re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    use = next(step for step in github["jobs"]["scoring"]["steps"] if step.get("id") == "scoreline")
    assert set(use["with"]) <= set(ACTION["inputs"])
    assert set(re.findall(r"steps\.scoreline\.outputs\.(\w+)", page)) <= set(ACTION["outputs"])
    assert [name for name in ACTION["inputs"] if f"`{name}`" not in page] == []
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks["repos"][0]["hooks"]] == [hook["id"] for hook in known]
    for line in gitlab["scoring"]["script"]:
        for command, words in re.findall(r"scoreline (validate|diff|test) ([^;]*)", line):
            options = {
                name
                for each in importlib.import_module(f"scoreline.cli.{command}_command").command.params
                for name in each.opts
            }
            assert set(re.findall(r"--[a-z-]+", words)) <= options
