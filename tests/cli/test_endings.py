"""Every ending is a clear one: a message, an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import duckdb
import pytest

from scoreline import __version__
from scoreline.cli import main
from scoreline.cli.failures import Failure, ending
from scoreline.cli.main import COMMANDS, MEANT

Call = Callable[..., object]


def raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


FULL = (
    'IO Error: Async write failed for range [offset=27, size=400938]: {"exception_type":"IO","exception_message":'
    '"Could not write file \\"out/.leads.parquet.12.part\\": No space left on device","errno":"28"}'
)
"""What the engine says where it writes results onto a full disk."""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Failure("no such param", "did you mean `mqa`?"), 2, "hint: did you mean `mqa`?"),
        (Failure("too many", code=1), 1, "error: too many"),
        (click.UsageError("no"), 2, "no"),
        (KeyboardInterrupt(), 130, "stopped"),
        (click.Abort(), 130, "stopped"),
        (RuntimeError("Query interrupted"), 130, "stopped"),  # DuckDB's word for it
        (OSError(errno.ENOSPC, "No space left on device", "out/x.csv"), 1, "the disk is full at `out/x.csv`"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device")]), 1, "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 2, "does not allow access to `x`"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "x"), 2, "no such file or directory: `x`"),
        (MemoryError(), 2, "not enough memory"),
        (duckdb.IOException(FULL), 1, "the disk is full at `out/leads.parquet`"),
        (duckdb.IOException("failed to offload data block"), 1, "the disk for temporary files is full"),
    ],
)
def test_an_error_is_one_message_and_a_code(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending(raising(error)) == code
    shown = click.unstyle(capsys.readouterr().err)
    assert words in shown and "Traceback" not in shown


def test_a_closed_pipe_ends_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(raising(BrokenPipeError(errno.EPIPE, "Broken pipe"))) == 141
    assert capsys.readouterr().err == ""


def test_a_mistake_of_ours_says_so_and_how_to_report_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCORELINE_DEBUG", raising=False)
    assert ending(raising(ZeroDivisionError("secret of the data"))) == 2
    shown = click.unstyle(capsys.readouterr().err)
    assert "internal error: ZeroDivisionError at test_endings.py" in shown
    assert "not in your rules or data" in shown and __version__ in shown
    assert "Traceback" not in shown and "secret" not in shown


def test_the_traceback_is_there_for_those_who_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORELINE_DEBUG", "1")
    assert ending(raising(ZeroDivisionError())) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Usage: scoreline"),
        (("validte", "abm"), "did you mean `validate`?"),
        (("lint", "abm"), "did you mean `validate`?"),
        (("xyzzy",), "`scoreline --help` lists all"),
        (("run", "abm"), "Missing option '--data'"),
        (("run", "abm", "--data", "x", "--engine", "spark"), "'spark' is not one of"),
        (("run", "abm", "--data", "x", "--top", "0"), "0 is not in the range"),
        (("run", "abm", "--data", "x", "--format", "parquet"), "Parquet is written into files"),
        (("validate", "amb"), "did you mean `abm`?"),
        (("validate", "/nowhere/at/all"), "there is no ruleset"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_a_way_out(scoreline: Call, arguments: tuple[str, ...], words: str) -> None:
    done = scoreline(*arguments)
    assert done.code == 2  # type: ignore[attr-defined]
    assert words in done.out + done.err  # type: ignore[attr-defined]


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("run", "-h"), ("test", "--help")])
def test_help_is_no_error(scoreline: Call, arguments: tuple[str, ...]) -> None:
    done = scoreline(*arguments)
    assert done.code == 0 and done.out and not done.err  # type: ignore[attr-defined]


def run(code: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, check=False, **options)  # type: ignore[call-overload,no-any-return]


MAIN = "import sys; from scoreline.cli.start import main; sys.argv = ['scoreline', '--help']; main()"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_no_traceback() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = run(MAIN, stdout=full)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr and b"disk is full" in done.stderr


def test_a_reader_that_went_away_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run(MAIN, stdout=writer)
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


STOPPED = """
import sys

class Stopped:
    def find_spec(self, name, *rest):
        if name == "scoreline.cli.failures":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stopped())
"""
"""Ctrl-C while the command is being loaded."""


def test_a_command_that_is_stopped_while_it_is_loaded_is_no_traceback() -> None:
    done = run(STOPPED + MAIN, stdout=subprocess.DEVNULL)
    assert done.returncode == 130
    assert done.stderr.decode().split() == ["stopped"]


@pytest.mark.parametrize("asked", ["['validate', 'open-source']", "['test', 'starter']"])
def test_the_end_of_a_process_says_nothing_more(asked: str) -> None:
    done = run(MAIN.replace("['scoreline', '--help']", f"['scoreline', *{asked}]"), stdout=subprocess.DEVNULL)
    assert done.returncode == 0
    assert b"leaked" not in done.stderr and b"Traceback" not in done.stderr


def test_the_help_has_a_whole_line_for_each_command(scoreline: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = scoreline("--help").out  # type: ignore[attr-defined]
    for name, words in COMMANDS.items():
        assert f"\n  {name:<12}{words}\n" in shown
        assert (Path(main.__file__).parent / f"{name}_command.py").is_file()
    assert set(MEANT.values()) <= set(COMMANDS)
