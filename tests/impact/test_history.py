"""A branch on which a ruleset changes five times, and what a reviewer sees of each change."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from scoreline.cli.failures import ending
from scoreline.cli.main import app

from .history import AS_OF, BASE, COMMITS, companies, edit, write

GOLDENS = Path(__file__).parent / "goldens"
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def scoreline(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Call:
    """`scoreline("diff", …)` gives exit code, stdout and stderr, without colour, 80 columns wide."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        words = [str(each) for each in arguments]
        code = ending(lambda: app.main(words, prog_name="scoreline", standalone_mode=False))
        out, err = capfd.readouterr()
        return code, click.unstyle(out), click.unstyle(err)

    return call


def git(folder: Path, *words: str) -> None:
    """Git without anybody's settings."""
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=Rae", "-c", "user.email=rae@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **fixed})


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the ruleset, one that builds on it, and a branch with the five commits, each with a tag."""
    top = tmp_path_factory.mktemp("repository")
    git(top, "init", "-q", "-b", "main")
    rules = write(top / "rules" / "pipeline")
    texts = {"ruleset.yaml": "scoreline: 1\nname: smaller\nextends: ../pipeline\nfiles: [own.rules]\n"}
    write(top / "rules" / "smaller", {**texts, "own.rules": "score readiness for account:\n    remove large\n"})
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "the rules")
    git(top, "tag", "base")
    git(top, "checkout", "-q", "-b", "topic")
    for commit in COMMITS:
        edit(rules, commit)
        git(top, "commit", "-qam", commit.name)
        git(top, "tag", commit.name)
    (top / "data.json").write_text(json.dumps(companies()), encoding="utf-8")
    return top


@pytest.fixture
def here(branch: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The command is called at the top of the repository."""
    monkeypatch.chdir(branch)
    yield branch


STEPS = list(zip(["base", *(commit.name for commit in COMMITS)], COMMITS, strict=False))


@pytest.mark.parametrize(("before", "commit"), STEPS, ids=[commit.name for commit in COMMITS])
def test_what_a_reviewer_sees_of_each_change(before: str, commit: object, here: Path, scoreline: Call) -> None:
    """The Markdown of a pull request, looked at, is kept in `goldens`."""
    name = commit.name  # type: ignore[attr-defined]
    words = ("--data", "data.json", "--as-of", AS_OF, "--by", "account.industry", "--top", 3, "--format", "markdown")
    code, out, err = scoreline("diff", f"{before}..{name}", "rules/pipeline", *words)
    assert code == 0, err
    seen = re.sub(r"\([0-9a-f]{7}\)", "(commit)", out)
    golden = GOLDENS / f"{name}.md"
    if not golden.exists():
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8")


def verdicts(scoreline: Call, *words: object) -> tuple[str, list[str]]:
    code, out, err = scoreline("diff", *words, "--format", "json")
    assert code == 0, err
    found = json.loads(out)
    return found["verdict"], [f"{item['change']} {item['name']}" for item in found["changes"]]


def test_every_way_to_name_the_two_sides(here: Path, scoreline: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    points = ("not provable", ["changed pricing"])
    assert verdicts(scoreline, "cosmetic:rules/pipeline", "points:rules/pipeline") == points
    assert verdicts(scoreline, "cosmetic:rules/pipeline", "points") == points
    assert verdicts(scoreline, "cosmetic..points", "rules/pipeline") == points
    assert verdicts(scoreline, "roll-up", "rules/pipeline") == ("identical", [])
    assert verdicts(scoreline, "roll-up:rules/smaller", "rules/smaller") == ("identical", [])
    assert verdicts(scoreline, "cosmetic..points", "rules/smaller") == points
    whole = verdicts(scoreline, "main..", "rules/pipeline")
    assert verdicts(scoreline, "main...", "rules/pipeline") == whole
    assert len(whole[1]) == 6
    monkeypatch.chdir(here / "rules" / "pipeline")
    assert verdicts(scoreline, "main..") == whole
    assert verdicts(scoreline, "main") == whole
    assert verdicts(scoreline, "cosmetic:./", "points") == points


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nope", "rules/pipeline"), "no revision `nope`"),
        (("--", "--output=x", "rules/pipeline"), "is no revision"),
        (("base:rules/later", "rules/pipeline"), "there was no `rules/later`"),
        (("base:../outside", "rules/pipeline"), "outside of the repository"),
        (("base:rules", "rules/pipeline"), "`rules` is no ruleset"),
        (("rules/pipeline",), "only one ruleset"),
        (("main..",), "which ruleset is meant?"),
        (("main..:rules/pipeline", "rules/pipeline"), "a range and a path"),
        (("base", "rules/pipeline", "--fail-if", "mqa_change > 1%"), "add `--data PATH`"),
        (("base", "rules/pipeline", "--fail-if", "mqa_chang > 1%"), "did you mean `mqa_change`?"),
        (("base", "rules/pipeline", "--data", "data.json", "--by", "account.industri"), "did you mean `industry`?"),
        (("base", "rules/pipeline", "--data", "data.json", "--stage", "MQB"), "did you mean `MQA`?"),
        (("base", "rules/pipeline", "--set", "nothing=1"), "there is no param `nothing` to set"),
        (("base", "rules/pipeline", "--data", "nowhere", "--by", "account.industri"), "did you mean `industry`?"),
        (("base", "base:rules/pipeline", "--data", "nowhere", "--by", "account.industri"), "did you mean `industry`?"),
    ],
)
def test_what_cannot_be_compared_says_why(words: tuple[str, ...], message: str, here: Path, scoreline: Call) -> None:
    code, out, err = scoreline("diff", *words)
    assert (code, out) == (2, "")
    assert message in err


