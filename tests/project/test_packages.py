"""The list of packages in pyproject.toml is what an installed Scoreline has: it must be all of them."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import scoreline

ROOT = Path(__file__).parents[2]
NOT_PACKAGES = {"tests", "benchmarks", "docs", "build", "dist", "demo"}
HEAVY = {"duckdb", "sqlglot", "networkx", "lark", "rich", "re2", "yaml", "pandas", "polars", "pyarrow", "numpy"}


def listed_packages() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["tool"]["setuptools"]["packages"])


def folders_with_modules() -> Iterator[str]:
    """Every folder of Python modules in the checkout, by the name under which it is imported."""
    yield "scoreline"
    for top in sorted(ROOT.iterdir()):
        if not top.is_dir() or top.name in NOT_PACKAGES or top.name.startswith((".", "_")) or "." in top.name:
            continue
        for folder in sorted({module.parent for module in top.rglob("*.py")}):
            yield ".".join(("scoreline", *folder.relative_to(ROOT).parts))


def modules() -> list[str]:
    found = []
    for name in listed_packages():
        package = importlib.import_module(name)
        found.append(name)
        found += [f"{name}.{module.name}" for module in pkgutil.iter_modules(package.__path__) if not module.ispkg]
    return [name for name in found if name.split(".")[1:2] != ["tests"]]


def test_every_folder_of_modules_is_listed_and_every_listed_package_is_there() -> None:
    assert sorted(listed_packages()) == sorted(folders_with_modules())


@pytest.mark.parametrize("name", listed_packages())
def test_every_package_says_what_it_is(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__file__, f"{name} has no __init__.py"
    assert package.__doc__


@pytest.mark.parametrize("name", modules())
def test_every_module_imports_and_its_examples_run(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} does not say what it is for"
    assert module.__file__
    if ">>>" not in Path(module.__file__).read_text(encoding="utf-8"):
        return  # else every name in it would be looked through for examples
    outcome = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0


def test_every_public_name_has_a_docstring_with_an_example() -> None:
    for name in scoreline.__all__:
        if name.startswith("__"):
            continue
        doc = getattr(scoreline, name).__doc__ or ""
        assert ">>>" in doc, f"scoreline.{name} has no example"


def imported_by(*arguments: str) -> set[str]:
    """The modules in memory after a command, asked of a fresh Python."""
    code = (
        "import sys\n"
        "from scoreline.cli import main\n"
        f"sys.argv = ['scoreline', *{list(arguments)!r}]\n"
        "try:\n    main.main()\nexcept SystemExit:\n    pass\n"
        "print('\\nMODULES', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES ")[2].split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("run", "--help"), ("explain", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    loaded = imported_by(*arguments)
    assert "click" in loaded
    assert not loaded & HEAVY


@pytest.mark.usefixtures("cache")
def test_explaining_what_was_read_before_plans_nothing() -> None:
    """Neither a parser nor a planner is needed for an id in files, and by rules, that are as they were."""
    data = ROOT / "rulesets" / "open-source" / "data"
    ask = ("explain", "open-source", "cachethq", "--data", str(data), "--as-of", "latest")
    imported_by(*ask)
    assert not imported_by(*ask) & HEAVY - {"duckdb", "re2"}


def test_the_package_itself_imports_nothing() -> None:
    code = "import sys, scoreline; print(*[name for name in sys.modules if name.startswith('scoreline.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
