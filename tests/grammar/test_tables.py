"""The parser's tables are kept between runs; whatever becomes of the file, texts are read all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

READ = """
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source
file, wrong = parse(Source("x.rules", "visited('pricing') => +20"))
assert not wrong and len(file.statements) == 1
"""


def read(cache: Path) -> None:
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run([sys.executable, "-c", READ], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of tables that the first process of all makes."""
    cache = tmp_path_factory.mktemp("made")
    read(cache)
    (kept,) = (cache / "scoreline").iterdir()
    return kept


@pytest.mark.parametrize("damage", [b"", b"no tables at all", None])
def test_a_damaged_file_of_tables_is_made_anew(damage: bytes | None, made: Path, tmp_path: Path) -> None:
    whole = made.read_bytes()
    kept = tmp_path / "scoreline" / made.name
    kept.parent.mkdir()
    kept.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    read(tmp_path)
    assert len(kept.read_bytes()) > 0.9 * len(whole)


def test_without_a_place_for_it_texts_are_read(tmp_path: Path) -> None:
    (tmp_path / "scoreline").write_text("a file where the folder should be")
    read(tmp_path)