def test_outside_of_a_repository_and_without_git(
    tmp_path: Path, scoreline: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "pipeline")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    code, _, err = scoreline("diff", "main", "pipeline")
    assert code == 2 and "no git repository" in err
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = scoreline("diff", "main", "pipeline")
    assert code == 2 and "git is not installed" in err


def test_a_gate_fails_and_says_why(here: Path, scoreline: Call) -> None:
    words = ("diff", "main..", "rules/pipeline", "--fail-if", "changes > 4", "--fail-if", "breaking > 0")
    code, out, err = scoreline(*words)
    assert code == 1
    assert err.endswith("fails changes > 4: changes is 5\n")
    assert "`breaking > 0` is not the case" in out
    assert scoreline(*words[:3], "--fail-if", "breaking > 0")[0] == 0


def test_the_version_must_rise_with_the_meaning(here: Path, scoreline: Call, tmp_path: Path) -> None:
    rules = write(tmp_path / "pipeline")
    assert scoreline("validate", rules, "--against", "rules/pipeline")[0] == 1
    git(here, "checkout", "-q", "roles")
    code, out, _ = scoreline("validate", "rules/pipeline", "--against", "threshold")
    assert code == 1
    assert "R113" in out and "ruleset.yaml:3:10" in out and "write `version: 1.3.0`" in out
    assert scoreline("validate", "rules/pipeline", "--against", "base")[0] == 0
    git(here, "checkout", "-q", "cosmetic")
    assert scoreline("validate", "rules/pipeline", "--against", "base")[0] == 0
    git(here, "checkout", "-q", "topic")
    (here / "rules" / "new").mkdir()
    write(here / "rules" / "new", BASE)
    code, _, err = scoreline("validate", "rules/new", "--against", "main")
    assert code == 0 and "no such ruleset" in err


def test_a_changelog_entry(here: Path, scoreline: Call) -> None:
    code, out, err = scoreline("diff", "main..", "rules/pipeline", "--format", "changelog")
    assert code == 0, err
    golden = GOLDENS / "changelog.md"
    if not golden.exists():
        golden.write_text(out, encoding="utf-8")
    assert out == golden.read_text(encoding="utf-8")


def test_nothing_leaves_the_folder_of_a_revision(here: Path, scoreline: Call, tmp_path: Path) -> None:
    """A link of a commit that leads outside is not followed, one that stays inside is."""
    rules = here / "rules" / "linked"
    write(rules, {**BASE, "words.rules": WORDS_WITH_FILES, "kept.csv": "role\nchampion\n"})
    (rules / "inside.csv").symlink_to("kept.csv")
    (tmp_path / "secret.csv").write_text("role\nuser\n", encoding="utf-8")
    git(here, "checkout", "-q", "-b", "links")
    git(here, "add", "rules/linked")
    git(here, "commit", "-q", "-m", "a link inside")
    git(here, "tag", "inside")
    (rules / "inside.csv").unlink()
    (rules / "inside.csv").symlink_to(tmp_path / "secret.csv")
    git(here, "commit", "-qam", "a link outside")
    git(here, "tag", "outside")
    git(here, "checkout", "-q", "topic")
    assert verdicts(scoreline, "inside:rules/linked", "inside:rules/linked") == ("identical", [])
    code, _, err = scoreline("diff", "inside:rules/linked", "outside:rules/linked")
    assert code == 1 and "there is no file `inside.csv`" in err


def test_a_list_that_is_kept_elsewhere_is_not_taken_for_a_list(here: Path, scoreline: Call) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    write(here / "rules" / "large", {**BASE, "words.rules": WORDS_WITH_FILES, "inside.csv": pointer})
    git(here, "checkout", "-q", "-b", "large")
    git(here, "add", "rules/large")
    git(here, "commit", "-q", "-m", "a pointer")
    code, _, err = scoreline("diff", "HEAD:rules/large", "rules/pipeline")
    git(here, "checkout", "-q", "topic")
    assert code == 2 and "`rules/large/inside.csv` is kept in Git LFS" in err


WORDS_WITH_FILES = BASE["words.rules"].replace("['economic_buyer', 'champion']", "file 'inside.csv'")
